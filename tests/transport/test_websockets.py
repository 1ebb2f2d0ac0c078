"""WebSockets: frames in, frames out."""

import queue
import ssl
import threading

import anyio
import pytest

from kubex.errors import TransportError, WebSocketError
from kubex.transport import Limits, PreparedRequest, Proxy, Transport, WebSocket, WebSocketMessage
from support.clock import Clock
from transport.socket_server import SECONDS, Open, Peer, Serve, proxy
from transport.websocket_frames import (
    BINARY,
    CLOSE,
    PING,
    PONG,
    TEXT,
    code_of,
    echo,
    frame,
    receive,
    request,
    until,
    upgrade,
)

pytestmark = pytest.mark.anyio


async def test_messages_go_there_and_back(open_transport: Open, serve: Serve) -> None:
    server = serve(echo)
    async with open_transport() as transport, transport.websocket(request(server.url)) as socket:
        for size in (0, 1, 125, 126, 65535, 65536, 1_000_000):
            data = bytes(size % 251 for size in range(size))
            await socket.send(data)
            assert await socket.receive() == WebSocketMessage("binary", data)
        assert socket.subprotocol is None
    (seen,) = server.seen
    assert seen.target == "/exec?command=a%2Fb"
    assert seen.header("authorization") == "Bearer swordfish"
    added = {name.lower() for name, _ in seen.headers} - {"authorization", "host", "content-length"}
    assert added == {"upgrade", "connection", "sec-websocket-key", "sec-websocket-version"}


async def test_it_works_over_tls(
    open_transport: Open, serve: Serve, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = serve(echo, tls=server_tls)
    async with open_transport(ssl_context=client_tls) as transport, transport.websocket(request(server.url)) as socket:
        await socket.send(b"x" * 100_000)
        assert await socket.receive() == WebSocketMessage("binary", b"x" * 100_000)


@pytest.mark.covers("pitfall-26")
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_it_goes_through_the_proxy(
    open_transport: Open, serve: Serve, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, scheme: str
) -> None:
    server, between = serve(echo, tls=server_tls if scheme == "https" else None), serve(proxy)
    through = Proxy(url=between.url, username="user", password="pass")
    async with (
        open_transport(ssl_context=client_tls, proxy=through) as transport,
        transport.websocket(request(server.url)) as socket,
    ):
        await socket.send(b"hello")
        assert await socket.receive() == WebSocketMessage("binary", b"hello")
    assert between.seen[0].header("proxy-authorization") == "Basic dXNlcjpwYXNz"
    assert server.seen[0].header("proxy-authorization") is None


@pytest.mark.parametrize(("chosen", "accepted"), [("v5", "v5"), ("v4", "v4"), (None, None), ("v9", None)])
async def test_the_server_chooses_the_subprotocol(
    open_transport: Open, serve: Serve, chosen: str | None, accepted: str | None
) -> None:
    def choose(peer: Peer) -> None:
        upgrade(peer, subprotocol=chosen)
        receive(peer)

    server = serve(choose)
    offered = ("v5", "v4")
    async with (
        open_transport() as transport,
        transport.websocket(request(server.url), subprotocols=offered) as socket,
    ):
        assert socket.subprotocol == accepted
    assert (server.seen[0].header("sec-websocket-protocol") or "").replace(" ", "") == "v5,v4"


async def test_text_comes_as_text(open_transport: Open, serve: Serve) -> None:
    def talk(peer: Peer) -> None:
        upgrade(peer)
        peer.send(frame(TEXT, "zoë".encode()) + frame(BINARY, b"\xff"))
        receive(peer)

    async with open_transport() as transport, transport.websocket(request(serve(talk).url)) as socket:
        assert await socket.receive() == WebSocketMessage("text", "zoë".encode())
        assert await socket.receive() == WebSocketMessage("binary", b"\xff")


async def test_a_message_in_fragments_is_one_message(open_transport: Open, serve: Serve) -> None:
    def fragments(peer: Peer) -> None:
        upgrade(peer)
        peer.send(frame(BINARY, b"one", last=False))
        peer.send(frame(PING, b"still there?"))
        peer.send(frame(0, b"two", last=False) + frame(0, b""))
        assert receive(peer) == (PONG, b"still there?")
        receive(peer)

    async with open_transport() as transport, transport.websocket(request(serve(fragments).url)) as socket:
        assert await socket.receive() == WebSocketMessage("binary", b"onetwo")


@pytest.mark.covers("pitfall-40")
async def test_pings_go_out_and_pongs_are_reported(open_transport: Open, serve: Serve) -> None:
    def pong(peer: Peer) -> None:
        upgrade(peer)
        kind, payload = receive(peer)
        assert kind == PING
        peer.send(frame(PONG, payload) + frame(BINARY, b"data"))
        receive(peer)

    async with open_transport() as transport, transport.websocket(request(serve(pong).url)) as socket:
        await socket.ping(b"alive")
        assert await socket.receive() == WebSocketMessage("pong", b"alive")
        assert await socket.receive() == WebSocketMessage("binary", b"data")


@pytest.mark.covers("pitfall-39")
@pytest.mark.parametrize("status", ["400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found", "200 OK"])
async def test_a_refused_upgrade_carries_the_answer(open_transport: Open, serve: Serve, status: str) -> None:
    def refuse(peer: Peer) -> None:
        while peer.request():
            peer.answer(b'{"kind":"Status"}', status=status, headers="Content-Type: application/json\r\n")

    server = serve(refuse)
    async with open_transport() as transport:
        for _ in range(2):
            with pytest.raises(WebSocketError) as raised:
                await opened(transport, server.url)
            error = raised.value
            assert (error.status, error.body) == (int(status[:3]), b'{"kind":"Status"}')
            assert ("content-type", "application/json") in {(name.lower(), value) for name, value in error.headers}
            assert "swordfish" not in str(error)
            assert "command" not in str(error)
    assert server.connections == 1


async def test_the_body_of_a_refused_upgrade_is_read_up_to_a_limit(open_transport: Open, serve: Serve) -> None:
    def refuse(peer: Peer) -> None:
        peer.request()
        peer.send("HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:  # until the client closes the connection, which raises
            peer.chunk(b"x" * 2**16)

    server = serve(refuse)
    async with open_transport() as transport:
        with pytest.raises(WebSocketError, match="403") as raised:
            await opened(transport, server.url)
        assert await anyio.to_thread.run_sync(server.has_open, 0)
    assert 2**20 <= len(raised.value.body) < 2**21


async def opened(transport: Transport, url: str, limits: Limits | None = None) -> None:
    """Open a WebSocket and leave it."""
    async with transport.websocket(request(url, limits or Limits())):
        pass


async def test_an_answer_that_accepts_nothing_is_refused(open_transport: Open, serve: Serve) -> None:
    def wrong(peer: Peer) -> None:
        peer.request()
        peer.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
        peer.send("Sec-WebSocket-Accept: bm90IHRoZSBrZXk=\r\n\r\n")
        peer.wait_until_closed()

    server = serve(wrong)
    async with open_transport() as transport:
        with pytest.raises(WebSocketError):
            await opened(transport, server.url)
        assert await until(server.closed)


async def test_an_upgrade_is_never_asked_for_twice(open_transport: Open, serve: Serve) -> None:
    def cut(peer: Peer) -> None:
        peer.request()
        peer.answer()
        peer.request()

    server = serve(cut)
    async with open_transport() as transport:
        await transport.request(PreparedRequest("GET", server.url + "/"))
        with pytest.raises(TransportError):
            await opened(transport, server.url)
    assert len(server.seen) == 2


async def test_the_upgrade_has_the_limits_of_the_request(open_transport: Open, serve: Serve) -> None:
    def silent(peer: Peer) -> None:
        peer.wait_until_closed()

    server = serve(silent)
    async with open_transport() as transport:
        with pytest.raises(TimeoutError):
            await opened(transport, server.url, limits=Limits(read=0.05))


async def test_the_read_limit_does_not_outlive_the_upgrade(open_transport: Open, serve: Serve, clock: Clock) -> None:
    go_on = threading.Event()

    def late(peer: Peer) -> None:
        upgrade(peer)
        assert go_on.wait(SECONDS)
        peer.send(frame(BINARY, b"late"))
        receive(peer)

    server = serve(late)
    received: list[WebSocketMessage] = []

    async def receive_one(socket: WebSocket) -> None:
        received.append(await socket.receive())

    limited = request(server.url, Limits(read=60))
    async with (
        open_transport() as transport,
        transport.websocket(limited) as socket,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(receive_one, socket)
        await clock.jump_when_idle(70)
        await anyio.wait_all_tasks_blocked()
        go_on.set()
    assert received == [WebSocketMessage("binary", b"late")]


@pytest.mark.covers("options-ws_max_message_size")
@pytest.mark.parametrize("fragmented", [False, True])
async def test_a_message_above_the_cap_is_refused_while_it_comes(
    open_transport: Open, serve: Serve, fragmented: bool
) -> None:
    codes: queue.Queue[int] = queue.Queue()

    def large(peer: Peer) -> None:
        upgrade(peer)
        peer.send(frame(BINARY, b"x" * 1000))
        if fragmented:
            peer.send(frame(BINARY, b"x" * 999, last=False) + frame(0, b"xx", last=False))
        else:
            peer.send(frame(BINARY, b"x" * 10_000)[:2000])
        codes.put(code_of(receive(peer)[1]))  # nothing more was sent: the refusal did not wait for the end
        peer.wait_until_closed()

    server = serve(large)
    async with open_transport(ws_max_message_size=1000) as transport:
        async with transport.websocket(request(server.url)) as socket:
            assert len((await socket.receive()).data) == 1000
            with pytest.raises(WebSocketError):
                await socket.receive()
            assert (await socket.receive()).kind == "close"
        assert await until(server.closed)
    assert codes.get(timeout=SECONDS) == 1009


@pytest.mark.covers("options-ws_max_message_size")
async def test_without_a_cap_any_message_passes(open_transport: Open, serve: Serve) -> None:
    server = serve(echo)
    data = b"0123456789" * 900_000
    async with (
        open_transport(ws_max_message_size=None) as transport,
        transport.websocket(request(server.url)) as socket,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(socket.send, data)
        assert await socket.receive() == WebSocketMessage("binary", data)


@pytest.mark.parametrize(
    "broken", [b"\xf2\x00", frame(0, b"nothing began"), frame(TEXT, b"\xff\xff"), b"\x83\x00"],
    ids=["reserved-bits", "continuation", "not-utf8", "opcode"],
)  # fmt: skip
async def test_a_server_that_breaks_the_protocol(open_transport: Open, serve: Serve, broken: bytes) -> None:
    replies: queue.Queue[int] = queue.Queue()

    def wrong(peer: Peer) -> None:
        upgrade(peer)
        peer.send(broken)
        replies.put(receive(peer)[0])

    async with open_transport() as transport, transport.websocket(request(serve(wrong).url)) as socket:
        with pytest.raises(WebSocketError):
            await socket.receive()
    assert replies.get(timeout=SECONDS) == CLOSE


@pytest.mark.covers("pitfall-36")
async def test_a_slow_reader_holds_the_server_back_and_loses_nothing(open_transport: Open, serve: Serve) -> None:
    sent = 0
    stuck = threading.Event()

    def fast(peer: Peer) -> None:
        nonlocal sent
        upgrade(peer)
        peer.socket.settimeout(0.2)
        try:
            while sent < 400:
                peer.send(frame(BINARY, sent.to_bytes(4, "big") + b"x" * 65536))
                sent += 1
        except TimeoutError:
            stuck.set()

    async with open_transport() as transport, transport.websocket(request(serve(fast).url)) as socket:
        assert await until(stuck)
        assert 0 < sent < 400
        for number in range(sent):
            assert (await socket.receive()).data[:4] == number.to_bytes(4, "big")


async def test_sending_waits_for_a_server_that_does_not_read(open_transport: Open, serve: Serve) -> None:
    read_on = threading.Event()
    total = 200 * 65536

    def slow(peer: Peer) -> None:
        upgrade(peer)
        assert read_on.wait(SECONDS)
        received = 0
        while received < total:
            received += len(receive(peer)[1])
        peer.send(frame(BINARY, b"all"))
        receive(peer)

    sent: list[int] = []

    async def send(socket: WebSocket) -> None:
        for number in range(200):
            await socket.send(b"x" * 65536)
            sent.append(number)

    async with open_transport() as transport, transport.websocket(request(serve(slow).url)) as socket:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(send, socket)
            await anyio.wait_all_tasks_blocked()
            assert len(sent) < 200
            read_on.set()
            assert await socket.receive() == WebSocketMessage("binary", b"all")
        assert len(sent) == 200
