"""Every async test runs on each pair of HTTP backend and async library, unless its folder says otherwise."""

import signal

import pytest

from support.pairs import PAIRS, Pair

pytest_plugins = ["support.skips"]

# Shells start what runs in the background with Ctrl-C ignored, which the programs that tests interrupt would inherit.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(params=PAIRS, ids=str)
def pair(request: pytest.FixtureRequest) -> Pair:
    """Run the test on each pair of backend and async library."""
    chosen: Pair = request.param
    return chosen


@pytest.fixture
def anyio_backend(pair: Pair) -> str:
    """Run async tests on the async library of the pair."""
    return pair.runtime
