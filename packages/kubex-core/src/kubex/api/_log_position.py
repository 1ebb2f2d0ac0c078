"""Resume a log at the line after the last one that was read."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from math import ceil

# The number of lines that are remembered. A resumed log starts at a full second, so the lines of up to one second are
# sent again. Earlier lines than the remembered ones are recognized by their time.
_REMEMBERED = 2**12

_NANOSECONDS = 10**9


@dataclass(frozen=True, slots=True)
class LogStart:
    """Where a log starts."""

    since_time: str | None = None
    since_seconds: int | None = None
    tail_lines: int | None = None


class LogPosition:
    """Recognizes lines that were read before, by their timestamps and text.

    The API cannot return the lines after a certain line: `sinceTime` is rounded down to a full second. So lines are
    requested with timestamps, and those that were already read are dropped.
    """

    def __init__(self, start: LogStart, *, timestamps: bool, now: float) -> None:
        self._start = start
        self._timestamps = timestamps
        self._created = now
        self._parser = _TimestampParser()
        self._newest: int | None = None
        self._oldest = 0  # lines before this time were read, or are before the start
        self._seen: deque[tuple[int, int]] = deque(maxlen=_REMEMBERED)
        self._repeats: Counter[int] = Counter()
        self._opened = False

    def next_start(self, now: float) -> LogStart:
        """Return where the next request must start, `now` is the time of the event loop."""
        first, self._opened = not self._opened, True
        if self._newest is not None:
            return LogStart(since_time=datetime.fromtimestamp(self._newest // _NANOSECONDS, timezone.utc).isoformat())
        if first:
            return self._start
        seconds = self._start.since_seconds
        # The log was empty before, so all its lines are new and `tail_lines` is not needed.
        return LogStart(self._start.since_time, None if seconds is None else seconds + ceil(now - self._created))

    def expect_repeats(self) -> None:
        """Expect that the next lines are from a request that starts at `next_start()`."""
        self._oldest = self._seen[0][0] if self._seen else 0
        self._repeats = Counter(content for _, content in self._seen)

    def accept(self, lines: Iterable[str]) -> list[str]:
        """Return the lines that were not read before, without their timestamps unless they were requested."""
        accepted: list[str] = []
        for line in lines:
            stamp, _, text = line.partition(" ")
            moment = self._parser.parse(stamp)
            if moment is None:  # a message of the kubelet
                accepted.append(line)
                continue
            content = hash(line)
            if self._is_repeated(moment, content):
                continue
            self._seen.append((moment, content))
            if self._newest is None or moment > self._newest:
                self._newest = moment
            accepted.append(line if self._timestamps else text)
        return accepted

    def skip(self, lines: Iterable[str]) -> None:
        """Treat lines as read."""
        self.accept(lines)

    def _is_repeated(self, moment: int, content: int) -> bool:
        if moment < self._oldest:
            return True
        if not self._repeats or not self._repeats[content]:
            return False
        self._repeats[content] -= 1
        return True


class _TimestampParser:
    """Converts timestamps of RFC 3339 to nanoseconds."""

    def __init__(self) -> None:
        self._second = ("", "")
        self._seconds = 0

    def parse(self, stamp: str) -> int | None:
        """Return the nanoseconds since 1970, or None for other text."""
        head, point, tail = stamp.partition(".")
        digits = tail.rstrip("Z")
        if point and digits.isdecimal():
            zone = "Z"
        else:
            digits, zone, head = _split_zone(stamp)
        if (head, zone) != self._second:
            try:
                moment = datetime.fromisoformat(head + ("+00:00" if zone == "Z" else zone))
            except ValueError:
                return None
            if moment.tzinfo is None or len(head) != len("2030-01-02T03:04:05"):
                return None
            self._second, self._seconds = (head, zone), int(moment.timestamp())
        return self._seconds * _NANOSECONDS + int(digits[:9].ljust(9, "0"))


def _split_zone(stamp: str) -> tuple[str, str, str]:
    """Return the fraction, the zone and the rest of a timestamp; the rest is empty if it is not a timestamp."""
    head, tail = stamp[:19], stamp[19:]
    for sign in ("+", "-", "Z"):
        fraction, found, offset = tail.partition(sign)
        digits = fraction.removeprefix(".")
        if found and (not digits or digits.isdecimal()):
            return digits, found + offset, head
    return "", "", ""
