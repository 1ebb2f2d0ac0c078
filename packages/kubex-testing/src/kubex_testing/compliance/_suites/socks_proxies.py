"""Requests through a SOCKS5 proxy."""

import logging
import socket
import ssl
import threading
import traceback
from typing import Any

import anyio
import pytest

from kubex.errors import ConnectTimeout, ProxyError, TLSError
from kubex.transport import Limits, PreparedRequest, Proxy, WebSocketMessage
from kubex_testing._pki import CertificateAuthority
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._capabilities import requires
from kubex_testing.compliance._ports import free_port
from kubex_testing.compliance._suites.handlers import send_bytes, send_one_chunk
from kubex_testing.compliance._tls import server_context
from kubex_testing.compliance.servers import (
    ConnectionHandler,
    OpenTransport,
    ServerConnection,
    SocksProxy,
    StartServer,
    UserPassword,
    close_after_first_bytes,
    echo_messages,
    never_respond,
    wait_for_event,
    websocket_request,
)


def proxy_at(port: int, credentials: UserPassword | None = None, scheme: str = "socks5") -> Proxy:
    user, password = credentials or (None, None)
    return Proxy(url=f"{scheme}://127.0.0.1:{port}", username=user, password=password)


@requires("socks_proxies")
class SOCKSProxyTests(BackendTests):
    """Requests through a SOCKS5 proxy."""

    @pytest.mark.parametrize("bytewise", [False, True], ids=["complete messages", "bytewise"])
    @pytest.mark.parametrize(
        "credentials", [None, ("user", "p@ss word")], ids=["without credentials", "with credentials"]
    )
    @pytest.mark.parametrize("scheme", ["http", "https"])
    async def test_requests_use_the_socks_proxy(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
        scheme: str,
        credentials: UserPassword | None,
        bytewise: bool,
    ) -> None:
        """Requests use the SOCKS5 proxy, with its user name and password.

        The proxy can send its replies in pieces.
        """
        socks = SocksProxy(credentials, bytewise=bytewise)
        server, proxy_server = start_server(tls=server_tls if scheme == "https" else None), start_server(socks)
        async with open_transport(ssl_context=client_tls, proxy=proxy_at(proxy_server.port, credentials)) as transport:
            for _ in range(2):
                response = await transport.request(
                    PreparedRequest("POST", server.url + "/a%2Fb", (("X-A", "b"),), b"{}")
                )
                assert response.body == b"ok"
        assert socks.targets == [("127.0.0.1", server.port)]
        assert socks.received_credentials == ([credentials] if credentials else [])
        assert [(request.target, request.body) for request in server.requests] == [("/a%2Fb", b"{}")] * 2
        assert {request.header("proxy-authorization") for request in server.requests} == {None}
        assert server.connections == 1

    @pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
    @pytest.mark.parametrize(
        ("host", "target"),
        [("kubernetes.test", "name kubernetes.test"), ("127.0.0.1", "127.0.0.1"), ("[::1]", "::1")],
    )
    async def test_socks_proxy_resolves_host_names(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        authority: CertificateAuthority,
        client_tls: ssl.SSLContext,
        host: str,
        target: str,
        scheme: str,
    ) -> None:
        """A SOCKS5 proxy resolves host names. IP addresses are sent as addresses."""
        context = server_context(authority, host.strip("[]"))
        socks = SocksProxy()
        server, proxy_server = start_server(tls=context), start_server(socks)
        async with open_transport(
            ssl_context=client_tls, proxy=proxy_at(proxy_server.port, scheme=scheme)
        ) as transport:
            response = await transport.request(PreparedRequest("GET", f"https://{host}:{server.port}/"))
        assert response.body == b"ok"
        assert socks.targets == [(target, server.port)]
        assert server.requests[0].header("host") == f"{host}:{server.port}"

    @requires("websockets")
    @pytest.mark.parametrize("scheme", ["http", "https"])
    async def test_websockets_use_the_socks_proxy(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
        scheme: str,
    ) -> None:
        """WebSockets use the SOCKS5 proxy."""
        socks = SocksProxy(("user", "word"))
        server, proxy_server = (
            start_server(echo_messages, tls=server_tls if scheme == "https" else None),
            start_server(socks),
        )
        async with (
            open_transport(ssl_context=client_tls, proxy=proxy_at(proxy_server.port, ("user", "word"))) as transport,
            transport.websocket(websocket_request(server.url)) as websocket,
        ):
            await websocket.send(b"x" * 100_000)
            assert await websocket.receive() == WebSocketMessage("binary", b"x" * 100_000)
        assert socks.targets == [("127.0.0.1", server.port)]

    async def test_stream_through_a_socks_proxy_is_closed_when_its_block_ends(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
    ) -> None:
        """Leaving a stream through a SOCKS5 proxy closes the connection."""
        server, proxy_server = start_server(send_one_chunk, tls=server_tls), start_server(SocksProxy())
        async with open_transport(ssl_context=client_tls, proxy=proxy_at(proxy_server.port)) as transport:
            async with transport.stream(PreparedRequest("GET", server.url + "/")) as response:
                assert await response.receive() == b"first\n"
            assert await wait_for_event(server.connection_closed)

    @pytest.mark.parametrize(
        ("socks", "credentials"),
        [
            (SocksProxy(reply=1), None),
            (SocksProxy(reply=2), None),
            (SocksProxy(reply=4), None),
            (SocksProxy(reply=5), None),
            (SocksProxy(("user", "word")), None),
            (SocksProxy(("user", "word")), ("user", "swordfish")),
        ],
        ids=["failure", "not-allowed", "unreachable", "refused", "credentials-required", "credentials-wrong"],
    )
    async def test_connection_refused_by_a_socks_proxy_raises_proxy_error(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        client_tls: ssl.SSLContext,
        socks: SocksProxy,
        credentials: UserPassword | None,
    ) -> None:
        """A SOCKS5 proxy that refuses to connect raises ProxyError, which names the proxy but no password."""
        proxy_server = start_server(socks)
        async with open_transport(ssl_context=client_tls, proxy=proxy_at(proxy_server.port, credentials)) as transport:
            with pytest.raises(ProxyError, match=f"proxy socks5://127.0.0.1:{proxy_server.port}: ") as caught:
                await transport.request(PreparedRequest("POST", "https://kubernetes.test/?token=abc", body=b"{}"))
        assert "swordfish" not in str(caught.value)
        assert "token=abc" not in str(caught.value)

    @pytest.mark.parametrize(
        "handler",
        [close_after_first_bytes, send_bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n")],
        ids=["closes", "http"],
    )
    async def test_server_that_is_not_a_socks_proxy_raises_proxy_error(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        client_tls: ssl.SSLContext,
        handler: ConnectionHandler,
    ) -> None:
        """A server that does not use SOCKS5 raises ProxyError, which names the proxy."""
        proxy_server = start_server(handler)
        async with open_transport(ssl_context=client_tls, proxy=proxy_at(proxy_server.port)) as transport:
            with pytest.raises(ProxyError, match=f"proxy socks5://127.0.0.1:{proxy_server.port}: "):
                await transport.request(PreparedRequest("GET", "https://kubernetes.test/"))

    async def test_unreachable_socks_proxy_raises_proxy_error(
        self, open_transport: OpenTransport, client_tls: ssl.SSLContext
    ) -> None:
        """A SOCKS5 proxy that cannot be reached raises ProxyError, which names the proxy."""
        port = free_port()
        async with open_transport(ssl_context=client_tls, proxy=proxy_at(port)) as transport:
            with pytest.raises(ProxyError, match=f"proxy socks5://127.0.0.1:{port}: "):
                await transport.request(PreparedRequest("GET", "https://kubernetes.test/"))

    @pytest.mark.parametrize("through_proxy", [False, True], ids=["proxy does not respond", "server does not respond"])
    async def test_connect_timeout_includes_proxy_and_tls_handshake(
        self, open_transport: OpenTransport, start_server: StartServer, client_tls: ssl.SSLContext, through_proxy: bool
    ) -> None:
        """`Limits.connect` includes the handshakes with the SOCKS5 proxy and with the server."""
        server, proxy_server = (
            start_server(never_respond),
            start_server(SocksProxy() if through_proxy else never_respond),
        )
        request = PreparedRequest("GET", f"https://127.0.0.1:{server.port}/", limits=Limits(connect=0.3))
        async with open_transport(ssl_context=client_tls, proxy=proxy_at(proxy_server.port)) as transport:
            with pytest.raises(ConnectTimeout, match=f"proxy socks5://127.0.0.1:{proxy_server.port}: "):
                await transport.request(request)

    async def test_cancelled_connection_attempt_closes_the_connection_to_the_socks_proxy(
        self, open_transport: OpenTransport, start_server: StartServer, client_tls: ssl.SSLContext
    ) -> None:
        """A request that is cancelled while the SOCKS5 proxy connects closes its connection."""
        greeting_received = threading.Event()

        def never_reply(connection: ServerConnection) -> None:
            connection.read_more()
            greeting_received.set()
            connection.wait_until_closed()

        proxy_server = start_server(never_reply)
        async with open_transport(ssl_context=client_tls, proxy=proxy_at(proxy_server.port)) as transport:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(transport.request, PreparedRequest("GET", "https://kubernetes.test/"))
                assert await wait_for_event(greeting_received)
                tasks.cancel_scope.cancel()
            assert await wait_for_event(proxy_server.connection_closed)

    async def test_untrusted_server_behind_a_socks_proxy_raises_tls_error(
        self, open_transport: OpenTransport, start_server: StartServer, server_tls: ssl.SSLContext
    ) -> None:
        """An untrusted server behind a SOCKS5 proxy raises TLSError."""
        server, proxy_server = start_server(tls=server_tls), start_server(SocksProxy())
        empty_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        async with open_transport(ssl_context=empty_context, proxy=proxy_at(proxy_server.port)) as transport:
            with pytest.raises(TLSError, match="certificate was rejected"):
                await transport.request(PreparedRequest("GET", server.url + "/"))

    async def test_password_of_a_socks_proxy_is_not_in_errors_and_logs(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        client_tls: ssl.SSLContext,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """The password of a SOCKS5 proxy is not part of errors, logs and `repr()`."""
        caplog.set_level(logging.DEBUG)
        socks = SocksProxy(("user", "word"))
        proxy_server = start_server(socks)
        async with open_transport(
            ssl_context=client_tls, proxy=proxy_at(proxy_server.port, ("user", "swordfish"))
        ) as transport:
            with pytest.raises(ProxyError) as caught:
                await transport.request(PreparedRequest("GET", "https://kubernetes.test/"))
            output = caplog.text + repr(transport.config) + "".join(traceback.format_exception(caught.value))
        assert socks.received_credentials == [("user", "swordfish")]
        assert "swordfish" not in output

    @requires("python_sockets")
    async def test_tcp_keep_alive_is_enabled_with_a_socks_proxy(
        self, open_transport: OpenTransport, start_server: StartServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The options in TCP_KEEP_ALIVE are set on sockets to a SOCKS5 proxy."""
        options: list[tuple[object, ...]] = []
        setsockopt = socket.socket.setsockopt

        def record_option(sock: socket.socket, *option: Any) -> None:
            options.append(option)
            setsockopt(sock, *option)

        monkeypatch.setattr(socket.socket, "setsockopt", record_option)
        server, proxy_server = start_server(), start_server(SocksProxy())
        async with open_transport(proxy=proxy_at(proxy_server.port)) as transport:
            await transport.request(PreparedRequest("GET", server.url + "/"))
        assert (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1) in options
