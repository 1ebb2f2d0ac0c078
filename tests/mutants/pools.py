"""Mutants that ignore a setting of the pool, or leave connections open."""

import asyncio
from dataclasses import replace
from types import MethodType
from typing import Any

import aiohttp
import anyio
from typing_extensions import override

from kubex.transport import ConnectGuard, PreparedRequest, StreamResponse, TransportConfig
from kubex_aiohttp._transport import AioHttpTransport
from kubex_testing.compliance import CancellationSuite, LifecycleSuite, StreamSuite
from mutants.registry import breaks


@breaks(LifecycleSuite.test_pool_size_limits_concurrent_requests)
class IgnoresThePoolSize(AioHttpTransport):
    """`pool_size` limits the connections."""

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(replace(config, pool_size=None))


@breaks(LifecycleSuite.test_pool_size_per_host_limits_connections)
class IgnoresThePoolSizePerHost(AioHttpTransport):
    """`pool_size_per_host` limits the connections to the server."""

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(replace(config, pool_size_per_host=None))


@breaks(LifecycleSuite.test_requests_without_keep_alive_use_separate_connections)
class IgnoresKeepAlive(AioHttpTransport):
    """Without `keep_alive`, each request uses a new connection."""

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(replace(config, keep_alive=True))


@breaks(LifecycleSuite.test_idle_connection_is_not_reused_after_keep_alive_timeout)
class IgnoresTheKeepAliveTimeout(AioHttpTransport):
    """A connection is not reused after `keep_alive_timeout`."""

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(replace(config, keep_alive_timeout=None))


@breaks(LifecycleSuite.test_idle_connection_is_reused)
class ReusesNoConnection(AioHttpTransport):
    """An idle connection is used for the next request."""

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(replace(config, keep_alive=False))


@breaks(LifecycleSuite.test_dedicated_requests_do_not_count_for_the_pool_size)
class CountsDedicatedRequests(AioHttpTransport):
    """Dedicated requests do not count for `pool_size`."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        return await super().open(replace(request, dedicated=False), guard)


@breaks(LifecycleSuite.test_connection_closed_during_a_blocked_event_loop_is_not_reused)
class ReusesBrokenConnections(AioHttpTransport):
    """A connection that the server has closed is not reused."""

    @override
    def _create_session(self, connector: aiohttp.BaseConnector | None, **settings: Any) -> aiohttp.ClientSession:
        # Without the check of `Connector.connect()`.
        vars(connector)["connect"] = MethodType(aiohttp.BaseConnector.connect, connector)
        return super()._create_session(connector, **settings)


@breaks(LifecycleSuite.test_aclose_ends_running_and_waiting_requests)
class WaitsForRequestsWhenItCloses(AioHttpTransport):
    """`aclose()` ends running requests."""

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(config)
        self._running = 0
        self._ended = asyncio.Condition()

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        self._running += 1
        try:
            return await super().open(request, guard)
        finally:
            self._running -= 1
            async with self._ended:
                self._ended.notify_all()

    @override
    async def close_connections(self) -> None:
        try:
            async with self._ended:
                await self._ended.wait_for(lambda: self._running == 0)
        finally:
            with anyio.CancelScope(shield=True):
                await super().close_connections()


@breaks(StreamSuite.test_cancellation_before_the_headers_closes_the_connection)
class ContinuesCancelledRequests(AioHttpTransport):
    """A request that is cancelled closes its connection."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        return await asyncio.shield(asyncio.ensure_future(super().open(request, guard)))


@breaks(CancellationSuite.test_pool_is_usable_after_waiting_requests_are_cancelled)
class LosesPlacesOfThePoolOnCancellation(AioHttpTransport):
    """A request that is cancelled while it waits does not use up a connection of the pool."""

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(config)
        self._places = asyncio.Semaphore(config.pool_size or 10**6)

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        await self._places.acquire()
        try:
            response = await super().open(request, guard)
        except Exception:
            self._places.release()
            raise
        self._places.release()
        return response
