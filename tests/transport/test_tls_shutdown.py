"""Connections are closed at once, whoever ends them, and none is left to the garbage collector."""

import contextlib
import os
import socket
import ssl
import threading

import anyio
import anyio.to_thread
import pytest

from kubex.errors import ConnectionLost, ProxyError
from kubex.transport import Backend, PreparedRequest, Proxy
from transport.socket_server import SECONDS, Open, Peer, Serve

pytestmark = pytest.mark.anyio


def wait_without_tls(peer: Peer) -> None:
    """Wait until the client has closed the connection; do not reply to the closing handshake of TLS."""
    with socket.socket(fileno=os.dup(peer.socket.fileno())) as raw:
        raw.settimeout(SECONDS)
        with contextlib.suppress(ConnectionError):
            while raw.recv(65536):
                pass
    peer.server.closed.set()


@pytest.mark.parametrize("refuses", [True, False], ids=["refused", "cancelled"])
async def test_a_proxy_that_does_not_reply_to_the_closing_handshake(
    open_transport: Open,
    backend: Backend,
    serve: Serve,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
    refuses: bool,
) -> None:
    if backend.proxy("https", "https") is not None:
        pytest.skip("this Python has no TLS inside of TLS")
    asked = threading.Event()

    def script(peer: Peer) -> None:
        peer.request()
        if refuses:
            peer.answer(status="407 Proxy Authentication Required")
        asked.set()
        wait_without_tls(peer)

    between = serve(script, tls=server_tls)
    tls = {"ssl_context": client_tls, "proxy_ssl_context": client_tls}
    request = PreparedRequest("GET", "https://kubernetes.test/")
    async with open_transport(**tls, proxy=Proxy(url=between.url)) as transport:
        if refuses:
            with pytest.raises(ProxyError, match="it refused with 407"):
                await transport.request(request)
        else:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(transport.request, request)
                assert await anyio.to_thread.run_sync(asked.wait, SECONDS)
                tasks.cancel_scope.cancel()
    assert between.closed.wait(SECONDS), "it waits without giving control to the event loop"


@pytest.mark.parametrize("ended", [True, False], ids=["idle", "streaming"])
async def test_a_server_that_does_not_reply_to_the_closing_handshake(
    open_transport: Open, serve: Serve, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, ended: bool
) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.chunked()
        peer.chunk(b"ok")
        if ended:
            peer.chunk(b"")
        wait_without_tls(peer)

    server = serve(script, tls=server_tls)
    request = PreparedRequest("GET", f"{server.url}/")
    async with open_transport(ssl_context=client_tls) as transport, transport.stream(request) as response:
        assert await response.receive() == b"ok"
        if ended:
            assert await response.receive() == b""
    assert server.closed.wait(SECONDS), "it waits without giving control to the event loop"


@pytest.mark.parametrize("way", ["reset", "without an alert", "with an alert"])
async def test_a_tls_connection_that_the_server_ends(
    open_transport: Open, serve: Serve, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, way: str
) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        if way == "reset":
            peer.reset()
        elif way == "with an alert":
            assert isinstance(peer.socket, ssl.SSLSocket)
            peer.socket.unwrap()

    server = serve(script, tls=server_tls)
    async with open_transport(ssl_context=client_tls) as transport:
        with pytest.raises(ConnectionLost):
            await transport.request(PreparedRequest("GET", f"{server.url}/"))
