"""Mutants that read the body of a response in a wrong way."""

import asyncio
import time
from typing import cast

import aiohttp
from typing_extensions import override

from kubex.transport import ConnectGuard, PreparedRequest, StreamResponse
from kubex_aiohttp._transport import AioHttpTransport
from kubex_testing.compliance import RequestSuite, StreamSuite
from mutants.registry import breaks


class WrappedResponse(StreamResponse):
    """A response that reads from another one."""

    def __init__(self, request: PreparedRequest, inner: StreamResponse) -> None:
        super().__init__(request, inner.status, inner.headers)
        self.inner = inner

    @override
    async def next_chunk(self) -> bytes:
        return await self.inner.next_chunk()

    @override
    async def aclose(self, *, ended: bool) -> None:
        await self.inner.aclose(ended=ended)


class WrappingTransport(AioHttpTransport):
    """A transport that replaces each response."""

    response = WrappedResponse

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        return self.response(request, await super().open(request, guard))


@breaks(StreamSuite.test_truncated_body_raises_connection_lost)
class AcceptsIncompleteBodies(WrappingTransport):
    """A body that ends before its length raises an exception."""

    class response(WrappedResponse):  # noqa: N801 - an attribute of the base class
        @override
        async def next_chunk(self) -> bytes:
            try:
                return await super().next_chunk()
            except aiohttp.ClientPayloadError:
                return b""


@breaks(StreamSuite.test_chunks_are_received_as_they_are_sent)
class MergesChunks(WrappingTransport):
    """Data of a body is returned when it arrives."""

    class response(WrappedResponse):  # noqa: N801
        @override
        async def next_chunk(self) -> bytes:
            data = b""
            while len(data) < 2**16 and (chunk := await super().next_chunk()):
                data += chunk
            return data


@breaks(RequestSuite.test_response_bodies_are_bytes)
class ReturnsByteArrays(WrappingTransport):
    """The data of a body is `bytes`."""

    class response(WrappedResponse):  # noqa: N801
        @override
        async def next_chunk(self) -> bytes:
            return cast("bytes", bytearray(await super().next_chunk()))


@breaks(StreamSuite.test_cancelled_read_is_not_treated_as_the_end_of_the_body)
class SwallowsCancellation(WrappingTransport):
    """Cancellation is not caught."""

    class response(WrappedResponse):  # noqa: N801
        @override
        async def next_chunk(self) -> bytes:
            try:
                return await super().next_chunk()
            except asyncio.CancelledError:
                return b""


@breaks(StreamSuite.test_exception_in_the_block_is_propagated_unchanged)
class LeaksUnreadResponses(WrappingTransport):
    """A response that was not read to its end closes its connection."""

    class response(WrappedResponse):  # noqa: N801
        @override
        async def aclose(self, *, ended: bool) -> None:
            if ended:
                await super().aclose(ended=ended)
            else:
                # A reference cycle with the event loop, so that the garbage collector does not close the connection.
                vars(asyncio.get_running_loop()).setdefault("leaked", []).append(self.inner)


@breaks(StreamSuite.test_leaving_an_endless_response_closes_the_connection)
class ReadsTheRestOfBodies(WrappingTransport):
    """Leaving a response does not read the rest of its body."""

    class response(WrappedResponse):  # noqa: N801
        @override
        async def aclose(self, *, ended: bool) -> None:
            while not ended and await super().next_chunk():
                pass
            await super().aclose(ended=ended)


@breaks(StreamSuite.test_requests_do_not_block_other_tasks)
class BlocksTheEventLoop(AioHttpTransport):
    """The event loop is not blocked."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        time.sleep(0.2)  # noqa: ASYNC251 - real time: blocks the event loop
        return await super().open(request, guard)
