"""Errors of connections through an HTTP proxy: the exceptions and their messages."""

import logging
import ssl
import threading
import traceback

import anyio
import pytest

from kubex.errors import ConnectError, ConnectTimeout, ProxyError, TLSError
from kubex.transport import Limits, PreparedRequest, Proxy, Transport
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._capabilities import requires
from kubex_testing.compliance._clock import Clock
from kubex_testing.compliance._ports import free_port
from kubex_testing.compliance._suites.handlers import send_bytes
from kubex_testing.compliance.servers import (
    ConnectionHandler,
    OpenTransport,
    ServerConnection,
    StartServer,
    TunnelProxy,
    close_after_first_bytes,
    never_respond,
    wait_for_event,
)

URL = "https://kubernetes.test:6443/api?token=abc"


CREDENTIALS = ("user", "p:ä ss/swordfish")


def proxy_at(url: str) -> Proxy:
    return Proxy(url=url, username=CREDENTIALS[0], password=CREDENTIALS[1])


def respond_with_status(status: str, body: bytes = b"") -> ConnectionHandler:
    def handle(connection: ServerConnection) -> None:
        connection.read_request()
        connection.respond(body, status=status, headers="Content-Type: text/html\r\n")
        connection.wait_until_closed()

    return handle


@requires("http_proxies")
class ProxyErrorTests(BackendTests):
    """Errors of connections through an HTTP proxy: the exceptions and their messages."""

    @pytest.mark.parametrize(
        ("status", "body", "hint"),
        [
            (
                "407 Proxy Authentication Required",
                b"",
                "; it requires a user name and a password, or rejected them",
            ),
            ("403 Forbidden", b"<html>not there</html>", ""),
            ("502 Bad Gateway", b"x" * 100_000, ""),
        ],
    )
    async def test_refused_tunnel_has_the_same_message_on_each_backend(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        client_tls: ssl.SSLContext,
        status: str,
        body: bytes,
        hint: str,
    ) -> None:
        """The message for a refused tunnel contains the proxy, the status line and a remedy, but not the body."""
        proxy_server = start_server(respond_with_status(status, body))
        async with open_transport(ssl_context=client_tls, proxy=proxy_at(proxy_server.url)) as transport:
            with pytest.raises(ProxyError) as caught:
                await transport.request(PreparedRequest("GET", URL))
        prefix = "GET https://kubernetes.test:6443/api: "
        assert str(caught.value) == f"{prefix}proxy {proxy_server.url}: it refused with {status}{hint}"
        assert len(proxy_server.requests) == 1

    async def test_wrong_proxy_password_raises_proxy_error(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        client_tls: ssl.SSLContext,
        server_tls: ssl.SSLContext,
    ) -> None:
        """A wrong or missing password for the proxy raises ProxyError. An empty password is a password."""
        proxy_server, server = start_server(TunnelProxy(("user", ""))), start_server(tls=server_tls)
        correct = Proxy(url=proxy_server.url, username="user", password="")
        for proxy, accepted in (
            (proxy_at(proxy_server.url), False),
            (Proxy(url=proxy_server.url), False),
            (correct, True),
        ):
            async with open_transport(ssl_context=client_tls, proxy=proxy) as transport:
                if accepted:
                    assert (await transport.request(PreparedRequest("GET", server.url + "/"))).body == b"ok"
                else:
                    with pytest.raises(ProxyError, match="407"):
                        await transport.request(PreparedRequest("GET", server.url + "/"))
        assert server.connections == 1

    @pytest.mark.parametrize(
        "script",
        [close_after_first_bytes, send_bytes(b"not HTTP\r\n\r\n")],
        ids=["closes", "not-http"],
    )
    async def test_server_that_is_not_a_proxy_raises_proxy_error(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        client_tls: ssl.SSLContext,
        script: ConnectionHandler,
    ) -> None:
        """A server that does not reply to CONNECT with HTTP raises ProxyError."""
        proxy_server = start_server(script)
        async with open_transport(ssl_context=client_tls, proxy=proxy_at(proxy_server.url)) as transport:
            with pytest.raises(ProxyError, match=f"proxy {proxy_server.url}: "):
                await transport.request(PreparedRequest("POST", URL, body=b"{}"))

    async def test_connect_timeout_includes_the_response_of_the_proxy(
        self, open_transport: OpenTransport, start_server: StartServer, client_tls: ssl.SSLContext
    ) -> None:
        """`Limits.connect` includes the wait for the response of the proxy."""
        proxy_server = start_server(never_respond)
        limits = Limits(connect=0.2, read=None)
        async with open_transport(ssl_context=client_tls, proxy=proxy_at(proxy_server.url)) as transport:
            with pytest.raises(ConnectTimeout, match=rf"proxy {proxy_server.url}: no connection within 0.2 s"):
                await transport.request(PreparedRequest("GET", URL, limits=limits))

    async def test_connect_timeout_includes_the_tls_handshake_in_the_tunnel(
        self, open_transport: OpenTransport, start_server: StartServer, client_tls: ssl.SSLContext
    ) -> None:
        """`Limits.connect` includes the TLS handshake in a tunnel."""
        server, proxy_server = start_server(never_respond), start_server(TunnelProxy())
        request = PreparedRequest("GET", f"https://127.0.0.1:{server.port}/", limits=Limits(connect=0.3))
        async with open_transport(ssl_context=client_tls, proxy=Proxy(url=proxy_server.url)) as transport:
            with pytest.raises(ConnectTimeout, match=f"proxy {proxy_server.url}: "):
                await transport.request(request)

    async def test_connect_timeout_does_not_include_the_response_of_the_server(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        client_tls: ssl.SSLContext,
        server_tls: ssl.SSLContext,
        clock: Clock,
    ) -> None:
        """`Limits.connect` does not include the wait for the response of the server."""
        request_received, proceed = threading.Event(), threading.Event()

        def respond_later(connection: ServerConnection) -> None:
            connection.read_request()
            request_received.set()
            connection.wait_for(proceed)
            connection.respond(b"late")

        proxy_server, server = start_server(TunnelProxy()), start_server(respond_later, tls=server_tls)
        request = PreparedRequest("GET", server.url + "/", limits=Limits(connect=60))
        bodies: list[bytes] = []

        async def call(transport: Transport) -> None:
            bodies.append((await transport.request(request)).body)

        async with (
            open_transport(ssl_context=client_tls, proxy=Proxy(url=proxy_server.url)) as transport,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(call, transport)
            assert await wait_for_event(request_received)
            await clock.jump_when_idle(70)
            await anyio.wait_all_tasks_blocked()
            proceed.set()
        assert bodies == [b"late"]

    @pytest.mark.parametrize("scheme", ["http", "https"])
    async def test_error_for_unreachable_proxy_contains_its_url(
        self, open_transport: OpenTransport, client_tls: ssl.SSLContext, scheme: str
    ) -> None:
        """The error for a proxy that cannot be reached contains the URL of the proxy."""
        url = f"http://127.0.0.1:{free_port()}"
        async with open_transport(ssl_context=client_tls, proxy=proxy_at(url)) as transport:
            with pytest.raises(ProxyError, match=f"proxy {url}: "):
                await transport.request(PreparedRequest("GET", URL.replace("https", scheme)))

    async def test_untrusted_server_in_a_tunnel_raises_tls_error(
        self, open_transport: OpenTransport, start_server: StartServer, server_tls: ssl.SSLContext
    ) -> None:
        """A server in a tunnel with an untrusted certificate raises TLSError, which names the proxy."""
        proxy_server, server = start_server(TunnelProxy()), start_server(tls=server_tls)
        empty_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        async with open_transport(ssl_context=empty_context, proxy=Proxy(url=proxy_server.url)) as transport:
            with pytest.raises(TLSError, match=rf"proxy {proxy_server.url}: .*certificate was rejected"):
                await transport.request(PreparedRequest("GET", server.url + "/"))

    async def test_proxy_password_is_not_in_errors_and_logs(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        client_tls: ssl.SSLContext,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """The password of a proxy is not part of errors, logs and `repr()`."""
        caplog.set_level(logging.DEBUG)
        proxy_server = start_server(respond_with_status("407 Proxy Authentication Required"))
        proxy = proxy_at(proxy_server.url)
        async with open_transport(ssl_context=client_tls, proxy=proxy) as transport:
            with pytest.raises(ConnectError) as caught:
                await transport.request(PreparedRequest("GET", URL))
            await transport.request(PreparedRequest("GET", "http://kubernetes.test/"))
            output = f"{caplog.text} {transport.config!r}"
        output += "".join(traceback.format_exception(caught.value)) + repr(caught.value)
        error: BaseException | None = caught.value.__cause__
        while error is not None:
            output += repr(error)
            error = error.__cause__
        assert proxy.authorization is not None
        assert proxy.authorization in (proxy_server.requests[0].header("proxy-authorization") or "")
        for secret in ("swordfish", proxy.authorization.removeprefix("Basic ")):
            assert secret not in output
