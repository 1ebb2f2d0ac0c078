"""What a proxy may do instead of what it should, and what that is called."""

import logging
import ssl
import threading
import traceback

import anyio
import anyio.to_thread
import pytest

from kubex.errors import ConnectError, ConnectTimeout, ProxyError, TLSError
from kubex.transport import Limits, PreparedRequest, Proxy, Transport
from support.clock import Clock
from support.ports import free_port
from transport.proxy_server import Tunnel, hang, hang_up
from transport.socket_server import SECONDS, Open, Peer, Script, Serve

pytestmark = [pytest.mark.anyio, pytest.mark.covers("pitfall-26")]

URL = "https://kubernetes.test:6443/api?token=abc"
LOGIN = ("user", "p:ä ss/swordfish")


def proxy_at(url: str) -> Proxy:
    return Proxy(url=url, username=LOGIN[0], password=LOGIN[1])


def answering(status: str, body: bytes = b"") -> Script:
    def script(peer: Peer) -> None:
        peer.request()
        peer.answer(body, status=status, headers="Content-Type: text/html\r\n")
        peer.wait_until_closed()

    return script


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
async def test_a_refusal_is_told_alike(
    open_transport: Open, serve: Serve, client_tls: ssl.SSLContext, status: str, body: bytes, hint: str
) -> None:
    between = serve(answering(status, body))
    async with open_transport(ssl_context=client_tls, proxy=proxy_at(between.url)) as transport:
        with pytest.raises(ProxyError) as caught:
            await transport.request(PreparedRequest("GET", URL))
    where = "GET https://kubernetes.test:6443/api: "
    assert str(caught.value) == f"{where}proxy {between.url}: it refused with {status}{hint}"
    assert len(between.seen) == 1


async def test_the_wrong_password_is_a_refusal(
    open_transport: Open, serve: Serve, client_tls: ssl.SSLContext, server_tls: ssl.SSLContext
) -> None:
    between, server = serve(Tunnel(("user", ""))), serve(tls=server_tls)
    right = Proxy(url=between.url, username="user", password="")
    for proxy, known in ((proxy_at(between.url), False), (Proxy(url=between.url), False), (right, True)):
        async with open_transport(ssl_context=client_tls, proxy=proxy) as transport:
            if known:
                assert (await transport.request(PreparedRequest("GET", server.url + "/"))).body == b"ok"
            else:
                with pytest.raises(ProxyError, match="407"):
                    await transport.request(PreparedRequest("GET", server.url + "/"))
    assert server.connections == 1


@pytest.mark.parametrize("script", [hang_up, lambda peer: peer.send("nonsense\r\n\r\n")], ids=["closes", "nonsense"])
async def test_a_proxy_that_is_none_is_an_error_before_anything_was_sent(
    open_transport: Open, serve: Serve, client_tls: ssl.SSLContext, script: Script
) -> None:
    between = serve(script)
    async with open_transport(ssl_context=client_tls, proxy=proxy_at(between.url)) as transport:
        with pytest.raises(ProxyError, match=f"proxy {between.url}: "):
            await transport.request(PreparedRequest("POST", URL, body=b"{}"))


async def test_a_proxy_that_hangs_is_bounded_by_the_limit_of_connecting(
    open_transport: Open, serve: Serve, client_tls: ssl.SSLContext
) -> None:
    between = serve(hang)
    limits = Limits(connect=0.2, read=None)
    async with open_transport(ssl_context=client_tls, proxy=proxy_at(between.url)) as transport:
        with pytest.raises(ConnectTimeout, match=rf"proxy {between.url}: no connection within 0.2 s"):
            await transport.request(PreparedRequest("GET", URL, limits=limits))


async def test_a_server_that_hangs_in_its_tunnel_is_bounded_too(
    open_transport: Open, serve: Serve, client_tls: ssl.SSLContext
) -> None:
    server, between = serve(hang), serve(Tunnel())
    request = PreparedRequest("GET", f"https://127.0.0.1:{server.port}/", limits=Limits(connect=0.3))
    async with open_transport(ssl_context=client_tls, proxy=Proxy(url=between.url)) as transport:
        with pytest.raises(ConnectTimeout, match=f"proxy {between.url}: "):
            await transport.request(request)


async def test_once_connected_the_limit_of_connecting_is_over(
    open_transport: Open, serve: Serve, client_tls: ssl.SSLContext, server_tls: ssl.SSLContext, clock: Clock
) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slow(peer: Peer) -> None:
        peer.request()
        asked.set()
        assert go_on.wait(SECONDS)
        peer.answer(b"late")

    between, server = serve(Tunnel()), serve(slow, tls=server_tls)
    request = PreparedRequest("GET", server.url + "/", limits=Limits(connect=60))
    bodies: list[bytes] = []

    async def call(transport: Transport) -> None:
        bodies.append((await transport.request(request)).body)

    async with (
        open_transport(ssl_context=client_tls, proxy=Proxy(url=between.url)) as transport,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(call, transport)
        assert await anyio.to_thread.run_sync(asked.wait, SECONDS)
        await clock.jump_when_idle(70)
        await anyio.wait_all_tasks_blocked()
        go_on.set()
    assert bodies == [b"late"]


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_is_not_there_is_named(
    open_transport: Open, client_tls: ssl.SSLContext, scheme: str
) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    async with open_transport(ssl_context=client_tls, proxy=proxy_at(url)) as transport:
        with pytest.raises(ProxyError, match=f"proxy {url}: "):
            await transport.request(PreparedRequest("GET", URL.replace("https", scheme)))


async def test_a_server_behind_the_proxy_that_is_not_trusted_is_a_tls_error(
    open_transport: Open, serve: Serve, server_tls: ssl.SSLContext
) -> None:
    between, server = serve(Tunnel()), serve(tls=server_tls)
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    async with open_transport(ssl_context=nobody, proxy=Proxy(url=between.url)) as transport:
        with pytest.raises(TLSError, match=rf"proxy {between.url}: .*certificate was rejected"):
            await transport.request(PreparedRequest("GET", server.url + "/"))


async def test_the_password_shows_nowhere(
    open_transport: Open, serve: Serve, client_tls: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    between = serve(answering("407 Proxy Authentication Required"))
    proxy = proxy_at(between.url)
    async with open_transport(ssl_context=client_tls, proxy=proxy) as transport:
        with pytest.raises(ConnectError) as caught:
            await transport.request(PreparedRequest("GET", URL))
        await transport.request(PreparedRequest("GET", "http://kubernetes.test/"))
        said = f"{caplog.text} {transport.config!r}"
    said += "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    error: BaseException | None = caught.value.__cause__
    while error is not None:
        said += repr(error)
        error = error.__cause__
    assert proxy.authorization is not None
    assert proxy.authorization in (between.seen[0].header("proxy-authorization") or "")
    for secret in ("swordfish", proxy.authorization.removeprefix("Basic ")):
        assert secret not in said
