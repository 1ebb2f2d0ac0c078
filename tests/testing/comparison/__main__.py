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
    equal_messages = sum(1 for item in results if item.difference is None and item.message_difference is None)
    requests = sum(len(item.steps) for item in results)
    sys.stdout.write(
        f"{agreed} of {len(results)} sequences agree ({agreed / len(results):.1%}), "
        f"{equal_messages} of them also in all messages, {requests} requests, "
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
    found = [(item, item.difference) for item in results if item.difference]
    _write_groups(file, "Differences", found, shrunk)
    messages = [(item, item.message_difference) for item in results if item.message_difference]
    _write_groups(file, "Differences of messages", messages, {})


def _write_groups(
    file: TextIO,
    title: str,
    found: Sequence[tuple[Result, Difference]],
    shrunk: Mapping[int, tuple[Sequence[Step], Difference]],
) -> None:
    """Write the differences by their causes, most frequent first."""
    groups: dict[str, list[tuple[Result, Difference]]] = defaultdict(list)
    for item in found:
        groups[item[1].cause].append(item)
    file.write(f"\n{title}\n")
    for cause, members in sorted(groups.items(), key=lambda item: -len(item[1])):
        verbs = sorted({difference.step.verb for _, difference in members})
        result, difference = members[0]
        file.write(
            f"\n{len(members)} x {cause}\n  requests: {', '.join(verbs[:8])}\n"
            f"  sequences: {[item.index for item, _ in members[:12]]}\n"
            f"  real:     {difference.real}\n  embedded: {difference.embedded}\n"
        )
        for step in shrunk[result.index][0] if result.index in shrunk else [difference.step]:
            file.write(f"  {step.describe()}\n")


if __name__ == "__main__":
    sys.exit(main())
