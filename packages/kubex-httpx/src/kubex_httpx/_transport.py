"""A transport on httpx."""

from collections.abc import AsyncIterable, Sequence
from contextlib import suppress
from typing import cast

import anyio
import httpcore
from typing_extensions import override

from kubex.errors import BackendError, ConnectError, ConnectionLost, ProxyError, TLSError, TransportError
from kubex.transport import (
    ConnectGuard,
    ExceptionTable,
    Headers,
    IdleConnections,
    Phase,
    PreparedRequest,
    RequestLimiter,
    StreamResponse,
    Transport,
    TransportConfig,
    WebSocket,
    caused_by_tls,
    refused_by_tls_alert,
)
from kubex_httpx._backend import websocket_hint
from kubex_httpx._connection import Connection
from kubex_httpx._stream import WRITE_SIZE

# The default of httpx (`max_keepalive_connections`).
_MAX_IDLE = 20

_SWITCHING_PROTOCOLS = 101


def _handshake_failed(error: BaseException) -> bool:
    return isinstance(error, httpcore.ConnectError) and caused_by_tls(error)


# The first matching row applies, so subclasses and predicates precede the general classes.
ERRORS: ExceptionTable = (
    (httpcore.ConnectTimeout, Phase.CONNECT),
    (httpcore.ProxyError, ProxyError),
    (_handshake_failed, TLSError),
    (httpcore.ConnectError, ConnectError),
    (refused_by_tls_alert, TLSError),
    (httpcore.ReadTimeout, Phase.READ),
    (httpcore.WriteTimeout, Phase.WRITE),
    ((httpcore.NetworkError, httpcore.RemoteProtocolError, OSError), ConnectionLost),
    (Exception, TransportError),
)


class HttpxTransport(Transport):
    """A list of idle connections, each in a separate pool of httpcore, and a set of the active connections.

    Kubex does not use the queue of httpcore and its selection of connections. So a request that fails or is cancelled
    cannot leave an unusable connection in a pool: it closes its connection.
    """

    errors = ERRORS

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(config)
        self._limiter = RequestLimiter(config.pool_size)
        self._idle = IdleConnections[Connection](config, maximum=_MAX_IDLE)
        self._active: set[Connection] = set()
        self._send_scopes: set[anyio.CancelScope] = set()
        self._http2 = config.http2  # becomes False if the server negotiates HTTP/1.1
        self._shared: Connection | None = None  # the connection for HTTP/2 requests

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> "HttpxResponse":
        if not request.dedicated:
            await self._limiter.acquire(request)
        self._idle.find_stale()
        may_share = self._http2 and not request.dedicated and request.scheme == "https"
        # With HTTP/2, httpcore loses a response that arrives before a larger body was sent completely.
        if may_share and len(request.body or b"") <= WRITE_SIZE:
            self._shared = connection = self._shared or Connection(self.config, http2=True)
        else:
            connection = self._idle.take() or Connection(self.config)
        connection.active_requests += 1
        self._active.add(connection)
        try:
            await self._idle.close_stale()
            with anyio.CancelScope() as send_scope:
                self._send_scopes.add(send_scope)
                try:
                    response = await connection.send(request, guard)
                finally:
                    self._send_scopes.discard(send_scope)
                if connection is self._shared and connection.http_version != b"HTTP/2":
                    self._http2, self._shared = False, None
                    # With several requests, the pool may have opened several connections. Do not reuse it then.
                    connection.http2 = connection.active_requests > 1
                return HttpxResponse(self, request, connection, response)
            raise ConnectionLost("the transport was closed", request.method, request.shown_url)
        except BaseException:
            await self.release(connection, request, reusable=False)
            raise

    @override
    async def open_websocket(
        self, request: PreparedRequest, subprotocols: Sequence[str], guard: ConnectGuard
    ) -> WebSocket:
        if (hint := websocket_hint()) is not None:
            raise BackendError("httpx", f"WebSockets need one more package: {hint}")
        try:
            from kubex_httpx._websocket import open_websocket
        except ImportError as error:
            raise BackendError("httpx", f"WebSockets cannot be used: {error}") from error
        return await open_websocket(self, request, subprotocols, guard)

    async def release(self, connection: Connection, request: PreparedRequest, *, reusable: bool) -> None:
        """Release a connection after a request: make it idle if it is reusable, or else close it.

        httpcore does not reset an HTTP/2 stream, so the server continues to send a response that is not read. Such a
        connection is not used for more requests, and is closed when the last response on it has ended.
        """
        connection.active_requests -= 1
        try:
            if connection is self._shared and not (reusable and self.config.keep_alive):
                self._shared = None
            if connection.active_requests == 0 and connection is not self._shared:
                self._active.discard(connection)
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
        for send_scope in tuple(self._send_scopes):
            send_scope.cancel()
        # Connections without a socket are stale, so aclose() closes the active connections too.
        for connection in self._active:
            self._idle.add(connection, None)
        await self._idle.aclose()


class HttpxResponse(StreamResponse):
    """A response and the connection on which it arrives."""

    __slots__ = ("_chunks", "_reader", "_response", "_transport", "connection")

    def __init__(
        self, transport: HttpxTransport, request: PreparedRequest, connection: Connection, response: httpcore.Response
    ) -> None:
        super().__init__(request, response.status, Headers.from_raw(response.headers))
        self._transport = transport
        self.connection = connection
        self._response = response
        self._reader = None if response.status == _SWITCHING_PROTOCOLS else connection.body_reader(request.limits.read)
        self._chunks = aiter(cast("AsyncIterable[bytes]", response.stream))

    @override
    async def next_chunk(self) -> bytes:
        if self._reader is not None:
            return await self._reader.read()
        async for chunk in self._chunks:
            if chunk:
                return chunk
        return b""

    @override
    async def aclose(self, *, ended: bool) -> None:
        reusable = False
        try:
            await self._response.aclose()
            reusable = ended and (self.connection.http2 or not self.connection.has_unread_data())
        finally:
            await self._transport.release(self.connection, self._request, reusable=reusable)
        if not ended and self._reader is None:
            # Run the generators of httpcore to their end. Otherwise the garbage collector ends them, with a warning.
            with anyio.CancelScope() as scope, suppress(httpcore.ReadError):
                scope.cancel()
                async for _ in self._chunks:
                    pass
