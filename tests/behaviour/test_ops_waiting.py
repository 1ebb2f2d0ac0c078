"""Waiting for the objects that `kubex_ops.apply()` has applied, on both servers."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import anyio
import pytest

from behaviour.manifests import config_map, custom_resource, definition
from behaviour.namespace_factory import NamespaceFactory
from behaviour.objects import TIMEOUT
from behaviour.running_pods import RUN_LABELS
from kubex.api import Api
from kubex.client import Client, create_client
from kubex.patch import MergePatch
from kubex.transport import Backend
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.batch.v1 import Job
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from kubex_ops import Report, Result, WaitTypes, apply
from kubex_ops.errors import OperationError
from kubex_runtime.conditions import condition, exists, ready, rolled_out
from kubex_runtime.errors import WaitFailed, WaitTimeout
from kubex_testing import ServerHandle
from kubex_testing.embedded import Answer, EmbeddedServer

pytestmark = pytest.mark.anyio

MANAGER = "tests"
CONTAINER = {"name": "app", "image": "registry.example/app:1", "command": ["sleep", "3600"]}
POD: dict[str, Any] = {"terminationGracePeriodSeconds": 0, "containers": [CONTAINER]}


def deployment(name: str) -> dict[str, Any]:
    spec = {
        "replicas": 1,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web", **RUN_LABELS}}, "spec": POD},
    }
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def job(name: str) -> dict[str, Any]:
    pod = {**POD, "restartPolicy": "Never", "containers": [{**CONTAINER, "command": ["true"]}]}
    template = {"metadata": {"labels": RUN_LABELS}, "spec": pod}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": {"template": template}}


ROLLED_OUT = {
    "observedGeneration": 1,
    "replicas": 1,
    "updatedReplicas": 1,
    "readyReplicas": 1,
    "availableReplicas": 1,
}
FAILED = {"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}


async def applied(
    client: Client, objects: list[dict[str, Any]], change: Callable[[], Awaitable[None]], **options: Any
) -> Report:
    """Apply objects and wait; call `change` when all objects are applied. Return the report."""
    reports: list[Report] = []
    errors: list[OperationError] = []
    count, all_applied = 0, anyio.Event()

    def on_result(_: Result) -> None:
        nonlocal count
        count += 1
        if count == len(objects):
            all_applied.set()

    async def run() -> None:
        try:
            reports.append(await apply(client, objects, field_manager=MANAGER, on_result=on_result, **options))
        except OperationError as error:
            errors.append(error)

    with anyio.fail_after(TIMEOUT):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(run)
            await all_applied.wait()
            await change()
    for error in errors:
        raise error
    return reports[0]


@pytest.fixture(scope="module", params=["embedded", "real"])
def workload_server(request: pytest.FixtureRequest) -> Iterator[ServerHandle]:
    """Run the test on an embedded server that runs workloads, and on a real control plane with controllers."""
    if request.param == "embedded":
        with EmbeddedServer(workloads=True) as handle:
            yield handle
        return
    handle = request.getfixturevalue("kubex_control_plane")
    if not {"workloads", "exec"} <= handle.capabilities:
        pytest.skip("needs workloads and exec: kube-controller-manager and kubex-kubelet")
    yield handle


@pytest.fixture
async def workload_client(workload_server: ServerHandle, backend: Backend) -> AsyncIterator[Client]:
    """Return a client of the server that runs workloads, in a namespace of the test."""
    factory = NamespaceFactory(workload_server)
    configuration = workload_server.configuration(namespace=factory.create())
    async with create_client(configuration, client_class=backend) as client:
        yield client
    factory.close()


async def test_apply_waits_for_rollouts_and_pods(workload_client: Client) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "labels": RUN_LABELS}, "spec": POD}
    objects = [deployment("web"), pod, config_map("settings")]
    report = await apply(workload_client, objects, field_manager=MANAGER, wait=True, timeout=TIMEOUT)
    assert report.counts == {"created": 3}
    stored = await Api(Deployment, workload_client).get("web")
    assert rolled_out()(stored)
    assert ready()(await Api(Pod, workload_client).get("p"))
    with anyio.fail_after(TIMEOUT):
        # A controller can still update the status between two requests, which counts as a change.
        while report.counts != {"unchanged": 3}:
            report = await apply(workload_client, objects, field_manager=MANAGER, wait=True, timeout=TIMEOUT)


@pytest.fixture
async def kind(client: Client, namespace: str) -> str:
    """Create the definition of a kind with conditions, which no controller sets."""
    kind = "Wait" + namespace.rpartition("-")[2].capitalize()
    await apply(client, [definition(kind)], field_manager=MANAGER)
    return kind


def conditions(type_: str, status: str, reason: str) -> MergePatch:
    return MergePatch({"status": {"conditions": [{"type": type_, "status": status, "reason": reason}]}})


async def set_status(client: Client, kind: str, name: str, patch: MergePatch) -> None:
    """Set the status of an object, as its controller would."""
    path = f"/apis/example.com/v1/namespaces/{client.configuration.namespace}/{kind.lower()}s/{name}/status"
    await client.request("PATCH", path, json=patch.body, content_type=patch.content_type)


async def test_a_mapping_replaces_the_conditions(client: Client, kind: str) -> None:
    ready: WaitTypes = {("example.com/v1beta1", kind): condition("Ready"), ConfigMap: exists()}
    objects = [custom_resource(kind, "a"), custom_resource(kind, "b"), deployment("web"), config_map("c")]

    async def become_ready() -> None:
        for name in ("a", "b"):
            await set_status(client, kind, name, conditions("Ready", "True", "Fine"))

    reports = await applied(client, objects, become_ready, wait=ready, timeout=TIMEOUT)
    assert reports.counts == {"created": 4}


async def test_a_timeout_states_what_is_missing_for_each_object(client: Client, kind: str) -> None:
    objects = [custom_resource(kind, "a"), custom_resource(kind, "b"), custom_resource(kind, "c"), config_map("d")]

    async def change() -> None:
        await set_status(client, kind, "a", conditions("Ready", "False", "Starting"))
        await set_status(client, kind, "c", conditions("Ready", "True", "Fine"))

    with pytest.raises(OperationError) as raised:
        await applied(client, objects, change, wait={("example.com/v1", kind): condition("Ready")}, timeout=2.0)
    report = raised.value.report
    assert [result.outcome for result in report.results] == ["failed", "failed", "created", "created"]
    assert [type(result.error) for result in report.failures] == [WaitTimeout, WaitTimeout]
    text = str(raised.value)
    assert f'{kind} a did not fulfil condition("Ready") within 2 s: the condition Ready is False (Starting)' in text
    assert f'{kind} b did not fulfil condition("Ready") within 2 s: the object does not have the condition' in text


async def test_an_object_that_is_deleted_during_the_wait_fails(client: Client, kind: str) -> None:
    async def remove() -> None:
        path = f"/apis/example.com/v1/namespaces/{client.configuration.namespace}/{kind.lower()}s/a"
        await client.request("DELETE", path)

    with pytest.raises(OperationError, match="the object was deleted") as raised:
        await applied(
            client,
            [custom_resource(kind, "a")],
            remove,
            wait={("example.com/v1", kind): condition("Ready")},
            timeout=TIMEOUT,
        )
    assert isinstance(raised.value.report.failures[0].error, WaitFailed)


async def test_a_failed_job_ends_the_wait(embedded_client: Client) -> None:
    async def fail() -> None:
        await Api(Job, embedded_client).status.patch("import", MergePatch({"status": FAILED}))

    with pytest.raises(OperationError, match="the condition Failed is True") as raised:
        await applied(embedded_client, [job("import")], fail, wait=True, timeout=TIMEOUT)
    error = raised.value.report.failures[0].error
    assert isinstance(error, WaitFailed)
    assert error.name == "import"


async def test_one_watch_waits_for_all_objects_of_a_kind_and_namespace(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    objects = [deployment(f"web-{number}") for number in range(5)]

    async def roll_out() -> None:
        for number in range(5):
            while await Api(Deployment, embedded_client).get_or_none(f"web-{number}") is None:
                pass
            await Api(Deployment, embedded_client).status.patch(f"web-{number}", MergePatch({"status": ROLLED_OUT}))

    await applied(embedded_client, [*objects, config_map("a")], roll_out, wait=True, timeout=TIMEOUT)
    watches = [each for each in kubex_server.requests if "watch=" in each.target]
    assert len(watches) == 1
    assert "/deployments?" in watches[0].target


async def test_objects_that_cannot_be_watched_are_read(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    forbidden = Answer(403, b"no")
    with (
        kubex_server.inject("watch configmaps", forbidden, times=None),
        kubex_server.inject("list configmaps", forbidden, times=None),
    ):
        objects = [config_map("a"), config_map("b")]
        report = await apply(
            embedded_client, objects, field_manager=MANAGER, wait={ConfigMap: exists()}, timeout=TIMEOUT
        )
    assert report.counts == {"created": 2}
