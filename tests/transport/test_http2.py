"""HTTP/2 with the httpx backend and its extra `http2`."""

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
from kubex_testing.compliance.servers import (
    WAIT_TIMEOUT,
    ConnectionHandler,
    OpenTransport,
    Server,
    ServerConnection,
    SocksProxy,
    StartServer,
    TunnelProxy,
    echo_messages,
    wait_for_event,
    websocket_request,
)
from kubex_testing.compliance.servers._http2_server import Http2Handler
from support.backend_pairs import HTTPX_PAIRS, BackendPair

pytestmark = [pytest.mark.anyio, pytest.mark.covers("options-http2")]


@pytest.fixture(params=HTTPX_PAIRS, ids=str)
def pair(request: pytest.FixtureRequest) -> BackendPair:
    """Return each pair that supports HTTP/2."""
    pair: BackendPair = request.param
    return pair


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    """Create the SSL context of a server that prefers HTTP/2."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


@pytest.fixture
def http2() -> Http2Handler:
    return Http2Handler()


@pytest.fixture
def server(start_server: StartServer, http2: Http2Handler, tls: ssl.SSLContext) -> Server:
    return start_server(http2, tls=tls)


@pytest.fixture
def open_http2(open_transport: OpenTransport, client_tls: ssl.SSLContext) -> OpenTransport:
    """Return `open_transport` with HTTP/2."""
    return lambda **settings: open_transport(http2=True, ssl_context=client_tls, **settings)


def get(server: Server, path: str, **limits: Any) -> PreparedRequest:
    headers = (("X-Test", "a"), ("Accept-Encoding", "identity"))
    return PreparedRequest("GET", server.url + path, headers, limits=Limits(**limits))


async def cancel_after_partial_response(transport: Transport, server: Server, http2: Http2Handler) -> None:
    """Send a request, and cancel it when the server has sent a part of the response."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(transport.request, get(server, "/partial"))
        assert await anyio.to_thread.run_sync(http2.partial_sent.acquire, True, WAIT_TIMEOUT)
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("enabled", [False, True])
async def test_hpack_logs_headers_only_if_its_level_is_set(
    open_http2: OpenTransport,
    server: Server,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    enabled: bool,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(logging.getLogger("hpack"), "level", logging.NOTSET)
    if enabled:
        logging.getLogger("hpack").setLevel(logging.DEBUG)
    async with open_http2() as transport:
        await transport.request(get(server, "/a"))
    assert any(record.name.startswith("hpack") for record in caplog.records) is enabled


async def test_request_is_sent_over_http2(open_http2: OpenTransport, server: Server, http2: Http2Handler) -> None:
    request = dataclasses.replace(get(server, "/a%2Fb?c=d"), method="POST", body=b"x" * 65536)
    async with open_http2() as transport:
        response = await transport.request(request)
        assert (response.status, response.body, response.headers.get("content-type")) == (
            200,
            b"/a%2Fb?c=d",
            "text/plain",
        )
    ((received,),) = http2.connections
    assert (received.method, received.target, received.body) == ("POST", "/a%2Fb?c=d", b"x" * 65536)
    headers = [field for field in received.headers if not field[0].startswith(":")]
    assert headers == [("x-test", "a"), ("accept-encoding", "identity"), ("content-length", "65536")]


async def test_concurrent_requests_share_one_connection(
    open_http2: OpenTransport, server: Server, http2: Http2Handler
) -> None:
    bodies: list[bytes] = []

    async def call(transport: Transport) -> None:
        bodies.append((await transport.request(get(server, "/together/50"))).body)

    async with open_http2() as transport:
        await transport.request(get(server, "/first"))
        async with anyio.create_task_group() as tasks:
            for _ in range(50):
                tasks.start_soon(call, transport)
    assert bodies == [b"/together/50"] * 50
    assert [len(request) for request in http2.connections] == [51]


async def test_cancelled_request_does_not_affect_other_requests_of_the_connection(
    open_http2: OpenTransport, server: Server, http2: Http2Handler
) -> None:
    bodies: list[bytes] = []

    async def call(transport: Transport) -> None:
        bodies.append((await transport.request(get(server, "/together/2"))).body)

    async with open_http2() as transport:
        await transport.request(get(server, "/first"))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(call, transport)
            await anyio.wait_all_tasks_blocked()
            await cancel_after_partial_response(transport, server, http2)
            # The connection with the cancelled request accepts no more requests, so this request uses a new one.
            await transport.request(get(server, "/next"))
            assert bodies == []
            tasks.cancel_scope.cancel()
    first, second = http2.connections
    assert Counter(request.target for request in first) == {"/first": 1, "/together/2": 1, "/partial": 1}
    assert [request.target for request in second] == ["/next"]


async def test_connection_is_closed_when_its_last_stream_ends_after_a_cancellation(
    open_http2: OpenTransport, server: Server, http2: Http2Handler
) -> None:
    async with open_http2() as transport:
        await transport.request(get(server, "/first"))
        async with transport.stream(get(server, "/partial")) as stream:
            http2.partial_sent.acquire()
            await cancel_after_partial_response(transport, server, http2)
            assert not server.connection_closed.is_set()
            assert await stream.receive() == b"start"
        # The connection is closed when its last stream has ended.
        assert await wait_for_event(server.connection_closed)
        assert (await transport.request(get(server, "/next"))).body == b"/next"
    assert [len(request) for request in http2.connections] == [3, 1]


@pytest.mark.covers("pitfall-27")
async def test_unread_response_does_not_block_later_requests(
    open_http2: OpenTransport, server: Server, http2: Http2Handler
) -> None:
    async with open_http2() as transport:
        for _ in range(3):
            with anyio.fail_after(WAIT_TIMEOUT):
                async with transport.stream(get(server, "/endless")) as response:
                    assert await response.receive()
                assert (await transport.request(get(server, "/ok"))).body == b"/ok"
    assert len(http2.connections) == 4


async def test_requests_after_goaway_use_a_new_connection(
    open_http2: OpenTransport, server: Server, http2: Http2Handler
) -> None:
    async with open_http2() as transport:
        assert (await transport.request(get(server, "/goaway"))).body == b"/goaway"
        for _ in range(5):  # the first request may fail, because the transport has not read the GOAWAY frame yet
            try:
                assert (await transport.request(get(server, "/ok"))).body == b"/ok"
            except TransportError:
                continue
            break
        else:
            pytest.fail("all requests after GOAWAY failed")
    assert [request.target for request in http2.connections[-1]] == ["/ok"]


async def test_http2_is_not_offered_unless_enabled(
    open_transport: OpenTransport, start_server: StartServer, client_tls: ssl.SSLContext, tls: ssl.SSLContext
) -> None:
    server = start_server(tls=tls)
    async with open_transport(ssl_context=client_tls) as transport:
        assert (await transport.request(get(server, "/"))).body == b"ok"


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_server_without_http2_receives_http_1_requests(
    open_http2: OpenTransport, start_server: StartServer, server_tls: ssl.SSLContext, scheme: str
) -> None:
    server = start_server(tls=server_tls if scheme == "https" else None)
    async with open_http2() as transport:
        for _ in range(4):
            assert (await transport.request(get(server, "/"))).body == b"ok"
    assert server.connections == 1


async def test_concurrent_requests_to_server_without_http2_succeed(
    open_http2: OpenTransport, start_server: StartServer, server_tls: ssl.SSLContext
) -> None:
    server = start_server(tls=server_tls)
    async with open_http2(pool_size=3) as transport:
        for _ in range(3):
            async with anyio.create_task_group() as tasks:
                for _ in range(10):
                    tasks.start_soon(transport.request, get(server, "/"))
        connections_after_tasks = server.connections
        await transport.request(get(server, "/"))
    assert len(server.requests) == 31
    assert server.connections == connections_after_tasks <= 6


async def test_cancelled_request_to_server_without_http2_keeps_other_connections(
    open_http2: OpenTransport, start_server: StartServer, server_tls: ssl.SSLContext
) -> None:
    request_received = threading.Event()

    def respond_except_to_partial(connection: ServerConnection) -> None:
        while request := connection.read_request():
            if request.target == "/partial":
                request_received.set()
            else:
                connection.respond(b"ok")

    server = start_server(respond_except_to_partial, tls=server_tls)
    async with open_http2() as transport:
        async with transport.stream(get(server, "/")) as stream:
            await transport.request(get(server, "/"))
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(transport.request, get(server, "/partial"))
                assert await wait_for_event(request_received)
                tasks.cancel_scope.cancel()
            assert await stream.read() == b"ok"
        await transport.request(get(server, "/"))
    assert server.connections == 2  # the last request uses the connection of the stream


@pytest.mark.parametrize("proxy_kind", ["no proxy", "tunnel", "socks"])
async def test_websockets_use_http_1_next_to_http2_requests(
    open_http2: OpenTransport,
    start_server: StartServer,
    http2: Http2Handler,
    tls: ssl.SSLContext,
    proxy_kind: str,
) -> None:
    def select_handler(connection: ServerConnection) -> None:
        handler: ConnectionHandler = (
            http2 if getattr(connection.socket, "selected_alpn_protocol", str)() == "h2" else echo_messages
        )
        handler(connection)

    server = start_server(select_handler, tls=tls)
    proxies: dict[str, ConnectionHandler] = {"tunnel": TunnelProxy(), "socks": SocksProxy()}
    proxy: Proxy | None = None
    if proxy_kind in proxies:
        scheme = "socks5" if proxy_kind == "socks" else "http"
        proxy = Proxy(url=f"{scheme}://127.0.0.1:{start_server(proxies[proxy_kind]).port}")
    async with open_http2(proxy=proxy) as transport:
        assert (await transport.request(get(server, "/before"))).body == b"/before"
        async with transport.websocket(websocket_request(server.url)) as websocket:
            await websocket.send(b"data")
            assert await websocket.receive() == WebSocketMessage("binary", b"data")
            assert (await transport.request(get(server, "/after"))).body == b"/after"
    assert [[request.target for request in connection] for connection in http2.connections] == [["/before", "/after"]]
