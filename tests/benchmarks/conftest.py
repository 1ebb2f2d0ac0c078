"""Lets the tests import the benchmarks, and runs the server of the benchmarks for them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# The benchmarks are no distribution: they are found from the root of the workspace, as `python -m benchmarks` does it.
sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.cases import NAMES, Plan, plan
from benchmarks.runner import server


@pytest.fixture(scope="session")
def tiny() -> Plan:
    """Return every case at next to no size."""
    return plan(NAMES, tiny=True)


@pytest.fixture(scope="session")
def server_url(tiny: Plan) -> Iterator[str]:
    """Run the benchmark server."""
    with server(tiny.sizes) as url:
        yield url
