"""An httpx transport with one connection."""

import logging
import ssl
from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpcore
import httpx

from kubex.errors import ProxyError
from kubex.transport import TCP_KEEP_ALIVE, ConnectGuard, PreparedRequest, TransportConfig, proxy_refusal

_CLOSING = 5.0  # in seconds; after that Kubex does not wait any longer
_NO_LIMIT = 86400.0  # in seconds; python-socks would have a limit of 60 s

_TLS_ALERT = b"\x15\x03"

# For plain HTTP: without a context httpx would read the trusted certificates of the machine.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Connection:
    """An httpx transport for one request at a time, so its pool has one connection; for several with `http2`."""

    def __init__(self, config: TransportConfig, *, http2: bool = False) -> None:
        self._transport = _make_transport(config, http2=http2)
        self._proxy = config.proxy
        self.stream: Any = None
        self.http2 = http2
        self.users = 0
        self.socket: Any = None  # its type depends on the event loop

    async def send(self, request: PreparedRequest, guard: ConnectGuard) -> httpx.Response:
        """Send a request and return when the headers of the response have arrived."""
        opening: list[httpcore.AsyncNetworkStream] = []  # httpcore does not close it if the TLS handshake is cancelled

        parsers: list[Any] = []

        async def trace(event: str, info: dict[str, Any]) -> None:
            step = event.partition(".")[2]
            if step == "connect_tcp.started":
                guard.started()
            elif step == "connect_tcp.complete":
                opening.append(info["return_value"])
            elif step == "send_request_headers.started" and info["request"].method != b"CONNECT":
                opening.clear()
                guard.established()
            elif step == "receive_response_headers.started":
                parsers[:] = self._parsers()

        limits, is_socks = request.limits, self._proxy is not None and self._proxy.is_socks
        connect = _NO_LIMIT if is_socks else limits.connect
        timeout = {"connect": connect, "read": limits.read, "write": limits.write}
        extensions: dict[str, Any] = {"timeout": timeout}
        if self._proxy is not None or request.scheme == "https" or self.stream is None:
            extensions["trace"] = trace  # a new connection may be to a server that speaks TLS
        if is_socks:
            guard.started()  # it applies the limit; httpx-socks reports nothing before the connection is complete
        try:
            response = await self._transport.handle_async_request(_httpx_request(request, extensions))
        except httpx.ProxyError as error:
            raise ProxyError(proxy_refusal(str(error))) from None
        except httpx.RemoteProtocolError as error:
            received = b"".join(parser.trailing_data[0] for parser in parsers)
            if received.startswith(_TLS_ALERT):  # h11 does not say what it received
                error.args = (f"illegal status line: {received[:20]!r}",)
                error.__context__ = error.__cause__ = None
            raise
        finally:
            for unfinished in opening:
                with anyio.move_on_after(_CLOSING, shield=True):
                    await unfinished.aclose()
        stream = response.extensions["network_stream"]
        if stream is not self.stream:
            self.stream = stream
            self.socket = connected = stream.get_extra_info("socket")
            for option in TCP_KEEP_ALIVE if self._proxy is not None else ():  # httpx sets them without a proxy only
                connected.setsockopt(*option)
        return response

    def has_more(self) -> bool:
        """Tell whether bytes follow the response, which httpcore would read as the next response."""
        parsers = self._parsers()  # without one it is unknown
        return not parsers or bool(parsers[0].trailing_data[0]) or _has_unread_tls(self.stream)

    def _parsers(self) -> list[Any]:
        """Find the HTTP/1.1 parser of the connection.

        Attributes of httpcore that are not public lead to it; with a version that has others, no connection is kept.
        """
        found: list[Any] = []
        for connection in getattr(getattr(self._transport, "_pool", None), "connections", ()):
            inner = connection
            while (next_inner := getattr(inner, "_connection", None)) is not None:  # of proxies, several
                inner = next_inner
            found += [] if (parser := getattr(inner, "_h11_state", None)) is None else [parser]
        return found

    async def aclose(self) -> None:
        """Close the connection in any state."""
        with anyio.move_on_after(_CLOSING, shield=True):
            await self._transport.aclose()


def _has_unread_tls(stream: httpcore.AsyncNetworkStream) -> bool:
    """Tell whether the TLS library has received more than was read; a byte that is read here is lost."""
    tls: ssl.SSLObject | None = stream.get_extra_info("ssl_object")
    try:
        if tls is None:
            return False
        tls.read(1)
    except ssl.SSLWantReadError:
        return False
    except ssl.SSLError:  # the server has closed the connection
        pass
    return True


class _Body(httpx.AsyncByteStream):
    """A body in one piece. That of httpx is an async generator: trio warns if a request ends before it."""

    def __init__(self, body: bytes) -> None:
        self._parts = iter((body,) if body else ())

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        for part in self._parts:
            return part
        raise StopAsyncIteration


def _httpx_request(request: PreparedRequest, extensions: dict[str, Any]) -> httpx.Request:
    url, body = httpx.URL(request.url), request.body or b""
    headers = [(b"Host", url.netloc), *request.raw_headers]
    if request.body is not None or request.method in ("POST", "PUT", "PATCH"):
        headers.append((b"Content-Length", b"%d" % len(body)))
    return httpx.Request(request.method, url, headers=headers, stream=_Body(body), extensions=extensions)


def _make_transport(config: TransportConfig, *, http2: bool) -> httpx.AsyncBaseTransport:
    if http2 and logging.getLogger("hpack").level == logging.NOTSET:
        logging.getLogger("hpack").setLevel(logging.INFO)  # at DEBUG it logs all headers, tokens too
    proxy = config.proxy
    limits = httpx.Limits(max_connections=None if http2 else 1, keepalive_expiry=config.keep_alive_timeout)
    settings: dict[str, Any] = {"verify": config.ssl_context or _NO_TLS, "limits": limits, "http2": http2}
    if proxy is not None and proxy.is_socks:
        from httpx_socks import AsyncProxyTransport
        from python_socks import ProxyType

        settings |= {"proxy_type": ProxyType.SOCKS5, "proxy_host": proxy.host, "proxy_port": proxy.port or 0}
        return AsyncProxyTransport(username=proxy.username, password=proxy.password, rdns=True, **settings)
    if proxy is not None:
        authorization = None if proxy.authorization is None else {"Proxy-Authorization": proxy.authorization}
        settings["proxy"] = httpx.Proxy(proxy.url, ssl_context=config.proxy_ssl_context, headers=authorization)
    return httpx.AsyncHTTPTransport(socket_options=TCP_KEEP_ALIVE, **settings)
