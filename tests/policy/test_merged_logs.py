"""Logs of several containers and across restarts: errors, restarts, lost connections, cancellation and memory.

The tests use a clock that jumps to the next timer when all tasks are waiting.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import pytest

from kubex.api import Api, ContinuousLogStream, MergedLogStream
from kubex.core._encode import encode
from kubex.errors import ConnectionLost, Expired, Forbidden, ReadTimeout, TransportError
from kubex.transport import PreparedRequest
from kubex_k8s.v1_37.core.v1 import Pod
from kubex_testing import MockResponse, MockTransport
from kubex_testing.compliance._clock import Clock
from policy.conftest import RETRY_WITHOUT_DELAY, error_response, scripted_client
from support.backend_pairs import RUNTIMES

pytestmark = pytest.mark.anyio

FOREVER = None


@pytest.fixture(params=RUNTIMES)
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """Run each test on both async libraries, with a clock that does not wait."""
    return Clock(automatic=True).backend(request.param)


def pod(
    name: str = "one", *, restarts: int = 0, state: str = "running", exit_code: int = 1, phase: str = "Running"
) -> dict[str, Any]:
    """Return a Pod with one container in this state."""
    status = {"name": "app", "restartCount": restarts, "state": {state: {"exitCode": exit_code}}}
    if restarts:
        status["lastState"] = {"terminated": {"exitCode": 1}}
    return {
        "metadata": {"name": name, "namespace": "default", "uid": f"uid-{name}", "resourceVersion": "5"},
        "spec": {"containers": [{"name": "app"}]},
        "status": {"phase": phase, "containerStatuses": [status]},
    }


def stamped(*texts: str, second: int = 1) -> bytes:
    return b"".join(f"2030-01-01T00:00:0{second}.000000{ord(text):03}Z {text}\n".encode() for text in texts)


class Cluster:
    """Responses by the path of the request. Each item of a log is a chunk, an error, or FOREVER."""

    def __init__(self) -> None:
        self.pods = [pod()]
        self.logs: dict[str, list[Iterable[bytes | Exception | None] | MockResponse]] = {}
        self.log_queries: list[dict[str, list[str]]] = []
        self.watches = 0
        self._send, self._receive = anyio.create_memory_object_stream[bytes | Exception](100)

    def change(self, changed: dict[str, Any], kind: str = "MODIFIED") -> None:
        """Send an event of the watch."""
        self._send.send_nowait(encode({"type": kind, "object": changed}) + b"\n")

    def break_watch(self, error: Exception) -> None:
        self._send.send_nowait(error)

    def close(self) -> None:
        self._send.close()
        self._receive.close()

    async def respond(self, request: PreparedRequest) -> MockResponse:
        url = urlsplit(request.target)
        query = parse_qs(url.query)
        if url.path.endswith("/log"):
            self.log_queries.append(query)
            name = url.path.split("/")[-2]
            items = self.logs[name + "-previous" if "previous" in query else name].pop(0)
            return items if isinstance(items, MockResponse) else MockResponse(chunks=self._chunks(items))
        if "watch" in query:
            self.watches += 1
            return MockResponse(chunks=self._events())
        if url.path.endswith("/pods"):
            return MockResponse(json={"kind": "PodList", "metadata": {"resourceVersion": "9"}, "items": self.pods})
        return MockResponse(json={"kind": "Pod", "apiVersion": "v1", **self.pods[0]})

    async def _events(self) -> AsyncIterator[bytes]:
        async for event in self._receive:
            if isinstance(event, Exception):
                raise event
            yield event

    async def _chunks(self, items: Iterable[bytes | Exception | None]) -> AsyncIterator[bytes]:
        for item in items:
            if item is FOREVER:
                await anyio.sleep_forever()
            elif isinstance(item, Exception):
                raise item
            else:
                yield item


@asynccontextmanager
async def logs_of(cluster: Cluster, requests: int) -> AsyncIterator[tuple[Any, MockTransport]]:
    """Return `Api.logs`; the client sends exactly this number of requests, and closes all responses."""
    script = [cluster.respond for _ in range(requests)]
    async with scripted_client(*script, retry=RETRY_WITHOUT_DELAY) as (client, mock):
        yield Api(Pod, client, namespace="default").logs, mock
    cluster.close()


async def read(log: ContinuousLogStream, count: int) -> list[str]:
    return [await anext(log) for _ in range(count)]


async def test_lost_connection_is_resumed_at_the_same_line() -> None:
    cluster = Cluster()
    cluster.logs = {"one": [[stamped("a", "b"), ConnectionLost("lost")], [stamped("a", "b", "c"), FOREVER]]}
    async with logs_of(cluster, 4) as (logs, _), logs.stream("one", follow="restarts", tail_lines=9) as log:
        assert await read(log, 3) == ["a", "b", "c"]
    assert cluster.log_queries == [
        {"container": ["app"], "follow": ["true"], "tailLines": ["9"], "timestamps": ["true"]},
        {"container": ["app"], "follow": ["true"], "sinceTime": ["2030-01-01T00:00:01+00:00"], "timestamps": ["true"]},
    ]


async def test_rest_of_a_run_is_read_from_the_previous_log() -> None:
    cluster = Cluster()
    cluster.logs = {
        "one": [[stamped("a"), ConnectionLost("lost")], [stamped("x", second=3), FOREVER]],
        "one-previous": [[stamped("a", "b", "c")]],
    }
    async with logs_of(cluster, 5) as (logs, _), logs.stream("one", follow="restarts") as log:
        assert await read(log, 1) == ["a"]
        cluster.change(pod(restarts=1))
        assert await read(log, 3) == ["b", "c", "x"]
    assert [("previous" in query, "sinceTime" in query) for query in cluster.log_queries] == [
        (False, False),
        (False, True),
        (True, True),
    ]


async def test_run_between_two_restarts_is_read_from_the_previous_log() -> None:
    cluster = Cluster()
    cluster.logs = {
        "one": [[stamped("a")], [stamped("z", second=5), FOREVER]],
        "one-previous": [[stamped("m", "n", second=3)]],
    }
    async with logs_of(cluster, 5) as (logs, _), logs.stream("one", follow="restarts") as log:
        assert await read(log, 1) == ["a"]
        cluster.change(pod(restarts=2))
        assert await read(log, 3) == ["m", "n", "z"]


async def test_previous_log_that_was_removed_is_skipped() -> None:
    cluster = Cluster()
    missing = error_response(400, b'{"kind": "Status", "message": "previous terminated container not found"}')
    cluster.logs = {"one": [[stamped("a")], [stamped("b", second=3), FOREVER]], "one-previous": [missing]}
    async with logs_of(cluster, 5) as (logs, _), logs.stream("one", follow="restarts") as log:
        assert await read(log, 1) == ["a"]
        cluster.change(pod(restarts=1))
        assert await read(log, 1) == ["b"]


async def test_run_that_is_read_twice_does_not_repeat_lines() -> None:
    """The container restarts while the first log is opened, before its status shows this."""
    cluster = Cluster()
    second_run = stamped("b", "c", second=3)
    cluster.logs = {"one": [[second_run], [second_run, FOREVER]], "one-previous": [[stamped("a")]]}
    async with logs_of(cluster, 5) as (logs, _), logs.stream("one", follow="restarts") as log:
        assert await read(log, 2) == ["b", "c"]
        cluster.change(pod(restarts=1))
        with anyio.move_on_after(60):
            pytest.fail(await anext(log))


@pytest.mark.parametrize(
    "last",
    [
        pod(state="terminated", phase="Succeeded"),
        {
            **pod(state="terminated", exit_code=0),
            "spec": {"restartPolicy": "OnFailure", "containers": [{"name": "app"}]},
        },
        {**pod(state="terminated"), "spec": {"restartPolicy": "Never", "containers": [{"name": "app"}]}},
    ],
    ids=["pod ended", "succeeded", "not restarted"],
)
async def test_iteration_ends_if_the_container_will_not_be_restarted(last: dict[str, Any]) -> None:
    cluster = Cluster()
    cluster.logs = {"one": [[stamped("a")], [stamped("a", "b")]]}
    async with logs_of(cluster, 4) as (logs, _), logs.stream("one", follow="restarts") as log:
        assert await read(log, 1) == ["a"]
        cluster.change(last)
        assert [line async for line in log] == ["b"]  # the first stream had ended before the container


async def test_stream_of_a_deleted_pod_is_closed_when_it_is_silent() -> None:
    cluster = Cluster()
    cluster.logs = {"one": [[stamped("a"), FOREVER], error_response(404)]}
    async with logs_of(cluster, 4) as (logs, _), logs.stream("one", follow="restarts") as log:
        assert await read(log, 1) == ["a"]
        start = anyio.current_time()
        cluster.change(pod(), "DELETED")
        assert [line async for line in log] == []
        assert anyio.current_time() - start == pytest.approx(5)


async def test_log_that_fails_again_and_again_raises() -> None:
    cluster = Cluster()
    cluster.logs = {"one": [[ConnectionLost("lost")]] * 7}
    async with logs_of(cluster, 9) as (logs, _), logs.stream("one", follow="restarts") as log:
        with pytest.raises(ConnectionLost, match="lost"):
            await anext(log)


async def test_permanent_error_of_a_single_log_is_raised() -> None:
    cluster = Cluster()
    cluster.logs = {"one": [error_response(403, b"no access")]}
    async with logs_of(cluster, 3) as (logs, _), logs.stream("one", follow="restarts") as log:
        for _ in range(2):
            with pytest.raises(Forbidden, match="no access"):
                await anext(log)


async def test_read_timeout_of_the_caller_is_raised() -> None:
    cluster = Cluster()
    cluster.logs = {"one": [[stamped("a"), ReadTimeout("no data")]]}
    async with logs_of(cluster, 3) as (logs, _), logs.stream("one", follow="restarts") as log:
        assert await read(log, 1) == ["a"]
        with pytest.raises(ReadTimeout):
            await anext(log)


@pytest.mark.parametrize("error", [ConnectionLost("lost"), Expired(410, None, "GET", "/pods")], ids=["lost", "expired"])  # type: ignore[arg-type]
async def test_watch_is_started_again_after_temporary_errors(error: TransportError) -> None:
    cluster = Cluster()
    cluster.logs = {"one": [[b"a\n", FOREVER]], "two": [[b"b\n", FOREVER]]}
    expired = isinstance(error, Expired)
    async with logs_of(cluster, 6 if expired else 5) as (logs, _), logs.stream_pods() as log:
        assert (await anext(log)).pod == "one"
        cluster.break_watch(error)
        cluster.pods.append(pod("two"))
        if not expired:
            cluster.change(pod("two"), "ADDED")
        assert (await anext(log)).pod == "two"
        await anyio.wait_all_tasks_blocked()
    assert cluster.watches == 2


async def raise_in_block(block: MergedLogStream, error: Exception) -> None:
    async with block as log:
        await anext(log)
        raise error


async def test_exception_in_the_block_propagates_unchanged() -> None:
    for follow in (True, "restarts"):
        cluster = Cluster()
        cluster.logs = {"one": [[stamped("a"), FOREVER]]}
        error = ValueError("mine")
        async with logs_of(cluster, 3) as (logs, _):
            with pytest.raises(ValueError, match="mine") as caught:
                await raise_in_block(logs.stream_pods(follow=follow), error)
        assert caught.value is error
        assert (error.__cause__, error.__context__) == (None, None)


async def test_cancelled_read_does_not_lose_a_line() -> None:
    cluster = Cluster()
    ready = anyio.Event()

    async def chunks() -> AsyncIterator[bytes]:
        yield b"a\n"
        await ready.wait()
        yield b"b\n"

    cluster.logs = {"one": [MockResponse(chunks=chunks())]}
    async with logs_of(cluster, 3) as (logs, _), logs.stream("one", all_containers=True) as log:
        assert (await anext(log)).text == "a"
        for _ in range(3):
            with anyio.move_on_after(1):
                pytest.fail(await anext(log))
        ready.set()
        assert [line.text async for line in log] == ["b"]


async def test_cancelled_block_closes_all_connections() -> None:
    cluster = Cluster()
    cluster.pods = [pod("one"), pod("two")]
    cluster.logs = {"one": [[b"a\n", FOREVER]], "two": [[FOREVER]]}
    async with logs_of(cluster, 4) as (logs, _):
        with anyio.CancelScope() as scope:
            async with logs.stream_pods() as log:
                await anext(log)
                await anyio.wait_all_tasks_blocked()
                scope.cancel()
                await anext(log)
        assert scope.cancelled_caught


async def test_logs_are_not_read_faster_than_the_program_takes_their_lines() -> None:
    cluster = Cluster()
    produced: list[int] = []

    async def chunks() -> AsyncIterator[bytes]:
        for number in range(1000):
            produced.append(number)
            yield b"line\n" * 1000
        await anyio.sleep_forever()

    cluster.logs = {"one": [MockResponse(chunks=chunks())]}
    async with logs_of(cluster, 3) as (logs, _), logs.stream("one", all_containers=True) as log:
        await anyio.wait_all_tasks_blocked()
        assert len(produced) <= 2
        for _ in range(10_000):
            await anext(log)
        await anyio.wait_all_tasks_blocked()
        assert len(produced) <= 12


async def test_exception_of_the_callback_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    cluster = Cluster()
    cluster.logs = {"one": [error_response(403)]}

    def fail(*_: object) -> None:
        raise RuntimeError("a bug")

    async with logs_of(cluster, 2) as (logs, _), logs.stream_pods(follow=False, on_error=fail) as log:
        assert [line async for line in log] == []
    assert "the callback on_error raised an exception" in caplog.text
