"""Observers see each attempt of each request. They can add headers, and cannot affect requests in other ways."""

import logging
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest

from client.conftest import MakeClient
from client.scripted_server import (
    RequestSignal,
    ResponseSequence,
    close_without_response,
    respond_error,
    respond_never,
    respond_stream,
    respond_with,
)
from kubex.api import Api
from kubex.client import Attempt, ClientOptions
from kubex.client._client import open_websocket
from kubex.core._http import Request
from kubex.errors import (
    ConfigurationError,
    ConnectionLost,
    DeadlineExceeded,
    Forbidden,
    KubexError,
    NotFound,
    TooManyRequests,
)
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing.compliance.servers import WAIT_TIMEOUT, ServerConnection, StartServer
from kubex_testing.compliance.servers._websocket_frames import accept_upgrade, close_frame, read_frame
from support.backend_pairs import BackendPair

pytestmark = pytest.mark.anyio

CONFIG_MAP = b'{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","resourceVersion":"7"}}'


class Recorder:
    """An observer that records the attempts, and the order of their starts and ends."""

    def __init__(self, **headers: str) -> None:
        self.headers = headers
        self.attempts: list[Attempt] = []
        self.log: list[str] = []

    @contextmanager
    def attempt(self, attempt: Attempt) -> Iterator[None]:
        self.attempts.append(attempt)
        attempt.headers.update(self.headers)
        self.log.append("start")
        try:
            yield
        finally:
            outcome = attempt.status if attempt.error is None else type(attempt.error).__name__
            self.log.append(f"end {outcome}")


async def test_observer_sees_a_request_and_its_response(
    make_client: MakeClient, start_server: StartServer, pair: BackendPair
) -> None:
    recorder = Recorder()
    server = start_server(ResponseSequence(respond_with(CONFIG_MAP)))
    async with make_client(server, observers=(recorder,)) as client:
        await Api(ConfigMap, client, namespace="shop").replace(ConfigMap.model_validate({"metadata": {"name": "a"}}))
    [attempt] = recorder.attempts
    assert recorder.log == ["start", "end 200"]
    assert (attempt.verb, attempt.resource, attempt.namespace, attempt.name) == ("update", "configmaps", "shop", "a")
    assert (attempt.method, attempt.path) == ("PUT", "/api/v1/namespaces/shop/configmaps/a")
    assert attempt.template == "/api/v1/namespaces/{namespace}/configmaps/{name}"
    assert (attempt.server, attempt.backend) == (server.url, pair.backend)
    assert (attempt.number, attempt.waited, attempt.streaming) == (1, 0.0, False)
    assert (attempt.request_size, attempt.response_size) == (len(server.requests[0].body), len(CONFIG_MAP))
    assert (attempt.status, attempt.retry_after, attempt.error) == (200, None, None)


@pytest.mark.parametrize(
    ("method", "path", "verb"),
    [
        ("GET", "/api/v1/pods", "list"),
        ("GET", "/api/v1/namespaces/n/pods/a", "get"),
        ("POST", "/api/v1/namespaces/n/pods", "create"),
        ("PUT", "/api/v1/namespaces/n/pods/a/status", "update"),
        ("PATCH", "/api/v1/namespaces/n/pods/a", "patch"),
        ("DELETE", "/api/v1/namespaces/n/pods/a", "delete"),
        ("DELETE", "/api/v1/namespaces/n/pods", "deletecollection"),
        ("GET", "/version", "get"),
    ],
)
async def test_observer_sees_the_verb(
    make_client: MakeClient, start_server: StartServer, method: str, path: str, verb: str
) -> None:
    recorder = Recorder()
    async with make_client(start_server(), observers=[recorder]) as client:
        await client.request(method, path)
    assert [attempt.verb for attempt in recorder.attempts] == [verb]


async def test_observer_sees_each_attempt(make_client: MakeClient, start_server: StartServer) -> None:
    recorder = Recorder()
    throttled = respond_error("429 Too Many Requests", Retry_After="0")
    server = start_server(ResponseSequence(close_without_response, throttled, respond_with(CONFIG_MAP)))
    async with make_client(server, observers=(recorder,)) as client:
        await Api(ConfigMap, client, namespace="n").get("a")
    assert recorder.log == ["start", "end ConnectionLost", "start", "end 429", "start", "end 200"]
    assert [attempt.number for attempt in recorder.attempts] == [1, 2, 3]
    assert [attempt.retry_after for attempt in recorder.attempts] == [None, 0.0, None]
    assert [attempt.waited > 0 for attempt in recorder.attempts] == [False, True, True]
    assert isinstance(recorder.attempts[0].error, ConnectionLost)


@pytest.mark.parametrize(
    ("status", "kind"), [("404 Not Found", NotFound), ("403 Forbidden", Forbidden), ("429 Slow", TooManyRequests)]
)
async def test_observer_sees_an_error_status(
    make_client: MakeClient, start_server: StartServer, status: str, kind: type[KubexError]
) -> None:
    recorder = Recorder()
    server = start_server(ResponseSequence(respond_error(status, b"no", Retry_After="3600")))
    async with make_client(server, observers=(recorder,)) as client:
        with pytest.raises(kind):
            await client.version()
        with pytest.raises(kind):
            await client.stream("GET", "/metrics").__aenter__()
    assert recorder.log == ["start", f"end {status[:3]}"] * 2
    assert [attempt.response_size for attempt in recorder.attempts] == [2, None]
    assert [attempt.retry_after for attempt in recorder.attempts] == [3600, 3600]


async def test_observed_attempt_of_a_stream_ends_with_the_headers(
    make_client: MakeClient, start_server: StartServer
) -> None:
    recorder = Recorder()
    ended = threading.Event()
    ended.set()
    server = start_server(ResponseSequence(respond_stream(b"a\n", b"b\n", until=ended)))
    async with make_client(server, observers=(recorder,)) as client:
        async with client.stream("GET", "/api/v1/namespaces/n/pods/web/log") as stream:
            assert recorder.log == ["start", "end 200"]
            assert [line async for line in stream.lines()] == [b"a", b"b"]
        async with Api(ConfigMap, client).watch():
            pass
    assert [(attempt.verb, attempt.subresource) for attempt in recorder.attempts] == [("get", "log"), ("watch", None)]
    assert all(attempt.streaming and attempt.response_size is None for attempt in recorder.attempts)


async def test_observed_attempt_of_a_websocket_ends_with_the_upgrade(
    make_client: MakeClient, start_server: StartServer
) -> None:
    def accept(connection: ServerConnection) -> None:
        accept_upgrade(connection, subprotocol="v5.channel.k8s.io")
        read_frame(connection)
        connection.send(close_frame(1000))

    recorder = Recorder(Traceparent="00-1-2-01")
    request = Request(method="GET", path="/api/v1/namespaces/n/pods/web/exec", upgrade=True)
    server = start_server(accept)
    async with make_client(server, observers=(recorder,)) as client:
        opened = await open_websocket(client, request, ("v5.channel.k8s.io",))
        assert recorder.log == ["start", "end 101"]
        await opened.close()
    assert server.requests[0].header("traceparent") == "00-1-2-01"
    refusing = start_server(ResponseSequence(respond_error("403 Forbidden", b"no")))
    async with make_client(refusing, observers=(recorder,)) as client:
        with pytest.raises(Forbidden):
            await open_websocket(client, request, ("v5.channel.k8s.io",))
    assert recorder.log[2:] == ["start", "end 403"]
    assert [(attempt.subresource, attempt.streaming) for attempt in recorder.attempts] == [("exec", True)] * 2


async def test_observer_sees_a_connection_that_cannot_be_opened(make_client: MakeClient) -> None:
    recorder = Recorder()
    async with make_client("http://127.0.0.1:1", observers=(recorder,), retry=None) as client:
        with pytest.raises(KubexError):
            await client.version()
    assert recorder.log == ["start", "end ConnectError"]
    assert recorder.attempts[0].status is None


async def test_observer_sees_a_cancelled_request(make_client: MakeClient, start_server: StartServer) -> None:
    recorder, signal = Recorder(), RequestSignal()
    server = start_server(ResponseSequence(signal.before(respond_never)))
    async with make_client(server, observers=(recorder,)) as client:
        with pytest.raises(DeadlineExceeded):
            await client.request("GET", "/", request_timeout=0.5)  # real time: the server never responds
        assert await anyio.to_thread.run_sync(signal.request_received.acquire, True, WAIT_TIMEOUT)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(partial(client.request, "GET", "/", request_timeout=60))
            assert await anyio.to_thread.run_sync(signal.request_received.acquire, True, WAIT_TIMEOUT)
            tasks.cancel_scope.cancel()
    cancelled = anyio.get_cancelled_exc_class().__name__
    assert recorder.log == ["start", f"end {cancelled}"] * 2


async def test_observers_are_nested_in_their_order(make_client: MakeClient, start_server: StartServer) -> None:
    log: list[str] = []

    class Named:
        def __init__(self, name: str) -> None:
            self.name = name

        @contextmanager
        def attempt(self, attempt: Attempt) -> Iterator[None]:
            log.append(f"{self.name} starts")
            yield
            log.append(f"{self.name} ends")

    async with make_client(start_server(), observers=(Named("first"), Named("second"))) as client:
        await client.request("GET", "/")
    assert log == ["first starts", "second starts", "second ends", "first ends"]


async def test_observer_runs_in_the_context_of_the_caller(make_client: MakeClient, start_server: StartServer) -> None:
    variable: ContextVar[str] = ContextVar("variable", default="unset")
    seen: list[tuple[str | None, str]] = []

    class Reader:
        @contextmanager
        def attempt(self, attempt: Attempt) -> Iterator[None]:
            token = variable.set(f"{variable.get()} and observed")
            yield
            seen.append((attempt.path, variable.get()))
            variable.reset(token)

    async with make_client(start_server(), observers=(Reader(),)) as client:

        async def call(name: str) -> None:
            variable.set(name)
            await client.request("GET", f"/{name}")
            assert variable.get() == name

        async with anyio.create_task_group() as tasks:
            for name in "abc":
                tasks.start_soon(call, name)
    assert sorted(seen) == [(f"/{name}", f"{name} and observed") for name in "abc"]


async def test_observer_adds_headers_to_each_attempt(make_client: MakeClient, start_server: StartServer) -> None:
    recorder = Recorder(traceparent="00-1-2-01", Baggage="a=b", accept="text/html", **{"X-Trace": "of the observer"})
    server = start_server(ResponseSequence(close_without_response, respond_with()))
    async with make_client(server, observers=(recorder,)) as client:
        await client.request("GET", "/", headers={"x-trace": "of the caller"})
    assert len(server.requests) == 2
    for request in server.requests:
        assert (request.header("traceparent"), request.header("baggage")) == ("00-1-2-01", "a=b")
        assert [value for name, value in request.headers if name.lower() == "x-trace"] == ["of the caller"]
        assert [value for name, value in request.headers if name.lower() == "accept"] == ["application/json"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer x"},
        {"impersonate-user": "admin"},
        {"Host": "evil"},
        {"Content-Length": "12345"},
        {"Sec-WebSocket-Key": "x"},
        {"X-Injected": "a\r\nb: c"},
        {"not a name": "x"},
    ],
)
async def test_observer_that_adds_a_reserved_or_invalid_header_is_disabled(
    make_client: MakeClient, start_server: StartServer, caplog: pytest.LogCaptureFixture, headers: dict[str, str]
) -> None:
    bad, good = Recorder(**headers), Recorder(Traceparent="1")
    server = start_server()
    async with make_client(server, observers=(good, bad), configuration={"token": "secret"}) as client:
        await client.request("GET", "/")
        await client.request("GET", "/")
    assert (len(good.attempts), len(bad.attempts)) == (2, 1)
    assert bad.log == ["start", "end 200"]
    for request in server.requests:
        assert request.header("authorization") == "Bearer secret"
        assert request.header("traceparent") == "1"
        assert not {name.lower() for name, _ in request.headers} & (
            {*map(str.lower, headers)} - {"host", "authorization"}
        )
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "is disabled" in record.getMessage()


class Failing:
    """An observer that raises an exception when an attempt starts, or when it ends."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.calls = 0

    def attempt(self, _: Attempt) -> AbstractContextManager[None]:
        self.calls += 1
        if self.where == "attempt":
            raise RuntimeError("in attempt")
        return self._context()

    @contextmanager
    def _context(self) -> Iterator[None]:
        if self.where == "start":
            raise RuntimeError("at the start")
        with suppress(*([KubexError] if self.where == "suppress" else [])):
            yield
        if self.where == "end":
            raise RuntimeError("at the end")


@pytest.mark.parametrize("where", ["attempt", "start", "end"])
async def test_observer_that_raises_is_logged_once_and_disabled(
    make_client: MakeClient, start_server: StartServer, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    failing, recorder = Failing(where), Recorder()
    async with make_client(start_server(), observers=(recorder, failing)) as client:
        for _ in range(3):
            assert (await client.request("GET", "/")).status == 200
    assert failing.calls == 1
    assert recorder.log == ["start", "end 200"] * 3
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "Failing" in record.getMessage()
    assert record.exc_info is not None


async def test_observer_cannot_suppress_an_exception(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(close_without_response))
    async with make_client(server, observers=(Failing("suppress"),), retry=None) as client:
        with pytest.raises(ConnectionLost):
            await client.request("GET", "/")


async def test_exception_of_an_observer_does_not_replace_the_error(
    make_client: MakeClient, start_server: StartServer
) -> None:
    class Replacing:
        @contextmanager
        def attempt(self, _: Attempt) -> Iterator[None]:
            try:
                yield
            except KubexError as error:
                raise ValueError("another error") from error

    server = start_server(ResponseSequence(close_without_response))
    async with make_client(server, observers=(Replacing(),), retry=None) as client:
        with pytest.raises(ConnectionLost):
            await client.request("GET", "/")


@pytest.mark.covers("options-observers")
@pytest.mark.parametrize("observers", [Recorder(), [None], [Recorder], ["observer"], None])
def test_invalid_observers_raise(observers: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"ClientOptions\.observers: must be a sequence of objects with"):
        ClientOptions(observers=observers)
