"""The structs in an object of a built-in kind, with the names of their types."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from .json_types import JsonObject, is_array, is_object
from .schema import builtin_table, parse_words

Visit = Callable[[str, JsonObject], None]


def type_of_kind(api_version: str, kind: str) -> str:
    """Return the name of the type of a built-in kind, or an empty string."""
    group, _, version = api_version.rpartition("/")
    name: str = builtin_table()["kinds"].get(f"{group}/{version}/{kind}", "")
    return name


def visit_structs(name: str, value: JsonObject, visit: Visit) -> None:
    """Call a function with the name and the value of each struct in a value of a built-in type, parents first."""
    visit(name, value)
    for key, child, is_map in _struct_fields(name):
        item = value.get(key)
        if is_object(item) and not is_map:
            visit_structs(child, item, visit)
        elif is_object(item) or is_array(item):
            for entry in item.values() if is_object(item) else item:
                if is_object(entry):
                    visit_structs(child, entry, visit)


@cache
def _struct_fields(name: str) -> tuple[tuple[str, str, bool], ...]:
    """Return the fields that contain structs: the key, the name of the type, and whether the value is a map."""
    fields: JsonObject = builtin_table()["types"][name]["fields"]
    return tuple((key, child, is_map) for key, node in fields.items() for child, is_map in _struct_types(node))


def _struct_types(node: Any) -> Iterator[tuple[str, bool]]:
    if is_object(node):
        if "ref" in node:
            yield node["ref"], False
        else:
            inner: Any = node.get("list") or node.get("map")
            for child, _ in _struct_types(inner):
                yield child, "map" in node
    else:
        words = parse_words(node)
        if not words.kind:
            yield words.message, False
