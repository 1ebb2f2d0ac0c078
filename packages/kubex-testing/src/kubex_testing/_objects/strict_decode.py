"""Strict decoding of request bodies: JSON as Go reads it, YAML 1.1, and the fields that stand twice."""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from .go_numbers import json_float, json_integer
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
    duplicates_found = _DuplicateFields()
    text = body.decode("utf-8", "replace")
    try:
        value = json.loads(
            text,
            object_pairs_hook=duplicates_found.build_object,
            parse_constant=_reject_constant,
            parse_int=json_integer,
            parse_float=json_float,
        )
    except json.JSONDecodeError as error:
        raise DecodeError(_go_message(error)) from None
    except DecodeError:
        raise
    except ValueError as error:
        raise DecodeError(str(error)) from None
    except RecursionError:
        raise DecodeError("exceeded max depth") from None
    duplicates = list(duplicates_found.paths(value, ""))
    return _without_lone_surrogates(value) if _SURROGATE.search(body) else value, duplicates


class _DuplicateFields:
    """Collects the fields that stand twice, also in values that a later one replaces."""

    def __init__(self) -> None:
        # Objects are known by identity, so they are kept alive beside their paths.
        self._found: dict[int, tuple[JsonObject, list[str]]] = {}

    def build_object(self, pairs: list[tuple[str, Any]]) -> JsonObject:
        """Make an object of its fields in the order they stand."""
        result = dict(pairs)
        if self._found or len(result) < len(pairs):
            seen: set[str] = set()
            paths: list[str] = []
            for name, value in pairs:
                paths += self.paths(value, name)
                paths += [name] if name in seen else []
                seen.add(name)
            if paths:
                self._found[id(result)] = result, list(dict.fromkeys(paths))
        return result

    def paths(self, value: object, path: str) -> Iterator[str]:
        """Yield the paths found in a value that stands at a path."""
        if not self._found:
            return
        if is_object(value):
            yield from (f"{path}.{name}".lstrip(".") for name in self._found.get(id(value), ({}, []))[1])
        elif is_array(value):
            for index, item in enumerate(value):
                yield from self.paths(item, f"{path}[{index}]")


def _reject_constant(name: str) -> NoReturn:
    raise DecodeError(f"invalid character '{name.lstrip('-')[0]}' looking for beginning of value")


def _without_lone_surrogates(value: Any) -> Any:
    """Replace what no UTF-8 can carry, as Go does; Python would keep it and fail when encoding the answer."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if is_object(value):
        return {_without_lone_surrogates(key): _without_lone_surrogates(item) for key, item in value.items()}
    return [_without_lone_surrogates(item) for item in value] if is_array(value) else value


_GO_CONTEXTS = (
    ("Expecting property name", "looking for beginning of object key string"),
    ("Illegal trailing comma before end of object", "looking for beginning of object key string"),
    ("Expecting ':'", "after object key"),
    ("Expecting ','", "after object key:value pair"),
    ("Extra data", "after top-level value"),
    ("Invalid control character", "in string literal"),
    ("Invalid \\escape", "in string escape code"),
    ("", "looking for beginning of value"),
)


def _go_message(error: json.JSONDecodeError) -> str:
    rest = error.doc[error.pos :]
    if not error.msg.startswith("Invalid control"):
        rest = rest.lstrip(" \t\r\n")
    if error.msg.startswith("Illegal trailing comma"):
        rest = rest[1:].lstrip(" \t\r\n")
    if not rest or error.msg.startswith("Unterminated string"):
        return "unexpected end of JSON input"
    context = next(text for start, text in _GO_CONTEXTS if error.msg.startswith(start))
    return f"invalid character {_quoted(rest[0])} {context}"


def _quoted(character: str) -> str:
    special = {"'": r"'\''", '"': "'\"'"}
    return special.get(character) or f"'{json.dumps(character, ensure_ascii=False)[1:-1]}'"
