"""Putting a generated package on disk."""

from collections.abc import Mapping
from pathlib import Path

from kubex_codegen._errors import CodegenError
from kubex_codegen._packages import HEADER


def write_files(files: Mapping[str, str], folder: Path) -> None:
    """Write a package, and remove the modules that an earlier run made and this one did not.

    Raises CodegenError rather than overwrite a file that this program has not made.
    """
    for name, text in files.items():
        path = folder / name
        if path.exists() and text and not _ours(path):
            raise CodegenError(f"{path} is not of kubex-codegen's making: choose another folder, or move it away")
    for path in sorted(folder.rglob("*.py")):
        if path.relative_to(folder).as_posix() not in files and _ours(path):
            path.unlink()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def _ours(path: Path) -> bool:
    return path.read_bytes().startswith(HEADER.encode())
