"""The option `--fewer-pairs`: run tests on httpx2 only if they depend on the bytes of a connection."""

from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]

# kubex-httpx2 is generated from kubex-httpx, so only the libraries can behave differently.
FOLDERS = (TESTS / "transport", TESTS / "streaming")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    folders = " and ".join(f"tests/{folder.name}" for folder in FOLDERS)
    parser.addoption("--fewer-pairs", action="store_true", help=f"run tests on httpx2 only in {folders}")


def is_selected(item: pytest.Item) -> bool:
    """Return whether `--fewer-pairs` keeps a test."""
    callspec = getattr(item, "callspec", None)
    pair = callspec.params.get("pair") if callspec is not None else None
    return getattr(pair, "backend", None) != "httpx2" or any(folder in item.path.parents for folder in FOLDERS)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests if the option is used."""
    if config.getoption("fewer_pairs"):
        deselected = [item for item in items if not is_selected(item)]
        if deselected:
            config.hook.pytest_deselected(items=deselected)
            items[:] = [item for item in items if is_selected(item)]
