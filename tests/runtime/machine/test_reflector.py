"""The next request of the reflector, and its changes, for each response and failure."""

from collections.abc import Sequence

import pytest

from kubex.errors import (
    ApiError,
    BadRequest,
    ConfigurationError,
    ConnectionLost,
    DecodeError,
    Forbidden,
    KubexError,
    NotFound,
    ServerCertificateError,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
)
from kubex.models import EventType, Status
from kubex_runtime._machine.entries import ObjectTable, RawChange
from kubex_runtime._machine.reflector import Initial, Reflector
from kubex_runtime._machine.steps import ListStep, Step, WatchStep
from runtime.machine.server_model import (
    EXPIRED,
    FORBIDDEN,
    MALFORMED,
    MISSING,
    TOO_LARGE,
    UNREADABLE,
    UNSUPPORTED,
    State,
    api_error,
    seeded,
)

LOST = ConnectionLost("lost")
THROTTLED = TooManyRequests(429, Status(), retry_after=7)
UNAVAILABLE = api_error(ServiceUnavailable, 503, "ServiceUnavailable")
DAY = 86400.0


class Scene:
    """A reflector at time 0, and short forms of its methods."""

    def __init__(self, initial: Initial = "list", *, page_size: int = 500, optional: bool = False) -> None:
        self.table = ObjectTable(keep_json=False)
        self.reflector = Reflector(
            self.table, initial=initial, page_size=page_size, optional=optional, random=seeded(1)
        )
        self.now = 0.0

    def next(self) -> Step:
        """Return the next request, and move the time to it."""
        self.now = max(self.now, self.reflector.attempts.next_at)
        return self.reflector.next_step()

    def delay(self) -> float:
        """Return the time until the next request."""
        return max(0.0, self.reflector.attempts.next_at - self.now)

    def page(self, version: int, *items: State, token: str | None = None) -> list[str]:
        """Receive a page."""
        if not self.reflector.page(str(version), token, self.now):
            return []
        changes = [change for item in items for change in self.reflector.item(item)]
        return texts([*changes, *self.reflector.end_page(self.now)])

    def open(self) -> None:
        """Open the next watch."""
        assert isinstance(self.next(), WatchStep)
        self.reflector.opened(self.now)

    def event(self, event_type: str, item: State) -> list[str]:
        """Receive an event."""
        return texts(self.reflector.event(EventType(event_type), item, self.now))

    def bookmark(self, version: int, *, end: bool = False) -> list[str]:
        """Receive a bookmark."""
        return self.event("INITIAL_EVENTS_END" if end else "BOOKMARK", State("", None, str(version)))

    def fail(self, error: KubexError, *, from_event: bool = False) -> list[str]:
        """Receive an error."""
        return texts(self.reflector.failed(error, self.now, from_event=from_event))

    def end(self, after: float) -> None:
        """Receive the end of the watch."""
        self.now += after
        self.reflector.ended(self.now)


def texts(changes: Sequence[RawChange]) -> list[str]:
    return [f"{each.type} {each.uid}{'' if each.json else ' unseen'}" if each.key else each.type for each in changes]


def state(name: str, version: int, uid: str | None = None) -> State:
    return State(name, uid or f"uid-{name}", str(version))


def listed(*items: State, version: int = 100, optional: bool = False) -> Scene:
    """Return a scene after a first list."""
    scene = Scene(optional=optional)
    scene.next()
    scene.page(version, *items)
    return scene


def watching(*items: State, version: int = 100) -> Scene:
    """Return a scene with an open watch."""
    scene = listed(*items, version=version)
    scene.open()
    return scene


# The first requests


def test_stream_begins_with_a_watch_of_initial_events() -> None:
    step = Scene("stream").next()
    assert isinstance(step, WatchStep)
    assert (step.resource_version, step.initial_events) == (None, True)


def test_list_begins_with_pages_of_the_latest_state() -> None:
    scene = Scene(page_size=2)
    assert scene.next() == ListStep(limit=2)
    assert scene.page(100, state("a", 7), state("b", 90), token="t") == ["added uid-a", "added uid-b"]
    assert scene.next() == ListStep(limit=2, continue_token="t")
    assert scene.page(100, state("c", 8)) == ["added uid-c", "synced"]


def test_any_begins_with_a_list_that_can_be_old() -> None:
    scene = Scene("any")
    assert scene.next() == ListStep(resource_version="0")
    scene.page(100)
    scene.open()
    scene.fail(EXPIRED, from_event=True)
    assert scene.next() == ListStep(resource_version="100")


@pytest.mark.covers("pitfall-47")
def test_watch_continues_from_the_version_of_the_first_page() -> None:
    scene = Scene(page_size=1)
    scene.next()
    scene.page(100, state("a", 7), token="t")
    scene.next()
    scene.page(101, state("b", 3))
    step = scene.next()
    assert isinstance(step, WatchStep)
    assert (step.resource_version, step.initial_events) == ("100", False)


def test_end_of_the_initial_events_continues_as_the_watch() -> None:
    scene = Scene("stream")
    scene.open()
    assert scene.event("ADDED", state("a", 7)) == ["added uid-a"]
    assert scene.bookmark(90) == []
    assert scene.reflector.resource_version is None
    assert scene.bookmark(100, end=True) == ["synced"]
    assert scene.reflector.continues
    assert scene.reflector.resource_version == "100"
    assert scene.event("DELETED", state("a", 101)) == ["deleted uid-a"]
    assert scene.reflector.resource_version == "101"


# Lists after the first one


@pytest.mark.covers("pitfall-44")
def test_list_reports_deletions_and_replacements_once() -> None:
    scene = watching(state("a", 7), state("b", 8), state("c", 9))
    scene.fail(EXPIRED, from_event=True)
    scene.next()
    assert scene.page(200, state("a", 7), state("b", 150, "new")) == [
        "deleted uid-b unseen",
        "added new",
        "deleted uid-c unseen",
    ]
    scene.open()
    scene.fail(EXPIRED, from_event=True)
    scene.next()
    assert scene.page(200, state("a", 7), state("b", 150, "new")) == []


@pytest.mark.covers("pitfall-46")
@pytest.mark.parametrize("from_event", [False, True])
def test_expired_version_is_never_requested_again(from_event: bool) -> None:
    scene = watching(state("a", 7))
    scene.fail(EXPIRED, from_event=from_event)
    assert scene.delay() == 0
    assert scene.next() == ListStep(resource_version="100")
    scene.fail(EXPIRED)
    assert scene.delay() == 0
    assert scene.next() == ListStep(limit=500)
    scene.page(100, state("a", 7))
    scene.open()
    scene.fail(EXPIRED, from_event=from_event)
    scene.next()
    scene.page(100, state("a", 7))
    scene.open()
    scene.fail(EXPIRED, from_event=from_event)
    assert scene.delay() > 0


@pytest.mark.covers("pitfall-49")
def test_list_after_interrupted_initial_events_is_not_older_than_them() -> None:
    scene = watching(state("a", 7))
    scene.reflector._streams = True
    scene.fail(EXPIRED, from_event=True)
    scene.open()
    assert scene.event("ADDED", state("a", 150)) == ["modified uid-a"]
    assert scene.event("DELETED", state("b", 160)) == []
    assert scene.fail(LOST, from_event=True) == []
    step = scene.next()
    assert isinstance(step, WatchStep)
    assert (step.resource_version, step.initial_events) == ("160", True)


@pytest.mark.covers("pitfall-51")
@pytest.mark.parametrize("initial", ["stream", "list"])
def test_too_large_version_is_requested_once(initial: Initial) -> None:
    scene = watching(state("a", 7))
    scene.reflector._streams = initial == "stream"
    scene.fail(EXPIRED, from_event=True)
    step = scene.next()
    assert step.resource_version == "100"
    if isinstance(step, WatchStep):
        scene.reflector.opened(scene.now)
    scene.fail(TOO_LARGE, from_event=initial == "stream")
    assert scene.delay() == 0
    assert scene.next().resource_version is None
    scene.fail(TOO_LARGE)
    assert scene.delay() > 0


@pytest.mark.covers("pitfall-53")
def test_expired_continue_token_starts_a_list_without_pages() -> None:
    scene = Scene(page_size=1)
    scene.next()
    scene.page(100, state("a", 7), token="t")
    scene.next()
    scene.fail(EXPIRED)
    assert scene.delay() == 0
    assert scene.next() == ListStep()
    assert scene.page(120, state("a", 7), state("b", 110)) == ["added uid-b", "synced"]


def test_lost_page_is_requested_again() -> None:
    scene = Scene(page_size=1)
    scene.next()
    scene.page(100, state("a", 7), token="t")
    scene.next()
    scene.fail(UNAVAILABLE)
    assert scene.delay() > 0
    assert scene.next() == ListStep(limit=1, continue_token="t")


# Initial events


@pytest.mark.covers("pitfall-59")
def test_only_a_rejection_selects_lists() -> None:
    scene = Scene("stream")
    scene.next()
    scene.fail(UNAVAILABLE)
    step = scene.next()
    assert isinstance(step, WatchStep)
    assert step.initial_events
    scene.fail(UNSUPPORTED)
    assert scene.delay() == 0
    assert scene.next() == ListStep(limit=500)
    scene.page(100)
    scene.open()
    scene.fail(EXPIRED)
    assert isinstance(scene.next(), ListStep)


@pytest.mark.parametrize("error", [None, LOST, MALFORMED])
def test_incomplete_initial_events_prove_nothing(error: KubexError | None) -> None:
    scene = watching(state("a", 7), state("b", 8))
    scene.reflector._streams = True
    scene.fail(EXPIRED, from_event=True)
    scene.open()
    scene.event("ADDED", state("a", 7))
    if error is None:
        scene.end(0.5)
    else:
        assert scene.fail(error, from_event=True) == []
    assert scene.delay() > 0
    assert len(scene.table.entries) == 2
    scene.open()
    scene.event("ADDED", state("b", 8))
    assert scene.bookmark(120, end=True) == ["deleted uid-a unseen"]


def test_cancelled_initial_events_are_replaced_by_pages() -> None:
    scene = watching(state("a", 7), state("b", 8))
    scene.reflector._streams = True
    scene.fail(EXPIRED, from_event=True)
    scene.open()
    scene.event("ADDED", state("a", 7))
    scene.reflector.interrupted(scene.now)
    assert scene.delay() == 0
    assert scene.next() == ListStep(limit=500)
    assert scene.page(120, state("c", 110), token="t") == ["added uid-c"]
    scene.reflector.request_cancelled()
    assert scene.next() == ListStep(limit=500, continue_token="t")
    assert scene.page(120) == ["deleted uid-a unseen", "deleted uid-b unseen"]
    scene.open()
    scene.fail(EXPIRED, from_event=True)
    step = scene.next()
    assert isinstance(step, WatchStep)
    assert step.initial_events


def test_cancelled_list_is_replaced_by_pages() -> None:
    scene = watching()
    scene.fail(EXPIRED, from_event=True)
    assert scene.next() == ListStep(resource_version="100")
    scene.reflector.request_cancelled()
    assert scene.next() == ListStep(limit=500)


def test_cancelled_request_for_a_watch_is_sent_again() -> None:
    scene = listed()
    for _ in range(2):
        assert isinstance(scene.next(), WatchStep)
        scene.reflector.request_cancelled()


def test_silent_server_selects_lists() -> None:
    scene = Scene("stream")
    scene.open()
    scene.event("ADDED", state("a", 7))
    scene.reflector.silent()
    assert not scene.reflector.continues
    assert scene.next() == ListStep(resource_version="7")


# Watches


@pytest.mark.covers("pitfall-50")
def test_repeated_events_are_ignored() -> None:
    scene = watching()
    scene.event("ADDED", state("a", 101))
    scene.event("DELETED", state("a", 102))
    for event_type, version in (("ADDED", 101), ("DELETED", 102), ("MODIFIED", 99)):
        assert scene.event(event_type, state("a", version)) == []
    assert scene.bookmark(50) == []
    assert scene.reflector.resource_version == "102"


def test_event_of_another_uid_replaces_the_object() -> None:
    scene = watching(state("a", 7))
    assert scene.event("ADDED", state("a", 110, "new")) == ["deleted uid-a unseen", "added new"]
    assert scene.event("DELETED", state("a", 120, "newest")) == ["deleted new unseen"]


def test_versions_that_are_not_numbers_are_compared_for_equality() -> None:
    scene = Scene()
    scene.next()
    scene.reflector.page("x", None, 0.0)
    scene.reflector.item(State("a", "u", "p"))
    scene.reflector.end_page(0.0)
    scene.open()
    assert scene.event("MODIFIED", State("a", "u", "o")) == ["modified u"]
    assert scene.event("MODIFIED", State("a", "u", "o")) == []
    assert scene.event("DELETED", State("a", "u", "n")) == ["deleted u"]


def test_ended_watch_continues_at_once_with_another_timeout() -> None:
    scene = watching()
    seconds = set()
    for version in range(101, 121):
        scene.event("ADDED", state("a", version))
        scene.end(DAY)
        assert scene.delay() == 0
        step = scene.next()
        assert isinstance(step, WatchStep)
        assert step.resource_version == str(version)
        seconds.add(step.timeout_seconds)
        scene.reflector.opened(scene.now)
    assert len(seconds) > 10
    assert min(seconds) >= 230
    assert max(seconds) <= 290


@pytest.mark.covers("pitfall-57")
def test_watches_that_end_at_once_are_failures() -> None:
    scene = watching()
    for _ in range(10):
        scene.end(0.2)
        scene.open()
    assert scene.now > 60
    assert scene.reflector.attempts.failure is None
    scene.end(0.2)
    assert scene.reflector.attempts.failure is not None
    assert str(scene.reflector.attempts.failure.error) == "the watch ended after 0.2 s without an event"


@pytest.mark.covers("pitfall-57")
@pytest.mark.parametrize("error", [LOST, EXPIRED, UNAVAILABLE, MISSING, FORBIDDEN, UNREADABLE, UNSUPPORTED, TOO_LARGE])
@pytest.mark.parametrize("opens", [False, True])
def test_repeated_failures_of_watches_have_increasing_delays(error: KubexError, opens: bool) -> None:
    scene = watching()
    scene.reflector._streams = error is UNSUPPORTED
    requests = 0
    while scene.now < 600:
        requests += 1
        if isinstance(scene.next(), ListStep):
            scene.page(100)
        elif error is UNSUPPORTED and not scene.reflector.reads_initial_events:
            scene.fail(LOST)
        else:
            if opens:
                scene.reflector.opened(scene.now)
            scene.fail(error, from_event=opens)
    assert requests < 100


@pytest.mark.covers("pitfall-55")
@pytest.mark.parametrize("from_event", [False, True])
def test_throttled_watch_waits_and_continues_without_a_list(from_event: bool) -> None:
    scene = watching()
    for _ in range(5):
        scene.fail(THROTTLED, from_event=from_event)
        assert scene.delay() >= 7
        step = scene.next()
        assert isinstance(step, WatchStep)
        assert (step.resource_version, step.initial_events) == ("100", False)


@pytest.mark.parametrize(
    ("error", "from_event"), [(LOST, True), (UNAVAILABLE, True), (LOST, False), (FORBIDDEN, False)]
)
def test_failed_watch_continues_without_a_list(error: KubexError, from_event: bool) -> None:
    scene = watching()
    scene.fail(error, from_event=from_event)
    assert scene.delay() > 0
    assert isinstance(scene.next(), WatchStep)


@pytest.mark.covers("pitfall-61")
def test_unreadable_object_requires_a_list() -> None:
    scene = watching(state("a", 7))
    scene.fail(UNREADABLE, from_event=True)
    assert scene.delay() > 0
    assert scene.next() == ListStep(resource_version="100")
    assert scene.page(150) == ["deleted uid-a unseen"]


def test_internal_error_that_is_repeated_requires_a_list() -> None:
    internal = api_error(type(UNREADABLE), 500, "InternalError")
    scene = watching()
    scene.fail(internal, from_event=True)
    assert isinstance(scene.next(), WatchStep)
    scene.reflector.opened(scene.now)
    scene.fail(internal, from_event=True)
    assert isinstance(scene.next(), ListStep)


@pytest.mark.covers("pitfall-54")
def test_history_that_went_back_is_noticed_after_a_quiet_watch() -> None:
    scene = watching(state("a", 7), state("b", 90), state("c", 100))
    scene.end(250)
    assert scene.next() == ListStep(limit=1)
    scene.page(50)
    assert scene.next() == ListStep(limit=500)
    assert scene.page(50, state("a", 7), state("b", 40)) == ["modified uid-b", "deleted uid-c unseen"]
    assert scene.reflector.resource_version == "50"


def test_quiet_watch_continues_if_the_history_did_not_go_back() -> None:
    scene = watching(state("a", 7))
    scene.end(250)
    assert scene.next() == ListStep(limit=1)
    assert scene.page(100, state("a", 7)) == []
    step = scene.next()
    assert isinstance(step, WatchStep)
    assert step.resource_version == "100"


@pytest.mark.covers("pitfall-54")
def test_history_is_checked_after_an_outage() -> None:
    scene = watching(state("a", 7), state("b", 90))
    scene.fail(LOST, from_event=True)
    assert isinstance(scene.next(), WatchStep)
    for _ in range(3):
        scene.fail(LOST)
        assert scene.next() == ListStep(limit=1)
    scene.page(50)
    assert scene.next() == ListStep(limit=500)
    assert scene.page(50, state("a", 7)) == ["deleted uid-b unseen"]


def test_lost_connections_without_an_outage_are_not_followed_by_a_check() -> None:
    scene = watching()
    for _ in range(3):
        scene.fail(LOST, from_event=True)
        scene.open()


def test_failed_check_of_the_history_does_not_delay_the_watch() -> None:
    scene = watching()
    scene.end(250)
    scene.next()
    scene.fail(FORBIDDEN)
    assert isinstance(scene.next(), WatchStep)


def test_bookmarks_prove_that_the_history_did_not_go_back() -> None:
    scene = watching()
    scene.now = 250
    scene.bookmark(101)
    scene.end(10)
    assert isinstance(scene.next(), WatchStep)


def test_list_that_ignores_the_requested_version_is_not_used() -> None:
    scene = watching(state("a", 7))
    scene.fail(EXPIRED, from_event=True)
    scene.next()
    assert scene.page(50) == []
    assert scene.next() == ListStep(limit=500)
    assert scene.page(120, state("a", 7)) == []


# Errors


@pytest.mark.covers("pitfall-63")
@pytest.mark.parametrize("error", [FORBIDDEN, MISSING, api_error(Unauthorized, 401, "Unauthorized")])
@pytest.mark.parametrize("initial", ["stream", "list"])
def test_permissions_and_kind_are_required_for_the_first_objects_only(error: ApiError, initial: Initial) -> None:
    scene = Scene(initial)
    scene.next()
    with pytest.raises(type(error)):
        scene.fail(error)
    scene = watching()
    scene.fail(error)
    assert scene.delay() > 0


@pytest.mark.parametrize(
    "error",
    [
        ConfigurationError("wrong"),
        ServerCertificateError("expired"),
        api_error(BadRequest, 400, "BadRequest"),
        DecodeError("a list", "its kind is Pod"),
    ],
)
def test_permanent_errors_are_raised(error: KubexError) -> None:
    for scene in (Scene(), watching()):
        scene.next()
        with pytest.raises(type(error)):
            scene.fail(error)


@pytest.mark.covers("pitfall-64")
def test_missing_kind_deletes_all_objects_and_returns() -> None:
    scene = watching(state("a", 7), state("b", 8))
    assert scene.fail(MISSING) == ["deleted uid-a unseen", "deleted uid-b unseen"]
    assert scene.delay() > 0
    scene.next()
    assert scene.fail(MISSING) == []
    scene.next()
    assert scene.page(200, state("a", 150, "new")) == ["added new"]


def test_optional_kind_can_appear_later() -> None:
    scene = Scene(optional=True)
    scene.next()
    assert scene.fail(MISSING) == []
    assert isinstance(scene.reflector.attempts.failure.error if scene.reflector.attempts.failure else None, NotFound)
    assert not scene.reflector.synced
    scene.next()
    assert scene.page(100, state("a", 7)) == ["added uid-a", "synced"]


def test_forbidden_is_raised_for_an_optional_kind() -> None:
    scene = Scene(optional=True)
    scene.next()
    with pytest.raises(Forbidden):
        scene.fail(FORBIDDEN)


def test_malformed_event_is_followed_by_a_list_at_the_end_of_the_watch() -> None:
    scene = watching(state("a", 7))
    assert scene.reflector.malformed_event()
    assert scene.event("MODIFIED", state("a", 101)) == ["modified uid-a"]
    scene.end(200)
    assert scene.next() == ListStep(resource_version="101")


def test_events_of_unknown_types_are_followed_by_a_list_at_the_end_of_the_watch() -> None:
    scene = watching(state("a", 7))
    scene.reflector.incomplete()
    scene.reflector.incomplete()
    assert scene.event("MODIFIED", state("a", 101)) == ["modified uid-a"]
    scene.end(200)
    assert scene.next() == ListStep(resource_version="101")


def test_second_malformed_event_in_a_row_requires_a_list() -> None:
    scene = watching(state("a", 7))
    assert scene.reflector.malformed_event()
    assert not scene.reflector.malformed_event()
    scene.fail(MALFORMED, from_event=True)
    assert scene.delay() > 0
    assert isinstance(scene.next(), ListStep)


def test_list_with_malformed_items_does_not_delete() -> None:
    scene = watching(state("a", 7), state("b", 8))
    scene.fail(EXPIRED, from_event=True)
    scene.next()
    scene.reflector.page("120", None, scene.now)
    scene.reflector.incomplete()
    assert texts(scene.reflector.end_page(scene.now)) == []
    scene.open()
    scene.end(200)
    scene.next()
    assert scene.page(130, state("a", 7)) == ["deleted uid-b unseen"]
