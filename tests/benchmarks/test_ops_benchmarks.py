"""The benchmark of sets of objects runs, and compares its values with the goal."""

from pathlib import Path

from benchmarks.ops.__main__ import Round, rows
from benchmarks.runner import run


def test_benchmark_of_sets_measures_both_ways(tmp_path: Path) -> None:
    output = run(["-m", "benchmarks.ops", "--tiny", "--output", str(tmp_path / "ops.json")])
    assert "bare PATCH requests" in output
    assert "EmbeddedServer" in (tmp_path / "ops.json").read_text()


def test_rows_compare_the_median_with_the_goal() -> None:
    assert rows([Round(1.0, 1.5), Round(1.0, 1.9), Round(1.0, 9.0)])[0][1:] == ("≤ 2", "1.90", "1.50 - 9.00", "yes")
    assert rows([Round(1.0, 2.1)])[0][-1] == "**no**"
