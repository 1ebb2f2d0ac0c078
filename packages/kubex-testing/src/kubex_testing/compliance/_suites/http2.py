"""HTTP/2: streams that share a connection."""

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING

import anyio
import pytest

from kubex.errors import TransportError
from kubex.transport import Transport
from kubex_testing.compliance.servers import (
    WAIT_TIMEOUT,
    OpenTransport,
    Server,
)

if TYPE_CHECKING:
    from kubex_testing.compliance.servers._http2_server import Http2Handler
from kubex_testing.compliance._capabilities import requires
from kubex_testing.compliance._suites.http2_fixtures import HTTP2Fixtures, get


async def cancel_after_partial_response(transport: Transport, server: Server, handler: "Http2Handler") -> None:
    """Send a request, and cancel it when the server has sent a part of the response."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(transport.request, get(server, "/partial"))
        assert await anyio.to_thread.run_sync(handler.partial_sent.acquire, True, WAIT_TIMEOUT)
        tasks.cancel_scope.cancel()


@requires("http2")
class HTTP2Tests(HTTP2Fixtures):
    """HTTP/2: streams that share a connection."""

    async def test_request_is_sent_over_http2(
        self, open_http2: OpenTransport, http2_server: Server, handler: "Http2Handler"
    ) -> None:
        """With `http2`, requests use HTTP/2.

        The method, the target, the body and the order of headers are unchanged.
        """
        request = dataclasses.replace(get(http2_server, "/a%2Fb?c=d"), method="POST", body=b"x" * 65536)
        async with open_http2() as transport:
            response = await transport.request(request)
            assert (response.status, response.body, response.headers.get("content-type")) == (
                200,
                b"/a%2Fb?c=d",
                "text/plain",
            )
        ((received,),) = handler.connections
        assert (received.method, received.target, received.body) == ("POST", "/a%2Fb?c=d", b"x" * 65536)
        headers = [field for field in received.headers if not field[0].startswith(":")]
        assert headers == [("x-test", "a"), ("accept-encoding", "identity"), ("content-length", "65536")]

    async def test_concurrent_requests_share_one_connection(
        self, open_http2: OpenTransport, http2_server: Server, handler: "Http2Handler"
    ) -> None:
        """Concurrent requests share one connection."""
        bodies: list[bytes] = []

        async def call(transport: Transport) -> None:
            bodies.append((await transport.request(get(http2_server, "/together/50"))).body)

        async with open_http2() as transport:
            await transport.request(get(http2_server, "/first"))
            async with anyio.create_task_group() as tasks:
                for _ in range(50):
                    tasks.start_soon(call, transport)
        assert bodies == [b"/together/50"] * 50
        assert [len(request) for request in handler.connections] == [51]

    async def test_cancelled_request_does_not_affect_other_requests_of_the_connection(
        self, open_http2: OpenTransport, http2_server: Server, handler: "Http2Handler"
    ) -> None:
        """A cancelled request does not affect other requests of its connection."""
        bodies: list[bytes] = []

        async def call(transport: Transport) -> None:
            bodies.append((await transport.request(get(http2_server, "/held"))).body)

        async with open_http2() as transport:
            await transport.request(get(http2_server, "/first"))
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(call, transport)
                await anyio.wait_all_tasks_blocked()
                await cancel_after_partial_response(transport, http2_server, handler)
                assert (await transport.request(get(http2_server, "/next"))).body == b"/next"
                assert bodies == []
                handler.released.set()
        assert bodies == [b"/held"]
        assert Counter(request.target for requests in handler.connections for request in requests) == {
            "/first": 1,
            "/held": 1,
            "/partial": 1,
            "/next": 1,
        }

    async def test_stream_continues_after_another_request_was_cancelled(
        self, open_http2: OpenTransport, http2_server: Server, handler: "Http2Handler"
    ) -> None:
        """A stream continues after another request of its connection was cancelled."""
        async with open_http2() as transport:
            await transport.request(get(http2_server, "/first"))
            async with transport.stream(get(http2_server, "/partial")) as stream:
                assert await anyio.to_thread.run_sync(handler.partial_sent.acquire, True, WAIT_TIMEOUT)
                await cancel_after_partial_response(transport, http2_server, handler)
                assert not http2_server.connection_closed.is_set()
                assert await stream.receive() == b"start"
                handler.released.set()
                assert await stream.read() == b"end"
            assert (await transport.request(get(http2_server, "/next"))).body == b"/next"

    async def test_unread_response_does_not_block_later_requests(
        self, open_http2: OpenTransport, http2_server: Server
    ) -> None:
        """A response that is not read to its end does not block later requests."""
        async with open_http2() as transport:
            for _ in range(3):
                async with transport.stream(get(http2_server, "/endless")) as response:
                    assert await response.receive()
                assert (await transport.request(get(http2_server, "/ok"))).body == b"/ok"

    async def test_requests_after_goaway_use_a_new_connection(
        self, open_http2: OpenTransport, http2_server: Server, handler: "Http2Handler"
    ) -> None:
        """After GOAWAY, requests use a new connection."""
        async with open_http2() as transport:
            assert (await transport.request(get(http2_server, "/goaway"))).body == b"/goaway"
            for _ in range(5):  # the first request may fail, because the transport has not read the GOAWAY frame yet
                try:
                    assert (await transport.request(get(http2_server, "/ok"))).body == b"/ok"
                except TransportError:
                    continue
                break
            else:
                pytest.fail("all requests after GOAWAY failed")
        assert [request.target for request in handler.connections[-1]] == ["/ok"]
