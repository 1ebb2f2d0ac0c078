"""A request that is cancelled while its body is still being sent."""

import threading

import anyio
import anyio.to_thread
import pytest

from kubex.transport import PreparedRequest
from transport.socket_server import SECONDS, Open, Peer, Serve

# More than the buffers of both sockets take.
BODY = b"x" * 2**25


@pytest.mark.anyio
async def test_a_request_cancelled_while_its_body_is_sent_sends_no_more_of_it(
    open_transport: Open, serve: Serve
) -> None:
    head_arrived, cancelled, ended = threading.Event(), threading.Event(), threading.Event()
    received = 0

    def read_the_head_and_wait(peer: Peer) -> None:
        nonlocal received
        while b"\r\n\r\n" not in peer.buffer:
            assert peer.more()
        head_arrived.set()
        assert cancelled.wait(SECONDS)
        while peer.more():
            pass
        received = len(peer.buffer)
        ended.set()

    server = serve(read_the_head_and_wait)
    async with open_transport() as transport:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(transport.request, PreparedRequest("POST", f"{server.url}/", (), BODY))
            assert await anyio.to_thread.run_sync(head_arrived.wait, SECONDS)
            tasks.cancel_scope.cancel()
        cancelled.set()
        assert await anyio.to_thread.run_sync(ended.wait, SECONDS)
    assert received < len(BODY)
