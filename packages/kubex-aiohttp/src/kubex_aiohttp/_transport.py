"""A transport on aiohttp."""

import asyncio
import io
import sys
from collections.abc import Sequence
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import aiohttp
from multidict import CIMultiDict
from typing_extensions import override
from yarl import URL

from kubex.core.exceptions import ConnectError
from kubex.transport import ConnectGuard, Headers, Limits, PreparedRequest, StreamResponse, Transport, TransportConfig
from kubex_aiohttp._connector import BEHIND_PROXY, Connector, abort, make_connector
from kubex_aiohttp._errors import ERRORS
from kubex_aiohttp._websocket import AioHttpWebSocket, Opening

# In bytes: aiohttp warns about larger bodies unless they are files.
_LARGE_BODY = 2**20

# In bytes, of one header line: a `Warning` field of the API server may exceed the 8 KiB of aiohttp.
_HEADER_LINE = 2**16

_NOT_ADDED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


class AioHttpTransport(Transport):
    """One connection pool of aiohttp, and connections beside it for streams and WebSockets."""

    errors = ERRORS

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(config)
        self._connectors: dict[bool, Connector] = {}
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._responses: set[aiohttp.ClientResponse] = set()

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        """Send a request."""
        session = self._sessions.get(request.dedicated)
        if session is None:
            session = self._sessions[request.dedicated] = self._new_session(request.dedicated)
        body = request.body
        try:
            response = await session.request(
                request.method,
                URL(request.url, encoded=True),
                data=body if body is None or len(body) <= _LARGE_BODY else io.BytesIO(body),
                allow_redirects=False,
                timeout=_timeout(request.limits),
                trace_request_ctx=guard,
                **self._way(request),
            )
        except asyncio.CancelledError as error:
            # A closing connector cancels requests that wait for a connection; their tasks are not cancelled.
            if session.closed and not _is_cancelled():
                raise ConnectError("the transport was closed", request.method, request.shown_url) from error
            raise
        self._responses.add(response)
        return _StreamResponse(self._responses, request, response)

    @override
    async def open_websocket(
        self, request: PreparedRequest, subprotocols: Sequence[str], guard: ConnectGuard
    ) -> AioHttpWebSocket:
        """Open a WebSocket."""
        opening = Opening(request)
        session = self._new_session(True, _timeout(request.limits), guard, (opening.keep_response,))
        async with session:
            return await opening.connect(session, subprotocols, self.config.ws_max_message_size, self._way(request))

    @override
    async def close_connections(self) -> None:
        """Close every connection."""
        for session in self._sessions.values():
            await session.close()
        for response in self._responses:
            response.content.set_exception(aiohttp.ClientConnectionError("the transport was closed"))
        for connector in self._connectors.values():
            await connector.aclose()

    def _new_session(
        self,
        dedicated: bool,
        timeout: aiohttp.ClientTimeout | None = None,
        guard: ConnectGuard | None = None,
        middlewares: tuple[aiohttp.ClientMiddlewareType, ...] = (),
    ) -> aiohttp.ClientSession:
        connector = self._connectors.get(dedicated)
        if connector is None:
            connector = self._connectors[dedicated] = make_connector(self.config, limited=not dedicated)
        return aiohttp.ClientSession(
            connector=connector,
            connector_owner=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_NOT_ADDED,
            auto_decompress=False,
            timeout=timeout,
            read_bufsize=self.config.buffer_size,
            max_line_size=_HEADER_LINE,
            max_field_size=_HEADER_LINE,
            middlewares=(*middlewares, connector.send_once),
            trace_configs=None if self.config.proxy is None else [_trace(guard)],
        )

    def _way(self, request: PreparedRequest) -> dict[str, Any]:
        """Return the headers of a request, and how it reaches the server."""
        headers, proxy = CIMultiDict(request.headers), self.config.proxy
        if proxy is None or proxy.is_socks:
            return {"headers": headers}
        authorization = {} if proxy.authorization is None else {"Proxy-Authorization": proxy.authorization}
        if request.scheme == "http":
            headers.extend(authorization)
            return {"headers": headers, "proxy": URL(proxy.url)}
        name = request.host + BEHIND_PROXY if proxy.scheme == "https" else None
        return {
            "headers": headers,
            "proxy": URL(proxy.url),
            "proxy_headers": authorization,
            "server_hostname": name,
        }


class _StreamResponse(StreamResponse):
    __slots__ = ("_response", "_responses")

    def __init__(
        self, responses: set[aiohttp.ClientResponse], request: PreparedRequest, response: aiohttp.ClientResponse
    ) -> None:
        super().__init__(request, response.status, Headers(response.headers.items()))
        self._responses = responses
        self._response = response

    @override
    async def next_chunk(self) -> bytes:
        """Return what has arrived."""
        return await self._response.content.readany()

    @override
    async def aclose(self, *, ended: bool) -> None:
        """Give back or abort the connection."""
        self._responses.discard(self._response)
        abort(self._response)


def _trace(guard: ConnectGuard | None) -> aiohttp.TraceConfig:
    """Report connections to `guard` or, without it, to the `trace_request_ctx` of the request."""

    async def started(_session: object, context: SimpleNamespace, _: object) -> None:
        (guard or context.trace_request_ctx).started()

    async def established(_session: object, context: SimpleNamespace, _: object) -> None:
        (guard or context.trace_request_ctx).established()

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_start.append(started)
    trace.on_connection_create_end.append(established)
    return trace


@lru_cache(maxsize=64)
def _timeout(limits: Limits) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(sock_connect=limits.connect, sock_read=limits.read)


def _is_cancelled() -> bool:
    if sys.version_info < (3, 11):
        return False  # unknown there; a cancel scope of anyio cancels again
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
