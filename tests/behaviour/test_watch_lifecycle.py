"""How a watch ends, its errors and its bookmarks. All tests use the embedded server."""

import json

import anyio
import pytest

from behaviour.objects import TIMEOUT, config_map, next_events, remaining_events, types_and_names, wait_until
from kubex.api import Api, Watch
from kubex.client import Client
from kubex.errors import (
    ClientClosedError,
    ConnectionLost,
    DeadlineExceeded,
    DecodeError,
    Expired,
    Forbidden,
    InternalError,
    StreamNotOpenError,
    UnknownWatchEventError,
)
from kubex.models import EventType
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing.embedded import Answer, EmbeddedServer

pytestmark = pytest.mark.anyio

JSON = (("Content-Type", "application/json"),)
WATCHES = "GET *"
ADDED = b'{"type":"ADDED","object":{"metadata":{"name":"one","resourceVersion":"7"},"data":{"a":"1"}}}\n'


@pytest.fixture
def api(embedded_client: Client) -> Api[ConfigMap]:
    """Return the API of ConfigMaps."""
    return Api(ConfigMap, embedded_client)


def inject_watch_response(server: EmbeddedServer, body: bytes) -> None:
    """Set the response body for the next watch."""
    server.inject(WATCHES, Answer(200, body, JSON))


async def read_until_cancelled(watch: Watch[ConfigMap]) -> None:
    async with watch as events:
        await remaining_events(events)


async def test_leaving_the_block_closes_the_watch(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    await api.create(config_map("one"))
    async with api.watch() as events:
        async for event in events:
            assert types_and_names([event]) == [("ADDED", "one")]
            break
        assert kubex_server.open_watches == 1
    await wait_until(api.client, lambda: kubex_server.open_watches == 0)


async def test_exception_in_the_block_closes_the_watch_and_propagates(
    api: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    await api.create(config_map("one"))

    async def fail() -> None:
        async with api.watch() as events:
            async for _ in events:
                raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await fail()
    await wait_until(api.client, lambda: kubex_server.open_watches == 0)


@pytest.mark.covers("pitfall-27")
async def test_cancellation_closes_the_watch(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read_until_cancelled, api.watch())
        await wait_until(api.client, lambda: kubex_server.open_watches == 1)
        tasks.cancel_scope.cancel()
    await wait_until(api.client, lambda: kubex_server.open_watches == 0)


async def test_iteration_ends_if_the_server_ends_the_watch(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    await api.create(config_map("one"))
    async with api.watch() as events:
        await next_events(events, 1)
        kubex_server.close_watches()
        assert [event.type for event in await remaining_events(events)] == []


@pytest.mark.covers("pitfall-1")
async def test_bookmarks_update_the_resource_version_and_are_not_yielded(
    api: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    bookmark = b'{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}\n'
    end = b'{"type":"BOOKMARK","object":{"metadata":{"annotations":{"k8s.io/initial-events-end":"true"}}}}\n'
    inject_watch_response(kubex_server, bookmark + end + ADDED + end + bookmark)
    async with api.watch() as events:
        assert types_and_names([await anext(events)]) == [("ADDED", "one")]
        assert events.resource_version == "7"
        assert await remaining_events(events) == []
        assert events.resource_version == "9"


@pytest.mark.covers("pitfall-1")
async def test_bookmarks_are_yielded_on_request(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    revision = (await api.list()).resource_version
    async with api.watch(resource_version=revision, label_selector="no=where", bookmarks=True) as events:
        created = await api.create(config_map("elsewhere"))
        kubex_server.bookmark_now()
        with anyio.fail_after(TIMEOUT):
            bookmark = await anext(events)
        assert bookmark.type is EventType.BOOKMARK
        assert bookmark.resource_version == created.metadata.resource_version
        assert events.resource_version == bookmark.resource_version


@pytest.mark.covers("pitfall-1", "pitfall-2")
async def test_watch_sends_its_query_parameters(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    async with api.watch(send_initial_events=True, timeout_seconds=77, label_selector={"a": "b"}):
        pass
    request = kubex_server.wait_for_request(lambda request: "watch" in request.query)
    assert request.query == {
        "watch": ["true"],
        "allowWatchBookmarks": ["true"],
        "sendInitialEvents": ["true"],
        "resourceVersionMatch": ["NotOlderThan"],
        "timeoutSeconds": ["77"],
        "labelSelector": ["a=b"],
    }
    assert request.header("accept-encoding") == "identity"


@pytest.mark.covers("pitfall-10")
async def test_error_event_raises_its_api_error(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    status = {"kind": "Status", "status": "Failure", "message": "it went wrong", "reason": "InternalError", "code": 500}
    inject_watch_response(kubex_server, ADDED + json.dumps({"type": "ERROR", "object": status}).encode() + b"\n")
    async with api.watch() as events:
        assert types_and_names([await anext(events)]) == [("ADDED", "one")]
        with pytest.raises(InternalError, match="it went wrong") as caught:
            await anext(events)
    assert caught.value.api_status.reason == "InternalError"
    assert events.resource_version == "7"


@pytest.mark.covers("pitfall-10")
async def test_watch_from_a_compacted_resource_version_raises_expired(
    api: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    old = (await api.create(config_map("one"))).metadata.resource_version
    await api.create(config_map("two"))
    kubex_server.compact()
    async with api.watch(resource_version=old) as events:
        with pytest.raises(Expired):
            await anext(events)


@pytest.mark.covers("pitfall-10")
async def test_unknown_event_type_raises(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    inject_watch_response(kubex_server, b'{"type":"UNKNOWN","object":{"metadata":{"name":"one"}}}\n')
    async with api.watch() as events:
        with pytest.raises(UnknownWatchEventError, match="unknown event type 'UNKNOWN'"):
            await anext(events)


async def test_invalid_event_raises_decode_error(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    inject_watch_response(kubex_server, b"<html>\n")
    async with api.watch() as events:
        with pytest.raises(DecodeError, match="an event of ConfigMap"):
            await anext(events)


async def test_incomplete_event_raises_connection_lost(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    inject_watch_response(kubex_server, ADDED + ADDED[:-20])
    async with api.watch() as events:
        assert types_and_names([await anext(events)]) == [("ADDED", "one")]
        with pytest.raises(ConnectionLost, match="in the middle of an event"):
            await anext(events)


async def test_rejected_watch_raises_its_api_error(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    body = b'{"kind":"Status","status":"Failure","message":"no","reason":"Forbidden","code":403}'
    kubex_server.inject(WATCHES, Answer(403, body, JSON))
    with pytest.raises(Forbidden, match="403 Forbidden: no"):
        async with api.watch():
            pytest.fail("the watch was opened")


async def test_request_timeout_limits_the_watch(api: Api[ConfigMap]) -> None:
    async with api.watch():
        pass  # opens the connection for the next watch
    async with api.watch(request_timeout=2) as events:
        with pytest.raises(DeadlineExceeded, match="the stream exceeded its total timeout of 2 s"):
            await remaining_events(events)


async def test_closing_the_client_ends_its_watches(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    async with api.watch(label_selector="no=where") as events:
        await api.client.aclose()
        with pytest.raises((ConnectionLost, ClientClosedError)):
            await remaining_events(events)
    with pytest.raises(ClientClosedError):
        await api.get("one")


async def test_reading_a_watch_outside_its_block_raises(api: Api[ConfigMap]) -> None:
    watch = api.watch()
    with pytest.raises(StreamNotOpenError, match="the stream is not open"):
        await anext(watch)
