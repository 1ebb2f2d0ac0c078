"""A transport on httpx."""

from collections.abc import AsyncIterable, Sequence
from contextlib import suppress
from typing import cast

import anyio
import httpcore
from typing_extensions import override

from kubex.errors import BackendError, ConnectionLost
from kubex.transport import (
    ConnectGuard,
    Headers,
    IdleConnections,
    PreparedRequest,
    RequestLimiter,
    StreamResponse,
    Transport,
    TransportConfig,
    WebSocket,
)
from kubex_httpx._backend import websocket_hint
from kubex_httpx._connection import Connection
from kubex_httpx._errors import ERRORS
from kubex_httpx._stream import LARGE

_MAX_IDLE = 20  # the default of httpx


class HttpxTransport(Transport):
    """A list of idle connections, each in a separate pool of httpcore, and the set of those in use.

    httpcore never queues a request and never chooses a connection: a cancellation at such a moment would leave a
    connection in its pool that nothing can use or close. A request that fails or is cancelled closes its connection.
    """

    errors = ERRORS

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(config)
        self._limiter = RequestLimiter(config.pool_size)
        self._idle = IdleConnections[Connection](config, maximum=_MAX_IDLE)
        self._used: set[Connection] = set()
        self._waiting: set[anyio.CancelScope] = set()
        self._http2 = config.http2  # until the server negotiates HTTP/1.1
        self._shared: Connection | None = None  # for requests by HTTP/2

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> "HttpxResponse":
        if not request.dedicated:
            await self._limiter.acquire(request)
        self._idle.find_stale()
        shares = self._http2 and not request.dedicated and request.scheme == "https"
        if shares and len(request.body or b"") <= LARGE:  # httpcore loses a response to a larger body that comes early
            self._shared = connection = self._shared or Connection(self.config, http2=True)
        else:
            connection = self._idle.take() or Connection(self.config)
        connection.users += 1
        self._used.add(connection)
        try:
            await self._idle.close_stale()
            with anyio.CancelScope() as waiting:
                self._waiting.add(waiting)
                try:
                    response = await connection.send(request, guard)
                finally:
                    self._waiting.discard(waiting)
                if connection is self._shared and connection.http_version != b"HTTP/2":
                    self._http2, self._shared = False, None
                    connection.http2 = connection.users > 1  # then its pool may have several connections
                return HttpxResponse(self, request, connection, response)
            raise ConnectionLost("the transport was closed", request.method, request.shown_url)
        except BaseException:
            await self.give_back(connection, request, reusable=False)
            raise

    @override
    async def open_websocket(
        self, request: PreparedRequest, subprotocols: Sequence[str], guard: ConnectGuard
    ) -> WebSocket:
        if (hint := websocket_hint()) is not None:
            raise BackendError("httpx", f"WebSockets need one more package: {hint}")
        from kubex_httpx._websocket import open_websocket

        return await open_websocket(self, request, subprotocols, guard)

    async def give_back(self, connection: Connection, request: PreparedRequest, *, reusable: bool) -> None:
        """End the use of a connection: keep it if it is reusable, else close it.

        httpcore does not reset an HTTP/2 stream, so the server would continue to send a response that nobody reads.
        Such a connection gets no more requests, and is closed when the last response on it has ended.
        """
        connection.users -= 1
        try:
            if connection is self._shared and not (reusable and self.config.keep_alive):
                self._shared = None
            if connection.users == 0 and connection is not self._shared:
                self._used.discard(connection)
                if reusable and not connection.http2:
                    self._idle.add(connection, connection.socket)
                    await self._idle.close_stale()
                else:
                    await connection.aclose()
        finally:
            if not request.dedicated:
                self._limiter.release()

    @override
    async def close_connections(self) -> None:
        self._limiter.close()
        for waiting in tuple(self._waiting):
            waiting.cancel()
        for connection in self._used:
            self._idle.add(connection, None)
        await self._idle.aclose()


class HttpxResponse(StreamResponse):
    """A response and the connection on which it arrives."""

    __slots__ = ("_chunks", "_response", "_transport", "connection")

    def __init__(
        self, transport: HttpxTransport, request: PreparedRequest, connection: Connection, response: httpcore.Response
    ) -> None:
        super().__init__(request, response.status, Headers.from_raw(response.headers))
        self._transport = transport
        self.connection = connection
        self._response = response
        self._chunks = aiter(cast("AsyncIterable[bytes]", response.stream))

    @override
    async def next_chunk(self) -> bytes:
        async for chunk in self._chunks:
            if chunk:
                return chunk
        return b""

    @override
    async def aclose(self, *, ended: bool) -> None:
        reusable = False
        try:
            await self._response.aclose()
            reusable = ended and (self.connection.http2 or not self.connection.has_more())
        finally:
            await self._transport.give_back(self.connection, self._request, reusable=reusable)
        if not ended:
            # This ends the generators of httpcore, or the garbage collector would have to.
            with anyio.CancelScope() as scope, suppress(httpcore.ReadError):
                scope.cancel()
                async for _ in self._chunks:
                    pass
