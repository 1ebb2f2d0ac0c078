"""WebSockets: messages, upgrades, limits and backpressure."""

import queue
import ssl
import threading

import anyio
import pytest

from kubex.errors import TransportError, WebSocketError
from kubex.transport import Limits, PreparedRequest, Proxy, Transport, WebSocket, WebSocketMessage
from kubex_testing.compliance._clock import Clock
from kubex_testing.compliance.servers import (
    BINARY,
    CLOSE,
    PING,
    PONG,
    TEXT,
    WAIT_TIMEOUT,
    OpenTransport,
    ServerConnection,
    StartServer,
    accept_upgrade,
    build_frame,
    close_code,
    echo_messages,
    http_proxy,
    read_frame,
    wait_for_event,
    websocket_request,
)

pytestmark = pytest.mark.anyio


async def test_messages_are_sent_and_received(open_transport: OpenTransport, start_server: StartServer) -> None:
    server = start_server(echo_messages)
    async with open_transport() as transport, transport.websocket(websocket_request(server.url)) as socket:
        for size in (0, 1, 125, 126, 65535, 65536, 1_000_000):
            data = bytes(size % 251 for size in range(size))
            await socket.send(data)
            assert await socket.receive() == WebSocketMessage("binary", data)
        assert socket.subprotocol is None
    (request,) = server.requests
    assert request.target == "/exec?command=a%2Fb"
    assert request.header("authorization") == "Bearer swordfish"
    added = {name.lower() for name, _ in request.headers} - {"authorization", "host", "content-length"}
    assert added == {"upgrade", "connection", "sec-websocket-key", "sec-websocket-version"}


async def test_messages_are_sent_over_tls(
    open_transport: OpenTransport, start_server: StartServer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = start_server(echo_messages, tls=server_tls)
    async with (
        open_transport(ssl_context=client_tls) as transport,
        transport.websocket(websocket_request(server.url)) as socket,
    ):
        await socket.send(b"x" * 100_000)
        assert await socket.receive() == WebSocketMessage("binary", b"x" * 100_000)


@pytest.mark.covers("pitfall-26")
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_messages_are_sent_through_a_proxy(
    open_transport: OpenTransport,
    start_server: StartServer,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
    scheme: str,
) -> None:
    server, proxy_server = (
        start_server(echo_messages, tls=server_tls if scheme == "https" else None),
        start_server(http_proxy),
    )
    proxy = Proxy(url=proxy_server.url, username="user", password="pass")
    async with (
        open_transport(ssl_context=client_tls, proxy=proxy) as transport,
        transport.websocket(websocket_request(server.url)) as socket,
    ):
        await socket.send(b"hello")
        assert await socket.receive() == WebSocketMessage("binary", b"hello")
    assert proxy_server.requests[0].header("proxy-authorization") == "Basic dXNlcjpwYXNz"
    assert server.requests[0].header("proxy-authorization") is None


@pytest.mark.parametrize(("selected", "accepted"), [("v5", "v5"), ("v4", "v4"), (None, None), ("v9", None)])
async def test_subprotocol_is_selected_by_the_server(
    open_transport: OpenTransport, start_server: StartServer, selected: str | None, accepted: str | None
) -> None:
    def select_subprotocol(connection: ServerConnection) -> None:
        accept_upgrade(connection, subprotocol=selected)
        read_frame(connection)

    server = start_server(select_subprotocol)
    offered = ("v5", "v4")
    async with (
        open_transport() as transport,
        transport.websocket(websocket_request(server.url), subprotocols=offered) as socket,
    ):
        assert socket.subprotocol == accepted
    assert (server.requests[0].header("sec-websocket-protocol") or "").replace(" ", "") == "v5,v4"


async def test_text_message_has_kind_text(open_transport: OpenTransport, start_server: StartServer) -> None:
    def send_text_and_binary(connection: ServerConnection) -> None:
        accept_upgrade(connection)
        connection.send(build_frame(TEXT, "zoë".encode()) + build_frame(BINARY, b"\xff"))
        read_frame(connection)

    async with (
        open_transport() as transport,
        transport.websocket(websocket_request(start_server(send_text_and_binary).url)) as socket,
    ):
        assert await socket.receive() == WebSocketMessage("text", "zoë".encode())
        assert await socket.receive() == WebSocketMessage("binary", b"\xff")


async def test_fragments_are_joined_to_one_message(open_transport: OpenTransport, start_server: StartServer) -> None:
    def send_fragments(connection: ServerConnection) -> None:
        accept_upgrade(connection)
        connection.send(build_frame(BINARY, b"one", final=False))
        connection.send(build_frame(PING, b"still there?"))
        connection.send(build_frame(0, b"two", final=False) + build_frame(0, b""))
        assert read_frame(connection) == (PONG, b"still there?")
        read_frame(connection)

    async with (
        open_transport() as transport,
        transport.websocket(websocket_request(start_server(send_fragments).url)) as socket,
    ):
        assert await socket.receive() == WebSocketMessage("binary", b"onetwo")


@pytest.mark.covers("pitfall-40")
async def test_ping_is_sent_and_pong_is_received(open_transport: OpenTransport, start_server: StartServer) -> None:
    def reply_with_pong(connection: ServerConnection) -> None:
        accept_upgrade(connection)
        kind, payload = read_frame(connection)
        assert kind == PING
        connection.send(build_frame(PONG, payload) + build_frame(BINARY, b"data"))
        read_frame(connection)

    async with (
        open_transport() as transport,
        transport.websocket(websocket_request(start_server(reply_with_pong).url)) as socket,
    ):
        await socket.ping(b"alive")
        assert await socket.receive() == WebSocketMessage("pong", b"alive")
        assert await socket.receive() == WebSocketMessage("binary", b"data")


@pytest.mark.covers("pitfall-39")
@pytest.mark.parametrize("status", ["400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found", "200 OK"])
async def test_error_of_refused_upgrade_contains_the_response(
    open_transport: OpenTransport, start_server: StartServer, status: str
) -> None:
    def refuse(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.respond(b'{"kind":"Status"}', status=status, headers="Content-Type: application/json\r\n")

    server = start_server(refuse)
    async with open_transport() as transport:
        for _ in range(2):
            with pytest.raises(WebSocketError) as raised:
                await open_websocket(transport, server.url)
            error = raised.value
            assert (error.status, error.body) == (int(status[:3]), b'{"kind":"Status"}')
            assert ("content-type", "application/json") in {(name.lower(), value) for name, value in error.headers}
            assert "swordfish" not in str(error)
            assert "command" not in str(error)
    assert server.connections == 1


async def test_body_of_refused_upgrade_is_limited(open_transport: OpenTransport, start_server: StartServer) -> None:
    def refuse(connection: ServerConnection) -> None:
        connection.read_request()
        connection.send("HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:  # until the client closes the connection, which raises
            connection.send_chunk(b"x" * 2**16)

    server = start_server(refuse)
    async with open_transport() as transport:
        with pytest.raises(WebSocketError, match="403") as raised:
            await open_websocket(transport, server.url)
        assert await anyio.to_thread.run_sync(server.wait_for_open_connections, 0)
    assert 2**20 <= len(raised.value.body) < 2**21


async def open_websocket(transport: Transport, url: str, limits: Limits | None = None) -> None:
    """Open a WebSocket and close it."""
    async with transport.websocket(websocket_request(url, limits or Limits())):
        pass


async def test_wrong_accept_header_raises_websocket_error(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    def accept_with_wrong_key(connection: ServerConnection) -> None:
        connection.read_request()
        connection.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
        connection.send("Sec-WebSocket-Accept: bm90IHRoZSBrZXk=\r\n\r\n")
        connection.wait_until_closed()

    server = start_server(accept_with_wrong_key)
    async with open_transport() as transport:
        with pytest.raises(WebSocketError):
            await open_websocket(transport, server.url)
        assert await wait_for_event(server.connection_closed)


async def test_failed_upgrade_is_not_sent_again(open_transport: OpenTransport, start_server: StartServer) -> None:
    def close_after_second_request(connection: ServerConnection) -> None:
        connection.read_request()
        connection.respond()
        connection.read_request()

    server = start_server(close_after_second_request)
    async with open_transport() as transport:
        await transport.request(PreparedRequest("GET", server.url + "/"))
        with pytest.raises(TransportError):
            await open_websocket(transport, server.url)
    assert len(server.requests) == 2


async def test_read_limit_applies_to_the_upgrade(open_transport: OpenTransport, start_server: StartServer) -> None:
    def never_respond(connection: ServerConnection) -> None:
        connection.wait_until_closed()

    server = start_server(never_respond)
    async with open_transport() as transport:
        with pytest.raises(TimeoutError):
            await open_websocket(transport, server.url, limits=Limits(read=0.05))


async def test_websockets_of_a_transport_have_separate_limits(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    silent = threading.Event()

    def echo_or_be_silent(connection: ServerConnection) -> None:
        if silent.is_set():
            connection.wait_until_closed()
        else:
            echo_messages(connection)

    server = start_server(echo_or_be_silent)
    async with open_transport() as transport:
        for seconds in range(100, 120):
            async with transport.websocket(websocket_request(server.url, Limits(read=seconds))) as socket:
                await socket.send(b"x")
                assert await socket.receive() == WebSocketMessage("binary", b"x")
        silent.set()
        with pytest.raises(TimeoutError, match=r"0\.05 s"):
            await open_websocket(transport, server.url, limits=Limits(read=0.05))


async def test_read_limit_does_not_apply_after_the_upgrade(
    open_transport: OpenTransport, start_server: StartServer, clock: Clock
) -> None:
    proceed = threading.Event()

    def send_late(connection: ServerConnection) -> None:
        accept_upgrade(connection)
        assert proceed.wait(WAIT_TIMEOUT)
        connection.send(build_frame(BINARY, b"late"))
        read_frame(connection)

    server = start_server(send_late)
    received: list[WebSocketMessage] = []

    async def receive_one(socket: WebSocket) -> None:
        received.append(await socket.receive())

    limited = websocket_request(server.url, Limits(read=60))
    async with (
        open_transport() as transport,
        transport.websocket(limited) as socket,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(receive_one, socket)
        await clock.jump_when_idle(70)
        await anyio.wait_all_tasks_blocked()
        proceed.set()
    assert received == [WebSocketMessage("binary", b"late")]


@pytest.mark.covers("options-ws_max_message_size")
@pytest.mark.parametrize("fragmented", [False, True])
async def test_too_large_message_closes_the_websocket_before_its_end(
    open_transport: OpenTransport, start_server: StartServer, fragmented: bool
) -> None:
    codes: queue.Queue[int] = queue.Queue()

    def send_large(connection: ServerConnection) -> None:
        accept_upgrade(connection)
        connection.send(build_frame(BINARY, b"x" * 1000))
        if fragmented:
            connection.send(build_frame(BINARY, b"x" * 999, final=False) + build_frame(0, b"xx", final=False))
        else:
            connection.send(build_frame(BINARY, b"x" * 10_000)[:2000])
        # The client closes the WebSocket before it has received the end of the message.
        codes.put(close_code(read_frame(connection)[1]))
        connection.wait_until_closed()

    server = start_server(send_large)
    async with open_transport(ws_max_message_size=1000) as transport:
        async with transport.websocket(websocket_request(server.url)) as socket:
            assert len((await socket.receive()).data) == 1000
            with pytest.raises(WebSocketError):
                await socket.receive()
            assert (await socket.receive()).kind == "close"
        assert await wait_for_event(server.connection_closed)
    assert codes.get(timeout=WAIT_TIMEOUT) == 1009


@pytest.mark.covers("options-ws_max_message_size")
async def test_message_size_is_unlimited_with_none(open_transport: OpenTransport, start_server: StartServer) -> None:
    server = start_server(echo_messages)
    data = b"0123456789" * 900_000
    async with (
        open_transport(ws_max_message_size=None) as transport,
        transport.websocket(websocket_request(server.url)) as socket,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(socket.send, data)
        assert await socket.receive() == WebSocketMessage("binary", data)


@pytest.mark.parametrize(
    "broken",
    [b"\xf2\x00", build_frame(0, b"without a start"), build_frame(TEXT, b"\xff\xff"), b"\x83\x00"],
    ids=["reserved-bits", "continuation", "not-utf8", "opcode"],
)
async def test_protocol_violation_raises_websocket_error(
    open_transport: OpenTransport, start_server: StartServer, broken: bytes
) -> None:
    replies: queue.Queue[int] = queue.Queue()

    def send_broken_frame(connection: ServerConnection) -> None:
        accept_upgrade(connection)
        connection.send(broken)
        replies.put(read_frame(connection)[0])

    async with (
        open_transport() as transport,
        transport.websocket(websocket_request(start_server(send_broken_frame).url)) as socket,
    ):
        with pytest.raises(WebSocketError):
            await socket.receive()
    assert replies.get(timeout=WAIT_TIMEOUT) == CLOSE


@pytest.mark.covers("pitfall-36")
async def test_slow_reader_causes_backpressure_and_loses_no_message(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    sent = 0
    send_blocked = threading.Event()

    def send_fast(connection: ServerConnection) -> None:
        nonlocal sent
        accept_upgrade(connection)
        connection.socket.settimeout(0.2)
        try:
            while sent < 400:
                connection.send(build_frame(BINARY, sent.to_bytes(4, "big") + b"x" * 65536))
                sent += 1
        except TimeoutError:
            send_blocked.set()

    async with (
        open_transport() as transport,
        transport.websocket(websocket_request(start_server(send_fast).url)) as socket,
    ):
        assert await wait_for_event(send_blocked)
        assert 0 < sent < 400
        for number in range(sent):
            assert (await socket.receive()).data[:4] == number.to_bytes(4, "big")


async def test_send_waits_until_the_server_reads(open_transport: OpenTransport, start_server: StartServer) -> None:
    proceed = threading.Event()
    total = 200 * 65536

    def read_slowly(connection: ServerConnection) -> None:
        accept_upgrade(connection)
        assert proceed.wait(WAIT_TIMEOUT)
        received = 0
        while received < total:
            received += len(read_frame(connection)[1])
        connection.send(build_frame(BINARY, b"all"))
        read_frame(connection)

    sent: list[int] = []

    async def send_all(socket: WebSocket) -> None:
        for number in range(200):
            await socket.send(b"x" * 65536)
            sent.append(number)

    async with (
        open_transport() as transport,
        transport.websocket(websocket_request(start_server(read_slowly).url)) as socket,
    ):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(send_all, socket)
            await anyio.wait_all_tasks_blocked()
            assert len(sent) < 200
            proceed.set()
            assert await socket.receive() == WebSocketMessage("binary", b"all")
        assert len(sent) == 200
