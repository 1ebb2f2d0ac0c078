"""Charts of the committed samples: `python -m benchmarks.charts` writes them into docs/benchmarks/charts.

Each chart is written twice, for light and dark pages.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.goals import ROWS, results
from benchmarks.other_clients.table import LIMIT_CASES
from benchmarks.runner import ROOT, Sample

FOLDER = ROOT / "docs" / "benchmarks"

# The text and the marks, for each scheme of the page.
# Of the text, of the bars, and of the page.
COLORS = {"light": ("#202020", "#1f5fbf", "#ffffff"), "dark": ("#e0e0e0", "#7fb2ff", "#131416")}


@dataclass(frozen=True)
class Bar:
    """A ratio with its spread: the median, the minimum and the maximum."""

    label: str
    middle: float
    low: float
    high: float


def read_samples(name: str, folder: Path = FOLDER) -> list[Sample]:
    """Read the samples of a committed file."""
    content = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return [Sample(**sample) for sample in content["samples"]]


LIMIT_TITLES = {
    "get": "GET one Pod",
    "list": "LIST 500 Pods, a few fields",
    "list-names": "LIST 500 Pods, only names",
    "watch": "watch, a few fields",
    "watch-names": "watch, only metadata",
    "startup": "import and first GET",
}


def bars_of_limit(samples: Iterable[Sample], pair: str = "aiohttp/asyncio") -> list[Bar]:
    """Return the CPU time of Kubex, divided by the CPU time of the HTTP library."""
    rows = [row for row in ROWS if row.case in LIMIT_TITLES and not row.higher_is_better]
    return [
        Bar(LIMIT_TITLES[result.row.case], result.median, min(result.ratios), max(result.ratios))
        for result in results(samples, rows)
        if result.pair == pair
    ]


def bars_of_clients(samples: Sequence[Sample], case: str) -> list[Bar]:
    """Return the CPU time of each client for a case, divided by the CPU time of the HTTP library."""
    found: dict[str, dict[int, float]] = {}
    limit: dict[int, float] = {}
    for sample in samples:
        if sample.subject == "limit" and sample.case == LIMIT_CASES.get(case, case):
            limit[sample.round] = sample.cpu / sample.units
        elif sample.subject not in ("limit", "kubex_iterate") and sample.case == case:
            found.setdefault(sample.subject, {})[sample.round] = sample.cpu / sample.units
    return [bar(client, [value / limit[number] for number, value in costs.items()]) for client, costs in found.items()]


def bar(label: str, ratios: Sequence[float]) -> Bar:
    """Return the median and the spread of ratios."""
    return Bar(label, median(ratios), min(ratios), max(ratios))


def draw(bars: Sequence[Bar], path: Path, colors: tuple[str, str, str], *, logarithmic: bool) -> None:
    """Draw horizontal bars, with a line at 1 and the spread of each bar."""
    from matplotlib import rc_context  # not installed on Python 3.10
    from matplotlib.figure import Figure

    text, fill, page = colors
    with rc_context({"svg.hashsalt": path.name, "font.size": 11, "text.color": text, "axes.edgecolor": text}):
        figure = Figure(figsize=(4.2, 0.8 + 0.42 * len(bars)), layout="constrained")
        axes = figure.subplots()
        for number, each in enumerate(bars):
            axes.barh(number, each.middle, color=fill, height=0.6)
            axes.plot([each.low, each.high], [number, number], color=text, linewidth=2)
            axes.annotate(
                f"{each.middle:.2g}",
                (max(each.high, each.middle), number),
                (5, 0),
                textcoords="offset points",
                va="center",
                bbox={"facecolor": page, "edgecolor": "none", "pad": 0.5},  # hides the line at 1
            )
        axes.axvline(1, color=text, linestyle="--", linewidth=1)
        axes.set_yticks(range(len(bars)), [each.label for each in bars])
        axes.invert_yaxis()
        axes.set_xscale("log" if logarithmic else "linear")
        axes.margins(x=0.18)
        axes.set_xlabel("CPU time (limit = 1)", color=text)
        axes.tick_params(colors=text)
        axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(path, format="svg", transparent=True, metadata={"Date": None})


def charts(folder: Path = FOLDER) -> Mapping[str, list[Bar]]:
    """Return the bars of each chart, by its name."""
    clients = read_samples("other-clients", folder)
    return {
        "limit": bars_of_limit(read_samples("results", folder)),
        "clients-get": bars_of_clients(clients, "get"),
        "clients-list": bars_of_clients(clients, "list"),
        "clients-watch": bars_of_clients(clients, "watch"),
    }


def write_charts(target: Path = FOLDER / "charts") -> None:
    """Write all charts."""
    target.mkdir(parents=True, exist_ok=True)
    for name, bars in charts().items():
        for scheme, colors in COLORS.items():
            draw(bars, target / f"{name}-{scheme}.svg", colors, logarithmic=name != "limit")


if __name__ == "__main__":
    write_charts()
