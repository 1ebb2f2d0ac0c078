#!/usr/bin/env python3
"""Set up the workspace and run its commands: `python3 dev.py COMMAND [ARGUMENTS]`; --help lists them."""

# Python 2.7 and later must be able to parse this file, so that they print the message below. The commands are in
# tools/dev_commands.py.
import os
import sys

if sys.version_info < (3, 10):
    sys.exit(
        "dev.py needs Python 3.10 or newer, and this is Python %s (%s). Run it with a newer one, for example: "
        "python3.13 dev.py %s" % (sys.version.split()[0], sys.executable, " ".join(sys.argv[1:]) or "--help")
    )

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "tools"))
from dev_commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
