"""An answer of httpx, byte by byte."""

import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from types import TracebackType
from typing import Literal, cast

import anyio
import httpcore
import httpx
from typing_extensions import Self, override

from kubex.core.exceptions import ConnectionLost, TransportError
from kubex.transport import Headers, PreparedRequest, StreamResponse, map_exceptions
from kubex_httpx._errors import ERRORS
from kubex_httpx._pools import Pools

# In seconds: a connection that has not closed by then is left to the operating system.
_CLOSING = 1.0

_COMPRESSED = ("gzip", "x-gzip", "deflate")


class HttpxStream(StreamResponse):
    """An answer, open as long as its block. A `receive()` that was cancelled was the last one: httpx ends with it."""

    def __init__(self, pools: Pools, request: PreparedRequest, *, alone: bool = False) -> None:
        self._pools = pools
        self._request = request
        self._alone = alone
        self._mapped = map_exceptions(ERRORS, request)
        self._state: Literal["open", "reading", "ended"] = "open"
        self._chunks: AsyncIterator[bytes] | None = None

    async def __aenter__(self) -> Self:
        self._pool = self._pools.take(self._request, alone=self._alone)
        try:
            response = await self._pools.send(self._request, self._pool)
        except BaseException:
            await self._pools.give_back(self._pool, whole=False)
            raise
        self._body = cast("httpx.AsyncByteStream", response.stream)
        self.network: httpcore.AsyncNetworkStream = response.extensions["network_stream"]
        self.status = response.status_code
        # Bytes that are not UTF-8 are escaped, as aiohttp does it.
        fields = response.headers.raw
        self.headers = Headers(
            (name.decode("ascii"), value.decode("utf-8", "surrogateescape")) for name, value in fields
        )
        compressed = (self.headers.get("content-encoding") or "").lower() in _COMPRESSED
        self._inflater = zlib.decompressobj(zlib.MAX_WBITS | 32) if compressed else None  # it tells which by the start
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        whole = self._state == "ended"
        try:
            if whole:
                await self._body.aclose()
            else:
                await self._break_off()
        finally:
            await self._pools.give_back(self._pool, whole=whole)

    async def _break_off(self) -> None:
        # What goes wrong from here on must not hide what happened in the block: the connection ends either way.
        with anyio.move_on_after(_CLOSING, shield=True) as closing, suppress(TransportError), self._mapped:
            await self._body.aclose()
            if self._pool.shared:
                closing.cancel()
            if self._chunks is not None:
                # On the closed connection httpx's generators come to their end, which else were the collector's work.
                async for _ in self._chunks:
                    pass

    @override
    async def receive(self) -> bytes:
        """Return the next bytes; `b""` at the end."""
        if self._state == "ended":
            return b""
        if self._state == "reading":
            problem = "an earlier read of this answer failed or was cancelled"
            raise ConnectionLost(problem, self._request.method, self._request.url.partition("?")[0])
        self._state = "reading"
        with self._mapped:
            if self._chunks is None:
                self._chunks = aiter(self._body)
            async for chunk in self._chunks:
                data = chunk if self._inflater is None else self._inflater.decompress(chunk)
                if data:
                    self._state = "open"
                    return data
        self._state = "ended"
        return b""
