"""The benchmarks of exec and port-forward run and do the described work."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from benchmarks.runner import ROOT, server_process
from benchmarks.streams.cases import CASE_NAMES, CASES, StreamCase
from benchmarks.streams.goals import ROWS
from benchmarks.streams.stress import CHECKS
from benchmarks.streams.worker import measure

from support.backend_pairs import BackendPair


@pytest.fixture(scope="module")
def stream_server_url() -> Iterator[str]:
    """Run the server of the benchmarks of streams."""
    with server_process("benchmarks.streams.server", []) as url:
        yield url


@pytest.mark.anyio
@pytest.mark.parametrize("subject", ["limit", "kubex"])
@pytest.mark.parametrize("case", CASES, ids=CASE_NAMES)
async def test_each_stream_case_counts_its_units(
    case: StreamCase, subject: str, pair: BackendPair, stream_server_url: str
) -> None:
    measured = await measure(case, subject, pair.backend, stream_server_url, case.tiny_size)
    assert measured.units == case.tiny_size


def test_rows_of_streams_use_exactly_the_existing_cases() -> None:
    assert {row.case for row in ROWS} == {row.limit_case for row in ROWS} == set(CASE_NAMES)


def test_run_of_one_case_prints_both_tables() -> None:
    command = [sys.executable, "-m", "benchmarks.streams", "--tiny", "--rounds", "1", "--case", "exec-true"]
    completed = subprocess.run(
        [*command, "--pair", "aiohttp/asyncio"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert '`exec.run("true")`, CPU' in completed.stdout
    assert "peak RSS" in completed.stdout


@pytest.mark.parametrize("check", ["concurrent", "fuzz"])
def test_long_run_prints_its_figure(check: str) -> None:
    assert check in CHECKS
    command = [sys.executable, "-m", "benchmarks.streams.stress", "--tiny", "--check", check]
    completed = subprocess.run(
        [*command, "--pair", "aiohttp/asyncio"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert completed.stdout.startswith(f"{check} on aiohttp/asyncio: ")
