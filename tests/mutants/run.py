"""Runs all tests with mutants, and writes docs/development/mutants.md: `python tests/mutants/run.py [NAME ...]`."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kubex_testing.compliance import ComplianceSuite, DiscoverySuite
from mutants.outcomes import run_tests
from mutants.registry import CORRECT_BACKENDS, MUTANTS, names_of_tests
from mutants.report import Result, load_results, store_results

# Without the tests of the descriptor and the distribution, which mutants do not change.
TESTS = tuple(sorted({*names_of_tests(ComplianceSuite)} - {*names_of_tests(DiscoverySuite)}))

# One process runs several mutants, because it imports and collects all tests first.
BATCH = 4


def main() -> int:
    """Run the tests; return 1 if a mutant is not found by its test."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="mutants or correct backends; by default all")
    parser.add_argument("--missing", action="store_true", help="only those without a result")
    parser.add_argument(
        "--workers", type=int, default=4, help="the number of processes (default: 4); most of them wait"
    )
    arguments = parser.parse_args()
    known = [*CORRECT_BACKENDS, *MUTANTS]
    if unknown := set(arguments.names) - set(known):
        parser.error(f"unknown mutant {sorted(unknown)[0]!r}; docs/development/mutants.md lists them")
    stored = load_results() if arguments.missing else {}
    names = [name for name in arguments.names or known if name not in stored]
    missed = False
    for start in range(0, len(names), BATCH):
        batch = names[start : start + BATCH]
        outcomes = run_tests(dict.fromkeys(batch, TESTS), workers=arguments.workers)
        results = {name: Result(len(outcomes[name].ran), tuple(outcomes[name].failed)) for name in batch}
        store_results(load_results() | results)
        for name, result in results.items():
            expected = MUTANTS[name].test in result.failed if name in MUTANTS else not result.failed
            missed |= not expected
            note = "" if expected else ": unexpected"
            sys.stdout.write(f"{name}: {len(result.failed)} of {result.ran} tests failed{note}\n")
        sys.stdout.flush()
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
