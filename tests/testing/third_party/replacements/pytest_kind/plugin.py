"""The options of pytest-kind that the test suites read."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    parser.addoption("--keep-cluster", action="store_true", dest="keep_cluster")
    parser.addoption("--cluster-name", default="kind")
