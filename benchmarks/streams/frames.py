"""WebSocket frames, as the server of these benchmarks reads and writes them (RFC 6455)."""

import base64
import hashlib
import struct
from collections.abc import Callable

CONTINUATION, BINARY, CLOSE, PING, PONG = 0, 2, 8, 9, 10

_ACCEPT_SUFFIX = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept_upgrade(headers: dict[str, str], subprotocol: str) -> bytes:
    """Return the response that accepts an upgrade."""
    key = headers["sec-websocket-key"].encode()
    accept = base64.b64encode(hashlib.sha1(key + _ACCEPT_SUFFIX, usedforsecurity=False).digest()).decode()
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: {subprotocol}\r\n\r\n"
    ).encode()


def frame_header(opcode: int, length: int) -> bytes:
    """Return the header of a frame of a server, which is final and not masked."""
    if length < 126:
        return struct.pack("!BB", 0x80 | opcode, length)
    if length < 2**16:
        return struct.pack("!BBH", 0x80 | opcode, 126, length)
    return struct.pack("!BBQ", 0x80 | opcode, 127, length)


class FrameReader:
    """Splits received data into frames, and passes the opcode and the payload of each to `on_frame`.

    With `discard`, messages of more than 125 bytes are counted, but not kept: `on_bytes` receives the size of their
    data, which is without the first byte, the channel.
    """

    def __init__(self, on_frame: Callable[[int, bytes], None], on_bytes: Callable[[int], None]) -> None:
        self.discard = False
        self._on_frame = on_frame
        self._on_bytes = on_bytes
        self._received = bytearray()
        self._skip = 0

    def feed(self, data: bytes) -> None:
        """Process received data."""
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            self._on_bytes(skipped)
            data = data[skipped:]
        self._received += data
        while self._read_frame():
            pass

    def _read_frame(self) -> bool:
        received = self._received
        if len(received) < 2:
            return False
        length, start = received[1] & 0x7F, 2
        if length > 125:
            start = 4 if length == 126 else 10
            if len(received) < start:
                return False
            length = int.from_bytes(received[2:start], "big")
        masked_from = start + 4
        if self.discard and length > 125:
            available = min(len(received) - masked_from, length)
            if available < 1:
                return False
            self._skip = length - available
            self._on_bytes(available - 1)
            del received[: masked_from + available]
            return True
        end = masked_from + length
        if len(received) < end:
            return False
        opcode, payload = received[0] & 0x0F, unmask(received[start:masked_from], received[masked_from:end])
        del received[:end]
        self._on_frame(opcode, payload)
        return True


def unmask(mask: bytes | bytearray, payload: bytes | bytearray) -> bytes:
    """Apply the mask of a frame to its payload."""
    length = len(payload)
    repeated = (mask * (length // 4 + 1))[:length]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(length, "big")
