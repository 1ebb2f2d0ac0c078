"""The command `kubex-testing`."""

import sys


def main() -> int:
    """Run the command."""
    return 0


if __name__ == "__main__":
    sys.exit(main())
