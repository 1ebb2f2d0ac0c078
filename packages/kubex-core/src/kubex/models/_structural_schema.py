"""Structural schemas of models, which a CustomResourceDefinition requires.

See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema.
"""

from collections.abc import Mapping
from typing import Any, cast

from pydantic.json_schema import GenerateJsonSchema

from kubex.models._model import Model

# The keywords of JSON Schema that have the same meaning in a structural schema. Others are converted or dropped.
_COPIED_KEYWORDS = frozenset((
    "default", "description", "enum", "format", "maxItems", "maxLength", "maxProperties", "maximum", "minItems",
    "minLength", "minProperties", "minimum", "multipleOf", "nullable", "pattern", "type",
))  # fmt: skip
_PRESERVE_UNKNOWN_FIELDS = "x-kubernetes-preserve-unknown-fields"
_INT_OR_STRING = "x-kubernetes-int-or-string"
_NULL_SCHEMA = {"type": "null"}
_NOT_SUPPORTED = "which a CustomResourceDefinition cannot express"
_JSON_TYPES = {"str": "string", "bool": "boolean", "int": "integer", "float": "number"}

# An internal keyword for types without a JSON form. Kubernetes never receives it.
_NOT_JSON = "x-kubernetes-no-json"


class _SchemaGenerator(GenerateJsonSchema):
    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> dict[str, Any]:  # noqa: ARG002 - Pydantic's
        """Mark a type without a JSON form. The converter knows the path of the field and raises the error."""
        return {_NOT_JSON: error_info}


def structural_schema(model: type[Model]) -> dict[str, Any]:
    """Return the structural schema of a kind; raise TypeError, which names the field, if this is not possible."""
    json_schema = model.model_json_schema(by_alias=True, schema_generator=_SchemaGenerator)
    schema = _StructuralConverter(json_schema.get("$defs", {})).convert(json_schema, model.__name__, ())
    # Kubernetes defines the contents of these fields, and API servers reject most constraints for metadata.
    common = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}
    schema["properties"] = {**schema.get("properties", {}), **common}
    return schema


class _StructuralConverter:
    """Converts the JSON schema that Pydantic generates.

    `path` is the path of a field in error messages, such as `Widget.spec.parts[]`. `ancestors` are the names of the
    definitions that contain the schema.
    """

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions

    def convert(self, schema: Mapping[str, Any], path: str, ancestors: tuple[str, ...]) -> dict[str, Any]:
        """Return the structural form of a schema."""
        if "$ref" in schema:
            # Structural schemas do not support references, so the definition is inserted, unless it is recursive.
            name = str(schema["$ref"]).rpartition("/")[2]
            if name in ancestors:
                raise TypeError(
                    f"{path} contains itself, {_NOT_SUPPORTED}: "
                    'annotate it with WithJsonSchema({"type": "object", "x-kubernetes-preserve-unknown-fields": True})'
                )
            siblings = {key: value for key, value in schema.items() if key != "$ref"}
            return self.convert({**self._definitions[name], **siblings}, path, (*ancestors, name))
        copied = {
            key: value for key, value in schema.items() if key in _COPIED_KEYWORDS or key.startswith("x-kubernetes-")
        }
        if schema.get(_INT_OR_STRING):
            return {key: value for key, value in copied.items() if key != "type"}
        if schema.get(_NOT_JSON) or schema.get("type") == "null":
            problem = "does not have a JSON form" if _NOT_JSON in schema else "is always null"
            raise TypeError(f"{path} {problem}, {_NOT_SUPPORTED}: remove the field from the model")
        # In OpenAPI 3.0, exclusiveMinimum is a boolean next to minimum; in JSON Schema it is the bound.
        for bound in ("Minimum", "Maximum"):
            if f"exclusive{bound}" in schema:
                copied |= {bound.lower(): schema[f"exclusive{bound}"], f"exclusive{bound}": True}
        if "const" in schema or "enum" in schema:
            return {**copied, **_convert_enum(schema.get("enum") or [schema["const"]], path)}
        choices = schema.get("anyOf") or schema.get("oneOf")
        if choices:
            converted = self._convert_union(choices, path, ancestors)
        else:
            converted = self._convert_type(schema, path, ancestors)
        result = {**copied, **converted}
        return {**result, "default": _without_unset(result["default"], result)} if "default" in result else result

    def _convert_type(self, schema: Mapping[str, Any], path: str, ancestors: tuple[str, ...]) -> dict[str, Any]:
        json_type = schema.get("type")
        if json_type == "object":
            return self._convert_object(schema, path, ancestors)
        if json_type == "array":
            if "prefixItems" in schema:
                raise TypeError(f"{path} is a tuple, {_NOT_SUPPORTED}: use a list")
            return {"items": self._convert_entry(schema.get("items", {}), f"{path}[]", ancestors)}
        # A schema without a type is Any. Without the extension, API servers require a type.
        return {} if json_type else {_PRESERVE_UNKNOWN_FIELDS: True}

    def _convert_object(self, schema: Mapping[str, Any], path: str, ancestors: tuple[str, ...]) -> dict[str, Any]:
        values: Any = schema.get("additionalProperties")
        if "properties" not in schema:
            if isinstance(values, dict) and values:
                value_schema = cast("dict[str, Any]", values)
                return {"additionalProperties": self._convert_entry(value_schema, f"{path}[]", ancestors)}
            # Otherwise API servers would remove all fields of the object.
            return {_PRESERVE_UNKNOWN_FIELDS: True}
        converted: dict[str, Any] = {
            "properties": {
                name: self._convert_property(name, field_schema, schema, path, ancestors)
                for name, field_schema in schema["properties"].items()
            }
        }
        if schema.get("required"):
            converted["required"] = list(schema["required"])
        return converted

    def _convert_entry(self, schema: Mapping[str, Any], path: str, ancestors: tuple[str, ...]) -> dict[str, Any]:
        """Convert the schema of the entries of a list or map."""
        converted = self.convert(schema, path, ancestors)
        # API servers reject null for an enumeration even if it is nullable.
        if "enum" in converted and converted.get("nullable"):
            raise TypeError(f"{path} is an enumeration or null, {_NOT_SUPPORTED}: do not allow None as an entry")
        return converted

    def _convert_property(
        self,
        name: str,
        field_schema: Mapping[str, Any],
        schema: Mapping[str, Any],
        path: str,
        ancestors: tuple[str, ...],
    ) -> dict[str, Any]:
        converted = self.convert(field_schema, f"{path}.{name}", ancestors)
        if converted.get("default", ...) is None:
            del converted["default"]
        # Models omit fields that are None, so an optional field does not have to be nullable.
        if name not in schema.get("required", ()) and "nullable" not in field_schema:
            converted.pop("nullable", None)
        return converted

    def _convert_union(self, choices: list[dict[str, Any]], path: str, ancestors: tuple[str, ...]) -> dict[str, Any]:
        non_null = [self.convert(choice, path, ancestors) for choice in choices if choice != _NULL_SCHEMA]
        converted = non_null[0] if len(non_null) == 1 else _merge_choices(non_null)
        if converted is None:
            raise TypeError(
                f"{path} has several possible types, {_NOT_SUPPORTED}: annotate it with WithJsonSchema({{...}})"
            )
        return {**converted, "nullable": True} if _NULL_SCHEMA in choices else converted


def _merge_choices(choices: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return one schema for integers and strings, or for integers and other numbers; None for other unions."""
    types = {choice.get("type") for choice in choices}
    constraints = [{key: value for key, value in choice.items() if key != "type"} for choice in choices]
    if len(choices) != len(types):
        return None
    if types == {"integer", "number"} and constraints[0] == constraints[1]:
        return {"type": "number", **constraints[0]}
    # A constraint such as `minimum` or `pattern` applies only to one of the types, so the merged schema can contain
    # both. These three keywords apply to both types.
    if types == {"integer", "string"} and not (
        (constraints[0].keys() | constraints[1].keys()) & {"enum", "format", "nullable"}
    ):
        return {_INT_OR_STRING: True, **constraints[0], **constraints[1]}
    return None


def _convert_enum(values: list[Any], path: str) -> dict[str, Any]:
    non_null = [value for value in values if value is not None]
    types = {_JSON_TYPES.get(type(value).__name__, "") for value in non_null}
    converted: dict[str, Any] = {"enum": non_null, **({"nullable": True} if None in values else {})}
    if types == {"integer", "string"}:
        return {_INT_OR_STRING: True, **converted}
    if types == {"integer", "number"}:
        types = {"number"}
    if len(types) != 1 or "" in types:
        raise TypeError(f"{path} has values of several types, {_NOT_SUPPORTED}: use values of one type")
    return {"type": types.pop(), **converted}


def _without_unset(value: Any, schema: Mapping[str, Any]) -> Any:
    """Return a default without fields that are None, because models do not send them; keys of maps are kept."""
    if isinstance(value, dict):
        entries, properties = cast("dict[str, Any]", value), schema.get("properties", {})
        others: Any = schema.get("additionalProperties", {})
        return {
            name: _without_unset(entry, properties.get(name, others))
            for name, entry in entries.items()
            if entry is not None or not properties
        }
    if isinstance(value, list):
        return [_without_unset(item, schema.get("items", {})) for item in cast("list[Any]", value)]  # type: ignore[redundant-cast]  # for pyright
    return value
