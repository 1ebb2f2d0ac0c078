"""The connection pools of httpx, one for each way out."""

import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import anyio
import httpcore
import httpx

from kubex.core.exceptions import ConnectError, ConnectionLost, TransportError
from kubex.transport import (
    TCP_KEEP_ALIVE,
    ExceptionTable,
    PreparedRequest,
    Proxy,
    TransportConfig,
    map_exceptions,
)
from kubex_httpx._errors import ERRORS, PROXY_ERRORS

# In seconds: what has not closed by itself after that is left to the operating system.
_CLOSING = 5.0

# What httpx keeps by default. Its pool asks every idle connection at every request: with 50 of them it is 3x slower.
_IDLE = 20


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool, with the exceptions that its way may raise."""

    transport: httpx.AsyncHTTPTransport
    errors: ExceptionTable
    proxied: bool = False


class Pools:
    """What sends requests: httpx's transports, without the client above them (no cookies, no redirects)."""

    def __init__(self, config: TransportConfig) -> None:
        self.config = config
        self._closed = False
        self._waiting: set[anyio.CancelScope] = set()
        self._direct = _pool(config)
        self._proxied = {scheme: _pool(config, proxy) for scheme, proxy in config.proxies.items()}

    def route(self, request: PreparedRequest) -> Pool:
        """Return the pool for a request."""
        return self._proxied.get(request.url.partition(":")[0], self._direct)

    async def send(self, request: PreparedRequest, pool: Pool) -> httpx.Response:
        """Send a request and wait for the headers of its answer; the body is still to come."""
        if self._closed:
            raise ConnectError("the transport is closed", request.method, request.url.partition("?")[0])
        opened = _Opened()
        with map_exceptions(pool.errors, request), anyio.CancelScope() as waiting:
            self._waiting.add(waiting)
            try:
                response = await pool.transport.handle_async_request(_httpx_request(request, opened))
            except httpx.LocalProtocolError:
                # The original would show the header, which may be a token with a newline at its end.
                problem = "the URL or a header has characters that HTTP does not allow"
                raise TransportError(problem, request.method, request.url.partition("?")[0]) from None
            except BaseException:
                await opened.aclose()
                raise
            finally:
                self._waiting.discard(waiting)
            if pool.proxied:
                _keep_alive(response)
            return response
        raise ConnectionLost("the transport was closed", request.method, request.url.partition("?")[0])

    async def aclose(self) -> None:
        """Close every connection; a request that still waits for its answer ends with ConnectionLost."""
        self._closed = True
        for waiting in tuple(self._waiting):
            waiting.cancel()
        with anyio.move_on_after(_CLOSING, shield=True):
            for pool in (self._direct, *self._proxied.values()):
                await pool.transport.aclose()


class _Opened:
    """The connection that was opened for a request: httpcore forgets it when the TLS handshake is cancelled."""

    def __init__(self) -> None:
        self._stream: httpcore.AsyncNetworkStream | None = None

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        """Take note; httpcore calls this at every step."""
        if event == "connection.connect_tcp.complete":
            self._stream = info["return_value"]

    async def aclose(self) -> None:
        """Close it, which may have been done."""
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


def _httpx_request(request: PreparedRequest, opened: _Opened) -> httpx.Request:
    limits = request.limits
    timeout = {"connect": limits.connect, "read": limits.read, "write": limits.write, "pool": limits.pool}
    made = httpx.Request(
        request.method,
        request.url,
        headers=[(name.encode("ascii"), value.encode()) for name, value in request.headers],
        content=request.body,
        extensions={"timeout": timeout, "trace": opened.trace} if request.url[:6] == "https:" else {"timeout": timeout},
    )
    made.stream = _Body(request.body or b"")
    return made


def _pool(config: TransportConfig, proxy: Proxy | None = None) -> Pool:
    # For plain HTTP an empty context: httpx would read the trusted certificates of the machine.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if config.ssl_context is None else config.ssl_context
    transport = httpx.AsyncHTTPTransport(
        verify=context,
        trust_env=False,
        limits=httpx.Limits(
            max_connections=config.pool_size,
            max_keepalive_connections=_IDLE if config.keep_alive else 0,
            keepalive_expiry=config.keep_alive_timeout,
        ),
        proxy=None if proxy is None else _httpx_proxy(proxy, context),
        socket_options=TCP_KEEP_ALIVE,
    )
    return Pool(transport, ERRORS) if proxy is None else Pool(transport, PROXY_ERRORS, proxied=True)


def _httpx_proxy(proxy: Proxy, context: ssl.SSLContext) -> httpx.Proxy:
    authorization = proxy.authorization
    return httpx.Proxy(
        proxy.url,
        ssl_context=context if proxy.url.startswith("https:") else None,
        headers=None if authorization is None else {"Proxy-Authorization": authorization},
    )


def _keep_alive(response: httpx.Response) -> None:
    # httpx does not set the options on a connection to a proxy.
    connected = response.extensions["network_stream"].get_extra_info("socket")
    for option in TCP_KEEP_ALIVE:
        connected.setsockopt(*option)
