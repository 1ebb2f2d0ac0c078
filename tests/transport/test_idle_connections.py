"""Connections that the server closed, or on which it sent too much, are not used again."""

import ssl
import threading
from typing import Any

import anyio.to_thread
import pytest

from kubex.transport import PreparedRequest
from transport.socket_server import SECONDS, Open, Peer, Serve

pytestmark = pytest.mark.anyio

GOOD, EVIL = (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + body for body in (b"good", b"evil"))


@pytest.fixture(params=["http", "https"])
def tls(request: pytest.FixtureRequest, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> dict[str, Any]:
    """TLS of the server and of the client, or none."""
    on = request.param == "https"
    return {"server": server_tls if on else None, "client": {"ssl_context": client_tls} if on else {}}


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_a_connection_closed_while_the_event_loop_was_busy_is_not_used(
    open_transport: Open, serve: Serve, tls: dict[str, Any], method: str
) -> None:
    def once(peer: Peer) -> None:
        if peer.request():
            peer.answer(b"ok")

    server = serve(once, tls=tls["server"])
    async with open_transport(**tls["client"]) as transport:
        await transport.request(PreparedRequest("GET", f"{server.url}/first"))
        assert server.has_open(0), "this waits without giving control to the event loop"
        body = b"{}" if method == "POST" else None
        response = await transport.request(PreparedRequest(method, f"{server.url}/second", (), body))
    assert response.body == b"ok"
    assert [seen.target for seen in server.seen] == ["/first", "/second"], "nothing is sent twice"


@pytest.mark.parametrize("at", ["once", "later"])
async def test_bytes_after_a_response_are_not_the_next_response(
    open_transport: Open, serve: Serve, tls: dict[str, Any], at: str
) -> None:
    received, sent = threading.Event(), threading.Event()

    def script(peer: Peer) -> None:
        while peer.request():
            if len(peer.server.seen) > 1:
                peer.answer(b"good")
                continue
            if at == "once":
                peer.send(GOOD + EVIL)
            else:
                peer.send(GOOD)
                assert received.wait(SECONDS)
                peer.send(EVIL)
            sent.set()

    server = serve(script, tls=tls["server"])
    async with open_transport(**tls["client"]) as transport:
        for number in range(3):
            response = await transport.request(PreparedRequest("GET", f"{server.url}/{number}"))
            assert response.body == b"good"
            received.set()
            await anyio.to_thread.run_sync(sent.wait, SECONDS)
    assert len(server.seen) == 3
    assert server.connections == 2, "the first connection is closed, the second one is kept"
