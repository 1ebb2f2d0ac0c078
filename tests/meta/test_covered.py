"""Each known pitfall and each row of the tables of options has its tests, on every pair that it applies to."""

import dataclasses
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from kubex.client import ClientOptions
from support.pairs import PAIRS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TABLE = HERE / "covered.txt"


def required() -> dict[str, set[str | None]]:
    """Read the table: where each name must be covered; None is anywhere."""
    rows: dict[str, set[str | None]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, where, words = (part.strip() for part in line.split("|"))
            assert name not in rows, f"{TABLE.name} has two rows for {name}"
            assert words, f"{TABLE.name} does not say what {name} is about"
            named: dict[str, set[str | None]] = {"pairs": set(map(str, PAIRS)), "once": {None}}
            rows[name] = named.get(where) or set(where.split())
    return rows


def covered(output: Path) -> dict[str, set[str | None]]:
    """Collect the suite, and return on which pairs each name is covered."""
    command = [sys.executable, str(HERE / "collect.py"), str(output)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    where: dict[str, set[str | None]] = defaultdict(set)
    tests: dict[str, dict[str, Any]] = json.loads(output.read_text(encoding="utf-8"))
    for test in tests.values():
        for name in test["names"]:
            where[name] |= {test["pair"], None}
    return where


@pytest.mark.timeout(180)  # the whole suite is imported
def test_each_row_of_the_table_is_covered_where_it_applies(tmp_path: Path) -> None:
    rows, marks = required(), covered(tmp_path / "covered.json")
    missing = {name: where - marks.get(name, set()) for name, where in rows.items()}
    assert {name: where for name, where in missing.items() if where} == {}
    assert set(marks) - set(rows) == set(), "marks that name no row of the table"


def test_the_table_has_the_pitfalls_of_what_exists() -> None:
    everywhere = {name for name, where in required().items() if len(where) == len(PAIRS)}
    assert {f"pitfall-{number}" for number in (*range(1, 8), *range(9, 25), 27, 43)} <= everywhere


def test_the_table_has_every_documented_option() -> None:
    fields = {field.name for field in dataclasses.fields(ClientOptions)}
    added_since = {"retry", "trust_env", "user_agent", "field_manager", "pause_gc"}
    found = {name.split("-")[1] for name in required() if name.startswith("options-")}
    assert fields - added_since <= found
