"""A WebSocket client that shows the frames and the response to the upgrade as they were received."""

import contextlib
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, Pong, TextMessage

from kubex_testing._handle import ServerHandle
from kubex_testing._pki import Identity, client_context

TIMEOUT = 20
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
"""The accept value for this key in RFC 6455."""


@dataclass(frozen=True)
class Closed:
    """The close frame of the server."""

    code: int


@dataclass(frozen=True)
class Refused:
    """A response other than 101."""

    status: int
    body: bytes
    headers: dict[str, str]


Frame = bytes | str | Closed | None
"""The payload of a binary or text frame, a close frame, or None if the server has disconnected."""


class RawWebSocket:
    """An open WebSocket on a blocking socket."""

    def __init__(self, stream: socket.socket, headers: dict[str, str], received: bytes) -> None:
        self.socket = stream
        self.headers = headers
        self.subprotocol = headers.get("sec-websocket-protocol")
        self._protocol = Connection(ConnectionType.CLIENT, trailing_data=received)
        self._parts: list[bytes | str] = []

    def send(self, message: bytes | str) -> None:
        """Send a message as one frame."""
        event: Event = BytesMessage(message) if isinstance(message, bytes) else TextMessage(message)
        self.socket.sendall(self._protocol.send(event))

    def send_part(self, message: bytes, *, finished: bool) -> None:
        """Send a part of a message as a frame."""
        self.socket.sendall(self._protocol.send(BytesMessage(message, message_finished=finished)))

    def send_raw(self, data: bytes) -> None:
        """Send bytes that can be a part of a frame."""
        self.socket.sendall(data)

    def ping(self, payload: bytes) -> None:
        """Send a ping."""
        self.socket.sendall(self._protocol.send(Ping(payload)))

    def close(self, code: int = 1000) -> None:
        """Send a close frame."""
        self.socket.sendall(self._protocol.send(CloseConnection(code)))

    def receive(self) -> Frame | Pong:
        """Return the next frame."""
        while True:
            for event in self._protocol.events():
                if isinstance(event, Pong):
                    return event
                if isinstance(event, BytesMessage | TextMessage):
                    assert event.message_finished or not event.frame_finished, "the server sent a part of a message"
                    self._parts.append(event.data if isinstance(event, TextMessage) else bytes(event.data))
                    if event.message_finished:
                        return self._joined()
                if isinstance(event, CloseConnection):
                    with contextlib.suppress(OSError):
                        self.socket.sendall(self._protocol.send(event.response()))
                    return Closed(int(event.code))
            data = self.socket.recv(65536)
            if not data:
                return None
            self._protocol.receive_data(data)

    def receive_all(self) -> list[Frame | Pong]:
        """Return all frames up to the close frame, or up to the end of the connection."""
        frames = [self.receive()]
        while frames[-1] is not None and not isinstance(frames[-1], Closed):
            frames.append(self.receive())
        return frames

    def receive_data(self, channel: int, size: int) -> bytes:
        """Return `size` bytes of the data of a channel. Frames of other channels are an error."""
        data = bytearray()
        while len(data) < size:
            frame = self.receive()
            assert isinstance(frame, bytes), frame
            assert frame[0] == channel, frame
            data += frame[1:]
        return bytes(data)

    def _joined(self) -> bytes | str:
        parts, self._parts = self._parts, []
        if isinstance(parts[0], str):
            return "".join(part for part in parts if isinstance(part, str))
        return b"".join(part for part in parts if isinstance(part, bytes))


@contextlib.contextmanager
def open_websocket(
    handle: ServerHandle,
    path: str,
    subprotocols: Sequence[str] = (),
    *,
    headers: Sequence[tuple[str, str]] = (),
) -> Iterator[RawWebSocket]:
    """Open a WebSocket. Fails if the server refuses the upgrade."""
    with connect(handle, path, subprotocols, headers=headers) as result:
        assert isinstance(result, RawWebSocket), result
        yield result


def refusal(
    handle: ServerHandle,
    path: str,
    subprotocols: Sequence[str] = (),
    *,
    headers: Sequence[tuple[str, str]] = (),
) -> Refused:
    """Return the response to an upgrade that the server refuses."""
    with connect(handle, path, subprotocols, headers=headers) as result:
        assert isinstance(result, Refused), result.headers
        return result


@contextlib.contextmanager
def connect(
    handle: ServerHandle,
    path: str,
    subprotocols: Sequence[str] = (),
    *,
    headers: Sequence[tuple[str, str]] = (),
) -> Iterator[RawWebSocket | Refused]:
    """Send the upgrade, and return the WebSocket or the response that refuses it."""
    with open_socket(handle) as stream:
        lines = [("Host", "x"), ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", KEY)]
        lines.append(("Sec-WebSocket-Version", "13"))
        if subprotocols:
            lines.append(("Sec-WebSocket-Protocol", ", ".join(subprotocols)))
        if handle.token:
            lines.append(("Authorization", f"Bearer {handle.token}"))
        protocol = h11.Connection(h11.CLIENT)
        stream.sendall(protocol.send(h11.Request(method="GET", target=path, headers=[*lines, *headers])) or b"")
        stream.sendall(protocol.send(h11.EndOfMessage()) or b"")
        response = next_event(protocol, stream)
        assert isinstance(response, h11.Response | h11.InformationalResponse), response
        fields = {name.decode(): value.decode() for name, value in response.headers}
        if isinstance(response, h11.InformationalResponse):
            assert fields["sec-websocket-accept"] == ACCEPT
            yield RawWebSocket(stream, fields, protocol.trailing_data[0])
            return
        body = b""
        while isinstance(event := next_event(protocol, stream), h11.Data):
            body += event.data
        yield Refused(response.status_code, body, fields)


@contextlib.contextmanager
def open_socket(handle: ServerHandle) -> Iterator[socket.socket]:
    """Connect to the server, with the credentials of the handle."""
    url = urlsplit(handle.url)
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=TIMEOUT) as plain:
        if handle.ca_pem is None:
            yield plain
            return
        identity = None
        if handle.client_cert_pem is not None and handle.client_key_pem is not None:
            identity = Identity(handle.client_cert_pem, handle.client_key_pem)
        with client_context(handle.ca_pem, identity).wrap_socket(plain, server_hostname=url.hostname) as stream:
            yield stream


def next_event(protocol: h11.Connection, stream: socket.socket) -> object:
    """Return the next part of a response."""
    while (event := protocol.next_event()) is h11.NEED_DATA:
        protocol.receive_data(stream.recv(65536))
    return event
