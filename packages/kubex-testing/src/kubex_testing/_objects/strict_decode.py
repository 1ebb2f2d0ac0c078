"""Strict decoding of request bodies: JSON and YAML 1.1 as Go decodes them, and duplicate fields."""

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
    """Decode a body, and return the value and the paths of duplicate fields (`data.a`).

    The last of several equal fields has effect. With `yaml`, the body may be YAML or JSON.

    Raises:
        DecodeError: the body is invalid. The message is the message of Go.
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
    # Search the body first, because the recursive copy is slow.
    return _without_lone_surrogates(value) if _SURROGATE.search(body) else value, duplicates


class _DuplicateFields:
    """Collect the duplicate fields of a document, including those in values that a later field replaces."""

    def __init__(self) -> None:
        # The key is the id() of an object, so keep the object alive as long as the key.
        self._found: dict[int, tuple[JsonObject, list[str]]] = {}

    def build_object(self, pairs: list[tuple[str, Any]]) -> JsonObject:
        """Build an object from its fields."""
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
        """Yield the paths of the duplicate fields in the value at a path."""
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
    """Replace unpaired surrogates, as Go does."""
    # Python keeps them, and then cannot encode the response as UTF-8.
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
