"""Every async test runs on each pair of HTTP backend and async library, unless its folder says otherwise."""

import pytest

from support.pairs import PAIRS, Pair

pytest_plugins = ["support.skips"]


@pytest.fixture(params=PAIRS, ids=str)
def pair(request: pytest.FixtureRequest) -> Pair:
    """Run the test on each pair of backend and async library."""
    chosen: Pair = request.param
    return chosen


@pytest.fixture
def anyio_backend(pair: Pair) -> str:
    """Run async tests on the async library of the pair."""
    return pair.runtime
