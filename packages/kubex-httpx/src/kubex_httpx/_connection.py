"""A connection of httpcore, the transport of httpx."""

import logging
from collections.abc import AsyncIterator
from typing import Any, cast
from urllib.parse import urlsplit

import anyio
import httpcore
from typing_extensions import override

from kubex.errors import ConnectionLost, ProxyError
from kubex.transport import TCP_KEEP_ALIVE, ConnectGuard, PreparedRequest, TransportConfig, proxy_refusal
from kubex_httpx._stream import Stream, translated

_CLOSING = 5.0  # in seconds; after that Kubex does not wait any longer
_NO_LIMIT = 86400.0  # in seconds; python-socks would have a limit of 60 s

_TLS_ALERT = b"\x15\x03"


class Connection(httpcore.AsyncNetworkBackend):
    """A pool of httpcore for one request at a time, so it has one connection; for several with `http2`."""

    def __init__(self, config: TransportConfig, *, http2: bool = False) -> None:
        self._pool = _make_pool(config, self, http2=http2)
        self._proxy = config.proxy
        self._opened: Stream | None = None
        self.http_version = b""
        self.stream: Any = None  # of the latest response; it can contain data of a WebSocket
        self.http2 = http2
        self.users = 0
        self.socket: Any = None  # its type depends on the event loop

    async def send(self, request: PreparedRequest, guard: ConnectGuard) -> httpcore.Response:
        """Send a request and return when the headers of the response have arrived."""

        async def trace(event: str, info: dict[str, Any]) -> None:
            step = event.partition(".")[2]
            if step == "connect_tcp.started":
                guard.started()
            elif step == "send_request_headers.started" and info["request"].method != b"CONNECT":
                guard.established()

        limits = request.limits
        extensions: dict[str, Any] = {
            "timeout": {"connect": limits.connect, "read": limits.read, "write": limits.write}
        }
        if self._proxy is not None:
            extensions["trace"] = trace
        try:
            response = await self._pool.handle_async_request(_httpcore_request(request, extensions))
        except httpcore.ProxyError as error:
            raise ProxyError(proxy_refusal(str(error))) from None
        except httpcore.RemoteProtocolError as error:
            if getattr(error.__context__, "error_status_hint", None) == 431:  # of h11, above 100 KiB
                problem = "the headers of the response are too large"
                raise ConnectionLost(problem, request.method, request.shown_url) from error
            if self._opened is not None and self._opened.latest.startswith(_TLS_ALERT):  # h11 does not say
                error.args = (f"illegal status line: {self._opened.latest[:20]!r}",)
                error.__context__ = error.__cause__ = None
            raise
        extensions = cast("dict[str, Any]", response.extensions)  # pyright: ignore[reportUnknownMemberType]
        self.stream, self.http_version = extensions["network_stream"], extensions["http_version"]
        if response.status == 101 and self._opened is not None:
            self._opened.duplex = False  # a WebSocket receives itself
        return response

    @override
    async def connect_tcp(self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any) -> Stream:
        """Open a connection for httpcore."""
        with translated(timeout, httpcore.ConnectTimeout, httpcore.ConnectError):
            if self._proxy is None or not self._proxy.is_socks:
                stream = await anyio.connect_tcp(host, port)
            else:
                from python_socks import ProxyType  # an extra
                from python_socks.async_.anyio import Proxy as Socks

                login = self._proxy.username, self._proxy.password
                socks = Socks(ProxyType.SOCKS5, self._proxy.host, self._proxy.port or 0, *login, rdns=True)
                stream = await socks.connect(host, port, timeout=_NO_LIMIT)
        self._opened = Stream(stream)
        self.socket = self._opened.get_extra_info("socket")
        for option in TCP_KEEP_ALIVE:
            self.socket.setsockopt(*option)
        return self._opened

    def has_more(self) -> bool:
        """Tell whether bytes follow the response, which httpcore would read as the next response.

        Attributes of httpcore that are not public lead to the parser; with a version that has others, no connection is
        kept.
        """
        connection: Any = next(iter(self._pool.connections), None)
        while (inner := getattr(connection, "_connection", None)) is not None:  # of proxies, several
            connection = inner
        parser = getattr(connection, "_h11_state", None)
        return parser is None or bool(parser.trailing_data[0]) or self._opened is None or self._opened.has_unread()

    async def aclose(self) -> None:
        """Close the connection in any state."""
        with anyio.move_on_after(_CLOSING, shield=True):
            await self._pool.aclose()


class _Body(AsyncIterator[bytes]):
    """A body in one piece. That of httpcore is an async generator: trio warns if a request ends before it."""

    def __init__(self, body: bytes) -> None:
        self._parts = iter((body,) if body else ())

    @override
    async def __anext__(self) -> bytes:
        for part in self._parts:
            return part
        raise StopAsyncIteration


def _httpcore_request(request: PreparedRequest, extensions: dict[str, Any]) -> httpcore.Request:
    parts, body = urlsplit(request.url), request.body or b""
    host = parts.netloc.rpartition("@")[2].removesuffix(":443" if parts.scheme == "https" else ":80")
    headers = [(b"Host", host.encode()), *request.raw_headers]
    if request.body is not None or request.method in ("POST", "PUT", "PATCH"):
        headers.append((b"Content-Length", b"%d" % len(body)))
    url = httpcore.URL(scheme=parts.scheme, host=request.host, port=request.port, target=request.target)
    return httpcore.Request(request.method, url, headers=headers, content=_Body(body), extensions=extensions)


def _make_pool(config: TransportConfig, network: Connection, *, http2: bool) -> httpcore.AsyncConnectionPool:
    if http2 and logging.getLogger("hpack").level == logging.NOTSET:
        logging.getLogger("hpack").setLevel(logging.INFO)  # at DEBUG it logs all headers, tokens too
    proxy = None
    if config.proxy is not None and not config.proxy.is_socks:
        authorization = config.proxy.authorization
        headers = [] if authorization is None else [(b"Proxy-Authorization", authorization.encode())]
        proxy = httpcore.Proxy(config.proxy.url, headers=headers, ssl_context=config.proxy_ssl_context)
    return httpcore.AsyncConnectionPool(
        ssl_context=config.ssl_context,
        proxy=proxy,
        max_connections=None if http2 else 1,
        keepalive_expiry=config.keep_alive_timeout,
        http2=http2,
        network_backend=network,
    )
