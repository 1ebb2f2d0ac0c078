"""The programs of the server: what runs in its containers, and what listens on the ports of its Pods."""

import hashlib
import struct
import tarfile
from collections.abc import Callable, Iterator
from typing import Protocol

BLOCK = 2**15
"""The size of the messages of the server in bytes: the kubelet copies output through a buffer of this size."""

_REST = bytes(range(256)) * (BLOCK // 256)
_NUMBER = struct.Struct(">Q")

SOURCE, SINK, DIGEST, ECHO = 1, 2, 3, 4
"""The ports of Pods. A client of the first three sends the number of bytes first, as 8 bytes."""


def numbered_blocks(size: int) -> Iterator[bytes]:
    """Yield blocks of this total size. Each has its number at the start, so a lost or a moved block is noticed."""
    for number in range(-(-size // BLOCK)):
        yield (_NUMBER.pack(number) + _REST)[: min(BLOCK, size - number * BLOCK)]


def digest_of_blocks(size: int) -> str:
    """Return the SHA-256 of all numbered blocks."""
    digest = hashlib.sha256()
    for block in numbered_blocks(size):
        digest.update(block)
    return digest.hexdigest()


def encode_size(size: int) -> bytes:
    """Return the first bytes that a client sends to a port."""
    return _NUMBER.pack(size)


class Peer(Protocol):
    """The connection to the client, as programs see it."""

    def send(self, data: bytes) -> None:
        """Send data."""

    def send_all(self, blocks: Iterator[bytes]) -> None:
        """Send blocks while the client reads, then end the program."""

    def discard_input(self) -> None:
        """Count the input without decoding it."""

    def end(self) -> None:
        """End the program with exit code 0, or close the port."""


class Program:
    """A program that ignores its input and does not end; the base of the others."""

    def start(self, peer: Peer) -> None:
        """Run the program."""
        self.peer = peer

    def receive(self, data: bytes) -> None:
        """Handle input."""

    def count(self, size: int) -> None:
        """Handle the size of input that was discarded."""

    def receive_end(self) -> None:
        """Handle the end of the input."""
        self.peer.end()


class Exit(Program):
    """Ends at once."""

    def start(self, peer: Peer) -> None:
        """End."""
        peer.end()


class Source(Program):
    """Sends numbered blocks; as a port, it reads their total size first."""

    def __init__(self, size: int | None = None) -> None:
        self._size = size

    def start(self, peer: Peer) -> None:
        """Start to send."""
        super().start(peer)
        if self._size is not None:
            peer.send_all(numbered_blocks(self._size))

    def receive(self, data: bytes) -> None:
        """Start to send."""
        if self._size is None:
            (self._size,) = _NUMBER.unpack(data)
            self.peer.send_all(numbered_blocks(self._size))


class Consumer(Program):
    """Reads its input to the end; as a port, it reads the size first."""

    def __init__(self, size: int | None = None) -> None:
        self._expected = size
        self._total = 0

    def receive(self, data: bytes) -> None:
        """Handle input."""
        if self._expected is None:
            (self._expected,) = _NUMBER.unpack(data)
        else:
            self.add(data)
            self.count(len(data))

    def add(self, data: bytes) -> None:
        """Process input."""

    def count(self, size: int) -> None:
        """End after all input of a port."""
        self._total += size
        if self._total == self._expected:
            self.receive_end()

    def result(self) -> str:
        """Return what is sent at the end."""
        return str(self._total)

    def receive_end(self) -> None:
        """Send the result."""
        self.peer.send(self.result().encode())
        self.peer.end()


class Sink(Consumer):
    """Reads and counts its input as fast as possible."""

    def start(self, peer: Peer) -> None:
        """Read."""
        super().start(peer)
        peer.discard_input()


class Digest(Consumer):
    """Sends the SHA-256 of its input."""

    def start(self, peer: Peer) -> None:
        """Read."""
        super().start(peer)
        self._digest = hashlib.sha256()

    def add(self, data: bytes) -> None:
        """Process input."""
        self._digest.update(data)

    def result(self) -> str:
        """Return the digest."""
        return self._digest.hexdigest()


class Echo(Program):
    """Sends its input back."""

    def receive(self, data: bytes) -> None:
        """Send the input."""
        self.peer.send(data)


def archive_blocks(name: str, size: int) -> Iterator[bytes]:
    """Yield a tar archive with a file of numbered blocks."""
    member = tarfile.TarInfo(name)
    member.size = size
    yield member.tobuf()
    yield from numbered_blocks(size)
    yield bytes(-size % tarfile.BLOCKSIZE + 2 * tarfile.BLOCKSIZE)


class TarSource(Program):
    """Sends an archive with one file."""

    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self._size = size

    def start(self, peer: Peer) -> None:
        """Start to send."""
        super().start(peer)
        peer.send_all(archive_blocks(self._name, self._size))


class TarDigest(Program):
    """Reads an archive with one file, and keeps the SHA-256 of the file for `LastDigest`."""

    last = ""

    def start(self, peer: Peer) -> None:
        """Read."""
        super().start(peer)
        self._digest = hashlib.sha256()
        self._header = b""
        self._content = self._skipped = 0
        self._is_file = False

    def receive(self, data: bytes) -> None:
        """Separate headers, content and padding."""
        view = memoryview(data)
        while view:
            if self._content:
                part, view = view[: self._content], view[self._content :]
                self._content -= len(part)
                if self._is_file:
                    self._digest.update(part)
            elif self._skipped:
                part, view = view[: self._skipped], view[self._skipped :]
                self._skipped -= len(part)
            else:
                missing = tarfile.BLOCKSIZE - len(self._header)
                self._header, view = self._header + bytes(view[:missing]), view[missing:]
                if len(self._header) == tarfile.BLOCKSIZE:
                    self._read_header(self._header)
                    self._header = b""

    def _read_header(self, header: bytes) -> None:
        if header == bytes(tarfile.BLOCKSIZE):  # the end of the archive
            return
        member = tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
        self._is_file = member.isreg()
        self._content = 0 if member.isdir() else member.size
        self._skipped = -self._content % tarfile.BLOCKSIZE

    def receive_end(self) -> None:
        """Keep the digest."""
        TarDigest.last = self._digest.hexdigest()
        self.peer.end()


class LastDigest(Program):
    """Sends the SHA-256 of the file that `TarDigest` read last."""

    def start(self, peer: Peer) -> None:
        """Send the digest."""
        peer.send(TarDigest.last.encode())
        peer.end()


DIGEST_FOLDER = "/digest"
"""The folder of containers in which the content of files is checked; files in other folders are only counted."""


def find_command(arguments: list[str]) -> Program:
    """Return the program of a command."""
    match arguments:
        case ["true"] | ["mv" | "rm", *_]:
            return Exit()
        case ["tar", "-cf", "-", "-C", _, name]:
            return TarSource(name, int(name.removeprefix("./")))
        case ["tar", "-xpof", "-", "-C", folder] if folder == DIGEST_FOLDER:
            return TarDigest()
        case ["sha256sum", _]:
            return LastDigest()
        case ["tar", "-xpof", *_]:
            return Sink(-1)
        case ["source", size]:
            return Source(int(size))
        case ["sink"]:
            return Sink(-1)
        case ["sha256sum"]:
            return Digest(-1)
        case ["cat", path]:
            return Source(int(path.rpartition("/")[2]))
        case ["cat"]:
            return Echo()
        case _:
            return Program()


def find_port(port: int) -> Program:
    """Return the program that listens on a port."""
    programs: dict[int, Callable[[], Program]] = {SOURCE: Source, SINK: Sink, DIGEST: Digest, ECHO: Echo}
    return programs.get(port, Program)()
