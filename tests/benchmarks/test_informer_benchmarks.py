"""The benchmarks of informers run and measure what their titles state."""

import asyncio
from collections.abc import Iterator

import pytest
from benchmarks.informers.__main__ import measure
from benchmarks.informers.goals import ROWS, goal_rows, peer_rows
from benchmarks.informers.worker import sync
from benchmarks.runner import server_process


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Run the server with many Pods."""
    with server_process("benchmarks.informers.server", []) as url:
        yield url


def test_each_row_has_a_value(url: str) -> None:
    values = measure(url, tiny=True)
    rows = goal_rows([values, values])
    assert [row[0] for row in rows] == [row.title for row in ROWS]
    assert values["relist told"] == 0
    assert all(value > 0 for name, value in values.items() if name.endswith("cpu"))


def test_sync_measures_all_objects(url: str) -> None:
    values = asyncio.run(sync(url, 1100))
    assert 0 < values["step"] < 10
    assert values["peak"] >= 1


def test_goals_are_upper_bounds() -> None:
    cases = ("events-1", "events-8", "watch-events", "limit-events", "sync", "limit-list", "import")
    names = ("peak", "step", "bytes", "bytes-of-sent", "bytes-of-stored", "growth", "collection", "get")
    values = {f"{case} cpu": 1.0 for case in cases} | {f"sync {name}": 1.0 for name in names}
    values |= {"relist relist": 0.0, "relist told": 0.0}
    met = {row[0]: row[-1] for row in goal_rows([values])}
    assert met["events, one idle consumer, CPU compared with a bare watch"] == "yes"
    assert met["the same, compared with the limit"] == "**no**"
    assert met["memory of an object"] == ""


def test_other_clients_are_compared_with_kubex() -> None:
    values = {"events-1 cpu": 0.001, "sync bytes": 1000.0, "kopf cpu": 0.005, "kopf bytes": 3000.0}
    assert peer_rows([values], ["kopf"]) == [
        ("kubex", "1000", "1.0", "1000", "1.0"),
        ("kopf", "200", "5.0", "3000", "3.0"),
    ]
