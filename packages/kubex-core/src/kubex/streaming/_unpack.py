"""Create the files of a tar archive in a local folder. The archive is not trusted.

The archive is unpacked under a temporary name next to the target, and renamed at the end. Each member is checked here,
and also by the `data` filter of `tarfile`, if this version of Python has it.
"""

from __future__ import annotations

import os
import secrets
import tarfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from kubex.core._exec_errors import FileTransferError, TargetExistsError, UnsafeMemberError
from kubex.streaming._tar_reader import Member, TarReader

TEMPORARY_PREFIX = ".kubex-"
"""The start of the names of temporary files and folders."""

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_FILTER: Any = getattr(tarfile, "data_filter", None)  # Python 3.10.12, 3.11.4 and newer have it
_FILTER_ERROR: type[Exception] = getattr(tarfile, "FilterError", ValueError)

_SPECIAL = {tarfile.CHRTYPE: "a device", tarfile.BLKTYPE: "a device", tarfile.FIFOTYPE: "a FIFO"}


def temporary_name() -> str:
    """Return a new name for a temporary file or folder."""
    return TEMPORARY_PREFIX + secrets.token_hex(8)


class RootLinkError(Exception):
    """The remote path is a symbolic link. `target` is its target."""

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.target = target


@dataclass
class _Folder:
    """A folder while its content is unpacked. Its permissions and its time are set afterwards."""

    parts: tuple[str, ...]
    metadata: Member | None


class Unpacker:
    """Unpacks one file or folder. All methods do blocking I/O."""

    def __init__(self, target: Path, prefix: str, *, needs_folder: bool) -> None:
        """Prepare a target.

        Args:
            target: the local name of the file or folder.
            prefix: the name of the file or folder in the archive; an empty string if it is the root of the archive.
            needs_folder: whether the target cannot be a file.
        """
        self.done = 0
        """The number of bytes of content that are written."""
        self.total: int | None = None
        """The size of the file, or None for a folder."""
        self._target = target
        self._root = target.with_name(temporary_name())
        self._prefix = (prefix,) if prefix else ()
        self._needs_folder = needs_folder
        self._reader = TarReader(self)
        self._folders: list[_Folder] = []
        self._file = -1
        self._path = target
        self._position = 0
        self._member: Member | None = None
        self._is_file: bool | None = None

    def feed(self, data: bytes | memoryview) -> None:
        """Unpack the next part of the archive.

        Raises UnsafeMemberError, TargetExistsError, FileTransferError for a damaged archive, RootLinkError if the
        archive is a symbolic link, and OSError.
        """
        self._reader.feed(data)

    def finish(self) -> None:
        """Give the file or folder its final name, if the archive is complete."""
        if not self._reader.is_complete or self._is_file is None:
            raise FileTransferError("the tar archive is not complete")
        while self._folders:
            self._leave_folder()
        if not self._is_file and _exists(self._target):
            try:
                self._target.rmdir()
            except OSError as error:
                raise TargetExistsError(f"'{self._target}' exists and is not an empty folder") from error
        self._root.replace(self._target)

    def discard(self) -> None:
        """Remove what has been unpacked."""
        if self._file != -1:
            os.close(self._file)
            self._file = -1
        with suppress(OSError):  # the exception of the caller must not be replaced
            _remove(self._root)

    def start(self, member: Member) -> None:
        """Create a member. For `TarReader`."""
        parts = self._split(member.name, member)
        if self._is_file is None:
            self._start_root(member)
        elif self._is_file:
            raise FileTransferError(f"the tar archive contains {member.name!r} after the file")
        self._member = member
        self._path = self._root.joinpath(*parts)
        if parts:
            self._enter_folder(parts[:-1], member)
        self._check_with_filter(member, parts)
        try:
            self._create(member, parts)
        except FileExistsError as error:
            raise FileTransferError(f"the tar archive contains {member.name!r} twice") from error

    def write(self, data: memoryview, offset: int) -> None:
        """Write content. For `TarReader`."""
        if offset != self._position:
            os.lseek(self._file, offset, os.SEEK_SET)
        self.done += len(data)
        self._position = offset + len(data)
        while data:
            data = data[os.write(self._file, data) :]

    def end(self) -> None:
        """End a file: set its size, permissions and time. For `TarReader`."""
        member, file = self._member, self._file
        if file == -1 or member is None:
            return
        if self._position != member.size:
            os.ftruncate(file, member.size)
        self._file = -1
        os.close(file)
        _set_metadata(self._path, member)

    def _split(self, name: str, member: Member) -> tuple[str, ...]:
        """Return the parts of the name of a member, relative to the root."""
        parts = tuple(part for part in name.split("/") if part not in ("", "."))
        if name.startswith("/") or "\0" in name or not all(map(_is_name, parts)):
            raise UnsafeMemberError("its name is not a relative path", member=member.name)
        if ".." in parts or parts[: len(self._prefix)] != self._prefix:
            raise UnsafeMemberError("its name is outside of the folder", member=member.name)
        return parts[len(self._prefix) :]

    def _start_root(self, member: Member) -> None:
        if self._split(member.name, member):
            raise FileTransferError(f"the tar archive starts with {member.name!r}")
        if member.type == tarfile.SYMTYPE and self._prefix:
            raise RootLinkError(member.link)
        self._is_file = member.is_file
        if self._is_file:
            self.total = member.size
            if self._needs_folder:
                raise FileTransferError(f"is a file; '{self._target}' must be the name of the file, without a slash")
            if self._target.is_dir():
                raise TargetExistsError(f"'{self._target}' is a folder; pass the name of the file")
        elif _exists(self._target) and not (_is_folder(self._target) and not any(self._target.iterdir())):
            raise TargetExistsError(f"'{self._target}' exists and is not an empty folder")

    def _create(self, member: Member, parts: tuple[str, ...]) -> None:
        if member.is_file:
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, 0o600)
            self._position = 0
        elif member.type == tarfile.DIRTYPE:
            if not _is_folder(self._path):
                self._path.mkdir(0o700)
            self._enter_folder(parts, member)
            self._folders[-1].metadata = member
        elif member.type == tarfile.SYMTYPE and parts:
            _check_link(member, depth=len(parts) - 1)
            self._path.symlink_to(member.link)
        elif member.type == tarfile.LNKTYPE and parts:
            self._path.hardlink_to(self._existing_file(member))
        else:
            raise UnsafeMemberError(f"it is {_SPECIAL.get(member.type, 'not a file or folder')}", member=member.name)

    def _enter_folder(self, parts: tuple[str, ...], member: Member) -> None:
        """Leave the folders that do not contain these parts, and enter those that do."""
        while self._folders and self._folders[-1].parts != parts[: len(self._folders[-1].parts)]:
            self._leave_folder()
        start = len(self._folders[-1].parts) + 1 if self._folders else 0
        for end in range(start, len(parts) + 1):
            path = self._root.joinpath(*parts[:end])
            if not _exists(path):
                path.mkdir()
            elif not _is_folder(path):
                raise UnsafeMemberError("its name leads through a link or a file", member=member.name)
            self._folders.append(_Folder(parts[:end], None))

    def _leave_folder(self) -> None:
        folder = self._folders.pop()
        if folder.metadata is not None:
            _set_metadata(self._root.joinpath(*folder.parts), folder.metadata)

    def _check_with_filter(self, member: Member, parts: tuple[str, ...]) -> None:
        if _FILTER is None:
            return
        info = tarfile.TarInfo("/".join((".", *parts)))
        info.type, info.mode, info.linkname = member.type, member.mode, member.link
        if member.type == tarfile.LNKTYPE:
            info.linkname = "/".join(self._split(member.link, member))
        try:
            _FILTER(info, self._root)
        except (_FILTER_ERROR, OSError) as error:  # OSError for a loop of links
            raise UnsafeMemberError(str(error), member=member.name) from error

    def _existing_file(self, member: Member) -> Path:
        """Return the path of the file that a hard link names. It must be in the archive, before the link."""
        parts = self._split(member.link, member)
        folders = [self._root.joinpath(*parts[:end]) for end in range(len(parts))]
        path = self._root.joinpath(*parts)
        if not all(map(_is_folder, folders)) or not path.is_file() or path.is_symlink():
            raise UnsafeMemberError(f"its link target {member.link!r} is not a file in the archive", member=member.name)
        return path


def _check_link(member: Member, *, depth: int) -> None:
    """Raise UnsafeMemberError if a symbolic link leads out of the target.

    `..` is allowed only at the start, where it cannot follow another link of the archive.
    """
    parts = [part for part in member.link.split("/") if part not in ("", ".")]
    up = next((index for index, part in enumerate(parts) if part != ".."), len(parts))
    is_relative = not member.link.startswith("/") and all(map(_is_name, parts))
    if not is_relative or ".." in parts[up:] or up > depth:
        raise UnsafeMemberError(f"it is a link to {member.link!r}, outside of the folder", member=member.name)


def _is_name(part: str) -> bool:
    """Return whether this system does not split a part, as Windows does with backslashes and drives."""
    return PurePath(part).name == part


def _exists(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _remove(root: Path) -> None:
    """Remove a file or folder. Not recursive, since folders can be deeper than the limit of recursion."""
    if not _is_folder(root):
        root.unlink(missing_ok=True)
        return
    folders = [root]
    for folder in folders:
        folder.chmod(0o700)
        for path in folder.iterdir():
            if _is_folder(path):
                folders.append(path)
            else:
                path.unlink()
    for folder in reversed(folders):
        folder.rmdir()


def _set_metadata(path: Path, member: Member) -> None:
    path.chmod(member.mode)
    try:
        os.utime(path, ns=(member.modified, member.modified))
    except OverflowError as error:
        raise FileTransferError(f"the time of {member.name!r} is not supported") from error
