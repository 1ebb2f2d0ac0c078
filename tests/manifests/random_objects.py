"""Random objects with text that is difficult to write as YAML."""

from random import Random
from typing import Any

_PIECES = [
    *"ab \n\t:-#'\"|>&*!%@`{}[],?=<~.0123456789eEyYnN_\\",
    *("\r", "\x85", "\u2028", "\ufeff", "é", "€", "\U0001f600", "\x00", "\x1b", "\x7f", "\u00a0"),
    *("\n\n", "\n  ", "  \n", "---", "...", "<<", "null", "no", "0x1f", "1_0", "12:30:45", "2026-01-02"),
]
_SCALARS = [None, True, False, 0, 1, -1, 1.5, 1e22, 1e300, -2.5e-7, 2**63, 2**64, 10**30, 0.1, 12345678901234567890.5]


def random_text(random: Random) -> str:
    """Return text of indicators, line breaks, control characters and words that YAML could read as other values."""
    return "".join(random.choices(_PIECES, k=random.choice([0, 1, 1, 2, 3, 5, 8, 20, 200])))


def random_value(random: Random, depth: int = 0) -> Any:
    """Return a JSON value with at most four levels of collections."""
    selected = random.random() if depth < 4 else 1
    if selected < 0.25:
        return {random_text(random): random_value(random, depth + 1) for _ in range(random.randrange(5))}
    if selected < 0.4:
        return [random_value(random, depth + 1) for _ in range(random.randrange(5))]
    return random_text(random) if random.random() < 0.6 else random.choice(_SCALARS)


def random_object(random: Random) -> dict[str, Any]:
    """Return an object with random fields."""
    metadata = {"name": random_text(random), "labels": {random_text(random): random_text(random)}}
    return {"apiVersion": "v1", "kind": "Widget", "metadata": metadata, "spec": random_value(random)}
