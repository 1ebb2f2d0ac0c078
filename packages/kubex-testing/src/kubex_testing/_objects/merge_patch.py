"""JSON merge patch (RFC 7386)."""

from typing import Any

from .json_types import is_object, json_copy


def apply_merge_patch(target: Any, patch: Any) -> Any:
    """Return the target with the patch merged. Null deletes a field, and values other than objects replace it."""
    if not is_object(patch):
        return json_copy(patch)
    result = dict(target) if is_object(target) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = apply_merge_patch(result.get(key), value)
    return result
