"""Both type checkers accept correct code of users, and report each error on its line."""

import json
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

HERE = Path(__file__).resolve().parent
CACHE = HERE.parents[1] / ".mypy_cache" / "cases"
CASES = sorted((HERE / "cases").glob("*.py"))

COMMENT = re.compile(r"# E: mypy\[(?P<mypy>[a-z-]+)\] pyright\[(?P<pyright>\w+)\](?: names\[(?P<name>\w+)\])?$")

Findings: TypeAlias = dict[str, dict[str, str]]
"""Error messages by `file:line` and rule."""


def run(folder: Path, module: str, *arguments: str) -> str:
    """Run a type checker and return its output; fail if it cannot check the files (an exit code above 1)."""
    command = [sys.executable, "-m", module, *arguments]
    completed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert completed.returncode in (0, 1), (
        f"{module} ended with {completed.returncode}:\n{completed.stdout}{completed.stderr}"
    )
    return completed.stdout


def group_by_line(found: Iterable[tuple[str, int, str, str]]) -> Findings:
    findings: Findings = defaultdict(dict)
    for file, line, rule, message in found:
        findings[f"{Path(file).name}:{line}"][rule] = message
    return findings


def mypy(folder: Path) -> Findings:
    """Run mypy in strict mode, without a plugin."""
    options = ("--strict", "--python-version=3.10", "--config-file=", "--output=json", f"--cache-dir={CACHE}")
    output = run(folder, "mypy", *options, *(case.name for case in CASES))
    found: list[dict[str, Any]] = [json.loads(line) for line in output.splitlines()]
    return group_by_line(
        (error["file"], error["line"], error["code"], error["message"])
        for error in found
        if error["severity"] == "error"
    )


def pyright(folder: Path) -> Findings:
    """Run pyright in strict mode."""
    settings = {
        "typeCheckingMode": "strict",
        "reportUnnecessaryTypeIgnoreComment": True,  # the documentation recommends only necessary comments
        "pythonVersion": "3.10",
        "include": [case.name for case in CASES],
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    report: dict[str, Any] = json.loads(run(folder, "pyright", "--outputjson", "--pythonpath", sys.executable))
    assert report["summary"]["filesAnalyzed"] == len(CASES), report["summary"]
    return group_by_line(
        (error["file"], error["range"]["start"]["line"] + 1, error.get("rule", error["message"]), error["message"])
        for error in report["generalDiagnostics"]
        if error["severity"] == "error"
    )


def expected(checker: str) -> dict[str, tuple[str, str]]:
    """Return the expected rule for each line, and the name that the message must contain."""
    rules: dict[str, tuple[str, str]] = {}
    for case in CASES:
        for number, line in enumerate(case.read_text(encoding="utf-8").splitlines(), start=1):
            comment = COMMENT.search(line)
            assert comment or "# E:" not in line, (
                f"{case.name}:{number}: write `# E: mypy[rule] pyright[rule]`, and perhaps ` names[name]`"
            )
            if comment:
                rules[f"{case.name}:{number}"] = (comment[checker], comment["name"] or "")
    return rules


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """Copy the cases and `support` to a folder without the configuration of this repository."""
    shutil.copytree(HERE.parent / "support", tmp_path / "support", ignore=shutil.ignore_patterns("__pycache__"))
    for case in CASES:
        shutil.copy(case, tmp_path)
    return tmp_path


@pytest.mark.timeout(300)  # the first run of mypy analyzes pydantic, and the first run of pyright unpacks it
@pytest.mark.parametrize("checker", [mypy, pyright])
def test_type_checker_reports_exactly_the_expected_errors(checker: Callable[[Path], Findings], copies: Path) -> None:
    expected_errors = expected(checker.__name__)
    found = checker(copies)
    # A wrong line may violate more rules than the expected one, because a mistake can make types unknown.
    rules = {line: rule for line, (rule, _) in expected_errors.items()}
    missed = {line: (rule, found.get(line)) for line, rule in rules.items() if rule not in found.get(line, {})}
    unexpected = {line: messages for line, messages in found.items() if line not in expected_errors}
    assert (missed, unexpected) == ({}, {})
    unnamed = {line: found[line] for line, (rule, name) in expected_errors.items() if name not in found[line][rule]}
    assert unnamed == {}
    assert len(expected_errors) > 100
