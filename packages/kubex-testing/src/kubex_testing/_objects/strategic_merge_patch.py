"""Strategic merge patch: lists merge by the keys in the schema, and `$` directives control the merge.

See https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/.
"""

from typing import Any

from .json_types import JsonArray, JsonObject, is_array, is_object, json_copy, json_equal
from .schema import ANY, Schema
from .status_causes import format_go

_PATCH_DIRECTIVE = "$patch"
_RETAIN_KEYS = "$retainKeys"
_SET_ELEMENT_ORDER = "$setElementOrder/"
_DELETE_FROM_PRIMITIVE_LIST = "$deleteFromPrimitiveList/"


class StrategicPatchError(ValueError):
    """A patch that cannot be applied. `code` is the HTTP status of the response."""

    def __init__(self, message: str, code: int = 500) -> None:
        super().__init__(message, code)
        self.message = message
        self.code = code

    def __str__(self) -> str:
        return self.message


def apply_strategic_merge_patch(original: JsonObject, patch: JsonObject, schema: Schema) -> JsonObject:
    """Return the object with the patch merged. Raises StrategicPatchError."""
    return _merge_object(json_copy(original), json_copy(patch), schema)


def _merge_object(original: JsonObject, patch: JsonObject, schema: Schema) -> JsonObject:
    if _PATCH_DIRECTIVE in patch:
        return _directive(patch)
    if _RETAIN_KEYS in patch:
        original = _retain_keys(original, patch)
    for key, order in [item for item in patch.items() if item[0].startswith(_SET_ELEMENT_ORDER)]:
        _merge_ordered(original, patch, key.removeprefix(_SET_ELEMENT_ORDER), order, schema)
    for key, value in patch.items():
        if key == _RETAIN_KEYS or key.startswith(_SET_ELEMENT_ORDER):
            continue
        if key.startswith(_DELETE_FROM_PRIMITIVE_LIST):
            _delete_primitives(original, key.removeprefix(_DELETE_FROM_PRIMITIVE_LIST), value)
        elif value is None:
            original.pop(key, None)
        else:
            _merge_value(original, key, value, schema.child(key) or ANY)
    return original


def _directive(patch: JsonObject) -> JsonObject:
    if patch[_PATCH_DIRECTIVE] == "replace":
        return {key: value for key, value in patch.items() if key != _PATCH_DIRECTIVE}
    if patch[_PATCH_DIRECTIVE] == "delete":
        return {}
    raise _unknown_directive(patch)


def _unknown_directive(patch: JsonObject) -> StrategicPatchError:
    return StrategicPatchError(f"unknown patch type: {patch[_PATCH_DIRECTIVE]} in map: {format_go(patch)}")


def _retain_keys(original: JsonObject, patch: JsonObject) -> JsonObject:
    keys = patch[_RETAIN_KEYS]
    set_keys = {key for key, value in patch.items() if value is not None and not key.startswith("$")}
    if not is_array(keys) or not set_keys <= set(keys):
        raise StrategicPatchError("invalid patch format of retainKeys", 400)
    return {key: value for key, value in original.items() if key in keys}


def _delete_primitives(original: JsonObject, key: str, values: Any) -> None:
    current = original.get(key)
    if is_array(current) and is_array(values):
        original[key] = [item for item in current if not _contains(values, item)]


def _merge_value(original: JsonObject, key: str, value: Any, schema: Schema) -> None:
    current = original.get(key)
    if is_object(current) and is_object(value):
        replaces = "replace" in schema.strategies
        original[key] = _without_directives(value) if replaces else _merge_object(current, value, schema)
    elif is_array(current) and is_array(value) and "merge" in schema.strategies:
        original[key] = _merge_list(current, value, schema)
    elif is_object(value) and _PATCH_DIRECTIVE in value:
        original.pop(key, None)
    else:
        original[key] = _without_directives(value)


def _without_directives(value: Any) -> Any:
    """Remove directives and nulls from a value that replaces the old value completely."""
    if is_object(value):
        kept = {key: item for key, item in value.items() if not key.startswith("$") and item is not None}
        return {key: _without_directives(item) for key, item in kept.items() if not _is_directive(item)}
    if is_array(value):
        return [_without_directives(item) for item in value if not _is_directive(item)]
    return value


def _is_directive(value: Any) -> bool:
    return is_object(value) and _PATCH_DIRECTIVE in value


def _contains(values: JsonArray, item: Any) -> bool:
    return any(json_equal(value, item) for value in values)


def _merge_ordered(original: JsonObject, patch: JsonObject, key: str, order: Any, schema: Schema) -> None:
    """Merge the list of a `$setElementOrder/key` directive, and sort it by the directive."""
    if not is_array(order):
        kind = "string" if isinstance(order, str) else "map[string]interface {}" if is_object(order) else "number"
        raise StrategicPatchError(f"expected a []interface {{}}, but received a {kind}")
    node = schema.child(key) or ANY
    before, patched = original.get(key), patch.pop(key, None)
    if is_array(patched):
        _check_order(patched, order, node.merge_key)
    if patched is not None:
        _merge_value(original, key, patched, node)
    if is_array(merged := original.get(key)):
        server_items = before if is_array(before) else []
        original[key] = _in_order(merged, order, server_items, node.merge_key)


def _check_order(patched: JsonArray, order: JsonArray, merge_key: str) -> None:
    """Check that the directive contains all items of the patch, in the same order."""
    indexes = [_find_index(order, item, merge_key) for item in patched if not _is_directive(item)]
    if -1 in indexes or indexes != sorted(indexes):
        lists = f"{format_go(patched)}\n doesn't match $setElementOrder list:\n{format_go(order)}\n"
        raise StrategicPatchError(f"The order in patch list:\n{lists}")


def _merge_list(original: JsonArray, patch: JsonArray, schema: Schema) -> JsonArray:
    if not any(is_object(item) for item in [*original, *patch]):
        merged: JsonArray = []
        for item in [*original, *patch]:
            if not _contains(merged, item):
                merged.append(item)
        return _in_order(merged, patch, original, "")
    key = schema.merge_key
    if not key:
        raise StrategicPatchError(f"cannot merge lists without merge key for {schema.entry.name}")
    plain = [item for item in patch if not _is_directive(item)]
    if any(item[_PATCH_DIRECTIVE] == "replace" for item in patch if _is_directive(item)):
        return [_without_directives(item) for item in plain]
    merged = _remove_deleted(original, patch, key)
    for item in plain:
        _require_key(item, key)
        index = _find_index(merged, item, key)
        if index < 0:
            merged.append(_without_directives(item))
        else:
            merged[index] = _merge_object(merged[index], item, schema.entry)
    return _in_order(merged, plain, original, key)


def _remove_deleted(original: JsonArray, patch: JsonArray, key: str) -> JsonArray:
    kept = list(original)
    for item in patch:
        if not _is_directive(item):
            continue
        if item[_PATCH_DIRECTIVE] == "merge":
            raise StrategicPatchError("merging lists cannot yet be specified in the patch")
        if item[_PATCH_DIRECTIVE] != "delete":
            raise _unknown_directive(item)
        _require_key(item, key)
        kept = [entry for entry in kept if _find_index([item], entry, key) < 0]
    return kept


def _require_key(item: Any, key: str) -> None:
    if not is_object(item) or key not in item:
        raise StrategicPatchError(f"map: {format_go(item)} does not contain declared merge key: {key}")


def _find_index(items: JsonArray, target: Any, merge_key: str) -> int:
    """Return the index of an item by its merge key, or by its value in a list of primitives, or -1."""
    for index, item in enumerate(items):
        if merge_key and is_object(item) and is_object(target):
            if merge_key in item and json_equal(item[merge_key], target.get(merge_key)):
                return index
        elif not merge_key and json_equal(item, target):
            return index
    return -1


def _in_order(merged: JsonArray, order: JsonArray, server_items: JsonArray, key: str) -> JsonArray:
    """Sort the items of the patch by its order. Other items keep their order, as early as possible."""
    patched = sorted(
        (item for item in merged if _find_index(order, item, key) >= 0), key=lambda item: _find_index(order, item, key)
    )
    others = [item for item in merged if _find_index(order, item, key) < 0]
    result: JsonArray = []
    while patched and others:
        left, right = _find_index(server_items, others[0], key), _find_index(server_items, patched[0], key)
        result.append(others.pop(0) if 0 <= left < right else patched.pop(0))
    return result + patched + others
