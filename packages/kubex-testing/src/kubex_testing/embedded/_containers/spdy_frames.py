"""The frames of SPDY/3.1, without I/O.

Many Kubernetes clients use SPDY for exec, attach and port-forward: kubectl before 1.30, and client-go by default. Later
versions of kubectl send SPDY inside of a WebSocket for port-forward. Like Kubernetes, this does not use the flow
control of SPDY.
"""

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

_VERSION = 3
_SYN_STREAM, _SYN_REPLY, _RST_STREAM, _PING = 1, 2, 3, 6
_CONTROL = 0x8000
_FIN = 1
_CANCEL = 5
MAX_FRAME_BYTES = 2**20
MAX_HEADER_BYTES = 64 * 1024

# The dictionary of zlib in section 2.6.10.1 of the specification: words with their lengths, and then text.
_NAMES = (
    "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow "
    "authorization cache-control connection content-base content-encoding content-language content-length "
    "content-location content-md5 content-range content-type date etag expect expires from host if-match "
    "if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma "
    "proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade "
    "user-agent vary via warning www-authenticate method get status"
)
_WORDS = (*_NAMES.split(), "200 OK", "version", "HTTP/1.1", "url", "public", "set-cookie", "keep-alive", "origin")
_TEXT = (
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
    "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden"
    "404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable"
    "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
    "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,"
    "publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0."
)
DICTIONARY = b"".join(struct.pack(">I", len(word)) + word.encode() for word in _WORDS) + _TEXT.encode()


class SpdyError(Exception):
    """The client violates the protocol, and the server closes the connection."""


@dataclass(frozen=True)
class StreamOpened:
    """The client opened a stream. The names of headers are in lower case."""

    stream: int
    headers: Mapping[str, str]
    finished: bool


@dataclass(frozen=True)
class StreamData:
    """Data of a stream, and whether it is the last data of the client."""

    stream: int
    data: bytes
    finished: bool


@dataclass(frozen=True)
class StreamReset:
    """The client ended a stream in both directions."""

    stream: int


@dataclass(frozen=True)
class Ping:
    """A ping, with the frame of its reply."""

    reply: bytes


StreamEvent = StreamOpened | StreamData | StreamReset


class SpdyDecoder:
    """Decode the frames of a client."""

    def __init__(self) -> None:
        self._received = b""
        self._inflate = zlib.decompressobj(zdict=DICTIONARY)

    def decode(self, data: bytes) -> list[StreamEvent | Ping]:
        """Return the events of all complete frames. Raises SpdyError."""
        received = self._received + data
        events: list[StreamEvent | Ping] = []
        start = 0
        while len(received) - start >= 8:
            kind, flags_and_length = struct.unpack_from(">II", received, start)
            end = start + 8 + (flags_and_length & 0xFFFFFF)
            if end - start > MAX_FRAME_BYTES:
                raise SpdyError(f"a frame is larger than {MAX_FRAME_BYTES} bytes")
            if len(received) < end:
                break
            event = self._decode_frame(kind, flags_and_length >> 24, received[start + 8 : end])
            if event is not None:
                events.append(event)
            start = end
        self._received = received[start:]
        return events

    def _decode_frame(self, kind: int, flags: int, content: bytes) -> StreamEvent | Ping | None:
        if not kind >> 31:
            return StreamData(kind, content, finished=bool(flags & _FIN))
        version = kind >> 16 & 0x7FFF
        if version != _VERSION:
            raise SpdyError(f"SPDY version {version} is not supported")
        try:
            return self._control(kind & 0xFFFF, flags, content)
        except struct.error as error:
            raise SpdyError(f"a frame of type {kind & 0xFFFF} is too short") from error

    def _control(self, kind: int, flags: int, content: bytes) -> StreamEvent | Ping | None:
        """Decode a control frame. Settings, window updates and GOAWAY are ignored."""
        if kind == _PING:
            return Ping(_control_frame(_PING, content[:4]))
        if kind not in (_SYN_STREAM, _RST_STREAM):
            return None
        stream = struct.unpack_from(">I", content)[0] & 0x7FFFFFFF
        if kind == _RST_STREAM:
            return StreamReset(stream)
        return StreamOpened(stream, self._headers(content[10:]), finished=bool(flags & _FIN))

    def _headers(self, block: bytes) -> dict[str, str]:
        try:
            content = self._inflate.decompress(block, MAX_HEADER_BYTES)
        except zlib.error as error:
            raise SpdyError(f"headers cannot be decompressed: {error}") from error
        if self._inflate.unconsumed_tail:
            raise SpdyError(f"the headers of a stream are larger than {MAX_HEADER_BYTES} bytes")
        (count,) = struct.unpack_from(">I", content)
        texts: list[str] = []
        offset = 4
        for _ in range(2 * min(count, len(content))):
            (length,) = struct.unpack_from(">I", content, offset)
            texts.append(content[offset + 4 : offset + 4 + length].decode("latin-1"))
            offset += 4 + length
        return {name.lower(): value for name, value in zip(texts[::2], texts[1::2], strict=True)}


class SpdyEncoder:
    """Encode the frames of the server."""

    def __init__(self) -> None:
        self._deflate = zlib.compressobj(zdict=DICTIONARY)

    def reply(self, stream: int) -> bytes:
        """Accept a stream of the client, without headers."""
        block = self._deflate.compress(struct.pack(">I", 0)) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        return _control_frame(_SYN_REPLY, struct.pack(">I", stream) + block)

    def data(self, stream: int, data: bytes, *, finished: bool = False) -> bytes:
        """Return a data frame. `finished` closes the stream in the direction of the client."""
        return struct.pack(">II", stream, (_FIN if finished else 0) << 24 | len(data)) + data

    def reset(self, stream: int) -> bytes:
        """End a stream in both directions."""
        return _control_frame(_RST_STREAM, struct.pack(">II", stream, _CANCEL))


def _control_frame(kind: int, content: bytes) -> bytes:
    return struct.pack(">HHI", _CONTROL | _VERSION, kind, len(content)) + content
