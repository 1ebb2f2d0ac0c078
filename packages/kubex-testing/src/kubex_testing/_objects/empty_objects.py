"""The JSON form of empty objects.

Go always encodes some fields, even if they were not set. The manager that creates an object does not own these fields.
"""

import json
from functools import cache
from importlib import resources

from .json_types import JsonObject, json_copy
from .struct_types import type_of_kind, visit_structs


def empty_object(api_version: str, kind: str) -> JsonObject:
    """Return the fields that Go encodes for an empty object. The result is empty for custom resources."""
    empty: JsonObject = {}
    if name := type_of_kind(api_version, kind):
        fill_zero_fields(name, empty)
    return empty


def zero_fields(name: str) -> JsonObject:
    """Return the fields of a built-in type that Go always encodes, with their zero values."""
    return _zero_fields().get(name, {})


def fill_zero_fields(name: str, value: JsonObject) -> None:
    """Set the missing fields that Go always encodes, in a value of a built-in type and in the structs in it."""
    visit_structs(name, value, _fill_struct)


def drop_empty_lists(api_version: str, kind: str, obj: JsonObject) -> None:
    """Replace empty lists that Go always encodes by null, because the storage of kube-apiserver does not keep them."""
    if name := type_of_kind(api_version, kind):
        visit_structs(name, obj, _drop_empty_lists)


def _drop_empty_lists(name: str, value: JsonObject) -> None:
    for key, zero in zero_fields(name).items():
        if zero is None and value.get(key) == []:
            value[key] = None


def _fill_struct(name: str, value: JsonObject) -> None:
    for key, zero in zero_fields(name).items():
        if value.get(key) is None:
            value[key] = json_copy(zero)


@cache
def _zero_fields() -> dict[str, JsonObject]:
    """Return the generated table: the fields of each type, with their zero values. The value of a struct is `{}`."""
    table: dict[str, JsonObject] = json.loads(read_zero_fields())
    return table


def read_zero_fields() -> bytes:
    """Return the contents of the table file in the package."""
    return resources.files("kubex_testing._objects").joinpath("zero_fields.json").read_bytes()
