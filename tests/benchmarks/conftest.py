"""Fixtures for the tests of the benchmarks."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# The benchmarks are not an installed distribution. They are imported from the root of the workspace.
sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.cases import CASE_NAMES, Plan, make_plan
from benchmarks.runner import server


@pytest.fixture(scope="session")
def tiny_plan() -> Plan:
    """Return every case with the smallest sizes."""
    return make_plan(CASE_NAMES, tiny=True)


@pytest.fixture(scope="session")
def server_url(tiny_plan: Plan) -> Iterator[str]:
    """Run the benchmark server."""
    with server(tiny_plan.sizes) as url:
        yield url
