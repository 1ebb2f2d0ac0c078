"""Requests by way of a SOCKS5 proxy."""

import logging
import socket
import ssl
import threading
import traceback
from typing import Any

import anyio
import pytest
import trustme

from kubex.errors import ConnectTimeout, ProxyError, TLSError
from kubex.transport import Limits, PreparedRequest, Proxy, WebSocketMessage
from support.ports import free_port
from transport.proxy_server import Login, Socks, hang, hang_up
from transport.socket_server import SECONDS, Open, Peer, Script, Serve
from transport.websocket_frames import echo
from transport.websocket_frames import request as upgrading

pytestmark = [pytest.mark.anyio, pytest.mark.covers("pitfall-26", "options-proxy-socks")]


def at(port: int, login: Login | None = None, scheme: str = "socks5") -> Proxy:
    user, password = login or (None, None)
    return Proxy(url=f"{scheme}://127.0.0.1:{port}", username=user, password=password)


@pytest.mark.parametrize("bytewise", [False, True], ids=["whole", "bytewise"])
@pytest.mark.parametrize("login", [None, ("user", "p@ss word")], ids=["open", "login"])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_requests_go_through_it(
    open_transport: Open,
    serve: Serve,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
    scheme: str,
    login: Login | None,
    bytewise: bool,
) -> None:
    socks = Socks(login, bytewise=bytewise)
    server, between = serve(tls=server_tls if scheme == "https" else None), serve(socks)
    async with open_transport(ssl_context=client_tls, proxy=at(between.port, login)) as transport:
        for _ in range(2):
            answer = await transport.request(PreparedRequest("POST", server.url + "/a%2Fb", (("X-A", "b"),), b"{}"))
            assert answer.body == b"ok"
    assert socks.asked == [("127.0.0.1", server.port)]
    assert socks.logins == ([login] if login else [])
    assert [(seen.target, seen.body) for seen in server.seen] == [("/a%2Fb", b"{}")] * 2
    assert {seen.header("proxy-authorization") for seen in server.seen} == {None}
    assert server.connections == 1


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
@pytest.mark.parametrize(
    ("host", "asked"),
    [("kubernetes.test", "name kubernetes.test"), ("127.0.0.1", "127.0.0.1"), ("[::1]", "::1")],
)
async def test_the_proxy_resolves_names(
    open_transport: Open,
    serve: Serve,
    authority: trustme.CA,
    client_tls: ssl.SSLContext,
    host: str,
    asked: str,
    scheme: str,
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host.strip("[]")).configure_cert(context)
    socks = Socks()
    server, between = serve(tls=context), serve(socks)
    async with open_transport(ssl_context=client_tls, proxy=at(between.port, scheme=scheme)) as transport:
        answer = await transport.request(PreparedRequest("GET", f"https://{host}:{server.port}/"))
    assert answer.body == b"ok"
    assert socks.asked == [(asked, server.port)]
    assert server.seen[0].header("host") == f"{host}:{server.port}"


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_websockets_go_through_it(
    open_transport: Open, serve: Serve, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, scheme: str
) -> None:
    socks = Socks(("user", "word"))
    server, between = serve(echo, tls=server_tls if scheme == "https" else None), serve(socks)
    async with (
        open_transport(ssl_context=client_tls, proxy=at(between.port, ("user", "word"))) as transport,
        transport.websocket(upgrading(server.url)) as opened,
    ):
        await opened.send(b"x" * 100_000)
        assert await opened.receive() == WebSocketMessage("binary", b"x" * 100_000)
    assert socks.asked == [("127.0.0.1", server.port)]


@pytest.mark.covers("pitfall-27")
async def test_leaving_a_stream_closes_it_at_once(
    open_transport: Open, serve: Serve, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    def endless(peer: Peer) -> None:
        peer.request()
        peer.chunked()
        peer.chunk(b"first")
        peer.wait_until_closed()

    server, between = serve(endless, tls=server_tls), serve(Socks())
    async with open_transport(ssl_context=client_tls, proxy=at(between.port)) as transport:
        async with transport.stream(PreparedRequest("GET", server.url + "/")) as answer:
            assert await answer.receive() == b"first"
        assert await anyio.to_thread.run_sync(server.closed.wait, SECONDS)


@pytest.mark.parametrize(
    ("socks", "login"),
    [
        (Socks(reply=1), None),
        (Socks(reply=2), None),
        (Socks(reply=4), None),
        (Socks(reply=5), None),
        (Socks(("user", "word")), None),
        (Socks(("user", "word")), ("user", "swordfish")),
    ],
    ids=["failure", "not-allowed", "unreachable", "refused", "login-wanted", "login-wrong"],
)
async def test_a_refusal_is_a_proxy_error(
    open_transport: Open, serve: Serve, client_tls: ssl.SSLContext, socks: Socks, login: Login | None
) -> None:
    between = serve(socks)
    async with open_transport(ssl_context=client_tls, proxy=at(between.port, login)) as transport:
        with pytest.raises(ProxyError, match=f"proxy socks5://127.0.0.1:{between.port}: ") as caught:
            await transport.request(PreparedRequest("POST", "https://kubernetes.test/?token=abc", body=b"{}"))
    assert "swordfish" not in str(caught.value)
    assert "token=abc" not in str(caught.value)


@pytest.mark.parametrize(
    "script", [hang_up, lambda peer: peer.send("HTTP/1.1 400 Bad Request\r\n\r\n")], ids=["closes", "nonsense"]
)
async def test_what_is_no_socks_proxy_is_a_proxy_error(
    open_transport: Open, serve: Serve, client_tls: ssl.SSLContext, script: Script
) -> None:
    between = serve(script)
    async with open_transport(ssl_context=client_tls, proxy=at(between.port)) as transport:
        with pytest.raises(ProxyError, match=f"proxy socks5://127.0.0.1:{between.port}: "):
            await transport.request(PreparedRequest("GET", "https://kubernetes.test/"))


async def test_a_proxy_that_is_not_there_is_a_proxy_error(open_transport: Open, client_tls: ssl.SSLContext) -> None:
    port = free_port()
    async with open_transport(ssl_context=client_tls, proxy=at(port)) as transport:
        with pytest.raises(ProxyError, match=f"proxy socks5://127.0.0.1:{port}: "):
            await transport.request(PreparedRequest("GET", "https://kubernetes.test/"))


@pytest.mark.parametrize("behind", [False, True], ids=["the-proxy", "the-server"])
async def test_what_hangs_is_bounded_by_the_limit_of_connecting(
    open_transport: Open, serve: Serve, client_tls: ssl.SSLContext, behind: bool
) -> None:
    server, between = serve(hang), serve(Socks() if behind else hang)
    request = PreparedRequest("GET", f"https://127.0.0.1:{server.port}/", limits=Limits(connect=0.3))
    async with open_transport(ssl_context=client_tls, proxy=at(between.port)) as transport:
        with pytest.raises(ConnectTimeout, match=f"proxy socks5://127.0.0.1:{between.port}: "):
            await transport.request(request)


async def test_connecting_can_be_cancelled(open_transport: Open, serve: Serve, client_tls: ssl.SSLContext) -> None:
    greeted = threading.Event()

    def silent(peer: Peer) -> None:
        peer.more()
        greeted.set()
        peer.wait_until_closed()

    between = serve(silent)
    async with open_transport(ssl_context=client_tls, proxy=at(between.port)) as transport:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(transport.request, PreparedRequest("GET", "https://kubernetes.test/"))
            assert await anyio.to_thread.run_sync(greeted.wait, SECONDS)
            tasks.cancel_scope.cancel()
        assert await anyio.to_thread.run_sync(between.closed.wait, SECONDS)


async def test_a_server_that_is_not_trusted_is_a_tls_error(
    open_transport: Open, serve: Serve, server_tls: ssl.SSLContext
) -> None:
    server, between = serve(tls=server_tls), serve(Socks())
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    async with open_transport(ssl_context=nobody, proxy=at(between.port)) as transport:
        with pytest.raises(TLSError, match="certificate was rejected"):
            await transport.request(PreparedRequest("GET", server.url + "/"))


async def test_the_password_shows_nowhere(
    open_transport: Open, serve: Serve, client_tls: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    socks = Socks(("user", "word"))
    between = serve(socks)
    async with open_transport(ssl_context=client_tls, proxy=at(between.port, ("user", "swordfish"))) as transport:
        with pytest.raises(ProxyError) as caught:
            await transport.request(PreparedRequest("GET", "https://kubernetes.test/"))
        said = caplog.text + repr(transport.config) + "".join(traceback.format_exception(caught.value))
    assert socks.logins == [("user", "swordfish")]
    assert "swordfish" not in said


async def test_tcp_keep_alive_is_on(open_transport: Open, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    switched: list[tuple[object, ...]] = []
    really = socket.socket.setsockopt

    def note(sock: socket.socket, *option: Any) -> None:
        switched.append(option)
        really(sock, *option)

    monkeypatch.setattr(socket.socket, "setsockopt", note)
    server, between = serve(), serve(Socks())
    async with open_transport(proxy=at(between.port)) as transport:
        await transport.request(PreparedRequest("GET", server.url + "/"))
    assert (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1) in switched
