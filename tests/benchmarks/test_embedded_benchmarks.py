"""The benchmark of the embedded server runs, and compares its values with the goals."""

import json

from benchmarks.embedded.__main__ import BOUNDS, PAIRS, RATIOS, medians, rows
from benchmarks.embedded.worker import CASES
from benchmarks.runner import run


def test_cases_measure_all_values_with_a_goal() -> None:
    values: dict[str, float] = {}
    for case in CASES:
        values |= json.loads(run(["-m", "benchmarks.embedded.worker", case, "0.001"]))
    assert {*RATIOS, *BOUNDS, *PAIRS} <= values.keys()
    assert {other for other, _ in PAIRS.values()} <= values.keys()


def test_rows_compare_the_values_with_the_goals() -> None:
    before = medians([{"GET, us": 1.0}, {"GET, us": 3.0}, {"GET, us": 2.0}])
    assert rows(before, {"GET, us": 2.4}) == [("GET, us", "≤ 1.2 of before", "2.0", "2.4", "1.20", "yes")]
    assert rows(before, {"GET, us": 2.5})[0][-1] == "**no**"
