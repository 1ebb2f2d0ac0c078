#!/usr/bin/env python3
"""Print the path of Python 3.14: an installed one, or one that this script prepares once.

    export UV_PYTHON="$(python3 tests/packaging/python314.py)"

The script must run as root. It installs Python of Debian testing with debootstrap into a cache outside the source tree,
which takes about two minutes. Later runs only print the path. Only the path is printed on stdout.
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
REAL_PYTHON = f"{PYTHON}-real"
DEBOOTSTRAP = ("debootstrap", "--variant=minbase", f"--include=python{VERSION},python3-pip", "testing")
# Imports modules that need libraries of the system.
CHECK = "import bz2, ctypes, lzma, sqlite3, ssl, sys, zlib; print('%d.%d' % sys.version_info[:2])"
REMEDY = f"install Python {VERSION}, so that python{VERSION} is on PATH"


def main() -> int:
    """Print the path of the interpreter; on failure, print the reason on stderr and return 1."""
    try:
        sys.stdout.write(f"{interpreter()}\n")
    except BuildError as error:
        sys.stderr.write(f"{Path(__file__).name}: {error}\n")
        return 1
    return 0


def interpreter() -> Path:
    """Return the interpreter on PATH, otherwise the interpreter in the cache."""
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
    """Return whether this interpreter starts, has the right version and can import modules with system libraries."""
    try:
        ran = subprocess.run([*command, "-c", CHECK], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return ran.stdout.strip() == VERSION


def complete(folder: Path) -> bool:
    """Return whether the interpreter in this folder works."""
    return works(str(folder / PYTHON))


def cache_key() -> str:
    """Return a name that depends on this script and the architecture of the machine."""
    return hashlib.sha256(Path(__file__).read_bytes() + platform.machine().encode()).hexdigest()[:16]


def build_python(building: Path, folder: Path) -> None:
    """Install Debian into `building`, which is renamed to `folder` later, and wrap its interpreter."""
    if shutil.which(DEBOOTSTRAP[0]) is None:
        raise BuildError(f"debootstrap was not found: install it (apt-get install debootstrap), or {REMEDY}")
    # debootstrap mounts /proc in the folder. In a separate mount namespace, the mount always ends with the process.
    namespace = ("unshare", "--mount") if succeeds("unshare", "--mount", "true") else ()
    sys.stderr.write(f"preparing Python {VERSION} in {folder}, in about two minutes ...\n")
    with tempfile.TemporaryFile("w+") as log:
        ran = subprocess.run([*namespace, *DEBOOTSTRAP, os.fspath(building)], stdout=log, stderr=log, check=False)
        log.seek(0)
        last = "".join(log.readlines()[-20:])
    program = building / PYTHON
    if ran.returncode != 0 or not program.exists():
        raise BuildError(
            f"debootstrap could not install Python {VERSION} (exit code {ran.returncode}); it must run as root and "
            f"access a Debian mirror. Its last lines:\n{last}\nAlternatively, {REMEDY}"
        )
    wrap(building, folder)


def wrap(building: Path, folder: Path) -> None:
    """Replace the interpreter with a script that uses the loader and libraries of the folder.

    They may be newer than the libraries of the system.
    """
    program = building / PYTHON
    program.rename(building / REAL_PYTHON)
    [found] = building.glob("usr/lib/*/ld-linux-*.so.*")
    final = folder / found.relative_to(building)
    loader, libraries, real = (shlex.quote(str(path)) for path in (final, final.parent, folder / REAL_PYTHON))
    # Python uses argv[0] to find its prefix, or the virtual environment that links to it.
    program.write_text(f'#!/bin/sh\nexec {loader} --library-path {libraries} --argv0 "$0" {real} "$@"\n')
    program.chmod(0o755)


def succeeds(*command: str) -> bool:
    """Return whether a command exists and succeeds."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
