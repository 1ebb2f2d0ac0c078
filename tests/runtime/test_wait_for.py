"""`wait_for()`: its arguments, permissions, errors of the server, and the time limit."""

import math
from collections.abc import AsyncIterator

import anyio
import anyio.to_thread
import pytest

from kubex.api import Api
from kubex.client import Client, ClientOptions, create_client
from kubex.errors import ConfigurationError, ConnectError, Forbidden, InvalidNameError, NamespaceError
from kubex.models import ApiResource, ClusterResource, ObjectMeta
from kubex.patch import MergePatch
from kubex_k8s.v1_37.batch.v1 import Job
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace
from kubex_runtime import wait_for
from kubex_runtime.conditions import complete, condition, deleted, exists
from kubex_runtime.errors import WaitFailed, WaitTimeout
from kubex_testing.compliance._clock import Clock
from kubex_testing.embedded import Answer, Delay, EmbeddedServer, EndWatch, RecordedRequest
from support.backend_pairs import BACKENDS, BackendPair
from support.polling import wait_until

pytestmark = pytest.mark.anyio

COLLECTION = "/api/v1/namespaces/default/configmaps"
OBJECT = f"GET {COLLECTION}/one"


@pytest.fixture
async def maps(pair: BackendPair, kubex_server: EmbeddedServer) -> AsyncIterator[Api[ConfigMap]]:
    """Return the API of ConfigMaps on an embedded server that only this test uses."""
    configuration = kubex_server.handle.configuration()
    async with create_client(configuration, client_class=BACKENDS[pair.backend]) as client:
        yield Api(ConfigMap, client)


def config_map(name: str) -> ConfigMap:
    return ConfigMap(metadata=ObjectMeta(name=name))


def is_collection(request: RecordedRequest) -> bool:
    return request.method == "GET" and request.path == COLLECTION


async def no_watches(server: EmbeddedServer) -> None:
    """Wait until the server has noticed that all watches are closed."""
    await anyio.to_thread.run_sync(wait_until, lambda: server.open_watches == 0)


class Progress:
    """Collects the texts of `on_progress`, and wakes up the test."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.changed = anyio.Event()

    def __call__(self, text: str) -> None:
        self.texts.append(text)
        self.changed.set()


@pytest.mark.parametrize("timeout", [0, -1, 0.0, math.nan])
async def test_timeout_that_is_not_positive_raises(
    maps: Api[ConfigMap], kubex_server: EmbeddedServer, timeout: float
) -> None:
    with pytest.raises(
        ConfigurationError, match=r"timeout: must be greater than 0, or None for no limit, not .*get_or"
    ):
        await wait_for(maps, "one", exists(), timeout=timeout)
    assert kubex_server.requests == []


@pytest.mark.parametrize("name", ["", "configmaps/one"])
async def test_invalid_name_raises(maps: Api[ConfigMap], name: str) -> None:
    with pytest.raises(InvalidNameError, match="is not the name of an object"):
        await wait_for(maps, name, exists(), timeout=1)


async def test_wait_needs_one_namespace(maps: Api[ConfigMap]) -> None:
    with pytest.raises(NamespaceError, match="ConfigMap: wait_for needs one namespace: pass namespace="):
        await wait_for(maps, "one", exists(), timeout=1, namespace=None)
    with pytest.raises(NamespaceError):
        await wait_for(Api(ConfigMap, maps.client, namespace=None).metadata, "one", exists(), timeout=1)
    namespaces = Api(Namespace, maps.client, namespace=None)
    assert await wait_for(namespaces, "default", exists(), timeout=None)


async def test_wait_watches_only_one_object(maps: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    await maps.create(config_map("one"))
    kubex_server.clear_requests()
    await wait_for(maps, "one", exists(), timeout=None)
    [request] = kubex_server.requests
    assert request.path == COLLECTION
    assert request.query["fieldSelector"] == ["metadata.name=one"]
    await no_watches(kubex_server)


@pytest.mark.covers("pitfall-97")
async def test_wait_continues_after_the_server_ended_its_watch(
    maps: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    await maps.create(config_map("one"))
    ended = kubex_server.inject(is_collection, EndWatch(after=1), times=3)
    progress = Progress()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: wait_for(maps, "one", lambda obj: bool(obj.data), timeout=20, on_progress=progress))
        await progress.changed.wait()
        await maps.patch("one", MergePatch({"data": {"color": "red"}}))
    assert progress.texts[-1].endswith(" returned True")
    assert ended.hits >= 1


async def test_wait_polls_if_list_and_watch_are_forbidden(
    maps: Api[ConfigMap], kubex_server: EmbeddedServer, clock: Clock
) -> None:
    kubex_server.inject(is_collection, Answer(403, b"no access"))
    kubex_server.inject(OBJECT, Answer(503, b"starting"), times=10)
    progress = Progress()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: wait_for(maps, "one", exists(), timeout=None, on_progress=progress))
        while not progress.texts:
            await clock.jump_when_idle(2)
            await maps.client.version()
        assert progress.texts == ["the object does not exist"]
        await maps.create(config_map("one"))
        while len(progress.texts) == 1:
            await clock.jump_when_idle(2)
            await maps.client.version()
    assert progress.texts == ["the object does not exist", "the object exists"]


async def test_wait_raises_forbidden_if_get_is_forbidden_too(
    maps: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    kubex_server.inject("GET *", Answer(403, b"no access"), times=2)
    with pytest.raises(Forbidden, match=f"no access .*{COLLECTION}/one"):
        await wait_for(maps, "one", exists(), timeout=20)


async def test_wait_polls_a_kind_without_watch(pair: BackendPair, kubex_server: EmbeddedServer) -> None:
    class Health(ClusterResource):
        __resource__ = ApiResource(group="", version="v1", kind="Health", plural="healths", verbs=frozenset({"get"}))

    body = b'{"apiVersion":"v1","kind":"Health","metadata":{"name":"etcd"}}'
    kubex_server.inject("GET /api/v1/healths/etcd", Answer(200, body, (("Content-Type", "application/json"),)))
    configuration = kubex_server.handle.configuration()
    async with create_client(configuration, client_class=BACKENDS[pair.backend]) as client:
        waited = await wait_for(Api(Health, client), "etcd", exists(), timeout=20)
    assert waited.metadata.name == "etcd"


async def test_timeout_includes_a_request_without_a_response(
    maps: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    delay = Delay()
    kubex_server.inject("GET *", delay)
    with pytest.raises(WaitTimeout, match=r"within 0\.5 s: no response was received \(in namespace default\)$"):
        await wait_for(maps, "one", exists(), timeout=0.5)
    delay.release()


async def test_timeout_names_the_error_of_the_last_request(pair: BackendPair, kubex_server: EmbeddedServer) -> None:
    await anyio.to_thread.run_sync(kubex_server.stop)
    configuration, options = kubex_server.handle.configuration(), ClientOptions(retry=None)
    async with create_client(configuration, client_class=BACKENDS[pair.backend], options=options) as client:
        with pytest.raises(
            WaitTimeout, match=r"received \(in namespace default\); the last request failed: GET http"
        ) as caught:
            await wait_for(Api(ConfigMap, client), "one", exists(), timeout=0.5)
    assert isinstance(caught.value.__cause__, ConnectError)
    await anyio.to_thread.run_sync(kubex_server.start)


async def test_cancelled_wait_closes_its_watch(maps: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    progress = Progress()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: wait_for(maps, "one", exists(), timeout=None, on_progress=progress))
        await progress.changed.wait()
        assert kubex_server.open_watches == 1
        tasks.cancel_scope.cancel()
    await no_watches(kubex_server)


async def test_time_limit_of_the_caller_is_not_a_wait_timeout(maps: Api[ConfigMap]) -> None:
    with anyio.move_on_after(0.2) as scope:  # real time: the condition is not fulfilled
        await wait_for(maps, "one", exists(), timeout=20)
    assert scope.cancelled_caught


async def test_exception_of_on_progress_ends_the_wait(maps: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    def print_to_closed_pipe(_: str) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        await wait_for(maps, "one", exists(), timeout=20, on_progress=print_to_closed_pipe)
    await no_watches(kubex_server)


async def test_failed_job_raises_wait_failed(maps: Api[ConfigMap]) -> None:
    client: Client = maps.client
    jobs = Api(Job, client)
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "app:1"}]}}
    await jobs.create(Job.model_validate({"metadata": {"name": "one"}, "spec": {"template": template}}))
    failed = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "it failed"}
    await jobs.status.patch("one", MergePatch({"status": {"conditions": [failed]}}))
    with pytest.raises(WaitFailed) as caught:
        await wait_for(jobs, "one", complete(), timeout=20)
    error = caught.value
    assert str(error).startswith(
        "Job one cannot fulfil complete(): the condition Failed is True (BackoffLimitExceeded: it failed) (last seen"
    )
    assert (error.kind, error.name, error.condition, error.fails) == ("Job", "one", "complete()", None)
    assert await wait_for(jobs, "one", complete() | condition("Failed"), timeout=20) == error.last


async def test_fails_accepts_deleted(maps: Api[ConfigMap]) -> None:
    await maps.create(config_map("one"))
    progress = Progress()
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:

            async def delete() -> None:
                await progress.changed.wait()
                await maps.delete("one")

            tasks.start_soon(delete)
            with pytest.raises(
                WaitFailed, match=r"^ConfigMap one fulfils fails=deleted\(\): the object does not exist"
            ):
                await wait_for(maps, "one", condition("Ready"), timeout=None, fails=deleted(), on_progress=progress)
