"""Schemas of models as API servers want them in a CustomResourceDefinition.

See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema.
"""

from collections.abc import Mapping
from typing import Any, cast

from kubex.models._model import Model

_COPIED = frozenset((
    "default", "description", "enum", "format", "maxItems", "maxLength", "maxProperties", "maximum", "minItems",
    "minLength", "minProperties", "minimum", "multipleOf", "nullable", "pattern", "type",
))  # fmt: skip
_FREE = "x-kubernetes-preserve-unknown-fields"
_INT_OR_STRING = "x-kubernetes-int-or-string"
_NULL = {"type": "null"}


def structural_schema(model: type[Model]) -> dict[str, Any]:
    """Return the schema of a kind; raises TypeError for types that such schemas cannot express, naming the field."""
    found = model.model_json_schema(by_alias=True)
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
                    f"{where} contains itself, which no CustomResourceDefinition can say: "
                    'annotate it with WithJsonSchema({"type": "object", "x-kubernetes-preserve-unknown-fields": True})'
                )
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            return self.convert({**self._definitions[name], **beside}, where, (*inside, name))
        kept = {key: value for key, value in schema.items() if key in _COPIED or key.startswith("x-kubernetes-")}
        if schema.get(_INT_OR_STRING):
            return {key: value for key, value in kept.items() if key != "type"}
        if "const" in schema:
            kept |= {"enum": [schema["const"]]}
        for bound in ("Minimum", "Maximum"):
            if f"exclusive{bound}" in schema:
                kept |= {bound.lower(): schema[f"exclusive{bound}"], f"exclusive{bound}": True}
        if "anyOf" in schema:
            return {**kept, **self._any_of(schema["anyOf"], where, inside)}
        return {**kept, **self._typed(schema, where, inside)}

    def _typed(self, schema: Mapping[str, Any], where: str, inside: tuple[str, ...]) -> dict[str, Any]:
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, where, inside)
        if kind == "array":
            if "prefixItems" in schema:
                raise TypeError(f"{where} is a tuple, which no CustomResourceDefinition can say: use a list")
            return {"items": self.convert(schema.get("items", {}), f"{where}[]", inside)}
        if kind is None and "enum" not in schema and "const" not in schema:
            return {_FREE: True}
        return {} if kind else {"type": "string"}

    def _object(self, schema: Mapping[str, Any], where: str, inside: tuple[str, ...]) -> dict[str, Any]:
        values: Any = schema.get("additionalProperties")
        if "properties" not in schema:
            if isinstance(values, dict) and values:
                found = cast("dict[str, Any]", values)
                return {"additionalProperties": self.convert(found, f"{where}[]", inside)}
            return {_FREE: True}
        made: dict[str, Any] = {
            "properties": {
                name: self._property(name, inner, schema, where, inside) for name, inner in schema["properties"].items()
            }
        }
        if schema.get("required"):
            made["required"] = list(schema["required"])
        return made

    def _property(
        self, name: str, inner: Mapping[str, Any], schema: Mapping[str, Any], where: str, inside: tuple[str, ...]
    ) -> dict[str, Any]:
        made = self.convert(inner, f"{where}.{name}", inside)
        if made.get("default", ...) is None:
            del made["default"]
        # A field that may be left out need not be null as well: models leave out what is None.
        if _NULL in inner.get("anyOf", ()) and name in schema.get("required", ()):
            made["nullable"] = True
        return made

    def _any_of(self, choices: list[dict[str, Any]], where: str, inside: tuple[str, ...]) -> dict[str, Any]:
        real = [choice for choice in choices if choice != _NULL]
        if len(real) == 1:
            return self.convert(real[0], where, inside)
        if [choice.get("type") for choice in real] == ["integer", "string"]:
            return {_INT_OR_STRING: True}
        raise TypeError(
            f"{where} has a choice of types, which no CustomResourceDefinition can say: "
            "annotate it with WithJsonSchema({...}), the schema that it shall have"
        )
