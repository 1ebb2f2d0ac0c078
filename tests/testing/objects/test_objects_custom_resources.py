"""Defaults and validation of custom resources."""

from typing import Any

import pytest

from kubex_testing._objects.custom_resources import apply_defaults, validate_custom
from kubex_testing._objects.schema import Schema, structural_schema


def widget(**properties: Any) -> Schema:
    """Return the schema of a kind with these properties in its spec."""
    return structural_schema({"type": "object", "properties": {"spec": {"type": "object", "properties": properties}}})


STRING_SCHEMA: dict[str, Any] = {"type": "string"}


@pytest.mark.parametrize(
    ("rules", "spec", "defaulted"),
    [
        ({"default": "a", **STRING_SCHEMA}, {}, {"x": "a"}),
        ({"default": "a", **STRING_SCHEMA}, {"x": "b"}, {"x": "b"}),
        ({"default": "a", **STRING_SCHEMA}, {"x": None}, {"x": "a"}),
        ({"default": "a", "nullable": True, **STRING_SCHEMA}, {"x": None}, {"x": None}),
        (STRING_SCHEMA, {"x": None}, {}),
        ({"type": "object", "additionalProperties": STRING_SCHEMA}, {"x": {"a": None}}, {"x": {}}),
        ({"type": "object", "x-kubernetes-preserve-unknown-fields": True}, {"x": {"a": None}}, {"x": {"a": None}}),
        ({"type": "array", "items": STRING_SCHEMA}, {"x": [None]}, {"x": [None]}),
        (
            {"type": "object", "default": {}, "properties": {"y": {"type": "integer", "default": 1}}},
            {},
            {"x": {"y": 1}},
        ),
        ({"type": "object", "properties": {"y": {"type": "integer", "default": 1}}}, {}, {}),
        (
            {"type": "array", "items": {"type": "object", "properties": {"y": {"type": "integer", "default": 1}}}},
            {"x": [{}, {"y": 2}]},
            {"x": [{"y": 1}, {"y": 2}]},
        ),
        (
            {"type": "object", "additionalProperties": {"type": "object", "properties": {"y": {"default": 1}}}},
            {"x": {"k": {}}},
            {"x": {"k": {"y": 1}}},
        ),
    ],
)
def test_custom_resource_defaults_are_set(
    rules: dict[str, Any], spec: dict[str, Any], defaulted: dict[str, Any]
) -> None:
    assert apply_defaults(widget(x=rules), {"spec": spec}) == {"spec": defaulted}


def test_defaults_are_not_shared_between_objects() -> None:
    schema = widget(x={"type": "array", "default": [], "items": STRING_SCHEMA})
    apply_defaults(schema, {"spec": {}})["spec"]["x"].append("a")
    assert apply_defaults(schema, {"spec": {}}) == {"spec": {"x": []}}


BODY_PREFIX = "spec.x in body"
TYPE, INVALID = "FieldValueTypeInvalid", "FieldValueInvalid"


@pytest.mark.parametrize(
    ("rules", "value", "reason", "message"),
    [
        (STRING_SCHEMA, 1, TYPE, f'Invalid value: "integer": {BODY_PREFIX} must be of type string: "integer"'),
        (STRING_SCHEMA, None, TYPE, f'Invalid value: "null": {BODY_PREFIX} must be of type string: "null"'),
        ({"type": "integer"}, "a", TYPE, f'Invalid value: "string": {BODY_PREFIX} must be of type integer: "string"'),
        (
            {"type": "integer"},
            True,
            TYPE,
            f'Invalid value: "boolean": {BODY_PREFIX} must be of type integer: "boolean"',
        ),
        (
            {"x-kubernetes-int-or-string": True},
            [],
            TYPE,
            f'Invalid value: "array": {BODY_PREFIX} must be of type integer,string: "array"',
        ),
        (
            {"enum": ["a", "b"], **STRING_SCHEMA},
            "c",
            "FieldValueNotSupported",
            'Unsupported value: "c": supported values: "a", "b"',
        ),
        (
            {"maxLength": 3, "pattern": "^x", **STRING_SCHEMA},
            "abcd",
            "FieldValueTooLong",
            "Too long: may not be more than 3 bytes",
        ),
        (
            {"minLength": 2, **STRING_SCHEMA},
            "é",
            INVALID,
            f'Invalid value: "é": {BODY_PREFIX} should be at least 2 chars long',
        ),
        ({"pattern": "^a$", **STRING_SCHEMA}, "b", INVALID, f"Invalid value: \"b\": {BODY_PREFIX} should match '^a$'"),
        (
            {"format": "date-time", **STRING_SCHEMA},
            "b",
            TYPE,
            f'Invalid value: "b": {BODY_PREFIX} must be of type date-time: "b"',
        ),
        (
            {"type": "integer", "minimum": 1},
            0,
            INVALID,
            f"Invalid value: 0: {BODY_PREFIX} should be greater than or equal to 1",
        ),
        (
            {"type": "integer", "maximum": 9},
            10,
            INVALID,
            f"Invalid value: 10: {BODY_PREFIX} should be less than or equal to 9",
        ),
        (
            {"type": "integer", "maximum": 9, "exclusiveMaximum": True},
            9,
            INVALID,
            f"Invalid value: 9: {BODY_PREFIX} should be less than 9",
        ),
        (
            {"type": "integer", "minimum": 9, "exclusiveMinimum": True},
            9,
            INVALID,
            f"Invalid value: 9: {BODY_PREFIX} should be greater than 9",
        ),
        (
            {"type": "integer", "multipleOf": 5},
            7,
            INVALID,
            f"Invalid value: 7: {BODY_PREFIX} should be a multiple of 5",
        ),
        (
            {"type": "array", "items": STRING_SCHEMA, "maxItems": 1},
            ["a", "b"],
            "FieldValueTooMany",
            "Too many: 2: must have at most 1 items",
        ),
        (
            {"type": "array", "items": STRING_SCHEMA, "minItems": 1},
            [],
            INVALID,
            f"Invalid value: 0: {BODY_PREFIX} should have at least 1 items",
        ),
        (
            {"type": "object", "maxProperties": 0},
            {"a": 1},
            "FieldValueTooMany",
            "Too many: 1: must have at most 0 items",
        ),
        (
            {"type": "object", "minProperties": 1},
            {},
            INVALID,
            f"Invalid value: 0: {BODY_PREFIX} should have at least 1 properties",
        ),
    ],
)
def test_invalid_values_of_custom_resources_are_reported(
    rules: dict[str, Any], value: Any, reason: str, message: str
) -> None:
    (cause,) = validate_custom(widget(x=rules), {"spec": {"x": value}})
    assert (cause.reason, cause.field, cause.message) == (reason, "spec.x", message)


TOO_LARGE_MESSAGE = f"Invalid value: 3: {BODY_PREFIX} should be less than or equal to 1"


@pytest.mark.parametrize(
    ("rules", "verdict", "messages"),
    [
        ({"anyOf": [{"maximum": 1}, {"minimum": 5}]}, "must validate at least one schema (anyOf)", [TOO_LARGE_MESSAGE]),
        (
            {"oneOf": [{"maximum": 5}, {"minimum": 1}]},
            "must validate one and only one schema (oneOf). Found 2 valid alternatives",
            [],
        ),
        (
            {"oneOf": [{"maximum": 1}]},
            "must validate one and only one schema (oneOf). Found none valid",
            [TOO_LARGE_MESSAGE],
        ),
        ({"allOf": [{"maximum": 1}]}, "must validate all the schemas (allOf). None validated", [TOO_LARGE_MESSAGE]),
        ({"allOf": [{"maximum": 1}, {"maximum": 9}]}, "must validate all the schemas (allOf)", [TOO_LARGE_MESSAGE]),
        ({"not": {"enum": [3]}}, "must not validate the schema (not)", []),
    ],
)
def test_errors_of_combined_schemas_are_reported(rules: dict[str, Any], verdict: str, messages: list[str]) -> None:
    first, *rest = validate_custom(widget(x={"type": "integer", **rules}), {"spec": {"x": 3}})
    assert (first.reason, first.field) == (INVALID, "<nil>")
    assert first.message == f'Invalid value: "": "spec.x" {verdict}'
    assert [(cause.field, cause.message) for cause in rest] == [("spec.x", text) for text in messages]


def test_embedded_resource_requires_kind_and_api_version() -> None:
    rules = {"type": "object", "x-kubernetes-embedded-resource": True, "x-kubernetes-preserve-unknown-fields": True}
    found = validate_custom(widget(x=rules), {"spec": {"x": {}}})
    assert [(cause.reason, cause.field) for cause in found] == [
        ("FieldValueRequired", "spec.x.apiVersion"),
        ("FieldValueRequired", "spec.x.kind"),
    ]


@pytest.mark.parametrize(
    ("rules", "value"),
    [
        ({"nullable": True, **STRING_SCHEMA}, None),
        ({"type": "integer"}, 1.0),
        ({"type": "number"}, 1),
        ({"x-kubernetes-int-or-string": True}, "80%"),
        ({"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]}, 80),
        ({"enum": [1], "type": "integer"}, 1),
        ({"maxLength": 1, **STRING_SCHEMA}, "é"),
        ({"pattern": "b", **STRING_SCHEMA}, "abc"),
        ({"format": "unheard-of", **STRING_SCHEMA}, "x"),
        ({"type": "object", "x-kubernetes-preserve-unknown-fields": True}, {"a": [1, None]}),
        ({"type": "array", "items": STRING_SCHEMA}, ["a", "a"]),
    ],
)
def test_valid_values_of_custom_resources_are_accepted(rules: dict[str, Any], value: Any) -> None:
    assert validate_custom(widget(x=rules), {"spec": {"x": value}}) == []


def test_errors_in_list_items_have_the_path_of_the_item() -> None:
    item = {"type": "object", "required": ["name"], "properties": {"name": STRING_SCHEMA, "size": {"type": "integer"}}}
    schema = widget(items={"type": "array", "items": item})
    found = validate_custom(schema, {"spec": {"items": [{"name": "a"}, {"size": "x"}]}})
    assert [(cause.reason, cause.field) for cause in found] == [
        ("FieldValueRequired", "spec.items[1].name"),
        (TYPE, "spec.items[1].size"),
    ]


@pytest.mark.parametrize(
    ("rules", "items", "message"),
    [
        ({"x-kubernetes-list-type": "set", "items": STRING_SCHEMA}, ["a", "b", "a"], 'Duplicate value: "a"'),
        (
            {
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
                "items": {"type": "object", "properties": {"name": STRING_SCHEMA, "v": STRING_SCHEMA}},
            },
            [{"name": "a", "v": "1"}, {"name": "b"}, {"name": "a", "v": "2"}],
            'Duplicate value: {"name":"a"}',
        ),
    ],
)
def test_duplicate_list_items_are_reported(rules: dict[str, Any], items: list[Any], message: str) -> None:
    (cause,) = validate_custom(widget(x={"type": "array", **rules}), {"spec": {"x": items}})
    assert (cause.reason, cause.field, cause.message) == ("FieldValueDuplicate", "spec.x[2]", message)


def test_cel_rules_are_reported_as_not_checked() -> None:
    schema = widget(x={"type": "integer", "x-kubernetes-validations": [{"rule": "self > 1"}]})
    assert validate_custom(schema, {"spec": {"x": 0}}) == []
    found = validate_custom(schema, {"spec": {"x": "a"}})
    assert [cause.field for cause in found] == ["spec.x", "<nil>"]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("date", "2026-02-28", "2026-02-30"),
        ("date-time", "2026-02-28T10:00:00.5+01:00", "2026-02-28"),
        ("duration", "1h30m", "1 fortnight"),
        ("byte", "Yg==", "#"),
        ("ipv4", "10.0.0.1", "::1"),
        ("ipv6", "::1", "10.0.0.1"),
        ("cidr", "10.0.0.0/24", "10.0.0.1"),
        ("mac", "00:11:22:33:44:55", "00:11"),
        ("hostname", "a.example", "-a"),
        ("email", "a@b.c", "ab"),
        ("uri", "https://a.example/x", "x"),
        ("uuid", "12345678-1234-4234-8234-123456789abc", "1234"),
        ("uuid4", "12345678-1234-4234-8234-123456789abc", "12345678-1234-3234-8234-123456789abc"),
    ],
)
def test_string_formats_are_validated(name: str, good: str, bad: str) -> None:
    schema = widget(x={"type": "string", "format": name})
    assert validate_custom(schema, {"spec": {"x": good}}) == []
    assert len(validate_custom(schema, {"spec": {"x": bad}})) == 1


def test_a_fraction_instead_of_an_integer_has_a_second_cause_without_a_field() -> None:
    first, second = validate_custom(widget(x={"type": "integer"}), {"spec": {"x": 1.5}})
    assert (first.field, first.reason) == ("spec.x", TYPE)
    assert second.field == "<nil>"
    assert second.message.endswith("must be of type integer (default format) in spec.x")


@pytest.mark.parametrize(
    ("text", "good"),
    [
        *(
            (text, True)
            for text in ("0", "+0", "-1.5h", ".5s", "1.s", "1h30m5s", "1µs", "1\u03bcs", "1.99999999999999999999s")
        ),
        *(
            (text, True)
            for text in ("PT5M", "P1D", "PT1H30M", "P1DT2H", "5min", "3 d", "1h 30m", "2 Weeks", "1hr", "4wk")
        ),
        *((text, True) for text in ("1 nanosecond", "10000000000h", "about 5 minutes or 3 moons")),
        *((text, False) for text in ("", "5", "h", "P1Y", "12 y", "45 wekk", "three weeks", "1.5", "1\u00a0h")),
        *((text, False) for text in ("99999999999999999999h", "1h 99999999999999999999 moons", "9" * 5000 + "s")),
    ],
)
def test_durations_accept_the_formats_of_kube_apiserver(text: str, good: bool) -> None:
    schema = widget(x={"type": "string", "format": "duration"})
    assert (validate_custom(schema, {"spec": {"x": text}}) == []) is good
