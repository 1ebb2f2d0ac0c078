"""Connectors of aiohttp: they make the connections, directly and through proxies."""

import asyncio
import socket
import ssl
import sys
from functools import partial
from typing import Any, cast
from weakref import WeakSet

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from typing_extensions import override

from kubex.transport import TCP_KEEP_ALIVE, Proxy, TransportConfig, readable

# In seconds: the default of aiohttp, which Kubex also uses for None. Nothing else would close idle connections.
_KEEP_ALIVE = 15.0

# In seconds: python-socks replaces None by 60. The limit of the request is applied outside.
_NO_LIMIT = 86400.0

# In these versions a failed TLS handshake inside of TLS ends in a TypeError of asyncio.
_BROKEN_TLS_IN_TLS = sys.version_info < (3, 11, 8) or (3, 12) <= sys.version_info < (3, 12, 2)

# Added to the name of the server, it distinguishes the server from a proxy at https on the same host.
BEHIND_PROXY = "/behind-proxy"


class _Handler(ResponseHandler):
    """The protocol of a connection, which it closes at once."""

    used = False
    _connection: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._connection = self.transport

    @override
    def connection_lost(self, exc: BaseException | None) -> None:
        lost, self._connection = self._connection, None
        super().connection_lost(exc)
        if lost is not None:
            lost.abort()  # Python 3.10 warns about a TLS transport that only the server closed

    @override
    def abort(self) -> None:
        super().abort()
        if self._connection is not None:
            self._connection.abort()  # aiohttp may have called close(), which waits for the peer

    # ResponseHandler.close() would send the rest of a body, or wait for the closing handshake of TLS.
    close = abort


class Connector(aiohttp.BaseConnector):
    """A connector that closes connections at once, and uses no idle connection that the server closed."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._handlers: WeakSet[_Handler] = WeakSet()
        self._factory = partial(self._make_handler)

    def _make_handler(self) -> ResponseHandler:
        handler = _Handler(self._loop)
        self._handlers.add(handler)
        return handler

    @override
    async def connect(self, *args: Any, **kwargs: Any) -> Connection:
        while True:
            connection = await super().connect(*args, **kwargs)
            handler, transport = cast("_Handler", connection.protocol), connection.transport
            if transport is None:
                return connection
            is_new, handler.used = not handler.used, True
            # The server may have sent too much, or have ended a connection that a busy event loop did not read.
            if is_new or not (handler.should_close or readable([transport.get_extra_info("socket").fileno()])):
                return connection
            connection.close()

    @override
    async def close(self, *, abort_ssl: bool = False) -> None:
        for handler in self._handlers:
            handler.abort()
        await super().close(abort_ssl=abort_ssl)


class TCPConnector(Connector, aiohttp.TCPConnector):
    """A connector for direct connections and HTTP proxies."""

    def __init__(self, config: TransportConfig, **settings: Any) -> None:
        context = config.ssl_context
        if config.proxy is not None and config.proxy.scheme == "https":
            context = _TunnelContext(ssl.PROTOCOL_TLS_CLIENT)
            context.proxy, context.server = config.proxy_ssl_context, config.ssl_context
        settings |= {"ssl": context or True, "socket_factory": _socket}
        super().__init__(**settings)  # pyright: ignore[reportUnknownMemberType] - aiohttp leaves a type out

    if _BROKEN_TLS_IN_TLS and callable(aiohttp.TCPConnector._start_tls_connection):

        @override
        async def _start_tls_connection(
            self, underlying_transport: asyncio.Transport, *args: Any, **kwargs: Any
        ) -> Any:
            def close(_error: object = None) -> None:
                underlying_transport.abort()

            if underlying_transport.get_extra_info("sslcontext") is not None:
                # asyncio calls close() twice, and in Python 3.11.2 abort() would then raise an AttributeError.
                vars(underlying_transport).update(_force_close=close, close=close)
            try:
                return await super()._start_tls_connection(underlying_transport, *args, **kwargs)
            except BaseException:
                # If a handshake ended just now, Python 3.10 leaves its transport unclosed.
                if (made := getattr(underlying_transport.get_protocol(), "_app_transport", None)) is not None:
                    made.abort()
                raise


class SocksConnector(Connector):
    """A connector for connections through a SOCKS proxy, which also resolves names."""

    def __init__(self, proxy: Proxy, context: ssl.SSLContext | None, **settings: Any) -> None:
        from python_socks import ProxyType  # an extra
        from python_socks.async_.asyncio import Proxy as Socks

        super().__init__(**settings)
        self._proxy = Socks(ProxyType.SOCKS5, proxy.host, proxy.port or 0, proxy.username, proxy.password, rdns=True)
        self._context = context

    # The base class raises NotImplementedError: if aiohttp renames this method, no request bypasses the proxy.
    @override
    async def _create_connection(self, req: aiohttp.ClientRequest, *_: Any, **__: Any) -> ResponseHandler:
        host, port = req.url.raw_host or "", req.url.port or 0
        sock = _kept_alive(await self._proxy.connect(host, port, timeout=_NO_LIMIT))
        tls, name = (self._context, host) if req.url.scheme == "https" else (None, None)
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(self._make_handler, sock=sock, ssl=tls, server_hostname=name))[1]


class _TunnelContext(ssl.SSLContext):
    """TLS to a proxy and, inside of it, to the server: aiohttp uses one context for both."""

    proxy: ssl.SSLContext | None
    server: ssl.SSLContext | None

    @override
    def wrap_bio(self, *args: Any, **kwargs: Any) -> ssl.SSLObject:
        name: str = kwargs["server_hostname"]
        kwargs["server_hostname"] = host = name.removesuffix(BEHIND_PROXY)
        return cast("ssl.SSLContext", self.proxy if name == host else self.server).wrap_bio(*args, **kwargs)


def make_connector(config: TransportConfig, *, limited: bool) -> Connector:
    """Make a connector; without `limited` it does not count connections."""
    settings: dict[str, Any] = {"limit": 0, "force_close": not config.keep_alive}
    if limited:
        settings |= {"limit": config.pool_size or 0, "limit_per_host": config.pool_size_per_host or 0}
    if config.keep_alive:  # aiohttp refuses a time together with force_close
        settings["keepalive_timeout"] = _KEEP_ALIVE if config.keep_alive_timeout is None else config.keep_alive_timeout
    if config.proxy is not None and config.proxy.is_socks:
        return SocksConnector(config.proxy, config.ssl_context, **settings)
    return TCPConnector(config, **settings)


def _socket(address: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
    return _kept_alive(socket.socket(*address[:3]))


def _kept_alive(connected: socket.socket) -> socket.socket:
    for option in TCP_KEEP_ALIVE:
        connected.setsockopt(*option)
    return connected
