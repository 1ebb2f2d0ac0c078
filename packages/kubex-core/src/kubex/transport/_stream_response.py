"""`StreamResponse`: reading a body, with the states, errors and decompression that all backends share."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from enum import Enum
from time import monotonic
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread

from kubex.core._headers import Headers
from kubex.core._transport_errors import ConnectionLost, TransportError
from kubex.models._errors import KubexError
from kubex.transport._config import PreparedRequest
from kubex.transport._decompression import Decompressor, decompressor_for
from kubex.transport._exceptions import ExceptionTable, reraise, translate

# In seconds. Reading data that has already arrived does not give control to the event loop. A checkpoint lets other
# tasks run.
_CHECKPOINT_INTERVAL = 0.02

# In seconds. If a connection is not closed after this time, Kubex stops waiting for the backend.
_CLOSE_TIMEOUT = 5.0

# In bytes. Joining the chunks of a larger body takes so long that it is done in a thread.
_LARGE_BODY = 2**26

_NO_EXTENSIONS: Mapping[str, Any] = {}


class _State(Enum):
    OPEN = "open"
    READING = "reading"
    ENDED = "ended"
    BROKEN = "broken"


class StreamResponse(ABC):
    """A response after the arrival of its headers; `Transport.open()` returns it before the body arrives.

    A backend implements `next_chunk()` and `aclose()`. The HTTP library must not decompress.
    """

    __slots__ = (
        "_closed",
        "_decompressor",
        "_errors",
        "_next_checkpoint",
        "_request",
        "_state",
        "extensions",
        "headers",
        "status",
    )  # fmt: skip

    def __init__(
        self,
        request: PreparedRequest,
        status: int,
        headers: Headers,
        *,
        extensions: Mapping[str, Any] = _NO_EXTENSIONS,
    ) -> None:
        self.status = status
        self.headers = headers
        self.extensions = extensions
        self._request = request
        self._state = _State.OPEN
        self._closed = False
        self._errors: ExceptionTable = ()
        self._decompressor: Decompressor | None = None

    @abstractmethod
    async def next_chunk(self) -> bytes:
        """Return the next bytes of the body as they arrive, without decompressing them; `b""` at the end.

        Do not catch the exceptions of the library; `Transport.errors` translates them. After an exception or the end,
        kubex-core does not call it again.
        """

    @abstractmethod
    async def aclose(self, *, ended: bool) -> None:
        """End the use of the connection. kubex-core calls it exactly once and protects it from cancellation.

        `ended` is True if the complete body was read, so the connection can be used again. Otherwise close the
        connection at once, without reading the rest.
        """

    def finish(self) -> bool:
        """Release the connection at the end of the body without waiting; return False if `aclose()` has to do it.

        Override it for speed: protecting `aclose()` from cancellation takes a tenth of the time of a small request.
        """
        return False

    async def receive(self) -> bytes:
        """Return the next bytes of the body as they arrive, decompressed; `b""` at the end.

        Raises ConnectionLost if the connection is lost, and in each call after a failed or cancelled one; ReadTimeout
        if the read limit is exceeded.
        """
        if self._state is not _State.OPEN:
            return self._end_or_raise()
        self._state = _State.READING
        try:
            if monotonic() > self._next_checkpoint:
                await self._checkpoint()
            data = await (self.next_chunk() if self._decompressor is None else self._decompressed(self._decompressor))
        except BaseException as error:  # noqa: BLE001 - it is raised again
            self._state = _State.BROKEN
            reraise(error, self._errors, self._request)
        self._state = _State.OPEN if data else _State.ENDED
        return data

    async def read(self) -> bytes:
        """Return the rest of the body. Raises TransportError like `receive()`."""
        chunks: list[bytes] = []
        size = 0
        while chunk := await self.receive():
            chunks.append(chunk)
            size += len(chunk)
        if len(chunks) == 1:
            return chunks[0]
        if size <= _LARGE_BODY:
            return b"".join(chunks)
        try:
            return await anyio.to_thread.run_sync(b"".join, chunks)
        except BaseException:  # the task was cancelled, and the chunks are lost
            self._state = _State.BROKEN
            raise

    async def _decompressed(self, decompressor: Decompressor) -> bytes:
        while not (data := decompressor.step()):
            chunk = await self.next_chunk()
            if not chunk:
                decompressor.finish()
                return b""
            decompressor.feed(chunk)
            if monotonic() > self._next_checkpoint:
                await self._checkpoint()
        return data

    async def _checkpoint(self) -> None:
        await anyio.lowlevel.checkpoint()
        self._next_checkpoint = monotonic() + _CHECKPOINT_INTERVAL

    def _end_or_raise(self) -> bytes:
        if self._state is _State.ENDED:
            return b""
        if self._state is _State.READING:
            raise TransportError("another task is reading this response", self._request.method, self._request.shown_url)
        problem = (
            "the response was closed" if self._closed else "an earlier read of this response failed or was cancelled"
        )
        raise ConnectionLost(problem, self._request.method, self._request.shown_url)

    def _begin(self, errors: ExceptionTable, max_ratio: float | None) -> None:
        """Prepare for reading; `Transport` calls this before it returns the response."""
        self._errors = errors
        self._next_checkpoint = monotonic() + _CHECKPOINT_INTERVAL
        if codings := self.headers.get_all("content-encoding"):
            self._decompressor = decompressor_for(", ".join(codings), self._request, max_ratio=max_ratio)

    async def _end(self) -> None:
        """Close once; an error while closing is not raised, because the connection ends in any case."""
        if self._closed:
            return
        self._closed = True
        ended = self._state is _State.ENDED
        if not ended:
            self._state = _State.BROKEN
        elif self.finish():
            return
        # After a complete body, the backend only returns the connection to its pool, and does not need a time limit.
        with anyio.CancelScope(shield=True) if ended else anyio.move_on_after(_CLOSE_TIMEOUT, shield=True):
            try:
                await self.aclose(ended=ended)
            except Exception as error:
                if not isinstance(error, KubexError) and translate(error, self._errors, self._request) is None:
                    raise
