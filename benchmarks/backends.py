"""Compare the backends with each other and with their libraries; see docs/benchmarks.md."""

import sys
from collections.abc import Iterable, Iterator
from statistics import median

from benchmarks.cases import PAIRS, make_plan
from benchmarks.goals import cpu
from benchmarks.options import add_tiny, make_parser, parse
from benchmarks.report import (
    describe_machine,
    describe_samples,
    format_markdown,
    format_text,
    rewrite_block,
    write_samples,
)
from benchmarks.runner import Sample, samples
from benchmarks.streams.runner import stream_samples

# The title of each row, and its case.
REQUESTS = {
    "GET, one after the other": "get",
    "GET, 50 at a time": "concurrent",
    "LIST of 500, per object": "list",
    "watch, per event": "watch",
}
STREAMS = {"`exec.run()`": "exec-true", "output of a command, per MiB": "exec-output"}
ROWS = REQUESTS | STREAMS

# The table shows microseconds for one unit, and bytes are counted in units of this size.
_UNITS = {"exec-output": 2**20}


def take_samples(rounds: int, *, tiny: bool) -> Iterator[Sample]:
    """Measure every row on every pair, with Kubex and with the library alone."""
    yield from samples(make_plan(tuple(REQUESTS.values()), tiny=tiny), PAIRS, rounds, startup=False)
    yield from stream_samples(tuple(STREAMS.values()), PAIRS, rounds, tiny=tiny)


def table(collected: Iterable[Sample]) -> list[tuple[str, ...]]:
    """Return the CPU time of Kubex in microseconds, and its ratio to that of the library, for each row and pair."""
    found: dict[tuple[str, str, str], list[Sample]] = {}
    for sample in collected:
        found.setdefault((sample.case, sample.pair, sample.subject), []).append(sample)
    return [
        (title, *(_cell(case, found[case, pair, "kubex"], found[case, pair, "limit"]) for pair in PAIRS))
        for title, case in ROWS.items()
    ]


def _cell(case: str, kubex: list[Sample], limit: list[Sample]) -> str:
    value = 1e6 * _UNITS.get(case, 1) * median(map(cpu, kubex))
    ratio = median(cpu(ours) / cpu(theirs) for ours, theirs in zip(kubex, limit, strict=True))
    return f"{value:.{0 if value >= 100 else 1}f} ({ratio:.2f})"


def main() -> None:
    """Measure, print the table, and write the files that the options select."""
    parser = make_parser("benchmarks.backends", __doc__, rounds=5)
    add_tiny(parser)
    options = parse(parser)
    collected: list[Sample] = []
    for sample in take_samples(options.rounds, tiny=options.tiny):
        collected.append(sample)
        line = f"{sample.case} {sample.pair} {sample.subject}: {1e6 * cpu(sample):.4g} us"
        print(f"round {sample.round + 1}/{options.rounds}  {line}", file=sys.stderr)
    rows, headings, about = table(collected), ("CPU time, us", *PAIRS), describe_machine()
    print(format_text(rows, headings))
    if options.output is not None:
        write_samples(options.output, collected, about)
    if options.markdown:
        rewrite_block("backends", f"{describe_samples(collected, about)}\n\n{format_markdown(rows, headings)}")


if __name__ == "__main__":
    main()
