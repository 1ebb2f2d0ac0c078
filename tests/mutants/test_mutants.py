"""Each mutant fails the test that is named for it, and passes a sample of other tests."""

import pytest

from mutants.outcomes import run_tests
from mutants.registry import CORRECT_BACKENDS, MUTANTS
from mutants.report import MAXIMUM_SHARE, PAGE, load_results, page

# Tests of different areas, which a mutant must pass unless one of them is named for it, or a mutant has an entry below.
SAMPLE = (
    "test_body_without_length_ends_with_the_connection",
    "test_read_returns_the_rest_of_the_body",
    "test_exception_in_the_block_of_a_websocket_is_propagated_unchanged",
)

# The tests of the sample that a mutant also fails.
ALSO_FAILS: dict[str, set[str]] = {}


@pytest.mark.timeout(600)  # most of the tests wait for something that a mutant does not do
def test_each_mutant_fails_the_test_for_it_and_passes_the_sample() -> None:
    tests = {name: tuple({mutant.test, *SAMPLE}) for name, mutant in MUTANTS.items()}
    named = tuple(sorted({mutant.test for mutant in MUTANTS.values()}))
    outcomes = run_tests(tests | dict.fromkeys(CORRECT_BACKENDS, named))
    failed = {name: outcomes[name].failed for name in [*MUTANTS, *CORRECT_BACKENDS]}
    expected = {name: {mutant.test} | ALSO_FAILS.get(name, set()) for name, mutant in MUTANTS.items()}
    assert failed == expected | {name: set() for name in CORRECT_BACKENDS}


def test_suite_has_a_mutant_for_each_area() -> None:
    assert len(MUTANTS) >= 24
    areas = {mutant.suite for mutant in MUTANTS.values()}
    assert areas >= {"RequestSuite", "StreamSuite", "WebSocketSuite", "TimeoutSuite", "ErrorSuite", "ProxySuite"}
    assert areas >= {"TLSSuite", "HTTP2Suite", "LifecycleSuite", "CancellationSuite"}


def test_results_contain_the_test_of_each_mutant() -> None:
    results = {name: result for name, result in load_results().items() if name in MUTANTS}
    assert [name for name, result in results.items() if MUTANTS[name].test not in result.failed] == []
    wide = {name for name, result in results.items() if result.share > MAXIMUM_SHARE}
    assert {name for name in wide if not MUTANTS[name].widespread} == set(), "split these mutants, or add a reason"


def test_correct_backends_fail_no_test() -> None:
    results = load_results()
    assert {name: results[name].failed for name in CORRECT_BACKENDS if name in results} == {
        name: () for name in CORRECT_BACKENDS if name in results
    }


def test_page_contains_the_results() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(load_results()), "run tests/mutants/run.py --missing"
