"""The command `python -m testing.comparison`."""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from testing.comparison.differences import Difference
from testing.comparison.run import Result, Runner
from testing.comparison.servers import both_servers
from testing.comparison.shrink import shrink
from testing.comparison.steps import Step


def main() -> int:
    """Compare the servers, and print the differences by their causes."""
    arguments = _arguments()
    started = time.monotonic()  # real time: the duration in the report
    with both_servers() as (real, embedded):
        runner = Runner(real, embedded, arguments.seed)
        indexes = arguments.only or range(arguments.first, arguments.first + arguments.sequences)
        results = list(runner.run_all(indexes, arguments.workers))
        duration = time.monotonic() - started  # real time: the duration in the report
        shrunk = {
            item.index: shrink(runner, item, arguments.seed) for item in results if arguments.shrink and item.difference
        }
    with arguments.report.open("w", encoding="utf-8") if arguments.report else sys.stdout as file:
        _write_report(file, results, shrunk)
    agreed = sum(1 for item in results if item.difference is None)
    requests = sum(len(item.steps) for item in results)
    sys.stdout.write(
        f"{agreed} of {len(results)} sequences agree ({agreed / len(results):.1%}), {requests} requests, "
        f"seed {arguments.seed}, {duration:.0f} s\n"
    )
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="testing.comparison", description=__doc__)
    parser.add_argument("--sequences", type=int, default=100, help="the number of sequences")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the number of the first sequence")
    parser.add_argument("--only", type=int, nargs="*", help="run these sequences only")
    parser.add_argument("--workers", type=int, default=12, help="the number of sequences that run at the same time")
    parser.add_argument("--shrink", action="store_true", help="find the shortest sequence for each difference")
    parser.add_argument("--report", type=Path, help="write the differences to this file")
    return parser.parse_args()


def _write_report(
    file: TextIO, results: Sequence[Result], shrunk: Mapping[int, tuple[Sequence[Step], Difference]]
) -> None:
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        if result.difference is not None:
            groups[result.difference.cause].append(result)
    for cause, members in sorted(groups.items(), key=lambda item: -len(item[1])):
        verbs = sorted({item.difference.step.verb for item in members if item.difference})
        first = members[0]
        difference = first.difference
        if difference is None:
            continue
        file.write(
            f"\n{len(members)} x {cause}\n  requests: {', '.join(verbs[:8])}\n"
            f"  sequences: {[item.index for item in members[:12]]}\n"
        )
        file.write(f"  real:     {difference.real}\n  embedded: {difference.embedded}\n")
        for step in shrunk[first.index][0] if first.index in shrunk else [difference.step]:
            file.write(f"  {step.describe()}\n")


if __name__ == "__main__":
    sys.exit(main())
