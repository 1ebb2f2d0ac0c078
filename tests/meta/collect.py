"""Collects all tests and writes their `covers` marks to a file: `python tests/meta/collect.py FILE`."""

import json
import sys
from pathlib import Path

import pytest


class Coverage:
    """Writes the names in the `covers` marks of each test, and the pair on which it runs."""

    def __init__(self, output: Path) -> None:
        self.output = output

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Write the marks of all collected tests."""
        covered = {item.nodeid: {"names": names_of(item), "pair": pair_of(item)} for item in items}
        self.output.write_text(json.dumps(covered), encoding="utf-8")


def names_of(item: pytest.Item) -> list[str]:
    return [str(name) for mark in item.iter_markers("covers") for name in mark.args]


def pair_of(item: pytest.Item) -> str | None:
    callspec = getattr(item, "callspec", None)
    parameters = {} if callspec is None else callspec.params
    backend = getattr(getattr(item, "cls", None), "backend", None)  # of a suite for one backend
    if backend is not None and "runtime" in parameters:
        return f"{backend.name}-{parameters['runtime']}"
    pair = parameters.get("pair")
    return None if pair is None else str(pair)


if __name__ == "__main__":
    options = ["--collect-only", "-q", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
    sys.exit(pytest.main(options, plugins=[Coverage(Path(sys.argv[1]))]))
