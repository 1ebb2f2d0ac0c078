"""A transport on aiohttp."""

import asyncio
import io
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import Any
from weakref import WeakSet

import aiohttp
from multidict import CIMultiDict
from typing_extensions import override
from yarl import URL

from kubex.errors import ConnectError
from kubex.transport import ConnectGuard, Headers, Limits, PreparedRequest, StreamResponse, Transport, TransportConfig
from kubex_aiohttp._connector import BEHIND_PROXY, make_connector
from kubex_aiohttp._errors import ERRORS, send_once
from kubex_aiohttp._websocket import AioHttpWebSocket, Opening


class AioHttpTransport(Transport):
    """A connection pool of aiohttp, and a second one without limits for streams and WebSockets."""

    errors = ERRORS

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(config)
        self._sessions = [self._session(make_connector(config, limited=limited)) for limited in (True, False)]
        self._responses: WeakSet[aiohttp.ClientResponse] = WeakSet()

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        session = self._sessions[request.dedicated]
        body = request.body
        try:
            response = await session.request(
                request.method,
                URL(request.url, encoded=True),
                # aiohttp warns about a body of more than 1 MiB unless it is a file.
                data=body if body is None or len(body) <= 2**20 else io.BytesIO(body),
                allow_redirects=False,
                timeout=_timeout(request.limits),
                trace_request_ctx=guard,
                **self._route(request),
            )
        except asyncio.CancelledError as error:
            # A closing connector cancels requests in its queue, but not their tasks. Python 3.10 does not tell.
            if not session.closed or getattr(asyncio.current_task(), "cancelling", int)() > 0:
                raise
            raise ConnectError("the transport was closed", request.method, request.shown_url) from error
        self._responses.add(response)
        return _StreamResponse(request, response)

    @override
    async def open_websocket(
        self, request: PreparedRequest, subprotocols: Sequence[str], guard: ConnectGuard
    ) -> AioHttpWebSocket:
        opening = Opening(request, subprotocols, self.config.ws_max_message_size)
        settings = {"timeout": _timeout(request.limits), "trace_configs": [_trace(guard)], **opening.settings}
        async with self._session(self._sessions[True].connector, **settings) as session:
            return await opening.connect(session, **self._route(request))

    @override
    async def close_connections(self) -> None:
        for response in self._responses:  # aiohttp would leave their readers waiting
            response.content.set_exception(aiohttp.ClientConnectionError("the transport was closed"))
        for session in self._sessions:
            await session.close()
        await asyncio.sleep(0)  # the event loop closes aborted connections in its next turn

    def _session(self, connector: aiohttp.BaseConnector | None, **settings: Any) -> aiohttp.ClientSession:
        defaults: dict[str, Any] = {
            "connector": connector,
            "cookie_jar": aiohttp.DummyCookieJar(),
            "skip_auto_headers": ("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            "auto_decompress": False,
            "read_bufsize": self.config.buffer_size,
            "max_line_size": 2**16,
            "max_field_size": 2**16,  # in bytes; a `Warning` of the API server may be longer than 8 KiB
            "max_headers": 1024,  # with the default of 128, many warnings would make a response fail
            "middlewares": (send_once,),
            "trace_configs": None if self.config.proxy is None else [_trace()],
        }
        return aiohttp.ClientSession(**{**defaults, **settings})

    def _route(self, request: PreparedRequest) -> dict[str, Any]:
        """Return the headers of a request, and how it reaches the server."""
        headers, proxy = CIMultiDict(request.headers), self.config.proxy
        if proxy is None or proxy.is_socks:
            return {"headers": headers}
        authorization = {} if proxy.authorization is None else {"Proxy-Authorization": proxy.authorization}
        if request.scheme == "http":
            headers.extend(authorization)
        name = request.host + BEHIND_PROXY if proxy.scheme == "https" else None
        return {"headers": headers, "proxy": URL(proxy.url), "proxy_headers": authorization, "server_hostname": name}


class _StreamResponse(StreamResponse):
    __slots__ = ("_response",)

    def __init__(self, request: PreparedRequest, response: aiohttp.ClientResponse) -> None:
        super().__init__(request, response.status, Headers(response.headers.items()))
        self._response = response

    @override
    async def next_chunk(self) -> bytes:
        return await self._response.content.readany()

    @override
    def finish(self) -> bool:
        self._response.close()  # after the end of the body, the connection is in the pool already
        return True

    @override
    async def aclose(self, *, ended: bool) -> None:
        self._response.close()


def _trace(guard: ConnectGuard | None = None) -> aiohttp.TraceConfig:
    """Report connections to the guard or, without it, to the guard of the request (`trace_request_ctx`)."""

    def report(method: Callable[[ConnectGuard], None]) -> Callable[..., Awaitable[None]]:
        async def call(_session: object, context: Any, _: object) -> None:
            method(guard or context.trace_request_ctx)

        return call

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_start.append(report(ConnectGuard.started))
    trace.on_connection_create_end.append(report(ConnectGuard.established))
    return trace


@lru_cache(maxsize=64)
def _timeout(limits: Limits) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(sock_connect=limits.connect, sock_read=limits.read)
