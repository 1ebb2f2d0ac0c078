"""The table of all clients: one row for each case, one column for each client."""

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

LIMIT_CASES = {"list-names": "list", "watch-names": "watch"}
"""The limit cannot decode only the names, so these cases are compared with its complete decoding."""

KUBEX_COLUMNS = ("kubex", "kubex_iterate")
"""The columns of Kubex: `list()`, and `iterate()` in the rows of lists."""

HEADINGS = ("CPU of one unit, us (x the limit)",)


def rows(samples: Sequence[Sample], clients: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the rows. A cell has the median, and the median, minimum and maximum of the ratios to the limit.

    Each ratio compares two samples of the same round.
    """
    found: dict[tuple[str, str], dict[int, float]] = {}
    for sample in samples:
        found.setdefault((sample.case, sample.subject), {})[sample.round] = cpu(sample) * _unit(sample.case)
    measured = {case for case, _ in found}
    limits = {case: found.get((LIMIT_CASES.get(case, case), "limit")) for case in TITLES}
    return [
        (title, *(_cell(found.get((case, client)), limits[case]) for client in clients))
        for case, title in TITLES.items()
        if case in measured
    ]


def faster_than_kubex(samples: Sequence[Sample], versions: Mapping[str, str]) -> list[str]:
    """Return a sentence for each row in which another client needs less CPU time than a column of Kubex."""
    costs: dict[tuple[str, str], list[float]] = {}
    for sample in samples:
        costs.setdefault((sample.case, sample.subject), []).append(cpu(sample))
    return [
        f"{TITLES[case]}: {client} needs {median(values) / median(costs[case, ours]):.2f} of the CPU time of {ours}"
        for (case, client), values in costs.items()
        for ours in KUBEX_COLUMNS
        if client in versions and (case, ours) in costs and median(values) < median(costs[case, ours])
    ]


def _unit(case: str) -> float:
    return 1e8 if case == "log" else 1e6


def _cell(values: Mapping[int, float] | None, limit: Mapping[int, float] | None) -> str:
    if not values:
        return "-"
    ratios = [value / limit[number] for number, value in values.items() if number in limit] if limit else []
    if not ratios:
        return f"{median(values.values()):.4g}"
    return f"{median(values.values()):.4g} ({median(ratios):.2f}; {min(ratios):.2f} - {max(ratios):.2f})"
