"""The next request of the reflector, and its changes, after the events and the end of a watch."""

import pytest

from kubex.errors import (
    KubexError,
)
from kubex_runtime._machine.steps import ListStep, WatchStep
from runtime.machine.reflector_scene import DAY, LOST, THROTTLED, UNAVAILABLE, Scene, state, watching
from runtime.machine.server_model import (
    EXPIRED,
    FORBIDDEN,
    MISSING,
    TOO_LARGE,
    UNREADABLE,
    UNSUPPORTED,
    State,
    api_error,
)


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
