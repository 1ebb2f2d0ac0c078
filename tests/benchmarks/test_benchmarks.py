"""The benchmarks run, do the described work, and are compared with their goals."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.cases import CASE_NAMES, CASES, Case, Plan
from benchmarks.goals import ROWS, results
from benchmarks.pods import Pod, documents
from benchmarks.report import goal_rows, rewrite_page
from benchmarks.runner import ROOT, Sample
from benchmarks.worker import measure

from kubex.models import Model
from support.backend_pairs import BackendPair

CASES_AND_SUBJECTS = [(case, subject) for case in CASES for subject in case.subjects]
IDS = [f"{case.name}-{subject}" for case, subject in CASES_AND_SUBJECTS]


@pytest.mark.anyio
@pytest.mark.parametrize(("case", "subject"), CASES_AND_SUBJECTS, ids=IDS)
async def test_each_case_counts_its_units_on_each_backend(
    case: Case, subject: str, pair: BackendPair, server_url: str, tiny_plan: Plan
) -> None:
    if subject == "limit" and pair.backend == "aiohttp" and pair.runtime != "asyncio":
        pytest.skip("aiohttp runs on asyncio")
    measured = await measure(case, subject, pair.backend, server_url, count=1)
    sizes = tiny_plan.sizes
    units = {"get": 1, "concurrent": 50, "list": sizes.small_list, "large": sizes.large_list, "pages": sizes.large_list}
    family = case.name.partition("-")[0]
    assert measured.units == units.get(family, sizes.log if family == "log" else sizes.events)


def test_run_writes_the_samples_and_prints_both_tables(tmp_path: Path) -> None:
    output = tmp_path / "samples.json"
    command = [sys.executable, "-m", "benchmarks", "--tiny", "--rounds", "1", "--pair", "httpx/asyncio"]
    command += ["--case", "get", "--case", "startup", "--output", str(output)]
    completed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    samples = json.loads(output.read_text())["samples"]
    assert {(sample["case"], sample["subject"]) for sample in samples} == {
        (case, subject) for case in ("get", "startup") for subject in ("limit", "kubex")
    }
    assert "GET one Pod, a few fields of it read" in completed.stdout
    assert "peak RSS" in completed.stdout


def test_ratio_of_samples_of_one_round_is_compared_with_the_goal() -> None:
    samples = [
        _sample(number, subject, cpu) for number in range(3) for subject, cpu in (("limit", 1.0), ("kubex", 1.2))
    ]
    result = next(result for result in results(samples) if result.row.case == "get")
    assert result.ratios == pytest.approx((1.2, 1.2, 1.2))
    assert result.met is True
    assert goal_rows(samples)[0][2] == "≤ 1.45"


def test_rows_of_the_table_use_exactly_the_existing_cases() -> None:
    assert {row.case for row in ROWS} | {row.limit_case for row in ROWS if row.limit_case} == set(CASE_NAMES)


def test_only_the_text_between_the_markers_of_the_page_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- results: begin -->\nold\n<!-- results: end -->\nafter\n")
    rewrite_page([_sample(0, "limit", 1.0), _sample(0, "kubex", 1.2)], {"python": "CPython"}, page)
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| GET one Pod, a few fields of it read |" in text


def test_pod_model_of_the_benchmarks_has_every_field_of_the_document() -> None:
    document = documents.pod(7)
    pod = Pod.model_validate(document)
    del document["metadata"]["managedFields"]
    assert pod.to_dict() == document
    assert list(_unknown_fields(pod)) == []


def _sample(number: int, subject: str, cpu: float) -> Sample:
    return Sample(number, "aiohttp/asyncio", "get", subject, 1, cpu)


def _unknown_fields(value: object) -> list[str]:
    if isinstance(value, list):
        return [name for item in value for name in _unknown_fields(item)]
    if not isinstance(value, Model):
        return []
    inner = [name for field in type(value).model_fields for name in _unknown_fields(getattr(value, field))]
    return [*(value.model_extra or {}), *inner]
