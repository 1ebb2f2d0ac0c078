"""The benchmarks run, measure what they say, and are judged by their goals."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.cases import CASES, NAMES, Case, Plan
from benchmarks.goals import ROWS, results
from benchmarks.pods import Pod, documents
from benchmarks.report import goal_rows, rewrite_page
from benchmarks.runner import ROOT, Sample
from benchmarks.worker import measure

from kubex.models import Model
from support.pairs import Pair

WORK = [(case, subject) for case in CASES for subject in case.subjects]


@pytest.mark.anyio
@pytest.mark.parametrize(("case", "subject"), WORK, ids=[f"{case.name}-{subject}" for case, subject in WORK])
async def test_every_case_does_its_work_on_every_pair(
    case: Case, subject: str, pair: Pair, server_url: str, tiny: Plan
) -> None:
    if subject == "limit" and pair.backend == "aiohttp" and pair.runtime != "asyncio":
        pytest.skip("aiohttp runs on asyncio")
    measured = await measure(case, subject, pair.backend, server_url, count=1)
    sizes = tiny.sizes
    done = {"get": 1, "concurrent": 50, "list": sizes.small_list, "large": sizes.large_list, "pages": sizes.large_list}
    family = case.name.partition("-")[0]
    assert measured.units == done.get(family, sizes.log if family == "log" else sizes.events)


def test_a_run_writes_its_samples_and_prints_both_tables(tmp_path: Path) -> None:
    output = tmp_path / "samples.json"
    command = [sys.executable, "-m", "benchmarks", "--tiny", "--rounds", "1", "--pair", "httpx/asyncio"]
    command += ["--case", "get", "--case", "startup", "--output", str(output)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    taken = json.loads(output.read_text())["samples"]
    assert {(sample["case"], sample["subject"]) for sample in taken} == {
        (case, subject) for case in ("get", "startup") for subject in ("limit", "kubex")
    }
    assert "GET one Pod, a few fields of it read" in done.stdout
    assert "peak RSS" in done.stdout


def test_a_ratio_is_taken_within_its_round_and_held_against_its_goal() -> None:
    taken = [_sample(number, subject, cpu) for number in range(3) for subject, cpu in (("limit", 1.0), ("kubex", 1.2))]
    result = next(result for result in results(taken) if result.row.case == "get")
    assert result.ratios == pytest.approx((1.2, 1.2, 1.2))
    assert result.met is True
    assert goal_rows(taken)[0][2] == "≤ 1.45"


def test_every_row_of_the_table_names_a_case() -> None:
    assert {row.case for row in ROWS} | {row.beside for row in ROWS if row.beside} == set(NAMES)


def test_the_page_is_rewritten_between_its_marks_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- results: begin -->\nold\n<!-- results: end -->\nafter\n")
    rewrite_page([_sample(0, "limit", 1.0), _sample(0, "kubex", 1.2)], {"python": "CPython"}, page)
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| GET one Pod, a few fields of it read |" in text


def test_the_pod_of_the_benchmarks_is_typed_to_its_last_field() -> None:
    document = documents.pod(7)
    pod = Pod.model_validate(document)
    del document["metadata"]["managedFields"]
    for condition in document["status"]["conditions"]:
        del condition["lastProbeTime"]  # null, which is not sent
    assert pod.to_dict() == document
    assert list(_unknown(pod)) == []


def _sample(number: int, subject: str, cpu: float) -> Sample:
    return Sample(number, "aiohttp/asyncio", "get", subject, 1, cpu)


def _unknown(value: object) -> list[str]:
    if isinstance(value, list):
        return [name for item in value for name in _unknown(item)]
    if not isinstance(value, Model):
        return []
    inner = [name for field in type(value).model_fields for name in _unknown(getattr(value, field))]
    return [*(value.model_extra or {}), *inner]
