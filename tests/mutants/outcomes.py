"""Runs tests with mutants, and returns which of them failed."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

SELECTION = "KUBEX_MUTANTS"
"""The environment variable with the tests of each mutant, as JSON."""

HERE = Path(__file__).resolve().parent


@dataclass
class Outcomes:
    """The tests that ran with one mutant. A test that runs with several parameters failed if one of its runs failed."""

    ran: set[str] = field(default_factory=set[str])
    failed: set[str] = field(default_factory=set[str])


def run_tests(tests: Mapping[str, Sequence[str]], *, workers: int = 4) -> dict[str, Outcomes]:
    """Run tests with each mutant in other processes. The keys are the names of mutants or of correct backends.

    Most of the tests wait for something that a mutant does not do, so use more workers than cores.
    """
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        options = ["-q", "-n", str(workers), "-p", "no:randomly", "-p", "no:cacheprovider", "--tb=no", "-r", "N"]
        completed = subprocess.run(
            [sys.executable, "-m", "pytest", *options, f"--junitxml={report}", str(HERE / "cases.py")],
            cwd=HERE.parents[1],
            env={**os.environ, SELECTION: json.dumps(tests)},
            capture_output=True,
            text=True,
            check=False,
        )
        if completed.returncode not in (0, 1):
            raise RuntimeError(f"pytest failed:\n{completed.stdout}{completed.stderr}")
        return _read(report)


def _read(report: Path) -> dict[str, Outcomes]:
    outcomes: dict[str, Outcomes] = defaultdict(Outcomes)
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
        outcome = outcomes[case.attrib["classname"].rpartition(".Test")[2]]
        test = case.attrib["name"].partition("[")[0]
        if case.find("skipped") is None:
            outcome.ran.add(test)
        if case.find("failure") is not None or case.find("error") is not None:
            outcome.failed.add(test)
    return dict(outcomes)
