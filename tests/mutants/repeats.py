"""Mutants that send more requests than the caller, or raise an exception instead of returning the response."""

from dataclasses import replace

import aiohttp
from typing_extensions import override

from kubex.transport import ConnectGuard, PreparedRequest, StreamResponse
from kubex_aiohttp._transport import AioHttpTransport
from kubex_testing.compliance import RequestSuite
from mutants.registry import breaks


@breaks(RequestSuite.test_redirects_are_not_followed)
class FollowsRedirects(AioHttpTransport):
    """A redirect is returned, and not followed."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        response = await super().open(request, guard)
        if response.status // 100 != 3:
            return response
        await response.aclose(ended=False)
        url = request.url.removesuffix(request.target) + response.headers["location"]
        return await super().open(replace(request, url=url), guard)


@breaks(RequestSuite.test_request_with_error_status_is_sent_once)
class ResendsAfter503(AioHttpTransport):
    """A request is not sent again after an error status."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        response = await super().open(request, guard)
        if response.status != 503:
            return response
        await response.aclose(ended=False)
        return await super().open(request, guard)


@breaks(RequestSuite.test_request_with_error_status_is_sent_once)
class RaisesAfter500(AioHttpTransport):
    """A response is returned whatever its status is."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        response = await super().open(request, guard)
        if response.status != 500:
            return response
        await response.aclose(ended=False)
        raise aiohttp.ClientPayloadError("500")


@breaks(RequestSuite.test_failed_request_is_not_sent_again)
class ResendsLostRequests(AioHttpTransport):
    """A request is not sent again after its connection was lost."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        try:
            return await super().open(request, guard)
        except aiohttp.ClientConnectionError:
            return await super().open(request, guard)
