"""The charts of docs/benchmarks.md show the committed samples."""

import sys
from pathlib import Path

import pytest
from benchmarks.charts import FOLDER, bar, bars_of_clients, charts, write_charts
from benchmarks.runner import Sample


def sample(number: int, subject: str, cpu: float, case: str = "get") -> Sample:
    """Return a sample of 10 units."""
    return Sample(number, "asyncio", case, subject, 10, cpu)


def test_bar_contains_the_median_and_the_spread() -> None:
    each = bar("kubex", [3.0, 1.0, 2.0])
    assert (each.middle, each.low, each.high) == (2.0, 1.0, 3.0)


def test_clients_are_compared_with_the_limit_of_the_same_round() -> None:
    samples = [sample(0, "limit", 1.0), sample(0, "kubex", 2.0), sample(1, "limit", 2.0), sample(1, "kubex", 8.0)]
    assert bars_of_clients([*samples, sample(0, "kr8s", 9.0, "list")], "get") == [bar("kubex", [2.0, 4.0])]


def test_page_describes_the_bars_of_each_chart() -> None:
    page = (FOLDER.parent / "benchmarks.md").read_text(encoding="utf-8")
    for name, bars in charts().items():
        numbers = "; ".join(f"{each.label} {each.middle:.2g} ({each.low:.2g} to {each.high:.2g})" for each in bars)
        for scheme in ("light", "dark"):
            assert f"{numbers}](benchmarks/charts/{name}-{scheme}.svg)" in page


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the documentation needs Python 3.11")
def test_committed_charts_are_those_of_the_samples(tmp_path: Path) -> None:
    write_charts(tmp_path)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_bytes() for path in (FOLDER / "charts").iterdir()}
