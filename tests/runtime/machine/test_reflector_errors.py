"""The next request of the reflector, and its changes, after errors."""

import pytest

from kubex.errors import (
    ApiError,
    BadRequest,
    ConfigurationError,
    DecodeError,
    Forbidden,
    KubexError,
    NotFound,
    ServerCertificateError,
    Unauthorized,
)
from kubex_runtime._machine.reflector import Initial
from kubex_runtime._machine.steps import ListStep
from runtime.machine.reflector_scene import Scene, state, texts, watching
from runtime.machine.server_model import (
    EXPIRED,
    FORBIDDEN,
    MALFORMED,
    MISSING,
    api_error,
)


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
