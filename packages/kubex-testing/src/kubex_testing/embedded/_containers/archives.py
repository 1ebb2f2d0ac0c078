"""The tar format: read and write the files of a container as a stream."""

import tarfile
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from .files import Device, Directory, File, Node, Symlink
from .pipes import CHUNK_BYTES, ProcessInput, ProcessOutput

BLOCK = tarfile.BLOCKSIZE
_MAX_HEADER_BYTES = 1024 * 1024
_LONG_NAMES = {tarfile.GNUTYPE_LONGNAME: "path", tarfile.GNUTYPE_LONGLINK: "linkpath"}
_PAX_TYPES = (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE)


class ArchiveError(Exception):
    """The data is not a complete tar archive."""


@dataclass(frozen=True)
class Member:
    """One member of an archive."""

    name: str
    type: bytes
    link: str
    mode: int
    modified: float
    size: int


class ArchiveReader:
    """Read an archive from the input of a command. Read or skip the content of a member before the next one."""

    def __init__(self, source: ProcessInput) -> None:
        self._source = source
        self._remaining = 0
        self._padding = 0

    async def members(self) -> AsyncGenerator[Member, None]:
        """Yield the members. Raises ArchiveError."""
        extended: dict[str, str] = {}
        while True:
            async for _ in self.content():
                pass
            info = await self._header()
            if info is None:
                return
            self._start(info.size)
            if info.type in _LONG_NAMES:
                extended[_LONG_NAMES[info.type]] = (
                    (await self._metadata()).split(b"\0")[0].decode(errors="surrogateescape")
                )
            elif info.type in _PAX_TYPES:
                extended.update(_pax_records(await self._metadata()))
            elif info.type == tarfile.XGLTYPE:
                await self._metadata()
            else:
                member = _member(info, extended)
                self._start(member.size if info.isreg() else 0)
                extended = {}
                yield member

    async def content(self) -> AsyncGenerator[bytes, None]:
        """Yield the rest of the content of the current member."""
        while self._remaining:
            data = await self._source.read(min(self._remaining, CHUNK_BYTES))
            if not data:
                raise ArchiveError("Unexpected EOF in archive")
            self._remaining -= len(data)
            yield data
        padding, self._padding = self._padding, 0
        await self._read(padding)

    def _start(self, size: int) -> None:
        self._remaining, self._padding = size, -size % BLOCK

    async def _header(self) -> tarfile.TarInfo | None:
        block = await self._read(BLOCK, allow_end=True)
        if not block:
            return None
        if not any(block):  # two blocks of zeros end the archive
            await self._read(BLOCK, allow_end=True)
            return None
        try:
            return tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except tarfile.HeaderError:
            raise ArchiveError("This does not look like a tar archive") from None

    async def _metadata(self) -> bytes:
        if self._remaining > _MAX_HEADER_BYTES:
            raise ArchiveError("an extended header is too large")
        return b"".join([chunk async for chunk in self.content()])

    async def _read(self, size: int, *, allow_end: bool = False) -> bytes:
        data = b""
        while len(data) < size:
            chunk = await self._source.read(size - len(data))
            if not chunk:
                if allow_end and not data:
                    break
                raise ArchiveError("Unexpected EOF in archive")
            data += chunk
        return data


class ArchiveWriter:
    """Write an archive to the output of a command."""

    def __init__(self, output: ProcessOutput) -> None:
        self._output = output
        self._size = 0

    async def add(self, name: str, node: Node) -> None:
        """Write one node, without the content of a folder. Devices are skipped."""
        if isinstance(node, Device):
            return
        info = tarfile.TarInfo(name)
        info.mode, info.mtime = node.mode, int(node.modified)
        info.uname = info.gname = "root"
        content = node.content if isinstance(node, File) else None
        size = content.size if content is not None else 0
        if isinstance(node, Directory):
            info.type = tarfile.DIRTYPE
        elif isinstance(node, Symlink):
            info.type, info.linkname = tarfile.SYMTYPE, node.target
        info.size = size
        await self._write(info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape"))
        if content is not None:
            # The file may change meanwhile. The archive contains the size from its header.
            for start in range(0, size, CHUNK_BYTES):
                await self._write(content.read(start, min(CHUNK_BYTES, size - start)))
            await self._write(bytes(-size % BLOCK))

    async def close(self) -> None:
        """Write the end of the archive."""
        await self._write(bytes(2 * BLOCK))
        await self._write(bytes(-self._size % tarfile.RECORDSIZE))

    async def _write(self, data: bytes) -> None:
        self._size += len(data)
        await self._output.write(data)


def _member(info: tarfile.TarInfo, extended: dict[str, str]) -> Member:
    return Member(
        extended.get("path", info.name),
        info.type,
        extended.get("linkpath", info.linkname),
        info.mode & 0o7777,
        float(extended.get("mtime", info.mtime)),
        int(extended.get("size", info.size)),
    )


def _pax_records(data: bytes) -> dict[str, str]:
    """Parse records of the form `LENGTH KEY=VALUE`. Raises ArchiveError."""
    records: dict[str, str] = {}
    while data.strip(b"\0"):
        length, _, _ = data.partition(b" ")
        try:
            size = int(length)
        except ValueError:
            size = 0
        if not 0 < size <= len(data):
            raise ArchiveError("Malformed extended header")
        key, _, value = data[len(length) + 1 : size - 1].partition(b"=")
        records[key.decode(errors="surrogateescape")] = value.decode(errors="surrogateescape")
        data = data[size:]
    return records
