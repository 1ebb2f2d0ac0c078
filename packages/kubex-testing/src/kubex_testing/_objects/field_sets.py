"""Sets of field paths, and their JSON form `fieldsV1`.

A path is a tuple of elements as in `fieldsV1`: `f:name` for fields; `i:0`, `k:{"name":"x"}` or `v:"x"`
for list items.
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management.
"""

import json
from collections.abc import Iterable
from typing import Any, TypeAlias

from .json_types import JsonObject, is_object
from .schema import Schema

Path: TypeAlias = tuple[str, ...]
FieldSet: TypeAlias = frozenset[Path]

EMPTY: FieldSet = frozenset()


def canonical_json(value: Any) -> str:
    """Encode a list key or a set item so that equal values are equal strings."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def to_fields_v1(fields: Iterable[Path]) -> JsonObject:
    """Convert paths to nested objects. The key `.` marks a path in the set that is also a prefix of other paths."""
    root: JsonObject = {}
    members = set(fields)
    for path in sorted(members):
        node = root
        for depth, element in enumerate(path, start=1):
            node = node.setdefault(element, {})
            if depth < len(path) and path[:depth] in members:
                node["."] = {}
    return root


def from_fields_v1(fields: JsonObject) -> FieldSet:
    """Parse `fieldsV1`. Raises ValueError for invalid path elements."""
    found: set[Path] = set()

    def walk(node: JsonObject, path: Path) -> None:
        for element, child in node.items():
            if element == ".":
                found.add(path)
                continue
            place = (*path, _read_element(element))
            if not is_object(child):
                raise ValueError(f"fieldsV1: the value of {element!r} must be an object")
            if not child:
                found.add(place)
            walk(child, place)

    walk(fields, ())
    return frozenset(found)


def _read_element(element: str) -> str:
    kind, colon, rest = element.partition(":")
    if not colon or kind not in {"f", "k", "v", "i"}:
        raise ValueError(f"fieldsV1: {element!r} is not a path element; elements start with f:, k:, v: or i:")
    return f"{kind}:{canonical_json(json.loads(rest))}" if kind in {"k", "v"} else element


def format_path(path: Path) -> str:
    """Format a path as in conflicts: `.spec.containers[name="main"].image`."""
    texts: list[str] = []
    for element in path:
        kind, _, rest = element.partition(":")
        if kind == "f":
            texts.append(f".{rest}")
        elif kind == "k":
            texts.append(
                "[" + ",".join(f"{key}={canonical_json(value)}" for key, value in json.loads(rest).items()) + "]"
            )
        else:
            texts.append(f"[={rest}]" if kind == "v" else f"[{rest}]")
    return "".join(texts)


def without_prefixes(fields: FieldSet, prefixes: Iterable[Path]) -> FieldSet:
    """Remove the paths that equal or start with one of the prefixes."""
    dropped = set(prefixes)
    if not dropped:
        return fields
    return frozenset(p for p in fields if not any(p[:depth] in dropped for depth in range(1, len(p) + 1)))


def with_named_parents(fields: FieldSet, schema: Schema) -> FieldSet:
    """Add the declared parent fields of all paths (`spec` for `spec.replicas`), but no map keys or list items."""
    return fields | {path[:depth] for path in fields for depth in _named_depths(path, schema)}


def _named_depths(path: Path, schema: Schema) -> list[int]:
    depths: list[int] = []
    node: Schema | None = schema
    for depth, element in enumerate(path[:-1], start=1):
        if node is None:
            break
        if element.startswith("f:"):
            if element[2:] in node.fields:
                depths.append(depth)
            node = node.child(element[2:])
        else:
            node = node.items
    return depths
