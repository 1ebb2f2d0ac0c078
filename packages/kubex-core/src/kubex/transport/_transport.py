"""`Transport`: the interface that backends implement."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType

import anyio

from kubex.core._error_handling import keep_error
from kubex.core._errors import BackendError
from kubex.core._http import Response
from kubex.core._transport_errors import ConnectError
from kubex.transport._config import PreparedRequest, TransportConfig
from kubex.transport._connect_guard import ConnectGuard
from kubex.transport._exceptions import ExceptionTable, map_exceptions, reraise
from kubex.transport._stream_response import StreamResponse
from kubex.transport._validation import check_request
from kubex.transport._websocket import OpenWebSocket, WebSocket

# In seconds. Kubex does not wait longer for connections to close.
_CLOSE_TIMEOUT = 5.0

# Shared by all requests without a proxy, because such a guard does nothing.
_NO_PROXY_GUARD = ConnectGuard(None, PreparedRequest("", ""))


class Transport(ABC):
    """The connections to one server. It transfers bytes and does not depend on Kubernetes.

    A backend implements `open()`, `close_connections()` and, for WebSockets, `open_websocket()`; callers use
    `request()`, `stream()`, `websocket()` and `aclose()`. A transport is created inside a running event loop and
    belongs to it. It raises only TransportError and its subclasses, never sends a request twice, returns the response
    whatever its status is, and does not catch cancellation.
    """

    errors: ExceptionTable = ()
    """The translation of the exceptions of the HTTP library."""

    def __init__(self, config: TransportConfig) -> None:
        self.config = config
        self._closed = False
        self._checked_headers: tuple[tuple[str, str], ...] = ()

    @abstractmethod
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        """Send the request once and return when the headers have arrived. Do not catch the library's exceptions."""

    @abstractmethod
    async def close_connections(self) -> None:
        """Close every connection, so that open requests end with an exception. kubex-core calls it once."""

    async def open_websocket(
        self,
        request: PreparedRequest,  # noqa: ARG002 - backends that support WebSockets override this method
        subprotocols: Sequence[str],  # noqa: ARG002
        guard: ConnectGuard,  # noqa: ARG002
    ) -> WebSocket:
        """Open a WebSocket. A refused upgrade is a WebSocketError with the status and the body of the response."""
        raise BackendError(type(self).__name__, "cannot open WebSockets")

    def stream(self, request: PreparedRequest) -> AbstractAsyncContextManager[StreamResponse]:
        """Send a request; entering the block waits for the headers.

        Leaving the block closes the connection, unless the body was read completely.
        """
        return _Stream(self, request)

    async def request(self, request: PreparedRequest) -> Response:
        """Send a request and read the complete response."""
        response = await self._send(request)
        try:
            body = await response.read()
        finally:
            await response._end()  # pyright: ignore[reportPrivateUsage] - the other half of this class
        return Response(response.status, response.headers, body, response.extensions)

    def websocket(
        self, request: PreparedRequest, *, subprotocols: Sequence[str] = ()
    ) -> AbstractAsyncContextManager[WebSocket]:
        """Open a WebSocket. Leaving the block sends a close frame, and waits at most 1 s for the peer's close frame.

        Raises WebSocketError for a refused upgrade, with the status and the body of the response, and BackendError if
        the backend cannot open WebSockets.
        """
        return OpenWebSocket(lambda: self._send_websocket(request, subprotocols))

    async def aclose(self) -> None:
        """Close every connection; later requests raise ConnectError. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        with anyio.move_on_after(_CLOSE_TIMEOUT, shield=True):
            await self.close_connections()

    async def _send(self, request: PreparedRequest) -> StreamResponse:
        self._check(request)
        # Without a proxy, avoid the cancel scope of the guard: it takes more time than the rest of this method.
        if self.config.proxy is None:
            try:
                response = await self.open(request, _NO_PROXY_GUARD)
            except BaseException as error:  # noqa: BLE001 - it is raised again
                reraise(error, self.errors, request)
        else:
            with ConnectGuard(self.config.proxy, request) as guard, map_exceptions(self.errors, request):
                response = await self.open(request, guard)
        try:
            response._begin(self.errors, self.config.max_compression_ratio)  # pyright: ignore[reportPrivateUsage]
        except BaseException:  # an unknown Content-Encoding
            await response._end()  # pyright: ignore[reportPrivateUsage]
            raise
        return response

    async def _send_websocket(self, request: PreparedRequest, subprotocols: Sequence[str]) -> WebSocket:
        self._check(request)
        if self.config.proxy is None:
            with map_exceptions(self.errors, request):
                return await self.open_websocket(request, subprotocols, _NO_PROXY_GUARD)
        with ConnectGuard(self.config.proxy, request) as guard, map_exceptions(self.errors, request):
            return await self.open_websocket(request, subprotocols, guard)

    def _check(self, request: PreparedRequest) -> None:
        if self._closed:
            raise ConnectError("the transport is closed", request.method, request.shown_url)
        check_request(request, self._checked_headers)
        self._checked_headers = request.headers


class _Stream:
    """The context manager of `Transport.stream()`."""

    __slots__ = ("_request", "_response", "_transport")

    def __init__(self, transport: Transport, request: PreparedRequest) -> None:
        self._transport = transport
        self._request = request

    async def __aenter__(self) -> StreamResponse:
        self._response = await self._transport._send(self._request)  # pyright: ignore[reportPrivateUsage]
        return self._response

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with keep_error(error):
            await self._response._end()  # pyright: ignore[reportPrivateUsage]
