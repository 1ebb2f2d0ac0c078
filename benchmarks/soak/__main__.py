"""Run the changes on one or all pairs, and print a report."""

import argparse
import sys

from benchmarks.cases import PAIRS
from benchmarks.soak.run import Report, Soak
from benchmarks.soak.writers import LIVE_OBJECTS


def main() -> int:
    """Run the command, and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--events", type=int, default=50_000, help="number of changes on each pair")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random changes and faults")
    parser.add_argument("--pair", choices=(*PAIRS, "all"), default="all", help="backend and async library")
    parser.add_argument("--objects", type=int, default=LIVE_OBJECTS, help="number of objects")
    options = parser.parse_args()
    passed = True
    for pair in PAIRS if options.pair == "all" else (options.pair,):
        report = Soak(pair, options.events, options.seed, options.objects).run()
        print_report(report)
        passed = passed and report.passed
    return 0 if passed else 1


def print_report(report: Report) -> None:
    """Print what happened in a run."""
    faults, memory = sum(report.faults.values()), (report.peak_rss or 0) / 2**20
    print(
        f"{report.pair}, seed {report.seed}: {report.events:,} events, {report.changes:,} changes at the followers, "
        f"{faults:,} faults, {report.seconds:.0f} s, peak RSS {memory:.0f} MiB"
    )
    print(f"  lost: {len(report.lost)}, repeated or old: {len(report.wrong)}, left open: {len(report.leaked)}")
    print("  faults: " + ", ".join(f"{name} {count}" for name, count in sorted(report.faults.items())))
    for problem in [*report.lost[:10], *report.wrong[:10], *report.leaked]:
        print(f"  {problem}")


if __name__ == "__main__":
    sys.exit(main())
