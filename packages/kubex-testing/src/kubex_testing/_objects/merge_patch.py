"""JSON merge patch (RFC 7386), with the handling of nulls in lists of kube-apiserver."""

from typing import Any

from .json_types import is_array, is_object, json_copy


def apply_merge_patch(target: Any, patch: Any) -> Any:
    """Return the target with the patch merged. Null deletes a field, and values other than objects replace it."""
    if not is_object(target):
        return _without_null_fields(patch)
    if not is_object(patch):
        return json_copy(patch)
    result = dict(target)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = apply_merge_patch(result.get(key), value)
    return result


def _without_null_fields(value: Any) -> Any:
    """Return a copy without the fields that are null, also in objects in lists, unlike RFC 7386."""
    if is_object(value):
        return {key: _without_null_fields(item) for key, item in value.items() if item is not None}
    return [_without_null_fields(item) for item in value] if is_array(value) else value
