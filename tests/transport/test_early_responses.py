"""A server that responds to a large body before it has received all of it."""

import socket
import ssl
import threading
from collections.abc import Mapping

import pytest

from kubex.errors import ConnectionLost
from kubex.transport import Backend, PreparedRequest, Proxy
from transport.proxy_server import Socks, Tunnel
from transport.socket_server import SECONDS, Open, Peer, Serve

pytestmark = pytest.mark.anyio

# More than the buffers of both sockets, and of a proxy, take.
BODY = b"x" * 2**25


class Early:
    """Reads a part of the body, responds, and does not read the rest, as net/http of Go does.

    That closes its side of the connection, and resets it half a second later. A reset that comes at once may arrive
    before the response can be received, so it is not tested.
    """

    def __init__(
        self, status: str = "413 Request Entity Too Large", *, part: int = 2**20, half_closed: bool = True
    ) -> None:
        self.requests = 0
        self.done = threading.Event()
        self._part = part
        self._half_closed = half_closed
        self._response = f"HTTP/1.1 {status}\r\nContent-Length: 9\r\nConnection: close\r\n\r\ntoo large"

    def __call__(self, peer: Peer) -> None:
        """Serve one connection."""
        while b"\r\n\r\n" not in peer.buffer:
            if not peer.more():
                return
        self.requests += 1
        while len(peer.buffer) < self._part:
            assert peer.more()
        peer.send(self._response)
        if self._half_closed:
            peer.socket.shutdown(socket.SHUT_WR)
        assert self.done.wait(SECONDS)


@pytest.fixture(params=["plain", "TLS", "HTTP proxy", "HTTPS proxy", "SOCKS proxy", "SOCKS proxy with TLS"])
def route(
    request: pytest.FixtureRequest,
    serve: Serve,
    backend: Backend,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
) -> tuple[ssl.SSLContext | None, Mapping[str, object]]:
    """Return the TLS of the server, and the settings of a transport that reaches it."""
    name: str = request.param
    tls = {"ssl_context": client_tls}
    match name:
        case "plain":
            return None, {}
        case "TLS":
            return server_tls, tls
        case "HTTP proxy":
            return server_tls, {**tls, "proxy": Proxy(url=f"http://127.0.0.1:{serve(Tunnel()).port}")}
        case "HTTPS proxy":
            if backend.proxy("https", "https") is not None:
                pytest.skip("this Python has no TLS inside of TLS")
            proxy = Proxy(url=f"https://127.0.0.1:{serve(Tunnel(), tls=server_tls).port}")
            return server_tls, {**tls, "proxy": proxy, "proxy_ssl_context": client_tls}
        case _:
            proxy = Proxy(url=f"socks5://127.0.0.1:{serve(Socks()).port}")
            return (server_tls, {**tls, "proxy": proxy}) if "TLS" in name else (None, {"proxy": proxy})


async def test_the_response_is_returned(
    open_transport: Open, serve: Serve, route: tuple[ssl.SSLContext | None, Mapping[str, object]]
) -> None:
    script = Early()
    server = serve(script, tls=route[0])
    async with open_transport(**route[1]) as transport:
        response = await transport.request(PreparedRequest("POST", f"{server.url}/", (), BODY))
        assert (response.status, response.body) == (413, b"too large")
    script.done.set()
    assert (script.requests, server.connections) == (1, 1)


@pytest.mark.parametrize("status", ["400 Bad Request", "401 Unauthorized"])
async def test_the_server_need_not_read_any_of_the_body(open_transport: Open, serve: Serve, status: str) -> None:
    script = Early(status, part=0)
    server = serve(script)
    async with open_transport() as transport:
        response = await transport.request(PreparedRequest("PUT", f"{server.url}/", (), BODY))
        assert (response.status, response.body) == (int(status[:3]), b"too large")
    script.done.set()
    assert (script.requests, server.connections) == (1, 1)


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
async def test_the_server_need_not_close_the_connection(
    open_transport: Open, serve: Serve, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, tls: bool
) -> None:
    script = Early(half_closed=False)
    server = serve(script, tls=server_tls if tls else None)
    async with open_transport(ssl_context=client_tls if tls else None) as transport:
        response = await transport.request(PreparedRequest("POST", f"{server.url}/", (), BODY))
        assert (response.status, response.body) == (413, b"too large")
    script.done.set()
    assert (script.requests, server.connections) == (1, 1)


async def test_a_later_request_gets_another_connection(open_transport: Open, serve: Serve) -> None:
    script = Early(half_closed=False)
    server = serve(script)
    async with open_transport() as transport:
        for _ in range(2):
            response = await transport.request(PreparedRequest("POST", f"{server.url}/", (), BODY))
            assert response.status == 413
    script.done.set()
    assert (script.requests, server.connections) == (2, 2)


async def test_the_body_is_sent_completely_after_an_interim_response(open_transport: Open, serve: Serve) -> None:
    def continue_first(peer: Peer) -> None:
        assert peer.more()
        peer.send("HTTP/1.1 100 Continue\r\n\r\n")
        while peer.request():
            peer.answer(b"ok")

    server = serve(continue_first)
    async with open_transport() as transport:
        for _ in range(2):
            response = await transport.request(PreparedRequest("POST", f"{server.url}/", (), BODY[: 2**21]))
            assert response.body == b"ok"
    assert [len(seen.body) for seen in server.seen] == [2**21] * 2
    assert server.connections == 1


async def test_a_connection_that_ends_without_a_response_is_lost(open_transport: Open, serve: Serve) -> None:
    def read_the_head(peer: Peer) -> None:
        assert peer.more()
        peer.reset()

    server = serve(read_the_head)
    async with open_transport() as transport:
        with pytest.raises(ConnectionLost):
            await transport.request(PreparedRequest("POST", f"{server.url}/", (), BODY))
    assert server.connections == 1
