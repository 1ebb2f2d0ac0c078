"""Evictions, and what can be changed of a Pod in place: its resources and its ephemeral containers."""

import pytest

from behaviour.workloads import budget, pod, ready_pod, set_budget
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


async def guarded(client: Client, *, pods: int) -> None:
    """Create ready Pods `web-0`, `web-1`… and a budget that wants one of them at all times."""
    for index in range(pods):
        await ready_pod(client, f"web-{index}", app="web")
    await Api(PodDisruptionBudget, client).create(budget("web", app="web"))
    await set_budget(client, "web", pods=pods)


async def test_an_eviction_deletes_a_pod(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))
    evicted = await api.evict("one")
    assert type(evicted) is Status
    assert (evicted.status, evicted.code) == ("Success", 201)
    assert await api.get_or_none("one") is None
    with pytest.raises(NotFound, match='pods "one" not found'):
        await api.evict("one")


async def test_an_eviction_may_be_tried(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))
    assert (await api.evict("one", dry_run=True)).status == "Success"
    assert (await api.get("one")).metadata.deletion_timestamp is None


async def test_a_budget_blocks_an_eviction(client: Client) -> None:
    await guarded(client, pods=1)
    api = Api(Pod, client)
    with pytest.raises(TooManyRequests, match="would violate the pod's disruption budget") as caught:
        await api.evict("web-0")
    assert [cause.reason for cause in caught.value.causes] == ["DisruptionBudget"]
    assert caught.value.retry_after is None
    assert (await api.get("web-0")).metadata.deletion_timestamp is None


async def test_a_budget_lets_as_many_go_as_it_can_spare(client: Client) -> None:
    await guarded(client, pods=2)
    api = Api(Pod, client)
    await api.evict("web-0", dry_run=True)
    await api.evict("web-0")
    assert await api.get_or_none("web-0") is None
    with pytest.raises(TooManyRequests):
        await api.evict("web-1")


async def test_a_pod_that_does_not_run_yet_may_always_go(client: Client) -> None:
    await guarded(client, pods=1)
    api = Api(Pod, client)
    await api.create(pod("waiting", app="web"))
    await api.evict("waiting")
    assert await api.get_or_none("waiting") is None


async def test_a_blocked_eviction_is_sent_once(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    await ready_pod(embedded_client, "web-0", app="web")
    # Nobody has computed its status yet, so the server asks to wait for 10 seconds.
    await Api(PodDisruptionBudget, embedded_client).create(budget("web", app="web"))
    kubex_server.clear_requests()
    with pytest.raises(TooManyRequests) as caught:
        await Api(Pod, embedded_client).evict("web-0")
    assert caught.value.retry_after == 10
    assert [(request.method, request.path) for request in kubex_server.requests] == [
        ("POST", "/api/v1/namespaces/default/pods/web-0/eviction")
    ]


async def test_an_eviction_may_be_bound_to_a_state(client: Client) -> None:
    api = Api(Pod, client)
    created = await api.create(pod("one"))
    # A server repeats an eviction for ten seconds if it is the uid alone that does not match.
    with pytest.raises(Conflict, match="the UID in the precondition"):
        await api.evict("one", precondition=Precondition(uid="another", resource_version="1"))
    with pytest.raises(Conflict, match="the ResourceVersion in the precondition"):
        await api.evict("one", precondition=Precondition(resource_version="1"))
    await api.evict("one", precondition=Precondition(uid=created.metadata.uid))
    assert await api.get_or_none("one") is None


async def test_an_evicted_pod_has_its_grace_period(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one", node="nowhere"))
    await api.status.patch("one", MergePatch({"status": {"phase": "Running"}}))
    await api.evict("one", grace_period_seconds=7)
    leaving = await api.get("one")
    assert leaving.metadata.deletion_grace_period_seconds == 7
    assert leaving.status is not None
    reasons = {item.type: item.reason for item in leaving.status.conditions or []}
    assert reasons["DisruptionTarget"] == "EvictionByEvictionAPI"
    await api.delete("one", grace_period_seconds=0)


async def test_evictions_are_in_namespaces(
    server: ServerHandle, backend: Backend, namespace: str, client: Client
) -> None:
    await Api(Pod, client).create(pod("one"))
    async with create_client(server.configuration(), client_class=backend) as elsewhere:
        api = Api(Pod, elsewhere)
        with pytest.raises(NotFound):
            await api.evict("one")
        await api.evict("one", namespace=namespace)
        with pytest.raises(NamespaceError, match="evict needs one namespace"):
            await api.evict("one", namespace=None)
    assert await Api(Pod, client).get_or_none("one") is None


def cpu_of(pod: Pod) -> str | None:
    assert pod.spec is not None
    resources = pod.spec.containers[0].resources
    requests = resources.requests if resources is not None else None
    return requests.get("cpu") if requests else None


def wants(cpu: str) -> StrategicMergePatch:
    return StrategicMergePatch({"spec": {"containers": [{"name": "main", "resources": {"requests": {"cpu": cpu}}}]}})


async def test_a_resize_changes_resources_and_nothing_else(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one", cpu="1"))
    resized = await api.resize.patch("one", wants("2"))
    assert isinstance(resized, Pod)
    assert cpu_of(resized) == "2"
    assert cpu_of(await api.resize.get("one")) == "2"
    assert resized.spec is not None
    resized.spec.containers[0].resources = ResourceRequirements(requests={"cpu": "3"})
    resized.spec.containers[0].image = "another"
    replaced = await api.resize.replace(resized)
    assert cpu_of(replaced) == "3"
    assert replaced.spec is not None
    assert replaced.spec.containers[0].image == "registry.example/app:1"
    with pytest.raises(Conflict):
        await api.resize.replace(resized)


async def test_resources_change_by_resize_alone(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one", cpu="1"))
    with pytest.raises(Invalid):
        await api.patch("one", wants("2"))
    assert cpu_of(await api.resize.patch("one", wants("2"), dry_run=True)) == "2"
    assert cpu_of(await api.get("one")) == "1"


async def test_a_resize_keeps_the_class_of_service(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))
    with pytest.raises(Invalid, match="Pod QOS Class may not change") as caught:
        await api.resize.patch("one", wants("1"))
    assert [cause.field for cause in caught.value.causes] == ["spec"]


def debugger(name: str) -> StrategicMergePatch:
    container = EphemeralContainer(name=name, image="busybox", target_container_name="main")
    return StrategicMergePatch({"spec": {"ephemeralContainers": [container]}})


def names(pod: Pod) -> list[str]:
    assert pod.spec is not None
    return [container.name for container in pod.spec.ephemeral_containers or []]


async def test_ephemeral_containers_are_added(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))
    assert names(await api.ephemeral_containers.get("one")) == []
    assert names(await api.ephemeral_containers.patch("one", debugger("first"), dry_run=True)) == ["first"]
    added = await api.ephemeral_containers.patch("one", debugger("first"))
    assert isinstance(added, Pod)
    assert names(added) == ["first"]
    assert added.spec is not None
    assert added.spec.ephemeral_containers is not None
    added.spec.ephemeral_containers.append(EphemeralContainer(name="second", image="busybox"))
    added.spec.containers[0].image = "another"
    replaced = await api.ephemeral_containers.replace(added)
    assert names(replaced) == ["first", "second"]
    assert replaced.spec is not None
    assert replaced.spec.containers[0].image == "registry.example/app:1"


async def test_ephemeral_containers_stay(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))
    await api.ephemeral_containers.patch("one", debugger("first"))
    with pytest.raises(Invalid, match='existing ephemeral containers "first" may not be removed') as caught:
        await api.ephemeral_containers.patch("one", MergePatch({"spec": {"ephemeralContainers": []}}))
    assert [cause.field for cause in caught.value.causes] == ["spec.ephemeralContainers"]
    changed = StrategicMergePatch({"spec": {"ephemeralContainers": [{"name": "first", "image": "another"}]}})
    with pytest.raises(Invalid, match='existing ephemeral containers "first" may not be changed'):
        await api.ephemeral_containers.patch("one", changed)
    assert names(await api.get("one")) == ["first"]


WRONG = [
    (EphemeralContainer(name="main", image="busybox"), "name"),
    (EphemeralContainer(name="debug"), "image"),
    (EphemeralContainer(name="debug", image="busybox", target_container_name="none"), "targetContainerName"),
    (EphemeralContainer.model_validate({"name": "d", "image": "b", "ports": [{"containerPort": 80}]}), "ports"),
]


@pytest.mark.parametrize(("container", "field"), WRONG, ids=[field for _, field in WRONG])
async def test_ephemeral_containers_that_cannot_be(client: Client, container: EphemeralContainer, field: str) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))
    with pytest.raises(Invalid) as caught:
        await api.ephemeral_containers.patch("one", StrategicMergePatch({"spec": {"ephemeralContainers": [container]}}))
    assert [cause.field for cause in caught.value.causes] == [f"spec.ephemeralContainers[0].{field}"]


async def test_a_new_pod_has_no_ephemeral_containers(client: Client) -> None:
    spec = PodSpec(
        containers=[Container(name="main", image="app:1")],
        ephemeral_containers=[EphemeralContainer(name="debug", image="busybox")],
    )
    with pytest.raises(Invalid) as caught:
        await Api(Pod, client).create(Pod(metadata=pod("one").metadata, spec=spec))
    assert [cause.field for cause in caught.value.causes] == ["spec.ephemeralContainers"]
