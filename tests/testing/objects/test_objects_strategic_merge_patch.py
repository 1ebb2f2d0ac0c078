"""Strategic merge patch."""

import copy
from typing import Any

import pytest

from kubex_testing._objects.schema import builtin_schema
from kubex_testing._objects.strategic_merge_patch import StrategicPatchError, apply_strategic_merge_patch

CONFIG_MAP = builtin_schema("", "v1", "ConfigMap")
POD = builtin_schema("", "v1", "Pod")
DEPLOYMENT = builtin_schema("apps", "v1", "Deployment")
SERVICE = builtin_schema("", "v1", "Service")

CONTAINER = {"name": "c", "image": "nginx"}
SIDECAR = {"name": "side", "image": "busybox"}


def containers(*items: Any, **extra: Any) -> dict[str, Any]:
    return {"spec": {"containers": list(items), **extra}}


@pytest.mark.parametrize(
    ("original", "patch", "expected"),
    [
        (
            containers(CONTAINER),
            containers({"name": "c", "image": "nginx:2"}, SIDECAR),
            containers({"name": "c", "image": "nginx:2"}, SIDECAR),
        ),
        (containers(CONTAINER, SIDECAR), containers({"name": "side", "$patch": "delete"}), containers(CONTAINER)),
        (
            containers(CONTAINER, SIDECAR),
            containers({"name": "x", "image": "y"}, {"$patch": "replace"}),
            containers({"name": "x", "image": "y"}),
        ),
        (containers(CONTAINER), containers({"name": "c", "image": None}), containers({"name": "c"})),
        (containers(CONTAINER), {"spec": {"containers": None}}, {"spec": {}}),
        (containers(CONTAINER), {"spec": {"$patch": "replace", "nodeName": "n"}}, {"spec": {"nodeName": "n"}}),
        (containers(CONTAINER), {"spec": {"$patch": "delete"}}, {"spec": {}}),
        ({"metadata": {}}, {"spec": {"$patch": "delete", "nodeName": "n"}}, {"metadata": {}}),
        (
            containers(CONTAINER, SIDECAR),
            containers(SIDECAR, CONTAINER, **{"$setElementOrder/containers": [{"name": "side"}, {"name": "c"}]}),
            containers(SIDECAR, CONTAINER),
        ),
        (
            containers(CONTAINER, SIDECAR),
            {"spec": {"$setElementOrder/containers": [{"name": "side"}, {"name": "c"}]}},
            containers(SIDECAR, CONTAINER),
        ),
        (
            containers({"name": "srv"}, CONTAINER),
            containers({"name": "new"}, **{"$setElementOrder/containers": [{"name": "c"}, {"name": "new"}]}),
            containers({"name": "srv"}, CONTAINER, {"name": "new"}),
        ),
        (
            {"metadata": {"finalizers": ["a.b/c", "a.b/d"]}},
            {"metadata": {"$deleteFromPrimitiveList/finalizers": ["a.b/c"]}},
            {"metadata": {"finalizers": ["a.b/d"]}},
        ),
        (
            {"metadata": {"finalizers": ["a.b/c"]}},
            {"metadata": {"finalizers": ["a.b/d", "a.b/c"]}},
            {"metadata": {"finalizers": ["a.b/d", "a.b/c"]}},
        ),
        (
            {"metadata": {"labels": {"a": "1"}}},
            {"metadata": {"labels": {"b": "2"}}},
            {"metadata": {"labels": {"a": "1", "b": "2"}}},
        ),
        ({"metadata": {}}, {"metadata": {"labels": {"a": "1", "b": None}}}, {"metadata": {"labels": {"a": "1"}}}),
        (
            {"metadata": {"ownerReferences": [{"uid": "1", "name": "a"}]}},
            {"metadata": {"ownerReferences": [{"uid": "2", "name": "b"}]}},
            {"metadata": {"ownerReferences": [{"uid": "2", "name": "b"}, {"uid": "1", "name": "a"}]}},
        ),
        (
            {"spec": {"tolerations": [{"key": "a"}]}},
            {"spec": {"tolerations": [{"key": "b"}]}},
            {"spec": {"tolerations": [{"key": "b"}]}},
        ),
    ],
)
def test_strategic_merge_patches_of_pods_are_applied(original: Any, patch: Any, expected: Any) -> None:
    before = copy.deepcopy((original, patch))
    assert apply_strategic_merge_patch(original, patch, POD) == expected
    assert (original, patch) == before


def test_service_ports_merge_by_port() -> None:
    original = {"spec": {"ports": [{"port": 80, "name": "a"}, {"port": 81, "name": "b"}]}}
    patch = {"spec": {"ports": [{"port": 81, "name": "c"}]}}
    merged = apply_strategic_merge_patch(original, patch, SERVICE)
    assert merged["spec"]["ports"] == [{"port": 80, "name": "a"}, {"port": 81, "name": "c"}]


def test_retain_keys_drops_other_fields() -> None:
    original = {"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}}
    patch = {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}
    merged = apply_strategic_merge_patch(original, patch, DEPLOYMENT)
    assert merged == {"spec": {"strategy": {"type": "Recreate"}}}


def test_nested_lists_in_templates_merge_by_key() -> None:
    original = {"spec": {"template": {"spec": {"containers": [{"name": "c", "env": [{"name": "A", "value": "1"}]}]}}}}
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "c", "env": [{"name": "B", "value": "2"}]}]}}}}
    merged = apply_strategic_merge_patch(original, patch, DEPLOYMENT)
    (container,) = merged["spec"]["template"]["spec"]["containers"]
    assert {item["name"]: item["value"] for item in container["env"]} == {"A": "1", "B": "2"}


@pytest.mark.parametrize(
    ("patch", "code", "message"),
    [
        ({"data": {"s": "1", "$patch": "merge"}}, 500, "unknown patch type: merge in map: map[$patch:merge s:1]"),
        ({"$setElementOrder/data": "x"}, 500, "expected a []interface {}, but received a string"),
        ({"$retainKeys": ["kind"], "data": {}}, 400, "invalid patch format of retainKeys"),
    ],
)
def test_invalid_directives_raise(patch: Any, code: int, message: str) -> None:
    with pytest.raises(StrategicPatchError) as caught:
        apply_strategic_merge_patch({"data": {"a": "1"}}, patch, CONFIG_MAP)
    assert (caught.value.code, str(caught.value)) == (code, message)


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        (containers({"image": "x"}), "map: map[image:x] does not contain declared merge key: name"),
        (containers({"name": "c", "$patch": "merge"}), "merging lists cannot yet be specified in the patch"),
        (containers({"name": "c", "$patch": "jump"}), "unknown patch type: jump in map: map[$patch:jump name:c]"),
        (
            containers({"name": "c"}, **{"$setElementOrder/containers": [{"name": "zzz"}]}),
            "The order in patch list:\n[map[name:c]]\n doesn't match $setElementOrder list:\n[map[name:zzz]]\n",
        ),
    ],
)
def test_invalid_lists_in_a_patch_raise(patch: Any, message: str) -> None:
    with pytest.raises(StrategicPatchError) as caught:
        apply_strategic_merge_patch(containers(CONTAINER), patch, POD)
    assert (caught.value.code, str(caught.value)) == (500, message)
