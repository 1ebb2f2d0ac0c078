"""The goals, and the results that are compared with them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median, quantiles

from benchmarks.cases import STARTUP
from benchmarks.runner import Sample

Metric = Callable[[Sample], float]


def cpu(sample: Sample) -> float:
    """Return the CPU seconds of one unit."""
    return sample.cpu / sample.units


def peak_rss(sample: Sample) -> float:
    """Return the peak memory in bytes."""
    return float(sample.peak_rss or 0)


def first_item(sample: Sample) -> float:
    """Return the CPU milliseconds between the last byte and the first object."""
    return 1000 * (sample.first_item or 0.0)


@dataclass(frozen=True)
class Row:
    """A row of the table: the ratio of `case` of Kubex to `limit_case` of the limit, or the value of `case` without it.

    `goals` has the bound for each pair of library and runtime; pairs without a goal are shown too. By default, a ratio
    compares costs, which should be low. With `higher_is_better` it compares speeds, and the goal is a lower bound.
    """

    title: str
    case: str
    limit_case: str | None
    goals: Mapping[str, float] = field(default_factory=dict[str, float])
    higher_is_better: bool = False
    metric: Metric = cpu
    unit: str = ""


@dataclass(frozen=True)
class Result:
    """The ratios of a row, one for each round."""

    row: Row
    pair: str
    ratios: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median ratio, which is compared with the goal."""
        return median(self.ratios)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The first and third quartile of the ratios."""
        if len(self.ratios) < 2:
            return self.ratios[0], self.ratios[0]
        low, _, high = quantiles(self.ratios, n=4, method="inclusive")
        return low, high

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        goal = self.row.goals.get(self.pair)
        if goal is None:
            return None
        return self.median >= goal if self.row.higher_is_better else self.median <= goal


AIOHTTP = "aiohttp/asyncio"
HTTPX = "httpx/asyncio"
HTTPX2 = "httpx2/asyncio"

ROWS = (
    Row("GET one Pod, a few fields of it read", "get", "get", {AIOHTTP: 1.45, HTTPX: 1.10, HTTPX2: 1.10}),
    Row("GET one Pod, only name and labels read", "get-names", "get"),
    Row(
        "50 concurrent GETs, calls per CPU second",
        "concurrent",
        "concurrent",
        {AIOHTTP: 0.70, HTTPX: 0.95, HTTPX2: 0.95},
        higher_is_better=True,
    ),
    Row("LIST 500, a few fields of every item read", "list", "list", {AIOHTTP: 1.9}),
    Row("LIST 500, the same with garbage collection paused and frozen", "list-frozen", "list", {AIOHTTP: 1.25}),
    Row("LIST 500, only names and labels read", "list-names", "list", {AIOHTTP: 0.6}),
    Row("LIST 500 with `api.raw`", "list-raw", "list", {AIOHTTP: 0.5}),
    Row("LIST 5000, first item after the last byte", "large", None, {AIOHTTP: 10.0}, metric=first_item, unit=" ms"),
    Row("LIST 5000, complete call", "large", "large"),
    Row(
        "5000 objects by pages of 500, peak RSS compared with one LIST",
        "pages",
        "large",
        {AIOHTTP: 0.6},
        metric=peak_rss,
    ),
    Row("5000 objects by pages of 500, CPU compared with one LIST", "pages", "large"),
    Row("watch, a few fields of every object read", "watch", "watch", {AIOHTTP: 2.4}),
    Row("watch, only metadata read", "watch-names", "watch", {AIOHTTP: 0.85}),
    Row("watch with `api.raw`", "watch-raw", "watch", {AIOHTTP: 0.65}),
    Row("watch of metadata alone (the server sends less)", "watch-metadata", "watch"),
    Row(
        "log lines of text, bytes per CPU second",
        "log",
        "log",
        {AIOHTTP: 0.8, HTTPX: 0.8, HTTPX2: 0.8},
        higher_is_better=True,
    ),
    Row(
        "log lines of text in batches, bytes per CPU second",
        "log-batches",
        "log",
        {AIOHTTP: 0.65, HTTPX: 0.8, HTTPX2: 0.8},
        higher_is_better=True,
    ),
    Row("log lines of bytes, bytes per CPU second", "log-bytes", "log", higher_is_better=True),
    Row("log chunks, bytes per CPU second", "log-chunks", "log", higher_is_better=True),
    Row("import, Pod and first GET in a fresh process", STARTUP, STARTUP, {AIOHTTP: 1.35}),
)


def results(samples: Iterable[Sample], rows: Iterable[Row] = ROWS) -> list[Result]:
    """Return the result of each row for each pair that was measured."""
    found: dict[tuple[str, str, str], dict[int, Sample]] = {}
    for sample in samples:
        found.setdefault((sample.pair, sample.case, sample.subject), {})[sample.round] = sample
    pairs = list(dict.fromkeys(pair for pair, _, _ in found))
    calculated: list[Result] = []
    for row in rows:
        for pair in sorted(pairs):
            ours = found.get((pair, row.case, "kubex"), {})
            limit = found.get((pair, row.limit_case, "limit"), {}) if row.limit_case is not None else None
            ratios = tuple(_ratios(row, ours, limit))
            if ratios:
                calculated.append(Result(row, pair, ratios))
    return calculated


def _ratios(row: Row, ours: dict[int, Sample], limit: dict[int, Sample] | None) -> Iterable[float]:
    for number, sample in sorted(ours.items()):
        if limit is None:
            yield row.metric(sample)
        elif number in limit:
            ratio = row.metric(sample) / row.metric(limit[number])
            yield 1 / ratio if row.higher_is_better else ratio
