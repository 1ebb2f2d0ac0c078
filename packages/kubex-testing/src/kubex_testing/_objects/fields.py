"""What a schema says about the fields of an object: unknown ones, wrong types, and dropping what is not declared."""

import re
from collections.abc import Iterator
from typing import Any

from .json_types import JsonArray, JsonObject, is_array, is_integer, is_number, is_object
from .quantities import canonical_quantity, is_quantity
from .schema import Schema

_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_OWN_DECODERS = frozenset({"int-or-string", "quantity", "time", "micro-time"})
_BASE64 = re.compile(r"[A-Za-z0-9+/]*")
_TIMES = frozenset({"time", "micro-time"})
# Go leaves out a time that is a pointer; any other it writes as null.
_POINTER_TIMES = frozenset(
    f"v1.{name}" for name in ("JobStatus", "LeaseSpec", "ManagedFieldsEntry", "ObjectMeta", "PodStatus", "Taint")
)
_LIMITS = {"int32": 2**31, "int64": 2**63}
_ZERO: dict[str, Any] = {
    "string": "",
    "quantity": "0",
    "int32": 0,
    "int64": 0,
    "number": 0,
    "boolean": False,
    "bytes": "",
}


class WrongType(ValueError):
    """A value Go could not decode into its field; `message` is Go's text, `path` the field (`spec.replicas`)."""

    def __init__(self, message: str, path: str) -> None:
        super().__init__(message, path)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        return self.message


def unknown_fields(schema: Schema, obj: JsonObject) -> list[str]:
    """List the fields the schema does not declare (`spec.containers[0].name1`).

    They come in the order of the body, those of custom resources in that of the alphabet.
    """
    found = list(_unknown(schema, obj, ""))
    return sorted(found) if schema.rules else found


def _unknown(schema: Schema, value: Any, path: str) -> Iterator[str]:
    if is_object(value):
        for key, item in value.items():
            place = f"{path}.{key}" if path else key
            child = schema.child(key)
            if child is not None:
                yield from _unknown(child, item, place)
            elif schema.kind == "struct":
                yield place
    elif is_array(value) and schema.kind == "list":
        for index, item in enumerate(value):
            yield from _unknown(schema.entry, item, f"{path}[{index}]")


def prune(schema: Schema, obj: JsonObject) -> JsonObject:
    """Return the object without undeclared fields.

    Built-in kinds lose nulls, empty maps and empty lists too, and gain nulls for times that were never set, as by
    decoding into Go's structs and encoding them again; custom resources stay as they are for validation.
    """
    pruned = _prune(schema, obj)
    return pruned if is_object(pruned) else {}


def _prune(schema: Schema, value: Any) -> Any:
    builtin = not schema.rules
    if is_object(value) and schema.kind in {"struct", "map"}:
        result: JsonObject = {}
        for key, item in value.items():
            child = schema.child(key)
            if child is None or (item is None and builtin and schema.kind == "struct"):
                continue
            pruned = _zero(child) if item is None and builtin else _prune(child, item)
            if not (builtin and schema.kind == "struct" and child.kind in {"map", "list"} and pruned in ({}, [])):
                result[key] = pruned
        if builtin and schema.name not in _POINTER_TIMES:
            unset = (key for key, child in schema.fields.items() if child.kind in _TIMES and key not in result)
            result.update(dict.fromkeys(unset))
        return result
    if is_array(value) and schema.kind == "list":
        entry = schema.entry
        return [_zero(entry) if item is None and builtin else _prune(entry, item) for item in value]
    return canonical_quantity(value) if schema.kind == "quantity" and is_quantity(value) else value


def _zero(schema: Schema) -> Any:
    """Give the value Go decodes a null into, where a null cannot just be left out."""
    if schema.kind in {"struct", "map"}:
        return {}
    return [] if schema.kind == "list" else _ZERO.get(schema.kind)


def check_types(schema: Schema, obj: JsonObject) -> None:
    """Raise WrongType for the first value that does not fit its field; nulls fit everywhere.

    Of custom resources only `metadata` is looked at: the rest is `validate_custom`'s, and a 422.
    """
    if not schema.rules:
        _check(schema, obj, "", "")
        return
    try:
        _check(schema.fields["metadata"], obj.get("metadata"), "", "")
    except WrongType as error:
        raise WrongType(error.message, f"metadata.{error.path}".rstrip(".")) from None


def _check(schema: Schema, value: Any, path: str, owner: str) -> None:
    if value is None or schema.kind == "any":
        return
    if schema.kind in {"struct", "map"}:
        if not is_object(value):
            raise _mismatch(schema, value, path, owner)
        _check_members(schema, value, path, owner)
    elif schema.kind == "list":
        if not is_array(value):
            raise _mismatch(schema, value, path, owner)
        _check_entries(schema, value, path, owner)
    elif problem := _scalar_problem(schema.kind, value):
        raise WrongType(problem, path)
    elif not _fits(schema.kind, value):
        raise _mismatch(schema, value, path, owner)


def _check_members(schema: Schema, value: JsonObject, path: str, owner: str) -> None:
    struct = schema.kind == "struct"
    for key, item in value.items():
        child = schema.child(key)
        if child is not None:
            # Go names the innermost struct, and the path of fields; keys of a map and indexes are no part of it.
            place = (f"{path}.{key}" if path else key) if struct else path
            _check(child, item, place, schema.name.rpartition(".")[2] if struct else owner)


def _check_entries(schema: Schema, value: JsonArray, path: str, owner: str) -> None:
    for item in value:
        _check(schema.entry, item, path, owner)


def _fits(kind: str, value: Any) -> bool:
    if kind in _LIMITS:
        return is_integer(value) and -_LIMITS[kind] <= value < _LIMITS[kind]
    if kind in _OWN_DECODERS:
        return True
    if kind == "boolean":
        return isinstance(value, bool)
    return is_number(value) if kind == "number" else isinstance(value, str)


def _scalar_problem(kind: str, value: Any) -> str:
    """Word what Go's own decoders say; empty when the value is right or the plain message fits."""
    if kind == "int-or-string":
        if isinstance(value, str) or is_integer(value):
            return ""
        return f"json: cannot unmarshal {_go_kind(value)} into Go value of type int32"
    if kind == "quantity":
        if (isinstance(value, str) or is_number(value)) and is_quantity(value):
            return ""
        return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    if kind in {"time", "micro-time"}:
        if not isinstance(value, str):
            return f"json: cannot unmarshal {_go_kind(value)} into Go value of type string"
        return _time_problem(value, exact=kind == "micro-time")
    if kind == "bytes" and isinstance(value, str):
        return _base64_problem(value)
    return ""


def _time_problem(text: str, *, exact: bool) -> str:
    """Word what Go says to a time that is not RFC 3339; a MicroTime must have six digits, no more and no less."""
    match = _TIME.fullmatch(text)
    if match and not (exact and len(match[1] or "") != 7):
        return ""
    layout = "2006-01-02T15:04:05.000000Z07:00" if exact else "2006-01-02T15:04:05Z07:00"
    rest, part = (text[19:], ".000000") if match else (text, "2006")
    return f'parsing time "{text}" as "{layout}": cannot parse "{rest}" as "{part}"'


def _base64_problem(text: str) -> str:
    """Find where Go's decoder stops: it reads groups of four, padded with `=` at the end, and skips line breaks."""
    digits = [(index, char) for index, char in enumerate(text) if char not in "\r\n"]
    for start in range(0, len(digits), 4):
        group = "".join(char for _, char in digits[start : start + 4])
        body = group.rstrip("=")
        good = len(_BASE64.match(body)[0])  # type: ignore[index]  # the pattern matches the empty text too
        if good < len(body) or len(body) < min(2, len(group)):
            return f"illegal base64 data at input byte {digits[start + good][0]}"
        if body != group and start + 4 < len(digits):
            return f"illegal base64 data at input byte {digits[start + 4][0]}"
        if len(group) < 4:
            return f"illegal base64 data at input byte {len(text) if '=' in group else digits[start][0]}"
    return ""


def _go_kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if is_number(value):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if is_array(value) else "object"


def _mismatch(schema: Schema, value: Any, path: str, owner: str) -> WrongType:
    kind = _go_kind(value)
    if kind == "number" and schema.kind in _LIMITS:
        kind = f"number {value}"
    target = f"into Go struct field {owner}.{path} of type" if owner else "into Go value of type"
    return WrongType(f"json: cannot unmarshal {kind} {target} {schema.go_type}", path)
