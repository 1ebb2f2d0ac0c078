# Generated from kubex-httpx by packages/kubex-httpx2/tools/generate.py. Change it there.
"""Read the bodies of HTTP/1.1 responses."""

from typing import Any

import h11
import httpcore2

from kubex_httpx2._stream import Stream

# The number of bytes of one read, as in httpcore2.
_READ_SIZE = 2**16


class BodyReader:
    """Reads a body with the parser of httpcore2, and joins the parts that have arrived.

    A server sends a log in many small chunks. httpcore2 returns each of them separately, which needs much more time
    than parsing them.
    """

    __slots__ = ("_ended", "_error", "_parser", "_read_timeout", "_stream")

    def __init__(self, parser: Any, stream: Stream, read_timeout: float | None) -> None:
        self._parser = parser
        self._stream = stream
        self._read_timeout = read_timeout
        self._ended = False
        self._error: h11.RemoteProtocolError | None = None

    async def read(self) -> bytes:
        """Return the bytes that have arrived, at least one, and `b""` at the end."""
        if self._error is not None:
            raise httpcore2.RemoteProtocolError(str(self._error)) from self._error
        while not self._ended:
            if data := self._parsed():
                return data
            if not self._ended:
                self._parser.receive_data(await self._stream.read(_READ_SIZE, self._read_timeout))
        return b""

    def _parsed(self) -> bytes:
        """Return the data that the parser can extract now."""
        parts: list[bytes] = []
        while True:
            try:
                event = self._parser.next_event()
            except h11.RemoteProtocolError as error:
                if not parts:
                    raise httpcore2.RemoteProtocolError(str(error)) from error
                self._error = error  # the data before the error is returned first
                break
            if event is h11.NEED_DATA:
                break
            if not isinstance(event, h11.Data):  # the end of the message
                self._ended = True
                break
            parts.append(event.data)
        return bytes(parts[0]) if len(parts) == 1 else b"".join(parts)
