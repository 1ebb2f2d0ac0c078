"""The state machine that follows a collection: which request comes next, and what each response changes."""

from collections.abc import Sequence
from enum import Enum, auto
from random import Random
from typing import Literal, TypeAlias

from kubex.errors import ConfigurationError, ConnectionLost, InternalError, TransportError
from kubex.models import EventType
from kubex_runtime._machine.applier import Applier, ObjectState
from kubex_runtime._machine.backoff import Attempts, Backoff
from kubex_runtime._machine.entries import ObjectTable, RawChange
from kubex_runtime._machine.failures import Reason, reason_of
from kubex_runtime._machine.revisions import is_newer
from kubex_runtime._machine.steps import ListStep, Step, WatchStep
from kubex_runtime._machine.timing import TIMING, Timing

Initial: TypeAlias = Literal["stream", "list", "any"]
"""How the first objects are read: with initial events of a watch, with a list, or with a list that can be old."""

Changes: TypeAlias = Sequence[RawChange]

# After this number of restarts without an event in between, the next one waits.
_MAX_QUICK_RESTARTS = 3

# The number of malformed initial events in a row that are skipped.
_MAX_MALFORMED_INITIAL_EVENTS = 10_000


class Phase(Enum):
    """The purpose of the next request."""

    START = auto()
    STREAM = auto()
    LIST = auto()
    WATCH = auto()
    PROBE = auto()
    """A list of one object, which shows whether the history of the server went back."""


class Reflector:
    """Follows a collection without I/O: `next_step()` returns a request, and the other methods take its response.

    The reflector changes the table, which only it may change, and returns the changes. Times are in seconds. Raises
    ConfigurationError for invalid arguments.
    """

    def __init__(
        self,
        table: ObjectTable,
        *,
        initial: Initial = "stream",
        page_size: int = 500,
        optional: bool = False,
        backoff: Backoff | None = None,
        random: Random | None = None,
        timing: Timing = TIMING,
    ) -> None:
        if initial not in ("stream", "list", "any"):
            raise ConfigurationError(f'must be "stream", "list" or "any", not {initial!r}', field="initial")
        if page_size < 1:
            raise ConfigurationError(f"must be at least 1, not {page_size!r}", field="page_size")
        self._objects = Applier(table)
        self._random = random or Random()  # noqa: S311 - jitter, not cryptography
        self.timing = timing
        self._page_size = page_size
        self._optional = optional
        self._phase = Phase.START
        self._streams = initial == "stream"
        self._may_be_old = initial == "any"
        self._paged = True
        self._latest = False
        """Whether the floor is of no use to the server, so that the next list requests the latest state."""
        self._token: str | None = None
        self._list_version: str | None = None
        self._is_first_page = True
        self._is_damaged = False
        """Whether an event or an item of a list could not be decoded."""
        self._malformed_events = 0
        self._server_errors = 0
        self._quick_restarts = 0
        self._has_moved = False
        self._opened_at = self._idle_since = 0.0
        self.attempts = Attempts(backoff or Backoff(), self._random)
        self.resource_version: str | None = None
        """All changes up to this version are in the table."""
        self.synced = False
        """Whether the initial objects are complete."""

    @property
    def reads_initial_events(self) -> bool:
        """Whether the current request is a watch, and its initial events are not complete."""
        return self._phase is Phase.STREAM

    @property
    def continues(self) -> bool:
        """Whether an open watch must be read further. Otherwise it must be closed."""
        return self._phase is Phase.STREAM or self._phase is Phase.WATCH

    def next_step(self) -> Step:
        """Return the next request. It must not be sent before `attempts.next_at`."""
        if self._phase is Phase.START:
            self._phase = Phase.STREAM if self._streams else Phase.LIST
            self._token, self._is_first_page = None, True
        if self._phase is Phase.PROBE:
            return ListStep(limit=1)
        if self._phase is Phase.LIST and self._token is not None:
            return ListStep(limit=self._page_size, continue_token=self._token)
        if self._phase is Phase.LIST:
            version = self._oldest_allowed()
            # A server would take a limit and a version as a request for exactly this version.
            return ListStep(version, self._page_size if version is None and self._paged else None)
        is_stream = self._phase is Phase.STREAM
        version = self._oldest_allowed() if is_stream else self.resource_version
        return WatchStep(version, is_stream, self._random.randint(*self.timing.watch_seconds))

    def _oldest_allowed(self) -> str | None:
        if self._latest or self._objects.trusting:
            return None
        return "0" if self._objects.floor is None and self._may_be_old else self._objects.floor

    def _on_older_version(self) -> bool:
        """Take a list that is older than what was seen. Return whether this proves that the history went back."""
        self._objects.trusting = self._oldest_allowed() is None
        # Otherwise the server ignored the version, so the latest state is requested, which no server can ignore.
        self._latest = True
        return self._objects.trusting

    # Responses to lists

    def page(self, version: str | None, token: str | None, now: float) -> bool:
        """Take the version and the continue token of a page. Return whether its items must be passed to `item()`."""
        self.attempts.succeeded(now)
        is_rewound = self._objects.is_rewound(version)
        if self._phase is Phase.PROBE:
            self._phase = Phase.START if is_rewound else Phase.WATCH
            self._objects.trusting = is_rewound
            self._idle_since = now
            return False
        if self._is_first_page and is_rewound and not self._on_older_version():
            self._phase = Phase.START
            return False
        if self._is_first_page:
            self._is_first_page, self._list_version = False, version
            self._begin_list()
        self._token = token
        return True

    def item(self, item: ObjectState) -> Changes:
        """Apply an item of a page."""
        return self._objects.put(item)

    def incomplete(self) -> None:
        """Note that something could not be applied: an object without identity, or an event of an unknown type."""
        self._is_damaged = True

    def end_page(self, now: float) -> Changes:
        """End a page after its last item."""
        return () if self._token else self._finish(self._list_version, now)

    # Responses to watches

    def opened(self, now: float) -> None:
        """Note that a watch was opened."""
        self.attempts.succeeded(now)
        self._opened_at = now
        self._has_moved = False
        self._malformed_events = 0
        if self._phase is Phase.STREAM:
            self._begin_list()

    def event(self, event_type: EventType, item: ObjectState, now: float) -> Changes:
        """Apply an event of a watch."""
        self._malformed_events = 0
        if self._phase is Phase.STREAM:
            if event_type is EventType.INITIAL_EVENTS_END:
                return self._end_initial_events(item.resource_version, now)
        elif not self._move(item.resource_version):
            return ()
        if event_type is EventType.DELETED:
            return self._objects.delete(item)
        return () if event_type in (EventType.BOOKMARK, EventType.INITIAL_EVENTS_END) else self._objects.put(item)

    def _end_initial_events(self, version: str | None, now: float) -> Changes:
        if not self._objects.is_rewound(version) or self._objects.trusting:
            return self._finish(version, now)
        self._phase = Phase.START
        self._on_older_version()
        return ()

    def _move(self, version: str | None) -> bool:
        """Move to the version of an event. Return False if it was repeated, and must not be applied again."""
        if version == self.resource_version or is_newer(self.resource_version, version):
            return False
        if version is not None:
            self.resource_version = self._objects.floor = version
        self._has_moved = True
        self._quick_restarts = self._server_errors = 0
        return True

    def malformed_event(self) -> bool:
        """Note an event that could not be decoded. Return whether the watch can be continued."""
        self._is_damaged = True
        self._malformed_events += 1
        # The next initial events would be the same. But if the event is too long, each read fails in the same way.
        return self._malformed_events <= (_MAX_MALFORMED_INITIAL_EVENTS if self._phase is Phase.STREAM else 1)

    def ended(self, now: float) -> None:
        """Note that the server has ended a watch without an error."""
        lasted = now - self._opened_at
        if self._phase is Phase.STREAM:
            self._fail(ConnectionLost("the watch ended before all initial events"), now)
            self._repeat_request()
        elif not self._has_moved and lasted < self.timing.shortest_watch:
            self._fail(ConnectionLost(f"the watch ended after {lasted:.1f} s without an event"), now)
            self._repeat_request()
        else:
            self._watch_again(now)

    def interrupted(self, now: float) -> None:
        """Note that an open watch was closed without a failure, because the program has cancelled a read."""
        if self._phase is Phase.STREAM:
            self.request_cancelled()
        else:
            self._watch_again(now)

    def _watch_again(self, now: float) -> None:
        if self._is_damaged:
            self._phase = Phase.START
        elif self._has_moved:
            self._idle_since = now
        elif now - self._idle_since >= self.timing.probe_after:
            self._phase = Phase.PROBE

    def request_cancelled(self) -> None:
        """Note that the program has cancelled a request, so that it must be sent again.

        If it was for all objects, pages are read next: those that have arrived are not requested again.
        """
        if self._phase is Phase.STREAM:
            self._phase, self._token, self._is_first_page = Phase.LIST, None, True
        if self._phase is Phase.LIST and self._token is None:
            self._latest = self._paged = True

    def silent(self) -> None:
        """Note that the server does not continue with the initial events, which it probably does not support."""
        self._streams = False
        self._phase = Phase.START

    # Errors

    def failed(self, error: Exception, now: float, *, from_event: bool = False) -> Changes:
        """Take the error of a request. Raises it if waiting does not help.

        `from_event` is True for the errors of an open watch.
        """
        reason = reason_of(error, initial_events=self._phase is Phase.STREAM, from_event=from_event)
        if reason is Reason.PERMANENT or (not self.synced and self._is_final_before_sync(reason)):
            raise error
        if reason is Reason.EXPIRED:
            if self._phase in (Phase.LIST, Phase.STREAM):
                self._latest = True
                self._paged = self._paged and self._token is None
            self._restart_soon(error, now)
        elif reason is Reason.TOO_LARGE and self._oldest_allowed() is not None:
            self._latest = True
            self._restart_soon(error, now)
        elif reason is Reason.UNSUPPORTED:
            self.silent()
        else:
            is_outage = self.attempts.failure is not None and isinstance(error, TransportError)
            self._fail(error, now)
            self._repeat_request()
            if is_outage and self._phase is Phase.WATCH:
                # A restore of etcd needs an outage of the API server.
                self._phase = Phase.PROBE
            if reason is Reason.MISSING:
                return self._missing()
            if reason is Reason.UNREADABLE or (from_event and self._repeats(error)):
                self._phase = Phase.START
        return ()

    def _is_final_before_sync(self, reason: Reason) -> bool:
        return reason is Reason.DENIED or (reason is Reason.MISSING and not self._optional)

    def _fail(self, error: Exception, now: float) -> None:
        self.attempts.failed(error, now, retry_after=getattr(error, "retry_after", None))

    def _repeats(self, error: Exception) -> bool:
        """Return whether an open watch fails again and again at the same version."""
        if isinstance(error, InternalError):
            self._server_errors += 1
        return self._server_errors > 1

    def _missing(self) -> Changes:
        self._phase, self._latest = Phase.START, True
        self._objects.begin_list()
        return self._objects.finish_list()

    # The next phase

    def _repeat_request(self) -> None:
        if self._phase is Phase.STREAM:
            # Nothing is concluded from objects that did not arrive.
            self._phase = Phase.START
        elif self._phase is not Phase.LIST:
            self._phase = Phase.START if self._is_damaged else Phase.WATCH

    def _restart_soon(self, error: Exception, now: float) -> None:
        self._phase = Phase.START
        self._quick_restarts += 1
        if self._quick_restarts > _MAX_QUICK_RESTARTS:
            self._fail(error, now)

    def _begin_list(self) -> None:
        self._objects.begin_list()
        self._is_damaged = False

    def _finish(self, version: str | None, now: float) -> Changes:
        """Complete a list or the initial events, and continue with a watch from this version."""
        # An incomplete list does not show which objects were deleted. The next one follows at the end of the watch.
        changes = [] if self._is_damaged else self._objects.finish_list()
        self.resource_version = self._objects.floor = version
        self._objects.trusting = self._latest = False
        self._phase, self._paged, self._idle_since = Phase.WATCH, True, now
        if not self.synced:
            self.synced = True
            changes.append(RawChange("synced"))
        return changes
