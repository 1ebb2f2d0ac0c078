"""`python -m kubex_testing.compliance new NAME` writes the skeleton of a backend."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from kubex_testing.compliance._skeleton import SkeletonError, write_skeleton

_NEXT_STEPS = """\
Created {folder}. Next:

    cd {folder}
    pip install -e .
    python -m pytest -x tests

Then complete src/{package}/_transport.py, until all tests pass.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m kubex_testing.compliance", description="Tools for backends.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    new = commands.add_parser("new", help="write the skeleton of a backend to the folder kubex-NAME")
    new.add_argument("name", metavar="NAME", help="the name for create_client(client_class=NAME), such as short")
    name: str = parser.parse_args(arguments).name
    try:
        folder = write_skeleton(name, Path.cwd())
    except SkeletonError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write(_NEXT_STEPS.format(folder=folder.name, package=folder.name.replace("-", "_")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
