"""The benchmarks of the generated models run, and name what they measure."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.models.goals import ROWS
from benchmarks.models.imports import IMPORTS
from benchmarks.models.work import CASES, OBJECTS, measure
from benchmarks.runner import ROOT

WORK = [(case, subject) for case, (_, subjects) in CASES.items() for subject in subjects]


@pytest.mark.parametrize(("case", "subject"), WORK, ids=[f"{case}-{subject}" for case, subject in WORK])
def test_every_case_of_the_models_reads_what_it_says(case: str, subject: str) -> None:
    units, cpu = measure(case, subject, count=1)
    assert units == (OBJECTS if case.startswith(("list", "watch")) else 1)
    assert cpu > 0


def test_every_row_of_the_models_names_a_case() -> None:
    named = {row.case for row in ROWS} | {row.beside for row in ROWS if row.beside}
    assert named == {*CASES, *IMPORTS, "startup"}


@pytest.mark.parametrize("above", ["pydantic", "model"])
def test_an_import_is_measured_above_pydantic(above: str) -> None:
    command = [sys.executable, "-m", "benchmarks.models.imports", "import-config-map", above, "{}"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert 0 < json.loads(done.stdout)["cpu"] < 10


@pytest.mark.parametrize("module", ["benchmarks.models", "benchmarks.peers"])
def test_a_run_without_rounds_is_refused(module: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", module, "--rounds", "0", "--output", str(tmp_path / "samples.json")]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "--rounds must be at least 1" in done.stderr
    assert not list(tmp_path.iterdir())


def test_an_unknown_peer_is_refused() -> None:
    command = [sys.executable, "-m", "benchmarks.peers", "--peer", "nobody"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "invalid choice: 'nobody'" in done.stderr
