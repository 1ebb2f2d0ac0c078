"""A request that is given up while its body is still being sent."""

import threading

import anyio
import anyio.to_thread
import pytest

from kubex.transport import PreparedRequest
from support.pairs import PAIRS
from transport.servers import SECONDS, Open, Peer, Serve

# More than the buffers of both sockets take.
BODY = b"x" * 2**25


# aiohttp closes such a connection politely: it goes on sending until the peer has read or left.
@pytest.mark.anyio
@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.backend == "httpx"], ids=str)
async def test_a_request_cancelled_while_its_body_is_sent_leaves_nothing_behind(
    open_transport: Open, serve: Serve
) -> None:
    head_arrived, given_up = threading.Event(), threading.Event()

    def read_the_head_alone(peer: Peer) -> None:
        while b"\r\n\r\n" not in peer.buffer:
            assert peer.more()
        head_arrived.set()
        assert given_up.wait(SECONDS)

    server = serve(read_the_head_alone)
    async with open_transport() as transport:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(transport.request, PreparedRequest("POST", f"{server.url}/", (), BODY))
            assert await anyio.to_thread.run_sync(head_arrived.wait, SECONDS)
            tasks.cancel_scope.cancel()
        given_up.set()
