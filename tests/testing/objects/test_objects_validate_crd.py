"""Validation of CustomResourceDefinitions."""

import copy
from typing import Any

import pytest

from kubex_testing._objects.defaults import default_builtin
from kubex_testing._objects.validate import validate_builtin

Object = dict[str, Any]

CRD = ("apiextensions.k8s.io", "CustomResourceDefinition")
REQUIRED, INVALID, FORBIDDEN = "FieldValueRequired", "FieldValueInvalid", "FieldValueForbidden"
UNSUPPORTED = "FieldValueNotSupported"
SCHEMA = "spec.validation.openAPIV3Schema"


def definition(
    schema: Any = None, name: str = "widgets.ex.io", annotations: Object | None = None, **spec: Any
) -> Object:
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": {"type": "object"} if schema is None else schema},
    }
    body = {
        "group": "ex.io",
        "names": {"plural": "widgets", "kind": "Widget"},
        "scope": "Namespaced",
        "versions": [version],
    }
    metadata: Object = {"name": name, "annotations": annotations or {}}
    return default_builtin(*CRD, {"kind": CRD[1], "metadata": metadata, "spec": {**body, **spec}})


def validate_definition(obj: Object, old: Object | None = None) -> list[tuple[str, str]]:
    before = copy.deepcopy((obj, old))
    causes = validate_builtin(*CRD, obj, old)
    assert (obj, old) == before
    return [(cause.reason, cause.field) for cause in causes]


def schema_with_field(schema: Object) -> Object:
    """Return a schema with one field `x` below the root."""
    return {"type": "object", "properties": {"x": schema}}


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        (definition(), []),
        (definition(name="gadgets.ex.io"), [(INVALID, "metadata.name")]),
        (definition(name="widgets.ex", group="ex"), [(INVALID, "spec.group")]),
        (definition(name="widgets.", group=""), [(INVALID, "metadata.name"), (REQUIRED, "spec.group")]),
        (
            definition(name="widgets.a.k8s.io", group="a.k8s.io"),
            [(REQUIRED, "metadata.annotations[api-approved.kubernetes.io]")],
        ),
        (
            definition(
                name="widgets.a.k8s.io",
                group="a.k8s.io",
                annotations={"api-approved.kubernetes.io": "https://a.example/1"},
            ),
            [],
        ),
        (definition(scope="Odd"), [("FieldValueNotSupported", "spec.scope")]),
        (
            definition(name="widgets.k8s.io", group="k8s.io", annotations={"api-approved.kubernetes.io": "yes"}),
            [(INVALID, "metadata.annotations[api-approved.kubernetes.io]")],
        ),
        (definition(conversion={"strategy": "Odd"}), [(UNSUPPORTED, "spec.conversion.strategy")]),
        (definition(preserveUnknownFields=True), [(INVALID, "spec.preserveUnknownFields")]),
        (
            definition(names={"plural": "widgets", "kind": "Widget", "categories": ["A"]}),
            [(INVALID, "spec.names.categories[0]")],
        ),
        (definition(scope=None), [(REQUIRED, "spec.scope")]),
        (
            definition(names={"plural": "widgets", "kind": "Wid_get"}),
            [(INVALID, "spec.names.singular"), (INVALID, "spec.names.kind"), (INVALID, "spec.names.listKind")],
        ),
        (
            definition(names={"plural": "widgets", "kind": "Widget", "listKind": "Widget"}),
            [(INVALID, "spec.names.listKind")],
        ),
        (
            definition(names={"plural": "widgets", "kind": "Widget", "shortNames": ["W"]}),
            [(INVALID, "spec.names.shortNames[0]")],
        ),
        (definition(versions=[]), [(INVALID, "spec.versions"), (INVALID, "status.storedVersions")]),
        (
            definition(versions=[{"name": "v1", "storage": True}]),
            [(REQUIRED, "spec.versions[0].schema.openAPIV3Schema")],
        ),
        (
            definition(versions=[{"name": "1", "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}]),
            [(INVALID, "spec.versions[0].name"), (INVALID, "spec.version")],
        ),
        (
            definition(
                versions=[{"name": "v1", "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}] * 2
            ),
            [(INVALID, "spec.versions")] * 2,
        ),
    ],
)
def test_invalid_names_groups_and_versions_are_reported(obj: Object, expected: list[tuple[str, str]]) -> None:
    assert validate_definition(obj) == expected


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (schema_with_field({"type": "string"}), []),
        (
            schema_with_field({"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]}),
            [],
        ),
        (schema_with_field({"x-kubernetes-preserve-unknown-fields": True}), []),
        ({}, [(REQUIRED, f"{SCHEMA}.type")]),
        ({"type": "string"}, [(INVALID, f"{SCHEMA}.type")]),
        (schema_with_field({}), [(REQUIRED, f"{SCHEMA}.properties[x].type")]),
        (schema_with_field({"type": "array"}), [(REQUIRED, f"{SCHEMA}.properties[x].items")]),
        (schema_with_field({"type": "array", "items": {}}), [(REQUIRED, f"{SCHEMA}.properties[x].items.type")]),
        (schema_with_field({"type": "string", "pattern": "("}), [(INVALID, f"{SCHEMA}.properties[x].pattern")]),
        (
            schema_with_field(
                {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": {"type": "string"}}
            ),
            [(FORBIDDEN, f"{SCHEMA}.properties[x].additionalProperties")],
        ),
        (
            schema_with_field({"type": "array", "items": {"type": "object"}, "x-kubernetes-list-type": "map"}),
            [(REQUIRED, f"{SCHEMA}.properties[x].x-kubernetes-list-map-keys")],
        ),
        (
            schema_with_field({"type": "integer", "anyOf": [{"type": "integer"}, {"default": 1}]}),
            [
                (FORBIDDEN, f"{SCHEMA}.properties[x].anyOf[0].type"),
                (FORBIDDEN, f"{SCHEMA}.properties[x].anyOf[1].default"),
            ],
        ),
        (schema_with_field({"type": "odd"}), [(UNSUPPORTED, f"{SCHEMA}.properties[x].type")]),
        (
            schema_with_field({"type": "string", "default": 1}),
            [("FieldValueTypeInvalid", f"{SCHEMA}.properties[x].default")],
        ),
        (
            schema_with_field({"type": "object", "default": {"a": 1}, "properties": {"a": {"type": "string"}}}),
            [("FieldValueTypeInvalid", f"{SCHEMA}.properties[x].default.a")],
        ),
        (
            schema_with_field({"type": "object", "x-kubernetes-preserve-unknown-fields": False}),
            [(INVALID, f"{SCHEMA}.properties[x].x-kubernetes-preserve-unknown-fields")],
        ),
        (
            schema_with_field({"type": "array", "uniqueItems": True, "items": {"type": "string"}}),
            [(FORBIDDEN, f"{SCHEMA}.properties[x].uniqueItems")],
        ),
        (
            {"type": "object", "additionalProperties": {"type": "string"}},
            [(FORBIDDEN, f"{SCHEMA}.additionalProperties")],
        ),
        (
            {"type": "object", "properties": {"metadata": {"type": "object", "properties": {"labels": {}}}}},
            [
                (FORBIDDEN, f"{SCHEMA}.properties[metadata]"),
                (REQUIRED, f"{SCHEMA}.properties[metadata].properties[labels].type"),
            ],
        ),
        (
            schema_with_field({"type": "integer", "not": {"nullable": True}}),
            [(FORBIDDEN, f"{SCHEMA}.properties[x].not.nullable")],
        ),
    ],
)
def test_schemas_must_be_structural(schema: Object, expected: list[tuple[str, str]]) -> None:
    assert validate_definition(definition(schema)) == expected


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"scope": "Cluster"}, ["spec.scope"]),
        ({"names": {"plural": "widgets", "kind": "Gadget"}}, ["spec.names.kind"]),
        ({"names": {"plural": "widgets", "kind": "Widget", "shortNames": ["w"]}}, []),
    ],
)
def test_changes_of_immutable_fields_of_a_definition_are_reported(change: Object, fields: list[str]) -> None:
    assert validate_definition(definition(**change), definition()) == [(INVALID, name) for name in fields]


@pytest.mark.parametrize(
    ("version", "fields"),
    [
        ({"additionalPrinterColumns": [{"name": "A", "type": "odd"}]}, ["[0].type", "[0].JSONPath"]),
        ({"additionalPrinterColumns": [{"type": "string", "jsonPath": ".a"}]}, ["[0].name"]),
        ({"additionalPrinterColumns": [{"name": "A", "type": "date", "jsonPath": ".a"}]}, []),
    ],
)
def test_invalid_printer_columns_are_reported(version: Object, fields: list[str]) -> None:
    base = definition()["spec"]["versions"][0]
    causes = validate_definition(definition(versions=[{**base, **version}]))
    assert [name for _, name in causes] == [f"spec.additionalPrinterColumns{name}" for name in fields]


def test_scale_requires_its_paths() -> None:
    base = definition()["spec"]["versions"][0]
    scale: Object = {"subresources": {"scale": {}}}
    common = validate_definition(definition(versions=[{**base, **scale}]))
    assert common == [(REQUIRED, f"spec.subresources.scale.{name}ReplicasPath") for name in ("spec", "status")]
    other = {**base, "name": "v2", "storage": False}
    own = validate_definition(definition(versions=[{**base, **scale}, other]))
    assert own[0] == (REQUIRED, "spec.versions[0].subresources.scale.specReplicasPath")
