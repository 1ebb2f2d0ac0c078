"""Mutants that ignore a time limit, or apply it to another phase."""

import asyncio
from dataclasses import replace

from typing_extensions import override

from kubex.transport import ConnectGuard, PreparedRequest, StreamResponse, TransportConfig
from kubex_aiohttp._transport import AioHttpTransport
from kubex_httpx._transport import HttpxResponse, HttpxTransport
from kubex_testing.compliance import StreamSuite, TimeoutSuite
from mutants.registry import breaks


@breaks(TimeoutSuite.test_slow_tcp_connect_raises_connect_timeout)
class IgnoresTheConnectLimit(AioHttpTransport):
    """`Limits.connect` limits the time to connect."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        return await super().open(replace(request, limits=replace(request.limits, connect=None)), guard)


@breaks(TimeoutSuite.test_slow_response_raises_read_timeout)
class IgnoresTheReadLimit(AioHttpTransport):
    """`Limits.read` limits each wait for data of the response."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        return await super().open(replace(request, limits=replace(request.limits, read=None)), guard)


@breaks(TimeoutSuite.test_pool_timeout_raises_connect_timeout)
class IgnoresThePoolLimit(HttpxTransport):
    """`Limits.pool` limits the wait for a connection."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> HttpxResponse:
        return await super().open(replace(request, limits=replace(request.limits, pool=None)), guard)


@breaks(TimeoutSuite.test_slow_body_upload_raises_read_timeout)
class IgnoresTheWriteLimit(HttpxTransport):
    """`Limits.write` limits each wait until data is sent."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> HttpxResponse:
        return await super().open(replace(request, limits=replace(request.limits, write=None)), guard)


@breaks(TimeoutSuite.test_connect_timeout_does_not_include_waiting_for_the_pool)
class CountsThePoolForTheConnectLimit(AioHttpTransport):
    """`Limits.connect` does not include the wait for a connection of the pool."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        return await asyncio.wait_for(super().open(request, guard), request.limits.connect)


@breaks(StreamSuite.test_buffer_size_limits_read_ahead)
class IgnoresTheBufferSize(AioHttpTransport):
    """`buffer_size` sets how much of a body is read ahead."""

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(replace(config, buffer_size=2**16))
