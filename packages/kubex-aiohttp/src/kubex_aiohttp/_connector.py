"""Connectors of aiohttp: they make the connections, directly and through HTTP proxies."""

import asyncio
import contextlib
import socket
import ssl
import sys
from typing import Any, cast
from weakref import WeakSet

import aiohttp
import anyio
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from typing_extensions import override

from kubex.core.exceptions import ProxyError
from kubex.transport import TCP_KEEP_ALIVE, TransportConfig, proxy_refusal

# In seconds: aiohttp's own default, which also stands for None. Nothing would close idle connections without it.
_KEEP_ALIVE = 15.0

# In seconds: how long closing waits for connections that are not closed yet.
_CLOSING = 5.0

# In these versions a failed TLS handshake inside of TLS ends in a TypeError of asyncio.
_BROKEN_TLS_IN_TLS = sys.version_info < (3, 11, 8) or (3, 12) <= sys.version_info < (3, 12, 2)

# Added to the name of the server, it distinguishes the server from a proxy at https that may be on the same host.
BEHIND_PROXY = "/behind-proxy"


class Connector(aiohttp.BaseConnector):
    """A connector that aborts failed requests, never repeats one, and can close all of its connections."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._unanswered: dict[aiohttp.ClientRequest, asyncio.Transport | None] = {}
        self._sockets: WeakSet[socket.socket] = WeakSet()

    @override
    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        """Return a connection for a request."""
        connection = await super().connect(req, traces, timeout)
        self._unanswered[req] = connection.transport
        return connection

    async def send_once(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Send a request; this is a middleware of aiohttp."""
        try:
            response = await handler(request)
        except BaseException as error:
            transport = self._unanswered.pop(request, None)
            if transport is not None:
                transport.abort()  # aiohttp closes it, which first sends the rest of the body
            failure = _replacement(error)
            if failure is None:
                raise
        else:
            del self._unanswered[request]  # fails if aiohttp does not call connect() any more
            return response
        raise failure

    async def aclose(self) -> None:
        """Close every connection, also those in a closing handshake of TLS."""
        for transport in self._unanswered.values():
            if transport is not None:
                transport.abort()
        with anyio.move_on_after(_CLOSING, shield=True):
            await self.close(abort_ssl=True)
            for made in self._sockets:
                with contextlib.suppress(OSError):
                    made.shutdown(socket.SHUT_RDWR)
            while any(made.fileno() != -1 for made in self._sockets):  # noqa: ASYNC110 - nothing reports the end
                await anyio.sleep(0.001)

    def _keep(self, made: socket.socket) -> socket.socket:
        for option in TCP_KEEP_ALIVE:
            made.setsockopt(*option)
        self._sockets.add(made)
        return made


class TCPConnector(Connector, aiohttp.TCPConnector):
    """A connector for direct connections and HTTP proxies."""

    def __init__(self, config: TransportConfig, **settings: Any) -> None:
        context = config.ssl_context
        if config.proxy is not None and config.proxy.scheme == "https":
            context = _TunnelContext(ssl.PROTOCOL_TLS_CLIENT)
            context.proxy, context.server = config.proxy_ssl_context, config.ssl_context
        super().__init__(ssl=True if context is None else context, socket_factory=self._socket, **settings)

    def _socket(self, address: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
        family, kind, protocol, *_ = address
        return self._keep(socket.socket(family, kind, protocol))

    if _BROKEN_TLS_IN_TLS:

        @override
        async def _start_tls_connection(
            self, underlying_transport: asyncio.Transport, *args: Any, **kwargs: Any
        ) -> Any:
            if underlying_transport.get_extra_info("sslcontext") is not None:

                def close(_: object) -> None:
                    underlying_transport.abort()

                vars(underlying_transport)["_force_close"] = close
            return await super()._start_tls_connection(underlying_transport, *args, **kwargs)


def make_connector(config: TransportConfig, *, limited: bool) -> Connector:
    """Make a connector; without limits it does not count connections."""
    settings: dict[str, Any] = {
        "limit": config.pool_size or 0 if limited else 0,
        "limit_per_host": config.pool_size_per_host or 0 if limited else 0,
        "force_close": not config.keep_alive,
    }
    if config.keep_alive:  # aiohttp refuses a time together with force_close
        idle = config.keep_alive_timeout
        settings["keepalive_timeout"] = _KEEP_ALIVE if idle is None else idle
    if config.proxy is not None and config.proxy.is_socks:
        from kubex_aiohttp._socks import SocksConnector  # its library is an extra

        return SocksConnector(config, config.proxy, **settings)
    return TCPConnector(config, **settings)


def abort(response: aiohttp.ClientResponse) -> None:
    """Close the connection of a response at once, unless the response has ended and given it back."""
    connection = response.connection
    if connection is not None and connection.transport is not None:
        connection.transport.abort()  # closing would read on until the peer of a TLS connection agrees
    response.close()


class _TunnelContext(ssl.SSLContext):
    """TLS to a proxy and, inside of it, to the server: aiohttp uses one context for both."""

    proxy: ssl.SSLContext | None
    server: ssl.SSLContext | None

    @override
    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        name = str(server_hostname)
        host = name.removesuffix(BEHIND_PROXY)
        context = cast("ssl.SSLContext", self.proxy if name == host else self.server)
        return context.wrap_bio(incoming, outgoing, server_side, host, session)


def _replacement(error: BaseException) -> Exception | None:
    """Return what to raise instead: some exceptions show headers, others make aiohttp send the request again."""
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return ProxyError(proxy_refusal(f"{error.status} {error.message}"))
    if isinstance(error, aiohttp.ClientResponseError):
        lost, lost.__cause__ = aiohttp.ClientConnectionError(error.message), error.__cause__
        return lost
    if isinstance(error, aiohttp.ClientOSError | aiohttp.ServerDisconnectedError) and not isinstance(
        error, aiohttp.ClientConnectorError
    ):
        lost = aiohttp.ClientConnectionError(str(error))
        lost.__cause__ = error
        return lost
    return None
