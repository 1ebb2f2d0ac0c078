"""A folder outside the tree for what takes minutes to build. Each entry appears complete or not at all."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path


class BuildError(Exception):
    """Say why there is nothing to use, and what to do about it."""


def cache_root(name: str, variable: str) -> Path:
    """Return the folder that the environment variable names, else `kubex/NAME` below XDG_CACHE_HOME or ~/.cache."""
    chosen = os.environ.get(variable)
    if chosen:
        return Path(chosen).expanduser().resolve()
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "kubex" / name
    except RuntimeError as error:
        raise BuildError(f"no home directory for what is built; set {variable} to a folder") from error


def build_once(folder: Path, *, complete: Callable[[Path], bool], build: Callable[[Path], None]) -> None:
    """Build the folder unless it is complete: in a temporary folder, which is then renamed.

    Other processes that want the same wait, and then find it complete.
    """
    with only_builder(folder.parent):
        if complete(folder):
            return
        with tempfile.TemporaryDirectory(prefix=".building-", dir=folder.parent) as temporary:
            building = Path(temporary) / "complete"
            building.mkdir()
            build(building)
            if folder.exists():  # incomplete: somebody removed files from it
                shutil.rmtree(folder)
            building.rename(folder)


@contextlib.contextmanager
def only_builder(root: Path) -> Generator[None, None, None]:
    """Wait until no other process builds into this cache."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the system releases it when the process ends, however it ends
        for leftover in root.glob(".building-*"):
            shutil.rmtree(leftover)
        yield
