"""Streamed responses: read chunks or lines inside of an `async with` block."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Generic, TypeVar

import anyio
from typing_extensions import Self

from kubex.client._transport_pool import PooledTransport
from kubex.core._error_handling import keep_error
from kubex.core._headers import Headers
from kubex.core._lines import MAX_LINE_SIZE, LineSplitter, Splitter, TextSplitter
from kubex.errors import AlreadyOpenError, DeadlineExceeded, DecodeError, StreamNotOpenError
from kubex.transport import StreamResponse

L = TypeVar("L")

# The number of bytes that are split into lines at a time. The lines of a large chunk would not fit into the cache of
# the processor, which makes decoding them slower.
_SPLIT_SIZE = 2**17


class OpenStream:
    """A response after its headers have been received, and the transport that it uses."""

    __slots__ = ("context", "pooled", "response")

    def __init__(
        self, response: StreamResponse, context: AbstractAsyncContextManager[StreamResponse], pooled: PooledTransport
    ) -> None:
        self.response = response
        self.context = context
        self.pooled = pooled

    @property
    def status(self) -> int:
        """The HTTP status code."""
        return self.response.status

    @property
    def headers(self) -> Headers:
        """The response headers."""
        return self.response.headers

    async def close(self) -> None:
        """Close the connection and release the transport, even if the task is being cancelled."""
        try:
            await self.context.__aexit__(None, None, None)
        finally:
            await self.pooled.release()


class ByteStream:
    """A streamed response, read as chunks or lines. Leaving the `async with` block closes the connection immediately.

    Raises TransportError if the connection is lost, DeadlineExceeded after the total of `request_timeout`, and
    StreamNotOpenError outside of the block.

    Example:
        async with client.stream("GET", "/metrics") as stream:
            async for line in stream.text():
                print(line)
    """

    __slots__ = ("_block", "_deadline", "_is_open", "_method_and_path", "_open", "_opened", "_total")

    def __init__(
        self,
        open_stream: Callable[[], Awaitable[OpenStream]],
        *,
        total: float | None,
        method_and_path: tuple[str, str],
        block: str,
    ) -> None:
        self._open = open_stream
        self._block = block
        self._is_open = False
        self._total = total
        self._method_and_path = method_and_path
        self._deadline: float | None = None
        self._opened: OpenStream | None = None

    async def __aenter__(self) -> Self:
        if self._is_open:
            raise AlreadyOpenError(f"the stream of {' '.join(self._method_and_path)}")
        self._is_open = True
        try:
            if self._total is not None:
                self._deadline = anyio.current_time() + self._total
            self._opened = await self._open()
        except BaseException:
            self._is_open = False
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        opened, self._opened, self._is_open = self._opened, None, False
        if opened is not None:
            with keep_error(error):
                await opened.close()

    @property
    def _response(self) -> StreamResponse:
        if self._opened is None:
            raise StreamNotOpenError(*self._method_and_path, self._block)
        return self._opened.response

    @property
    def status(self) -> int:
        """The HTTP status code."""
        return self._response.status

    @property
    def headers(self) -> Headers:
        """The response headers."""
        return self._response.headers

    async def receive(self) -> bytes:
        """Return the next bytes when they arrive, and `b""` at the end."""
        if self._deadline is None:
            return await self._response.receive()
        with anyio.CancelScope(deadline=self._deadline):
            return await self._response.receive()
        # Only a cancelled scope leaves the block without a return.
        raise DeadlineExceeded(f"the stream exceeded its total timeout of {self._total:g} s", *self._method_and_path)

    def chunks(self) -> "Chunks":
        """Iterate over the body as it arrives."""
        return Chunks(self)

    def lines(self) -> "Lines[bytes]":
        r"""Iterate over the lines, without their `\n`. The last line need not end with one.

        A line longer than 64 MiB raises DecodeError.
        """
        return Lines(self, LineSplitter())

    def text(self) -> "Lines[str]":
        """Iterate over the lines as text; bytes that are not UTF-8 become U+FFFD."""
        return Lines(self, TextSplitter())


class Chunks:
    """Iterates over the chunks of a stream."""

    __slots__ = ("_stream",)

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        chunk = await self._stream.receive()
        if not chunk:
            raise StopAsyncIteration
        return chunk


class Lines(Generic[L]):
    r"""Iterates over the lines of a stream. `unfinished` becomes True if the last line does not end with `\n`.

    `description` and `remedy` are parts of the message for a line that is too long.
    """

    __slots__ = (
        "_chunk",
        "_description",
        "_ended",
        "_position",
        "_ready",
        "_remedy",
        "_splitter",
        "_stream",
        "unfinished",
    )

    def __init__(
        self,
        stream: ByteStream,
        splitter: Splitter[L],
        *,
        description: str = "a line of the stream",
        remedy: str = "; read the stream with chunks()",
    ) -> None:
        self._stream = stream
        self._splitter = splitter
        self._description = description
        self._remedy = remedy
        self._chunk = b""
        self._position = 0
        self._ready: list[L] = []  # in reverse order, since pop() is fast at the end
        self._ended = False
        self.unfinished = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> L:
        while not self._ready:
            if self._ended:
                raise StopAsyncIteration
            await self._refill()
        return self._ready.pop()

    async def next_batch(self) -> list[L]:
        """Return the lines that have arrived, at least one, and an empty list at the end."""
        while not self._ready and not self._ended:
            await self._refill()
        batch, self._ready = self._ready, []
        batch.reverse()
        return batch

    @property
    def buffered(self) -> bool:
        """Whether the next line has arrived, so that reading it does not wait."""
        return bool(self._ready)

    def push(self, lines: Sequence[L]) -> None:
        """Insert lines before the next one."""
        self._ready += reversed(lines)

    async def _refill(self) -> None:
        if self._splitter.pending_size > MAX_LINE_SIZE:
            raise DecodeError(self._description, f"it is longer than {MAX_LINE_SIZE // 2**20} MiB{self._remedy}")
        if self._position >= len(self._chunk):
            self._chunk, self._position = await self._stream.receive(), 0
        if self._chunk:
            piece = self._chunk[self._position : self._position + _SPLIT_SIZE]
            self._position += _SPLIT_SIZE
            self._ready = self._splitter.feed(piece)
            self._ready.reverse()
            return
        self._ended = True
        rest = self._splitter.finish()
        if rest is not None:
            self._ready = [rest]
            self.unfinished = True
