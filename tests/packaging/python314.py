#!/usr/bin/env python3
"""Print the path of a Python 3.14: one that is installed, else one that this script prepares once.

    export UV_PYTHON="$(python3 tests/packaging/python314.py)"

It prepares the one of Debian testing, with debootstrap, as root, in about two minutes, in a cache outside the tree.
Afterwards the script answers at once. Only the path is printed on stdout.
"""

import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.build_cache import BuildError, build_once, cache_root

CACHE_VARIABLE = "KUBEX_PYTHON_CACHE"
VERSION = "3.14"
PYTHON = f"usr/bin/python{VERSION}"
REAL = f"{PYTHON}-real"
DEBOOTSTRAP = ("debootstrap", "--variant=minbase", f"--include=python{VERSION},python3-pip", "testing")
# Modules with libraries that belong to the system.
CHECK = "import bz2, ctypes, lzma, sqlite3, ssl, sys, zlib; print('%d.%d' % sys.version_info[:2])"
REMEDY = f"install Python {VERSION}, so that python{VERSION} is on PATH"


def main() -> int:
    """Print the path of the interpreter; exit code 1 if there is none, with the reason on stderr."""
    try:
        sys.stdout.write(f"{interpreter()}\n")
    except BuildError as error:
        sys.stderr.write(f"{Path(__file__).name}: {error}\n")
        return 1
    return 0


def interpreter() -> Path:
    """Return the interpreter on PATH, else the one of the cache."""
    installed = shutil.which(f"python{VERSION}")
    if installed and works(installed):
        return Path(installed)
    folder = cache_root("python", CACHE_VARIABLE) / f"{VERSION}-{cache_key()}"
    if not complete(folder):
        build_once(folder, complete=complete, build=lambda building: build_python(building, folder))
        if not complete(folder):
            raise BuildError(f"{folder / PYTHON} does not work; {REMEDY}")
    return folder / PYTHON


def works(*command: str) -> bool:
    """Tell whether this interpreter starts, has the right version, and its libraries."""
    try:
        ran = subprocess.run([*command, "-c", CHECK], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return ran.stdout.strip() == VERSION


def complete(folder: Path) -> bool:
    """Tell whether the interpreter of a folder works."""
    return works(str(folder / PYTHON))


def cache_key() -> str:
    """Return a name that changes with this script and the machine's architecture."""
    return hashlib.sha256(Path(__file__).read_bytes() + platform.machine().encode()).hexdigest()[:16]


def build_python(building: Path, folder: Path) -> None:
    """Install the system into a folder that will be renamed, and make its interpreter usable outside of it."""
    if shutil.which(DEBOOTSTRAP[0]) is None:
        raise BuildError(f"debootstrap was not found: install it (apt-get install debootstrap), or {REMEDY}")
    # debootstrap mounts /proc in the folder. In a mount namespace that ends however it ends.
    private = ("unshare", "--mount") if succeeds("unshare", "--mount", "true") else ()
    sys.stderr.write(f"preparing Python {VERSION} in {folder}, in about two minutes ...\n")
    with tempfile.TemporaryFile("w+") as log:
        ran = subprocess.run([*private, *DEBOOTSTRAP, os.fspath(building)], stdout=log, stderr=log, check=False)
        log.seek(0)
        last = "".join(log.readlines()[-20:])
    program = building / PYTHON
    if ran.returncode != 0 or not program.exists():
        raise BuildError(
            f"debootstrap could not install Python {VERSION} (exit code {ran.returncode}); it must run as root and "
            f"reach a mirror of Debian. Its last lines:\n{last}\nOtherwise, {REMEDY}"
        )
    wrap(building, folder)


def wrap(building: Path, folder: Path) -> None:
    """Replace the interpreter by a script that starts it with its own loader and libraries, which may be newer."""
    program = building / PYTHON
    program.rename(building / REAL)
    [found] = building.glob("usr/lib/*/ld-linux-*.so.*")
    final = folder / found.relative_to(building)
    loader, libraries, real = (shlex.quote(str(path)) for path in (final, final.parent, folder / REAL))
    # Python finds itself, or the virtual environment that links to it, by the name that it was started with.
    program.write_text(f'#!/bin/sh\nexec {loader} --library-path {libraries} --argv0 "$0" {real} "$@"\n')
    program.chmod(0o755)


def succeeds(*command: str) -> bool:
    """Tell whether a command exists and succeeds."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
