"""Operations of server-side apply on values with a schema: field sets, comparison, merge and removal."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from .field_sets import FieldSet, Path, canonical_json
from .json_types import JsonArray, JsonObject, is_array, is_object, json_copy, json_equal
from .schema import ANY, Schema

OwnershipUnit = Literal["leaf", "map", "list"]


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()


def field_set(schema: Schema, value: Any) -> FieldSet:
    """Return the fields of an apply configuration: its leaves, list items, and keys of maps."""
    return frozenset(_fields(schema, value, ()))


def _fields(schema: Schema, value: Any, path: Path) -> Iterator[Path]:
    unit = ownership_unit(schema, value)
    if unit == "map" and is_object(value):
        for key, item in value.items():
            item_path = (*path, f"f:{key}")
            yield from _fields(schema.child(key) or ANY, item, item_path)
            if item is None or item == {} or key not in schema.fields:
                yield item_path
    elif unit == "list" and is_array(value):
        for element, item in with_path_elements(schema, value):
            yield from _fields(schema.entry, item, (*path, element))
            yield (*path, element)
    elif path:
        yield path


def ownership_unit(schema: Schema, *values: Any) -> OwnershipUnit:
    """Return how a value is owned: as one leaf, or separately for each map key or list item."""
    # Values of any type are owned separately in custom resources only.
    if schema.kind == "any" and not schema.atomic:
        known = [value for value in values if value is not MISSING and value is not None]
        return "map" if known and all(is_object(value) for value in known) else "leaf"
    if schema.kind in {"struct", "map"}:
        fits = all(value is MISSING or value is None or is_object(value) for value in values)
        return "map" if fits and not schema.atomic else "leaf"
    if schema.kind == "list":
        fits = all(value is MISSING or value is None or is_array(value) for value in values)
        return "list" if fits and schema.list_type != "atomic" else "leaf"
    return "leaf"


def with_path_elements(schema: Schema, items: JsonArray) -> list[tuple[str, Any]]:
    """Return the items of a list of type `map` or `set` with their path elements."""
    return [(_element(schema, item), item) for item in items]


def _element(schema: Schema, item: Any) -> str:
    if schema.list_type == "map" and is_object(item):
        keys = {key: item[key] if key in item else schema.key_defaults.get(key) for key in schema.list_keys}
        return f"k:{canonical_json({key: value for key, value in keys.items() if value is not None})}"
    return f"v:{canonical_json(item)}"


@dataclass
class Comparison:
    """The paths that differ between two objects."""

    added: set[Path] = field(default_factory=set[Path])
    removed: set[Path] = field(default_factory=set[Path])
    modified: set[Path] = field(default_factory=set[Path])

    def record(self, path: Path, left: Any, right: Any) -> None:
        """Record one leaf."""
        if left is MISSING:
            self.added.add(path)
        elif right is MISSING:
            self.removed.add(path)
        elif not json_equal(left, right):
            self.modified.add(path)


def compare(schema: Schema, left: Any, right: Any) -> Comparison:
    """Compare two objects field by field."""
    result = Comparison()
    _compare(schema, left, right, (), result)
    return result


def _compare(schema: Schema, left: Any, right: Any, path: Path, result: Comparison) -> None:
    unit = ownership_unit(schema, left, right)
    if left is None and right == []:
        # In Go, the new list is not nil.
        result.added.add(path)
        return
    if unit == "leaf" or (_is_empty(left) and _is_empty(right)):
        result.record(path, left, right)
        return
    if unit == "map":
        before, after = _as_map(left), _as_map(right)
        for key in [*before, *(key for key in after if key not in before)]:
            child = schema.child(key) or ANY
            _compare(child, before.get(key, MISSING), after.get(key, MISSING), (*path, f"f:{key}"), result)
    else:
        before, after = (
            dict(with_path_elements(schema, _as_list(left))),
            dict(with_path_elements(schema, _as_list(right))),
        )
        for element in [*before, *(element for element in after if element not in before)]:
            items = before.get(element, MISSING), after.get(element, MISSING)
            _compare(schema.entry, *items, (*path, element), result)
    # An added or removed map or list item is a member of the set, in addition to its contents.
    if path and (left is MISSING or right is MISSING):
        result.record(path, left, right)


def _is_empty(value: Any) -> bool:
    return value is MISSING or value is None or value == {} or value == []


def _as_map(value: Any) -> JsonObject:
    return value if is_object(value) else {}


def _as_list(value: Any) -> JsonArray:
    return value if is_array(value) else []


def merge(schema: Schema, left: Any, right: Any) -> Any:
    """Merge the apply configuration `right` into the live value `left`. Fields of only one side are kept."""
    if right is MISSING or left is MISSING:
        return json_copy(right if left is MISSING else left)
    unit = ownership_unit(schema, left, right)
    if unit == "leaf" or (_is_empty(left) and _is_empty(right)):
        return json_copy(right)
    if unit == "list":
        return _merge_list(schema, _as_list(left), _as_list(right))
    before, after = _as_map(left), _as_map(right)
    result: JsonObject = {}
    for key in [*before, *(key for key in after if key not in before)]:
        result[key] = merge(schema.child(key) or ANY, before.get(key, MISSING), after.get(key, MISSING))
    return result


def _merge_list(schema: Schema, left: JsonArray, right: JsonArray) -> JsonArray:
    before, after = with_path_elements(schema, left), with_path_elements(schema, right)
    live, applied = dict(before), dict(after)
    names = [name for name, _ in before]
    result: JsonArray = []

    def append_live_until(until: str | None) -> None:
        """Append the items that only the live list has, up to the next common item."""
        while names and names[0] != until and (until is not None or names[0] not in applied):
            name = names.pop(0)
            if name not in applied:
                result.append(json_copy(live[name]))

    order = [name for name, _ in after]
    for index, name in enumerate(order):
        # Live items stay before the next item that both lists contain.
        shared = next((other for other in order[index:] if other in live), None)
        append_live_until(shared)
        if names and (shared is None or shared == name):
            names.pop(0)
        result.append(merge(schema.entry, live.get(name, MISSING), applied[name]))
    result += [json_copy(live[name]) for name in names if name not in applied]
    return result


def remove(schema: Schema, value: Any, fields: FieldSet) -> Any:
    """Return the value without some fields. An emptied map or list becomes null, since another manager may own it."""
    if not fields:
        return json_copy(value)
    ancestors = {path[:depth] for path in fields for depth in range(1, len(path))}
    return _remove(schema, value, (), fields, ancestors) or {}


def _remove(schema: Schema, value: Any, path: Path, fields: FieldSet, ancestors: set[Path]) -> Any:
    unit = ownership_unit(schema, value)
    if unit == "map" and is_object(value):
        pairs = [(key, f"f:{key}", schema.child(key) or ANY, item) for key, item in value.items()]
    elif unit == "list" and is_array(value):
        pairs = [("", element, schema.entry, item) for element, item in with_path_elements(schema, value)]
    else:
        return json_copy(value)
    kept: list[tuple[str, Any]] = []
    for key, element, child, item in pairs:
        item_path = (*path, element)
        if item_path in fields:
            continue
        kept.append(
            (key, _remove(child, item, item_path, fields, ancestors) if item_path in ancestors else json_copy(item))
        )
    if not kept and pairs:
        return None
    return dict(kept) if is_object(value) else [item for _, item in kept]


def drop_emptied(schema: Schema, value: Any, before: Any) -> Any:
    """Remove the nulls that `remove` created for emptied maps and lists."""
    unit = ownership_unit(schema, value, before)
    if unit == "map" and is_object(value) and is_object(before):
        kept = {key: item for key, item in value.items() if item is not None or before[key] is None}
        return {key: drop_emptied(schema.child(key) or ANY, item, before[key]) for key, item in kept.items()}
    if unit == "list" and is_array(value) and is_array(before):
        entries = dict(with_path_elements(schema, before))
        return [
            drop_emptied(schema.entry, item, entries[element]) for element, item in with_path_elements(schema, value)
        ]
    return value
