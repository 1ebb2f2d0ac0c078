"""A cache outside the source tree for builds that take minutes. It never contains an incomplete entry."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path


class BuildError(Exception):
    """The build failed; the message contains the reason and the remedy."""


def cache_root(name: str, variable: str) -> Path:
    """Return the value of the environment variable, or `kubex/NAME` in XDG_CACHE_HOME or ~/.cache if it is not set."""
    configured = os.environ.get(variable)
    if configured:
        return Path(configured).expanduser().resolve()
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "kubex" / name
    except RuntimeError as error:
        raise BuildError(f"the cache needs a home directory; set it, or set {variable} to a folder") from error


def build_once(folder: Path, *, complete: Callable[[Path], bool], build: Callable[[Path], None]) -> None:
    """Build the folder unless it is complete.

    The build uses a temporary folder, which is renamed at the end. Other processes wait until it is complete.
    """
    with build_lock(folder.parent):
        if complete(folder):
            return
        with tempfile.TemporaryDirectory(prefix=".building-", dir=folder.parent) as temporary:
            building = Path(temporary) / "complete"
            building.mkdir()
            build(building)
            if folder.exists():  # incomplete, because files were removed from it
                shutil.rmtree(folder)
            building.rename(folder)


@contextlib.contextmanager
def build_lock(root: Path) -> Generator[None, None, None]:
    """Lock the cache: wait until no other process builds into it, and remove the files of killed builds."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # also released if the process is killed
        for leftover in root.glob(".building-*"):
            shutil.rmtree(leftover)
        yield
