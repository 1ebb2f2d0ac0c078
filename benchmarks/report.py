"""Tables of results, for the terminal and for the documentation."""

import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.goals import Result, cpu, results
from benchmarks.runner import ROOT, Sample

PAGE = ROOT / "docs" / "benchmarks.md"

_BEGIN, _END = "<!-- results: begin -->", "<!-- results: end -->"

_LIBRARIES = ("aiohttp", "httpx", "httpcore", "pydantic", "pydantic-core", "msgspec", "anyio", "trio")

_HEADINGS = ("what", "on", "goal", "median", "middle half", "from - to", "met")


def machine() -> dict[str, str]:
    """Describe where the samples were taken, by nothing that names a machine."""
    described = {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": platform.system(),
        "architecture": platform.machine(),
        "cores": str(os.cpu_count()),
    }
    return described | {name: version(name) for name in _LIBRARIES}


def goal_rows(samples: Iterable[Sample]) -> list[tuple[str, ...]]:
    """Return the table of goals, without its headings."""
    return [
        (
            result.row.title,
            result.pair,
            _goal(result),
            f"{result.median:.2f}{result.row.unit}",
            "{:.2f} - {:.2f}".format(*result.quartiles),
            f"{min(result.ratios):.2f} - {max(result.ratios):.2f}",
            {True: "yes", False: "**no**", None: ""}[result.met],
        )
        for result in results(samples)
    ]


def _goal(result: Result) -> str:
    goal = result.row.goals.get(result.pair)
    if goal is None:
        return ""
    return f"{'≥' if result.row.speed else '≤'} {goal:.4g}{result.row.unit}"


def cost_rows(samples: Iterable[Sample]) -> list[tuple[str, ...]]:
    """Return the CPU time of one unit of each case in microseconds, and the peak of memory."""
    found: dict[tuple[str, str, str], list[Sample]] = {}
    for sample in samples:
        found.setdefault((sample.case, sample.pair, sample.subject), []).append(sample)
    rows: list[tuple[str, ...]] = []
    for (case, pair, subject), taken in sorted(found.items()):
        peaks = [sample.peak_rss for sample in taken if sample.peak_rss]
        rows.append(
            (
                case,
                pair,
                subject,
                f"{1e6 * median(map(cpu, taken)):.4g}",
                f"{median(peaks) / 2**20:.0f}" if peaks else "",
                str(len(taken)),
            )
        )
    return rows


def text(rows: Sequence[tuple[str, ...]], headings: tuple[str, ...] = _HEADINGS) -> str:
    """Lay out a table for the terminal."""
    table = [headings, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(headings))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table
    )


def markdown(rows: Sequence[tuple[str, ...]], headings: tuple[str, ...] = _HEADINGS) -> str:
    """Lay out a table for the documentation."""
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


def rewrite_page(samples: Sequence[Sample], about: dict[str, str], page: Path = PAGE) -> None:
    """Put the tables between the marks of the page, where the last ones were."""
    before, found, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    _, ended, after = rest.partition(_END)
    if not found or not ended:
        raise ValueError(f"{page} lacks the marks {_BEGIN!r} and {_END!r}, between which the tables go")
    rounds = 1 + max(sample.round for sample in samples)
    described = ", ".join(f"{name} {value}" for name, value in about.items())
    parts = [
        f"{len(samples)} samples in {rounds} rounds: {described}.",
        markdown(goal_rows(samples)),
        "The costs behind the ratios (medians):",
        markdown(cost_rows(samples), COSTS),
    ]
    body = "\n\n".join(parts)
    page.write_text(f"{before}{_BEGIN}\n\n{body}\n\n{_END}{after}", encoding="utf-8")


COSTS = ("case", "on", "subject", "CPU of one unit, us", "peak RSS, MB", "samples")
