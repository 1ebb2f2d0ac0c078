"""What users write rightly passes both type checkers; what they write wrongly is found, each on its line."""

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
"""Messages by file and line, and by the rule that is broken."""


def run(folder: Path, module: str, *arguments: str) -> str:
    """Return what a checker prints; more than errors in the cases (exit code 1) is a failure of its own."""
    command = [sys.executable, "-m", module, *arguments]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode in (0, 1), f"{module} ended with {ran.returncode}:\n{ran.stdout}{ran.stderr}"
    return ran.stdout


def by_line(found: Iterable[tuple[str, int, str, str]]) -> Findings:
    findings: Findings = defaultdict(dict)
    for file, line, rule, message in found:
        findings[f"{Path(file).name}:{line}"][rule] = message
    return findings


def mypy(folder: Path) -> Findings:
    """Run mypy as a strict user would, without a plugin."""
    options = ("--strict", "--python-version=3.10", "--config-file=", "--output=json", f"--cache-dir={CACHE}")
    output = run(folder, "mypy", *options, *(case.name for case in CASES))
    found: list[dict[str, Any]] = [json.loads(line) for line in output.splitlines()]
    return by_line(
        (one["file"], one["line"], one["code"], one["message"]) for one in found if one["severity"] == "error"
    )


def pyright(folder: Path) -> Findings:
    """Run pyright as a strict user would."""
    settings = {
        "typeCheckingMode": "strict",
        "reportUnnecessaryTypeIgnoreComment": True,  # what the documentation tells users to ignore must need it
        "pythonVersion": "3.10",
        "include": [case.name for case in CASES],
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    answer: dict[str, Any] = json.loads(run(folder, "pyright", "--outputjson", "--pythonpath", sys.executable))
    assert answer["summary"]["filesAnalyzed"] == len(CASES), answer["summary"]
    return by_line(
        (one["file"], one["range"]["start"]["line"] + 1, one.get("rule", one["message"]), one["message"])
        for one in answer["generalDiagnostics"]
        if one["severity"] == "error"
    )


def expected(checker: str) -> dict[str, tuple[str, str]]:
    """Read which rule a checker should find broken on which line, and the name that its message must contain."""
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
    """Copy the cases and what they import to where no configuration of this tree holds."""
    shutil.copytree(HERE.parent / "support", tmp_path / "support", ignore=shutil.ignore_patterns("__pycache__"))
    for case in CASES:
        shutil.copy(case, tmp_path)
    return tmp_path


@pytest.mark.timeout(300)  # the first run of mypy reads all of pydantic, and pyright may have to unpack itself
@pytest.mark.parametrize("checker", [mypy, pyright])
def test_a_checker_finds_what_the_comments_say_and_nothing_else(
    checker: Callable[[Path], Findings], copies: Path
) -> None:
    wanted = expected(checker.__name__)
    found = checker(copies)
    # A wrong line may break more rules than the one that matters (what follows from it is of unknown type).
    missed = {line: (rule, found.get(line)) for line, (rule, _) in wanted.items() if rule not in found.get(line, {})}
    unexpected = {line: rules for line, rules in found.items() if line not in wanted}
    assert (missed, unexpected) == ({}, {})
    unnamed = {line: found[line] for line, (rule, name) in wanted.items() if name not in found[line][rule]}
    assert unnamed == {}
    assert len(wanted) > 100
