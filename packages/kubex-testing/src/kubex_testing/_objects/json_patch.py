"""JSON patch, RFC 6902, with JSON pointers, RFC 6901."""

import re
from collections.abc import Callable
from typing import Any

from .json_types import JsonObject, is_array, is_object, json_copy, json_equal

_END = "-"
_INDEX = re.compile(r"0|[1-9][0-9]*")


class JsonPatchError(ValueError):
    """An operation that cannot be applied: a failing `test`, a missing path, an unknown `op` (422 on the wire)."""


class JsonPatchFormatError(ValueError):
    """A patch that is no list of operations (400 on the wire)."""


def apply_json_patch(document: Any, operations: object) -> Any:
    """Return the document with all operations applied, or raise and change nothing.

    Raises JsonPatchFormatError when `operations` is no array of objects, JsonPatchError when one does not apply.
    """
    if not is_array(operations):
        kind = "object" if is_object(operations) else "string" if isinstance(operations, str) else "number"
        raise JsonPatchFormatError(f"json: cannot unmarshal {kind} into Go value of type []handlers.jsonPatchOp")
    result = json_copy(document)
    for operation in operations:
        if not is_object(operation):
            raise JsonPatchFormatError("json: every operation of a JSON patch must be an object")
        result = _apply(result, operation)
    return result


def _apply(document: Any, operation: JsonObject) -> Any:
    op = operation.get("op")
    handler = _OPERATIONS.get(op) if isinstance(op, str) else None
    if handler is None:
        raise JsonPatchError(f"Unexpected kind: {op}")
    return handler(document, operation)


def _tokens(operation: JsonObject, member: str) -> list[str]:
    pointer = operation.get(member)
    if not isinstance(pointer, str):
        raise JsonPatchError(f"{operation.get('op')} operation without a {member!r} that is a string")
    if not pointer:
        return []
    if not pointer.startswith("/") or re.search(r"~(?![01])", pointer):
        raise JsonPatchError(f"{pointer!r} is no JSON pointer: it starts with '/' and escapes '~' as ~0, '/' as ~1")
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/")]


def _value(operation: JsonObject) -> Any:
    if "value" not in operation:
        raise JsonPatchError(f"{operation.get('op')} operation without a 'value'")
    return json_copy(operation["value"])


def _index(token: str, limit: int) -> int:
    if not _INDEX.fullmatch(token) or int(token) > limit:
        raise JsonPatchError(f"array index {token!r} is not between 0 and {limit} without leading zeros")
    return int(token)


def _child(parent: Any, token: str) -> Any:
    if is_object(parent) and token in parent:
        return parent[token]
    if is_array(parent):
        return parent[_index(token, len(parent) - 1)]
    raise JsonPatchError(f"the path does not exist at {token!r}")


def _resolve(document: Any, tokens: list[str]) -> Any:
    for token in tokens:
        document = _child(document, token)
    return document


def _put(document: Any, tokens: list[str], value: Any) -> Any:
    if not tokens:
        return value
    parent, token = _resolve(document, tokens[:-1]), tokens[-1]
    if is_object(parent):
        parent[token] = value
    elif is_array(parent):
        parent.insert(_index(token, len(parent)) if token != _END else len(parent), value)
    else:
        raise JsonPatchError(f"cannot add {token!r} to a value that is neither object nor array")
    return document


def _add(document: Any, operation: JsonObject) -> Any:
    return _put(document, _tokens(operation, "path"), _value(operation))


def _drop(document: Any, tokens: list[str]) -> Any:
    if not tokens:
        return None
    parent, token = _resolve(document, tokens[:-1]), tokens[-1]
    _child(parent, token)
    if is_array(parent):
        del parent[int(token)]
    else:
        del parent[token]
    return document


def _remove(document: Any, operation: JsonObject) -> Any:
    return _drop(document, _tokens(operation, "path"))


def _replace(document: Any, operation: JsonObject) -> Any:
    tokens, value = _tokens(operation, "path"), _value(operation)
    if not tokens:
        return value
    parent, token = _resolve(document, tokens[:-1]), tokens[-1]
    _child(parent, token)
    parent[int(token) if is_array(parent) else token] = value
    return document


def _move(document: Any, operation: JsonObject) -> Any:
    source, target = _tokens(operation, "from"), _tokens(operation, "path")
    if target[: len(source)] == source and target != source:
        raise JsonPatchError(f"cannot move {operation['from']!r} into one of its own children")
    value = _resolve(document, source)
    return document if target == source else _put(_drop(document, source), target, value)


def _copy(document: Any, operation: JsonObject) -> Any:
    value = json_copy(_resolve(document, _tokens(operation, "from")))
    return _put(document, _tokens(operation, "path"), value)


def _test(document: Any, operation: JsonObject) -> Any:
    if not json_equal(_resolve(document, _tokens(operation, "path")), _value(operation)):
        raise JsonPatchError(f"testing value {operation['path']} failed")
    return document


_OPERATIONS: dict[str, Callable[[Any, JsonObject], Any]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}
