"""`managedFields` after creates, updates and patches, and the format of field sets."""

import copy
from typing import Any

import pytest

from kubex_testing._objects.defaults import default_builtin
from kubex_testing._objects.field_sets import format_path, from_fields_v1, to_fields_v1
from kubex_testing._objects.managed_fields import decode_managed_fields, update_managed_fields
from kubex_testing._objects.schema import builtin_schema, structural_schema

T1, T2 = "2026-11-22T15:09:16Z", "2026-11-22T15:09:17Z"
Object = dict[str, Any]


def entries(old: Object | None, new: Object, manager: str = "probe", now: str = T1, **extra: Any) -> list[Object]:
    version = new["apiVersion"]
    group, _, short = version.rpartition("/")
    schema = extra.pop("schema", None) or builtin_schema(group, short, new["kind"])
    before = copy.deepcopy((old, new))
    found = update_managed_fields(old, new, manager=manager, schema=schema, api_version=version, now=now, **extra)
    assert (old, new) == before
    return found


def config_map(data: Object, fields: list[Object] | None = None, **metadata: Any) -> Object:
    meta = {"name": "u", **metadata, **({} if fields is None else {"managedFields": fields})}
    return {"kind": "ConfigMap", "apiVersion": "v1", "metadata": meta, "data": data}


def test_create_owns_the_fields_that_it_sets() -> None:
    assert entries(None, config_map({"k": "v"}, uid="1", creationTimestamp=T1)) == [
        {
            "manager": "probe",
            "operation": "Update",
            "apiVersion": "v1",
            "time": T1,
            "fieldsType": "FieldsV1",
            "fieldsV1": {"f:data": {".": {}, "f:k": {}}},
        }
    ]


def test_create_of_a_namespace_owns_its_name_label() -> None:
    namespace = default_builtin("", "Namespace", {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "w"}})
    (found,) = entries(None, namespace)
    assert found["fieldsV1"]["f:metadata"] == {"f:labels": {".": {}, "f:kubernetes.io/metadata.name": {}}}


def pod() -> Object:
    body = {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": {"name": "a", "labels": {"app": "a"}},
        "spec": {"containers": [{"name": "main", "image": "nginx"}]},
    }
    return default_builtin("", "Pod", body)


POD_FIELDS = {
    "f:metadata": {"f:labels": {".": {}, "f:app": {}}},
    "f:spec": {
        "f:containers": {
            'k:{"name":"main"}': {
                ".": {},
                "f:image": {},
                "f:imagePullPolicy": {},
                "f:name": {},
                "f:resources": {},
                "f:terminationMessagePath": {},
                "f:terminationMessagePolicy": {},
            }
        },
        "f:dnsPolicy": {},
        "f:enableServiceLinks": {},
        "f:restartPolicy": {},
        "f:schedulerName": {},
        "f:securityContext": {},
        "f:terminationGracePeriodSeconds": {},
    },
}


def test_create_of_a_pod_owns_its_defaults() -> None:
    (found,) = entries(None, pod(), ignore=[("f:status",)])
    assert found["fieldsV1"] == POD_FIELDS


def test_status_update_has_a_separate_entry() -> None:
    old = pod()
    old["status"] = {"phase": "Pending"}
    old["metadata"]["managedFields"] = entries(None, pod(), ignore=[("f:status",)])
    new = copy.deepcopy(old)
    new["status"] = {"phase": "Running", "message": "hi"}
    new["metadata"]["labels"]["viaStatus"] = "1"
    first, second = entries(old, new, now=T2, subresource="status", ignore=[("f:spec",)])
    assert first["fieldsV1"] == POD_FIELDS
    assert second == {
        "manager": "probe",
        "operation": "Update",
        "apiVersion": "v1",
        "time": T2,
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:metadata": {"f:labels": {"f:viaStatus": {}}}, "f:status": {"f:message": {}, "f:phase": {}}},
        "subresource": "status",
    }


def test_deployment_does_not_own_fields_that_are_always_encoded() -> None:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
    body = {
        "kind": "Deployment",
        "apiVersion": "apps/v1",
        "metadata": {"name": "d"},
        "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template},
    }
    (found,) = entries(None, default_builtin("apps", "Deployment", body), ignore=[("f:status",)])
    spec = found["fieldsV1"]["f:spec"]
    assert "." not in spec
    assert spec["f:selector"] == {}
    assert spec["f:strategy"] == {
        "f:rollingUpdate": {".": {}, "f:maxSurge": {}, "f:maxUnavailable": {}},
        "f:type": {},
    }
    assert spec["f:template"]["f:metadata"] == {"f:labels": {".": {}, "f:a": {}}}


def test_custom_resource_manager_owns_the_spec_field() -> None:
    spec = {"type": "object", "properties": {"size": {"type": "integer"}}}
    schema = structural_schema({"type": "object", "properties": {"spec": spec}})
    body = {"kind": "Widget", "apiVersion": "ex.io/v1", "metadata": {"name": "w"}, "spec": {"size": 1}}
    (found,) = entries(None, body, schema=schema)
    assert found["fieldsV1"] == {"f:spec": {".": {}, "f:size": {}}}


def test_updates_of_one_manager_are_combined() -> None:
    old = config_map({"k": "v"})
    old["metadata"]["managedFields"] = entries(None, old)
    new = config_map({"k": "v", "n": "1"}, old["metadata"]["managedFields"])
    (found,) = entries(old, new, now=T2)
    assert (found["time"], found["fieldsV1"]) == (T2, {"f:data": {".": {}, "f:k": {}, "f:n": {}}})


def test_removed_fields_leave_all_entries_without_a_new_time() -> None:
    old = config_map({"k": "v", "n": "1"})
    old["metadata"]["managedFields"] = entries(None, old)
    new = config_map({"n": "1"}, old["metadata"]["managedFields"])
    (found,) = entries(old, new, manager="other", now=T2)
    assert (found["manager"], found["time"], found["fieldsV1"]) == ("probe", T1, {"f:data": {".": {}, "f:n": {}}})


def test_write_without_a_change_keeps_all_entries() -> None:
    old = config_map({"k": "v"})
    old["metadata"]["managedFields"] = entries(None, old)
    assert entries(old, copy.deepcopy(old), manager="other", now=T2) == old["metadata"]["managedFields"]
    without = config_map({"k": "v"}, resourceVersion="7")
    assert entries(old, without, manager="other", now=T2) == old["metadata"]["managedFields"]


def test_changed_field_moves_to_the_new_manager() -> None:
    old = config_map({"k": "v"})
    old["metadata"]["managedFields"] = entries(None, old)
    first, second = entries(old, config_map({"k": "w"}), manager="other", now=T2)
    assert (first["manager"], first["fieldsV1"]) == ("probe", {"f:data": {}})
    assert (second["manager"], second["fieldsV1"]) == ("other", {"f:data": {"f:k": {}}})


def test_empty_entry_clears_managed_fields_permanently() -> None:
    old = config_map({"k": "v"})
    old["metadata"]["managedFields"] = entries(None, old)
    assert entries(old, config_map({"k": "v"}, [{}])) == []
    assert entries(config_map({"k": "v"}), config_map({"k": "w"})) == []


def test_request_may_set_managed_fields_except_through_a_subresource() -> None:
    old = config_map({"k": "v"})
    old["metadata"]["managedFields"] = entries(None, old)
    renamed = [{**old["metadata"]["managedFields"][0], "manager": "renamed"}]
    assert entries(old, config_map({"k": "v"}, renamed)) == renamed
    assert entries(old, config_map({"k": "v"}, renamed), subresource="status") == old["metadata"]["managedFields"]
    broken = [{**renamed[0], "operation": "Jump"}]
    assert entries(old, config_map({"k": "v"}, broken)) == old["metadata"]["managedFields"]


def test_more_than_ten_updaters_are_merged_from_the_oldest() -> None:
    obj = config_map({})
    obj["metadata"]["managedFields"] = entries(None, config_map({"k": "0"}), manager="m00", now="2026-01-01T00:00:00Z")
    for number in range(1, 12):
        new = config_map({**obj["data"], f"k{number}": "v"}, obj["metadata"]["managedFields"])
        found = entries(obj, new, manager=f"m{number:02}", now=f"2026-01-01T00:00:{number:02}Z")
        obj = {**new, "metadata": {**new["metadata"], "managedFields": found}}
    managers = [item["manager"] for item in obj["metadata"]["managedFields"]]
    assert len(managers) == 10
    assert managers[0] == "ancient-changes"
    assert managers[1:] == [f"m{number:02}" for number in range(3, 12)]


@pytest.mark.parametrize(
    ("paths", "fields"),
    [
        ([("f:data", "f:k")], {"f:data": {"f:k": {}}}),
        ([("f:data",), ("f:data", "f:k")], {"f:data": {".": {}, "f:k": {}}}),
        ([("f:data",)], {"f:data": {}}),
        ([("f:l", 'k:{"name":"x"}')], {"f:l": {'k:{"name":"x"}': {}}}),
        ([("f:l", 'v:"x"'), ("f:l", "v:1"), ("f:l", "i:0")], {"f:l": {'v:"x"': {}, "v:1": {}, "i:0": {}}}),
        ([], {}),
    ],
)
def test_field_sets_are_converted_to_and_from_fields_v1(paths: list[tuple[str, ...]], fields: Object) -> None:
    assert to_fields_v1(paths) == fields
    assert from_fields_v1(fields) == frozenset(paths)


def test_list_keys_are_read_in_any_json_spelling() -> None:
    assert from_fields_v1({'k:{"b": 1, "a": "x"}': {}}) == {('k:{"a":"x","b":1}',)}


@pytest.mark.parametrize("fields", [{"x:a": {}}, {"data": {}}, {"f:a": 1}, {"k:{": {}}])
def test_invalid_fields_v1_raises(fields: Object) -> None:
    with pytest.raises(ValueError, match=r"fieldsV1|Expecting"):
        from_fields_v1(fields)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("f:data", "f:a"), ".data.a"),
        (("f:spec", "f:containers", 'k:{"name":"main"}', "f:image"), '.spec.containers[name="main"].image'),
        (("f:ports", 'k:{"port":80,"protocol":"TCP"}'), '.ports[port=80,protocol="TCP"]'),
        (("f:finalizers", 'v:"a"'), '.finalizers[="a"]'),
        (("f:list", "i:3"), ".list[3]"),
    ],
)
def test_paths_in_conflicts_are_formatted(path: tuple[str, ...], text: str) -> None:
    assert format_path(path) == text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"operation": "Jump"}, "operation must be `Apply` or `Update`"),
        ({"apiVersion": ""}, "apiVersion must not be empty"),
        ({"fieldsType": ""}, "missing fieldsType in managed fields entry 0"),
        ({"fieldsType": "FieldsV2"}, "invalid fieldsType in managed fields entry 0"),
    ],
)
def test_invalid_managed_fields_entries_raise(change: Object, message: str) -> None:
    good = {"manager": "m", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": {}}
    with pytest.raises(ValueError, match=message):
        decode_managed_fields([{**good, **change}])
