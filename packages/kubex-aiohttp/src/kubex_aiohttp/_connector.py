"""Connectors of aiohttp: how connections are made, directly and by way of proxies."""

import asyncio
import socket
import ssl
import sys
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakSet

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from typing_extensions import override
from yarl import URL

from kubex.core.exceptions import ProxyError
from kubex.transport import TCP_KEEP_ALIVE, Connecting, PreparedRequest, Proxy, TransportConfig, proxy_refusal

# What aiohttp has by default and does where None is asked for, in seconds.
_KEEP_ALIVE = 15.0

# Before these versions asyncio raises a TypeError where it is to close TLS inside of which a handshake has failed.
_CANNOT_CLOSE_TLS = sys.version_info < (3, 11, 8) or (3, 12) <= sys.version_info < (3, 12, 2)

# Before this version TLS does not note that its connection was lost, and complains that nobody has closed it.
_MUST_CLOSE_TLS = sys.version_info < (3, 11)

_CONNECTING: ContextVar[Connecting] = ContextVar("_CONNECTING")


class WaitingConnector(aiohttp.TCPConnector):
    """A connector that also waits for connections it has let go of: closing one takes a while if TLS is on it."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)  # pyright: ignore[reportUnknownMemberType] - aiohttp leaves a type out
        self._made: WeakSet[ResponseHandler] = WeakSet()

    @override
    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        connection = await super().connect(req, traces, timeout)
        handler = connection.protocol
        if handler is not None and handler not in self._made:
            self._made.add(handler)
            if _MUST_CLOSE_TLS and connection.transport is not None:
                _close_in_the_end(handler, connection.transport)
        return connection

    async def aclose(self) -> None:
        """Close every connection, and wait until none is left."""
        await self.close()
        closing = [closed for handler in self._made if (closed := handler.closed) is not None]
        await asyncio.gather(*closing, return_exceptions=True)


def _close_in_the_end(handler: ResponseHandler, transport: asyncio.Transport) -> None:
    def close(closed: asyncio.Future[None]) -> None:
        if not closed.cancelled():
            closed.exception()  # why it was lost has been told to whoever used it
        transport.close()

    if handler.closed is not None:
        handler.closed.add_done_callback(close)


class Connector(WaitingConnector):
    """A connector that has TLS of its own for proxies: aiohttp would verify them as it verifies the server."""

    def __init__(self, config: TransportConfig, **settings: Any) -> None:
        super().__init__(**settings)
        self._proxy_tls = config.proxy_ssl_context
        self._proxy_origins = {URL(proxy.url).origin() for proxy in config.proxies.values() if proxy.scheme == "https"}

    @override
    def _get_ssl_context(self, req: aiohttp.ClientRequest) -> ssl.SSLContext | None:
        if req.proxy is None and req.url.origin() in self._proxy_origins:
            return self._proxy_tls
        return super()._get_ssl_context(req)

    @override
    async def _start_tls_connection(self, underlying_transport: asyncio.Transport, *args: Any, **kwargs: Any) -> Any:
        if _CANNOT_CLOSE_TLS and underlying_transport.get_extra_info("sslcontext") is not None:

            def close(_: object) -> None:
                underlying_transport.abort()

            vars(underlying_transport)["_force_close"] = close
        return await super()._start_tls_connection(underlying_transport, *args, **kwargs)


def make_connector(config: TransportConfig) -> WaitingConnector:
    """Make the connector for direct connections and HTTP proxies."""
    return Connector(config, socket_factory=_socket, **_settings(config))


def make_socks_connector(config: TransportConfig, proxy: Proxy) -> WaitingConnector:
    """Make the connector for connections by way of a SOCKS proxy."""
    from kubex_aiohttp._socks import SocksConnector  # its library is an extra

    return SocksConnector(proxy, **_settings(config))


@contextmanager
def watched(proxy: Proxy, request: PreparedRequest) -> Generator[None, None, None]:
    """Watch the connection that aiohttp makes in the block, if it makes one."""
    with Connecting(proxy, request) as connecting:
        before = _CONNECTING.set(connecting)
        try:
            yield
        except ProxyError as error:
            if isinstance(refusal := error.__cause__, aiohttp.ClientHttpProxyError):
                raise ProxyError(proxy_refusal(f"{refusal.status} {refusal.message}")) from None
            raise
        finally:
            _CONNECTING.reset(before)


def tell_connections() -> aiohttp.TraceConfig:
    """Make what tells of connections to the block of `watched`."""
    trace = aiohttp.TraceConfig()
    trace.on_connection_create_start.append(_begin)
    trace.on_connection_create_end.append(_done)
    return trace


async def _begin(*_: object) -> None:
    _CONNECTING.get().begin()


async def _done(*_: object) -> None:
    _CONNECTING.get().done()


def _settings(config: TransportConfig) -> dict[str, Any]:
    idle = _KEEP_ALIVE if config.keep_alive_timeout is None else config.keep_alive_timeout
    return {
        "ssl": True if config.ssl_context is None else config.ssl_context,
        "limit": config.pool_size or 0,
        "limit_per_host": config.pool_size_per_host or 0,
        "force_close": not config.keep_alive,
        "keepalive_timeout": idle if config.keep_alive else None,  # a time together with force_close is refused
    }


def _socket(address: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
    family, kind, protocol, *_ = address
    made = socket.socket(family, kind, protocol)
    for option in TCP_KEEP_ALIVE:
        made.setsockopt(*option)
    return made
