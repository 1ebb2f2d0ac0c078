"""The goals, and how samples are held against them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median, quantiles

from benchmarks.cases import STARTUP
from benchmarks.runner import Sample

Value = Callable[[Sample], float]


def cpu(sample: Sample) -> float:
    """Return the CPU seconds of one unit."""
    return sample.cpu / sample.units


def peak_rss(sample: Sample) -> float:
    """Return the peak of memory in bytes."""
    return float(sample.peak_rss or 0)


def first_item(sample: Sample) -> float:
    """Return the CPU milliseconds from the last byte to the first object."""
    return 1000 * (sample.first_item or 0.0)


@dataclass(frozen=True)
class Row:
    """A line of the table: kubex's `case` beside the limit's `beside`, or alone where there is no such.

    `goals` are the bounds by pair of library and runtime; a pair without one is shown all the same. The ratio is of
    costs, which are to be small, or of `speed`, which is to be great.
    """

    title: str
    case: str
    beside: str | None
    goals: Mapping[str, float] = field(default_factory=dict[str, float])
    speed: bool = False
    value: Value = cpu
    unit: str = ""


@dataclass(frozen=True)
class Result:
    """The ratios of all rounds, one for each."""

    row: Row
    pair: str
    ratios: tuple[float, ...]

    @property
    def median(self) -> float:
        """The ratio that the goal is held against."""
        return median(self.ratios)

    @property
    def quartiles(self) -> tuple[float, float]:
        """Between which the middle half of the ratios lies."""
        if len(self.ratios) < 2:
            return self.ratios[0], self.ratios[0]
        low, _, high = quantiles(self.ratios, n=4, method="inclusive")
        return low, high

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without one."""
        goal = self.row.goals.get(self.pair)
        if goal is None:
            return None
        return self.median >= goal if self.row.speed else self.median <= goal


AIOHTTP = "aiohttp/asyncio"
HTTPX = "httpx/asyncio"

ROWS = (
    Row("GET one Pod, a few fields of it read", "get", "get", {AIOHTTP: 1.45, HTTPX: 1.10}),
    Row("GET one Pod, only name and labels read", "get-names", "get"),
    Row(
        "50 concurrent GETs, calls per CPU second", "concurrent", "concurrent", {AIOHTTP: 0.70, HTTPX: 0.95}, speed=True
    ),
    Row("LIST 500, a few fields of every item read", "list", "list", {AIOHTTP: 1.9}),
    Row("LIST 500, the same with garbage collection paused and frozen", "list-frozen", "list", {AIOHTTP: 1.25}),
    Row("LIST 500, only names and labels read", "list-names", "list", {AIOHTTP: 0.6}),
    Row("LIST 5000, first item after the last byte", "large", None, {AIOHTTP: 10.0}, value=first_item, unit=" ms"),
    Row("LIST 5000, complete call", "large", "large"),
    Row(
        "5000 objects by pages of 500, peak RSS compared with one LIST",
        "pages",
        "large",
        {AIOHTTP: 0.6},
        value=peak_rss,
    ),
    Row("5000 objects by pages of 500, CPU compared with one LIST", "pages", "large"),
    Row("watch, a few fields of every object read", "watch", "watch", {AIOHTTP: 2.4}),
    Row("watch, only metadata read", "watch-names", "watch", {AIOHTTP: 0.85}),
    Row("watch of metadata alone (the server sends less)", "watch-metadata", "watch"),
    Row("log lines of text, bytes per CPU second", "log", "log", {AIOHTTP: 0.8, HTTPX: 0.8}, speed=True),
    Row("log lines of bytes, bytes per CPU second", "log-bytes", "log", speed=True),
    Row("log chunks, bytes per CPU second", "log-chunks", "log", speed=True),
    Row("import, Pod and first GET in a fresh process", STARTUP, STARTUP, {AIOHTTP: 1.35}),
)


def results(samples: Iterable[Sample], rows: Iterable[Row] = ROWS) -> list[Result]:
    """Return what can be said from these samples, row by row and pair by pair."""
    found: dict[tuple[str, str, str], dict[int, Sample]] = {}
    for sample in samples:
        found.setdefault((sample.pair, sample.case, sample.subject), {})[sample.round] = sample
    pairs = list(dict.fromkeys(pair for pair, _, _ in found))
    made: list[Result] = []
    for row in rows:
        for pair in sorted(pairs):
            ours = found.get((pair, row.case, "kubex"), {})
            limit = found.get((pair, row.beside, "limit"), {}) if row.beside is not None else None
            ratios = tuple(_ratios(row, ours, limit))
            if ratios:
                made.append(Result(row, pair, ratios))
    return made


def _ratios(row: Row, ours: dict[int, Sample], limit: dict[int, Sample] | None) -> Iterable[float]:
    for number, sample in sorted(ours.items()):
        if limit is None:
            yield row.value(sample)
        elif number in limit:
            ratio = row.value(sample) / row.value(limit[number])
            yield 1 / ratio if row.speed else ratio
