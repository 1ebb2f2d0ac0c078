"""The iteration of `follow()`, with a server that works."""

from collections.abc import Callable

import anyio
import anyio.to_thread
import pytest

from kubex.api import Api
from kubex.client import Client
from kubex.errors import AlreadyOpenError, BadRequest, ConfigurationError, StreamNotOpenError
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace
from kubex_runtime import Added, Deleted, Follower, Modified, follow
from kubex_runtime._machine.reflector import Initial
from kubex_testing.embedded import Delay, EmbeddedServer
from runtime.following import (
    TIMEOUT,
    WATCH,
    WRONG_ARGUMENTS,
    create,
    delete,
    is_read,
    modify,
    parameter,
    requests,
    take,
    take_until_synced,
)
from support.polling import wait_until

pytestmark = pytest.mark.anyio


@pytest.fixture
def api(client: Client) -> Api[ConfigMap]:
    """Return the API of ConfigMaps in the namespace `default`."""
    return Api(ConfigMap, client)


@pytest.mark.parametrize("initial", ["stream", "list", "any"])
async def test_follow_yields_the_existing_objects_and_then_each_change(api: Api[ConfigMap], initial: Initial) -> None:
    await create(api, "a", "b")
    async with follow(api, initial=initial) as changes:
        assert not changes.synced
        assert changes.resource_version is None
        assert await take_until_synced(changes) == ["added a", "added b"]
        assert changes.synced
        await create(api, "c")
        await modify(api, "a", "x")
        await delete(api, "b")
        assert await take(changes, 3) == ["added c", "modified a", "deleted b"]
        assert changes.resource_version is not None
        assert changes.failure is None


async def test_changes_contain_the_objects(api: Api[ConfigMap]) -> None:
    await create(api, "a", color="red")
    async with follow(api) as changes, anyio.create_task_group():
        added = await anext(changes)
        assert isinstance(added, Added)
        assert added.object.data == {"color": "red"}
        await anext(changes)
        await modify(api, "a", "x")
        modified = await anext(changes)
        assert isinstance(modified, Modified)
        assert (modified.object.data, modified.old) == ({"value": "x"}, None)
        await delete(api, "a")
        deleted = await anext(changes)
        assert isinstance(deleted, Deleted)
        assert (deleted.object.data, deleted.final) == ({"value": "x"}, True)
        assert deleted.object.metadata.resource_version == changes.resource_version


async def test_initial_requests_have_their_parameters(api: Api[ConfigMap], server: EmbeddedServer) -> None:
    await create(api, "a", "b", "c")
    for initial, expected in (
        ("stream", [("true", None, None, None, "NotOlderThan")]),
        ("list", [(None, "2", None, None, None), (None, "2", "token", None, None), ("true", None, None, "rv", None)]),
        ("any", [(None, None, None, "0", "NotOlderThan"), ("true", None, None, "rv", None)]),
    ):
        server.clear_requests()
        async with follow(api, initial=initial, page_size=2) as changes:  # type: ignore[arg-type]  # the texts of a table
            await take_until_synced(changes)
            await create(api, f"later-{initial}")
            await take(changes, 1)
        found = [
            (
                parameter(request, "watch"),
                parameter(request, "limit"),
                parameter(request, "continue") and "token",
                "rv" if (version := parameter(request, "resourceVersion")) not in (None, "0") else version,
                parameter(request, "resourceVersionMatch"),
            )
            for request in server.requests
            if is_read(request)
        ]
        assert found == expected
        watch = [request for request in server.requests if "watch" in request.query][-1]
        assert parameter(watch, "allowWatchBookmarks") == "true"
        assert 230 <= int(parameter(watch, "timeoutSeconds") or 0) <= 290


async def test_selectors_and_namespace_are_part_of_each_request(client: Client, server: EmbeddedServer) -> None:
    api = Api(ConfigMap, client, namespace=None)
    for namespace, name, app in (("default", "a", "web"), ("default", "b", "db"), ("other", "c", "web")):
        if namespace == "other":
            await Api(Namespace, client).create(Namespace(metadata=ObjectMeta(name=namespace)))
        metadata = ObjectMeta(name=name, labels={"app": app})
        await api.create(ConfigMap(metadata=metadata), namespace=namespace)
    server.clear_requests()
    async with follow(api, label_selector={"app": "web"}, field_selector="metadata.name!=x", initial="list") as changes:
        assert await take_until_synced(changes) == ["added a", "added c"]
        await api.edit("a", lambda item: setattr(item.metadata, "labels", {"app": "db"}), namespace="default")
        assert await take(changes, 1) == ["deleted a"]
    for request in (each for each in server.requests if is_read(each)):
        assert parameter(request, "labelSelector") == "app=web"
        assert parameter(request, "fieldSelector") == "metadata.name!=x"
    async with follow(api, namespace="other") as changes:
        assert await take_until_synced(changes) == ["added c"]


async def test_metadata_can_be_followed(api: Api[ConfigMap], server: EmbeddedServer) -> None:
    await create(api, "a", color="red")
    server.clear_requests()
    async with follow(api.metadata) as changes:
        assert await take_until_synced(changes) == ["added a"]
    assert "as=PartialObjectMetadata" in server.requests[-1].header("accept")


@pytest.mark.parametrize("initial", ["stream", "list"])
async def test_cancelled_iteration_loses_no_change(api: Api[ConfigMap], initial: Initial) -> None:
    await create(api, *(f"first-{number}" for number in range(5)))
    received: list[str] = []
    async with follow(api, initial=initial, page_size=2) as changes, anyio.create_task_group() as tasks:

        async def write() -> None:
            for number in range(20):
                await create(api, f"later-{number}")

        tasks.start_soon(write)
        delay = 0.0
        with anyio.fail_after(TIMEOUT):
            while len(received) < 26:
                with anyio.move_on_after(delay):  # real time: the test cancels at any moment
                    received += await take(changes, 1)
                delay = 0.0 if delay > 0.02 else delay + 0.001
    received.remove("synced")
    assert sorted(received) == sorted(
        [*(f"added first-{number}" for number in range(5)), *(f"added later-{number}" for number in range(20))]
    )


async def test_leaving_the_block_closes_the_watch(api: Api[ConfigMap], server: EmbeddedServer) -> None:
    async with follow(api) as changes:
        await take_until_synced(changes)
        assert server.open_watches == 1
    with anyio.fail_after(TIMEOUT):
        while server.open_watches:
            await api.client.version()


async def test_closed_follower_can_be_opened_again_and_continues(api: Api[ConfigMap], server: EmbeddedServer) -> None:
    changes = follow(api)
    async with changes:
        await take_until_synced(changes)
    await create(api, "a")
    async with changes:
        assert await take(changes, 1) == ["added a"]
    assert requests(server) == ["stream", "watch"]


async def test_follower_must_be_open_once(api: Api[ConfigMap]) -> None:
    changes = follow(api)
    with pytest.raises(StreamNotOpenError, match="read it inside of `async with follow"):
        await anext(changes)
    async with changes:
        with pytest.raises(AlreadyOpenError, match="the follower is open in another"):
            await changes.__aenter__()


async def close_while_another_task_reads(changes: Follower[ConfigMap], is_waiting: Callable[[], object]) -> None:
    """Leave the block of a follower while another task waits for a change."""
    await anyio.to_thread.run_sync(wait_until, is_waiting)
    await changes.__aexit__(None, None, None)


async def read_until_closed(changes: Follower[ConfigMap]) -> None:
    with pytest.raises(StreamNotOpenError, match="following ConfigMap"):
        await take(changes, 2)


async def test_follower_that_another_task_closes_ends_its_watch(api: Api[ConfigMap], server: EmbeddedServer) -> None:
    changes = await follow(api).__aenter__()
    await take_until_synced(changes)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read_until_closed, changes)
        await close_while_another_task_reads(changes, lambda: server.open_watches == 1)
    await anyio.to_thread.run_sync(wait_until, lambda: server.open_watches == 0)
    assert requests(server) == ["stream"]


async def test_follower_that_another_task_closes_during_a_request_ends_its_watch(
    api: Api[ConfigMap], server: EmbeddedServer
) -> None:
    delay = Delay()
    server.inject(WATCH, delay)
    changes = await follow(api).__aenter__()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read_until_closed, changes)
        await close_while_another_task_reads(changes, delay.arrived.is_set)
        delay.release()
    await anyio.to_thread.run_sync(wait_until, lambda: server.open_watches == 0)
    assert requests(server) == ["stream"]


async def test_quiet_time_ends_with_each_sign_of_life(api: Api[ConfigMap], server: EmbeddedServer) -> None:
    async with follow(api) as changes:
        assert changes.quiet_for is None
        await take_until_synced(changes)
        before = changes.quiet_for
        assert before is not None
        assert 0 <= before < TIMEOUT
        version = changes.resource_version
        server.load([{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "moves-the-version"}}])
        with anyio.move_on_after(TIMEOUT) as scope:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(anext, changes)
                while changes.resource_version == version:
                    server.bookmark_now()
                    await api.client.version()
                tasks.cancel_scope.cancel()
        assert not scope.cancelled_caught


@WRONG_ARGUMENTS
async def test_wrong_arguments_raise(api: Api[ConfigMap], arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        follow(api, **arguments)  # type: ignore[arg-type]  # wrong on purpose
    assert str(caught.value) == message


async def test_wrong_selector_raises_the_error_of_the_server(api: Api[ConfigMap]) -> None:
    async with follow(api, field_selector="spec.unknown=1") as changes:
        with pytest.raises(BadRequest, match=r"spec\.unknown"):
            await anext(changes)
