"""Requests by way of an HTTP proxy."""

import base64
import socket
import ssl
from typing import Any

import anyio
import pytest
from typing_extensions import override

from kubex.errors import ProxyError, TLSError
from kubex.transport import PreparedRequest, Proxy
from support.ports import free_port
from transport.socket_server import SECONDS, Open, Peer, Serve, proxy

pytestmark = [pytest.mark.anyio, pytest.mark.covers("options-proxy")]

BASIC = "Basic " + base64.b64encode("user:p:ä ss".encode()).decode()


def with_secret(url: str) -> Proxy:
    """Return the proxy with credentials."""
    return Proxy(url=url, username="user", password="p:ä ss")


async def test_plain_requests_are_forwarded(open_transport: Open, serve: Serve) -> None:
    server, between = serve(), serve(proxy)
    async with open_transport(proxy=Proxy(url=between.url)) as transport:
        for _ in range(2):
            answer = await transport.request(PreparedRequest("GET", server.url + "/a%2Fb?c=d", (("X-A", "b"),)))
            assert answer.body == b"ok"
    assert between.seen[0].target == server.url + "/a%2Fb?c=d"
    assert between.seen[0].header("host") == server.host
    assert between.seen[0].header("proxy-authorization") is None
    assert server.seen[0].target == "/a%2Fb?c=d"
    assert between.connections == 1


async def test_credentials_go_to_a_forwarding_proxy(open_transport: Open, serve: Serve) -> None:
    server, between = serve(), serve(proxy)
    async with open_transport(proxy=with_secret(between.url)) as transport:
        await transport.request(PreparedRequest("GET", server.url + "/"))
    assert between.seen[0].header("proxy-authorization") == BASIC
    assert between.seen[0].header("authorization") is None


async def test_tls_is_tunnelled(
    open_transport: Open, serve: Serve, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server, between = serve(tls=server_tls), serve(proxy)
    given = (("Authorization", "Bearer swordfish"),)
    async with open_transport(ssl_context=client_tls, proxy=with_secret(between.url)) as transport:
        for _ in range(2):
            answer = await transport.request(PreparedRequest("GET", server.url + "/", given))
            assert answer.body == b"ok"
    (connect,) = between.seen
    assert (connect.method, connect.target) == ("CONNECT", server.host)
    assert connect.header("proxy-authorization") == BASIC
    assert connect.header("authorization") is None
    assert [seen.header("proxy-authorization") for seen in server.seen] == [None, None]
    assert server.seen[0].header("authorization") == "Bearer swordfish"


async def test_the_tls_server_name_holds_in_a_tunnel(
    open_transport: Open, serve: Serve, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    class Renamed(ssl.SSLContext):
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

    context = Renamed(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata="\n".join(map(ssl.DER_cert_to_PEM_cert, client_tls.get_ca_certs(True))))
    server, between = serve(tls=server_tls), serve(proxy)
    url = f"https://elsewhere.test:{server.port}/"
    async with open_transport(ssl_context=context, proxy=Proxy(url=between.url)) as transport:
        assert (await transport.request(PreparedRequest("GET", url))).body == b"ok"
    async with open_transport(ssl_context=client_tls, proxy=Proxy(url=between.url)) as transport:
        with pytest.raises(TLSError):
            await transport.request(PreparedRequest("GET", url))


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "502 Bad Gateway"])
async def test_a_proxy_that_refuses_to_tunnel(
    open_transport: Open, serve: Serve, client_tls: ssl.SSLContext, status: str
) -> None:
    def refuse(peer: Peer) -> None:
        peer.request()
        peer.answer(b"no", status=status)
        peer.wait_until_closed()

    between = serve(refuse)
    async with open_transport(ssl_context=client_tls, proxy=with_secret(between.url)) as transport:
        with pytest.raises(ProxyError, match=status[:3]) as raised:
            await transport.request(PreparedRequest("GET", "https://kubernetes.test:6443/?token=abc"))
        assert await anyio.to_thread.run_sync(between.closed.wait, SECONDS)
    assert "token=abc" not in str(raised.value)
    assert BASIC not in str(raised.value)


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_cannot_be_reached(open_transport: Open, client_tls: ssl.SSLContext, scheme: str) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    async with open_transport(ssl_context=client_tls, proxy=with_secret(url)) as transport:
        with pytest.raises(ProxyError) as raised:
            await transport.request(PreparedRequest("GET", f"{scheme}://kubernetes.test/"))
    assert "p:ä ss" not in str(raised.value)


async def test_a_proxy_may_be_reached_by_tls(
    open_transport: Open, serve: Serve, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server, between = serve(), serve(proxy, tls=server_tls)
    async with open_transport(proxy_ssl_context=client_tls, proxy=with_secret(between.url)) as transport:
        assert (await transport.request(PreparedRequest("GET", server.url + "/"))).body == b"ok"
    assert between.seen[0].header("proxy-authorization") == BASIC


@pytest.mark.covers("pitfall-27")
async def test_a_stream_through_a_tunnel_is_closed_at_once(
    open_transport: Open, serve: Serve, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    def endless(peer: Peer) -> None:
        peer.request()
        peer.chunked()
        peer.chunk(b"first")
        peer.wait_until_closed()

    server, between = serve(endless, tls=server_tls), serve(proxy)
    async with open_transport(ssl_context=client_tls, proxy=Proxy(url=between.url)) as transport:
        async with transport.stream(PreparedRequest("GET", server.url + "/")) as answer:
            assert await answer.receive() == b"first"
        assert await anyio.to_thread.run_sync(server.closed.wait, SECONDS)


async def test_tcp_keep_alive_is_on(open_transport: Open, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    switched: list[tuple[object, ...]] = []
    really = socket.socket.setsockopt

    def note(sock: socket.socket, *option: Any) -> None:
        switched.append(option)
        really(sock, *option)

    monkeypatch.setattr(socket.socket, "setsockopt", note)
    server, between = serve(), serve(proxy)
    for through in (None, Proxy(url=between.url)):
        switched.clear()
        async with open_transport(proxy=through) as transport:
            await transport.request(PreparedRequest("GET", server.url + "/"))
        assert (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1) in switched
