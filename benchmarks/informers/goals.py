"""The rows of the table of informers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

Values = Mapping[str, float]
"""The values of one round, by case and name, such as `sync peak`."""


@dataclass(frozen=True)
class Row:
    """A row: a value that is calculated from the values of a round, and its upper bound."""

    title: str
    value: Callable[[Values], float]
    goal: float | None = None
    unit: str = ""


ROWS = (
    Row(
        "events, one idle consumer, CPU compared with a bare watch",
        lambda v: v["events-1 cpu"] / v["watch-events cpu"],
        1.35,
    ),
    Row("the same, compared with the limit", lambda v: v["events-1 cpu"] / v["limit-events cpu"], 0.95),
    Row("eight idle consumers, compared with one", lambda v: v["events-8 cpu"] / v["events-1 cpu"], 1.5),
    Row("events per CPU second, one idle consumer", lambda v: 1 / v["events-1 cpu"]),
    Row("first list, CPU compared with the limit", lambda v: v["sync cpu"] / v["limit-list cpu"], 0.6),
    Row("first list, peak memory compared with the memory afterwards", lambda v: v["sync peak"], 1.15),
    Row("first list, longest step of the event loop", lambda v: 1000 * v["sync step"], 20, " ms"),
    Row("memory of an object, compared with its JSON as sent", lambda v: v["sync bytes-of-sent"], 0.85),
    Row("memory of an object, compared with its JSON without managedFields", lambda v: v["sync bytes-of-stored"], 1.25),
    Row("memory of an object", lambda v: v["sync bytes"], None, " bytes"),
    Row("growth of an object when every field was read", lambda v: v["sync growth"], 0, " bytes"),
    Row("full garbage collection, compared with an empty cache", lambda v: 1000 * v["sync collection"], 10, " ms"),
    Row("`get()`, CPU compared with `from_json` of the object", lambda v: v["sync get"], 0.5),
    Row("list of unchanged objects, CPU compared with the first", lambda v: v["relist relist"], 0.8),
    Row("list of unchanged objects, reported changes", lambda v: v["relist told"], 0),
    Row("`import kubex_runtime`, with `Informer`", lambda v: 1000 * v["import cpu"], 25, " ms"),
)

TOLERANCE = 32.0
"""Bytes of an object that `growth` may differ, because the system measures memory in pages."""


def goal_rows(rounds: list[Values]) -> list[tuple[str, ...]]:
    """Return the rows of the table."""
    return [_goal_row(row, [row.value(values) for values in rounds]) for row in ROWS]


def _goal_row(row: Row, values: list[float]) -> tuple[str, ...]:
    found = median(values)
    allowed = None if row.goal is None else row.goal + (TOLERANCE if row.title.startswith("growth") else 0)
    return (
        row.title,
        "" if row.goal is None else f"≤ {row.goal:g}{row.unit}",
        f"{found:.{0 if abs(found) >= 100 else 2}f}{row.unit}",
        f"{min(values):.4g} - {max(values):.4g}",
        "" if allowed is None else "yes" if found <= allowed else "**no**",
    )


def peer_rows(rounds: list[Values], peers: list[str]) -> list[tuple[str, ...]]:
    """Return the table of the other clients: their values, divided by those of Kubex in parentheses."""
    rows = [("kubex", "events-1 cpu", "sync bytes"), *((peer, f"{peer} cpu", f"{peer} bytes") for peer in peers)]
    return [
        (
            name,
            f"{1 / median(values[cpu] for values in rounds):.0f}",
            f"{median(values[cpu] / values['events-1 cpu'] for values in rounds):.1f}",
            f"{median(values[memory] for values in rounds):.0f}",
            f"{median(values[memory] / values['sync bytes'] for values in rounds):.1f}",
        )
        for name, cpu, memory in rows
    ]
