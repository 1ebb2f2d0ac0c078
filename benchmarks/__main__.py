"""Compare Kubex with the HTTP libraries in one run; see docs/benchmarks.md."""

import argparse
import json
import sys
from pathlib import Path

from benchmarks.cases import CASE_NAMES, PAIRS, STARTUP, make_plan
from benchmarks.report import (
    COST_HEADINGS,
    cost_rows,
    describe_machine,
    format_text,
    goal_rows,
    rewrite_page,
    write_samples,
)
from benchmarks.runner import Sample, samples


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="number of samples of each case (default: 9)")
    parser.add_argument("--case", action="append", choices=CASE_NAMES, help="measure only this case; may be repeated")
    parser.add_argument("--pair", action="append", choices=PAIRS, help="default: all libraries on asyncio")
    parser.add_argument("--tiny", action="store_true", help="do very little work, to check that everything runs")
    parser.add_argument("--output", type=Path, help="write the raw samples to this JSON file")
    parser.add_argument("--samples", type=Path, help="read samples from this file instead of measuring")
    parser.add_argument("--markdown", action="store_true", help="update the tables in docs/benchmarks.md")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    return options


def _measure(options: argparse.Namespace) -> list[Sample]:
    names = tuple(options.case or CASE_NAMES)
    pairs = tuple(options.pair or (pair for pair in PAIRS if pair.endswith("/asyncio")))
    collected: list[Sample] = []
    for sample in samples(make_plan(names, tiny=options.tiny), pairs, options.rounds, startup=STARTUP in names):
        collected.append(sample)
        line = f"{sample.case} {sample.pair} {sample.subject}: {1e6 * sample.cpu / sample.units:.4g} us"
        print(f"round {sample.round + 1}/{options.rounds}  {line}", file=sys.stderr)
    return collected


def main() -> None:
    """Measure, print the tables, and write the files that the options select."""
    options = _arguments()
    if options.samples is not None:
        stored = json.loads(options.samples.read_text(encoding="utf-8"))
        about, collected = stored["machine"], [Sample(**sample) for sample in stored["samples"]]
    else:
        about, collected = describe_machine(), _measure(options)
    print(format_text(goal_rows(collected)), format_text(cost_rows(collected), COST_HEADINGS), sep="\n\n")
    if options.output is not None:
        write_samples(options.output, collected, about)
    if options.markdown:
        rewrite_page(collected, about)


if __name__ == "__main__":
    main()
