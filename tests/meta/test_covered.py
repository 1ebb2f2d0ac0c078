"""Each row of covered.txt has a test, on every pair that the row requires."""

import dataclasses
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from kubex.client import ClientOptions
from support.backend_pairs import PAIRS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TABLE = HERE / "covered.txt"


def required() -> dict[str, set[str | None]]:
    """Read the table: the pairs on which each name needs a test; None means that one test on any pair is enough."""
    rows: dict[str, set[str | None]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, where, description = (part.strip() for part in line.split("|"))
            assert name not in rows, f"{TABLE.name} has two rows for {name}"
            assert description, f"{TABLE.name} does not describe {name}"
            pairs: dict[str, set[str | None]] = {"pairs": set(map(str, PAIRS)), "once": {None}}
            rows[name] = pairs.get(where) or set(where.split())
    return rows


def covered(output: Path) -> dict[str, set[str | None]]:
    """Collect the tests with marks; return the pairs on which each name has a test."""
    command = [sys.executable, str(HERE / "collect.py"), str(output)]
    completed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    where: dict[str, set[str | None]] = defaultdict(set)
    tests: dict[str, dict[str, Any]] = json.loads(output.read_text(encoding="utf-8"))
    for test in tests.values():
        for name in test["names"]:
            where[name] |= {test["pair"], None}
    return where


@pytest.mark.timeout(180)  # imports many tests
def test_each_row_of_covered_txt_has_its_tests(tmp_path: Path) -> None:
    rows, marks = required(), covered(tmp_path / "covered.json")
    missing = {name: where - marks.get(name, set()) for name, where in rows.items()}
    assert {name: where for name, where in missing.items() if where} == {}
    assert set(marks) - set(rows) == set(), "these names are used in marks, but are not in the table"


def test_pitfalls_of_existing_features_require_a_test_on_each_pair() -> None:
    everywhere = {name for name, where in required().items() if len(where) == len(PAIRS)}
    assert {f"pitfall-{number}" for number in (*range(1, 8), *range(9, 25), 27, 43)} <= everywhere


def test_covered_txt_contains_each_documented_option() -> None:
    fields = {field.name for field in dataclasses.fields(ClientOptions)}
    without_rows = {"retry", "trust_env", "user_agent", "field_manager", "pause_gc"}
    found = {name.split("-")[1] for name in required() if name.startswith("options-")}
    assert fields - without_rows <= found
