"""Collects the tests with `covers` marks and writes the marks to a file: `python tests/meta/collect.py FILE`."""

import json
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]


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


def paths() -> list[str]:
    """Return the files that contain the name of the mark, and the folders with a conftest.py that contains it.

    It takes long to collect all files.
    """
    found = [path for path in TESTS.rglob("*.py") if "covers" in path.read_text(encoding="utf-8")]
    files = [path for path in found if path.name.startswith("test_")]
    folders = [path.parent for path in found if path.name == "conftest.py"]
    return list(map(str, [*files, *folders]))


if __name__ == "__main__":
    # Without rewritten assertions, because rewriting takes longer than the import.
    options = ["--collect-only", "-q", "-q", "--assert=plain", "-p", "no:randomly", "-p", "no:cacheprovider"]
    sys.exit(pytest.main([*options, *paths()], plugins=[Coverage(Path(sys.argv[1]))]))
