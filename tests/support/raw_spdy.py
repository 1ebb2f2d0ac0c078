"""A SPDY client for exec and port-forward, written without the code of the server."""

import contextlib
import json
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import h11

from kubex_testing._handle import ServerHandle
from kubex_testing.embedded._containers.spdy_frames import DICTIONARY
from support.raw_websocket import RawWebSocket, Refused, next_event, open_socket

SYN_STREAM, SYN_REPLY, RST_STREAM, PING = 1, 2, 3, 6


@dataclass
class ReceivedStream:
    """The data and the state of a stream of the server."""

    data: bytes = b""
    replied: bool = False
    finished: bool = False
    reset: bool = False

    @property
    def ended(self) -> bool:
        """Whether the server sends no more data. A real node resets the streams at the end of a command."""
        return self.finished or self.reset


@dataclass
class RawSpdy:
    """An open SPDY connection: functions that send and receive bytes, and the streams."""

    send: Callable[[bytes], None]
    receive: Callable[[], bytes]
    headers: Mapping[str, str]
    streams: dict[int, ReceivedStream] = field(default_factory=dict[int, ReceivedStream])
    pings: list[bytes] = field(default_factory=list[bytes])
    _received: bytes = b""

    def __post_init__(self) -> None:
        self._deflate = zlib.compressobj(zdict=DICTIONARY)
        self._next = 1

    def open(self, **headers: str) -> int:
        """Open a stream, and return its number."""
        stream, self._next = self._next, self._next + 2
        block = struct.pack(">I", len(headers))
        # SPDY requires names in lower case.
        for text in (text for name, value in headers.items() for text in (name.lower(), value)):
            block += struct.pack(">I", len(text)) + text.encode()
        compressed = self._deflate.compress(block) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        self.streams[stream] = ReceivedStream()
        self.send_control(SYN_STREAM, struct.pack(">IIH", stream, 0, 0) + compressed)
        return stream

    def send_control(self, kind: int, content: bytes) -> None:
        """Send a control frame."""
        self.send(struct.pack(">HHI", 0x8003, kind, len(content)) + content)

    def write(self, stream: int, data: bytes, *, finished: bool = False) -> None:
        """Send data on a stream."""
        self.send(struct.pack(">II", stream, finished << 24 | len(data)) + data)

    def reset(self, stream: int) -> None:
        """End a stream in both directions."""
        self.send_control(RST_STREAM, struct.pack(">II", stream, 5))

    def read_until(self, condition: Callable[[], object]) -> None:
        """Receive frames until the condition is true. Fails if the server disconnects."""
        while not condition():
            assert self._read_frame(), self.streams

    def read_finished(self, *streams: int) -> list[bytes]:
        """Receive until the server has ended these streams, and return their data."""
        self.read_until(lambda: all(self.streams[stream].ended for stream in streams))
        return [self.streams[stream].data for stream in streams]

    def is_closed(self) -> bool:
        """Read to the end, and return whether the server closed the connection."""
        while self._read_frame():
            continue
        return True

    def _read_frame(self) -> bool:
        header = self._read(8)
        if not header:
            return False
        kind, flags_and_length = struct.unpack(">II", header)
        flags, content = flags_and_length >> 24, self._read(flags_and_length & 0xFFFFFF)
        if not kind >> 31:
            self.streams[kind].data += content
            self.streams[kind].finished |= bool(flags & 1)
        elif kind & 0xFFFF == SYN_REPLY:
            self.streams[struct.unpack_from(">I", content)[0]].replied = True
        elif kind & 0xFFFF == RST_STREAM:
            self.streams[struct.unpack_from(">I", content)[0]].reset = True
        elif kind & 0xFFFF == PING:
            self.pings.append(content)
        return True

    def _read(self, size: int) -> bytes:
        while len(self._received) < size:
            data = self.receive()
            if not data:
                return b""
            self._received += data
        result, self._received = self._received[:size], self._received[size:]
        return result


def status_of(data: bytes) -> tuple[str, str]:
    """Return the status and the reason in the data of an error stream."""
    document = json.loads(data)
    return document["status"], document.get("reason", "")


def tunnel(socket: RawWebSocket) -> RawSpdy:
    """Return a connection inside of a WebSocket."""

    def receive() -> bytes:
        frame = socket.receive()
        return frame if isinstance(frame, bytes) else b""

    return RawSpdy(socket.send, receive, socket.headers)


@contextlib.contextmanager
def open_spdy(handle: ServerHandle, path: str, protocols: Sequence[str]) -> Iterator[RawSpdy]:
    """Change a connection to SPDY. Fails if the server refuses it."""
    with connect_spdy(handle, path, protocols) as result:
        assert isinstance(result, RawSpdy), result
        yield result


@contextlib.contextmanager
def connect_spdy(handle: ServerHandle, path: str, protocols: Sequence[str]) -> Iterator[RawSpdy | Refused]:
    """Send the upgrade, and return the connection or the response that refuses it."""
    with open_socket(handle) as stream:
        lines = [("Host", "x"), ("Upgrade", "SPDY/3.1"), ("Connection", "Upgrade"), ("Content-Length", "0")]
        lines += [("X-Stream-Protocol-Version", name) for name in protocols]
        if handle.token:
            lines.append(("Authorization", f"Bearer {handle.token}"))
        protocol = h11.Connection(h11.CLIENT)
        stream.sendall(protocol.send(h11.Request(method="POST", target=path, headers=lines)) or b"")
        stream.sendall(protocol.send(h11.EndOfMessage()) or b"")
        response = next_event(protocol, stream)
        assert isinstance(response, h11.Response | h11.InformationalResponse), response
        fields = {name.decode(): value.decode() for name, value in response.headers}
        if isinstance(response, h11.InformationalResponse):
            connection = RawSpdy(stream.sendall, lambda: stream.recv(65536), fields)
            connection._received = protocol.trailing_data[0]
            yield connection
            return
        body = b""
        while isinstance(event := next_event(protocol, stream), h11.Data):
            body += event.data
        yield Refused(response.status_code, body, fields)
