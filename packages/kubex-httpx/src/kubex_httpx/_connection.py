"""An httpx transport with one connection."""

import logging
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import anyio
import httpcore
import httpx

from kubex.core.exceptions import ProxyError
from kubex.transport import TCP_KEEP_ALIVE, ConnectGuard, PreparedRequest, Proxy, TransportConfig, proxy_refusal

# In seconds: a connection that has not closed by then is left to the operating system.
_CLOSING = 5.0
# In seconds. `ConnectGuard` applies the limit of a SOCKS proxy; without one python-socks would apply 60 s.
_NO_LIMIT = 86400.0


class Connection:
    """An httpx transport that serves one request at a time, so its pool never has more than one connection.

    With `http2` it serves several requests at a time.
    """

    def __init__(self, config: TransportConfig, *, http2: bool = False) -> None:
        self._transport = _make_transport(config, http2=http2)
        self._proxy = config.proxy
        self._stream: httpcore.AsyncNetworkStream | None = None
        self.http2 = http2
        self.users = 0
        self.socket: socket.socket | None = None

    async def send(self, request: PreparedRequest, guard: ConnectGuard) -> httpx.Response:
        """Send a request and return when the headers of the response have arrived."""
        opening: list[httpcore.AsyncNetworkStream] = []  # httpcore does not close it if the TLS handshake is cancelled

        async def trace(event: str, info: dict[str, Any]) -> None:
            step = event.partition(".")[2]
            if step == "connect_tcp.started":
                guard.started()
            elif step == "connect_tcp.complete":
                opening.append(info["return_value"])
            elif step == "send_request_headers.started" and info["request"].method != b"CONNECT":
                opening.clear()
                guard.established()

        limits, is_socks = request.limits, self._proxy is not None and self._proxy.is_socks
        timeout = {"connect": limits.connect, "read": limits.read, "write": limits.write, "pool": None}
        extensions: dict[str, Any] = {"timeout": timeout}
        if self._proxy is not None or request.scheme == "https":
            extensions["trace"] = trace
        if is_socks:
            timeout["connect"] = _NO_LIMIT
            guard.started()  # httpx-socks reports nothing before the connection is complete
        try:
            response = await self._transport.handle_async_request(_httpx_request(request, extensions))
        except httpx.ProxyError as error:
            raise ProxyError(proxy_refusal(str(error))) from None
        finally:
            for stream in opening:
                with anyio.move_on_after(_CLOSING, shield=True):
                    await stream.aclose()
        network_stream: httpcore.AsyncNetworkStream = response.extensions["network_stream"]
        if network_stream is not self._stream:
            self._stream = network_stream
            self.socket = connected = network_stream.get_extra_info("socket")
            for option in TCP_KEEP_ALIVE if self._proxy is not None else ():  # httpx sets them without a proxy only
                connected.setsockopt(*option)
        return response

    def shut_down(self) -> None:
        """End the connection for both sides at once; `aclose()` releases the socket."""
        if self.socket is not None:
            with suppress(OSError), self.socket.dup() as duplicate:  # uvloop does not shut down the original
                duplicate.shutdown(socket.SHUT_RDWR)

    async def aclose(self) -> None:
        """Close the connection in any state."""
        with anyio.move_on_after(_CLOSING, shield=True):
            await self._transport.aclose()


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
    settings: dict[str, Any] = {
        # For plain HTTP an empty context: httpx would read the trusted certificates of the machine.
        "verify": config.ssl_context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        "trust_env": False,
        "limits": httpx.Limits(
            max_connections=None if http2 else 1,
            max_keepalive_connections=None if config.keep_alive else 0,
            keepalive_expiry=config.keep_alive_timeout,
        ),
        "http2": http2,
    }
    if proxy is not None and proxy.is_socks:
        return _socks_transport(proxy, settings)
    if proxy is not None:
        authorization = None if proxy.authorization is None else {"Proxy-Authorization": proxy.authorization}
        settings["proxy"] = httpx.Proxy(proxy.url, ssl_context=config.proxy_ssl_context, headers=authorization)
    return httpx.AsyncHTTPTransport(socket_options=TCP_KEEP_ALIVE, **settings)


def _socks_transport(proxy: Proxy, settings: dict[str, Any]) -> httpx.AsyncBaseTransport:
    from httpx_socks import AsyncProxyTransport
    from python_socks import ProxyType

    return AsyncProxyTransport(
        proxy_type=ProxyType.SOCKS5, proxy_host=proxy.host, proxy_port=proxy.port or 0,
        username=proxy.username, password=proxy.password, rdns=True, **settings,
    )  # fmt: skip
