"""Both type checkers report typical mistakes on their line, and accept correct code."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.openapi_documents import ROOT

# Strict mode reports these rules in addition, for types that a mistake makes unknown and for unused names.
SECONDARY_RULES = ("reportUnknown", "reportUnused")

FILES = Path(__file__).parent / "typing"


def mypy(folder: Path) -> set[tuple[str, int, str]]:
    """Run mypy; return the file, line and rule of each error."""
    output = run_checker("mypy", "--strict", "--no-warn-unused-ignores", "--output", "json", str(folder))
    found = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return {(Path(each["file"]).stem, each["line"], each["code"]) for each in found if each["severity"] == "error"}


def pyright(folder: Path) -> set[tuple[str, int, str]]:
    """Run pyright; return the file, line and rule of each error."""
    found = json.loads(run_checker("pyright", "--pythonpath", sys.executable, "--outputjson", str(folder)))
    assert found["summary"]["filesAnalyzed"] == 2
    return {
        (Path(each["file"]).stem, each["range"]["start"]["line"] + 1, each["rule"])
        for each in found["generalDiagnostics"]
        if each["severity"] == "error"
    }


def run_checker(*command: str) -> str:
    """Run a type checker and return its output."""
    return subprocess.run(
        (sys.executable, "-m", *command), cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_type_checkers_report_exactly_the_expected_errors(
    checker: Callable[[Path], set[tuple[str, int, str]]], tmp_path: Path
) -> None:
    expected: set[tuple[str, int, str]] = set()
    for path in FILES.glob("*.txt"):
        lines = path.read_text().splitlines()
        (tmp_path / f"{path.stem}.py").write_text("\n".join(["# pyright: strict", *lines]))
        for number, line in enumerate(lines, 2):
            comment = re.search(rf"# .*{checker.__name__}: ([\w -]+)", line)
            expected |= {(path.stem, number, rule) for rule in (comment[1].split() if comment else ())}
    found = {error for error in checker(tmp_path) if error[0] == "correct" or not error[2].startswith(SECONDARY_RULES)}
    assert found - expected == set()
    assert expected - found == set()
