"""Unknown fields, wrong types and pruning."""

from typing import Any

import pytest

from kubex_testing._objects.pruning import prune, unknown_fields
from kubex_testing._objects.quantities import is_quantity, parse_quantity
from kubex_testing._objects.schema import builtin_schema, structural_schema
from kubex_testing._objects.unmarshal_types import UnmarshalTypeError, check_types

WIDGET = structural_schema(
    {
        "type": "object",
        "properties": {
            "spec": {
                "type": "object",
                "properties": {
                    "size": {"type": "integer"},
                    "free": {
                        "type": "object",
                        "x-kubernetes-preserve-unknown-fields": True,
                        "properties": {"known": {"type": "object", "properties": {"a": {"type": "string"}}}},
                    },
                    "names": {"type": "object", "additionalProperties": {"type": "object", "properties": {"a": {}}}},
                    "items": {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}},
                },
            }
        },
    }
)


@pytest.mark.parametrize(
    ("kind", "obj", "paths"),
    [
        ("ConfigMap", {"foo": 1, "bar": {"x": 2}}, ["foo", "bar"]),
        ("Pod", {"spec": {"containers": [{"name1": "a", "image": "b"}]}}, ["spec.containers[0].name1"]),
        ("ConfigMap", {"metadata": {"zz": 1, "labels": {"free": "x"}}, "data": {"free": "x"}}, ["metadata.zz"]),
        ("Pod", {"spec": {"containers": "x"}}, []),
    ],
)
def test_unknown_fields_of_built_in_kinds_are_found(kind: str, obj: dict[str, Any], paths: list[str]) -> None:
    assert unknown_fields(builtin_schema("", "v1", kind), obj) == paths


def test_unknown_fields_of_custom_resources_are_found() -> None:
    obj = {
        "foo": 1,
        "metadata": {"name": "w", "bad": 1},
        "spec": {
            "bogus": 1,
            "free": {"x": {"y": 1}, "known": {"a": "1", "b": 2}},
            "names": {"n": {"a": 1, "b": 2}},
            "items": [{"a": "1"}, {"c": 1}],
        },
    }
    assert unknown_fields(WIDGET, obj) == [
        "foo",
        "metadata.bad",
        "spec.bogus",
        "spec.free.known.b",
        "spec.items[1].c",
        "spec.names.n.b",
    ]
    assert prune(WIDGET, obj) == {
        "metadata": {"name": "w"},
        "spec": {
            "free": {"x": {"y": 1}, "known": {"a": "1"}},
            "names": {"n": {"a": 1}},
            "items": [{"a": "1"}, {}],
        },
    }


@pytest.mark.parametrize(
    ("kind", "obj", "pruned"),
    [
        ("ConfigMap", {"foo": 1, "data": {"a": "b"}}, {"data": {"a": "b"}}),
        ("ConfigMap", {"data": None, "metadata": {"creationTimestamp": None}}, {"metadata": {}}),
        ("ConfigMap", {"data": {"a": None}}, {"data": {"a": ""}}),
        ("ConfigMap", {"data": {}, "metadata": {"labels": {}, "finalizers": []}}, {"metadata": {}}),
        (
            "Pod",
            {"status": {"conditions": [{"type": "Ready", "lastProbeTime": None}]}},
            {"status": {"conditions": [{"type": "Ready"}]}},
        ),
        ("Pod", {"spec": {"nodeSelector": {}, "securityContext": {}}}, {"spec": {"securityContext": {}}}),
        ("Pod", {"spec": {"containers": [None, {"x": 1}]}}, {"spec": {"containers": [{}, {}]}}),
    ],
)
def test_unknown_fields_of_built_in_kinds_are_pruned(kind: str, obj: dict[str, Any], pruned: dict[str, Any]) -> None:
    assert prune(builtin_schema("", "v1", kind), obj) == pruned


def test_custom_resources_keep_nulls_for_validation() -> None:
    assert prune(WIDGET, {"spec": {"size": None}}) == {"spec": {"size": None}}


STRUCT_FIELD_MESSAGE = "json: cannot unmarshal {} into Go struct field {} of type {}"


@pytest.mark.parametrize(
    ("group", "kind", "obj", "message"),
    [
        ("", "ConfigMap", {"data": {"k": 1}}, STRUCT_FIELD_MESSAGE.format("number", "ConfigMap.data", "string")),
        ("", "ConfigMap", {"data": "x"}, STRUCT_FIELD_MESSAGE.format("string", "ConfigMap.data", "map[string]string")),
        ("", "ConfigMap", {"immutable": "x"}, STRUCT_FIELD_MESSAGE.format("string", "ConfigMap.immutable", "bool")),
        (
            "",
            "ConfigMap",
            {"metadata": []},
            STRUCT_FIELD_MESSAGE.format("array", "ConfigMap.metadata", "v1.ObjectMeta"),
        ),
        (
            "",
            "Pod",
            {"spec": {"containers": {}}},
            STRUCT_FIELD_MESSAGE.format("object", "PodSpec.spec.containers", "[]v1.Container"),
        ),
        (
            "apps",
            "Deployment",
            {"spec": {"replicas": "3"}},
            STRUCT_FIELD_MESSAGE.format("string", "DeploymentSpec.spec.replicas", "int32"),
        ),
        (
            "apps",
            "Deployment",
            {"spec": {"replicas": 2**31}},
            STRUCT_FIELD_MESSAGE.format("number 2147483648", "DeploymentSpec.spec.replicas", "int32"),
        ),
        (
            "apps",
            "Deployment",
            {"spec": {"replicas": True}},
            STRUCT_FIELD_MESSAGE.format("bool", "DeploymentSpec.spec.replicas", "int32"),
        ),
        ("", "Secret", {"data": {"a": "###"}}, "illegal base64 data at input byte 0"),
        ("", "Secret", {"data": {"a": "Yg="}}, "illegal base64 data at input byte 3"),
        ("", "Secret", {"data": {"a": "Yg"}}, "illegal base64 data at input byte 0"),
        ("", "Secret", {"data": {"a": "YWJjYg"}}, "illegal base64 data at input byte 4"),
        ("", "Secret", {"data": {"a": "YWJj#gAA"}}, "illegal base64 data at input byte 4"),
        ("", "Secret", {"data": {"a": "Y==="}}, "illegal base64 data at input byte 1"),
        ("", "Secret", {"data": {"a": "Yg==Yg=="}}, "illegal base64 data at input byte 4"),
        (
            "",
            "DeleteOptions",
            {"dryRun": "All"},
            STRUCT_FIELD_MESSAGE.format("string", "DeleteOptions.dryRun", "[]string"),
        ),
    ],
)
def test_type_errors_use_the_messages_of_go(group: str, kind: str, obj: dict[str, Any], message: str) -> None:
    with pytest.raises(UnmarshalTypeError) as caught:
        check_types(builtin_schema(group, "v1", kind), obj)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("obj", "part"),
    [
        ({"metadata": {"creationTimestamp": "x"}}, 'parsing time "x"'),
        ({"metadata": {"creationTimestamp": "2026-01-01T00:00:00"}}, "parsing time"),
        ({"metadata": {"creationTimestamp": 1}}, "cannot unmarshal number into Go value of type string"),
        ({"spec": {"containers": [{"resources": {"limits": {"cpu": "1x"}}}]}}, "quantities must match"),
        ({"spec": {"containers": [{"livenessProbe": {"httpGet": {"port": {}}}}]}}, "cannot unmarshal object"),
    ],
)
def test_invalid_values_of_special_types_raise(obj: dict[str, Any], part: str) -> None:
    with pytest.raises(UnmarshalTypeError, match=part):
        check_types(builtin_schema("", "v1", "Pod"), obj)


@pytest.mark.parametrize(
    "obj",
    [
        {"metadata": {"labels": None, "creationTimestamp": "2026-11-22T15:03:06Z"}},
        {"spec": {"containers": [{"resources": {"limits": {"cpu": 1, "memory": "1.5Gi", "x": "1e3"}}}]}},
        {"spec": {"containers": [{"livenessProbe": {"httpGet": {"port": "http"}}}]}},
        {"spec": {"containers": [{"livenessProbe": {"httpGet": {"port": 80}}}]}},
        {"unknown": 1},
    ],
)
def test_valid_types_are_accepted(obj: dict[str, Any]) -> None:
    check_types(builtin_schema("", "v1", "Pod"), obj)


MICRO_TIME_LAYOUT = "2006-01-02T15:04:05.000000Z07:00"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("2026-01-01T00:00:00Z", "Z"),
        ("2026-01-01T00:00:00.5Z", ".5Z"),
        ("2026-01-01T00:00:00.1234567Z", ".1234567Z"),
    ],
)
def test_micro_times_have_exactly_six_digits(text: str, rest: str) -> None:
    lease = builtin_schema("coordination.k8s.io", "v1", "Lease")
    check_types(lease, {"spec": {"renewTime": "2026-01-01T00:00:00.000001Z"}})
    with pytest.raises(UnmarshalTypeError) as caught:
        check_types(lease, {"spec": {"renewTime": text}})
    assert str(caught.value) == f'parsing time "{text}" as "{MICRO_TIME_LAYOUT}": cannot parse "{rest}" as ".000000"'


@pytest.mark.parametrize("text", ["", "Yg==", "YWI=", "YWJj", "YWJjYg==", "YWJj\nYg=="])
def test_valid_base64_is_accepted(text: str) -> None:
    check_types(builtin_schema("", "v1", "Secret"), {"data": {"a": text}})


def test_only_metadata_of_custom_resources_is_type_checked() -> None:
    check_types(WIDGET, {"spec": {"size": "x"}})
    with pytest.raises(UnmarshalTypeError, match=r"ObjectMeta\.labels of type string") as caught:
        check_types(WIDGET, {"metadata": {"labels": {"a": 1}}})
    assert caught.value.path == "metadata.labels"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("100m", "0.1"),
        ("1Ki", 1024),
        ("1.5Gi", 1610612736),
        ("2k", 2000),
        ("1e3", 1000),
        ("1E", 10**18),
        ("-1", -1),
    ],
)
def test_valid_quantities_are_parsed(text: str, value: Any) -> None:
    assert parse_quantity(text) == type(parse_quantity("1"))(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1", "1"),
        (1, "1"),
        ("1000m", "1"),
        ("0.5", "500m"),
        ("1024Mi", "1Gi"),
        ("1500Mi", "1500Mi"),
        ("0.5Ki", "512"),
        ("1.5Gi", "1536Mi"),
        ("1000k", "1M"),
        ("1E3", "1e3"),
        ("0.1n", "1n"),
        ("0", "0"),
        ("-1", "-1"),
    ],
)
def test_quantities_are_stored_in_canonical_form(value: object, text: str) -> None:
    pod = {"spec": {"containers": [{"resources": {"limits": {"cpu": value}}}]}}
    (container,) = prune(builtin_schema("", "v1", "Pod"), pod)["spec"]["containers"]
    assert container["resources"]["limits"] == {"cpu": text}


@pytest.mark.parametrize("text", ["", "1x", "Gi", "1 Gi", "--1", True])
def test_invalid_quantities_are_detected(text: object) -> None:
    assert not is_quantity(text)
