"""Random JSON documents that have differences in many places."""

import copy
import random
from typing import Any

KEYS = ("a", "b", "c", "", "/", "~", "~1", "a/b", "a~b", "0", "-", "ä", "example.com/x")
SCALARS: tuple[Any, ...] = (None, True, False, 0, 1, -1, 1.5, 2**53, "", "text", "ü/~", "0", "null")


def random_value(source: random.Random, depth: int = 3) -> Any:
    """Return a scalar, a map or a list, which may be empty."""
    kind = source.random()
    if depth <= 0 or kind < 0.4:
        return source.choice(SCALARS)
    if kind < 0.8:
        return random_map(source, depth)
    return [random_value(source, depth - 1) for _ in range(source.randrange(4))]


def random_map(source: random.Random, depth: int = 3) -> dict[str, Any]:
    """Return a map with up to five keys."""
    keys = source.sample(KEYS, source.randrange(6))
    return {key: random_value(source, depth - 1) for key in keys}


def changed(source: random.Random, value: Any, depth: int = 3) -> Any:
    """Return a copy of a value with random changes below it, or another value."""
    if source.random() < 0.2:
        return random_value(source, depth)
    if isinstance(value, list):
        return [changed(source, item, depth - 1) for item in value if source.random() < 0.9]
    if not isinstance(value, dict):
        return copy.deepcopy(value)
    result = {key: changed(source, item, depth - 1) for key, item in value.items() if source.random() < 0.8}
    if source.random() < 0.4:
        result[source.choice(KEYS)] = random_value(source, depth - 1)
    items = list(result.items())
    source.shuffle(items)
    return dict(items)
