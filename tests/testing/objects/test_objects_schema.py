"""The table of built-in schemas and the schemas of custom resources."""

import json
import re
from typing import Any

import pytest

from kubex_testing._objects.schema import (
    Schema,
    UnknownKindError,
    builtin_schema,
    read_schema_table,
    structural_schema,
)
from kubex_testing._objects.schema_table import TableError, table_from_openapi


def node(path: str, group: str = "", kind: str = "Pod") -> Any:
    schema: Any = builtin_schema(group, "v1", kind)
    for key in path.split("."):
        schema = schema.entry if key == "[]" else schema.child(key)
    return schema


@pytest.mark.parametrize(
    ("path", "kind", "go_type"),
    [
        ("spec", "struct", "v1.PodSpec"),
        ("spec.containers", "list", "[]v1.Container"),
        ("spec.containers.[].ports.[].containerPort", "int32", "int32"),
        ("spec.terminationGracePeriodSeconds", "int64", "int64"),
        ("spec.containers.[].resources.limits", "map", "map[string]resource.Quantity"),
        ("spec.containers.[].livenessProbe.httpGet.port", "int-or-string", "intstr.IntOrString"),
        ("spec.containers.[].env.[].value", "string", "string"),
        ("spec.hostNetwork", "boolean", "bool"),
        ("metadata.creationTimestamp", "time", "v1.Time"),
        ("metadata.labels", "map", "map[string]string"),
        ("metadata.managedFields.[].fieldsV1", "any", "interface {}"),
    ],
)
def test_pod_fields_have_the_schema_kinds_of_their_go_types(path: str, kind: str, go_type: str) -> None:
    assert (node(path).kind, node(path).go_type) == (kind, go_type)


@pytest.mark.parametrize(
    ("group", "kind", "path", "list_type", "keys", "merge_key"),
    [
        ("", "Pod", "spec.containers", "map", ("name",), "name"),
        ("", "Pod", "spec.containers.[].ports", "map", ("containerPort", "protocol"), "containerPort"),
        ("", "Pod", "spec.containers.[].env", "map", ("name",), "name"),
        ("", "Pod", "spec.containers.[].command", "atomic", (), ""),
        ("", "Pod", "spec.tolerations", "atomic", (), ""),
        ("", "Pod", "metadata.finalizers", "set", (), ""),
        ("", "Pod", "metadata.ownerReferences", "map", ("uid",), "uid"),
        ("", "Pod", "status.conditions", "map", ("type",), "type"),
        ("", "Service", "spec.ports", "map", ("port", "protocol"), "port"),
        ("apps", "Deployment", "spec.template.spec.volumes", "map", ("name",), "name"),
    ],
)
def test_list_schemas_have_merge_keys(
    group: str, kind: str, path: str, list_type: str, keys: tuple[str, ...], merge_key: str
) -> None:
    found = node(path, group, kind)
    assert (found.list_type, found.list_keys, found.merge_key) == (list_type, keys, merge_key)


@pytest.mark.parametrize(
    ("group", "kind", "path"),
    [("", "Pod", "spec.nodeSelector"), ("", "Service", "spec.selector"), ("apps", "Deployment", "spec.selector")],
)
def test_atomic_maps_are_in_the_schema(group: str, kind: str, path: str) -> None:
    assert node(path, group, kind).atomic


def test_port_list_keys_have_a_default_protocol() -> None:
    assert node("spec.containers.[].ports").key_defaults == {"containerPort": 0, "protocol": "TCP"}
    assert node("spec.ports", kind="Service").key_defaults == {"port": 0, "protocol": "TCP"}
    assert node("spec.containers").key_defaults == {"name": ""}


def test_retain_keys_strategy_is_in_the_schema() -> None:
    assert node("spec.strategy", "apps", "Deployment").strategies == {"retainKeys"}


def test_recursive_types_have_recursive_schemas() -> None:
    path = ".".join(["spec.versions.[].schema.openAPIV3Schema", *["properties.x"] * 20])
    assert node(path, "apiextensions.k8s.io", "CustomResourceDefinition").name == "v1.JSONSchemaProps"


def test_table_contains_the_kinds_of_all_groups_and_versions() -> None:
    kinds = json.loads(read_schema_table())["kinds"]
    assert len(kinds) == 75
    assert kinds["/v1/Event"] == "core.v1.Event"
    assert kinds["events.k8s.io/v1/Event"] == "events.v1.Event"
    assert kinds["autoscaling/v1/HorizontalPodAutoscaler"] == "autoscaling.v1.HorizontalPodAutoscaler"
    assert kinds["autoscaling/v2/HorizontalPodAutoscaler"] == "autoscaling.v2.HorizontalPodAutoscaler"
    assert kinds["/v1/DeleteOptions"] == "meta.v1.DeleteOptions"


def test_every_kind_of_the_table_has_a_schema_with_all_fields() -> None:
    pending: list[Schema] = [builtin_schema(*key.split("/")) for key in json.loads(read_schema_table())["kinds"]]
    seen = set[str]()
    while pending:
        schema = pending.pop()
        pending += [schema.items] if schema.items else []
        if schema.name not in seen:
            seen.add(schema.name)
            pending += schema.fields.values()
    assert len(seen) > 450


def test_unknown_kind_error_lists_the_known_kinds() -> None:
    with pytest.raises(UnknownKindError, match=r"'Widget' of 'ex.io/v1'; known: .*/v1/Pod"):
        builtin_schema("ex.io", "v1", "Widget")


def test_table_contains_no_descriptions() -> None:
    assert not re.search(rb'"description":(?!"[0-9?]+ string")', read_schema_table())
    assert len(read_schema_table()) < 135_000


META = "io.k8s.apimachinery.pkg.apis.meta.v1"
POD = "io.k8s.api.core.v1.Pod"


def openapi(order: int) -> dict[str, Any]:
    """Return an OpenAPI v2 document with the body of one request, with its keys in one of two orders."""
    fields = {
        "kind": {"type": "string"},
        "replicas": {"type": "integer", "format": "int32"},
        "ports": {
            "type": "array",
            "items": {"type": "object", "additionalProperties": {"type": "string"}},
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["port"],
            "x-kubernetes-patch-merge-key": "port",
            "x-kubernetes-patch-strategy": "merge",
        },
        "metadata": {"$ref": f"#/definitions/{META}.ObjectMeta"},
        "extra": {"type": "array", "items": {"type": "string"}},
        "oneOf": {"$ref": "#/definitions/Choice"},
    }
    group_version_kind = {"group": "", "kind": "Pod", "version": "v1"}
    definitions: dict[str, Any] = {
        f"{META}.ObjectMeta": {"properties": {"name": {"type": "string", "description": "Text."}}},
        f"{META}.DeleteOptions": {"properties": {"dryRun": {"type": "array", "items": {"type": "string"}}}},
        POD: {
            "properties": dict(list(fields.items())[::order]),
            "x-kubernetes-group-version-kind": [group_version_kind],
        },
        "Choice": {"description": "Text."},
    }
    body = {"in": "body", "name": "body", "schema": {"$ref": f"#/definitions/{POD}"}}
    post = {"x-kubernetes-group-version-kind": group_version_kind, "parameters": [body]}
    return {"definitions": dict(list(definitions.items())[::order]), "paths": {"/api/v1/pods": {"post": post}}}


def wire_fields(**changes: str) -> dict[str, dict[str, str]]:
    """Return the fields of the types of `openapi()` in protobuf."""
    pod = {
        "metadata": f"1 @{META}.ObjectMeta",
        "replicas": "2.1? int32",
        "ports": "3 [{string",
        "extra": "4 wrapped[string",
        "oneOf": "5 @Choice",
    }
    return {
        f"{META}.ObjectMeta": {"name": "1? string"},
        f"{META}.DeleteOptions": {"dryRun": "5 [string"},
        POD: pod | changes,
        "Choice": {"One": "1 boolean", "Many": f"2 [@{META}.ObjectMeta"},
    }


def test_generator_is_deterministic_and_merges_both_documents() -> None:
    table = table_from_openapi(openapi(1), wire_fields())
    assert table == table_from_openapi(openapi(-1), wire_fields())
    read = json.loads(table)
    assert read["kinds"] == {"/v1/Pod": "core.v1.Pod", "/v1/DeleteOptions": "meta.v1.DeleteOptions"}
    assert read["types"]["core.v1.Pod"]["fields"] == {
        "kind": "string",
        "metadata": "1 @meta.v1.ObjectMeta",
        "replicas": "2.1? int32",
        "ports": {
            "keys": ["port"], "list": {"map": "string"}, "merge": "port", "strategy": "merge", "type": "map",
            "wire": "3",
        },
        "extra": {"list": "string", "wire": "4", "wrapped": True},
        "oneOf": "5 any @Choice",
    }  # fmt: skip
    assert read["types"]["Choice"] == {
        "alternatives": True,
        "fields": {"One": "1 boolean", "Many": {"list": "@meta.v1.ObjectMeta", "wire": "2"}},
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"added": "6 string"}, "the OpenAPI document does not contain io.k8s.api.core.v1.Pod.added"),
        ({"replicas": "2 int64"}, "Pod.replicas is int32 in the OpenAPI document, and int64 in Go"),
    ],
)
def test_generator_names_the_field_that_differs(changes: dict[str, str], message: str) -> None:
    with pytest.raises(TableError, match=message):
        table_from_openapi(openapi(1), wire_fields(**changes))


def test_generator_names_a_field_without_struct_tag() -> None:
    fields = wire_fields()
    del fields[POD]["replicas"]
    with pytest.raises(TableError, match=r"the struct tags of Go do not contain io.k8s.api.core.v1.Pod.replicas"):
        table_from_openapi(openapi(1), fields)


def test_structural_schema_is_converted() -> None:
    schema: Any = structural_schema(
        {
            "type": "object",
            "properties": {
                "spec": {
                    "type": "object",
                    "x-kubernetes-map-type": "atomic",
                    "properties": {
                        "port": {"x-kubernetes-int-or-string": True},
                        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                        "items": {
                            "type": "array",
                            "x-kubernetes-list-type": "map",
                            "x-kubernetes-list-map-keys": ["name", "proto"],
                            "items": {"type": "object", "properties": {"proto": {"type": "string", "default": "TCP"}}},
                        },
                        "pod": {"type": "object", "x-kubernetes-embedded-resource": True},
                    },
                }
            },
        }
    )
    assert schema.child("metadata").child("labels").kind == "map"
    spec = schema.child("spec")
    assert spec.atomic
    assert [spec.child(key).kind for key in ("port", "free", "labels", "items")] == [
        "int-or-string",
        "struct",
        "map",
        "list",
    ]
    assert spec.child("free").child("whatever").kind == "any"
    assert spec.child("nope") is None
    assert spec.child("items").list_keys == ("name", "proto")
    assert spec.child("items").key_defaults == {"proto": "TCP"}
    assert spec.child("pod").child("metadata").child("name").kind == "string"
