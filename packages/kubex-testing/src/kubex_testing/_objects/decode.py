"""Strict decoding of request bodies: JSON as Go reads it, YAML 1.1, and the fields that stand twice."""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from .json_types import JsonObject, is_array, is_object
from .yaml_decode import DecodeError, decode_yaml

__all__ = ["DecodeError", "decode_strict"]

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def decode_strict(body: bytes, *, yaml: bool = False) -> tuple[Any, list[str]]:
    """Decode a body; return the value and the path of every field that stands twice in it (`data.a`).

    Of equal fields the last one counts. With `yaml`, YAML (so JSON too) is read. Raises DecodeError in Go's words.
    """
    return decode_yaml(body) if yaml else _decode_json(body)


def _decode_json(body: bytes) -> tuple[Any, list[str]]:
    doubled: dict[int, tuple[JsonObject, list[str]]] = {}

    def collect(pairs: list[tuple[str, Any]]) -> JsonObject:
        result = dict(pairs)
        if len(result) < len(pairs):
            names = [name for name, _ in pairs]
            doubled[id(result)] = result, [name for name in result if names.count(name) > 1]
        return result

    text = body.decode("utf-8", "replace")
    try:
        value = json.loads(text, object_pairs_hook=collect, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise DecodeError(_go_text(error)) from None
    except RecursionError:
        raise DecodeError("exceeded max depth") from None
    if _SURROGATE.search(body):
        value = _without_lone_surrogates(value)
    return value, list(_paths(value, "", doubled)) if doubled else []


def _no_constant(name: str) -> NoReturn:
    raise DecodeError(f"invalid character '{name.lstrip('-')[0]}' looking for beginning of value")


def _paths(value: object, path: str, doubled: dict[int, tuple[JsonObject, list[str]]]) -> Iterator[str]:
    if is_object(value):
        for name in doubled.get(id(value), ({}, []))[1]:
            yield f"{path}.{name}".lstrip(".")
        for key, item in value.items():
            yield from _paths(item, f"{path}.{key}".lstrip("."), doubled)
    elif is_array(value):
        for index, item in enumerate(value):
            yield from _paths(item, f"{path}[{index}]", doubled)


def _without_lone_surrogates(value: Any) -> Any:
    """Replace what no UTF-8 can carry, as Go does; Python would keep it and fail when encoding the answer."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if is_object(value):
        return {_without_lone_surrogates(key): _without_lone_surrogates(item) for key, item in value.items()}
    return [_without_lone_surrogates(item) for item in value] if is_array(value) else value


_EXPECTED = (
    ("Expecting property name", "looking for beginning of object key string"),
    ("Illegal trailing comma before end of object", "looking for beginning of object key string"),
    ("Expecting ':'", "after object key"),
    ("Expecting ','", "after object key:value pair"),
    ("Extra data", "after top-level value"),
    ("Invalid control character", "in string literal"),
    ("Invalid \\escape", "in string escape code"),
    ("", "looking for beginning of value"),
)


def _go_text(error: json.JSONDecodeError) -> str:
    rest = error.doc[error.pos :]
    if not error.msg.startswith("Invalid control"):
        rest = rest.lstrip(" \t\r\n")
    if error.msg.startswith("Illegal trailing comma"):
        rest = rest[1:].lstrip(" \t\r\n")
    if not rest or error.msg.startswith("Unterminated string"):
        return "unexpected end of JSON input"
    place = next(text for start, text in _EXPECTED if error.msg.startswith(start))
    return f"invalid character {_quoted(rest[0])} {place}"


def _quoted(character: str) -> str:
    special = {"'": r"'\''", '"': "'\"'"}
    return special.get(character) or f"'{json.dumps(character, ensure_ascii=False)[1:-1]}'"
