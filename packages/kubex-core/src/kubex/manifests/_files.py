"""Find and read the files of manifests."""

from collections.abc import Iterator
from pathlib import Path

from kubex.errors import ManifestError

MAX_BYTES = 64 << 20
"""The maximum size of a file or text."""

_SUFFIXES = (".json", ".yaml", ".yml")


def find_files(path: Path, *, recursive: bool) -> list[Path]:
    """Return a file, or the manifests of a folder, sorted by name; raises ManifestError."""
    try:
        if not path.is_dir():
            return [path]
        files = list(_files_in(path, recursive=recursive))
    except OSError as error:
        raise _cannot_read(path, error) from error
    if not files:
        remedy = "" if recursive else "; pass recursive=True to read its subfolders"
        raise ManifestError(f"contains no files with the suffixes {', '.join(_SUFFIXES)}{remedy}", source=str(path))
    return files


def _files_in(folder: Path, *, recursive: bool) -> Iterator[Path]:
    for path in sorted(folder.iterdir(), key=lambda each: each.name):
        if path.is_dir():
            if recursive and not path.is_symlink():  # a link could lead to a folder above, and so on
                yield from _files_in(path, recursive=True)
        elif path.suffix in _SUFFIXES:
            yield path


def read_file(path: Path) -> bytes:
    """Read a file; raises ManifestError."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise _cannot_read(path, error) from error


def _cannot_read(path: Path, error: Exception) -> ManifestError:
    return ManifestError(f"cannot be read: {getattr(error, 'strerror', None) or error}", source=str(path))
