"""Compare Kubex with the HTTP libraries in one run; see docs/benchmarks.md."""

import argparse
import json
import sys
from pathlib import Path

from benchmarks.cases import CASE_NAMES, PAIRS, STARTUP, make_plan
from benchmarks.options import add_tiny, make_parser, parse
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
    parser = make_parser("benchmarks", __doc__, rounds=9)
    parser.add_argument("--case", action="append", choices=CASE_NAMES, help="measure only this case; may be repeated")
    parser.add_argument("--pair", action="append", choices=PAIRS, help="default: all libraries on asyncio")
    add_tiny(parser)
    parser.add_argument("--samples", type=Path, help="read samples from this file instead of measuring")
    return parse(parser)


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
