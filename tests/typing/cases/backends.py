"""A backend of a third party, written against `kubex.transport`."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

from typing_extensions import assert_type, override

from kubex.transport import (
    Backend,
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
)

Stream: TypeAlias = AbstractAsyncContextManager[StreamResponse]


class Answer(StreamResponse):
    """An answer without a body."""

    def __init__(self) -> None:
        self.status = 200
        self.headers = Headers([])

    @override
    async def receive(self) -> bytes:
        return b""


class Socket(WebSocket):
    """A WebSocket that says nothing."""

    subprotocol = None

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


class Quiet(Transport):
    """A transport with all a transport may have."""

    @override
    @asynccontextmanager
    async def stream(self, request: PreparedRequest) -> AsyncGenerator[StreamResponse, None]:
        assert_type(request.url, str)
        assert_type(request.limits.read, float | None)
        assert_type(self.config.pool_size, int | None)
        yield Answer()

    @override
    async def request(self, request: PreparedRequest) -> Response:
        return Response(200, Headers([]), b"")

    @override
    @asynccontextmanager
    async def websocket(
        self, request: PreparedRequest, *, subprotocols: Sequence[str] = ()
    ) -> AsyncGenerator[WebSocket, None]:
        yield Socket()

    @override
    async def aclose(self) -> None:
        self.closed = True


def load() -> type[Transport]:
    return Quiet


REQUEST = PreparedRequest("GET", "https://cluster/api")
DEFAULTS = LibraryDefaults(timeout=Timeout(read=5), keep_alive_timeout=5)
BACKEND = Backend(
    name="quiet",
    load=load,
    defaults=DEFAULTS,
    runtimes=frozenset({"asyncio", "trio"}),
    ignores=(IgnoredOption("proxy", lambda value, scheme: scheme == "http" and value is not None, "no proxies"),),
    websocket=lambda: None,
)


class NoStream(Transport):
    """Lacks what a transport needs."""

    @override
    async def aclose(self) -> None:
        self.closed = True


class OtherTypes(Transport):
    """Overrides by other types."""

    def stream(self, request: str) -> Stream:  # E: mypy[override] pyright[reportIncompatibleMethodOverride]
        raise ValueError(request)

    async def aclose(self) -> bool:  # E: mypy[override] pyright[reportIncompatibleMethodOverride]
        return True


def wrong(config: TransportConfig) -> None:
    NoStream(config)  # E: mypy[abstract] pyright[reportAbstractUsage]
    Quiet()  # E: mypy[call-arg] pyright[reportCallIssue]
    Backend(name="q", load=Quiet, defaults=DEFAULTS)  # E: mypy[arg-type] pyright[reportArgumentType]
    Backend(name="q", load=load)  # E: mypy[call-arg] pyright[reportCallIssue]
    Backend(name="q", load=load, defaults=DEFAULTS, runtimes="trio")  # E: mypy[arg-type] pyright[reportArgumentType]
    TransportConfig(pool_size=...)  # E: mypy[arg-type] pyright[reportArgumentType]
    config.pool_size = 1  # E: mypy[misc] pyright[reportAttributeAccessIssue]
    WebSocketMessage("ping")  # E: mypy[arg-type] pyright[reportArgumentType]
    map_exceptions([(TimeoutError, ValueError)], REQUEST)  # E: mypy[list-item] pyright[reportArgumentType]
