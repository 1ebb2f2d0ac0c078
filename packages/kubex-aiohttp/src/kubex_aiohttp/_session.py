"""Sessions of aiohttp on one connector, and the ways out of it."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache

import aiohttp
import anyio
from yarl import URL

from kubex.core.exceptions import ConnectError
from kubex.transport import Limits, PreparedRequest, Proxy, TransportConfig
from kubex_aiohttp._connector import WaitingConnector, make_connector, make_socks_connector, tell_connections, watched

# In bytes, of one header line: a `Warning` field of the API server may be longer than aiohttp's 8 KiB.
_HEADER_LINE = 2**16

# In seconds: what has not closed by itself after that is left to the operating system.
_CLOSING = 5.0

_NOT_ADDED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """How a request travels: `to_proxy` are headers of a CONNECT, `forwarded` those that join the request's own."""

    connector: WaitingConnector
    by: Proxy | None = None
    proxy: URL | None = None
    to_proxy: dict[str, str] | None = None
    forwarded: tuple[tuple[str, str], ...] = ()

    def watched(self, request: PreparedRequest) -> AbstractContextManager[None]:
        """Return the block to send a request in."""
        return _UNWATCHED if self.by is None else watched(self.by, request)


class Sessions:
    """One connector for each way out, and as many sessions on them as differ in their settings."""

    def __init__(self, config: TransportConfig) -> None:
        self.config = config
        self.closed = False
        self._answers: set[aiohttp.ClientResponse] = set()
        self._direct = Route(make_connector(config))
        self._routes: dict[str, Route] = {}

    def new(
        self, route: Route, limits: Limits, middlewares: Sequence[aiohttp.ClientMiddlewareType] = ()
    ) -> aiohttp.ClientSession:
        """Make a session; closing it closes no connection."""
        session = aiohttp.ClientSession(
            connector=route.connector,
            connector_owner=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_NOT_ADDED,
            timeout=client_timeout(limits),
            read_bufsize=self.config.buffer_size,
            max_line_size=_HEADER_LINE,
            max_field_size=_HEADER_LINE,
            middlewares=middlewares,
            trace_configs=None if route.by is None else [tell_connections()],
        )
        # aiohttp would send GET, PUT and DELETE a second time; its test client switches that off in the same way.
        session._retry_connection = False  # pyright: ignore[reportPrivateUsage]
        return session

    def route(self, request: PreparedRequest) -> Route:
        """Return the way of a request, which has none once the sessions are closed."""
        if self.closed:
            raise ConnectError("the transport is closed", request.method, request.url.partition("?")[0])
        scheme = request.url.partition(":")[0]
        proxy = self.config.proxies.get(scheme)
        if proxy is None:
            return self._direct
        if scheme not in self._routes:
            self._routes[scheme] = _route(scheme, proxy, self.config, self._direct.connector)
        return self._routes[scheme]

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
        connectors = {self._direct.connector, *(route.connector for route in self._routes.values())}
        with anyio.move_on_after(_CLOSING, shield=True):
            for connector in connectors:
                await connector.aclose()


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


def _route(scheme: str, proxy: Proxy, config: TransportConfig, direct: WaitingConnector) -> Route:
    if proxy.is_socks:
        return Route(make_socks_connector(config, proxy), proxy)
    url = URL(proxy.url)
    if proxy.authorization is None:
        return Route(direct, proxy, url)
    if scheme == "https":
        return Route(direct, proxy, url, to_proxy={"Proxy-Authorization": proxy.authorization})
    return Route(direct, proxy, url, forwarded=(("Proxy-Authorization", proxy.authorization),))


_UNWATCHED: AbstractContextManager[None] = nullcontext()
