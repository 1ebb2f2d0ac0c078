"""Mutants that send another request than the caller passed."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import aiohttp
from typing_extensions import override

from kubex.transport import ConnectGuard, PreparedRequest, StreamResponse
from kubex_aiohttp._transport import AioHttpTransport
from kubex_testing.compliance import ErrorSuite, RequestSuite
from mutants.registry import breaks


@breaks(RequestSuite.test_only_required_headers_are_added)
class DropsAHeader(AioHttpTransport):
    """All headers of the request are sent."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        return await super().open(replace(request, headers=request.headers[:-1]), guard)


@breaks(RequestSuite.test_only_required_headers_are_added)
class AddsAHeader(AioHttpTransport):
    """No header is added except Host, Connection and Content-Length."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        return await super().open(replace(request, headers=(*request.headers, ("User-Agent", "mutant"))), guard)


@breaks(RequestSuite.test_netrc_is_ignored)
class ReadsNetrc(AioHttpTransport):
    """Passwords in a netrc file are not sent."""

    @override
    def _create_session(self, connector: aiohttp.BaseConnector | None, **settings: Any) -> aiohttp.ClientSession:
        return super()._create_session(connector, trust_env=True, **settings)


@breaks(RequestSuite.test_only_required_headers_are_added)
class SortsHeaders(AioHttpTransport):
    """Headers are sent in their order."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        return await super().open(replace(request, headers=tuple(sorted(request.headers))), guard)


@breaks(RequestSuite.test_header_value_is_sent_as_utf8)
class EncodesHeadersTwice(AioHttpTransport):
    """Values of headers are sent in UTF-8."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        headers = tuple((name, value.encode().decode("latin-1")) for name, value in request.headers)
        return await super().open(replace(request, headers=headers), guard)


@breaks(RequestSuite.test_method_is_sent_unchanged)
class SendsPatchAsPost(AioHttpTransport):
    """The method is sent unchanged."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        method = "POST" if request.method == "PATCH" else request.method
        return await super().open(replace(request, method=method), guard)


@breaks(RequestSuite.test_url_is_sent_unchanged)
class DecodesThePath(AioHttpTransport):
    """The path and the query are sent unchanged."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        return await super().open(replace(request, url=request.url.replace("%2F", "/")), guard)


@breaks(RequestSuite.test_large_body_is_sent_completely_without_a_warning)
class TruncatesLargeBodies(AioHttpTransport):
    """The complete body is sent."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        body = None if request.body is None else request.body[: 2**20]
        return await super().open(replace(request, body=body), guard)


@breaks(RequestSuite.test_environment_variables_are_ignored)
class ReadsTheEnvironment(AioHttpTransport):
    """Environment variables are ignored."""

    @override
    def _create_session(self, connector: aiohttp.BaseConnector | None, **settings: Any) -> aiohttp.ClientSession:
        return super()._create_session(connector, trust_env=True, **settings)


@breaks(RequestSuite.test_cookies_are_not_stored)
class KeepsCookies(AioHttpTransport):
    """Cookies of a response are not sent with later requests."""

    _cookies: tuple[tuple[str, str], ...] = ()

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        response = await super().open(replace(request, headers=request.headers + self._cookies), guard)
        self._cookies = tuple(("Cookie", value) for value in response.headers.get_all("set-cookie"))
        return response


@breaks(ErrorSuite.test_error_does_not_contain_header_values_and_query)
class PutsTheQueryIntoErrors(AioHttpTransport):
    """Errors do not contain the query of the URL."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        with suppress(aiohttp.ClientConnectionError):
            return await super().open(request, guard)
        # Without the query as a part of the URL, which kubex-core would remove.
        raise aiohttp.ClientConnectionError(request.url.partition("?")[2])
