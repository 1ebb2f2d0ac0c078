"""Putting a generated package on disk."""

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from kubex_codegen._errors import CodegenError
from kubex_codegen._format import HEADER


def write_files(files: Mapping[str, str], folder: Path, *, remove: bool = True) -> None:
    """Write a package, and remove the modules that an earlier run made and this one did not.

    `remove=False` leaves those where they are, for a run that may lack some.
    Raises CodegenError if the folder cannot be written to, and rather than overwrite a file that this program has not
    made. Packages of their own below the folder are left alone.
    """
    try:
        _write(files, folder, remove)
    except OSError as error:
        where = error.filename or folder
        raise CodegenError(f"cannot write {where}: {error.strerror}; choose a folder that can be written to") from error


def _write(files: Mapping[str, str], folder: Path, remove: bool) -> None:
    for name, text in files.items():
        path = folder / name
        if path.exists() and text and not _ours(path):
            raise CodegenError(f"{path} is not of kubex-codegen's making: choose another folder, or move it away")
    for path in list(_modules(folder)) if remove else ():
        if path.relative_to(folder).as_posix() not in files and _ours(path):
            path.unlink()
            _remove_emptied(path.parent, folder)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def _remove_emptied(here: Path, folder: Path) -> None:
    """Remove a folder that has nothing but compiled modules, and those around it that have nothing then."""
    while here != folder and not any(path.name != "__pycache__" for path in here.iterdir()):
        shutil.rmtree(here)
        here = here.parent


def _modules(folder: Path) -> Iterator[Path]:
    """Iterate over the modules of a package, without those of packages that stand by themselves below it."""
    for here, folders, files in os.walk(folder):
        if Path(here) != folder and "py.typed" in files:
            folders.clear()
        else:
            yield from (Path(here) / name for name in files if name.endswith(".py"))


def _ours(path: Path) -> bool:
    return path.read_bytes().startswith(HEADER.encode())
