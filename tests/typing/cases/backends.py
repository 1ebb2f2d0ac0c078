"""A third-party backend, which only uses `kubex.transport`."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

from typing_extensions import assert_type, override

from kubex.transport import (
    Backend,
    ConnectGuard,
    ExceptionTable,
    Headers,
    IgnoredOption,
    LibraryDefaults,
    PreparedRequest,
    Response,
    StreamResponse,
    Timeout,
    Transport,
    TransportConfig,
    WebSocket,
    WebSocketMessage,
    map_exceptions,
    wrapped,
)

Stream: TypeAlias = AbstractAsyncContextManager[StreamResponse]


class EmptyResponse(StreamResponse):
    """A response without a body."""

    @override
    async def next_chunk(self) -> bytes:
        return b""

    @override
    async def aclose(self, *, ended: bool) -> None:
        assert_type(self.status, int)


class ClosedWebSocket(WebSocket):
    """A WebSocket that is closed."""

    @property
    @override
    def subprotocol(self) -> str | None:
        return None

    @property
    @override
    def status(self) -> int:
        return 101

    @property
    @override
    def headers(self) -> Headers:
        return Headers([])

    @override
    async def receive(self) -> WebSocketMessage:
        return WebSocketMessage("close", code=1000)

    @override
    async def send(self, data: bytes) -> None:
        self.sent = data

    @override
    async def ping(self, payload: bytes = b"") -> None:
        self.sent = payload

    @override
    async def close(self, code: int = 1000) -> None:
        self.code = code

    @override
    def abort(self) -> None:
        self.code = 1006


class Minimal(Transport):
    """A transport that implements every method."""

    errors: ExceptionTable = ()

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        assert_type(request.url, str)
        assert_type(request.port, int)
        assert_type(request.limits.read, float | None)
        assert_type(self.config.pool_size, int | None)
        guard.started()
        guard.established()
        return EmptyResponse(request, 200, Headers.from_raw([(b"A", b"b")]), extensions={"quiet.a": 1})

    @override
    async def request(self, request: PreparedRequest) -> Response:
        return Response(200, Headers([]), b"")

    @override
    async def open_websocket(
        self, request: PreparedRequest, subprotocols: Sequence[str], guard: ConnectGuard
    ) -> WebSocket:
        return ClosedWebSocket()

    @override
    async def close_connections(self) -> None:
        self.ended = True


def load() -> type[Transport]:
    return Minimal


REQUEST = PreparedRequest("GET", "https://cluster/api")
DEFAULTS = LibraryDefaults(timeout=Timeout(read=5), keep_alive_timeout=5)
BACKEND = Backend(
    name="quiet",
    api_version=2,
    load=load,
    defaults=DEFAULTS,
    runtimes=frozenset({"asyncio", "trio"}),
    ignores=(IgnoredOption("proxy", lambda value, scheme: scheme == "http" and value is not None, "no proxies"),),
    websocket=lambda: None,
)
FUNCTION = Backend(name="q", api_version=2, load=lambda: lambda config: Minimal(config), defaults=DEFAULTS)
assert_type(wrapped(BACKEND, lambda transport: transport), Backend)


class MissingOpen(Transport):
    """A transport without a required method."""

    @override
    async def close_connections(self) -> None:
        self.ended = True


class WrongTypes(Transport):
    """A transport that overrides methods with other types."""

    def stream(self, request: str) -> Stream:  # E: mypy[override] pyright[reportIncompatibleMethodOverride]
        raise ValueError(request)

    async def close_connections(self) -> bool:  # E: mypy[override] pyright[reportIncompatibleMethodOverride]
        return True


async def correct(transport: Transport) -> None:
    async with transport.stream(REQUEST) as stream:
        assert_type(await stream.receive(), bytes)
    async with transport.websocket(REQUEST, subprotocols=["a"]) as socket:
        assert_type(await socket.receive(), WebSocketMessage)
        assert_type(socket.headers, Headers)


def wrong(config: TransportConfig) -> None:
    MissingOpen(config)  # E: mypy[abstract] pyright[reportAbstractUsage]
    Minimal()  # E: mypy[call-arg] pyright[reportCallIssue]
    Backend(name="q", api_version=2, load=Minimal, defaults=DEFAULTS)  # E: mypy[arg-type] pyright[reportArgumentType]
    Backend(name="q", api_version=2, load=load)  # E: mypy[call-arg] pyright[reportCallIssue]
    Backend(name="q", load=load, defaults=DEFAULTS)  # E: mypy[call-arg] pyright[reportCallIssue]
    TransportConfig(pool_size=...)  # E: mypy[arg-type] pyright[reportArgumentType]
    config.pool_size = 1  # E: mypy[misc] pyright[reportAttributeAccessIssue]
    WebSocketMessage("ping")  # E: mypy[arg-type] pyright[reportArgumentType]
    map_exceptions([(TimeoutError, ValueError)], REQUEST)  # E: mypy[list-item] pyright[reportArgumentType]
