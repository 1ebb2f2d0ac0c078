"""Both type checkers refuse typical mistakes, each on its line by its rule, and accept correct code."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.documents import ROOT

# What strict mode adds where a mistake leaves a type unknown, and for names and expressions without a use.
ECHOES = ("reportUnknown", "reportUnused")

FILES = Path(__file__).parent / "typing"


def mypy(folder: Path) -> set[tuple[str, int, str]]:
    """Return file, line and rule of every error of mypy."""
    done = check("mypy", "--strict", "--no-warn-unused-ignores", "--output", "json", str(folder))
    found = [json.loads(line) for line in done.splitlines() if line.startswith("{")]
    return {(Path(each["file"]).stem, each["line"], each["code"]) for each in found if each["severity"] == "error"}


def pyright(folder: Path) -> set[tuple[str, int, str]]:
    """Return file, line and rule of every error of pyright."""
    found = json.loads(check("pyright", "--pythonpath", sys.executable, "--outputjson", str(folder)))
    assert found["summary"]["filesAnalyzed"] == 2
    return {
        (Path(each["file"]).stem, each["range"]["start"]["line"] + 1, each["rule"])
        for each in found["generalDiagnostics"]
        if each["severity"] == "error"
    }


def check(*command: str) -> str:
    """Run a checker and return what it prints."""
    return subprocess.run(
        (sys.executable, "-m", *command), cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_mistakes_are_refused_where_they_stand_and_nothing_else(
    checker: Callable[[Path], set[tuple[str, int, str]]], tmp_path: Path
) -> None:
    expected: set[tuple[str, int, str]] = set()
    for path in FILES.glob("*.txt"):
        lines = path.read_text().splitlines()
        (tmp_path / f"{path.stem}.py").write_text("\n".join(["# pyright: strict", *lines]))
        for number, line in enumerate(lines, 2):
            wanted = re.search(rf"# .*{checker.__name__}: ([\w -]+)", line)
            expected |= {(path.stem, number, rule) for rule in (wanted[1].split() if wanted else ())}
    found = {error for error in checker(tmp_path) if error[0] == "correct" or not error[2].startswith(ECHOES)}
    assert found - expected == set()
    assert expected - found == set()
