"""The report of a suite of another client is read correctly."""

from pathlib import Path

from testing.third_party.runner import Outcome, read_report

REPORT = """<testsuites><testsuite name="pytest">
<testcase classname="tests.test_pods" name="test_passes"/>
<testcase classname="tests.test_pods" name="test_fails"><failure message="1 == 2&#10;more">text</failure></testcase>
<testcase classname="tests.test_pods" name="test_cannot_start"><error message="no server"/></testcase>
<testcase classname="tests.test_pods" name="test_is_skipped"><skipped message="no reason"/></testcase>
<testcase classname="tests.test_pods" name="test_cannot_end"/>
<testcase classname="tests.test_pods" name="test_cannot_end"><error message="still open"/></testcase>
</testsuite></testsuites>"""


def test_read_report_returns_one_outcome_for_each_test(tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    path.write_text(REPORT, encoding="utf-8")
    assert read_report(path) == {
        "tests.test_pods::test_passes": Outcome("passed"),
        "tests.test_pods::test_fails": Outcome("failure", "1 == 2"),
        "tests.test_pods::test_cannot_start": Outcome("error", "no server"),
        "tests.test_pods::test_is_skipped": Outcome("skipped", "no reason"),
        "tests.test_pods::test_cannot_end": Outcome("error", "still open"),
    }
