"""A reference implementation of JSON patches for tests: RFC 6902, strictly."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any


def apply_json_patch(document: Any, operations: Iterable[Mapping[str, Any]]) -> Any:
    """Return a patched copy of a document; raises KeyError or IndexError for a path that does not exist."""
    root = {"": copy.deepcopy(document)}
    for operation in operations:
        # The document is the value of the empty key of a map, so its path has a parent, too.
        *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")]
        parent: Any = root
        for part in parents:
            parent = parent[position(parent, part)]
        key = position(parent, last)
        if operation["op"] == "add" and isinstance(parent, list):
            parent.insert(key, copy.deepcopy(operation["value"]))
        elif operation["op"] == "add":
            parent[key] = copy.deepcopy(operation["value"])
        elif operation["op"] == "replace":
            _ = parent[key]
            parent[key] = copy.deepcopy(operation["value"])
        elif operation["op"] == "remove":
            del parent[key]
        else:
            raise NotImplementedError(operation["op"])
    return root[""]


def position(container: Any, part: str) -> Any:
    return int(part) if isinstance(container, list) else part
