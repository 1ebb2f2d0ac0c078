"""The examples that follow and wait for objects run on the embedded API server."""

import json
from typing import Any

import anyio
import anyio.to_thread
import httpx
import pytest

from docs.running_pod import create_running_pod, create_workloads
from docs.test_examples import run_module
from kubex.api import Api
from kubex.client import create_client
from kubex.models import ObjectMeta
from kubex.patch import MergePatch
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.core.v1 import Event, ObjectReference, Pod
from kubex_runtime.errors import WaitFailed
from kubex_testing.embedded import EmbeddedServer

pytestmark = pytest.mark.anyio

TOO_SLOW = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}


def status(generation: int, updated: int, **fields: Any) -> MergePatch:
    """Return a patch for the status of the Deployment `shop`, which has 3 replicas."""
    counts = {"replicas": 3, "updatedReplicas": updated, "availableReplicas": 3}
    return MergePatch({"status": {"observedGeneration": generation, **counts, **fields}})


async def test_first_program_prints_the_namespaces(cluster: EmbeddedServer, capsys: pytest.CaptureFixture[str]) -> None:
    await run_module("first_program.py")["main"]()
    printed = capsys.readouterr().out
    assert printed.startswith("Kubernetes v1.37.")
    assert printed.splitlines()[1:] == ["default", "kube-node-lease", "kube-public", "kube-system"]


async def test_run_a_pod_prints_each_step_and_deletes_the_pod(
    cluster: EmbeddedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.run_pods()
    await run_module("run_a_pod.py")["main"]()
    lines = capsys.readouterr().out.splitlines()
    assert "output: hello from the container" in lines
    assert lines[-1] == "deleted: hello"
    async with create_client() as client:
        assert await Api(Pod, client, namespace="default").get_or_none("hello") is None


async def test_wait_for_pod_prints_the_name(cluster: EmbeddedServer, capsys: pytest.CaptureFixture[str]) -> None:
    async with create_client() as client:
        await create_running_pod(cluster, client)
    await run_module("wait_for_pod.py")["main"]()
    assert capsys.readouterr().out == "web-0 is ready\n"


async def test_informer_prints_the_names(cluster: EmbeddedServer, capsys: pytest.CaptureFixture[str]) -> None:
    async with create_client() as client:
        await create_running_pod(cluster, client)
    await run_module("informer.py")["main"]()
    assert capsys.readouterr().out == "1 pods: ['web-0']\n"


async def test_pods_of_nodes_returns_the_pods_of_its_cache(cluster: EmbeddedServer) -> None:
    async with create_client() as client:
        await create_running_pod(cluster, client)
        pod = await Api(Pod, client).get("web-0")
    assert pod.spec is not None
    app = run_module("pods_of_nodes.py")["app"]
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service.test") as browser:
            cluster.clear_requests()
            found = await browser.get(f"/nodes/{pod.spec.node_name}/pods")
            missing = await browser.get("/nodes/other/pods")
    assert (found.json(), missing.json()) == (["default/web-0"], [])
    assert cluster.requests == []


async def test_deploy_prints_the_progress_of_a_rollout(
    cluster: EmbeddedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    deploy = run_module("deploy.py")["deploy"]
    async with create_client() as client, anyio.create_task_group() as tasks:
        await create_workloads(client)
        deployments = Api(Deployment, client)
        await deployments.status.patch("shop", status(1, 3))
        tasks.start_soon(deploy, "shop", "shop:2")
        printed = await output_with(client, capsys, "stale")
        for updated, text in [(1, "1 of 3"), (2, "2 of 3"), (3, "3 of 3")]:
            await deployments.status.patch("shop", status(2, updated))
            printed += await output_with(client, capsys, text)
        changed = await deployments.get("shop")
    assert printed.splitlines() == [
        "shop: the status is stale: observed generation 1, current 2",
        "shop: 1 of 3 replicas are updated",
        "shop: 2 of 3 replicas are updated",
        "shop: 3 of 3 updated replicas are available",
    ]
    assert changed.spec is not None
    assert changed.spec.template.spec is not None
    assert changed.spec.template.spec.containers[0].image == "shop:2"


async def output_with(client: Any, capsys: pytest.CaptureFixture[str], text: str) -> str:
    """Send requests until a text is printed, and return the output."""
    printed = ""
    with anyio.fail_after(20):
        while text not in printed:
            await client.version()
            printed += capsys.readouterr().out
    return printed


async def test_deploy_exits_with_the_reason_of_a_failed_rollout(cluster: EmbeddedServer) -> None:
    example = run_module("deploy.py")
    async with create_client() as client:
        await create_workloads(client)
        await Api(Deployment, client).status.patch("shop", status(9, 1, conditions=[TOO_SLOW]))
    with pytest.raises(WaitFailed):
        await example["deploy"]("shop", "shop:2")
    with pytest.raises(SystemExit, match="ProgressDeadlineExceeded") as caught:
        await example["main"]("shop", "shop:2")
    assert str(caught.value).endswith("undo the change with: kubectl rollout undo deployment/shop")


async def test_deploy_exits_with_a_message_if_the_deployment_does_not_exist(cluster: EmbeddedServer) -> None:
    with pytest.raises(SystemExit, match=r'deployments\.apps "shop" not found'):
        await run_module("deploy.py")["main"]("shop", "shop:2")


def event(name: str, **fields: Any) -> Event:
    """Return an event about a pod."""
    involved = ObjectReference(kind="Pod", name="web-0", namespace="default")
    return Event(metadata=ObjectMeta(name=name), involved_object=involved, type="Normal", **fields)


async def test_export_events_writes_new_events_and_new_counts(cluster: EmbeddedServer) -> None:
    send, receive = anyio.create_memory_object_stream[str](10)
    async with create_client() as client, anyio.create_task_group() as tasks, send, receive:
        events = Api(Event, client)
        await events.create(event("old"))
        tasks.start_soon(run_module("export_events.py")["export"], events, send.send_nowait)
        await anyio.to_thread.run_sync(cluster.wait_for_request, lambda request: "watch" in request.query, 5.0)
        with anyio.fail_after(20):
            # Until the watch is open, created events can still be among those that existed at the start.
            number = 0
            while receive.statistics().current_buffer_used == 0:
                number += 1
                await events.create(event(f"new-{number}", reason="Started", reporting_component="kubelet"))
            first = json.loads(await receive.receive())
            cluster.close_watches()
            await events.patch(f"new-{number}", MergePatch({"count": 5, "lastTimestamp": "2026-01-01T00:00:00Z"}))
            second = json.loads(await receive.receive())
            while second["count"] == 1:
                second = json.loads(await receive.receive())
        tasks.cancel_scope.cancel()
    assert first["time"] is not None
    assert first["name"] == "web-0"
    assert second == {
        "time": "2026-01-01T00:00:00+00:00",
        "type": "Normal",
        "reason": "Started",
        "message": None,
        "count": 5,
        "kind": "Pod",
        "namespace": "default",
        "name": "web-0",
        "component": "kubelet",
    }
