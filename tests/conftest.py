"""Every async test runs on each pair of HTTP backend and async library, unless its folder says otherwise."""

import signal
from typing import Any

import pytest

from support.clock import Clock
from support.pairs import PAIRS, Pair

pytest_plugins = ["support.skips", "support.workers"]

# Shells start what runs in the background with Ctrl-C ignored, which the programs that tests interrupt would inherit.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(params=PAIRS, ids=str)
def pair(request: pytest.FixtureRequest) -> Pair:
    """Run the test on each pair of backend and async library."""
    chosen: Pair = request.param
    return chosen


@pytest.fixture
def clock() -> Clock:
    """Run the test on a clock that it can move."""
    return Clock()


@pytest.fixture
def anyio_backend(request: pytest.FixtureRequest, pair: Pair) -> str | tuple[str, dict[str, Any]]:
    """Run async tests on the async library of the pair."""
    if "clock" in request.fixturenames:
        clock: Clock = request.getfixturevalue("clock")
        return clock.backend(pair.runtime)
    return pair.runtime
