"""Type checks of the values in an object, with the error messages of Go's JSON decoder."""

import re
from typing import Any

from .json_types import JsonArray, JsonObject, is_array, is_integer, is_number, is_object
from .quantities import is_quantity
from .schema import Schema

_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_CUSTOM_UNMARSHALERS = frozenset({"int-or-string", "quantity", "time", "micro-time"})
_BASE64 = re.compile(r"[A-Za-z0-9+/]*")
_INTEGER_LIMITS = {"int32": 2**31, "int64": 2**63}


class UnmarshalTypeError(ValueError):
    """A value that Go cannot decode into its field. `message` is the message of Go, and `path` is the field."""

    def __init__(self, message: str, path: str, conversion: str = "") -> None:
        super().__init__(message, path)
        self.message = message
        self.path = path
        self.conversion = conversion or f"error decoding from json: {message}"
        """The message of the converter that Go uses instead of its JSON decoder after a strategic merge patch."""

    def __str__(self) -> str:
        return self.message


def check_types(schema: Schema, obj: JsonObject) -> None:
    """Raise UnmarshalTypeError for the first value with a wrong type. Null is valid for all types.

    For custom resources, only `metadata` is checked here. `validate_custom()` checks the other fields.
    """
    if not schema.rules:
        _check(schema, obj, "", "")
        return
    try:
        _check(schema.fields["metadata"], obj.get("metadata"), "", "")
    except UnmarshalTypeError as error:
        raise UnmarshalTypeError(error.message, f"metadata.{error.path}".rstrip("."), error.conversion) from None


def _check(schema: Schema, value: Any, path: str, owner: str) -> None:
    if value is None or schema.kind == "any":
        return
    if schema.kind in {"struct", "map"}:
        if not is_object(value):
            raise _unmarshal_error(schema, value, path, owner)
        _check_members(schema, value, path, owner)
    elif schema.kind == "list":
        if not is_array(value):
            raise _unmarshal_error(schema, value, path, owner)
        _check_entries(schema, value, path, owner)
    elif problem := _scalar_problem(schema.kind, value):
        raise UnmarshalTypeError(problem, path)
    elif not _has_go_type(schema.kind, value):
        raise _unmarshal_error(schema, value, path, owner)


def _check_members(schema: Schema, value: JsonObject, path: str, owner: str) -> None:
    struct = schema.kind == "struct"
    for key, item in value.items():
        child = schema.child(key)
        if child is not None:
            # The message of Go contains the innermost struct and the path of fields, without map keys and indexes.
            child_path = (f"{path}.{key}" if path else key) if struct else path
            _check(child, item, child_path, schema.name.rpartition(".")[2] if struct else owner)


def _check_entries(schema: Schema, value: JsonArray, path: str, owner: str) -> None:
    for item in value:
        _check(schema.entry, item, path, owner)


def _has_go_type(kind: str, value: Any) -> bool:
    if kind in _INTEGER_LIMITS:
        return is_integer(value) and -_INTEGER_LIMITS[kind] <= value < _INTEGER_LIMITS[kind]
    if kind in _CUSTOM_UNMARSHALERS:
        return True
    if kind == "boolean":
        return isinstance(value, bool)
    return is_number(value) if kind == "number" else isinstance(value, str)


def _scalar_problem(kind: str, value: Any) -> str:
    """Return the message of Go's custom decoders, or an empty string if the value is valid or they do not apply."""
    if kind == "int-or-string":
        if isinstance(value, str) or is_integer(value):
            return ""
        return f"json: cannot unmarshal {_json_type_name(value)} into Go value of type int32"
    if kind == "quantity":
        if (isinstance(value, str) or is_number(value)) and is_quantity(value):
            return ""
        return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    if kind in {"time", "micro-time"}:
        if not isinstance(value, str):
            return f"json: cannot unmarshal {_json_type_name(value)} into Go value of type string"
        return _time_problem(value, exact=kind == "micro-time")
    if kind == "bytes" and isinstance(value, str):
        return _base64_problem(value)
    return ""


def _time_problem(text: str, *, exact: bool) -> str:
    """Return the message of Go for a time that is not RFC 3339. A MicroTime must have exactly six digits."""
    match = _TIME.fullmatch(text)
    if match and not (exact and len(match[1] or "") != 7):
        return ""
    layout = "2006-01-02T15:04:05.000000Z07:00" if exact else "2006-01-02T15:04:05Z07:00"
    rest, part = (text[19:], ".000000") if match else (text, "2006")
    return f'parsing time "{text}" as "{layout}": cannot parse "{rest}" as "{part}"'


def _base64_problem(text: str) -> str:
    """Return the message of Go for invalid base64, which contains the position of the error."""
    # Go decodes groups of four characters, padded with `=` at the end, and skips line breaks.
    digits = [(index, char) for index, char in enumerate(text) if char not in "\r\n"]
    for start in range(0, len(digits), 4):
        group = "".join(char for _, char in digits[start : start + 4])
        body = group.rstrip("=")
        valid_length = len(_BASE64.match(body)[0])  # type: ignore[index]  # the pattern also matches an empty string
        if valid_length < len(body) or len(body) < min(2, len(group)):
            return f"illegal base64 data at input byte {digits[start + valid_length][0]}"
        if body != group and start + 4 < len(digits):
            return f"illegal base64 data at input byte {digits[start + 4][0]}"
        if len(group) < 4:
            return f"illegal base64 data at input byte {len(text) if '=' in group else digits[start][0]}"
    return ""


def _json_type_name(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if is_number(value):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if is_array(value) else "object"


def _unmarshal_error(schema: Schema, value: Any, path: str, owner: str) -> UnmarshalTypeError:
    kind = _json_type_name(value)
    if kind == "number" and schema.kind in _INTEGER_LIMITS:
        kind = f"number {value}"
    target = f"into Go struct field {owner}.{path} of type" if owner else "into Go value of type"
    return UnmarshalTypeError(
        f"json: cannot unmarshal {kind} {target} {schema.go_type}", path, _conversion(schema, value)
    )


def _conversion(schema: Schema, value: Any) -> str:
    source = "bool" if isinstance(value, bool) else "int64" if is_integer(value) else _json_type_name(value)
    source = {"number": "float64", "array": "slice", "object": "map"}.get(source, source)
    if schema.kind in {"struct", "map", "list"}:
        return f"cannot restore {'slice' if schema.kind == 'list' else schema.kind} from: {source}"
    numbers = {"int64", "float64"}
    # Go can convert between numbers, and from an integer to a string, but the converter does not.
    if (schema.kind in {"string", "bytes"} and source == "int64") or (schema.kind in numbers and source in numbers):
        return f"cannot convert {source} to {schema.go_type}"
    return f"unrecognized type: {'bool' if schema.kind == 'boolean' else schema.go_type}"
