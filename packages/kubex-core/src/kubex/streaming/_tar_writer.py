"""Write files and folders as a tar archive, in parts.

The archive has the GNU format, which also busybox tar reads with long names. It contains permissions and modification
times, but not owners and setuid bits.
"""

from __future__ import annotations

import os
import stat
import tarfile
import time
from collections.abc import Generator, Iterator
from pathlib import Path

from kubex.core._exec_errors import FileTransferError

BATCH = 2**20
"""The size of the batches of an archive, in bytes. The last one can be smaller, and others up to twice as large."""

_BLOCK = tarfile.BLOCKSIZE


class TarWriter:
    """Writes one file or folder, in a temporary folder that only its owner can use. All methods do blocking I/O."""

    def __init__(self, source: Path | bytes, *, folder: str, name: str) -> None:
        self.done = 0
        """The number of bytes of content that have been read."""
        self._parts = self._write_archive(source, folder, name)

    def read(self) -> bytes | memoryview:
        """Return the next batch of the archive, or `b""` at its end. Raises FileTransferError and OSError."""
        batch: list[bytes | memoryview] = []
        size = 0
        for part in self._parts:
            batch.append(part)
            size += len(part)
            if size >= BATCH:
                break
        return batch[0] if len(batch) == 1 else b"".join(batch)  # the parts of a large file are not copied

    def close(self) -> None:
        """Close the file that is being read."""
        self._parts.close()

    def _write_archive(self, source: Path | bytes, folder: str, name: str) -> Generator[bytes | memoryview, None, None]:
        yield _header(f"{folder}/", tarfile.DIRTYPE, mode=0o700, modified=time.time())
        path = f"{folder}/{name}"
        if isinstance(source, bytes):
            yield _header(path, tarfile.REGTYPE, mode=0o644, modified=time.time(), size=len(source))
            view = memoryview(source)
            for start in range(0, len(source), BATCH):
                yield view[start : start + BATCH]
            yield bytes(-len(source) % _BLOCK)
        else:
            yield from self._write(source, path, source.stat())
        yield bytes(2 * _BLOCK)

    def _write(self, path: Path, name: str, found: os.stat_result) -> Iterator[bytes]:
        mode, modified = found.st_mode & 0o777, found.st_mtime
        if stat.S_ISDIR(found.st_mode):
            # A program that unpacks needs these permissions. The second header sets the final permissions, and the
            # time, which the content of the folder changes.
            yield _header(f"{name}/", tarfile.DIRTYPE, mode=mode | 0o700, modified=modified)
            with os.scandir(path) as entries:
                for entry in entries:
                    yield from self._write(Path(entry.path), f"{name}/{entry.name}", entry.stat(follow_symlinks=False))
            yield _header(f"{name}/", tarfile.DIRTYPE, mode=mode, modified=modified)
        elif stat.S_ISREG(found.st_mode):
            yield from self._write_file(path, name)
        elif stat.S_ISLNK(found.st_mode):
            yield _header(name, tarfile.SYMTYPE, mode=0o777, modified=modified, link=os.fspath(path.readlink()))
        else:
            raise FileTransferError(f"'{path}' is not a file, a folder or a symbolic link")

    def _write_file(self, path: Path, name: str) -> Iterator[bytes]:
        with path.open("rb", buffering=0) as file:
            found = os.fstat(file.fileno())
            size = remaining = found.st_size
            yield _header(name, tarfile.REGTYPE, mode=found.st_mode & 0o777, modified=found.st_mtime, size=size)
            while remaining:
                data = file.read(min(remaining, BATCH))
                if not data:
                    raise FileTransferError(f"'{path}' became shorter while it was read")
                remaining -= len(data)
                self.done += len(data)
                yield data
        yield bytes(-size % _BLOCK)


def content_size(path: Path) -> int:
    """Return the size of the file, or of all files in the folder, in bytes."""
    found = path.stat()
    if not stat.S_ISDIR(found.st_mode):
        return found.st_size
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            each = Path(folder, name).lstat()
            total += each.st_size if stat.S_ISREG(each.st_mode) else 0
    return total


def _header(name: str, kind: bytes, *, mode: int, modified: float, size: int = 0, link: str = "") -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.mtime, info.size, info.linkname = kind, mode, modified, size, link
    return info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")
