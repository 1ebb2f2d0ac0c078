# Generated from kubex-httpx by packages/kubex-httpx2/tools/generate.py. Change it there.
"""Connections of httpcore2, the library below httpx2."""

import logging
from collections.abc import AsyncIterator
from typing import Any, cast
from urllib.parse import urlsplit

import anyio
import httpcore2
from typing_extensions import override

from kubex.errors import ConnectionLost, ProxyError
from kubex.transport import TCP_KEEP_ALIVE, ConnectGuard, PreparedRequest, TransportConfig, proxy_refusal
from kubex_httpx2._body_reader import BodyReader
from kubex_httpx2._stream import Stream, translate_socket_errors

# In seconds. Kubex does not wait longer for a connection to close.
_CLOSE_TIMEOUT = 5.0

# In seconds: python-socks replaces None with 60. ConnectGuard applies the limit of the request.
_NO_TIMEOUT = 86400.0

# The type and version of a TLS record with an alert: the server received plain HTTP on a TLS port.
_TLS_ALERT = b"\x15\x03"


class Connection(httpcore2.AsyncNetworkBackend):
    """A pool of httpcore2 that is used for one request at a time, so it has one connection.

    With `http2`, several requests share it. It is also the network backend of the pool, and opens the connection.
    """

    def __init__(self, config: TransportConfig, *, http2: bool = False) -> None:
        self._pool = _make_pool(config, self, http2=http2)
        self._proxy = config.proxy
        self._network_stream: Stream | None = None
        self.http_version = b""
        # The stream of the latest response. It differs from _network_stream if httpcore2 has already read data of a
        # WebSocket after the headers.
        self.stream: Any = None
        self.http2 = http2
        self.active_requests = 0
        self.socket: Any = None  # its type depends on the event loop

    async def send(self, request: PreparedRequest, guard: ConnectGuard) -> httpcore2.Response:
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
            response = await self._pool.handle_async_request(_httpcore2_request(request, extensions))
        except httpcore2.ProxyError as error:
            raise ProxyError(proxy_refusal(str(error))) from None
        except httpcore2.RemoteProtocolError as error:
            # h11 suggests this status if the headers are larger than 100 KiB.
            if getattr(error.__context__, "error_status_hint", None) == 431:
                problem = "the headers of the response are too large"
                raise ConnectionLost(problem, request.method, request.shown_url) from error
            # The message of h11 does not contain the data, but classify_tls_error() needs it to detect a TLS server.
            if self._network_stream is not None and self._network_stream.last_read.startswith(_TLS_ALERT):
                error.args = (f"illegal status line: {self._network_stream.last_read[:20]!r}",)
                error.__context__ = error.__cause__ = None
            raise
        extensions = cast("dict[str, Any]", response.extensions)  # pyright: ignore[reportUnknownMemberType]
        self.stream, self.http_version = extensions["network_stream"], extensions["http_version"]
        if response.status == 101 and self._network_stream is not None:
            self._network_stream.duplex = False  # Httpx2WebSocket reads from the stream
        return response

    @override
    async def connect_tcp(self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any) -> Stream:
        """Open a connection for httpcore2."""
        with translate_socket_errors(timeout, httpcore2.ConnectTimeout, httpcore2.ConnectError):
            if self._proxy is None or not self._proxy.is_socks:
                stream = await anyio.connect_tcp(host, port)
            else:
                from python_socks import ProxyType  # installed by the extra `socks`
                from python_socks.async_.anyio import Proxy as SocksProxy

                credentials = self._proxy.username, self._proxy.password
                socks = SocksProxy(ProxyType.SOCKS5, self._proxy.host, self._proxy.port or 0, *credentials, rdns=True)
                stream = await socks.connect(host, port, timeout=_NO_TIMEOUT)
        self._network_stream = Stream(stream)
        self.socket = self._network_stream.get_extra_info("socket")
        for option in TCP_KEEP_ALIVE:
            self.socket.setsockopt(*option)
        return self._network_stream

    def body_reader(self, read_timeout: float | None) -> BodyReader | None:
        """Return the reader of a response body, or None if httpcore2 has to read it, for example with HTTP/2."""
        if self.http2 or len(self._pool.connections) != 1:
            return None  # several requests share the pool, which may have several connections
        parser, stream = self._find_parser(), self._network_stream
        return None if parser is None or stream is None else BodyReader(parser, stream, read_timeout)

    def _find_parser(self) -> Any:
        """Return the parser of HTTP/1.1, and None for HTTP/2 or if httpcore2 does not have the private attributes."""
        connection: Any = next(iter(self._pool.connections), None)
        # The connection of the pool wraps the HTTP/1.1 connection; with a proxy, it does this several times.
        while (inner := getattr(connection, "_connection", None)) is not None:
            connection = inner
        return getattr(connection, "_h11_state", None)

    def has_unread_data(self) -> bool:
        """Return whether the server sent data after the response. httpcore2 would use this data as the next response.

        Without the parser this is unknown, so the method returns True, and no connection is reused.
        """
        parser = self._find_parser()
        if parser is None or self._network_stream is None:
            return True
        return bool(parser.trailing_data[0]) or self._network_stream.has_unread_data()

    async def aclose(self) -> None:
        """Close the connection, also during a request."""
        with anyio.move_on_after(_CLOSE_TIMEOUT, shield=True):
            await self._pool.aclose()


class _Body(AsyncIterator[bytes]):
    """A request body in one part.

    httpcore2 uses an async generator. If a request ends before the generator, trio warns about it.
    """

    def __init__(self, body: bytes) -> None:
        self._parts = iter((body,) if body else ())

    @override
    async def __anext__(self) -> bytes:
        for part in self._parts:
            return part
        raise StopAsyncIteration


def _httpcore2_request(request: PreparedRequest, extensions: dict[str, Any]) -> httpcore2.Request:
    parts, body = urlsplit(request.url), request.body or b""
    host = parts.netloc.rpartition("@")[2].removesuffix(":443" if parts.scheme == "https" else ":80")
    headers = [(b"Host", host.encode()), *request.raw_headers]
    if request.body is not None or request.method in ("POST", "PUT", "PATCH"):
        headers.append((b"Content-Length", b"%d" % len(body)))
    url = httpcore2.URL(scheme=parts.scheme, host=request.host, port=request.port, target=request.target)
    return httpcore2.Request(request.method, url, headers=headers, content=_Body(body), extensions=extensions)


def _make_pool(config: TransportConfig, network_backend: Connection, *, http2: bool) -> httpcore2.AsyncConnectionPool:
    # At DEBUG, hpack logs all headers with the tokens. Keep a level that the program has set.
    if http2 and logging.getLogger("hpack").level == logging.NOTSET:
        logging.getLogger("hpack").setLevel(logging.INFO)
    proxy = None
    if config.proxy is not None and not config.proxy.is_socks:
        authorization = config.proxy.authorization
        headers = [] if authorization is None else [(b"Proxy-Authorization", authorization.encode())]
        proxy = httpcore2.Proxy(config.proxy.url, headers=headers, ssl_context=config.proxy_ssl_context)
    return httpcore2.AsyncConnectionPool(
        ssl_context=config.ssl_context,
        proxy=proxy,
        max_connections=None if http2 else 1,
        keepalive_expiry=config.keep_alive_timeout,
        http2=http2,
        network_backend=network_backend,
    )
