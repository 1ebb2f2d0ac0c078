"""Run the tests of another client on the embedded server and on a real control plane, and print what differs.

PYTHONPATH=tests python -m testing.third_party --suite NAME FOLDER
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from testing.third_party.runner import Outcome, Runner, SuiteError
from testing.third_party.servers import SERVERS
from testing.third_party.suites import SUITES

DESCRIPTION = "Run the tests of another client on both servers, and print what differs."

MISSING = Outcome("not run")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tests that differ, and return 1 if a test passes on the real server only."""
    parser = argparse.ArgumentParser(prog="testing.third_party", description=DESCRIPTION)
    parser.add_argument("folder", type=Path, help="the unpacked source distribution of the client")
    parser.add_argument("--suite", required=True, choices=sorted(SUITES), help="the tests to run")
    parser.add_argument("--python", default=sys.executable, type=Path, help="an interpreter with pytest and the client")
    parser.add_argument("--timeout", default=60, type=int, help="the limit of each test, in seconds (default: 60)")
    parser.add_argument("-k", dest="expression", help="only the tests that match this expression of pytest")
    options = parser.parse_args(arguments)
    if not options.folder.is_dir():
        parser.error(f"{options.folder} is not a folder")
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    if assets is None:
        parser.error("set KUBEBUILDER_ASSETS to the folder with kubectl and the programs of the control plane")
    suite = SUITES[options.suite]
    selection = () if options.expression is None else ("-k", options.expression)
    python = options.python.absolute()  # not resolve(): a link is the interpreter of a virtual environment
    runner = Runner(suite, options.folder, python, Path(assets), options.timeout, selection)
    try:
        results = _run(runner)
    except SuiteError as error:
        needed = " ".join(("pytest", "pytest-timeout", *suite.requirements))
        parser.exit(2, f"{error}\nThe environment needs: {needed}\n")
    return _print_results(results["real"], results["embedded"])


def _run(runner: Runner) -> dict[str, Mapping[str, Outcome]]:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(len(SERVERS)) as pool:
        pending = {name: pool.submit(runner.run, name, Path(folder) / name) for name in SERVERS}
        return {name: future.result() for name, future in pending.items()}


def _print_results(real: Mapping[str, Outcome], embedded: Mapping[str, Outcome]) -> int:
    worse = 0
    for name in sorted({*real, *embedded}):
        on_real, on_embedded = real.get(name, MISSING), embedded.get(name, MISSING)
        if on_real.result != on_embedded.result:
            worse += on_real.result == "passed"
            _print(f"{on_real.result:8} {on_embedded.result:8} {name}")
        elif on_real.result in ("failure", "error"):
            _print(f"{'both':8} {on_real.result:8} {name}")
        for server, outcome in (("real", on_real), ("embedded", on_embedded)):
            if outcome.message and outcome.result != "skipped":
                _print(f"    {server}: {outcome.message}")
    _print(f"\n{'':10} {'passed':>7} {'failed':>7} {'skipped':>8}")
    for server, outcomes in (("real", real), ("embedded", embedded)):
        results = [outcome.result for outcome in outcomes.values()]
        passed, skipped = results.count("passed"), results.count("skipped")
        _print(f"{server:10} {passed:7} {len(results) - passed - skipped:7} {skipped:8}")
    _print(f"{worse} tests pass only on the real server")
    return int(worse > 0)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
