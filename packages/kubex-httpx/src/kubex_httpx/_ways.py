"""The ways out of httpx: directly, by an HTTP proxy, by a SOCKS proxy."""

import logging
import ssl
from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpcore
import httpx

from kubex.transport import TCP_KEEP_ALIVE, Connecting, PreparedRequest, Proxy, TransportConfig

# What httpx keeps by default. Its pool asks every idle connection at every request: with 50 of them it is 3x slower.
_IDLE = 20

# In seconds: python-socks takes 60 if it is given none.
_NO_LIMIT = 86400.0


class Watch:
    """Follows one request through httpcore, which tells of every step."""

    def __init__(self, proxy: Proxy | None, connecting: Connecting | None, *, secure: bool) -> None:
        self._connecting = connecting
        by_socks = proxy is not None and proxy.is_socks
        # With which step the connection is there; python-socks tells nothing, so for it that is the next one.
        self._made = "http" if by_socks or not secure else f"{'proxy' if proxy else 'connection'}.start_tls.complete"
        self._stream: httpcore.AsyncNetworkStream | None = None
        if connecting is not None and by_socks:
            connecting.begin(limited=False)

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        """Take note of a step."""
        if event == "connection.connect_tcp.complete":
            self._stream = info["return_value"]
        elif event == "connection.connect_tcp.started":
            if self._connecting is not None:
                self._connecting.begin()
        elif event.startswith(self._made):
            self._stream = None
            if self._connecting is not None:
                self._connecting.done()

    async def aclose(self) -> None:
        """Close a connection that was not finished: httpcore forgets it when the TLS handshake is cancelled."""
        if self._stream is not None:
            with anyio.CancelScope(shield=True):
                await self._stream.aclose()


class _Body(httpx.AsyncByteStream):
    """A body in one piece. httpx's own is an async generator: trio complains when a request ends before it."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._given = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        self._given = False
        return self

    async def __anext__(self) -> bytes:
        if self._given:
            raise StopAsyncIteration
        self._given = True
        return self._body


def httpx_request(request: PreparedRequest, watch: Watch | None, proxy: Proxy | None) -> httpx.Request:
    """Make httpx's form of a request."""
    limits = request.limits
    connect = _NO_LIMIT if limits.connect is None and proxy is not None and proxy.is_socks else limits.connect
    timeout = {"connect": connect, "read": limits.read, "write": limits.write, "pool": limits.pool}
    made = httpx.Request(
        request.method,
        request.url,
        headers=[(name.encode("ascii"), value.encode()) for name, value in request.headers],
        content=request.body,
        extensions={"timeout": timeout} if watch is None else {"timeout": timeout, "trace": watch.trace},
    )
    made.stream = _Body(request.body or b"")
    return made


def make_transport(config: TransportConfig, proxy: Proxy | None, *, http2: bool) -> httpx.AsyncBaseTransport:
    """Make httpx's transport for one way out."""
    if http2:
        _quiet_hpack()
    # For plain HTTP an empty context: httpx would read the trusted certificates of the machine.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if config.ssl_context is None else config.ssl_context
    limits = httpx.Limits(
        max_connections=config.pool_size,
        max_keepalive_connections=_IDLE if config.keep_alive else 0,
        keepalive_expiry=config.keep_alive_timeout,
    )
    if proxy is not None and proxy.is_socks:
        return _socks(proxy, verify=context, trust_env=False, limits=limits, http2=http2)
    return httpx.AsyncHTTPTransport(
        verify=context,
        trust_env=False,
        limits=limits,
        http2=http2,
        proxy=None if proxy is None else _httpx_proxy(proxy, config),
        socket_options=TCP_KEEP_ALIVE,
    )


def _quiet_hpack() -> None:
    """Keep headers out of the log: at DEBUG hpack writes down all it encodes, tokens too. Who asks for that has it."""
    logger = logging.getLogger("hpack")
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.INFO)


def _socks(proxy: Proxy, **settings: Any) -> httpx.AsyncBaseTransport:
    from httpx_socks import AsyncProxyTransport
    from python_socks import ProxyType

    return AsyncProxyTransport(
        proxy_type=ProxyType.SOCKS5,
        proxy_host=proxy.host,
        proxy_port=proxy.port or 0,
        username=proxy.username,
        password=proxy.password,
        rdns=True,
        **settings,
    )


def _httpx_proxy(proxy: Proxy, config: TransportConfig) -> httpx.Proxy:
    authorization = proxy.authorization
    return httpx.Proxy(
        proxy.url,
        ssl_context=config.proxy_ssl_context if proxy.scheme == "https" else None,
        headers=None if authorization is None else {"Proxy-Authorization": authorization},
    )


def keep_alive(response: httpx.Response) -> None:
    """Set the options of a connection to a proxy, which httpx does not."""
    connected = response.extensions["network_stream"].get_extra_info("socket")
    for option in TCP_KEEP_ALIVE:
        connected.setsockopt(*option)
