"""Connectors of aiohttp, which open connections directly and through proxies."""

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

# In seconds: the default of aiohttp. Kubex also uses it for None, because aiohttp would never close idle connections.
_KEEP_ALIVE = 15.0

# In seconds: python-socks replaces None with 60. ConnectGuard applies the limit of the request.
_NO_TIMEOUT = 86400.0

# In these versions of Python, asyncio raises TypeError if a TLS handshake inside of TLS fails.
_BROKEN_TLS_IN_TLS = sys.version_info < (3, 11, 8) or (3, 12) <= sys.version_info < (3, 12, 2)

# This suffix of the server name distinguishes the server from an HTTPS proxy on the same host.
BEHIND_PROXY = "/behind-proxy"


class AbortingProtocol(ResponseHandler):
    """The protocol of a connection. It closes the connection immediately."""

    has_been_used = False
    sends_rest = False
    """Whether asyncio sends the data in its buffers after `close()`, until the connector is closed."""

    body: aiohttp.StreamReader | None = None
    """The body of the current response."""

    _connection: asyncio.Transport | None = None
    _is_closed = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._connection = self.transport

    @override
    def connection_lost(self, exc: BaseException | None) -> None:
        transport, self._connection = self._connection, None
        if self._is_closed:
            return
        super().connection_lost(exc)
        if self.body is not None and not self.body.is_eof() and self.body.exception() is None:
            # aiohttp only closes the connection after a malformed chunk, so readers of the body would wait forever.
            self.body.set_exception(aiohttp.ClientPayloadError("the response is malformed"))
        if transport is not None:
            transport.abort()  # or Python 3.10 warns about a TLS transport that only the server has closed

    @override
    def abort(self) -> None:
        super().abort()
        if self._connection is not None:
            self._connection.abort()  # aiohttp may have called close(), which waits for the server

    @override
    def close(self) -> None:
        # ResponseHandler.close() sends the rest of a body, and waits for the closing handshake of TLS.
        if self._connection is None or not self.sends_rest or not _has_unsent_data(self._connection):
            self.abort()
        elif not self._is_closed:
            super().close()
            super().connection_lost(None)  # or tasks that receive would wait until the rest is sent
            self._is_closed = True


class Connector(aiohttp.BaseConnector):
    """A connector that closes connections immediately, and does not reuse a connection that the server has closed."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._protocols: WeakSet[AbortingProtocol] = WeakSet()
        self._factory = partial(self._make_protocol)

    def _make_protocol(self) -> ResponseHandler:
        protocol = AbortingProtocol(self._loop)
        self._protocols.add(protocol)
        return protocol

    @override
    async def connect(self, *args: Any, **kwargs: Any) -> Connection:
        while True:
            connection = await super().connect(*args, **kwargs)
            protocol, transport = cast("AbortingProtocol", connection.protocol), connection.transport
            if transport is None:
                return connection
            is_new, protocol.has_been_used = not protocol.has_been_used, True
            # The server may have sent unexpected data, or closed the connection while the event loop was blocked.
            if is_new or not (protocol.should_close or readable([transport.get_extra_info("socket").fileno()])):
                return connection
            connection.close()

    @override
    async def close(self, *, abort_ssl: bool = False) -> None:
        for protocol in self._protocols:
            protocol.abort()
        await super().close(abort_ssl=abort_ssl)


class TCPConnector(Connector, aiohttp.TCPConnector):
    """A connector for direct connections and HTTP proxies."""

    def __init__(self, config: TransportConfig, **settings: Any) -> None:
        context = config.ssl_context
        if config.proxy is not None and config.proxy.scheme == "https":
            context = _TunnelContext(ssl.PROTOCOL_TLS_CLIENT)
            context.proxy, context.server = config.proxy_ssl_context, config.ssl_context
        settings |= {"ssl": context or True, "socket_factory": _create_socket}
        super().__init__(**settings)  # pyright: ignore[reportUnknownMemberType] - a type annotation is missing in aiohttp

    if _BROKEN_TLS_IN_TLS and callable(aiohttp.TCPConnector._start_tls_connection):

        @override
        async def _start_tls_connection(
            self, underlying_transport: asyncio.Transport, *args: Any, **kwargs: Any
        ) -> Any:
            def close(_error: object = None) -> None:
                underlying_transport.abort()

            if underlying_transport.get_extra_info("sslcontext") is not None:
                # asyncio calls close() twice. In Python 3.11.2 the second call would raise AttributeError in abort().
                vars(underlying_transport).update(_force_close=close, close=close)
            try:
                return await super()._start_tls_connection(underlying_transport, *args, **kwargs)
            except BaseException:
                # Python 3.10 does not close the transport if the handshake has just ended.
                if (
                    inner_transport := getattr(underlying_transport.get_protocol(), "_app_transport", None)
                ) is not None:
                    inner_transport.abort()
                raise


class SocksConnector(Connector):
    """A connector for connections through a SOCKS proxy, which also resolves names."""

    def __init__(self, proxy: Proxy, context: ssl.SSLContext | None, **settings: Any) -> None:
        from python_socks import ProxyType  # installed by the extra `socks`
        from python_socks.async_.asyncio import Proxy as SocksProxy

        super().__init__(**settings)
        self._proxy = SocksProxy(
            ProxyType.SOCKS5, proxy.host, proxy.port or 0, proxy.username, proxy.password, rdns=True
        )
        self._context = context

    # This replaces a private method of aiohttp. If aiohttp renames it, the method of the base class raises
    # NotImplementedError, so that no request bypasses the proxy.
    @override
    async def _create_connection(self, req: aiohttp.ClientRequest, *_: Any, **__: Any) -> ResponseHandler:
        host, port = req.url.raw_host or "", req.url.port or 0
        sock = _enable_keep_alive(await self._proxy.connect(host, port, timeout=_NO_TIMEOUT))
        tls, name = (self._context, host) if req.url.scheme == "https" else (None, None)
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(self._make_protocol, sock=sock, ssl=tls, server_hostname=name))[1]


class _TunnelContext(ssl.SSLContext):
    """A context for TLS to a proxy and to the server inside of it, because aiohttp uses one context for both."""

    proxy: ssl.SSLContext | None
    server: ssl.SSLContext | None

    @override
    def wrap_bio(self, *args: Any, **kwargs: Any) -> ssl.SSLObject:
        name: str = kwargs["server_hostname"]
        kwargs["server_hostname"] = host = name.removesuffix(BEHIND_PROXY)
        return cast("ssl.SSLContext", self.proxy if name == host else self.server).wrap_bio(*args, **kwargs)


def make_connector(config: TransportConfig, *, limited: bool) -> Connector:
    """Create a connector; without `limited` the number of connections is unlimited."""
    settings: dict[str, Any] = {"limit": 0, "force_close": not config.keep_alive}
    if limited:
        settings |= {"limit": config.pool_size or 0, "limit_per_host": config.pool_size_per_host or 0}
    if config.keep_alive:  # aiohttp does not accept this option together with force_close
        settings["keepalive_timeout"] = _KEEP_ALIVE if config.keep_alive_timeout is None else config.keep_alive_timeout
    if config.proxy is not None and config.proxy.is_socks:
        return SocksConnector(config.proxy, config.ssl_context, **settings)
    return TCPConnector(config, **settings)


def _has_unsent_data(transport: asyncio.Transport) -> bool:
    """Return whether asyncio has data in its buffers. For TLS, each layer has a buffer."""
    tls = getattr(transport, "_ssl_protocol", None)
    if tls is not None:
        below = getattr(tls, "_transport", None)
        if below is None:  # the connection is lost; in Python 3.10 get_write_buffer_size() raises an AttributeError
            return False
        if _has_unsent_data(below):
            return True
    return transport.get_write_buffer_size() > 0


def _create_socket(address: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
    return _enable_keep_alive(socket.socket(*address[:3]))


def _enable_keep_alive(connected: socket.socket) -> socket.socket:
    for option in TCP_KEEP_ALIVE:
        connected.setsockopt(*option)
    return connected
