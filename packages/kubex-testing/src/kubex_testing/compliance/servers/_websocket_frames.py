"""The server's end of a WebSocket, frame by frame (RFC 6455)."""

import base64
import hashlib
import struct

from kubex.transport import Limits, PreparedRequest
from kubex_testing.compliance.servers._socket_server import ReceivedRequest, ServerConnection

TEXT = 1
"""The opcode of a text message. The opcode 0 continues a fragmented message."""
BINARY = 2
"""The opcode of a binary message."""
CLOSE = 8
"""The opcode of a close frame."""
PING = 9
"""The opcode of a ping."""
PONG = 10
"""The opcode of a pong."""


def accept_upgrade(connection: ServerConnection, *, subprotocol: str | None = None) -> ReceivedRequest:
    """Read the upgrade request and accept it."""
    request = connection.read_request()
    assert request is not None
    key = request.header("sec-websocket-key") or ""
    hashed = f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()
    accept = base64.b64encode(hashlib.sha1(hashed, usedforsecurity=False).digest()).decode()
    subprotocol_header = f"Sec-WebSocket-Protocol: {subprotocol}\r\n" if subprotocol else ""
    connection.send(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\n{subprotocol_header}\r\n"
    )
    return request


def build_frame(opcode: int, payload: bytes = b"", *, final: bool = True) -> bytes:
    """Return a frame of a server, which is not masked."""
    first = opcode | (0x80 if final else 0)
    if len(payload) < 126:
        return struct.pack("!BB", first, len(payload)) + payload
    if len(payload) < 2**16:
        return struct.pack("!BBH", first, 126, len(payload)) + payload
    return struct.pack("!BBQ", first, 127, len(payload)) + payload


def close_frame(code: int) -> bytes:
    """Return a close frame with this code."""
    return build_frame(CLOSE, struct.pack("!H", code))


def read_frame(connection: ServerConnection) -> tuple[int, bytes]:
    """Read a frame of the client and return its opcode and payload. The frame must be final and masked."""
    first, second = connection.read_exactly(2)
    assert first & 0x80
    assert second & 0x80
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack("!H", connection.read_exactly(2))
    elif length == 127:
        (length,) = struct.unpack("!Q", connection.read_exactly(8))
    mask = connection.read_exactly(4)
    payload = int.from_bytes(connection.read_exactly(length), "big")
    repeated_mask = int.from_bytes((mask * (length // 4 + 1))[:length], "big")
    return first & 0x0F, (payload ^ repeated_mask).to_bytes(length, "big")


def close_code(payload: bytes) -> int:
    """Return the code in the payload of a close frame."""
    code: int = struct.unpack("!H", payload[:2])[0]
    return code


_NO_LIMITS = Limits()


def websocket_request(url: str, limits: Limits = _NO_LIMITS) -> PreparedRequest:
    """Return a request for a WebSocket, with a secret header and a query."""
    headers = (("Authorization", "Bearer swordfish"),)
    return PreparedRequest("GET", url + "/exec?command=a%2Fb", headers, limits=limits)


def echo_messages(connection: ServerConnection) -> None:
    """Send each frame back, and return after the close frame."""
    accept_upgrade(connection)
    while True:
        opcode, payload = read_frame(connection)
        connection.send(build_frame(opcode, payload))
        if opcode == CLOSE:
            return
