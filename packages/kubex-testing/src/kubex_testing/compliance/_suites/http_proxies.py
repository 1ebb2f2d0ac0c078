"""Requests through an HTTP proxy."""

import socket
import ssl
from typing import Any

import pytest
from typing_extensions import override

from kubex.errors import ProxyError, TLSError
from kubex.transport import PreparedRequest, Proxy
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._capabilities import requires
from kubex_testing.compliance._ports import free_port
from kubex_testing.compliance._suites.handlers import AUTHORIZATION, proxy_with_credentials, send_one_chunk
from kubex_testing.compliance.servers import OpenTransport, ServerConnection, StartServer, http_proxy, wait_for_event


@requires("http_proxies")
class HTTPProxyTests(BackendTests):
    """Requests through an HTTP proxy."""

    async def test_plain_requests_are_forwarded_by_the_proxy(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """An HTTP proxy forwards requests with the scheme http. Their target is the complete URL."""
        server, proxy_server = start_server(), start_server(http_proxy)
        async with open_transport(proxy=Proxy(url=proxy_server.url)) as transport:
            for _ in range(2):
                response = await transport.request(PreparedRequest("GET", server.url + "/a%2Fb?c=d", (("X-A", "b"),)))
                assert response.body == b"ok"
        assert proxy_server.requests[0].target == server.url + "/a%2Fb?c=d"
        assert proxy_server.requests[0].header("host") == server.netloc
        assert proxy_server.requests[0].header("proxy-authorization") is None
        assert server.requests[0].target == "/a%2Fb?c=d"
        assert proxy_server.connections == 1

    async def test_forwarding_proxy_receives_the_credentials(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A forwarding proxy receives the credentials in Proxy-Authorization."""
        server, proxy_server = start_server(), start_server(http_proxy)
        async with open_transport(proxy=proxy_with_credentials(proxy_server.url)) as transport:
            await transport.request(PreparedRequest("GET", server.url + "/"))
        assert proxy_server.requests[0].header("proxy-authorization") == AUTHORIZATION
        assert proxy_server.requests[0].header("authorization") is None

    async def test_https_requests_use_a_tunnel(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
    ) -> None:
        """Requests with the scheme https use CONNECT.

        The proxy does not see their headers, and the server not the password of the proxy.
        """
        server, proxy_server = start_server(tls=server_tls), start_server(http_proxy)
        headers = (("Authorization", "Bearer swordfish"),)
        async with open_transport(ssl_context=client_tls, proxy=proxy_with_credentials(proxy_server.url)) as transport:
            for _ in range(2):
                response = await transport.request(PreparedRequest("GET", server.url + "/", headers))
                assert response.body == b"ok"
        (connect,) = proxy_server.requests
        assert (connect.method, connect.target) == ("CONNECT", server.netloc)
        assert connect.header("proxy-authorization") == AUTHORIZATION
        assert connect.header("authorization") is None
        assert [request.header("proxy-authorization") for request in server.requests] == [None, None]
        assert server.requests[0].header("authorization") == "Bearer swordfish"

    async def test_tls_server_name_is_used_in_a_tunnel(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
    ) -> None:
        """The server name of the SSL context is also used in a tunnel."""

        class FixedServerName(ssl.SSLContext):
            @override
            def wrap_bio(
                self,
                incoming: ssl.MemoryBIO,
                outgoing: ssl.MemoryBIO,
                server_side: bool = False,
                server_hostname: str | bytes | None = None,
                session: ssl.SSLSession | None = None,
            ) -> ssl.SSLObject:
                return super().wrap_bio(incoming, outgoing, server_side, "kubernetes.test", session)

        context = FixedServerName(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata="\n".join(map(ssl.DER_cert_to_PEM_cert, client_tls.get_ca_certs(True))))
        server, proxy_server = start_server(tls=server_tls), start_server(http_proxy)
        url = f"https://elsewhere.test:{server.port}/"
        async with open_transport(ssl_context=context, proxy=Proxy(url=proxy_server.url)) as transport:
            assert (await transport.request(PreparedRequest("GET", url))).body == b"ok"
        async with open_transport(ssl_context=client_tls, proxy=Proxy(url=proxy_server.url)) as transport:
            with pytest.raises(TLSError):
                await transport.request(PreparedRequest("GET", url))

    @pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "502 Bad Gateway"])
    async def test_refused_tunnel_raises_proxy_error_and_closes_the_connection(
        self, open_transport: OpenTransport, start_server: StartServer, client_tls: ssl.SSLContext, status: str
    ) -> None:
        """A response to CONNECT other than 200 raises ProxyError with its status, and closes the connection."""

        def refuse(connection: ServerConnection) -> None:
            connection.read_request()
            connection.respond(b"no", status=status)
            connection.wait_until_closed()

        proxy_server = start_server(refuse)
        async with open_transport(ssl_context=client_tls, proxy=proxy_with_credentials(proxy_server.url)) as transport:
            with pytest.raises(ProxyError, match=status[:3]) as raised:
                await transport.request(PreparedRequest("GET", "https://kubernetes.test:6443/?token=abc"))
            assert await wait_for_event(proxy_server.connection_closed)
        assert "token=abc" not in str(raised.value)
        assert AUTHORIZATION not in str(raised.value)

    @pytest.mark.parametrize("scheme", ["http", "https"])
    async def test_unreachable_proxy_raises_proxy_error(
        self, open_transport: OpenTransport, client_tls: ssl.SSLContext, scheme: str
    ) -> None:
        """A proxy that cannot be reached raises ProxyError without its password."""
        url = f"http://127.0.0.1:{free_port()}"
        async with open_transport(ssl_context=client_tls, proxy=proxy_with_credentials(url)) as transport:
            with pytest.raises(ProxyError) as raised:
                await transport.request(PreparedRequest("GET", f"{scheme}://kubernetes.test/"))
        assert "p:ä ss" not in str(raised.value)

    async def test_stream_in_a_tunnel_is_closed_when_its_block_ends(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
    ) -> None:
        """Leaving a stream in a tunnel closes the connection."""
        server, proxy_server = start_server(send_one_chunk, tls=server_tls), start_server(http_proxy)
        async with open_transport(ssl_context=client_tls, proxy=Proxy(url=proxy_server.url)) as transport:
            async with transport.stream(PreparedRequest("GET", server.url + "/")) as response:
                assert await response.receive() == b"first\n"
            assert await wait_for_event(server.connection_closed)

    @requires("python_sockets")
    async def test_tcp_keep_alive_is_enabled_with_and_without_a_proxy(
        self, open_transport: OpenTransport, start_server: StartServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The options in TCP_KEEP_ALIVE are set on each socket, also on sockets to a proxy."""
        options: list[tuple[object, ...]] = []
        setsockopt = socket.socket.setsockopt

        def record_option(sock: socket.socket, *option: Any) -> None:
            options.append(option)
            setsockopt(sock, *option)

        monkeypatch.setattr(socket.socket, "setsockopt", record_option)
        server, proxy_server = start_server(), start_server(http_proxy)
        for proxy in (None, Proxy(url=proxy_server.url)):
            options.clear()
            async with open_transport(proxy=proxy) as transport:
                await transport.request(PreparedRequest("GET", server.url + "/"))
            assert (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1) in options
