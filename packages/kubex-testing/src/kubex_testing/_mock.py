"""A scripted transport, for tests without a server."""

import copy
import inspect
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, TypeAlias, TypeVar
from urllib.parse import parse_qsl

from anyio import CancelScope
from typing_extensions import Self

from kubex.core._encode import encode
from kubex.errors import ConnectionLost, TransportError
from kubex.transport import (
    Backend,
    ConnectGuard,
    Headers,
    LibraryDefaults,
    PreparedRequest,
    StreamResponse,
    Timeout,
    Transport,
    TransportConfig,
)

R = TypeVar("R")

# Failure messages contain at most this much of a request body.
_MAX_BODY_CHARACTERS = 200


@dataclass(frozen=True, kw_only=True)
class MockResponse:
    """One response of a `MockTransport`.

    Pass the body as `json` (a model or JSON values), `body` (bytes) or `chunks` (the chunks of a stream). An exception
    among the chunks is raised at its position, and an async generator can wait before it yields a chunk.

    `expect` is the expected request, such as `"GET /api/v1/pods"`. The query is compared only if `expect` contains one,
    and the order of its parameters does not matter.

    Raises:
        ValueError: more than one of `json`, `body` and `chunks` is set.
    """

    status: int = 200
    json: object = ...
    body: bytes | None = None
    chunks: Iterable[bytes | Exception] | AsyncIterable[bytes] | None = None
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = ()
    expect: str | None = None

    def __post_init__(self) -> None:
        if (self.json is not ...) + (self.body is not None) + (self.chunks is not None) > 1:
            raise ValueError("MockResponse accepts only one of json=, body= and chunks=")

    def __str__(self) -> str:
        return f"{self.expect or 'any request'} -> {self.status}"


MockAction: TypeAlias = "MockResponse | Exception | Callable[[PreparedRequest], MockResponse | Awaitable[MockResponse]]"
"""The action for one request: a response, an exception, or a function (sync or async) that returns a response."""


class MockTransport:
    """Return scripted responses to the requests of a client, without a server or a network.

    Each request uses the next entry of the list. The end of the `with` block raises AssertionError if a request was
    unexpected, a response was unused, or a stream or the client was not closed; the message lists the script and the
    requests. Timeouts do not apply: add ReadTimeout to the list to simulate one.

    Example:
        configuration = ClientConfiguration(url="http://cluster.test")
        with MockTransport([MockResponse(json={"metadata": {"name": "settings"}})]) as mock:
            async with create_client(configuration, client_class=mock.backend) as client:
                await Api(ConfigMap, client, namespace="default").get("settings")
        assert mock.requests[0].target == "/api/v1/namespaces/default/configmaps/settings"
    """

    def __init__(self, responses: Iterable[MockAction]) -> None:
        self._script = _Script(list(responses))
        self._sessions: list[_Session] = []
        self._entered = False

    @property
    def requests(self) -> list[PreparedRequest]:
        """The requests that were sent so far, in order."""
        return self._script.requests

    @property
    def backend(self) -> Backend:
        """The backend for `create_client(client_class=...)`, for asyncio and trio.

        Raises:
            RuntimeError: the `with` block was not entered.
        """
        if not self._entered:
            raise RuntimeError(
                "enter MockTransport with `with MockTransport([...]) as mock` before you use mock.backend"
            )
        # Each client opens a session, but all sessions use one script.
        return Backend(
            name="mock",
            load=lambda: self._open_session,
            api_version=2,
            runtimes=frozenset({"asyncio", "trio"}),
            defaults=LibraryDefaults(timeout=Timeout(), keep_alive_timeout=None),
            proxy=lambda _proxy, _server: None,
            http2=lambda: None,
        )

    def __enter__(self) -> Self:
        self._entered = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._entered = False
        if error is not None and not isinstance(error, Exception):
            return
        if error is None:
            self._check_end()
        # The code under test may have caught the first failure, or raised another error because of it.
        if (failures := self._script.failures) and failures[0] is not error:
            raise failures[0] from error

    def _open_session(self, config: TransportConfig) -> Transport:
        session = _Session(self._script, config)
        self._sessions.append(session)
        return session

    def _check_end(self) -> None:
        used, total = len(self.requests), len(self._script.actions)
        if used < total:
            self._script.fail(f"{total - used} of {total} responses were not used")
        if any(body.state != "closed" for session in self._sessions for body in session.bodies):
            self._script.fail("a stream was not closed before the end of the with block")
        if not all(session.closed for session in self._sessions):
            self._script.fail("the client was not closed before the end of the with block")


class _Script:
    """The script and the requests so far, shared by all transports of the client."""

    def __init__(self, actions: list[MockAction]) -> None:
        self.actions = actions
        self.requests: list[PreparedRequest] = []
        self.failures: list[AssertionError] = []

    async def response_to(self, request: PreparedRequest) -> MockResponse:
        self.requests.append(request)
        number = len(self.requests)
        if number > len(self.actions):
            raise self.fail(f"the script contains no response for request {number}")
        action = self.actions[number - 1]
        if isinstance(action, Exception):
            raise copy.copy(action)
        if not isinstance(action, MockResponse):
            result = action(request)
            action = await result if inspect.isawaitable(result) else result
        if action.expect is not None and not _is_expected(request, action.expect):
            raise self.fail(f"request {number} is not the expected one")
        return action

    def fail(self, problem: str) -> AssertionError:
        """Record a failure that lists the script and the requests, and return it for the caller to raise."""
        lines = [problem, "script:"]
        lines += [f"  {number}. {_describe_action(action)}" for number, action in enumerate(self.actions, 1)] or [
            "  (empty)"
        ]
        lines.append("requests:")
        lines += [f"  {number}. {_describe_request(request)}" for number, request in enumerate(self.requests, 1)] or [
            "  (none)"
        ]
        failure = AssertionError("\n".join(lines))
        self.failures.append(failure)
        return failure


class _Session(Transport):
    def __init__(self, script: _Script, config: TransportConfig) -> None:
        super().__init__(config)
        self.script = script
        self.bodies: list[_Body] = []
        self.closed = False
        self._waiting: set[CancelScope] = set()

    async def open(
        self,
        request: PreparedRequest,
        guard: ConnectGuard,  # noqa: ARG002 - there is no connection
    ) -> StreamResponse:
        response = await self.until_closed(self.script.response_to(request), request)
        body = _Body(self, request, response)
        self.bodies.append(body)
        return body

    async def close_connections(self) -> None:
        if self.closed:
            raise self.script.fail("a transport was closed twice")
        self.closed = True
        for scope in self._waiting:
            scope.cancel()

    async def until_closed(self, waiting: Awaitable[R], request: PreparedRequest) -> R:
        """Await something. If the transport is closed meanwhile, raise ConnectionLost as a real transport does."""
        with CancelScope() as scope:
            self._waiting.add(scope)
            try:
                return await waiting
            except TransportError as error:
                if error.method is None:
                    error.method, error.url = request.method, request.shown_url
                raise
            finally:
                self._waiting.discard(scope)
        raise ConnectionLost("the transport was closed", request.method, request.shown_url)


class _Body(StreamResponse):
    """The body of one response. It fails the test if the caller violates the contract of `StreamResponse`."""

    def __init__(self, session: _Session, request: PreparedRequest, response: MockResponse) -> None:
        super().__init__(request, response.status, _headers(response))
        self.state: Literal["open", "reading", "ended", "broken", "closed"] = "open"
        self._session = session
        self._describe_request = request
        self._chunks = _chunks(response)

    async def next_chunk(self) -> bytes:
        if self.state != "open":
            raise self._session.script.fail(f"next_chunk() was called on a body that is {self.state}")
        self.state = "reading"
        try:
            chunk = await self._session.until_closed(self._next(), self._describe_request)
        except BaseException:
            self.state = "broken"
            raise
        self.state = "open" if chunk else "ended"
        return chunk

    async def _next(self) -> bytes:
        async for chunk in self._chunks:
            if chunk:  # an empty chunk would mean the end of the body
                return chunk
        return b""

    async def aclose(self, *, ended: bool) -> None:
        if self.state == "closed":
            raise self._session.script.fail("a response was closed twice")
        if ended and self.state != "ended":
            raise self._session.script.fail(f"aclose(ended=True) was called on a body that is {self.state}")
        self.state = "closed"
        chunks: AsyncIterator[bytes] = self._chunks
        if isinstance(chunks, AsyncGenerator):
            await chunks.aclose()  # pyright: ignore[reportUnknownMemberType] - isinstance() loses the type arguments


def _headers(response: MockResponse) -> Headers:
    headers = list(response.headers.items() if isinstance(response.headers, Mapping) else response.headers)
    if response.json is not ... and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return Headers(headers)


def _chunks(response: MockResponse) -> AsyncIterator[bytes]:
    if isinstance(response.chunks, AsyncIterable):
        return aiter(response.chunks)
    if response.chunks is not None:
        return _iterate(response.chunks)
    return _iterate([encode(response.json) if response.json is not ... else response.body or b""])


async def _iterate(chunks: Iterable[bytes | Exception]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        if isinstance(chunk, Exception):
            raise copy.copy(chunk)
        yield chunk


def _is_expected(request: PreparedRequest, expect: str) -> bool:
    method, _, target = expect.partition(" ")
    path, has_query, query = target.partition("?")
    sent_path, _, sent_query = request.target.partition("?")
    if (method, path) != (request.method, sent_path):
        return False
    return not has_query or sorted(parse_qsl(query, True)) == sorted(parse_qsl(sent_query, True))


def _describe_action(action: MockAction) -> str:
    return str(action) if isinstance(action, MockResponse) else f"any request -> {action!r}"


def _describe_request(request: PreparedRequest) -> str:
    body = (request.body or b"").decode(errors="replace")
    excerpt = body if len(body) <= _MAX_BODY_CHARACTERS else f"{body[:_MAX_BODY_CHARACTERS]}..."
    return f"{request.method} {request.target} {excerpt}".rstrip()
