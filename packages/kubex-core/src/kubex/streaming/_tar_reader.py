"""Read a tar archive that arrives in parts of any size, without I/O.

It reads the formats that GNU tar, busybox tar, bsdtar and Python write: V7, ustar, GNU and pax, with long names and
sparse files. Extensions have a limited size, so an archive cannot fill the memory.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Generator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from kubex.core._exec_errors import FileTransferError
from kubex.streaming._tar_sparse import Segment, check_segments, decode_old_sparse, parse_sparse_map

BLOCK = tarfile.BLOCKSIZE

_END = bytes(BLOCK)
_PAX = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE)
_LONG_NAMES = {tarfile.GNUTYPE_LONGNAME: "path", tarfile.GNUTYPE_LONGLINK: "linkpath"}

# In bytes. The longest path of Linux has 4096 bytes; maps of sparse files can be longer.
_LARGEST_EXTENSION = 2**20
_MOST_SEGMENTS = 2**16

# Other records are dropped, because an archive can contain any number of them.
_USED_RECORDS = frozenset(
    {"path", "linkpath", "size", "mtime"}
    | {f"GNU.sparse.{key}" for key in ("map", "major", "minor", "name", "realsize", "size")}
)

_SECONDS = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]*))?")
_SIZE = re.compile(r"[0-9]{1,18}")


@dataclass(slots=True)
class Member:
    """One member of an archive. `size` is the size of the file, and `modified` is in nanoseconds since 1970."""

    name: str
    type: bytes
    size: int
    mode: int
    modified: int
    link: str

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file."""
        return self.type in (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE, tarfile.GNUTYPE_SPARSE)


class MemberHandler(Protocol):
    """Receives the members of an archive."""

    def start(self, member: Member) -> None:
        """Start a member."""

    def write(self, data: memoryview, offset: int) -> None:
        """Write content of the current file at a position. Parts that are not written are zeros."""

    def end(self) -> None:
        """End the current member."""


class _Wanted(NamedTuple):
    """The data that the reader needs next: exactly, or at most, this number of bytes."""

    size: int
    is_exact: bool


_Steps = Generator[_Wanted, memoryview, None]


class TarReader:
    """Parses the data that `feed()` receives, and calls the handler. Raises FileTransferError for a damaged archive."""

    def __init__(self, handler: MemberHandler) -> None:
        self.is_complete = False
        """Whether the end of the archive has been read."""
        self._handler = handler
        self._global: dict[str, str] = {}
        self._collected = bytearray()
        self._steps = self._read()
        self._wanted = next(self._steps)

    def feed(self, data: bytes | memoryview) -> None:
        """Parse the next part of the archive."""
        rest = memoryview(data)
        while rest:
            missing = self._wanted.size - len(self._collected)
            part, rest = rest[:missing], rest[missing:]
            if self._wanted.is_exact and len(part) < self._wanted.size:
                self._collected += part
                if len(self._collected) < self._wanted.size:
                    return
                part, self._collected = memoryview(self._collected), bytearray()
            self._wanted = self._steps.send(part)

    def _read(self) -> _Steps:
        extended: dict[str, str] = {}
        while (block := bytes((yield _Wanted(BLOCK, True)))) != _END:
            info = _decode_header(block)
            if info.type in _PAX or info.type in _LONG_NAMES:
                data = yield from _read_extension(info.size)
                if info.type in _LONG_NAMES:
                    extended[_LONG_NAMES[info.type]] = _text(data.split(b"\0")[0])
                elif info.type == tarfile.XGLTYPE:
                    self._global.update(_used_records(data))
                else:
                    extended.update(_used_records(data))
                continue
            yield from self._read_member(info, block, {**self._global, **extended})
            extended = {}
        self.is_complete = True
        while True:  # blocks of zeros follow
            yield _Wanted(BLOCK, False)

    def _read_member(self, info: tarfile.TarInfo, block: bytes, extended: dict[str, str]) -> _Steps:
        member = _create_member(info, extended)
        if member.size and not member.is_file:
            raise _damaged(f"{member.name!r} is not a file, but has content")
        stored, segments = member.size, [Segment(0, member.size)]
        if info.type == tarfile.GNUTYPE_SPARSE:
            member.size, segments = yield from decode_old_sparse_map(block)
        elif "GNU.sparse.map" in extended or "GNU.sparse.major" in extended:
            member.size = _size(extended.get("GNU.sparse.realsize", extended.get("GNU.sparse.size", "")))
            if "GNU.sparse.map" in extended:
                segments = parse_sparse_map(extended["GNU.sparse.map"].split(","))
            else:
                read, segments = yield from read_sparse_map(stored)
                stored -= read
        check_segments(segments, size=member.size, stored=stored)
        self._handler.start(member)
        for segment in segments:
            position, end = segment.offset, segment.offset + segment.length
            while position < end:
                part = yield _Wanted(end - position, False)
                self._handler.write(part, position)
                position += len(part)
        self._handler.end()
        if stored % BLOCK:
            yield _Wanted(BLOCK - stored % BLOCK, True)


def _decode_header(block: bytes) -> tarfile.TarInfo:
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError as error:
        raise _damaged(f"{error} in a header") from error
    if info.size < 0:
        raise _damaged(f"{info.name!r} has a negative size")
    return info


def _create_member(info: tarfile.TarInfo, extended: dict[str, str]) -> Member:
    return Member(
        name=extended.get("GNU.sparse.name", extended.get("path", info.name)),
        type=info.type,
        size=_size(extended["size"]) if "size" in extended else info.size,
        mode=info.mode & 0o777,
        modified=_nanoseconds(extended["mtime"]) if "mtime" in extended else int(info.mtime) * 10**9,
        link=extended.get("linkpath", info.linkname),
    )


def _read_extension(size: int) -> Generator[_Wanted, memoryview, bytes]:
    if not 0 < size <= _LARGEST_EXTENSION:
        raise _damaged(f"an extended header has {size} bytes")
    data = yield _Wanted(size + -size % BLOCK, True)
    return bytes(data[:size])


def decode_old_sparse_map(header: bytes) -> Generator[_Wanted, memoryview, tuple[int, list[Segment]]]:
    """Return the size and the segments of a sparse file in the GNU format. The map can continue after the header."""
    size, segments, continues = decode_old_sparse(header, is_header=True)
    while continues:
        block = yield _Wanted(BLOCK, True)
        _, more, continues = decode_old_sparse(bytes(block), is_header=False)
        segments += more
        if len(segments) > _MOST_SEGMENTS:
            raise _damaged("the map of a sparse file is too large")
    return size, segments


def read_sparse_map(stored: int) -> Generator[_Wanted, memoryview, tuple[int, list[Segment]]]:
    """Return the size of the map of a sparse file at the start of its content (pax, version 1.0), and its segments."""
    numbers, text, read = list[str](), "", 0
    while not numbers or len(numbers) < 2 * _size(numbers[0]) + 1:
        if read >= min(stored, _LARGEST_EXTENSION):
            raise _damaged("the map of a sparse file does not end")
        text += _text((yield _Wanted(BLOCK, True)))
        read += BLOCK
        *lines, text = text.split("\n")
        numbers += lines
    return read, parse_sparse_map(numbers[1 : 2 * _size(numbers[0]) + 1])


def parse_pax_records(data: bytes) -> dict[str, str]:
    """Parse records of the form `LENGTH KEY=VALUE`. The offsets and sizes of sparse files are joined to one map."""
    records: dict[str, str] = {}
    sparse: list[str] = []
    start = 0
    while start < len(data):
        length, _, _ = data[start : start + 20].partition(b" ")
        end = start + int(length) if length.isdigit() else start
        key, is_pair, value = data[start + len(length) + 1 : end - 1].partition(b"=")
        if not is_pair or data[end - 1 : end] != b"\n":
            raise _damaged("a record of an extended header is not valid")
        if key in (b"GNU.sparse.offset", b"GNU.sparse.numbytes"):
            sparse.append(_text(value))
        else:
            records[_text(key)] = _text(value)
        start = end
    return {**records, "GNU.sparse.map": ",".join(sparse)} if sparse else records


def _used_records(data: bytes) -> dict[str, str]:
    return {key: value for key, value in parse_pax_records(data).items() if key in _USED_RECORDS}


def _size(text: str) -> int:
    if not _SIZE.fullmatch(text):
        raise _damaged(f"a size is {text!r}")
    return int(text)


def _nanoseconds(text: str) -> int:
    match = _SECONDS.fullmatch(text)
    if match is None:
        raise _damaged(f"a time is {text!r}")
    nanoseconds = int(match[2]) * 10**9 + int((match[3] or "")[:9].ljust(9, "0"))
    return -nanoseconds if match[1] else nanoseconds


def _text(data: bytes | memoryview) -> str:
    return bytes(data).decode("utf-8", "surrogateescape")


def _damaged(problem: str) -> FileTransferError:
    return FileTransferError(f"the tar archive is damaged: {problem}")
