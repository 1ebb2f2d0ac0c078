"""How watches end: by their user, by an error, by a server that says strange things. The server is embedded."""

import json

import anyio
import pytest

from behaviour.objects import SECONDS, config_map, rest, take, told, until
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


def says(server: EmbeddedServer, body: bytes) -> None:
    """Let the server answer the next watch with this."""
    server.inject(WATCHES, Answer(200, body, JSON))


async def open_and_hold(watch: Watch[ConfigMap]) -> None:
    async with watch as events:
        await rest(events)


async def test_break_closes_the_watch_at_once(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    await api.create(config_map("one"))
    async with api.watch() as events:
        async for event in events:
            assert told([event]) == [("ADDED", "one")]
            break
        assert kubex_server.open_watches == 1
    await until(api.client, lambda: kubex_server.open_watches == 0)


async def test_an_error_of_the_user_closes_the_watch_and_stays_what_it_is(
    api: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    await api.create(config_map("one"))

    async def fail() -> None:
        async with api.watch() as events:
            async for _ in events:
                raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await fail()
    await until(api.client, lambda: kubex_server.open_watches == 0)


@pytest.mark.covers("pitfall-27")
async def test_cancellation_closes_the_watch(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(open_and_hold, api.watch())
        await until(api.client, lambda: kubex_server.open_watches == 1)
        tasks.cancel_scope.cancel()
    await until(api.client, lambda: kubex_server.open_watches == 0)


async def test_a_server_that_ends_a_watch_ends_the_loop(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    await api.create(config_map("one"))
    async with api.watch() as events:
        await take(events, 1)
        kubex_server.close_watches()
        assert [event.type for event in await rest(events)] == []


@pytest.mark.covers("pitfall-1")
async def test_bookmarks_update_the_revision_and_are_not_yielded(
    api: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    bookmark = b'{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}\n'
    end = b'{"type":"BOOKMARK","object":{"metadata":{"annotations":{"k8s.io/initial-events-end":"true"}}}}\n'
    says(kubex_server, bookmark + end + ADDED + end + bookmark)
    async with api.watch() as events:
        assert told([await anext(events)]) == [("ADDED", "one")]
        assert events.resource_version == "7"
        assert await rest(events) == []
        assert events.resource_version == "9"


@pytest.mark.covers("pitfall-1")
async def test_bookmarks_are_yielded_on_request(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    revision = (await api.list()).resource_version
    async with api.watch(resource_version=revision, label_selector="no=where", bookmarks=True) as events:
        created = await api.create(config_map("elsewhere"))
        kubex_server.bookmark_now()
        with anyio.fail_after(SECONDS):
            bookmark = await anext(events)
        assert bookmark.type is EventType.BOOKMARK
        assert bookmark.resource_version == created.metadata.resource_version
        assert events.resource_version == bookmark.resource_version


@pytest.mark.covers("pitfall-1", "pitfall-2")
async def test_the_wire_names_of_a_watch(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
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
async def test_an_error_in_the_middle_is_typed(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    status = {"kind": "Status", "status": "Failure", "message": "it went wrong", "reason": "InternalError", "code": 500}
    says(kubex_server, ADDED + json.dumps({"type": "ERROR", "object": status}).encode() + b"\n")
    async with api.watch() as events:
        assert told([await anext(events)]) == [("ADDED", "one")]
        with pytest.raises(InternalError, match="it went wrong") as caught:
            await anext(events)
    assert caught.value.api_status.reason == "InternalError"
    assert events.resource_version == "7"


@pytest.mark.covers("pitfall-10")
async def test_a_forgotten_revision_is_expired_in_the_middle_of_a_program(
    api: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    old = (await api.create(config_map("one"))).metadata.resource_version
    await api.create(config_map("two"))
    kubex_server.compact()
    async with api.watch(resource_version=old) as events:
        with pytest.raises(Expired):
            await anext(events)


@pytest.mark.covers("pitfall-10")
async def test_an_event_of_an_unknown_type_says_so(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    says(kubex_server, b'{"type":"SURPRISE","object":{"metadata":{"name":"one"}}}\n')
    async with api.watch() as events:
        with pytest.raises(UnknownWatchEventError, match="unknown event type 'SURPRISE'"):
            await anext(events)


async def test_what_is_no_event_is_a_decode_error(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    says(kubex_server, b"<html>\n")
    async with api.watch() as events:
        with pytest.raises(DecodeError, match="an event of ConfigMap"):
            await anext(events)


async def test_an_event_that_breaks_off_is_a_lost_connection(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    says(kubex_server, ADDED + ADDED[:-20])
    async with api.watch() as events:
        assert told([await anext(events)]) == [("ADDED", "one")]
        with pytest.raises(ConnectionLost, match="in the middle of an event"):
            await anext(events)


async def test_a_refused_watch_is_the_error_of_a_plain_request(
    api: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    body = b'{"kind":"Status","status":"Failure","message":"no","reason":"Forbidden","code":403}'
    kubex_server.inject(WATCHES, Answer(403, body, JSON))
    with pytest.raises(Forbidden, match="403 Forbidden: no"):
        async with api.watch():
            pytest.fail("the watch was refused")


async def test_the_call_s_own_timeout_bounds_a_watch(api: Api[ConfigMap]) -> None:
    async with api.watch():
        pass  # from here on there is a connection to use
    async with api.watch(request_timeout=2) as events:
        with pytest.raises(DeadlineExceeded, match="the stream exceeded its total timeout of 2 s"):
            await rest(events)


async def test_closing_the_client_breaks_its_watches_off(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    async with api.watch(label_selector="no=where") as events:
        await api.client.aclose()
        with pytest.raises((ConnectionLost, ClientClosedError)):
            await rest(events)
    with pytest.raises(ClientClosedError):
        await api.get("one")


async def test_a_watch_is_read_inside_its_block(api: Api[ConfigMap]) -> None:
    watch = api.watch()
    with pytest.raises(StreamNotOpenError, match="inside its block"):
        await anext(watch)
