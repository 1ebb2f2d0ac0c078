"""Run the changes on one or all pairs, and print a report."""

import argparse
import subprocess
import sys

from benchmarks.cases import PAIRS
from benchmarks.soak.run import Soak
from benchmarks.soak.writers import LIVE_OBJECTS


def main() -> int:
    """Run the command, and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--events", type=int, default=50_000, help="number of changes on each pair")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random changes and faults")
    parser.add_argument("--pair", choices=(*PAIRS, "all"), default="all", help="backend and async library")
    parser.add_argument("--objects", type=int, default=LIVE_OBJECTS, help="number of objects")
    options = parser.parse_args()
    if options.pair == "all":
        # Each pair in a new process, so that its memory does not depend on the pairs before it.
        command = [sys.executable, "-m", "benchmarks.soak", *sys.argv[1:], "--pair"]
        return max(subprocess.run([*command, pair], check=False).returncode for pair in PAIRS)
    report = Soak(options.pair, options.events, options.seed, options.objects).run()
    print("\n".join(report.lines()))
    print(report.as_json(), flush=True)
    return 0 if report.passed else 1


if __name__ == "__main__":
    sys.exit(main())
