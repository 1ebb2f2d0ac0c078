"""The command of a benchmark that compares its samples with goals."""

import sys
from collections.abc import Callable, Iterator, Sequence

from benchmarks.goals import Row
from benchmarks.options import add_tiny, make_parser, parse
from benchmarks.report import (
    describe_machine,
    describe_samples,
    format_markdown,
    format_text,
    goal_rows,
    rewrite_block,
    write_samples,
)
from benchmarks.runner import Sample


def run_goal_benchmark(
    name: str,
    description: str | None,
    take_samples: Callable[..., Iterator[Sample]],
    rows: Sequence[Row],
    *,
    rounds: int,
) -> None:
    """Measure, print the table, and write the files that the options select.

    `name` is the name of the module in `benchmarks`, and of its block in docs/benchmarks.md. `take_samples` is called
    with the number of rounds and `tiny`.
    """
    parser = make_parser(f"benchmarks.{name}", description, rounds=rounds)
    add_tiny(parser)
    options = parse(parser)
    collected: list[Sample] = []
    for sample in take_samples(options.rounds, tiny=options.tiny):
        collected.append(sample)
        print(f"round {sample.round + 1}/{options.rounds}  {sample.case} {sample.subject}", file=sys.stderr)
    about, table = describe_machine(), goal_rows(collected, rows)
    print(format_text(table))
    if options.output is not None:
        write_samples(options.output, collected, about)
    if options.markdown:
        rewrite_block(name, f"{describe_samples(collected, about)}\n\n{format_markdown(table)}")
