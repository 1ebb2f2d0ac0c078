"""HTTP/2, which httpx has by an extra."""

import dataclasses
import logging
import ssl
import threading
from collections import Counter
from typing import Any

import anyio
import pytest
import trustme

from kubex.errors import TransportError
from kubex.transport import Limits, PreparedRequest, Proxy, Transport, WebSocketMessage
from support.backend_pairs import PAIRS, BackendPair
from transport.http2_server import Http2
from transport.proxy_server import Socks, Tunnel
from transport.socket_server import SECONDS, Open, Peer, Script, Serve, Server
from transport.websocket_frames import echo
from transport.websocket_frames import request as upgrading

pytestmark = [pytest.mark.anyio, pytest.mark.covers("options-http2")]


@pytest.fixture(params=[pair for pair in PAIRS if pair.backend == "httpx"], ids=str)
def pair(request: pytest.FixtureRequest) -> BackendPair:
    """Run the test on the pairs that have HTTP/2."""
    chosen: BackendPair = request.param
    return chosen


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    """Make the TLS of a server that would rather speak HTTP/2."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


@pytest.fixture
def http2() -> Http2:
    return Http2()


@pytest.fixture
def server(serve: Serve, http2: Http2, tls: ssl.SSLContext) -> Server:
    return serve(http2, tls=tls)


@pytest.fixture
def open_shared(open_transport: Open, client_tls: ssl.SSLContext) -> Open:
    """Open a transport with HTTP/2."""
    return lambda **settings: open_transport(http2=True, ssl_context=client_tls, **settings)


def get(server: Server, path: str, **limits: Any) -> PreparedRequest:
    headers = (("X-Own", "a"), ("Accept-Encoding", "identity"))
    return PreparedRequest("GET", server.url + path, headers, limits=Limits(**limits))


async def leave_one(transport: Transport, server: Server, http2: Http2) -> None:
    """Send a request that gets half an answer, and cancel it once the server has begun that."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(transport.request, get(server, "/never"))
        assert await anyio.to_thread.run_sync(http2.begun.acquire, True, SECONDS)
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("asked", [False, True])
async def test_headers_are_logged_only_if_that_is_asked_for(
    open_shared: Open, server: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(logging.getLogger("hpack"), "level", logging.NOTSET)
    if asked:
        logging.getLogger("hpack").setLevel(logging.DEBUG)
    async with open_shared() as transport:
        await transport.request(get(server, "/a"))
    assert any(record.name.startswith("hpack") for record in caplog.records) is asked


async def test_requests_go_over_it(open_shared: Open, server: Server, http2: Http2) -> None:
    request = dataclasses.replace(get(server, "/a%2Fb?c=d"), method="POST", body=b"x" * 65536)
    async with open_shared() as transport:
        answer = await transport.request(request)
        assert (answer.status, answer.body, answer.headers.get("content-type")) == (200, b"/a%2Fb?c=d", "text/plain")
    ((seen,),) = http2.connections
    assert (seen.method, seen.target, seen.body) == ("POST", "/a%2Fb?c=d", b"x" * 65536)
    own = [field for field in seen.headers if not field[0].startswith(":")]
    assert own == [("x-own", "a"), ("accept-encoding", "identity"), ("content-length", "65536")]


async def test_many_requests_share_a_connection(open_shared: Open, server: Server, http2: Http2) -> None:
    answers: list[bytes] = []

    async def one(transport: Transport) -> None:
        answers.append((await transport.request(get(server, "/together/50"))).body)

    async with open_shared() as transport:
        await transport.request(get(server, "/first"))
        async with anyio.create_task_group() as tasks:
            for _ in range(50):
                tasks.start_soon(one, transport)
    assert answers == [b"/together/50"] * 50
    assert [len(seen) for seen in http2.connections] == [51]


async def test_one_that_is_cancelled_leaves_the_others_alone(open_shared: Open, server: Server, http2: Http2) -> None:
    answers: list[bytes] = []

    async def one(transport: Transport) -> None:
        answers.append((await transport.request(get(server, "/together/2"))).body)

    async with open_shared() as transport:
        await transport.request(get(server, "/first"))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(one, transport)
            await anyio.wait_all_tasks_blocked()
            await leave_one(transport, server, http2)
            # The connection with the request that was left takes no more of them, so this is the other's.
            await transport.request(get(server, "/next"))
            assert answers == []
            tasks.cancel_scope.cancel()
    first, second = http2.connections
    assert Counter(seen.target for seen in first) == {"/first": 1, "/together/2": 1, "/never": 1}
    assert [seen.target for seen in second] == ["/next"]


async def test_others_end_on_the_connection_that_one_has_left(open_shared: Open, server: Server, http2: Http2) -> None:
    async with open_shared() as transport:
        await transport.request(get(server, "/first"))
        async with transport.stream(get(server, "/never")) as kept:
            http2.begun.acquire()
            await leave_one(transport, server, http2)
            assert not server.closed.is_set()
            assert await kept.receive() == b"begun"
        # Its last user is gone, and so is the connection.
        assert await anyio.to_thread.run_sync(server.closed.wait, SECONDS)
        assert (await transport.request(get(server, "/next"))).body == b"/next"
    assert [len(seen) for seen in http2.connections] == [3, 1]


@pytest.mark.covers("pitfall-27")
async def test_leaving_an_answer_early_does_not_hold_up_anybody(
    open_shared: Open, server: Server, http2: Http2
) -> None:
    async with open_shared() as transport:
        for _ in range(3):
            with anyio.fail_after(SECONDS):
                async with transport.stream(get(server, "/more")) as answer:
                    assert await answer.receive()
                assert (await transport.request(get(server, "/ok"))).body == b"/ok"
    assert len(http2.connections) == 4


async def test_a_server_that_sends_one_away_gets_the_next_request_on_another_connection(
    open_shared: Open, server: Server, http2: Http2
) -> None:
    async with open_shared() as transport:
        assert (await transport.request(get(server, "/away"))).body == b"/away"
        for _ in range(5):  # it may take note of that with a request that then fails
            try:
                assert (await transport.request(get(server, "/ok"))).body == b"/ok"
            except TransportError:
                continue
            break
        else:
            pytest.fail("no request got through any more")
    assert [seen.target for seen in http2.connections[-1]] == ["/ok"]


async def test_without_it_nothing_is_offered(
    open_transport: Open, serve: Serve, client_tls: ssl.SSLContext, tls: ssl.SSLContext
) -> None:
    server = serve(tls=tls)
    async with open_transport(ssl_context=client_tls) as transport:
        assert (await transport.request(get(server, "/"))).body == b"ok"


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_server_without_it_gets_http_1(
    open_shared: Open, serve: Serve, server_tls: ssl.SSLContext, scheme: str
) -> None:
    server = serve(tls=server_tls if scheme == "https" else None)
    async with open_shared() as transport:
        for _ in range(4):
            assert (await transport.request(get(server, "/"))).body == b"ok"
    assert server.connections == 1


async def test_requests_at_once_to_a_server_without_it_all_succeed(
    open_shared: Open, serve: Serve, server_tls: ssl.SSLContext
) -> None:
    server = serve(tls=server_tls)
    async with open_shared(pool_size=3) as transport:
        for _ in range(3):
            async with anyio.create_task_group() as tasks:
                for _ in range(10):
                    tasks.start_soon(transport.request, get(server, "/"))
        open_at_the_end = server.connections
        await transport.request(get(server, "/"))
    assert len(server.seen) == 31
    assert server.connections == open_at_the_end <= 6


async def test_a_cancelled_request_costs_others_nothing_without_http2(
    open_shared: Open, serve: Serve, server_tls: ssl.SSLContext
) -> None:
    arrived = threading.Event()

    def script(peer: Peer) -> None:
        while asked := peer.request():
            if asked.target == "/never":
                arrived.set()
            else:
                peer.answer(b"ok")

    server = serve(script, tls=server_tls)
    async with open_shared() as transport:
        async with transport.stream(get(server, "/")) as open_meanwhile:
            await transport.request(get(server, "/"))
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(transport.request, get(server, "/never"))
                assert await anyio.to_thread.run_sync(arrived.wait, SECONDS)
                tasks.cancel_scope.cancel()
            assert await open_meanwhile.read() == b"ok"
        await transport.request(get(server, "/"))
    assert server.connections == 2  # the last one uses the connection of the stream


@pytest.mark.parametrize("between", ["directly", "tunnel", "socks"])
async def test_websockets_go_over_http_1_beside_it(
    open_shared: Open, serve: Serve, http2: Http2, tls: ssl.SSLContext, between: str
) -> None:
    def both(peer: Peer) -> None:
        chosen: Script = http2 if getattr(peer.socket, "selected_alpn_protocol", str)() == "h2" else echo
        chosen(peer)

    server = serve(both, tls=tls)
    scripts: dict[str, Script] = {"tunnel": Tunnel(), "socks": Socks()}
    through: Proxy | None = None
    if between in scripts:
        scheme = "socks5" if between == "socks" else "http"
        through = Proxy(url=f"{scheme}://127.0.0.1:{serve(scripts[between]).port}")
    async with open_shared(proxy=through) as transport:
        assert (await transport.request(get(server, "/before"))).body == b"/before"
        async with transport.websocket(upgrading(server.url)) as opened:
            await opened.send(b"data")
            assert await opened.receive() == WebSocketMessage("binary", b"data")
            assert (await transport.request(get(server, "/after"))).body == b"/after"
    assert [[seen.target for seen in connection] for connection in http2.connections] == [["/before", "/after"]]
