"""Subresources of Pods: eviction, resize and ephemeral containers."""

import pytest

from behaviour.workloads import disruption_budget, pod, ready_pod, set_disruption_budget_status
from kubex.api import Api
from kubex.client import Client, create_client
from kubex.core.params import Precondition
from kubex.errors import Conflict, Invalid, NamespaceError, NotFound, TooManyRequests
from kubex.models import Status
from kubex.patch import MergePatch, StrategicMergePatch
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import Container, EphemeralContainer, Pod, PodSpec, ResourceRequirements
from kubex_k8s.v1_37.policy.v1 import PodDisruptionBudget
from kubex_testing import ServerHandle
from kubex_testing.embedded import EmbeddedServer

pytestmark = pytest.mark.anyio


async def create_pods_with_budget(client: Client, *, pods: int) -> None:
    """Create ready Pods `web-0`, `web-1`… and a disruption budget that requires one of them."""
    for index in range(pods):
        await ready_pod(client, f"web-{index}", app="web")
    await Api(PodDisruptionBudget, client).create(disruption_budget("web", app="web"))
    await set_disruption_budget_status(client, "web", pods=pods)


async def test_evict_deletes_the_pod(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))
    evicted = await api.evict("one")
    assert type(evicted) is Status
    assert (evicted.status, evicted.code) == ("Success", 201)
    assert await api.get_or_none("one") is None
    with pytest.raises(NotFound, match='pods "one" not found'):
        await api.evict("one")


async def test_evict_with_dry_run_keeps_the_pod(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))
    assert (await api.evict("one", dry_run=True)).status == "Success"
    assert (await api.get("one")).metadata.deletion_timestamp is None


async def test_evict_against_a_disruption_budget_raises_too_many_requests(client: Client) -> None:
    await create_pods_with_budget(client, pods=1)
    api = Api(Pod, client)
    with pytest.raises(TooManyRequests, match="would violate the pod's disruption budget") as caught:
        await api.evict("web-0")
    assert [cause.reason for cause in caught.value.causes] == ["DisruptionBudget"]
    assert caught.value.retry_after is None
    assert (await api.get("web-0")).metadata.deletion_timestamp is None


async def test_evict_succeeds_until_the_disruption_budget_is_used_up(client: Client) -> None:
    await create_pods_with_budget(client, pods=2)
    api = Api(Pod, client)
    await api.evict("web-0", dry_run=True)
    await api.evict("web-0")
    assert await api.get_or_none("web-0") is None
    with pytest.raises(TooManyRequests):
        await api.evict("web-1")


async def test_evict_of_a_pending_pod_ignores_the_disruption_budget(client: Client) -> None:
    await create_pods_with_budget(client, pods=1)
    api = Api(Pod, client)
    await api.create(pod("waiting", app="web"))
    await api.evict("waiting")
    assert await api.get_or_none("waiting") is None


async def test_blocked_eviction_is_not_retried(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    await ready_pod(embedded_client, "web-0", app="web")
    # The budget does not have a status yet, so the server sends Retry-After: 10.
    await Api(PodDisruptionBudget, embedded_client).create(disruption_budget("web", app="web"))
    kubex_server.clear_requests()
    with pytest.raises(TooManyRequests) as caught:
        await Api(Pod, embedded_client).evict("web-0")
    assert caught.value.retry_after == 10
    assert [(request.method, request.path) for request in kubex_server.requests] == [
        ("POST", "/api/v1/namespaces/default/pods/web-0/eviction")
    ]


async def test_evict_with_a_failed_precondition_raises_conflict(client: Client) -> None:
    api = Api(Pod, client)
    created = await api.create(pod("one"))
    # A server retries an eviction for ten seconds if only the uid does not match.
    with pytest.raises(Conflict, match="the UID in the precondition"):
        await api.evict("one", precondition=Precondition(uid="another", resource_version="1"))
    with pytest.raises(Conflict, match="the ResourceVersion in the precondition"):
        await api.evict("one", precondition=Precondition(resource_version="1"))
    await api.evict("one", precondition=Precondition(uid=created.metadata.uid))
    assert await api.get_or_none("one") is None


async def test_evict_sets_the_grace_period(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one", node="nowhere"))
    await api.status.patch("one", MergePatch({"status": {"phase": "Running"}}))
    await api.evict("one", grace_period_seconds=7)
    evicted = await api.get("one")
    assert evicted.metadata.deletion_grace_period_seconds == 7
    assert evicted.status is not None
    reasons = {item.type: item.reason for item in evicted.status.conditions or []}
    assert reasons["DisruptionTarget"] == "EvictionByEvictionAPI"
    await api.delete("one", grace_period_seconds=0)


async def test_evict_uses_the_namespace_of_the_call(
    server: ServerHandle, backend: Backend, namespace: str, client: Client
) -> None:
    await Api(Pod, client).create(pod("one"))
    async with create_client(server.configuration(), client_class=backend) as other_client:
        api = Api(Pod, other_client)
        with pytest.raises(NotFound):
            await api.evict("one")
        await api.evict("one", namespace=namespace)
        with pytest.raises(NamespaceError, match="evict needs one namespace"):
            await api.evict("one", namespace=None)
    assert await Api(Pod, client).get_or_none("one") is None


def cpu_request(pod: Pod) -> str | None:
    assert pod.spec is not None
    resources = pod.spec.containers[0].resources
    requests = resources.requests if resources is not None else None
    return requests.get("cpu") if requests else None


def cpu_request_patch(cpu: str) -> StrategicMergePatch:
    return StrategicMergePatch({"spec": {"containers": [{"name": "main", "resources": {"requests": {"cpu": cpu}}}]}})


async def test_resize_changes_only_the_resources(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one", cpu="1"))
    resized = await api.resize.patch("one", cpu_request_patch("2"))
    assert isinstance(resized, Pod)
    assert cpu_request(resized) == "2"
    assert cpu_request(await api.resize.get("one")) == "2"
    assert resized.spec is not None
    resized.spec.containers[0].resources = ResourceRequirements(requests={"cpu": "3"})
    resized.spec.containers[0].image = "another"
    replaced = await api.resize.replace(resized)
    assert cpu_request(replaced) == "3"
    assert replaced.spec is not None
    assert replaced.spec.containers[0].image == "registry.example/app:1"
    with pytest.raises(Conflict):
        await api.resize.replace(resized)


async def test_patch_of_resources_without_resize_raises_invalid(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one", cpu="1"))
    with pytest.raises(Invalid):
        await api.patch("one", cpu_request_patch("2"))
    assert cpu_request(await api.resize.patch("one", cpu_request_patch("2"), dry_run=True)) == "2"
    assert cpu_request(await api.get("one")) == "1"


async def test_resize_that_changes_the_qos_class_raises_invalid(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))
    with pytest.raises(Invalid, match="Pod QOS Class may not change") as caught:
        await api.resize.patch("one", cpu_request_patch("1"))
    assert [cause.field for cause in caught.value.causes] == ["spec"]


def debug_container_patch(name: str) -> StrategicMergePatch:
    container = EphemeralContainer(name=name, image="busybox", target_container_name="main")
    return StrategicMergePatch({"spec": {"ephemeralContainers": [container]}})


def ephemeral_container_names(pod: Pod) -> list[str]:
    assert pod.spec is not None
    return [container.name for container in pod.spec.ephemeral_containers or []]


async def test_ephemeral_containers_can_be_added(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))
    assert ephemeral_container_names(await api.ephemeral_containers.get("one")) == []
    assert ephemeral_container_names(
        await api.ephemeral_containers.patch("one", debug_container_patch("first"), dry_run=True)
    ) == ["first"]
    added = await api.ephemeral_containers.patch("one", debug_container_patch("first"))
    assert isinstance(added, Pod)
    assert ephemeral_container_names(added) == ["first"]
    assert added.spec is not None
    assert added.spec.ephemeral_containers is not None
    added.spec.ephemeral_containers.append(EphemeralContainer(name="second", image="busybox"))
    added.spec.containers[0].image = "another"
    replaced = await api.ephemeral_containers.replace(added)
    assert ephemeral_container_names(replaced) == ["first", "second"]
    assert replaced.spec is not None
    assert replaced.spec.containers[0].image == "registry.example/app:1"


async def test_ephemeral_containers_cannot_be_removed_or_changed(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))
    await api.ephemeral_containers.patch("one", debug_container_patch("first"))
    with pytest.raises(Invalid, match='existing ephemeral containers "first" may not be removed') as caught:
        await api.ephemeral_containers.patch("one", MergePatch({"spec": {"ephemeralContainers": []}}))
    assert [cause.field for cause in caught.value.causes] == ["spec.ephemeralContainers"]
    changed = StrategicMergePatch({"spec": {"ephemeralContainers": [{"name": "first", "image": "another"}]}})
    with pytest.raises(Invalid, match='existing ephemeral containers "first" may not be changed'):
        await api.ephemeral_containers.patch("one", changed)
    assert ephemeral_container_names(await api.get("one")) == ["first"]


INVALID_CONTAINERS = [
    (EphemeralContainer(name="main", image="busybox"), "name"),
    (EphemeralContainer(name="debug"), "image"),
    (EphemeralContainer(name="debug", image="busybox", target_container_name="none"), "targetContainerName"),
    (EphemeralContainer.model_validate({"name": "d", "image": "b", "ports": [{"containerPort": 80}]}), "ports"),
]


@pytest.mark.parametrize(("container", "field"), INVALID_CONTAINERS, ids=[field for _, field in INVALID_CONTAINERS])
async def test_invalid_ephemeral_container_raises_invalid(
    client: Client, container: EphemeralContainer, field: str
) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))
    with pytest.raises(Invalid) as caught:
        await api.ephemeral_containers.patch("one", StrategicMergePatch({"spec": {"ephemeralContainers": [container]}}))
    assert [cause.field for cause in caught.value.causes] == [f"spec.ephemeralContainers[0].{field}"]


async def test_create_of_a_pod_with_ephemeral_containers_raises_invalid(client: Client) -> None:
    spec = PodSpec(
        containers=[Container(name="main", image="app:1")],
        ephemeral_containers=[EphemeralContainer(name="debug", image="busybox")],
    )
    with pytest.raises(Invalid) as caught:
        await Api(Pod, client).create(Pod(metadata=pod("one").metadata, spec=spec))
    assert [cause.field for cause in caught.value.causes] == ["spec.ephemeralContainers"]
