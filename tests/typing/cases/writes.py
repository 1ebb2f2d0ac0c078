"""The return types and parameters of the verbs that write."""

from typing_extensions import assert_type

from kubex.api import Api
from kubex.core.params import Precondition
from kubex.patch import ApplyPatch, JsonPatch, MergePatch, Pointer, StrategicMergePatch
from kubex.models import ObjectMeta, ResourceList, Status
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace, Pod


async def return_types(maps: Api[ConfigMap], namespaces: Api[Namespace], wanted: ConfigMap, space: Namespace) -> None:
    assert_type(await maps.create(wanted), ConfigMap)
    assert_type(await maps.create(wanted, namespace="a", dry_run=True, field_manager="me"), ConfigMap)
    assert_type(await maps.replace(wanted), ConfigMap)
    assert_type(await maps.apply(wanted, force=True), ConfigMap)
    assert_type(await maps.delete("name"), ConfigMap | Status)
    assert_type(await maps.delete_collection(label_selector="a=b"), ResourceList[ConfigMap] | Status)
    assert_type(await maps.delete_collection(limit=10, timeout_seconds=5), ResourceList[ConfigMap] | Status)
    assert_type(await namespaces.create(space), Namespace)
    assert_type(await namespaces.replace(space), Namespace)
    assert_type(await namespaces.apply(space), Namespace)
    assert_type(await namespaces.delete("name", propagation_policy="Foreground"), Namespace | Status)


async def patches(maps: Api[ConfigMap], wanted: ConfigMap) -> None:
    assert_type(await maps.patch("name", MergePatch({"data": {"a": None}})), ConfigMap)
    assert_type(await maps.patch("name", MergePatch(wanted), namespace="a"), ConfigMap)
    await maps.patch("name", StrategicMergePatch({"data": {}}))
    await maps.patch("name", JsonPatch([{"op": "remove", "path": "/data"}]))
    await maps.patch("name", ApplyPatch({"data": {}}), force=True)
    await maps.patch("name", ApplyPatch(wanted))

    await maps.patch("name", {"data": {}})  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.patch("name", MergePatch("{}"))  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.patch("name", JsonPatch({"op": "remove"}))  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.patch("name", ApplyPatch([wanted]))  # E: mypy[arg-type] pyright[reportArgumentType]


async def json_patches(maps: Api[ConfigMap], wanted: ConfigMap) -> None:
    path = Pointer("metadata", "labels") / "example.com/x" / 0
    assert_type(path, Pointer)
    patch = JsonPatch().test("/data/a", None).add(path, "b").remove(path).replace("/spec", wanted)
    assert_type(patch.move("/data/b", from_=path).copy("/data/c", from_="/data/b"), JsonPatch)
    assert_type(JsonPatch.between(wanted, wanted), JsonPatch)
    assert_type(JsonPatch.between({"a": 1}, {"a": [None]}), JsonPatch)
    await maps.patch("name", patch)

    JsonPatch().add(path)  # E: mypy[call-arg] pyright[reportCallIssue]
    JsonPatch().replace(path)  # E: mypy[call-arg] pyright[reportCallIssue]
    JsonPatch().test(path)  # E: mypy[call-arg] pyright[reportCallIssue]
    JsonPatch().remove(path, "b")  # E: mypy[call-arg] pyright[reportCallIssue]
    JsonPatch().move("/a")  # E: mypy[call-arg] pyright[reportCallIssue]
    JsonPatch().copy("/a")  # E: mypy[call-arg] pyright[reportCallIssue]
    JsonPatch().add(1, "b")  # E: mypy[arg-type] pyright[reportArgumentType]
    JsonPatch().add(["data", "a"], "b")  # E: mypy[arg-type] pyright[reportArgumentType]
    JsonPatch.between(wanted)  # E: mypy[call-arg] pyright[reportCallIssue]
    Pointer("a", None)  # E: mypy[arg-type] pyright[reportArgumentType]
    Pointer("a") / 1.5  # E: mypy[operator] pyright[reportOperatorIssue]


async def objects_of_another_kind(
    maps: Api[ConfigMap], namespaces: Api[Namespace], pod: Pod, wanted: ConfigMap
) -> None:
    await maps.create(pod)  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.replace(pod)  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.apply(pod)  # E: mypy[arg-type] pyright[reportArgumentType]
    await namespaces.create(wanted)  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.create({"metadata": {"name": "a"}})  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.create(ConfigMap)  # E: mypy[arg-type] pyright[reportArgumentType]
    pod = await maps.create(wanted)  # E: mypy[assignment] pyright[reportAssignmentType]


async def delete_may_return_a_status(maps: Api[ConfigMap]) -> None:
    result = await maps.delete("name")
    _ = result.data  # E: mypy[union-attr] pyright[reportAttributeAccessIssue]
    if isinstance(result, Status):
        assert_type(result, Status)
    else:
        assert_type(result, ConfigMap)


async def wrong_arguments(maps: Api[ConfigMap], wanted: ConfigMap) -> None:
    await maps.delete("a", propagation_policy="background")  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.delete("a", grace_period_seconds="0")  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.delete("a", precondition="uid")  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.delete("a", precondition=Precondition("uid"))  # E: mypy[call-arg] pyright[reportCallIssue]
    await maps.delete(wanted)  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.create(wanted, field_validation="strict")  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.create(wanted, dry_run="All")  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.create(wanted, request_timeout="5s")  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.create(wanted, force=True)  # E: mypy[call-arg] pyright[reportCallIssue]
    await maps.apply(wanted, field_manager=1)  # E: mypy[arg-type] pyright[reportArgumentType]
    await maps.create(ObjectMeta(name="a"))  # E: mypy[arg-type] pyright[reportArgumentType]
