"""Tables of results for the terminal and the documentation."""

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

_LIBRARIES = ("aiohttp", "httpx", "httpcore", "httpx2", "pydantic", "pydantic-core", "msgspec", "anyio", "trio")

GOAL_HEADINGS = ("benchmark", "on", "goal", "median", "middle half", "min - max", "met")


def describe_machine() -> dict[str, str]:
    """Return the platform and the versions of the libraries, without a name that identifies the machine."""
    platform_facts = {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": platform.system(),
        "architecture": platform.machine(),
        "cores": str(os.cpu_count()),
    }
    return platform_facts | {name: version(name) for name in _LIBRARIES}


def goal_rows(samples: Iterable[Sample], rows: Iterable[Row] = ROWS) -> list[tuple[str, ...]]:
    """Return the rows of the table of goals, without headings."""
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
    return f"{'≥' if result.row.higher_is_better else '≤'} {goal:.4g}{result.row.unit}"


def cost_rows(samples: Iterable[Sample]) -> list[tuple[str, ...]]:
    """Return one row for each case: the CPU time of one unit in microseconds, and the peak memory."""
    found: dict[tuple[str, str, str], list[Sample]] = {}
    for sample in samples:
        found.setdefault((sample.case, sample.pair, sample.subject), []).append(sample)
    rows: list[tuple[str, ...]] = []
    for (case, pair, subject), group in sorted(found.items()):
        peaks = [sample.peak_rss for sample in group if sample.peak_rss]
        rows.append(
            (
                case,
                pair,
                subject,
                f"{1e6 * median(map(cpu, group)):.4g}",
                f"{median(peaks) / 2**20:.0f}" if peaks else "",
                str(len(group)),
            )
        )
    return rows


def format_text(rows: Sequence[tuple[str, ...]], headings: tuple[str, ...] = GOAL_HEADINGS) -> str:
    """Format a table for the terminal."""
    table = [headings, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(headings))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table
    )


def format_markdown(rows: Sequence[tuple[str, ...]], headings: tuple[str, ...] = GOAL_HEADINGS) -> str:
    """Format a table as Markdown."""
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


def rewrite_page(samples: Sequence[Sample], about: dict[str, str], page: Path = PAGE) -> None:
    """Replace the tables between the markers of the page."""
    parts = [
        describe_samples(samples, about),
        format_markdown(goal_rows(samples)),
        "CPU time and memory behind the ratios (medians):",
        format_markdown(cost_rows(samples), COST_HEADINGS),
    ]
    rewrite_block("results", "\n\n".join(parts), page)


def describe_samples(samples: Sequence[Sample], about: dict[str, str]) -> str:
    """Return a sentence with the number of samples and the machine."""
    rounds = 1 + max(sample.round for sample in samples)
    return (
        f"{len(samples)} samples in {rounds} rounds: {', '.join(f'{name} {value}' for name, value in about.items())}."
    )


def rewrite_block(name: str, body: str, page: Path = PAGE) -> None:
    """Replace the text between the two markers of this name on the page; raises ValueError if they are missing."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        raise ValueError(f"{page} does not contain the markers {begin!r} and {end!r}; add them where the tables belong")
    page.write_text(f"{before}{begin}\n\n{body}\n\n{end}{after}", encoding="utf-8")


def write_samples(path: Path, samples: Sequence[Sample], about: dict[str, str]) -> None:
    """Write the raw samples as JSON, one per line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = ",\n".join(json.dumps(asdict(sample)) for sample in samples)
    path.write_text(f'{{"machine": {json.dumps(about)}, "samples": [\n{rows}\n]}}\n', encoding="utf-8")


COST_HEADINGS = ("case", "on", "subject", "CPU of one unit, us", "peak RSS, MB", "samples")
