"""Logs of all containers of a Pod, of several Pods, and across restarts."""

import logging

import anyio
import pytest

from behaviour.objects import TIMEOUT, ignore_unclosed_tls_transports, pod, wait_until
from kubex.api import Api, LogLine, LogSource, MergedLogStream
from kubex.client import Client
from kubex.errors import (
    BadRequest,
    ConfigurationError,
    ContainerNameRequired,
    DeadlineExceeded,
    Forbidden,
    KubexError,
    NotFound,
    StreamNotOpenError,
)
from kubex.patch import JsonPatch, MergePatch
from kubex_k8s.v1_37.core.v1 import Container, Pod
from kubex_testing.embedded import Answer, Drop, EmbeddedServer

pytestmark = pytest.mark.anyio

APP, SIDE = Container(name="app", image="app:1"), Container(name="side", image="side:1")
INIT = Container(name="init", image="init:1")


class Workload:
    """The Pods of the test on the embedded server."""

    def __init__(self, client: Client, server: EmbeddedServer) -> None:
        self.api = Api(Pod, client)
        self.server = server

    async def run(self, name: str, *containers: Container, app: str = "web", **spec: object) -> None:
        """Create a Pod; the embedded server sets it Running."""
        created = pod(name, containers=list(containers or (APP,)), **spec)
        created.metadata.labels = {"app": app}
        await self.api.create(created)
        with anyio.fail_after(TIMEOUT):
            async with self.api.watch(field_selector={"metadata.name": name}) as events:
                async for event in events:
                    if event.object.status is not None and event.object.status.phase == "Running":
                        break

    def log(self, name: str, text: str, container: str = "app", *, ended: bool = False, previous: bool = False) -> None:
        self.server.set_pod_log("default", name, container, text.encode(), ended=ended, previous=previous)

    def write(self, name: str, text: str, container: str = "app") -> None:
        self.server.append_pod_log("default", name, container, text.encode())

    def end(self, name: str, container: str = "app") -> None:
        self.server.end_pod_log("default", name, container)

    async def restart(self, name: str, *, previous: str, text: str, count: int = 1) -> None:
        """Let the only container of a Pod restart; its log has ended before."""
        self.log(name, previous, previous=True, ended=True)
        self.log(name, text)
        terminated = {"terminated": {"exitCode": 1}}
        values = {"restartCount": count, "lastState": terminated, "state": {"running": {}}}
        operations = [
            {"op": "add", "path": f"/status/containerStatuses/0/{key}", "value": value} for key, value in values.items()
        ]
        await self.api.status.patch(name, JsonPatch(operations))

    async def succeed(self, name: str) -> None:
        """Let all containers of a Pod end."""
        await self.api.status.patch(name, MergePatch({"status": {"phase": "Succeeded"}}))


@pytest.fixture
async def workload(embedded_client: Client, kubex_server: EmbeddedServer) -> Workload:
    kubex_server.run_pods()
    return Workload(embedded_client, kubex_server)


def followed_logs(server: EmbeddedServer) -> int:
    """Return the number of logs that were opened to follow them."""
    return len([request for request in server.requests if request.query.get("follow") == ["true"]])


async def take(log: MergedLogStream, count: int) -> list[tuple[str, str, str]]:
    """Return the next lines, sorted because the containers write at the same time."""
    with anyio.fail_after(TIMEOUT):
        lines = [await anext(log) for _ in range(count)]
    return sorted((line.pod, line.container, line.text) for line in lines)


async def test_all_containers_are_merged_and_lines_have_their_source(workload: Workload) -> None:
    await workload.run("one", APP, SIDE, initContainers=[INIT])
    for container, text in (("init", "prepared\n"), ("app", "a\nb\n"), ("side", "s\n")):
        workload.log("one", text, container, ended=True)
    expected = [("init", "prepared"), ("app", "a"), ("app", "b"), ("side", "s")]
    lines = await workload.api.logs.get("one", all_containers=True)
    assert [(line.container, line.text) for line in lines] == expected
    assert lines[0] == LogLine(LogSource("default", "one", "init"), "prepared")
    assert str(lines[0]) == "[pod/one/init] prepared"
    for follow in (False, True):
        async with workload.api.logs.stream("one", all_containers=True, follow=follow) as log:
            assert sorted([(line.container, line.text) async for line in log]) == sorted(expected)


async def test_lines_of_all_containers_arrive_as_they_are_written(workload: Workload) -> None:
    await workload.run("one", APP, SIDE)
    for container in ("app", "side"):
        workload.log("one", "", container)
    async with workload.api.logs.stream("one", all_containers=True) as log:
        for container in ("side", "app", "side"):
            workload.write("one", f"from {container}\n", container)
            assert await take(log, 1) == [("one", container, f"from {container}")]
        for container in ("app", "side"):
            workload.end("one", container)
        with anyio.fail_after(TIMEOUT):
            assert [line async for line in log] == []


async def test_container_that_starts_later_is_followed(workload: Workload) -> None:
    await workload.run("one")
    workload.log("one", "old\n")
    async with workload.api.logs.stream("one", all_containers=True, tail_lines=0) as log:
        await wait_until(workload.api.client, lambda: followed_logs(workload.server) == 1)
        workload.log("one", "debugging\n", "debugger", ended=True)
        debugger = {"name": "debugger", "image": "debug:1"}
        await workload.api.ephemeral_containers.patch("one", MergePatch({"spec": {"ephemeralContainers": [debugger]}}))
        assert await take(log, 1) == [("one", "debugger", "debugging")]
        workload.write("one", "new\n")
        assert await take(log, 1) == [("one", "app", "new")]


async def test_lines_of_all_containers_can_be_read_in_batches(workload: Workload) -> None:
    await workload.run("one")
    workload.log("one", "line\n" * 10_000, ended=True)
    async with workload.api.logs.stream("one", all_containers=True, follow=False) as log:
        first = await anext(log)
        batches = [batch async for batch in log.batches()]
    assert len(batches) < 1_000
    assert [first, *(line for batch in batches for line in batch)] == [first] * 10_000


async def test_pods_of_a_selector_are_followed_with_new_and_without_ended_pods(workload: Workload) -> None:
    await workload.run("one")
    await workload.run("other", app="db")
    for name in ("one", "other"):
        workload.log(name, "hello\n")
    async with workload.api.logs.stream_pods(label_selector={"app": "web"}) as log:
        assert await take(log, 1) == [("one", "app", "hello")]
        workload.log("two", "hello\n")
        await workload.run("two")
        assert await take(log, 1) == [("two", "app", "hello")]
        workload.end("one")
        await workload.api.delete("one")
        workload.write("two", "still here\n")
        assert await take(log, 1) == [("two", "app", "still here")]
        # A new pod with the same name is another pod.
        workload.log("one", "again\n")
        while await workload.api.get_or_none("one") is not None:
            pass
        await workload.run("one")
        assert await take(log, 1) == [("one", "app", "again")]


async def test_current_logs_of_pods_end_without_follow(workload: Workload) -> None:
    for name in ("one", "two", "three"):
        await workload.run(name, APP, SIDE)
        for container in ("app", "side"):
            workload.log(name, f"{name}\n", container)
    logs = workload.api.logs
    async with logs.stream_pods(field_selector={"metadata.name": "two"}, follow=False) as log:
        assert {str(line) async for line in log} == {"[pod/two/app] two", "[pod/two/side] two"}
    async with logs.stream_pods(container="side", follow=False, max_log_requests=2, namespace=None) as log:
        found = sorted([(line.namespace, line.pod, line.container) async for line in log])
    assert found == [("default", name, "side") for name in ("one", "three", "two")]


async def test_too_many_logs_raise_before_any_is_opened(workload: Workload) -> None:
    for name in ("one", "two"):
        await workload.run(name, APP, SIDE)
    with pytest.raises(
        ConfigurationError, match=r"max_log_requests: 4 containers are selected, but only 3 logs may be"
    ):
        async with workload.api.logs.stream_pods(max_log_requests=3):
            pytest.fail("the logs were opened")
    assert [request.path for request in workload.server.requests if request.path.endswith("/log")] == []


async def test_container_above_the_limit_is_reported_and_read_after_another_one_ended(workload: Workload) -> None:
    await workload.run("one")
    workload.log("one", "first\n")
    workload.log("two", "second\n")
    errors: list[tuple[LogSource, Exception]] = []
    reported = anyio.Event()

    def report(source: LogSource, error: Exception) -> None:
        errors.append((source, error))
        reported.set()

    async with workload.api.logs.stream_pods(max_log_requests=1, on_error=report) as log:
        assert await take(log, 1) == [("one", "app", "first")]
        await workload.run("two")
        with anyio.fail_after(TIMEOUT):
            await reported.wait()
        ((source, error),) = errors
        assert (str(source), type(error)) == ("[pod/two/app]", ConfigurationError)
        assert "1 logs are being followed, so this container has to wait" in str(error)
        workload.end("one")
        assert await take(log, 1) == [("two", "app", "second")]


async def test_error_of_one_log_is_reported_and_does_not_end_the_others(
    workload: Workload, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("one", "two"):
        await workload.run(name)
        workload.log(name, "hello\n")
    workload.server.inject(lambda request: request.path.endswith("/pods/one/log"), Answer(403, b"no access"), times=2)
    errors: list[tuple[str, type[Exception]]] = []
    logs = workload.api.logs
    async with logs.stream_pods(on_error=lambda source, error: errors.append((source.pod, type(error)))) as log:
        assert await take(log, 1) == [("two", "app", "hello")]
        workload.write("two", "more\n")
        assert await take(log, 1) == [("two", "app", "more")]
        await wait_until(workload.api.client, lambda: errors == [("one", Forbidden)])
    with caplog.at_level(logging.WARNING, "kubex.api"):
        async with logs.stream_pods(follow=False) as log:
            assert [line.pod async for line in log] == ["two", "two"]
    assert "the log of [pod/one/app] in namespace default was not read" in caplog.text


async def test_error_of_a_container_is_raised_by_get(workload: Workload) -> None:
    await workload.run("one", APP, SIDE)
    workload.server.inject(lambda request: request.query.get("container") == ["side"], Answer(403, b"no access"))
    with pytest.raises(Forbidden, match="no access"):
        await workload.api.logs.get("one", all_containers=True)


async def test_error_of_the_watch_ends_the_iteration(workload: Workload) -> None:
    workload.server.inject(lambda request: "watch" in request.query, Answer(403, b"no watch"))
    async with workload.api.logs.stream_pods() as log:
        with pytest.raises(Forbidden, match="no watch"), anyio.fail_after(TIMEOUT):
            await anext(log)


async def test_log_is_followed_across_restarts_without_lost_or_repeated_lines(workload: Workload) -> None:
    await workload.run("one")
    workload.log("one", "a\nb\n")
    with anyio.fail_after(TIMEOUT):
        async with workload.api.logs.stream("one", follow="restarts") as log:
            assert [await anext(log) for _ in range(2)] == ["a", "b"]
            workload.end("one")
            await workload.restart("one", previous="", text="c\n")
            assert await anext(log) == "c"
            workload.write("one", "d\n")
            assert await anext(log) == "d"
            workload.end("one")
            await workload.succeed("one")
            assert [line async for line in log] == []


@ignore_unclosed_tls_transports
async def test_rest_of_the_previous_run_is_read_after_a_lost_connection(workload: Workload) -> None:
    await workload.run("one")
    workload.log("one", "a\nb\n", ended=True)
    workload.server.inject(lambda request: request.path.endswith("/log"), Drop("body", after_bytes=34))
    with anyio.fail_after(TIMEOUT):
        async with workload.api.logs.stream("one", follow="restarts") as log:
            assert await anext(log) == "a"
            assert await anext(log) == "b"


async def test_all_containers_are_followed_across_restarts(workload: Workload) -> None:
    await workload.run("one", APP, SIDE)
    workload.log("one", "a\n")
    workload.log("one", "s\n", "side")
    logs = workload.api.logs
    async with logs.stream("one", all_containers=True, follow="restarts", timestamps=True) as log:
        lines = await take(log, 2)
        assert [(container, text[-3:]) for _, container, text in lines] == [("app", "Z a"), ("side", "Z s")]
        workload.end("one")
        await workload.restart("one", previous="", text="b\n")
        ((_, container, text),) = await take(log, 1)
        assert (container, text[-3:]) == ("app", "Z b")


async def test_only_new_lines_are_followed_with_tail_lines_zero(workload: Workload) -> None:
    await workload.run("one")
    workload.log("one", "old\n")
    with anyio.fail_after(TIMEOUT):
        async with workload.api.logs.stream("one", follow="restarts", tail_lines=0) as log:
            await wait_until(workload.api.client, lambda: followed_logs(workload.server) == 1)
            workload.end("one")
            await workload.restart("one", previous="", text="new\n")
            assert await anext(log) == "new"


async def test_total_timeout_limits_the_complete_iteration(client: Client) -> None:
    async with Api(Pod, client).logs.stream_pods(request_timeout=1) as log:
        with pytest.raises(DeadlineExceeded, match="the logs exceeded their total timeout of 1 s"):
            await anext(log)


async def test_missing_pod_raises_not_found_when_the_block_is_entered(client: Client) -> None:
    logs = Api(Pod, client).logs
    with pytest.raises(NotFound, match='pods "none" not found'):
        await logs.get("none", all_containers=True)
    for log in (logs.stream("none", all_containers=True), logs.stream("none", follow="restarts")):
        with pytest.raises(NotFound, match='pods "none" not found'):
            async with log:
                pytest.fail("the log was opened")


async def test_following_restarts_requires_a_valid_container(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("two", containers=[APP, SIDE]))
    with pytest.raises(ContainerNameRequired) as caught:
        async with api.logs.stream("two", follow="restarts"):
            pytest.fail("the log was opened")
    assert caught.value.containers == ["app", "side"]
    with pytest.raises(BadRequest, match="container other is not valid for pod two"):
        async with api.logs.stream("two", container="other", follow="restarts"):
            pytest.fail("the log was opened")


async def test_pods_that_have_not_started_have_no_lines(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("waiting", containers=[APP, SIDE]))
    assert await api.logs.get("waiting", all_containers=True) == []
    async with api.logs.stream_pods(follow=False) as log:
        assert [line async for line in log] == []
    async with api.logs.stream_pods() as log, anyio.create_task_group() as tasks:
        tasks.start_soon(anext, log)
        await api.client.version()
        tasks.cancel_scope.cancel()


async def test_deletion_of_a_pod_that_has_not_started_ends_its_log(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("waiting"))
    with anyio.fail_after(TIMEOUT):
        async with api.logs.stream("waiting", follow="restarts") as log:
            await api.delete("waiting")
            assert [line async for line in log] == []


async def test_log_of_a_missing_node_is_reported_for_its_pod(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one", nodeName="no-such-node.invalid"))
    running = {"name": "main", "image": "a", "imageID": "a", "ready": True, "restartCount": 0, "state": {"running": {}}}
    await api.status.patch("one", MergePatch({"status": {"phase": "Running", "containerStatuses": [running]}}))
    errors: list[tuple[str, Exception]] = []
    logs = api.logs
    async with logs.stream_pods(
        follow=False, on_error=lambda source, error: errors.append((str(source), error))
    ) as log:
        assert [line async for line in log] == []
    ((source, error),) = errors
    assert source == "[pod/one/main]"
    assert isinstance(error, KubexError)


async def test_invalid_combinations_of_arguments_raise(client: Client) -> None:
    logs = Api(Pod, client).logs
    for arguments, problem in (
        ({"follow": "always"}, 'follow: must be True, False or "restarts"'),
        ({"follow": "restarts", "previous": True}, 'previous: cannot be combined with follow="restarts"'),
        ({"follow": "restarts", "limit_bytes": 1}, 'limit_bytes: cannot be combined with follow="restarts"'),
        ({"all_containers": True, "container": "app"}, "container: pass container or all_containers=True, not both"),
        ({"on_error": print}, "on_error: requires all_containers=True"),
    ):
        with pytest.raises(ConfigurationError, match=problem):
            logs.stream("one", **arguments)
    with pytest.raises(ConfigurationError, match="max_log_requests: must be an integer of at least 1, not 0"):
        logs.stream_pods(max_log_requests=0)
    with pytest.raises(ConfigurationError, match="label_selector"):
        logs.stream_pods(label_selector={"app": "a b"})
    with pytest.raises(StreamNotOpenError, match=r"async with api.logs.stream_pods\(...\) as log"):
        await anext(logs.stream_pods())
