"""A transport on aiohttp."""

import asyncio
import io
import sys
from collections.abc import Sequence
from types import TracebackType

import aiohttp
from multidict import CIMultiDict
from typing_extensions import Self, override
from yarl import URL

from kubex.core.exceptions import ConnectError
from kubex.transport import (
    Headers,
    Limits,
    PreparedRequest,
    Response,
    StreamResponse,
    Transport,
    TransportConfig,
)
from kubex_aiohttp._errors import ERRORS, map_errors
from kubex_aiohttp._session import Route, Sessions, client_timeout
from kubex_aiohttp._websocket import AioHttpWebSocket

# aiohttp warns of larger bodies unless they come as a file, in bytes.
_LARGE_BODY = 2**20


class AioHttpTransport(Transport):
    """One aiohttp session."""

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(config)
        self.sessions = Sessions(config)
        self._sessions: dict[Route, aiohttp.ClientSession] = {}

    async def send(self, request: PreparedRequest) -> aiohttp.ClientResponse:
        """Send a request and wait for the headers of its answer."""
        route = self.sessions.route(request)
        session = self._sessions.get(route)
        if session is None:
            session = self._sessions[route] = self.sessions.new(route, Limits())
        body = request.body
        try:
            with route.watched(request), map_errors(ERRORS, request):
                return await session.request(
                    request.method,
                    URL(request.url, encoded=True),
                    data=body if body is None or len(body) <= _LARGE_BODY else io.BytesIO(body),
                    headers=CIMultiDict(request.headers + route.forwarded),
                    allow_redirects=False,
                    timeout=client_timeout(request.limits),
                    proxy=route.proxy,
                    proxy_headers=route.to_proxy,
                )
        except asyncio.CancelledError as error:
            # A closing connector cancels whoever waits for its pool, which is no cancellation of the caller's task.
            if self.sessions.closed and not _is_cancelled():
                raise ConnectError("the transport was closed", request.method) from error
            raise

    @override
    async def request(self, request: PreparedRequest) -> Response:
        """Send a request and read the whole answer."""
        response = await self.send(request)
        self.sessions.hold(response)
        try:
            with map_errors(ERRORS, request):
                body = await response.content.read()
        finally:
            self.sessions.let_go(response)
        return Response(response.status, Headers(response.headers.items()), body)

    @override
    def stream(self, request: PreparedRequest) -> "AioHttpStream":
        """Send a request; entering waits for the headers, leaving closes the connection unless the body was read."""
        return AioHttpStream(self, request)

    @override
    def websocket(self, request: PreparedRequest, *, subprotocols: Sequence[str] = ()) -> AioHttpWebSocket:
        """Open a WebSocket."""
        return AioHttpWebSocket(self.sessions, request, subprotocols)

    @override
    async def aclose(self) -> None:
        """Close the session and every connection of it."""
        for session in self._sessions.values():
            await session.close()
        await self.sessions.aclose()


class AioHttpStream(StreamResponse):
    """An answer, open as long as its block."""

    def __init__(self, transport: AioHttpTransport, request: PreparedRequest) -> None:
        self._transport = transport
        self._request = request
        self._mapped = map_errors(ERRORS, request)

    async def __aenter__(self) -> Self:
        self._response = await self._transport.send(self._request)
        self._transport.sessions.hold(self._response)
        self.status = self._response.status
        self.headers = Headers(self._response.headers.items())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._transport.sessions.let_go(self._response)

    @override
    async def receive(self) -> bytes:
        """Return what has arrived, waiting for something if nothing has."""
        with self._mapped:
            return await self._response.content.readany()


def _is_cancelled() -> bool:
    if sys.version_info < (3, 11):
        return False  # it cannot be told there; a scope of anyio cancels again
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
