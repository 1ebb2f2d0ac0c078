"""The table of peers: a row for each piece of work, a column for each client."""

from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.goals import cpu
from benchmarks.runner import Sample

TITLES = {
    "get": "GET one Pod, a few fields of metadata, spec and status read",
    "concurrent": "50 concurrent GETs",
    "list": "LIST 500, a few fields of metadata, spec and status read",
    "list-full": "LIST 500, read in full",
    "list-names": "LIST 500, only names and labels read",
    "watch": "watch, a few fields of metadata, spec and status read",
    "watch-full": "watch, read in full",
    "watch-names": "watch, only metadata read",
    "log": "log, by line (100 bytes)",
    "startup": "import and first GET in a fresh process",
}

LIMIT_OF = {"list-names": "list", "watch-names": "watch"}
"""The limit parses all or nothing, so that is what these are held against."""

KUBEX = ("kubex", "kubex_iterate")
"""The ways of kubex: `list()`, and `iterate()` for the rows of lists."""

HEADINGS = ("CPU of one unit, us (x the limit)",)


def rows(samples: Sequence[Sample], clients: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the rows: medians, the ratio to the limit within the round, and from where to where that goes."""
    found: dict[tuple[str, str], dict[int, float]] = {}
    for sample in samples:
        found.setdefault((sample.case, sample.subject), {})[sample.round] = cpu(sample) * _unit(sample.case)
    return [
        (
            title,
            *(_cell(found.get((case, client)), found.get((LIMIT_OF.get(case, case), "limit"))) for client in clients),
        )
        for case, title in TITLES.items()
        if any(known == case for known, _ in found)
    ]


def behind(samples: Sequence[Sample], versions: Mapping[str, str]) -> list[str]:
    """Name the rows in which a peer takes less than one of the ways of kubex."""
    costs: dict[tuple[str, str], list[float]] = {}
    for sample in samples:
        costs.setdefault((sample.case, sample.subject), []).append(cpu(sample))
    return [
        f"{TITLES[case]}: {client} needs {median(taken) / median(costs[case, ours]):.2f} of the CPU time of {ours}"
        for (case, client), taken in costs.items()
        for ours in KUBEX
        if client in versions and (case, ours) in costs and median(taken) < median(costs[case, ours])
    ]


def _unit(case: str) -> float:
    return 1e8 if case == "log" else 1e6


def _cell(ours: Mapping[int, float] | None, limit: Mapping[int, float] | None) -> str:
    if not ours:
        return "-"
    ratios = [value / limit[number] for number, value in ours.items() if number in limit] if limit else []
    if not ratios:
        return f"{median(ours.values()):.4g}"
    return f"{median(ours.values()):.4g} ({median(ratios):.2f}; {min(ratios):.2f} - {max(ratios):.2f})"
