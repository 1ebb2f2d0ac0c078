"""A log is resumed after the last line that was read."""

from kubex.api._log_position import LogPosition, LogStart

FIRST_START = LogStart(since_seconds=60, tail_lines=5)


def stamp(nanoseconds: int, zone: str = "Z", *, hour: int = 3) -> str:
    seconds, fraction = divmod(nanoseconds, 10**9)
    return f"2030-01-02T{hour:02}:04:{seconds:02}.{fraction:09}{zone}"


def line(nanoseconds: int, text: str) -> str:
    return f"{stamp(nanoseconds)} {text}"


def position(*, timestamps: bool = False, start: LogStart = FIRST_START) -> LogPosition:
    return LogPosition(start, timestamps=timestamps, now=100.0)


def test_timestamps_are_removed_unless_they_were_requested() -> None:
    lines = [line(1, "a"), line(1, ""), "message of the kubelet", "rpc.5 error", ""]
    assert position().accept(lines) == ["a", "", "message of the kubelet", "rpc.5 error", ""]
    assert position(timestamps=True).accept(lines) == lines


def test_first_request_starts_where_the_caller_wants_and_later_ones_at_the_newest_second() -> None:
    log = position()
    assert log.next_start(100.0) == FIRST_START
    assert log.next_start(107.5) == LogStart(since_seconds=68)
    log.accept([line(3 * 10**9 + 5, "a"), line(2 * 10**9, "written earlier")])
    assert log.next_start(110.0) == LogStart(since_time="2030-01-02T03:04:03+00:00")
    fixed = position(start=LogStart(since_time="2030-01-01T00:00:00Z", tail_lines=1))
    assert [fixed.next_start(0).tail_lines, fixed.next_start(0).tail_lines] == [1, None]
    assert fixed.next_start(0).since_time == "2030-01-01T00:00:00Z"


def test_lines_that_were_read_are_dropped_once() -> None:
    log = position()
    read = [line(1, "a"), line(2, "b"), line(2, "b"), line(2, "c")]
    assert log.accept(read) == ["a", "b", "b", "c"]
    log.expect_repeats()
    assert log.accept([*read, line(2, "b"), line(3, "d")]) == ["b", "d"]


def test_lines_are_not_lost_if_timestamps_are_not_in_order() -> None:
    log = position()
    log.accept([line(5, "stdout"), line(9, "stdout")])
    log.expect_repeats()
    assert log.accept([line(5, "stdout"), line(9, "stdout"), line(7, "stderr")]) == ["stderr"]


def test_lines_before_the_first_one_are_dropped() -> None:
    log = position()
    log.accept([line(5, "the last line of the tail")])
    log.expect_repeats()
    assert log.accept([line(4, "older"), line(5, "the last line of the tail"), line(6, "new")]) == ["new"]


def test_rotated_log_loses_no_line() -> None:
    log = position()
    log.accept([line(1, "a"), line(2, "b")])
    log.expect_repeats()
    assert log.accept([line(3, "c"), line(4, "d")]) == ["c", "d"]


def test_more_lines_than_are_remembered_are_recognized_by_their_time() -> None:
    log = position()
    lines = [line(number, f"line {number}") for number in range(20_000)]
    assert len(log.accept(lines)) == 20_000
    log.expect_repeats()
    assert log.accept([*lines, line(20_000, "new")]) == ["new"]


def test_time_zone_of_the_node_can_change() -> None:
    log = position()
    log.accept([f"{stamp(1, '+02:00', hour=5)} summer"])
    assert log.next_start(0).since_time == "2030-01-02T03:04:00+00:00"
    log.expect_repeats()
    assert log.accept(
        [f"{stamp(2, '+01:00', hour=4)} winter", "2030-01-02T03:04:01Z a", "2030-01-02T03:04:01.5Z b"]
    ) == [
        "winter",
        "a",
        "b",
    ]
