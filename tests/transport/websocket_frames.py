"""Both ends of a WebSocket: the server's frame by frame."""

import base64
import hashlib
import struct
import threading

import anyio

from kubex.transport import Limits, PreparedRequest
from transport.socket_server import SECONDS, Peer, Seen

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def upgrade(peer: Peer, *, subprotocol: str | None = None) -> Seen:
    """Take a request and open the WebSocket."""
    request = peer.request()
    assert request is not None
    key = request.header("sec-websocket-key") or ""
    both = f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()
    accept = base64.b64encode(hashlib.sha1(both, usedforsecurity=False).digest()).decode()
    chosen = f"Sec-WebSocket-Protocol: {subprotocol}\r\n" if subprotocol else ""
    peer.send(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\n{chosen}\r\n"
    )
    return request


def frame(kind: int, payload: bytes = b"", *, last: bool = True) -> bytes:
    """Return a frame as a server sends it; kind 0 goes on with a message."""
    first = kind | (0x80 if last else 0)
    if len(payload) < 126:
        return struct.pack("!BB", first, len(payload)) + payload
    if len(payload) < 2**16:
        return struct.pack("!BBH", first, 126, len(payload)) + payload
    return struct.pack("!BBQ", first, 127, len(payload)) + payload


def closing(code: int) -> bytes:
    """Return a close frame."""
    return frame(CLOSE, struct.pack("!H", code))


def receive(peer: Peer) -> tuple[int, bytes]:
    """Read a frame of the client's, which must be masked and whole."""
    first, second = peer.exactly(2)
    assert first & 0x80
    assert second & 0x80
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack("!H", peer.exactly(2))
    elif length == 127:
        (length,) = struct.unpack("!Q", peer.exactly(8))
    mask = peer.exactly(4)
    payload = int.from_bytes(peer.exactly(length), "big")
    repeated = int.from_bytes((mask * (length // 4 + 1))[:length], "big")
    return first & 0x0F, (payload ^ repeated).to_bytes(length, "big")


def code_of(payload: bytes) -> int:
    """Return the code of a close frame's payload."""
    code: int = struct.unpack("!H", payload[:2])[0]
    return code


_NO_LIMITS = Limits()


def request(url: str, limits: Limits = _NO_LIMITS) -> PreparedRequest:
    """Return a request for a WebSocket, with a header of its own and a query."""
    headers = (("Authorization", "Bearer swordfish"),)
    return PreparedRequest("GET", url + "/exec?command=a%2Fb", headers, limits=limits)


def echo(peer: Peer) -> None:
    """Send every message back, answer the close frame, and go."""
    upgrade(peer)
    while True:
        kind, data = receive(peer)
        peer.send(frame(kind, data))
        if kind == CLOSE:
            return


async def until(event: threading.Event) -> bool:
    """Wait in a thread, so that the loop goes on."""
    return await anyio.to_thread.run_sync(event.wait, SECONDS)
