"""The requests of the reflector for all objects, and its changes."""

import pytest

from kubex.errors import (
    KubexError,
)
from kubex_runtime._machine.reflector import Initial
from kubex_runtime._machine.steps import ListStep, WatchStep
from runtime.machine.reflector_scene import LOST, UNAVAILABLE, Scene, listed, state, watching
from runtime.machine.server_model import (
    EXPIRED,
    MALFORMED,
    TOO_LARGE,
    UNSUPPORTED,
)

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


def test_cancelled_list_after_an_expired_token_is_replaced_by_pages() -> None:
    scene = Scene("list")
    scene.next()
    assert scene.page(9, state("a", 7), token="expires") == ["added uid-a"]
    scene.fail(EXPIRED)
    assert scene.next() == ListStep()
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
