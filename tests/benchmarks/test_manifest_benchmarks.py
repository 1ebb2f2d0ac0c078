"""The benchmark of manifests runs, and both subjects read the same objects."""

from benchmarks.goals import results
from benchmarks.manifests import CASES, PAIR, ROWS, SUBJECTS, samples


def test_both_subjects_read_each_object_of_each_case() -> None:
    collected = list(samples(2, tiny=True))
    assert {sample.pair for sample in collected} == {PAIR}
    assert {(sample.case, sample.subject) for sample in collected} == {
        (case, name) for case in CASES for name in SUBJECTS
    }
    assert {sample.units for sample in collected} == {2}


def test_each_case_of_manifests_has_a_row() -> None:
    assert [row.case for row in ROWS] == list(CASES)
    assert {result.row.case for result in results(list(samples(1, tiny=True)), ROWS)} == set(CASES)
