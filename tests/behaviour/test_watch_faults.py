"""Watches of a client while the embedded server injects faults."""

import contextlib
from typing import Any, Literal

import anyio
import pytest

from behaviour.objects import (
    config_map,
    ignore_unclosed_tls_transports,
    next_events,
    remaining_events,
    resource_version_of,
    types_and_names,
)
from kubex.api import Api
from kubex.client import Client
from kubex.errors import (
    ApiError,
    ConnectionLost,
    DecodeError,
    Expired,
    GatewayTimeout,
    InternalError,
    Invalid,
    TooManyRequests,
    TransportError,
)
from kubex_k8s.v1_37.core.v1 import ConfigMap, Secret
from kubex_testing.embedded import (
    EmbeddedServer,
    EndWatch,
    ErrorEvent,
    FaultAction,
    Garble,
    NoBookmarks,
    NoStreamingList,
    Silence,
)

pytestmark = [pytest.mark.anyio, ignore_unclosed_tls_transports]

WATCH = "watch configmaps"


@pytest.fixture
async def api(embedded_client: Client) -> Api[ConfigMap]:
    """Return the API of ConfigMaps in a namespace with two objects."""
    api = Api(ConfigMap, embedded_client)
    await api.create(config_map("one"))
    await api.create(config_map("two"))
    return api


async def watched(api: Api[ConfigMap], count: int, **options: Any) -> list[tuple[str, str]]:
    """Return the first events of a new watch."""
    async with api.watch(**options) as events:
        return types_and_names(await next_events(events, count))


async def test_cleanly_ended_watch_can_be_resumed(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    fault = kubex_server.inject(WATCH, EndWatch(after=1))
    async with api.watch() as events:
        assert types_and_names(await remaining_events(events)) == [("ADDED", "one")]
        version = events.resource_version
    async with api.watch(resource_version=version) as events:
        assert types_and_names(await next_events(events, 1)) == [("ADDED", "two")]
    assert fault.hits == 1


@pytest.mark.parametrize("how", ["reset", "mid-line"])
async def test_broken_watch_raises_connection_lost(
    api: Api[ConfigMap], kubex_server: EmbeddedServer, how: Literal["reset", "mid-line"]
) -> None:
    kubex_server.inject(WATCH, EndWatch(after=1, how=how))
    async with api.watch() as events:
        assert types_and_names(await next_events(events, 1)) == [("ADDED", "one")]
        with pytest.raises(ConnectionLost):
            await remaining_events(events)


@pytest.mark.parametrize(
    ("error", "expected", "reason"),
    [
        (410, Expired, "Expired"),
        (429, TooManyRequests, "TooManyRequests"),
        (500, InternalError, "InternalError"),
        (504, GatewayTimeout, "Timeout"),
        ("StoreReadError", ApiError, "StorageReadError"),
    ],
)
async def test_error_event_raises_the_exception_of_its_status(
    api: Api[ConfigMap], kubex_server: EmbeddedServer, error: Any, expected: type[ApiError], reason: str
) -> None:
    kubex_server.inject(WATCH, ErrorEvent(error, after=1))
    async with api.watch() as events:
        await next_events(events, 1)
        with pytest.raises(expected) as raised:
            await remaining_events(events)
    assert raised.value.reason == reason
    assert await watched(api, 2) == [("ADDED", "one"), ("ADDED", "two")]


async def test_error_event_504_has_the_cause_of_a_large_resource_version(
    api: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    kubex_server.inject(WATCH, ErrorEvent(504))
    async with api.watch(resource_version="7") as events:
        with pytest.raises(GatewayTimeout, match="Too large resource version: 7, current: 6") as raised:
            await remaining_events(events)
    assert [cause.reason for cause in raised.value.causes] == ["ResourceVersionTooLarge"]


async def test_silent_watch_stays_open_until_the_fault_is_removed(
    api: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    silence = Silence(after=1)
    fault = kubex_server.inject(WATCH, silence)
    async with api.watch(bookmarks=True) as events:
        await next_events(events, 1)
        assert await anyio.to_thread.run_sync(silence.arrived.wait, 20)
        await api.create(config_map("three"))
        kubex_server.bookmark_now()
        fault.remove()
        with pytest.raises(ConnectionLost):
            await next_events(events, 1)
        version = events.resource_version
    assert await watched(api, 2, resource_version=version) == [("ADDED", "two"), ("ADDED", "three")]


async def test_client_can_leave_a_silent_watch(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    silence = Silence()
    kubex_server.inject(WATCH, silence)
    async with api.watch():
        assert await anyio.to_thread.run_sync(silence.arrived.wait, 20)
    assert await watched(api, 1) == [("ADDED", "one")]


@pytest.mark.parametrize("what", ["line", "type", "metadata"])
async def test_garbled_event_raises_and_the_watch_continues(
    api: Api[ConfigMap], kubex_server: EmbeddedServer, what: Literal["line", "type", "metadata"]
) -> None:
    await api.create(config_map("zero"))
    kubex_server.inject(WATCH, Garble(what, after=1))
    async with api.watch() as events:
        assert types_and_names(await next_events(events, 1)) == [("ADDED", "one")]
        with pytest.raises((DecodeError, ValueError)):
            await next_events(events, 1)
        assert types_and_names(await next_events(events, 1)) == [("ADDED", "zero")]


async def test_rejected_streaming_list_raises_invalid(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    kubex_server.inject(WATCH, NoStreamingList(), times=None)
    with pytest.raises(Invalid, match="unless the WatchList feature gate is enabled"):
        await watched(api, 3, send_initial_events=True)
    assert await watched(api, 2) == [("ADDED", "one"), ("ADDED", "two")]


async def test_ignored_streaming_list_has_no_end_of_the_initial_events(
    api: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    kubex_server.inject(WATCH, NoStreamingList("ignored"))
    async with api.watch(send_initial_events=True) as events:
        await api.create(config_map("three"))
        names = [("ADDED", "one"), ("ADDED", "two"), ("ADDED", "three")]
        assert types_and_names(await next_events(events, 3)) == names
    async with api.watch(send_initial_events=True) as events:
        assert [event.type for event in await next_events(events, 4)][-1] == "INITIAL_EVENTS_END"


async def test_disabled_bookmarks_are_not_sent(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    kubex_server.inject("watch *", NoBookmarks())
    async with api.watch(bookmarks=True) as events:
        await next_events(events, 2)
        kubex_server.bookmark_now()
        await api.create(config_map("three"))
        assert types_and_names(await next_events(events, 1)) == [("ADDED", "three")]


async def test_condition_combines_with_another_fault(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    kubex_server.inject(WATCH, NoStreamingList("ignored"), times=None)
    first = kubex_server.inject(WATCH, EndWatch(after=1))
    second = kubex_server.inject(WATCH, EndWatch(after=2))
    for expected in (1, 2):
        async with api.watch(send_initial_events=True) as events:
            assert len(await remaining_events(events)) == expected
    assert (first.hits, second.hits) == (1, 1)


STREAM_FAULTS = [EndWatch(), ErrorEvent(), Garble(), NoStreamingList(), NoBookmarks()]


@pytest.mark.parametrize("action", STREAM_FAULTS, ids=lambda action: type(action).__name__)
async def test_watch_fault_applies_only_to_watches_of_its_kind(
    api: Api[ConfigMap], kubex_server: EmbeddedServer, action: FaultAction
) -> None:
    fault = kubex_server.inject("watch secrets", action, times=None)
    one = await api.get("one")
    assert await watched(api, 2) == [("ADDED", "one"), ("ADDED", "two")]
    assert len(await Api(Secret, api.client).list()) == 0
    assert fault.hits == 0
    assert (await api.list()).resource_version is not None
    assert resource_version_of(one) < resource_version_of(await api.get("two"))


@pytest.mark.parametrize("action", STREAM_FAULTS[:3], ids=lambda action: type(action).__name__)
async def test_watch_fault_stops_after_its_number_of_uses(
    api: Api[ConfigMap], kubex_server: EmbeddedServer, action: FaultAction
) -> None:
    fault = kubex_server.inject(WATCH, action, times=2)
    for _ in range(2):
        async with api.watch() as events:
            with contextlib.suppress(ApiError, TransportError, DecodeError):
                assert await remaining_events(events) == []
    assert await watched(api, 2) == [("ADDED", "one"), ("ADDED", "two")]
    assert fault.hits == 2
