"""Server-side apply: sequences of requests with the responses of kube-apiserver, and single rules."""

import copy
import pickle
from typing import Any

import pytest

from kubex_testing._objects.apply import ApplyConflict, ApplyError, apply
from kubex_testing._objects.managed_fields import update_managed_fields
from kubex_testing._objects.schema import builtin_schema, structural_schema

CONFIG_MAP = builtin_schema("", "v1", "ConfigMap")
POD = builtin_schema("", "v1", "Pod")
T2, T3 = "2026-11-22T15:04:02Z", "2026-11-22T15:04:03Z"

Object = dict[str, Any]


def config(data: Object | None = None, **extra: Any) -> Object:
    body: Object = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "ap"}, **extra}
    return body if data is None else {**body, "data": data}


def apply_config(live: Object | None, body: Object, manager: str, *, force: bool = False, now: str = T2) -> Object:
    before = copy.deepcopy((live, body))
    result = apply(live, body, manager=manager, force=force, schema=CONFIG_MAP, api_version="v1", now=now)
    assert (live, body) == before
    return result


def entry(manager: str, fields: Object, time: str = T2, operation: str = "Apply", **extra: str) -> Object:
    found = {"manager": manager, "operation": operation, "apiVersion": "v1", "time": time, "fieldsType": "FieldsV1"}
    return {key: value for key, value in {**found, "fieldsV1": fields, **extra}.items() if value}


def managed_fields(obj: Object) -> list[Object]:
    entries: list[Object] = obj["metadata"].get("managedFields", [])
    return entries


FIELDS_A_AND_B: Object = {"f:data": {"f:a": {}, "f:b": {}}}
FIELD_A: Object = {"f:data": {"f:a": {}}}


def test_first_apply_creates_the_object_and_owns_its_fields() -> None:
    created = apply_config(None, config({"a": "1", "b": "2"}), "m1")
    assert created["data"] == {"a": "1", "b": "2"}
    assert managed_fields(created) == [entry("m1", FIELDS_A_AND_B)]


def test_equal_apply_keeps_the_object_and_the_time() -> None:
    created = apply_config(None, config({"a": "1", "b": "2"}), "m1")
    assert apply_config(created, config({"a": "1", "b": "2"}), "m1", now=T3) == created


def test_apply_removes_a_field_that_the_manager_no_longer_sets() -> None:
    created = apply_config(None, config({"a": "1", "b": "2"}), "m1")
    changed = apply_config(created, config({"a": "1"}), "m1", now=T3)
    assert changed["data"] == {"a": "1"}
    assert managed_fields(changed) == [entry("m1", FIELD_A, T3)]


def test_different_value_for_a_field_of_another_manager_is_a_conflict() -> None:
    created = apply_config(None, config({"a": "1"}), "m1")
    with pytest.raises(ApplyConflict) as caught:
        apply_config(created, config({"a": "x"}), "m2")
    assert str(caught.value) == 'Apply failed with 1 conflict: conflict with "m1": .data.a'
    assert caught.value.code == 409
    assert [cause.to_dict() for cause in caught.value.causes] == [
        {"reason": "FieldManagerConflict", "message": 'conflict with "m1"', "field": ".data.a"}
    ]
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_force_takes_the_field_from_its_owner() -> None:
    created = apply_config(None, config({"a": "1"}), "m1")
    forced = apply_config(created, config({"a": "x"}), "m2", force=True, now=T3)
    assert forced["data"] == {"a": "x"}
    assert managed_fields(forced) == [entry("m2", FIELD_A, T3)]


def test_equal_value_is_shared_and_the_time_of_the_new_owner_is_unset() -> None:
    created = apply_config(None, config({"a": "x"}), "m2", now=T3)
    shared = apply_config(created, config({"a": "x"}), "m3", now=T3)
    assert managed_fields(shared) == [entry("m3", FIELD_A, ""), entry("m2", FIELD_A, T3)]


def test_conflicts_with_several_managers_are_listed() -> None:
    live = apply_config(apply_config(None, config({"a": "x"}), "m2"), config({"a": "x"}), "m3")
    with pytest.raises(ApplyConflict) as caught:
        apply_config(live, config({"a": "1"}), "m1")
    assert str(caught.value) == (
        'Apply failed with 2 conflicts: conflicts with "m2":\n- .data.a\nconflicts with "m3":\n- .data.a'
    )


def test_conflicts_of_one_manager_list_leaves_before_nested_fields() -> None:
    one = {"name": "c", "image": "1", "env": [{"name": "A", "value": "1"}]}
    live = apply_to_pod(None, {"containers": [one], "nodeName": "n"}, "m1")
    other = {"name": "c", "image": "2", "env": [{"name": "A", "value": "2"}]}
    with pytest.raises(ApplyConflict) as caught:
        apply_to_pod(live, {"containers": [other], "nodeName": "m"}, "m2")
    assert [cause.field for cause in caught.value.causes] == [
        ".spec.nodeName",
        '.spec.containers[name="c"].image',
        '.spec.containers[name="c"].env[name="A"].value',
    ]


def test_shared_field_is_kept_while_another_manager_owns_it() -> None:
    live = apply_config(apply_config(None, config({"a": "x", "b": "1"}), "m2"), config({"a": "x"}), "m3")
    left = apply_config(live, config({"b": "1"}), "m2", now=T3)
    assert left["data"] == {"a": "x", "b": "1"}
    gone = apply_config(left, config(), "m3", now=T3)
    assert gone["data"] == {"b": "1"}
    assert [item["manager"] for item in managed_fields(gone)] == ["m2"]


def test_update_takes_a_field_from_appliers_and_they_conflict_afterwards() -> None:
    live = apply_config(None, config({"a": "x"}), "m2")
    updated = {**live, "data": {"a": "fromupdate"}}
    entries = update_managed_fields(live, updated, manager="upd", schema=CONFIG_MAP, api_version="v1", now=T3)
    assert entries == [entry("upd", FIELD_A, T3, "Update")]
    updated["metadata"] = {**live["metadata"], "managedFields": entries}
    with pytest.raises(ApplyConflict) as caught:
        apply_config(updated, config({"a": "z"}), "m1")
    assert caught.value.causes[0].message == 'conflict with "upd" using v1'


def test_conflicts_name_the_subresource() -> None:
    fields = [entry("kubelet", {"f:data": {"f:a": {}}}, T2, "Update", subresource="status")]
    live = config({"a": "1"})
    live["metadata"]["managedFields"] = fields
    with pytest.raises(ApplyConflict, match='conflict with "kubelet" with subresource "status" using v1'):
        apply_config(live, config({"a": "2"}), "m1")


def test_untracked_object_gets_a_before_first_apply_entry() -> None:
    live = config({"q": "1"})
    result = apply_config(live, config({"a": "x"}), "m2")
    assert result["data"] == {"q": "1", "a": "x"}
    expected = entry("before-first-apply", {"f:data": {".": {}, "f:q": {}}}, T2, "Update")
    assert managed_fields(result) == [entry("m2", FIELD_A), expected]


TYPED_ERROR_PREFIX = "failed to create typed patch object (/ap; /v1, Kind=ConfigMap)"


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (config(foo=1), 500, f"{TYPED_ERROR_PREFIX}: .foo: field not declared in schema"),
        (
            config({"a": 1}),
            500,
            f"{TYPED_ERROR_PREFIX}: .data.a: expected string, got &value.valueUnstructured{{Value:1}}",
        ),
        (
            {**config(), "metadata": {"name": "ap", "managedFields": [{"manager": "x"}]}},
            400,
            "metadata.managedFields must be nil",
        ),
        (
            {**config(), "apiVersion": "v2"},
            400,
            "Incorrect version specified in apply patch. Specified patch version: v2, expected: v1",
        ),
    ],
)
def test_invalid_apply_configurations_are_rejected(body: Object, code: int, message: str) -> None:
    with pytest.raises(ApplyError) as caught:
        apply_config(None, body, "m1")
    assert (caught.value.code, str(caught.value)) == (code, message)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"containers": [{"image": "x"}, {}]}, r'duplicate entries for key \[name=""\]'),
        ({"containers": [{"name": "a"}, {"name": "a"}]}, r'.spec.containers: duplicate entries for key \[name="a"\]'),
        ({"containers": [None]}, "may not have a null element"),
        ({"containers": ["x"]}, "may not have non-map elements"),
        ({"containers": {}}, r".spec.containers: expected list, got &{map\[\]}"),
        (
            {"containers": [{"name": "a", "env": [{"name": "b", "wrong": "x"}]}]},
            r'\[name="b"\].wrong: field not declared',
        ),
        ({"hostNetwork": "x"}, ".spec.hostNetwork: expected boolean"),
        ({"terminationGracePeriodSeconds": "x"}, "expected numeric"),
        ({"containers": [{"name": "a", "command": [1]}]}, r"command\[0\]: expected string"),
        ({"nodeSelector": []}, ".spec.nodeSelector: expected map"),
    ],
)
def test_configurations_that_do_not_match_the_schema_are_rejected(spec: Object, message: str) -> None:
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}
    with pytest.raises(ApplyError, match=message) as caught:
        apply(None, body, manager="m", schema=POD, api_version="v1", now=T2)
    assert caught.value.code == 500


def pod(spec: Object) -> Object:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}


def apply_to_pod(live: Object | None, spec: Object, manager: str, *, force: bool = False) -> Object:
    return apply(live, pod(spec), manager=manager, force=force, schema=POD, api_version="v1", now=T2)


def test_list_items_are_owned_by_their_keys() -> None:
    ports = [{"containerPort": 80, "protocol": "TCP"}, {"containerPort": 81}]
    created = apply_to_pod(None, {"containers": [{"name": "c", "image": "x", "ports": ports}]}, "m1")
    port: Object = {".": {}, "f:containerPort": {}, "f:protocol": {}}
    container = {
        ".": {},
        "f:image": {},
        "f:name": {},
        "f:ports": {
            'k:{"containerPort":80,"protocol":"TCP"}': port,
            'k:{"containerPort":81,"protocol":"TCP"}': {".": {}, "f:containerPort": {}},
        },
    }
    assert managed_fields(created)[0]["fieldsV1"] == {"f:spec": {"f:containers": {'k:{"name":"c"}': container}}}


def test_managers_share_a_list_and_remove_only_their_own_items() -> None:
    live = apply_to_pod(None, {"containers": [{"name": "a", "image": "1"}]}, "m1")
    live = apply_to_pod(live, {"containers": [{"name": "b", "image": "2"}]}, "m2")
    assert [item["name"] for item in live["spec"]["containers"]] == ["a", "b"]
    live = apply_to_pod(live, {"nodeName": "n"}, "m1")
    assert [item["name"] for item in live["spec"]["containers"]] == ["b"]
    with pytest.raises(ApplyConflict) as caught:
        apply_to_pod(live, {"containers": [{"name": "b", "image": "3"}]}, "m1")
    assert caught.value.causes[0].field == '.spec.containers[name="b"].image'


@pytest.mark.parametrize(
    ("live", "config_names", "merged"),
    [
        (["a", "b"], ["b", "a"], ["b", "a"]),
        (["a", "x", "b"], ["b", "a"], ["x", "b", "a"]),
        (["x", "a"], ["a", "n"], ["x", "a", "n"]),
        (["a", "x"], ["n", "a"], ["n", "a", "x"]),
        (["x"], ["n"], ["x", "n"]),
    ],
)
def test_merged_lists_combine_the_live_and_the_configured_order(
    live: list[str], config_names: list[str], merged: list[str]
) -> None:
    stored = pod({"containers": [{"name": name} for name in live]})
    result = apply_to_pod(stored, {"containers": [{"name": name} for name in config_names]}, "m")
    assert [item["name"] for item in result["spec"]["containers"]] == merged


def test_emptied_map_is_removed_unless_another_manager_owns_it() -> None:
    limits = {"resources": {"limits": {"cpu": "1"}}}
    created = pod({"containers": [{"name": "a", "resources": {}}, {"name": "b"}]})
    created["metadata"]["managedFields"] = update_managed_fields(
        None, created, manager="upd", schema=POD, api_version="v1", now=T2
    )
    live = apply_to_pod(created, {"containers": [{"name": "a", **limits}, {"name": "x", **limits}]}, "m1")
    live = apply_to_pod(live, {"containers": [{"name": "a"}]}, "m1")
    assert live["spec"]["containers"] == [{"name": "a"}, {"name": "b"}]
    updater = next(item for item in managed_fields(live) if item["manager"] == "upd")
    assert updater["fieldsV1"]["f:spec"]["f:containers"]['k:{"name":"a"}'] == {".": {}, "f:name": {}, "f:resources": {}}


def test_atomic_lists_and_maps_have_one_owner() -> None:
    live = apply_to_pod(None, {"tolerations": [{"key": "a"}], "nodeSelector": {"x": "1"}}, "m1")
    assert managed_fields(live)[0]["fieldsV1"] == {"f:spec": {"f:nodeSelector": {}, "f:tolerations": {}}}
    with pytest.raises(ApplyConflict) as caught:
        apply_to_pod(live, {"tolerations": [{"key": "b"}], "nodeSelector": {"y": "1"}}, "m2")
    assert [cause.field for cause in caught.value.causes] == [".spec.nodeSelector", ".spec.tolerations"]
    forced = apply_to_pod(live, {"tolerations": [{"key": "b"}]}, "m2", force=True)
    assert forced["spec"]["tolerations"] == [{"key": "b"}]


def test_sets_merge_by_value() -> None:
    def with_finalizers(*names: str) -> Object:
        return {**config(), "metadata": {"name": "ap", "finalizers": list(names)}}

    live = apply_config(apply_config(None, with_finalizers("a.b/c"), "m1"), with_finalizers("a.b/d"), "m2")
    assert live["metadata"]["finalizers"] == ["a.b/c", "a.b/d"]
    assert managed_fields(live)[0]["fieldsV1"] == {"f:metadata": {"f:finalizers": {'v:"a.b/c"': {}}}}
    live = apply_config(live, config(), "m1")
    assert live["metadata"]["finalizers"] == ["a.b/d"]


def test_ignored_fields_are_neither_owned_nor_in_conflict() -> None:
    live = pod({})
    live["status"] = {"phase": "Running"}
    live["metadata"]["managedFields"] = [entry("kubelet", {"f:status": {"f:phase": {}}}, T2, "Update")]
    body = {**pod({"nodeName": "n"}), "status": {"phase": "Failed"}}
    result = apply(live, body, manager="m", schema=POD, api_version="v1", now=T2, ignore=[("f:status",)])
    assert managed_fields(result)[0]["fieldsV1"] == {"f:spec": {"f:nodeName": {}}}


def test_apply_through_a_subresource_has_a_separate_entry() -> None:
    live = apply_to_pod(None, {"nodeName": "n"}, "m")
    body = {**pod({}), "status": {"phase": "Running"}}
    result = apply(live, body, manager="m", schema=POD, api_version="v1", now=T3, subresource="status")
    assert managed_fields(result) == [
        entry("m", {"f:spec": {"f:nodeName": {}}}),
        entry("m", {"f:spec": {}, "f:status": {"f:phase": {}}}, T3, subresource="status"),
    ]


def test_configuration_without_fields_leaves_no_entry() -> None:
    assert "managedFields" not in apply_config(None, config(), "m1")["metadata"]


def test_custom_resources_merge_by_their_structural_schema() -> None:
    items = {
        "type": "array",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
        "items": {"type": "object", "properties": {"name": {"type": "string"}, "v": {"type": "integer"}}},
    }
    free = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    spec = {"type": "object", "properties": {"items": items, "free": free}}
    schema = structural_schema({"type": "object", "properties": {"spec": spec}})
    body = {"apiVersion": "ex.io/v1", "kind": "Widget", "metadata": {"name": "w"}}

    def run(live: Object | None, value: Object, manager: str) -> Object:
        applying: Object = {**body, "spec": value}
        return apply(live, applying, manager=manager, schema=schema, api_version="ex.io/v1", now=T2)

    live = run(None, {"items": [{"name": "a", "v": 1}], "free": {"x": {"y": 1}}}, "m1")
    live = run(live, {"items": [{"name": "b", "v": 2}], "free": {"x": {"z": 1}}}, "m2")
    assert live["spec"] == {"items": [{"name": "a", "v": 1}, {"name": "b", "v": 2}], "free": {"x": {"y": 1, "z": 1}}}
    with pytest.raises(ApplyError, match=r"\.spec\.bogus: field not declared in schema"):
        run(live, {"bogus": 1}, "m3")
