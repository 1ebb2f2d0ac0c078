"""Kubex beside the bare HTTP libraries, in one interleaved run; docs/benchmarks.md says what and how."""

import argparse
import json
import sys
from pathlib import Path

from benchmarks.cases import NAMES, PAIRS, STARTUP, plan
from benchmarks.report import COSTS, cost_rows, goal_rows, machine, rewrite_page, text, write_samples
from benchmarks.runner import Sample, samples


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="samples of everything (default: 9)")
    parser.add_argument("--case", action="append", choices=NAMES, help="measure this alone; may be repeated")
    parser.add_argument("--pair", action="append", choices=PAIRS, help="default: both libraries on asyncio")
    parser.add_argument("--tiny", action="store_true", help="next to no work: shows that everything runs")
    parser.add_argument("--output", type=Path, help="write the raw samples to this JSON file")
    parser.add_argument("--samples", type=Path, help="measure nothing, read such a file instead")
    parser.add_argument("--markdown", action="store_true", help="put the tables into docs/benchmarks.md")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    return options


def _measure(options: argparse.Namespace) -> list[Sample]:
    names = tuple(options.case or NAMES)
    pairs = tuple(options.pair or PAIRS[:2])
    taken: list[Sample] = []
    for sample in samples(plan(names, tiny=options.tiny), pairs, options.rounds, startup=STARTUP in names):
        taken.append(sample)
        line = f"{sample.case} {sample.pair} {sample.subject}: {1e6 * sample.cpu / sample.units:.4g} us"
        print(f"round {sample.round + 1}/{options.rounds}  {line}", file=sys.stderr)
    return taken


def main() -> None:
    """Measure, print, and write what was asked for."""
    options = _arguments()
    if options.samples is not None:
        stored = json.loads(options.samples.read_text(encoding="utf-8"))
        about, taken = stored["machine"], [Sample(**sample) for sample in stored["samples"]]
    else:
        about, taken = machine(), _measure(options)
    print(text(goal_rows(taken)), text(cost_rows(taken), COSTS), sep="\n\n")
    if options.output is not None:
        write_samples(options.output, taken, about)
    if options.markdown:
        rewrite_page(taken, about)


if __name__ == "__main__":
    main()
