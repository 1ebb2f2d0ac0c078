"""HTTPS proxies: connections to the proxy use TLS, and TLS to the server is tunnelled inside of it."""

import ssl

import pytest

from kubex.errors import ProxyError, TLSError
from kubex.transport import PreparedRequest, Proxy, WebSocketMessage
from kubex_testing._pki import CertificateAuthority
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._capabilities import requires
from kubex_testing.compliance._suites.handlers import AUTHORIZATION, proxy_with_credentials
from kubex_testing.compliance._tls import client_context, server_context
from kubex_testing.compliance.servers import (
    ConnectionHandler,
    OpenTransport,
    Server,
    StartServer,
    TunnelProxy,
    echo_messages,
    http_proxy,
    respond_ok,
    websocket_request,
)

CREDENTIALS = ("user", "p:ä ss")


def proxy_at(proxy_server: Server, host: str = "localhost", credentials: tuple[str, str] = CREDENTIALS) -> Proxy:
    return Proxy(url=f"https://{host}:{proxy_server.port}", username=credentials[0], password=credentials[1])


@requires("https_proxies")
class HTTPSProxyTests(BackendTests):
    """HTTPS proxies: connections to the proxy use TLS, and TLS to the server is tunnelled inside of it."""

    @pytest.fixture
    def proxy_authority(self) -> CertificateAuthority:
        """Create the certificate authority of the proxy. The server has another one."""
        return CertificateAuthority()

    @pytest.fixture
    def proxy_tls(self, proxy_authority: CertificateAuthority) -> ssl.SSLContext:
        """Create the SSL context of the client for the proxy."""
        return client_context(proxy_authority)

    @pytest.fixture
    def proxy_server(self, start_server: StartServer, proxy_authority: CertificateAuthority) -> Server:
        """Start a proxy with a certificate for localhost and 127.0.0.1."""
        context = server_context(proxy_authority, "localhost", "127.0.0.1")
        return start_server(TunnelProxy(CREDENTIALS), tls=context)

    async def test_plain_requests_are_forwarded_by_an_https_proxy(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
    ) -> None:
        """The connection to a proxy with the scheme https uses TLS."""
        server, proxy_server = start_server(), start_server(http_proxy, tls=server_tls)
        async with open_transport(
            proxy_ssl_context=client_tls, proxy=proxy_with_credentials(proxy_server.url)
        ) as transport:
            assert (await transport.request(PreparedRequest("GET", server.url + "/"))).body == b"ok"
        assert proxy_server.requests[0].header("proxy-authorization") == AUTHORIZATION

    @requires("tls_in_tls")
    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1"], ids=["other-host-than-server", "same-host-as-server"])
    async def test_https_requests_use_tls_inside_of_tls(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        proxy_server: Server,
        proxy_tls: ssl.SSLContext,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
        host: str,
    ) -> None:
        """Requests with the scheme https through a proxy with the scheme https use TLS inside of TLS."""
        server = start_server(tls=server_tls)
        tls = {"ssl_context": client_tls, "proxy_ssl_context": proxy_tls}
        headers = (("Authorization", "Bearer swordfish"),)
        async with open_transport(**tls, proxy=proxy_at(proxy_server, host)) as transport:
            for _ in range(2):
                response = await transport.request(PreparedRequest("PUT", server.url + "/", headers, b"x" * 200_000))
                assert response.body == b"ok"
        (connect,) = proxy_server.requests
        assert (connect.method, connect.target, connect.header("authorization")) == ("CONNECT", server.netloc, None)
        assert {request.header("proxy-authorization") for request in server.requests} == {None}
        assert (server.connections, len(server.requests)) == (1, 2)

    @requires("websockets", "tls_in_tls")
    async def test_websockets_and_streams_use_tls_inside_of_tls(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        proxy_server: Server,
        proxy_tls: ssl.SSLContext,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
    ) -> None:
        """WebSockets and streams also use TLS inside of TLS."""
        tls = {"ssl_context": client_tls, "proxy_ssl_context": proxy_tls}
        handlers: list[ConnectionHandler] = [echo_messages, respond_ok]
        echo_server, plain_server = [start_server(handler, tls=server_tls) for handler in handlers]
        async with open_transport(**tls, proxy=proxy_at(proxy_server)) as transport:
            async with transport.websocket(websocket_request(echo_server.url)) as websocket:
                await websocket.send(b"x" * 100_000)
                assert await websocket.receive() == WebSocketMessage("binary", b"x" * 100_000)
            async with transport.stream(PreparedRequest("GET", plain_server.url + "/")) as response:
                assert await response.read() == b"ok"
        assert [request.target for request in proxy_server.requests] == [echo_server.netloc, plain_server.netloc]

    @requires("tls_in_tls")
    async def test_proxy_certificate_is_verified_with_the_proxy_ssl_context(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        proxy_server: Server,
        proxy_tls: ssl.SSLContext,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
    ) -> None:
        """`proxy_ssl_context` verifies the proxy, and `ssl_context` verifies the server."""
        server = start_server(tls=server_tls)
        unverified = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
        for tls in (
            {"ssl_context": client_tls, "proxy_ssl_context": client_tls},
            {"ssl_context": proxy_tls, "proxy_ssl_context": proxy_tls},
            {"ssl_context": unverified, "proxy_ssl_context": client_tls},
        ):
            async with open_transport(**tls, proxy=proxy_at(proxy_server)) as transport:
                with pytest.raises(
                    TLSError, match=f"proxy https://localhost:{proxy_server.port}: .*certificate was rejected"
                ):
                    await transport.request(PreparedRequest("GET", server.url + "/"))
        assert server.requests == []

    @requires("tls_in_tls")
    async def test_wrong_password_of_an_https_proxy_raises_proxy_error(
        self, open_transport: OpenTransport, proxy_server: Server, proxy_tls: ssl.SSLContext, client_tls: ssl.SSLContext
    ) -> None:
        """A wrong password for a proxy with the scheme https raises ProxyError."""
        tls = {"ssl_context": client_tls, "proxy_ssl_context": proxy_tls}
        async with open_transport(**tls, proxy=proxy_at(proxy_server, credentials=("user", "wrong"))) as transport:
            with pytest.raises(ProxyError, match=f"proxy https://localhost:{proxy_server.port}: it refused with 407"):
                await transport.request(PreparedRequest("GET", "https://kubernetes.test/"))
