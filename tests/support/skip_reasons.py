"""Prints each reason for skipped tests once. In CI, reasons that are not in allowed_skips.txt fail the run."""

import os
import re
from collections import Counter
from pathlib import Path

import pytest

STRICT_SKIPS_VARIABLE = "KUBEX_STRICT_SKIPS"
ALLOWED_FILE = Path(__file__).resolve().parents[1] / "allowed_skips.txt"


def parse_allowed_reasons(text: str) -> list[re.Pattern[str]]:
    """Return the patterns: the part of each line before ` # `."""
    lines = (line.partition(" # ")[0].strip() for line in text.splitlines())
    return [re.compile(line) for line in lines if line and not line.startswith("#")]


def skip_reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return the reason of a skipped test."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return reason.removeprefix("Skipped: ")


class StrictSkips:
    """Collects skips with a reason that is not on the list, and fails the run."""

    def __init__(self) -> None:
        self.allowed = parse_allowed_reasons(ALLOWED_FILE.read_text(encoding="utf-8"))
        self.rejected: dict[str, str] = {}

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Check the reason of each skip. Expected failures are also reported as skipped, and are ignored."""
        if not report.skipped or hasattr(report, "wasxfail"):
            return
        reason = skip_reason(report)
        if not any(pattern.fullmatch(reason) for pattern in self.allowed):
            self.rejected[report.nodeid] = reason

    @pytest.hookimpl
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run that would pass otherwise."""
        if self.rejected and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the tests and their reasons."""
        for nodeid, reason in self.rejected.items():
            terminalreporter.write_line(f"SKIP NOT ALLOWED {nodeid}: {reason}", red=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print each reason once, with the number of tests. Pytest would print a line for each place that skips."""
    for reason, count in Counter(map(skip_reason, terminalreporter.stats.get("skipped", ()))).most_common():
        terminalreporter.write_line(f"SKIPPED {count} test{'s' * (count > 1)}: {reason}", yellow=True)


def pytest_configure(config: pytest.Config) -> None:
    """Check the reasons if the variable is set. In a parallel run, only the controller does this."""
    if os.environ.get(STRICT_SKIPS_VARIABLE) == "1" and not hasattr(config, "workerinput"):
        config.pluginmanager.register(StrictSkips(), "kubex-strict-skips")
