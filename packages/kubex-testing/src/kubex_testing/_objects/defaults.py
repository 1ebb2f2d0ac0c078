"""The defaults of the built-in kinds."""

from .default_functions import DEFAULT_FUNCTIONS
from .default_values import DEFAULT_VALUES
from .empty_objects import fill_zero_fields
from .json_types import JsonObject, json_copy
from .struct_types import type_of_kind, visit_structs


def default_builtin(group: str, kind: str, obj: JsonObject) -> JsonObject:
    """Return the object with the defaults of its kind. Objects of unknown kinds are unchanged.

    The version is the one of `apiVersion`, or v1. The field manager of the request owns the defaults. Therefore call
    `update_managed_fields()` after this function and before `prepare_builtin_for_create()`.
    """
    result: JsonObject = json_copy(obj)
    if name := type_of_kind(obj.get("apiVersion") or f"{group}/v1".lstrip("/"), kind):
        fill_zero_fields(name, result)
        visit_structs(name, result, _set_defaults)
    return result


def _set_defaults(name: str, value: JsonObject) -> None:
    """Set the defaults of one struct in place. A type has the same defaults in all kinds."""
    for key, default in DEFAULT_VALUES.get(name, {}).items():
        if value.get(key) in (None, "", []):
            value[key] = json_copy(default)
    if set_defaults := DEFAULT_FUNCTIONS.get(name):
        set_defaults(value)
