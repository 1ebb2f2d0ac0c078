"""`JsonPatch.between()` on servers: the patch leaves what a replace leaves."""

import random
from typing import Any

import pytest

from behaviour.custom_resources import install_crd, make_crd
from behaviour.objects import config_map, name_of, resource_version_of
from kubex.api import Api
from kubex.client import Client
from kubex.errors import Conflict, Invalid, RequestEntityTooLarge
from kubex.models import DynamicNamespacedResource, Resource, dynamic_resource
from kubex.patch import JsonPatch, MergePatch
from kubex_k8s.v1_37.core.v1 import ConfigMap
from support.random_json import changed, random_map

pytestmark = pytest.mark.anyio

Anything = dynamic_resource("example.com/v1", "Anything", plural="anythings")
ANYTHING_CRD = make_crd(
    "Anything", "anythings", {"type": "object", "x-kubernetes-preserve-unknown-fields": True, "properties": {}}
)

# Each combination of a server and a pair checks this number of differences for each kind.
DIFFERENCES = 15

KEYS = ("a", "b.c", "d-e", "_", "F", "0")
LABELS = ("a", "example.com/a", "a.b/c-d", "A_b")
TEXTS = ("", "text", "a/b~c", "ü\n", "null", "0")
BYTES = ("", "AAEC", "/w==")


def content(obj: Resource) -> dict[str, Any]:
    """Return what a write can change, and the generation."""
    document = obj.to_dict()
    for name in ("resourceVersion", "managedFields"):
        document["metadata"].pop(name, None)
    return document


def random_texts(source: random.Random, keys: tuple[str, ...], values: tuple[str, ...]) -> dict[str, str] | None:
    if source.random() < 0.2:
        return None
    return {key: source.choice(values) for key in source.sample(keys, source.randrange(len(keys)))}


def set_random_content(source: random.Random, obj: ConfigMap) -> None:
    obj.metadata.labels = random_texts(source, LABELS, ("", "x", "y-z"))
    obj.metadata.annotations = random_texts(source, LABELS, TEXTS)
    obj.metadata.finalizers = source.choice([None, [], ["example.com/a"], ["example.com/b", "example.com/a"]])
    obj.data = random_texts(source, KEYS, TEXTS)
    obj.binary_data = random_texts(source, ("x", "y", "z"), BYTES)


async def check_config_maps(client: Client, count: int, seed: int) -> None:
    """Check that a patch and a replace of random ConfigMaps have the same result."""
    source = random.Random(seed)  # noqa: S311 - a reproducible sequence
    api = Api(ConfigMap, client)
    for number in range(count):
        created = config_map(f"c{number}")
        set_random_content(source, created)
        before = await api.create(created)
        after = before.model_copy(deep=True)
        set_random_content(source, after)
        replaced = await api.replace(after, dry_run=True)
        patched = await api.patch(name_of(before), JsonPatch.between(before, after))
        assert content(patched) == content(replaced)
        assert content(await api.get(name_of(before))) == content(replaced)
        # The namespace cannot be deleted as long as it contains objects with finalizers.
        await api.patch(name_of(before), MergePatch({"metadata": {"finalizers": None}}))


async def check_custom_objects(client: Client, count: int, seed: int) -> None:
    """Check that a patch and a replace of random custom objects have the same result."""
    source = random.Random(seed)  # noqa: S311 - a reproducible sequence
    api = Api(Anything, client)
    for number in range(count):
        document: dict[str, Any] = {
            "metadata": {"name": f"x{number}"},
            "spec": random_map(source),
            **random_map(source),
        }
        before = await api.create(Anything.model_validate(document))
        values = {
            name: value for name, value in before.to_dict().items() if name not in ("apiVersion", "kind", "metadata")
        }
        after = Anything.model_validate({"metadata": before.to_dict()["metadata"]} | as_map(changed(source, values)))
        replaced = await api.replace(after, dry_run=True)
        patched = await api.patch(name_of(before), JsonPatch.between(before, after))
        assert content(patched) == content(replaced)
        assert content(await api.get(name_of(before))) == content(replaced)


def as_map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"spec": value}


async def test_patch_with_a_difference_leaves_what_replace_leaves(client: Client, pair: Any) -> None:
    await check_config_maps(client, DIFFERENCES, seed=len(str(pair)))


async def test_patch_of_a_custom_object_leaves_what_replace_leaves(client: Client, pair: Any) -> None:
    await install_crd(client, ANYTHING_CRD)
    await check_custom_objects(client, DIFFERENCES, seed=len(str(pair)))


async def test_patch_without_a_difference_keeps_the_resource_version(client: Client) -> None:
    api = Api(ConfigMap, client)
    created = await api.create(config_map("one", {"a": "1"}, labels={"a": "b"}))
    patched = await api.patch("one", JsonPatch.between(created, created.model_copy(deep=True)))
    assert patched == created


async def test_patch_with_a_difference_keeps_other_changes(client: Client) -> None:
    api = Api(ConfigMap, client)
    before = await api.create(config_map("one", {"a": "1", "b": "1"}))
    after = before.model_copy(update={"data": {"a": "1", "b": "2"}}, deep=True)
    await api.patch("one", JsonPatch().replace("/data/a", "2"))
    patch = JsonPatch.between(before, after)
    with pytest.raises(Conflict, match="the object has been modified"):
        await api.patch("one", patch.replace("/metadata/resourceVersion", resource_version_of(before)))
    assert (await api.patch("one", patch)).data == {"a": "2", "b": "2"}


async def test_patch_with_more_than_ten_thousand_differences_is_accepted(client: Client) -> None:
    await install_crd(client, ANYTHING_CRD)
    api: Api[DynamicNamespacedResource] = Api(Anything, client)
    annotations, keys = [f"a{number}" for number in range(5_001)], [f"k{number}" for number in range(5_000)]
    metadata = {"name": "one", "annotations": dict.fromkeys(annotations, "0"), "labels": {"a": "b"}}
    created = Anything.model_validate({"metadata": metadata, "spec": dict.fromkeys(keys, 0)})
    before = await api.create(created, request_timeout=60)
    after = before.model_copy(deep=True)
    after.metadata.labels, after.metadata.annotations = {"a": "c"}, dict.fromkeys(annotations, "1")
    after["spec"] = dict.fromkeys(keys, 1)
    patch = JsonPatch.between(before, after)
    assert [operation["path"] for operation in patch.operations[:2]] == ["/metadata/labels/a", "/metadata/annotations"]
    patched = await api.patch("one", patch, dry_run=True, request_timeout=60)
    assert content(patched) == content(await api.replace(after, dry_run=True, request_timeout=60))


async def test_patch_that_replaces_the_complete_object_is_accepted(client: Client) -> None:
    api = Api(ConfigMap, client)
    before = await api.create(config_map("one", {"a": "1"}, labels={"a": "b"}))
    patched = await api.patch("one", JsonPatch().replace("", config_map("one", {"a": "2"})))
    assert (patched.data, patched.metadata.labels, patched.metadata.uid) == ({"a": "2"}, None, before.metadata.uid)
    with pytest.raises(RequestEntityTooLarge, match="allowed maximum operations in a JSON patch is 10000, got 10001"):
        await api.patch("one", JsonPatch([{"op": "test", "path": "/data/a", "value": "2"}] * 10_001))
    with pytest.raises(Invalid):
        await api.patch("one", JsonPatch().add("", config_map("one")))
