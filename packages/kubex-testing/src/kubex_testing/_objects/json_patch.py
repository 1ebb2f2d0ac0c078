"""JSON patch (RFC 6902) with JSON pointers (RFC 6901).

Like the library of kube-apiserver, it is less strict than the RFCs: a missing member is null for `test`, `copy` and
`replace`, a missing `value` is null, and a negative index counts from the end. Only `replace` and `test` accept the
path of the complete document, which is empty.
"""

import re
from collections.abc import Callable
from typing import Any

from .go_numbers import parse_int
from .json_types import JsonObject, is_array, is_object, json_copy, json_equal

_END_OF_ARRAY = "-"
_MAX_OPERATIONS = 10_000


class JsonPatchError(ValueError):
    """An operation that cannot be applied, such as a failing `test`, a missing path or an unknown `op` (422)."""


class JsonPatchFormatError(ValueError):
    """A patch that is not a list of operations (400)."""


class JsonPatchSizeError(ValueError):
    """A patch with too many operations (413)."""


def apply_json_patch(document: Any, operations: object) -> Any:
    """Return the document with all operations applied.

    Raises:
        JsonPatchFormatError: `operations` is not an array of objects.
        JsonPatchSizeError: there are too many operations.
        JsonPatchError: an operation cannot be applied.
    """
    if not is_array(operations):
        raise _format_error(operations, "value of type []handlers.jsonPatchOp")
    if len(operations) > _MAX_OPERATIONS:
        raise JsonPatchSizeError(
            f"The allowed maximum operations in a JSON patch is {_MAX_OPERATIONS}, got {len(operations)}"
        )
    for operation in operations:
        _check_format(operation)
    result = json_copy(document)
    for operation in operations:
        result = _apply(result, operation)
    return result


def _check_format(operation: Any) -> None:
    if not is_object(operation):
        raise _format_error(operation, "value of type handlers.jsonPatchOp")
    for member in ("op", "from", "path"):
        value = operation.get(member)
        if value is not None and not isinstance(value, str):
            raise _format_error(value, f"struct field jsonPatchOp.{member} of type string")


def _format_error(value: object, target: str) -> JsonPatchFormatError:
    kind = (
        "object"
        if is_object(value)
        else "array"
        if is_array(value)
        else "string"
        if isinstance(value, str)
        else "bool"
        if isinstance(value, bool)
        else "number"
    )
    return JsonPatchFormatError(f"json: cannot unmarshal {kind} into Go {target}")


def _apply(document: Any, operation: JsonObject) -> Any:
    op = operation.get("op")
    handler = _OPERATIONS.get(op) if isinstance(op, str) else None
    if handler is None:
        raise JsonPatchError(f"Unexpected kind: {op}")
    return handler(document, operation)


def _pointer_tokens(operation: JsonObject, member: str) -> list[str]:
    pointer = operation.get(member)
    if not isinstance(pointer, str):
        raise JsonPatchError(f"{operation.get('op')} operation without a {member!r} that is a string")
    if not pointer:
        return []
    if not pointer.startswith("/") or re.search(r"~(?![01])", pointer):
        raise JsonPatchError(
            f"{pointer!r} is not a JSON pointer; a pointer starts with '/', and escapes '~' as ~0 and '/' as ~1"
        )
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/")]


def _operation_value(operation: JsonObject) -> Any:
    return json_copy(operation.get("value"))


def _array_index(token: str, size: int) -> int:
    try:
        index = parse_int(token)
    # An index that is not a number is out of range.
    except ValueError:
        index = size
    if not -size <= index < size:
        raise JsonPatchError(f"array index {token!r} is not between 0 and {size - 1}")
    return index % size


def _get_child(parent: Any, token: str) -> Any:
    if is_object(parent):
        return parent.get(token)
    if is_array(parent):
        return parent[_array_index(token, len(parent))]
    raise JsonPatchError(f"the path does not exist at {token!r}")


def _get_parent(document: Any, tokens: list[str]) -> Any:
    """Return the object or array that contains the value of the last token."""
    for token in tokens[:-1]:
        document = _get_child(document, token)
    if not is_object(document) and not is_array(document):
        raise JsonPatchError(f"the path does not exist before {tokens[-1]!r}")
    return document


def _get_value(document: Any, tokens: list[str]) -> Any:
    if not tokens:
        raise _empty_path()
    return _get_child(_get_parent(document, tokens), tokens[-1])


def _empty_path() -> JsonPatchError:
    return JsonPatchError("the path is empty, which only replace and test accept")


def _add_value(document: Any, tokens: list[str], value: Any) -> Any:
    if not tokens:
        raise _empty_path()
    parent, token = _get_parent(document, tokens), tokens[-1]
    if is_array(parent):
        parent.insert(len(parent) if token == _END_OF_ARRAY else _array_index(token, len(parent) + 1), value)
    else:
        parent[token] = value
    return document


def _add(document: Any, operation: JsonObject) -> Any:
    return _add_value(document, _pointer_tokens(operation, "path"), _operation_value(operation))


def _remove_value(document: Any, tokens: list[str]) -> Any:
    if not tokens:
        raise _empty_path()
    parent, token = _get_parent(document, tokens), tokens[-1]
    if is_array(parent):
        del parent[_array_index(token, len(parent))]
    elif token in parent:
        del parent[token]
    else:
        raise JsonPatchError(f"cannot remove {token!r}: it does not exist")
    return document


def _remove(document: Any, operation: JsonObject) -> Any:
    return _remove_value(document, _pointer_tokens(operation, "path"))


def _replace(document: Any, operation: JsonObject) -> Any:
    tokens, value = _pointer_tokens(operation, "path"), _operation_value(operation)
    if not tokens:
        return value
    parent, token = _get_parent(document, tokens), tokens[-1]
    parent[_array_index(token, len(parent)) if is_array(parent) else token] = value
    return document


def _move(document: Any, operation: JsonObject) -> Any:
    source, target = _pointer_tokens(operation, "from"), _pointer_tokens(operation, "path")
    # RFC 6902 does not allow to move a value into itself.
    if target[: len(source)] == source and target != source:
        raise JsonPatchError(f"cannot move {operation['from']!r} into one of its own children")
    value = _get_value(document, source)
    return document if target == source else _add_value(_remove_value(document, source), target, value)


def _copy(document: Any, operation: JsonObject) -> Any:
    value = json_copy(_get_value(document, _pointer_tokens(operation, "from")))
    return _add_value(document, _pointer_tokens(operation, "path"), value)


def _test(document: Any, operation: JsonObject) -> Any:
    tokens = _pointer_tokens(operation, "path")
    if not json_equal(_get_value(document, tokens) if tokens else document, _operation_value(operation)):
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
