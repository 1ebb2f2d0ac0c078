"""Tables of results, for the terminal and for the documentation."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.goals import ROWS, Result, Row, cpu, results
from benchmarks.runner import ROOT, Sample

PAGE = ROOT / "docs" / "benchmarks.md"

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


def goal_rows(samples: Iterable[Sample], rows: Iterable[Row] = ROWS) -> list[tuple[str, ...]]:
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
        for result in results(samples, rows)
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
    parts = [
        described(samples, about),
        markdown(goal_rows(samples)),
        "CPU time and memory behind the ratios (medians):",
        markdown(cost_rows(samples), COSTS),
    ]
    rewrite_block("results", "\n\n".join(parts), page)


def described(samples: Sequence[Sample], about: dict[str, str]) -> str:
    """Say how many samples there are, and of what."""
    rounds = 1 + max(sample.round for sample in samples)
    return (
        f"{len(samples)} samples in {rounds} rounds: {', '.join(f'{name} {value}' for name, value in about.items())}."
    )


def rewrite_block(name: str, body: str, page: Path = PAGE) -> None:
    """Put text between the two marks of this name on the page; raises ValueError where they are missing."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        raise ValueError(f"{page} lacks the marks {begin!r} and {end!r}, between which the tables go")
    page.write_text(f"{before}{begin}\n\n{body}\n\n{end}{after}", encoding="utf-8")


def write_samples(path: Path, samples: Sequence[Sample], about: dict[str, str]) -> None:
    """Write the raw samples as JSON, one to a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = ",\n".join(json.dumps(asdict(sample)) for sample in samples)
    path.write_text(f'{{"machine": {json.dumps(about)}, "samples": [\n{rows}\n]}}\n', encoding="utf-8")


COSTS = ("case", "on", "subject", "CPU of one unit, us", "peak RSS, MB", "samples")
