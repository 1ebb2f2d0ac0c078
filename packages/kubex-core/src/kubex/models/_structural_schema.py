"""Schemas of models as API servers want them in a CustomResourceDefinition.

See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema.
"""

from collections.abc import Mapping
from typing import Any, cast

from pydantic.json_schema import GenerateJsonSchema

from kubex.models._model import Model

_COPIED = frozenset((
    "default", "description", "enum", "format", "maxItems", "maxLength", "maxProperties", "maximum", "minItems",
    "minLength", "minProperties", "minimum", "multipleOf", "nullable", "pattern", "type",
))  # fmt: skip
_FREE = "x-kubernetes-preserve-unknown-fields"
_INT_OR_STRING = "x-kubernetes-int-or-string"
_NULL = {"type": "null"}
_UNSAYABLE = "no CustomResourceDefinition can say"
_TYPES = {"str": "string", "bool": "boolean", "int": "integer", "float": "number"}

# What Pydantic cannot express in any schema.
_NO_JSON = "x-kubernetes-no-json"


class _Generator(GenerateJsonSchema):
    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> dict[str, Any]:  # noqa: ARG002 - Pydantic's
        """Mark what has no schema: the converter knows what it is called."""
        return {_NO_JSON: error_info}


def structural_schema(model: type[Model]) -> dict[str, Any]:
    """Return the schema of a kind; raises TypeError for types that such schemas cannot express, naming the field."""
    found = model.model_json_schema(by_alias=True, schema_generator=_Generator)
    schema = _Converter(found.get("$defs", {})).convert(found, model.__name__, ())
    # What every kind has is described by Kubernetes itself.
    known = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}
    schema["properties"] = {**schema.get("properties", {}), **known}
    return schema


class _Converter:
    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions

    def convert(self, schema: Mapping[str, Any], where: str, inside: tuple[str, ...]) -> dict[str, Any]:
        """Return one schema in structural form; `inside` are the definitions that it is part of."""
        if "$ref" in schema:
            name = str(schema["$ref"]).rpartition("/")[2]
            if name in inside:
                raise TypeError(
                    f"{where} contains itself, which {_UNSAYABLE}: "
                    'annotate it with WithJsonSchema({"type": "object", "x-kubernetes-preserve-unknown-fields": True})'
                )
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            return self.convert({**self._definitions[name], **beside}, where, (*inside, name))
        kept = {key: value for key, value in schema.items() if key in _COPIED or key.startswith("x-kubernetes-")}
        if schema.get(_INT_OR_STRING):
            return {key: value for key, value in kept.items() if key != "type"}
        if schema.get(_NO_JSON) or schema.get("type") == "null":
            problem = "has no form in JSON" if _NO_JSON in schema else "is always null"
            raise TypeError(f"{where} {problem}, which {_UNSAYABLE}: leave it out of the model")
        for bound in ("Minimum", "Maximum"):
            if f"exclusive{bound}" in schema:
                kept |= {bound.lower(): schema[f"exclusive{bound}"], f"exclusive{bound}": True}
        if "const" in schema or "enum" in schema:
            return {**kept, **_enum(schema.get("enum") or [schema["const"]], where)}
        choices = schema.get("anyOf") or schema.get("oneOf")
        made = self._choice(choices, where, inside) if choices else self._typed(schema, where, inside)
        whole = {**kept, **made}
        return {**whole, "default": _sent(whole["default"], whole)} if "default" in whole else whole

    def _typed(self, schema: Mapping[str, Any], where: str, inside: tuple[str, ...]) -> dict[str, Any]:
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, where, inside)
        if kind == "array":
            if "prefixItems" in schema:
                raise TypeError(f"{where} is a tuple, which {_UNSAYABLE}: use a list")
            return {"items": self._entry(schema.get("items", {}), f"{where}[]", inside)}
        return {} if kind else {_FREE: True}

    def _object(self, schema: Mapping[str, Any], where: str, inside: tuple[str, ...]) -> dict[str, Any]:
        values: Any = schema.get("additionalProperties")
        if "properties" not in schema:
            if isinstance(values, dict) and values:
                found = cast("dict[str, Any]", values)
                return {"additionalProperties": self._entry(found, f"{where}[]", inside)}
            return {_FREE: True}
        made: dict[str, Any] = {
            "properties": {
                name: self._property(name, inner, schema, where, inside) for name, inner in schema["properties"].items()
            }
        }
        if schema.get("required"):
            made["required"] = list(schema["required"])
        return made

    def _entry(self, inner: Mapping[str, Any], where: str, inside: tuple[str, ...]) -> dict[str, Any]:
        made = self.convert(inner, where, inside)
        if "enum" in made and made.get("nullable"):  # servers refuse null there, whatever the enumeration says
            raise TypeError(f"{where} has null beside an enumeration, which {_UNSAYABLE}: let no entry be None")
        return made

    def _property(
        self, name: str, inner: Mapping[str, Any], schema: Mapping[str, Any], where: str, inside: tuple[str, ...]
    ) -> dict[str, Any]:
        made = self.convert(inner, f"{where}.{name}", inside)
        if made.get("default", ...) is None:
            del made["default"]
        # A field that may be left out need not be null as well: models leave out what is None.
        if name not in schema.get("required", ()) and "nullable" not in inner:
            made.pop("nullable", None)
        return made

    def _choice(self, choices: list[dict[str, Any]], where: str, inside: tuple[str, ...]) -> dict[str, Any]:
        real = [self.convert(choice, where, inside) for choice in choices if choice != _NULL]
        made = real[0] if len(real) == 1 else _either(real)
        if made is None:
            raise TypeError(
                f"{where} has a choice of types, which {_UNSAYABLE}: "
                "annotate it with WithJsonSchema({...}), the schema that it shall have"
            )
        return {**made, "nullable": True} if _NULL in choices else made


def _either(choices: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return one schema for two that allow numbers and strings, or whole numbers and others; None for the rest."""
    types = {choice.get("type") for choice in choices}
    rules = [{key: value for key, value in choice.items() if key != "type"} for choice in choices]
    if len(choices) != len(types):
        return None
    if types == {"integer", "number"} and rules[0] == rules[1]:
        return {"type": "number", **rules[0]}
    # What bounds numbers does not apply to strings, and the other way round; what applies to both would.
    if types == {"integer", "string"} and not (rules[0].keys() | rules[1].keys()) & {"enum", "format", "nullable"}:
        return {_INT_OR_STRING: True, **rules[0], **rules[1]}
    return None


def _enum(values: list[Any], where: str) -> dict[str, Any]:
    real = [value for value in values if value is not None]
    types = {_TYPES.get(type(value).__name__, "") for value in real}
    made: dict[str, Any] = {"enum": real, **({"nullable": True} if None in values else {})}
    if types == {"integer", "string"}:
        return {_INT_OR_STRING: True, **made}
    if types == {"integer", "number"}:
        types = {"number"}
    if len(types) != 1 or "" in types:
        raise TypeError(f"{where} has values of several types, which {_UNSAYABLE}: give it values of one")
    return {"type": types.pop(), **made}


def _sent(value: Any, schema: Mapping[str, Any]) -> Any:
    """Leave out of a default the fields that are None, as objects do when they are sent."""
    if isinstance(value, dict):
        entries, known = cast("dict[str, Any]", value), schema.get("properties", {})
        others: Any = schema.get("additionalProperties", {})
        return {
            name: _sent(inner, known.get(name, others))
            for name, inner in entries.items()
            if inner is not None or not known
        }
    if isinstance(value, list):
        return [_sent(item, schema.get("items", {})) for item in cast("list[Any]", value)]  # type: ignore[redundant-cast]  # for pyright
    return value
