"""Run the tests of another client against one server."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from testing.third_party.servers import SERVERS, prepare
from testing.third_party.suites import Suite

REPLACEMENTS = Path(__file__).parent / "replacements"
VARIABLES = ("LANG", "TMPDIR")

# The exit codes of pytest if the tests ran.
COMPLETED = (0, 1)


@dataclass(frozen=True)
class Outcome:
    """The result of one test: `passed`, `skipped`, `failure` or `error`, and the first line of the message."""

    result: str
    message: str = ""


class SuiteError(Exception):
    """Raised if pytest could not run the tests."""


@dataclass(frozen=True)
class Runner:
    """Runs a suite with the interpreter of an environment that contains pytest and the client."""

    suite: Suite
    folder: Path
    python: Path
    assets: Path
    timeout: int
    extra_arguments: tuple[str, ...] = ()

    def run(self, server: str, directory: Path) -> Mapping[str, Outcome]:
        """Run the tests in a copy of the folder, and return their results by name."""
        directory.mkdir()
        home = directory / "home"
        home.mkdir()
        copy = directory / "suite"
        shutil.copytree(self.folder, copy, ignore=shutil.ignore_patterns(".git", "__pycache__"))
        report = directory / "report.xml"
        with SERVERS[server](self.assets, directory) as handle:
            kubeconfig = handle.write_kubeconfig(directory / "kubeconfig")
            prepare(self.assets / "kubectl", kubeconfig)
            done = subprocess.run(
                self._command(report),
                cwd=copy,
                env=self._environment(home, kubeconfig),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
        if done.returncode not in COMPLETED:
            raise SuiteError(f"pytest of {self.suite.name} ended with code {done.returncode}:\n{done.stdout[-4000:]}")
        return read_report(report)

    def _command(self, report: Path) -> list[str]:
        options = ["-q", "-p", "no:cacheprovider", f"--timeout={self.timeout}", f"--junitxml={report}"]
        return [str(self.python), "-m", "pytest", *options, *self.suite.arguments, *self.extra_arguments]

    def _environment(self, home: Path, kubeconfig: Path) -> dict[str, str]:
        return {
            **{name: os.environ[name] for name in VARIABLES if name in os.environ},
            "PATH": os.pathsep.join((str(self.assets), str(self.python.parent), os.environ["PATH"])),
            "HOME": str(home),
            "KUBECONFIG": str(kubeconfig),
            "PYTHONPATH": str(REPLACEMENTS),
        }


def read_report(path: Path) -> Mapping[str, Outcome]:
    """Return the outcomes of a JUnit report. A test whose teardown fails has the outcome of the teardown."""
    outcomes: dict[str, Outcome] = {}
    for case in ET.parse(path).iter("testcase"):  # noqa: S314 - pytest wrote it
        name = f"{case.get('classname', '')}::{case.get('name', '')}"
        outcome = _outcome(case)
        if name not in outcomes or outcomes[name].result == "passed":
            outcomes[name] = outcome
    return outcomes


def _outcome(case: ET.Element) -> Outcome:
    for result in ("failure", "error", "skipped"):
        element = case.find(result)
        if element is not None:
            return Outcome(result, (element.get("message") or "").partition("\n")[0][:160])
    return Outcome("passed")
