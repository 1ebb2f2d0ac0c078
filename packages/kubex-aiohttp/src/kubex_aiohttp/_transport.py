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
from kubex_aiohttp._connector import BEHIND_PROXY, AbortingProtocol, make_connector
from kubex_aiohttp._errors import ERRORS, send_once
from kubex_aiohttp._websocket import AioHttpWebSocket, OpeningHandshake, check_upgrade, current_guard

# Time limits are settings of a session of aiohttp. Programs usually open WebSockets with a few different limits.
_MAX_WEBSOCKET_SESSIONS = 8


class AioHttpTransport(Transport):
    """A connection pool of aiohttp, and a second one without limits for streams and WebSockets."""

    errors = ERRORS

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(config)
        self._sessions = [self._create_session(make_connector(config, limited=limited)) for limited in (True, False)]
        self._websocket_sessions: dict[Limits, aiohttp.ClientSession] = {}
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
                timeout=_client_timeout(request.limits),
                trace_request_ctx=guard,
                **self._request_arguments(request),
            )
        except asyncio.CancelledError as error:
            # A closed connector cancels the requests in its queue, but not their tasks. Python 3.10 cannot distinguish
            # the two, because Task.cancelling() is new in 3.11.
            if not session.closed or getattr(asyncio.current_task(), "cancelling", int)() > 0:
                raise
            raise ConnectError("the transport was closed", request.method, request.shown_url) from error
        self._responses.add(response)
        protocol = None if response.connection is None else response.connection.protocol
        if isinstance(protocol, AbortingProtocol):
            protocol.body = response.content
        return _StreamResponse(request, response)

    @override
    async def open_websocket(
        self, request: PreparedRequest, subprotocols: Sequence[str], guard: ConnectGuard
    ) -> AioHttpWebSocket:
        handshake = OpeningHandshake(request, subprotocols, self.config.ws_max_message_size, guard)
        arguments = self._request_arguments(request)
        if (session := self._shared_websocket_session(request.limits)) is not None:
            return await handshake.connect(session, **arguments)
        async with self._create_websocket_session(request.limits) as session:
            return await handshake.connect(session, **arguments)

    def _shared_websocket_session(self, limits: Limits) -> aiohttp.ClientSession | None:
        """Return the session with these limits, which is never closed; None if many sessions have other limits."""
        session = self._websocket_sessions.get(limits)
        if session is None and len(self._websocket_sessions) < _MAX_WEBSOCKET_SESSIONS:
            session = self._websocket_sessions[limits] = self._create_websocket_session(limits)
        return session

    def _create_websocket_session(self, limits: Limits) -> aiohttp.ClientSession:
        return self._create_session(
            self._sessions[True].connector,
            connector_owner=False,
            timeout=_client_timeout(limits),
            middlewares=(check_upgrade, send_once),
        )

    @override
    async def close_connections(self) -> None:
        for response in self._responses:  # or tasks that read a response would wait indefinitely
            response.content.set_exception(aiohttp.ClientConnectionError("the transport was closed"))
        for session in self._sessions:
            await session.close()
        await asyncio.sleep(0)  # the event loop closes aborted connections in its next iteration

    def _create_session(self, connector: aiohttp.BaseConnector | None, **settings: Any) -> aiohttp.ClientSession:
        defaults: dict[str, Any] = {
            "connector": connector,
            "cookie_jar": aiohttp.DummyCookieJar(),
            "skip_auto_headers": ("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            "auto_decompress": False,
            "read_bufsize": self.config.buffer_size,
            # The defaults are 8 KiB and 128, which `Warning` headers of the API server exceed.
            "max_line_size": 2**16,
            "max_field_size": 2**16,
            "max_headers": 1024,
            "middlewares": (send_once,),
            "trace_configs": None if self.config.proxy is None else [_trace_config()],
        }
        return aiohttp.ClientSession(**{**defaults, **settings})

    def _request_arguments(self, request: PreparedRequest) -> dict[str, Any]:
        """Return the headers and the proxy of a request, as arguments for aiohttp."""
        headers, proxy = _multidict(request.headers), self.config.proxy
        if proxy is None or proxy.is_socks:
            return {"headers": headers}
        authorization = {} if proxy.authorization is None else {"Proxy-Authorization": proxy.authorization}
        if request.scheme == "http":
            headers.extend(authorization)
        server_hostname = request.host + BEHIND_PROXY if proxy.scheme == "https" else None
        return {
            "headers": headers,
            "proxy": URL(proxy.url),
            "proxy_headers": authorization,
            "server_hostname": server_hostname,
        }


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
        # At the end of the body, aiohttp has returned the connection to the pool, so this does not close it.
        self._response.close()
        return True

    @override
    async def aclose(self, *, ended: bool) -> None:
        self._response.close()


def _trace_config() -> aiohttp.TraceConfig:
    """Return a trace config that reports new connections to the guard of the request."""

    def report(method: Callable[[ConnectGuard], None]) -> Callable[..., Awaitable[None]]:
        async def call(_session: object, context: Any, _: object) -> None:
            method(context.trace_request_ctx or current_guard())

        return call

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_start.append(report(ConnectGuard.started))
    trace.on_connection_create_end.append(report(ConnectGuard.established))
    return trace


def _multidict(headers: tuple[tuple[str, str], ...]) -> CIMultiDict[str]:
    """Return the headers with one spelling of each name, because aiohttp drops fields if there are several."""
    spelling: dict[str, str] = {}
    return CIMultiDict([(spelling.setdefault(name.lower(), name), value) for name, value in headers])


@lru_cache(maxsize=64)
def _client_timeout(limits: Limits) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(sock_connect=limits.connect, sock_read=limits.read)
