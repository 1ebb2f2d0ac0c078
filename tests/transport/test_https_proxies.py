"""HTTPS proxies: connections to the proxy use TLS, and TLS to the server is tunnelled inside of it."""

import ssl

import pytest
import trustme

from kubex.errors import ProxyError, TLSError
from kubex.transport import Backend, PreparedRequest, Proxy, WebSocketMessage
from kubex_testing.compliance.servers import (
    ConnectionHandler,
    OpenTransport,
    Server,
    StartServer,
    TunnelProxy,
    echo_messages,
    respond_ok,
    websocket_request,
)

pytestmark = [pytest.mark.anyio, pytest.mark.covers("pitfall-26")]

CREDENTIALS = ("user", "p:ä ss")


@pytest.fixture(autouse=True)
def skip_without_tls_in_tls(backend: Backend) -> None:
    """Skip the test if the backend does not support TLS inside of TLS on this Python."""
    if backend.proxy("https", "https") is not None:
        pytest.skip("this Python does not support TLS inside of TLS")


@pytest.fixture(scope="module")
def proxy_authority() -> trustme.CA:
    """Create the certificate authority of the proxy. The server has another one."""
    return trustme.CA()


@pytest.fixture
def proxy_tls(proxy_authority: trustme.CA) -> ssl.SSLContext:
    """Create the SSL context of the client for the proxy."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    proxy_authority.configure_trust(context)
    return context


@pytest.fixture
def proxy_server(start_server: StartServer, proxy_authority: trustme.CA) -> Server:
    """Start a proxy with a certificate for localhost and 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    proxy_authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return start_server(TunnelProxy(CREDENTIALS), tls=context)


def proxy_at(proxy_server: Server, host: str = "localhost", credentials: tuple[str, str] = CREDENTIALS) -> Proxy:
    return Proxy(url=f"https://{host}:{proxy_server.port}", username=credentials[0], password=credentials[1])


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"], ids=["other-host-than-server", "same-host-as-server"])
async def test_https_requests_use_tls_inside_of_tls(
    open_transport: OpenTransport,
    start_server: StartServer,
    proxy_server: Server,
    proxy_tls: ssl.SSLContext,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
    host: str,
) -> None:
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


async def test_websockets_and_streams_use_tls_inside_of_tls(
    open_transport: OpenTransport,
    start_server: StartServer,
    proxy_server: Server,
    proxy_tls: ssl.SSLContext,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
) -> None:
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


async def test_proxy_certificate_is_verified_with_the_proxy_ssl_context(
    open_transport: OpenTransport,
    start_server: StartServer,
    proxy_server: Server,
    proxy_tls: ssl.SSLContext,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
) -> None:
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


async def test_wrong_proxy_password_raises_proxy_error(
    open_transport: OpenTransport, proxy_server: Server, proxy_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    tls = {"ssl_context": client_tls, "proxy_ssl_context": proxy_tls}
    async with open_transport(**tls, proxy=proxy_at(proxy_server, credentials=("user", "wrong"))) as transport:
        with pytest.raises(ProxyError, match=f"proxy https://localhost:{proxy_server.port}: it refused with 407"):
            await transport.request(PreparedRequest("GET", "https://kubernetes.test/"))
