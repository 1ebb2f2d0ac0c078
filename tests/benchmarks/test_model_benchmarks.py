"""The benchmarks of the generated models run and do the described work."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.models.goals import ROWS
from benchmarks.models.imports import IMPORTS
from benchmarks.models.worker import CASES, OBJECTS, measure
from benchmarks.runner import ROOT

CASES_AND_SUBJECTS = [(case, subject) for case, (_, subjects) in CASES.items() for subject in subjects]
IDS = [f"{case}-{subject}" for case, subject in CASES_AND_SUBJECTS]


@pytest.mark.parametrize(("case", "subject"), CASES_AND_SUBJECTS, ids=IDS)
def test_each_model_case_counts_its_objects(case: str, subject: str) -> None:
    units, cpu = measure(case, subject, count=1)
    assert units == (OBJECTS if case.startswith(("list", "watch")) else 1)
    assert cpu > 0


def test_model_rows_use_exactly_the_existing_cases() -> None:
    used = {row.case for row in ROWS} | {row.limit_case for row in ROWS if row.limit_case}
    assert used == {*CASES, *IMPORTS, "startup"}


@pytest.mark.parametrize("baseline", ["pydantic", "model"])
def test_cpu_time_of_an_import_excludes_the_import_of_pydantic(baseline: str) -> None:
    command = [sys.executable, "-m", "benchmarks.models.imports", "import-config-map", baseline, "{}"]
    completed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert 0 < json.loads(completed.stdout)["cpu"] < 10


@pytest.mark.parametrize("module", ["benchmarks.models", "benchmarks.other_clients"])
def test_zero_rounds_are_rejected(module: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", module, "--rounds", "0", "--output", str(tmp_path / "samples.json")]
    completed = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert completed.returncode == 2
    assert "--rounds must be at least 1" in completed.stderr
    assert not list(tmp_path.iterdir())


def test_unknown_client_is_rejected() -> None:
    command = [sys.executable, "-m", "benchmarks.other_clients", "--client", "unknown"]
    completed = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert completed.returncode == 2
    assert "invalid choice: 'unknown'" in completed.stderr
