"""Mutants that return another response than the server sent."""

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

import aiohttp
from typing_extensions import override

from kubex.transport import ConnectGuard, Headers, PreparedRequest, StreamResponse
from kubex_aiohttp._transport import AioHttpTransport
from kubex_testing.compliance import RequestSuite, StreamSuite
from mutants.registry import breaks


def merged(headers: Headers) -> Headers:
    """Return the headers without repeated fields."""
    return Headers({name.lower(): value for name, value in headers.fields}.items())


@breaks(RequestSuite.test_repeated_response_headers_keep_their_order)
class LosesDuplicateHeaders(AioHttpTransport):
    """Repeated header fields of a response are returned separately."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        response = await super().open(request, guard)
        response.headers = merged(response.headers)
        return response


@breaks(RequestSuite.test_repeated_response_headers_keep_their_order)
class LosesDuplicateHeadersOfStreams(AioHttpTransport):
    """Repeated header fields are also returned separately for streams."""

    @override
    def stream(self, request: PreparedRequest) -> AbstractAsyncContextManager[StreamResponse]:
        return super().stream(replace(request, extensions={"stream": True}))

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        response = await super().open(request, guard)
        if request.extensions:
            response.headers = merged(response.headers)
        return response


@breaks(RequestSuite.test_response_may_have_1000_headers)
class ChangesTheCaseOfHeaders(AioHttpTransport):
    """The names of response headers are returned unchanged."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        response = await super().open(request, guard)
        response.headers = Headers((name.lower(), value) for name, value in response.headers.fields)
        return response


@breaks(RequestSuite.test_response_may_have_1000_headers)
class LimitsTheNumberOfHeaders(AioHttpTransport):
    """A response can have 1,000 header fields."""

    @override
    def _create_session(self, connector: aiohttp.BaseConnector | None, **settings: Any) -> aiohttp.ClientSession:
        return super()._create_session(connector, max_headers=128, **settings)


@breaks(RequestSuite.test_response_headers_are_returned_unchanged)
class LimitsTheSizeOfHeaders(AioHttpTransport):
    """A response can have 64 KiB of headers."""

    @override
    def _create_session(self, connector: aiohttp.BaseConnector | None, **settings: Any) -> aiohttp.ClientSession:
        return super()._create_session(connector, max_field_size=8190, **settings)


@breaks(RequestSuite.test_nonstandard_status_is_returned)
class ReplacesUnknownStatus(AioHttpTransport):
    """A response can have any status from 200 to 999."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        response = await super().open(request, guard)
        response.status = response.status if response.status < 600 else 500
        return response


@breaks(StreamSuite.test_compressed_body_is_decompressed)
class DecompressesBodies(AioHttpTransport):
    """The library does not decompress bodies, because kubex-core does it."""

    @override
    def _create_session(self, connector: aiohttp.BaseConnector | None, **settings: Any) -> aiohttp.ClientSession:
        return super()._create_session(connector, auto_decompress=True, **settings)
