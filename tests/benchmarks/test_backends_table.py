"""The table that compares the backends with each other."""

from benchmarks.backends import ROWS, table
from benchmarks.cases import CASE_NAMES, PAIRS
from benchmarks.runner import Sample
from benchmarks.streams.cases import CASE_NAMES as STREAM_CASE_NAMES

from support.backend_pairs import PAIRS as TESTED_PAIRS


def test_table_contains_the_cost_of_a_unit_and_its_ratio_for_each_pair() -> None:
    collected = [
        Sample(number, pair, case, subject, units=2, cpu=cpu)
        for number, factor in enumerate((1, 2, 3))
        for pair in PAIRS
        for case in ROWS.values()
        for subject, cpu in (("limit", 0.001 * factor), ("kubex", 0.0011 * factor))
    ]
    rows = table(collected)
    assert [row[0] for row in rows] == list(ROWS)
    assert rows[0][1:] == ("1100 (1.10)",) * len(PAIRS)


def test_rows_use_existing_cases_and_all_pairs() -> None:
    assert set(ROWS.values()) <= {*CASE_NAMES, *STREAM_CASE_NAMES}
    assert list(PAIRS) == [f"{pair.backend}/{pair.runtime}" for pair in TESTED_PAIRS]
