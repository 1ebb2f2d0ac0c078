"""Fixtures of all tests. Async tests run on each pair of HTTP backend and async library by default."""

import signal
from typing import Any

import pytest

from kubex_testing.compliance._clock import Clock
from support.backend_pairs import PAIRS, BackendPair

pytest_plugins = ["support.pair_selection", "support.skip_reasons", "support.worker_count"]

# Shells start background processes with SIGINT ignored. Programs that tests interrupt would inherit this.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(params=PAIRS, ids=str)
def pair(request: pytest.FixtureRequest) -> BackendPair:
    """Run the test on each pair of backend and async library."""
    value: BackendPair = request.param
    return value


@pytest.fixture
def clock() -> Clock:
    """Return a clock of the event loop that the test can move."""
    return Clock()


@pytest.fixture
def anyio_backend(request: pytest.FixtureRequest, pair: BackendPair) -> str | tuple[str, dict[str, Any]]:
    """Run async tests on the async library of the pair."""
    if "clock" in request.fixturenames:
        clock: Clock = request.getfixturevalue("clock")
        return clock.backend(pair.runtime)
    return pair.runtime
