"""Decompress response bodies in steps of limited size, without I/O."""

from __future__ import annotations

import zlib
from typing import Protocol

from kubex.core._transport_errors import ConnectionLost, TransportError
from kubex.transport._config import PreparedRequest

# In bytes. Limits the output of one step, because zlib can expand its input a thousandfold.
_MAX_OUTPUT = 2**20

# In bytes. Smaller bodies are never rejected because of their ratio: they cannot exhaust the memory.
_OUTPUT_BEFORE_RATIO = 2**26

# In bytes. After each call, zlib copies the input that it has not used. Small inputs make these copies cheap.
_INPUT_SIZE = 2**14


def decompressor_for(
    content_encoding: str | None, request: PreparedRequest, *, max_ratio: float | None
) -> Decompressor | None:
    """Return the decompressor of a body, None if the body is not compressed.

    `max_ratio` is `TransportConfig.max_compression_ratio`; the request is for error messages. Raises TransportError for
    an unknown encoding.
    """
    coding = "" if content_encoding is None else content_encoding.strip().lower()
    if coding in ("", "identity"):
        return None
    if coding not in ("gzip", "x-gzip", "deflate"):
        problem = f"the server sent the unknown Content-Encoding {content_encoding!r}; Kubex reads gzip and deflate"
        raise TransportError(problem, request.method, request.url.partition("?")[0])
    return Decompressor(request, gzip=coding != "deflate", max_ratio=max_ratio)


class _ZlibStream(Protocol):
    """The type of `zlib.decompressobj()`, which `zlib` does not export."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    def decompress(self, data: memoryview, max_length: int, /) -> bytes: ...


class Decompressor:
    """Decompresses one body: call `feed()`, then `step()` until it returns `b""`, and `finish()` after the last bytes.

    Its memory is limited to the input of one `feed()` and the output of one step. Do not use it after an exception.
    """

    __slots__ = (
        "_ended",
        "_gzip",
        "_input",
        "_max_ratio",
        "_output_pending",
        "_position",
        "_request",
        "_total_in",
        "_total_out",
        "_zlib_stream",
    )

    def __init__(self, request: PreparedRequest, *, gzip: bool, max_ratio: float | None) -> None:
        self._request = request
        self._gzip = gzip
        self._max_ratio = max_ratio
        self._input = memoryview(b"")
        self._position = 0
        self._zlib_stream: _ZlibStream | None = None
        self._ended = False  # a gzip member, or the deflate stream, has ended
        self._output_pending = False  # zlib may have more output although it has used all input
        self._total_in = self._total_out = 0

    def feed(self, data: bytes) -> None:
        """Add the next bytes of the compressed body."""
        unused = self._input[self._position :]
        self._input = memoryview(b"".join((unused, data)) if unused else data)
        self._position = 0

    def step(self) -> bytes:
        """Return the next output, at most 1 MiB; `b""` when more input is needed.

        Raises TransportError if the data is damaged or exceeds the ratio.
        """
        while self._position < len(self._input) or self._output_pending:
            data = self._input[self._position : self._position + _INPUT_SIZE]
            if self._zlib_stream is None:
                if self._ended and (padding := len(data) - len(data.tobytes().lstrip(b"\0"))):
                    self._position += padding  # zero padding after a member, which gzip permits
                    continue
                self._zlib_stream = self._start(data)
                if self._zlib_stream is None:
                    break
            if output := self._decompress(self._zlib_stream, data):
                return output
        return b""

    def finish(self) -> None:
        """Check that the body is complete. Raises ConnectionLost if it is not."""
        if self._zlib_stream is not None or self._position < len(self._input):
            raise self._error("the compressed body ended early", ConnectionLost)

    def _start(self, head: memoryview) -> _ZlibStream | None:
        """Start the next gzip member or the deflate stream; None when its format needs another byte."""
        if self._gzip:
            return zlib.decompressobj(16 + zlib.MAX_WBITS)
        if self._ended:
            raise self._error("the compressed body is damaged: other data follows its end")
        if len(head) < 2:
            return None
        # Servers send both the zlib format (RFC 1950), as HTTP requires, and raw deflate data.
        in_zlib_format = head[0] & 15 == zlib.DEFLATED and (head[0] * 256 + head[1]) % 31 == 0
        return zlib.decompressobj(zlib.MAX_WBITS if in_zlib_format else -zlib.MAX_WBITS)

    def _decompress(self, stream: _ZlibStream, data: memoryview) -> bytes:
        try:
            output = stream.decompress(data, _MAX_OUTPUT)
        except zlib.error as error:
            raise self._error(f"the compressed body is damaged: {error}") from error
        used = len(data) - len(stream.unused_data if stream.eof else stream.unconsumed_tail)
        self._position += used
        self._total_in += used
        self._total_out += len(output)
        self._output_pending = len(output) == _MAX_OUTPUT and not stream.eof
        if stream.eof:
            self._zlib_stream, self._ended = None, True
        limit = self._max_ratio
        if limit is not None and self._total_out > max(_OUTPUT_BEFORE_RATIO, limit * self._total_in):
            raise self._error(
                f"the compressed body expands to more than {limit:g} times its size; if you trust the server, "
                "increase ClientOptions.max_compression_ratio (None: no limit)"
            )
        return output

    def _error(self, problem: str, kind: type[TransportError] = TransportError) -> TransportError:
        return kind(problem, self._request.method, self._request.url.partition("?")[0])
