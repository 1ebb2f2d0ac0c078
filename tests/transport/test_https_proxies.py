"""Proxies that are themselves reached by TLS, with TLS to the server inside of it."""

import ssl

import pytest
import trustme

from kubex.errors import ProxyError, TLSError
from kubex.transport import Backend, PreparedRequest, Proxy, WebSocketMessage
from transport.proxy_server import Tunnel
from transport.socket_server import Open, Script, Serve, Server, ok
from transport.websocket_frames import echo
from transport.websocket_frames import request as upgrading

pytestmark = [pytest.mark.anyio, pytest.mark.covers("pitfall-26")]

LOGIN = ("user", "p:ä ss")


@pytest.fixture(autouse=True)
def possible(backend: Backend) -> None:
    """Leave out what the backend says that it cannot do on this Python."""
    if backend.proxy("https", "https") is not None:
        pytest.skip("this Python has no TLS inside of TLS")


@pytest.fixture(scope="module")
def others() -> trustme.CA:
    """Make the authority of the proxy, which is not the server's."""
    return trustme.CA()


@pytest.fixture
def proxy_tls(others: trustme.CA) -> ssl.SSLContext:
    """Make the client's TLS for proxies."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    others.configure_trust(context)
    return context


@pytest.fixture
def between(serve: Serve, others: trustme.CA) -> Server:
    """Start a proxy at localhost."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    others.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return serve(Tunnel(LOGIN), tls=context)


def at(between: Server, host: str = "localhost", login: tuple[str, str] = LOGIN) -> Proxy:
    return Proxy(url=f"https://{host}:{between.port}", username=login[0], password=login[1])


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"], ids=["another-host", "the-servers-host"])
async def test_tls_is_tunnelled_in_tls(
    open_transport: Open,
    serve: Serve,
    between: Server,
    proxy_tls: ssl.SSLContext,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
    host: str,
) -> None:
    server = serve(tls=server_tls)
    tls = {"ssl_context": client_tls, "proxy_ssl_context": proxy_tls}
    given = (("Authorization", "Bearer swordfish"),)
    async with open_transport(**tls, proxy=at(between, host)) as transport:
        for _ in range(2):
            answer = await transport.request(PreparedRequest("PUT", server.url + "/", given, b"x" * 200_000))
            assert answer.body == b"ok"
    (connect,) = between.seen
    assert (connect.method, connect.target, connect.header("authorization")) == ("CONNECT", server.host, None)
    assert {seen.header("proxy-authorization") for seen in server.seen} == {None}
    assert (server.connections, len(server.seen)) == (1, 2)


async def test_websockets_and_streams_are_too(
    open_transport: Open,
    serve: Serve,
    between: Server,
    proxy_tls: ssl.SSLContext,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
) -> None:
    tls = {"ssl_context": client_tls, "proxy_ssl_context": proxy_tls}
    scripts: list[Script] = [echo, ok]
    echoing, plain = [serve(script, tls=server_tls) for script in scripts]
    async with open_transport(**tls, proxy=at(between)) as transport:
        async with transport.websocket(upgrading(echoing.url)) as opened:
            await opened.send(b"x" * 100_000)
            assert await opened.receive() == WebSocketMessage("binary", b"x" * 100_000)
        async with transport.stream(PreparedRequest("GET", plain.url + "/")) as answer:
            assert await answer.read() == b"ok"
    assert [seen.target for seen in between.seen] == [echoing.host, plain.host]


async def test_the_proxys_certificate_is_not_judged_by_the_servers_authority(
    open_transport: Open,
    serve: Serve,
    between: Server,
    proxy_tls: ssl.SSLContext,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
) -> None:
    server = serve(tls=server_tls)
    lax = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    lax.check_hostname, lax.verify_mode = False, ssl.CERT_NONE
    for tls in (
        {"ssl_context": client_tls, "proxy_ssl_context": client_tls},
        {"ssl_context": proxy_tls, "proxy_ssl_context": proxy_tls},
        {"ssl_context": lax, "proxy_ssl_context": client_tls},
    ):
        async with open_transport(**tls, proxy=at(between)) as transport:
            with pytest.raises(TLSError, match=f"proxy https://localhost:{between.port}: .*certificate was rejected"):
                await transport.request(PreparedRequest("GET", server.url + "/"))
    assert server.seen == []


async def test_a_refusal_comes_through(
    open_transport: Open, between: Server, proxy_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    tls = {"ssl_context": client_tls, "proxy_ssl_context": proxy_tls}
    async with open_transport(**tls, proxy=at(between, login=("user", "wrong"))) as transport:
        with pytest.raises(ProxyError, match=f"proxy https://localhost:{between.port}: it refused with 407"):
            await transport.request(PreparedRequest("GET", "https://kubernetes.test/"))
