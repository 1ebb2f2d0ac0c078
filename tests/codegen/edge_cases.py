"""A custom resource with extreme names, nesting and texts, including some that servers reject."""

from typing import Any

from codegen.custom_resources import STRING, kind, paths

LONG = "aVeryLongFieldNameThatSomeOperatorReallyUsesForItsConfigurationOfEverything"
KIND = "AVeryLongKindNameOfTheSixtyThreeCharactersThatKubernetesAllows"


def nested(depth: int) -> dict[str, Any]:
    """Return nested objects, lists and maps. The names get longer with the depth."""
    if depth == 0:
        return STRING
    inner = nested(depth - 1)
    rows = {"type": "object", "additionalProperties": {"type": "array", "nullable": True, "items": inner}}
    return {
        "type": "object",
        "description": f'Level "{depth}" \\n \\ and """ then\nnew\tline ends with "',
        "required": [f"rows{depth}"],
        "properties": {f"{LONG}{depth}": inner, f"rows{depth}": {"type": "array", "items": rows}},
    }


# Keywords, attributes of Pydantic models, invalid identifiers, and names that become equal.
NAMES = [
    *("class", "None", "True", "true", "import", "async", "match", "type", "self", "cls", "print", "id", "set"),
    *("object", "property", "tuple", "model_config", "modelConfig", "model_fields", "copy", "json", "schema"),
    *("Any", "annotated", "Annotated", "_", "__", "__class__", "_private", "1st", "$ref"),
    *("größe", "straße", "日本", "foo-bar", "fooBar", "foo_bar", "FooBar", "foo.bar", "with space"),
    *('a"b', "a'b", "a\"'b", "a\\b", "new\nline", "nul\0", "turned\u202e", '"),):\n    import os  # '),
]
TEXTS = [
    "ends with a backslash\\",
    "\\",
    '"starts with a quote, and ends with one"',
    'four """" and three """',
    "   \n\n  ",
    "bell \x07, nul \0, turned \u202e, nothing\u200b, broken\u2028lines, grüße 日本語",
    "# noqa: E501\n\n* item\n* item\n\n  indented",
    f"See https://example.com/{'x' * 130} for more.",
    "x" * 200,
]

SPEC: dict[str, Any] = {
    "type": "object",
    "required": [f"{LONG}Required"],
    "properties": {
        **dict.fromkeys(NAMES, STRING),
        **{f"text{number}": {**STRING, "description": text} for number, text in enumerate(TEXTS)},
        "deep": nested(4),
        f"{LONG}Required": {"type": "array", "items": {"type": "array", "items": nested(1)}},
        f"{LONG}Secret": {**STRING, "format": "password"},
        "port": {"anyOf": [{"type": "integer"}, STRING], "x-kubernetes-int-or-string": True},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "one": {
            "type": "object",
            "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
            "properties": {"a": STRING, "b": {"type": "integer"}},
        },
        "either": {"oneOf": [STRING, {"type": "integer"}]},
        "mode": {**STRING, "enum": ["A", "None", "", 'q"'], "nullable": True},
        "defaults": {"type": "object", "default": {"x": 1}, "properties": {"x": {"type": "integer", "default": 1}}},
    },
}

SMALL_SPEC: dict[str, Any] = {
    "type": "object",
    "required": ["b"],
    "properties": {"a": {}, "b": {"type": "array", "items": STRING}, LONG: {"type": "object", "properties": {"c": {}}}},
}

KINDS = ("Any", "Annotated", "List", "None", "Exception", "ObjectMeta", "str", "class", "My-Kind", "NastySpec", KIND)

DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.0",
    "paths": {path: each for name in ("Nasty", *KINDS) for path, each in paths(name, f"{name.lower()}s").items()},
    "components": {
        "schemas": {
            "com.example.v1.Nasty": kind("Nasty", SPEC),
            **{f"com.example.v1.{name}": kind(name, SMALL_SPEC) for name in KINDS},
            "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta": {"type": "object", "properties": {"name": STRING}},
        }
    },
}
