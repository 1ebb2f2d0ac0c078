"""The options `--fewer-pairs` and `--one-pair`: leave out tests that only repeat another one on a further pair.

A pair consists of a backend and an async library. Tests that depend on the bytes of a connection always run on all
pairs.
"""

from collections import defaultdict
from pathlib import Path
from zlib import crc32

import pytest

from support.backend_pairs import BackendPair

TESTS = Path(__file__).resolve().parents[1]

FOLDERS = (TESTS / "transport", TESTS / "streaming")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    folders = " and ".join(f"tests/{folder.name}" for folder in FOLDERS)
    parser.addoption("--fewer-pairs", action="store_true", help=f"run tests on httpx2 only in {folders}")
    parser.addoption(
        "--one-pair",
        action="store_true",
        help=f"run each test on one pair, which depends on the name of the test; in {folders} on all pairs",
    )


def pair_of(item: pytest.Item) -> BackendPair | None:
    """Return the pair of a test, unless the test always runs on all pairs or does not use any."""
    callspec = getattr(item, "callspec", None)
    pair = callspec.params.get("pair") if callspec is not None else None
    is_kept = any(folder in item.path.parents for folder in FOLDERS)
    return pair if isinstance(pair, BackendPair) and not is_kept else None


def on_httpx2(items: list[pytest.Item]) -> set[pytest.Item]:
    """Return the tests on httpx2. kubex-httpx2 is generated from kubex-httpx, so only the libraries can differ."""
    return {item for item in items if (pair := pair_of(item)) is not None and pair.backend == "httpx2"}


def on_further_pairs(items: list[pytest.Item]) -> set[pytest.Item]:
    """Return the tests on all pairs but one. Different tests keep different pairs."""
    groups: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if (pair := pair_of(item)) is not None:
            groups[item.nodeid.replace(str(pair), "", 1)].append(item)
    for name, group in groups.items():
        group.sort(key=lambda item: item.nodeid)
        del group[crc32(name.encode()) % len(group)]
    return {item for group in groups.values() for item in group}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests if an option is used."""
    deselected: set[pytest.Item] = set()
    if config.getoption("fewer_pairs"):
        deselected = on_httpx2(items)
    if config.getoption("one_pair"):
        deselected |= on_further_pairs([item for item in items if item not in deselected])
    if deselected:
        config.hook.pytest_deselected(items=[item for item in items if item in deselected])
        items[:] = [item for item in items if item not in deselected]
