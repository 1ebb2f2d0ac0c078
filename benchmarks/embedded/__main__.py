"""Measure the costs of the embedded server next to the costs of an earlier version; see docs/benchmarks.md."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.options import add_tiny, make_parser, parse
from benchmarks.report import describe_machine, format_markdown, format_text, rewrite_block
from benchmarks.runner import ROOT

HEADINGS = ("benchmark", "goal", "before", "now", "now / before", "met")
BEFORE = "44abe7f"
"""The version before the protobuf bodies, the OpenAPI documents and the workloads."""
PACKAGES = ("kubex-testing", "kubex-core")
REPEATED = {"start": 5, "requests": 5, "watches": 3, "objects": 1}
"""The number of samples of each case in one round."""
Values = dict[str, float]

RATIOS = {"import and start, ms": 1.25, "GET, us": 1.2, "LIST 100, us": 1.2}
"""The bounds of the ratios to the earlier version."""
BOUNDS = {"start(), ms": 20.0, "memory beyond JSON, bytes": 3000.0}
PAIRS = {
    "page of 500 of 100,000, us": ("page of 500 of 1,000, us", 1.2),
    "GET of 100,000, us": ("GET of 1,000, us", 1.2),
    "event for one of 1,000 watches, us": ("event for one of 100 watches, us", 1.2),
}
"""The bounds of the ratios to another value of the same version."""
FLOORS = {
    "event for one of 1,000 watches, us": (
        "asyncio only, one of 1,000 connections, us",
        "asyncio only, one of 100 connections, us",
    )
}
"""The values whose ratio shows which part of a ratio the server cannot avoid."""


@contextmanager
def checkout(commit: str) -> Generator[Path, None, None]:
    """Check out a commit in a temporary directory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "before"
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", str(path), commit], cwd=ROOT, check=True)
        try:
            yield path
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(path)], cwd=ROOT, check=True)


def measure(case: str, root: Path, scale: float) -> Values:
    """Take one sample in a new process, with the packages of a checkout."""
    sources = [str(root / "packages" / name / "src") for name in PACKAGES]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join([str(ROOT), *sources])}
    command = [sys.executable, "-m", "benchmarks.embedded.worker", case, str(scale)]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    values: Values = json.loads(done.stdout)
    return values


def take_samples(roots: Mapping[str, Path], rounds: int, scale: float) -> dict[str, list[Values]]:
    """Take all samples, in turns of the two versions."""
    taken = {name: list[Values]() for name in roots}
    for case, count in REPEATED.items():
        for _ in range(count * rounds):
            for name, root in roots.items():
                taken[name].append(measure(case, root, scale))
        print(case, file=sys.stderr)
    return taken


def medians(samples: list[Values]) -> Values:
    """Return the median of each value."""
    names = dict.fromkeys(name for sample in samples for name in sample)
    return {name: median(sample[name] for sample in samples if name in sample) for name in names}


def rows(before: Values, now: Values) -> list[tuple[str, ...]]:
    """Return the rows of the table."""
    return [
        (
            name,
            *_judged(name, now),
            f"{before[name]:.1f}",
            f"{now[name]:.1f}",
            f"{now[name] / before[name]:.2f}",
            _met(name, before, now),
        )
        for name in now
    ]


def _judged(name: str, now: Values) -> tuple[str]:
    if name in RATIOS:
        return (f"≤ {RATIOS[name]} of before",)
    if name in BOUNDS:
        return (f"≤ {BOUNDS[name]:g}",)
    if name in PAIRS:
        other, bound = PAIRS[name]
        floor = f"; asyncio only: {_ratio(now, *FLOORS[name]):.2f}" if name in FLOORS else ""
        return (f"≤ {bound} of {other.rpartition(',')[0]}, is {_ratio(now, name, other):.2f}{floor}",)
    return ("",)


def _ratio(values: Values, name: str, other: str) -> float:
    return values[name] / values[other]


def _met(name: str, before: Values, now: Values) -> str:
    if name in RATIOS:
        met = now[name] <= RATIOS[name] * before[name]
    elif name in BOUNDS:
        met = now[name] <= BOUNDS[name]
    elif name in PAIRS:
        other, bound = PAIRS[name]
        met = now[name] <= bound * now[other]
    else:
        return ""
    return "yes" if met else "**no**"


def main() -> None:
    """Measure, print the table, and write the files that the options select."""
    parser = make_parser("benchmarks.embedded", __doc__, rounds=1)
    add_tiny(parser)
    parser.add_argument("--before", default=BEFORE, help="the commit to compare with (default: %(default)s)")
    options = parse(parser)
    with checkout(options.before) as path:
        taken = take_samples({"before": path, "now": ROOT}, options.rounds, 0.01 if options.tiny else 1)
    table = rows(medians(taken["before"]), medians(taken["now"]))
    print(format_text(table, HEADINGS))
    if options.output is not None:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        document = {"machine": describe_machine(), "samples": taken}
        options.output.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    if options.markdown:
        rewrite_block("embedded", format_markdown(table, HEADINGS))


if __name__ == "__main__":
    main()
