"""The verb edit, of objects and subresources."""

from collections.abc import Callable
from typing import TypeVar

from typing_extensions import assert_type

from kubex.api import Api
from kubex.models import NamespacedResource, Scale
from kubex.models.markers import HasScale, HasStatus
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod


T = TypeVar("T", bound=NamespacedResource)


class Fleet(NamespacedResource, HasStatus, HasScale):
    """A kind with the subresources status and scale."""


def mutate(config_map: ConfigMap) -> None:
    config_map.data = {}


def build(config_map: ConfigMap) -> ConfigMap:
    return ConfigMap(metadata=config_map.metadata)


def maybe_build(config_map: ConfigMap) -> ConfigMap | None:
    return config_map if config_map.data else None


async def mutate_async(config_map: ConfigMap) -> None:
    config_map.data = {}


async def build_async(config_map: ConfigMap) -> ConfigMap:
    return config_map


def mutate_any(obj: NamespacedResource) -> None:
    obj.metadata.labels = {}


def mutate_pod(pod: Pod) -> None: ...
async def mutate_pod_async(pod: Pod) -> None: ...
def build_pod(_: ConfigMap) -> Pod:
    return Pod()


async def build_pod_async(_: ConfigMap) -> Pod:
    return Pod()


def return_text(_: ConfigMap) -> str:
    return ""


def set_replicas(scale: Scale) -> None:
    scale.spec.replicas = 3


def set_fleet(fleet: Fleet) -> None: ...


async def correct(maps: Api[ConfigMap], fleets: Api[Fleet], new: ConfigMap) -> None:
    assert_type(await maps.edit("a", mutate), ConfigMap)
    assert_type(await maps.edit("a", build, attempts=10, how="patch"), ConfigMap)
    assert_type(await maps.edit("a", maybe_build, namespace="b", create=new), ConfigMap)
    assert_type(await maps.edit("a", mutate_async, dry_run=True, field_manager="me"), ConfigMap)
    assert_type(await maps.edit("a", build_async, field_validation="Strict", request_timeout=5), ConfigMap)
    assert_type(await maps.edit("a", mutate_any), ConfigMap)
    assert_type(await maps.edit("a", lambda it: None), ConfigMap)
    assert_type(await maps.edit("a", lambda it: it.model_copy(update={"data": {}})), ConfigMap)
    assert_type(await fleets.scale.edit("a", set_replicas, how="patch"), Scale)
    assert_type(await fleets.status.edit("a", set_fleet, attempts=3), Fleet)


async def generic(api: Api[T], change: Callable[[T], None], new: T) -> T:
    return await api.edit("a", change, create=new)


async def wrong(maps: Api[ConfigMap], fleets: Api[Fleet], pod: Pod, fleet: Fleet, new: ConfigMap) -> None:
    await maps.edit("a", mutate_pod)  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.edit("a", mutate_pod_async)  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.edit("a", build_pod)  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.edit("a", build_pod_async)  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.edit("a", return_text)  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.edit("a", new)  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.edit("a", lambda it: it.color)  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    await maps.edit("a")  # E: mypy[call-arg] pyright[reportCallIssue]
    await maps.edit("a", mutate, create=pod)  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.edit("a", mutate, how="merge")  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.edit("a", mutate, attempts="5")  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.edit("a", mutate, force=True)  # E: mypy[call-arg] pyright[reportCallIssue]
    await maps.status.edit("a", mutate)  # E: mypy[arg-type] pyright[reportAttributeAccessIssue]
    await maps.metadata.edit("a", mutate)  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    await fleets.status.edit("a", set_fleet, create=fleet)  # E: mypy[call-arg] pyright[reportCallIssue]
    await fleets.status.edit("a", set_fleet, how="merge")  # E: mypy[arg-type] pyright[reportArgumentType]
    await fleets.status.edit("a", set_replicas)  # E: mypy[arg-type] pyright[reportArgumentType]
    await fleets.scale.edit("a", set_fleet)  # E: mypy[arg-type] pyright[reportArgumentType]
    await fleets.scale.edit("a", set_replicas, create=Scale)  # E: mypy[call-arg] pyright[reportCallIssue]
