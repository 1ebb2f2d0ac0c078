"""Sessions of aiohttp on one connector, and the ways out of it."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import aiohttp
import anyio
from yarl import URL

from kubex.core.exceptions import ConnectError
from kubex.transport import TCP_KEEP_ALIVE, Limits, PreparedRequest, Proxy, TransportConfig

# In bytes, of one header line: a `Warning` field of the API server may be longer than aiohttp's 8 KiB.
_HEADER_LINE = 2**16

# In seconds: what has not closed by itself after that is left to the operating system.
_CLOSING = 5.0

# What aiohttp has by default and does where None is asked for, in seconds.
_KEEP_ALIVE = 15.0

_NOT_ADDED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


@dataclass(frozen=True, slots=True)
class Route:
    """How a request travels: `to_proxy` are headers of a CONNECT, `forwarded` those that join the request's own."""

    proxy: URL | None = None
    to_proxy: dict[str, str] | None = None
    forwarded: tuple[tuple[str, str], ...] = ()


class Sessions:
    """One connector, and as many sessions on it as differ in their settings."""

    def __init__(self, config: TransportConfig) -> None:
        self.config = config
        self.closed = False
        self._answers: set[aiohttp.ClientResponse] = set()
        self._routes = {scheme: _route(scheme, proxy) for scheme, proxy in config.proxies.items()}
        self._connector = _connector(config)

    def new(self, limits: Limits, middlewares: Sequence[aiohttp.ClientMiddlewareType] = ()) -> aiohttp.ClientSession:
        """Make a session; closing it closes no connection."""
        session = aiohttp.ClientSession(
            connector=self._connector,
            connector_owner=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_NOT_ADDED,
            timeout=client_timeout(limits),
            read_bufsize=self.config.buffer_size,
            max_line_size=_HEADER_LINE,
            max_field_size=_HEADER_LINE,
            middlewares=middlewares,
        )
        # aiohttp would send GET, PUT and DELETE a second time; its test client switches that off in the same way.
        session._retry_connection = False  # pyright: ignore[reportPrivateUsage]
        return session

    def route(self, request: PreparedRequest) -> Route:
        """Return the way of a request, which has none once the sessions are closed."""
        if self.closed:
            raise ConnectError("the transport is closed", request.method, request.url.partition("?")[0])
        return self._routes.get(request.url.partition(":")[0], _DIRECT)

    def hold(self, answer: aiohttp.ClientResponse) -> None:
        """Take note of an answer that is being read; `let_go` ends that."""
        self._answers.add(answer)

    def let_go(self, answer: aiohttp.ClientResponse) -> None:
        """Drop an answer."""
        self._answers.discard(answer)
        drop(answer)

    async def aclose(self) -> None:
        """Close every connection; answers that are being read break off."""
        self.closed = True
        for answer in self._answers:  # a connector that closes would leave their readers waiting
            answer.content.set_exception(aiohttp.ClientConnectionError("the transport was closed"))
        with anyio.move_on_after(_CLOSING, shield=True):
            await self._connector.close()


def drop(response: aiohttp.ClientResponse) -> None:
    """Close the connection of an answer at once, unless the answer was read whole and has given it back."""
    connection = response.connection
    if connection is not None and connection.transport is not None:
        # Closing politely would go on reading until a TLS peer agrees.
        connection.transport.abort()
    response.close()


@lru_cache(maxsize=64)
def client_timeout(limits: Limits) -> aiohttp.ClientTimeout:
    """Return aiohttp's form of the limits; it has none for waiting for the pool alone, nor for writing."""
    return aiohttp.ClientTimeout(sock_connect=limits.connect, sock_read=limits.read)


def _connector(config: TransportConfig) -> aiohttp.TCPConnector:
    idle = _KEEP_ALIVE if config.keep_alive_timeout is None else config.keep_alive_timeout
    return aiohttp.TCPConnector(
        ssl=True if config.ssl_context is None else config.ssl_context,
        limit=config.pool_size or 0,
        limit_per_host=config.pool_size_per_host or 0,
        force_close=not config.keep_alive,
        keepalive_timeout=idle if config.keep_alive else None,  # a time together with force_close is refused
        socket_factory=_socket,
    )


def _socket(address: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
    family, kind, protocol, *_ = address
    made = socket.socket(family, kind, protocol)
    for option in TCP_KEEP_ALIVE:
        made.setsockopt(*option)
    return made


def _route(scheme: str, proxy: Proxy) -> Route:
    url = URL(proxy.url)
    if proxy.authorization is None:
        return Route(url)
    if scheme == "https":
        return Route(url, to_proxy={"Proxy-Authorization": proxy.authorization})
    return Route(url, forwarded=(("Proxy-Authorization", proxy.authorization),))


_DIRECT = Route()
