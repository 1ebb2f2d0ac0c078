"""Compare exec, port-forward and files with the raw WebSocket of the same library; see docs/benchmarks.md."""

import sys

from benchmarks.cases import PAIRS
from benchmarks.options import add_tiny, make_parser, parse
from benchmarks.report import (
    COST_HEADINGS,
    cost_rows,
    describe_machine,
    describe_samples,
    format_markdown,
    format_text,
    goal_rows,
    rewrite_block,
    write_samples,
)
from benchmarks.runner import Sample
from benchmarks.streams.cases import CASE_NAMES
from benchmarks.streams.goals import ROWS
from benchmarks.streams.runner import stream_samples


def main() -> None:
    """Measure, print the tables, and write the files that the options select."""
    parser = make_parser("benchmarks.streams", __doc__, rounds=9)
    parser.add_argument("--case", action="append", choices=CASE_NAMES, help="measure only this case; may be repeated")
    parser.add_argument("--pair", action="append", choices=PAIRS, help="measure only this pair; may be repeated")
    add_tiny(parser)
    options = parse(parser)
    names, pairs = tuple(options.case or CASE_NAMES), tuple(options.pair or PAIRS)
    collected: list[Sample] = []
    for sample in stream_samples(names, pairs, options.rounds, tiny=options.tiny):
        collected.append(sample)
        line = f"{sample.case} {sample.pair} {sample.subject}: {1e6 * sample.cpu / sample.units:.4g} us"
        print(f"round {sample.round + 1}/{options.rounds}  {line}", file=sys.stderr)
    about, rows, costs = describe_machine(), goal_rows(collected, ROWS), cost_rows(collected)
    print(format_text(rows), format_text(costs, COST_HEADINGS), sep="\n\n")
    if options.output is not None:
        write_samples(options.output, collected, about)
    if options.markdown:
        parts = [describe_samples(collected, about), format_markdown(rows), format_markdown(costs, COST_HEADINGS)]
        rewrite_block("streams", "\n\n".join(parts))


if __name__ == "__main__":
    main()
