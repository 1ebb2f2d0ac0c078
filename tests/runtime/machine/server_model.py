"""A model of an API server that loses connections, lags, repeats events, forgets its history and returns to old states.

It does no I/O. Times are simulated: a watch yields the seconds that pass.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from kubex.errors import (
    ApiError,
    ConnectionLost,
    DecodeError,
    Expired,
    Forbidden,
    GatewayTimeout,
    InternalError,
    Invalid,
    KubexError,
    NotFound,
    ReadTimeout,
    ServiceUnavailable,
    TooManyRequests,
)
from kubex.models import EventType, Status, StatusCause, StatusDetails
from kubex_runtime._machine.steps import ListStep, WatchStep

FIRST_REVISION = 100
NAMES = "abcdefgh"


@dataclass(frozen=True, slots=True)
class State:
    """A state of an object, with the attributes of a `RawObject`."""

    name: str
    uid: str | None
    resource_version: str | None
    namespace: str | None = None
    generation: int | None = None

    @property
    def json(self) -> bytes:
        return f"{self.uid}@{self.resource_version}".encode()


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a watch."""

    type: EventType
    object: State


Received: TypeAlias = Event | DecodeError | float
"""An event, an event that could not be decoded, or the seconds that pass."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list."""

    items: list[State]
    resource_version: str
    continue_token: str | None = None


def api_error(error: type[ApiError], status: int, reason: str, **details: object) -> ApiError:
    """Return an error as the server sends it."""
    api_status = Status(code=status, reason=reason, message=reason)
    if details:
        api_status.details = StatusDetails(**details)  # type: ignore[arg-type]  # few tests need types here
    return error(status, api_status, "GET", "/api/v1/things")


def seeded(seed: int) -> Random:
    """Return a source of random numbers."""
    return Random(seed)  # noqa: S311 - a seed makes the tests reproducible


EXPIRED = api_error(Expired, 410, "Expired")
TOO_LARGE = api_error(
    GatewayTimeout, 504, "Timeout", causes=[StatusCause(reason="ResourceVersionTooLarge", message="too large")]
)
MISSING = api_error(NotFound, 404, "NotFound")
UNSUPPORTED = api_error(Invalid, 422, "Invalid")
UNREADABLE = api_error(InternalError, 500, "StorageReadError")
FORBIDDEN = api_error(Forbidden, 403, "Forbidden")
MALFORMED = DecodeError("an event", "its object has no name")

TRANSIENT: list[KubexError] = [
    ConnectionLost("lost"),
    ReadTimeout("silence"),
    TooManyRequests(429, Status(), retry_after=1),
    api_error(InternalError, 500, "InternalError"),
    api_error(ServiceUnavailable, 503, "ServiceUnavailable"),
    DecodeError("a list", "a web page", not_from_server=True),
]


class WatchEnded(Exception):
    """The server ended a watch without an error."""


class ServerModel:
    """Lists are snapshots, and watches send the history. With `misbehaves`, requests fail at random."""

    def __init__(self, random: Random, *, streams: bool = True) -> None:
        self._random = random
        self._streams = streams
        self.misbehaves = True
        self.has_kind = True
        self.revision = FIRST_REVISION
        self.compacted = FIRST_REVISION
        self.objects: dict[str, State] = {}
        self._history: list[tuple[int, Event]] = []
        self._snapshots: dict[int, dict[str, State]] = {FIRST_REVISION: {}}
        self._unreadable: set[int] = set()
        self._created = 0

    # Changes

    def write(self) -> None:
        """Create, change, delete or replace an object."""
        if not self.has_kind:
            return
        name = self._random.choice(NAMES)
        old = self.objects.get(name)
        if old is not None and self._random.random() < 0.4:
            self._record(EventType.DELETED, old)
            old = None
            if self._random.random() < 0.5:
                return
        if old is None:
            self._created += 1
            self._record(EventType.ADDED, State(name, f"u{self._created}", None))
        else:
            self._record(EventType.MODIFIED, old)

    def _record(self, event_type: EventType, state: State) -> None:
        self.revision += self._random.choice((1, 1, 1, 7))
        state = State(state.name, state.uid, str(self.revision))
        self._history.append((self.revision, Event(event_type, state)))
        self.objects = dict(self.objects)
        if event_type is EventType.DELETED:
            del self.objects[state.name]
            if self._random.random() < 0.03:
                self._unreadable.add(self.revision)
        else:
            self.objects[state.name] = state
        self._snapshots[self.revision] = self.objects

    def compact(self) -> None:
        """Forget the history."""
        self.compacted = self.revision

    def rewind(self) -> None:
        """Return to an old state, as after a restore of etcd from a backup."""
        revision = self._random.choice([old for old in self._snapshots if self.compacted <= old <= self.revision])
        self.revision, self.objects = revision, self._snapshots[revision]
        self._history = [entry for entry in self._history if entry[0] <= revision]

    def remove_kind(self) -> None:
        """Remove the kind and all objects."""
        for state in list(self.objects.values()):
            self._record(EventType.DELETED, state)
        self.has_kind = False

    def replace_everything_quietly(self) -> None:
        """Delete the objects, create others, and forget that."""
        for _ in range(6):
            self.write()
        self.compact()

    # Requests

    def list(self, step: ListStep) -> Page:
        """Return a page."""
        if step.limit is not None and step.resource_version is not None:
            raise AssertionError("a limit with a resource version pins the list to an old version")
        self._fail_at_random()
        revision, after = self._position(step)
        items = sorted((s for s in self._snapshot(revision).values() if s.name > after), key=lambda state: state.name)
        if step.limit is None or len(items) <= step.limit:
            return Page(items, str(revision))
        page = items[: step.limit]
        return Page(page, str(revision), f"{revision} {page[-1].name}")

    def _position(self, step: ListStep) -> tuple[int, str]:
        if step.continue_token is not None:
            revision, after = step.continue_token.split()
            if not self.compacted <= int(revision) <= self.revision or self._happens(0.05):
                raise EXPIRED
            return int(revision), after
        return self._read_revision(step.resource_version), ""

    def _read_revision(self, oldest: str | None) -> int:
        """Return the revision of a replica, which may be behind but not older than a version."""
        if oldest is None:
            return self.revision
        if int(oldest) > self.revision or (int(oldest) < self.compacted and self._happens(0.2)):
            raise TOO_LARGE if int(oldest) > self.revision else EXPIRED
        revision = self._replica()
        if revision >= int(oldest):
            return revision
        if self._random.random() < 0.5:
            raise TOO_LARGE
        return self.revision

    def _replica(self) -> int:
        known = sorted(old for old in self._snapshots if self.compacted <= old <= self.revision) or [self.revision]
        lag = self._random.randrange(5) if self.misbehaves else 0
        return known[max(0, len(known) - 1 - lag)]

    def _snapshot(self, revision: int) -> dict[str, State]:
        if revision == self.revision:
            return self.objects
        return self._snapshots[max(old for old in self._snapshots if old <= revision)]

    def watch(self, step: WatchStep) -> Iterator[Received]:
        """Open a watch: yield what arrives. The first value is yielded when it is open."""
        self._fail_at_random()
        if step.initial_events:
            if not self._streams:
                raise UNSUPPORTED
            revision = yield from self._initial_events(step.resource_version)
        else:
            revision = self._start(step.resource_version)
            yield 0.1
        for _ in range(self._random.randrange(4)):
            revision = yield from self._events(revision, self._random.choice((self.revision, self._replica())))
            yield self._random.choice((0.1, 20.0, 80.0))
            self._fail_at_random(0.05)
            if self._happens(0.7):
                self.write()
            if self._random.random() < 0.3 and revision == self.revision:
                yield self._bookmark(revision)
        yield 0.1 if self.misbehaves else 240.0

    def _start(self, version: str | None) -> int:
        assert version is not None, "a watch without a version misses changes"
        if int(version) < self.compacted:
            raise EXPIRED
        # A replica that is behind sends events again.
        return max(self.compacted, int(version) - self._random.randrange(6)) if self._happens(0.3) else int(version)

    def _initial_events(self, oldest: str | None) -> Generator[Received, None, int]:
        revision = self._read_revision(oldest)
        yield 0.1
        for state in sorted(self._snapshot(revision).values(), key=lambda state: state.name):
            self._fail_at_random(0.05)
            if self._happens(0.05):
                self.write()
            yield Event(EventType.ADDED, state)
            if self._happens(0.1):
                yield from self._older_events(state)
        end = self.revision if self._random.random() < 0.5 else self._replica()
        revision = yield from self._events(revision, max(revision, end))
        self._fail_at_random(0.15)
        if self._happens(0.05):
            raise WatchEnded
        yield Event(EventType.INITIAL_EVENTS_END, self._bookmark(revision).object)
        return revision

    def _events(self, after: int, until: int) -> Generator[Received, None, int]:
        for revision, event in self._history:
            if after < revision <= until:
                if revision in self._unreadable:
                    raise UNREADABLE
                self._fail_at_random(0.03)
                yield MALFORMED if self._happens(0.02) else event
        return max(after, until)

    def _older_events(self, state: State) -> Iterator[Event]:
        for revision, event in self._history:
            if event.object.name == state.name and revision < int(state.resource_version or 0):
                yield event

    def _bookmark(self, revision: int) -> Event:
        return Event(EventType.BOOKMARK, State("", None, str(revision)))

    def cancels(self) -> bool:
        """Return whether the program cancels a request or a read now."""
        return self._happens(0.03)

    def _happens(self, probability: float) -> bool:
        return self.misbehaves and self._random.random() < probability

    def _fail_at_random(self, probability: float = 0.12) -> None:
        if not self.has_kind:
            raise MISSING
        if self._happens(probability):
            raise self._random.choice([*TRANSIENT, EXPIRED, FORBIDDEN])
