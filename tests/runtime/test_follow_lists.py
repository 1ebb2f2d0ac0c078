"""`follow()` reads all objects again. The pitfalls are bugs of existing clients."""

import logging

import anyio
import anyio.to_thread
import pytest

from kubex.api import Api
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_runtime import Deleted, follow
from kubex_runtime._machine.reflector import Initial
from kubex_testing.compliance._clock import Clock
from kubex_testing.embedded import (
    Answer,
    EmbeddedServer,
    ErrorEvent,
    FaultAction,
    NoStreamingList,
    Silence,
)
from runtime.following import (
    BOTH,
    DAY,
    FAST,
    MARKS,
    WATCH,
    create,
    delete,
    relist,
    requests,
    run,
    take,
    take_until_synced,
)

pytestmark = MARKS


@pytest.mark.covers("pitfall-44")
@pytest.mark.covers("pitfall-45")
@BOTH
async def test_deletions_during_an_interruption_are_reported_once(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer, initial: Initial
) -> None:
    await create(writer, "a", "b", "c", "d")
    uid = (await writer.get("a")).metadata.uid
    async with follow(api, initial=initial, backoff=FAST) as changes:
        await take_until_synced(changes)
        await run(server.stop_listening)
        server.drop_connections()
        for name in ("a", "b", "c"):
            server.remove("configmaps", name)
        server.compact()
        await run(server.listen)
        first = await anext(changes)
        assert isinstance(first, Deleted)
        assert not first.final
        metadata = first.object.metadata
        assert (metadata.name, metadata.namespace, metadata.uid) == ("a", "default", uid)
        assert isinstance(first.object, ConfigMap)
        assert await take(changes, 2) == ["lost b", "lost c"]
        await relist(server)
        await create(writer, "last")
        assert await take(changes, 1) == ["added last"]


@BOTH
async def test_object_that_was_replaced_is_deleted_and_added(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer, initial: Initial
) -> None:
    await create(writer, "a", "b")
    async with follow(api, initial=initial, backoff=FAST) as changes:
        await take_until_synced(changes)
        await run(server.stop_listening)
        server.drop_connections()
        server.remove("configmaps", "a")
        server.load([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "default"}}])
        server.compact()
        await run(server.listen)
        assert await take(changes, 2) == ["lost a", "added a"]


@pytest.mark.covers("pitfall-46")
@pytest.mark.parametrize("fault", [ErrorEvent(410), Answer(410, b"expired")], ids=["event", "response"])
async def test_expired_watch_lists_again_and_is_not_repeated(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer, fault: FaultAction
) -> None:
    await create(writer, "a")
    async with follow(api, initial="list", backoff=FAST) as changes:
        await take_until_synced(changes)
        server.clear_requests()
        server.inject(WATCH, fault, times=2)  # the second one is the first watch after the list
        server.close_watches()
        await create(writer, "b")
        assert await take(changes, 1) == ["added b"]
        await create(writer, "c")
        assert await take(changes, 1) == ["added c"]
        assert requests(server)[:4] == ["watch", "list", "watch", "list"]


@pytest.mark.covers("pitfall-47")
async def test_watch_continues_from_the_list_and_not_from_its_last_item(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer
) -> None:
    await create(writer, "z")
    for number in range(5):
        await create(writer, f"a{number}")
        await delete(writer, f"a{number}")
    await create(writer, "b")
    async with follow(api, initial="list", page_size=1) as changes:
        await take_until_synced(changes)
        await create(writer, "later")
        assert await take(changes, 1) == ["added later"]


# Servers without initial events


@pytest.mark.covers("pitfall-58")
async def test_server_that_ignores_initial_events_is_noticed(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await create(writer, "a")
    server.inject(WATCH, NoStreamingList("ignored"), times=None)
    async with follow(api) as changes:
        assert await take(changes, 1) == ["added a"]
        async with anyio.create_task_group() as tasks:

            async def receive() -> None:
                assert await take(changes, 1, timeout=DAY) == ["synced"]
                tasks.cancel_scope.cancel()

            tasks.start_soon(receive)
            await clock.jump_when_idle(9)
            assert not changes.synced
            await clock.jump_when_idle(2)
        await relist(server)
        await create(writer, "b")
        assert await take(changes, 1) == ["added b"]
    assert requests(server) == ["stream", "list", "watch", "watch", "list", "watch"][: len(requests(server))]
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [record.message for record in warnings if "initial events" in record.message] == [
        "following ConfigMap: the server does not complete the initial events; using lists instead"
    ]


@pytest.mark.covers("pitfall-59")
async def test_only_a_rejection_of_initial_events_selects_lists(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer
) -> None:
    server.inject(WATCH, Answer(503, b"unavailable"))
    server.inject(WATCH, NoStreamingList("rejected"), times=2)  # the first time together with 503
    async with follow(api, backoff=FAST) as changes:
        await take_until_synced(changes)
        assert requests(server) == ["stream", "stream", "list"]
        await create(writer, "a")
        assert await take(changes, 1) == ["added a"]
        server.inject(WATCH, ErrorEvent(410))
        server.close_watches()
        await create(writer, "b")
        assert await take(changes, 1) == ["added b"]
    assert requests(server)[3:6] == ["watch", "watch", "list"]


@pytest.mark.covers("pitfall-58")
async def test_cancelled_calls_get_through_the_initial_events_of_a_slow_server(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer
) -> None:
    await create(writer, *"abcd")
    silence = Silence(after=1)
    server.inject(WATCH, silence, times=None)
    async with follow(api, page_size=2) as changes:
        assert await take(changes, 1) == ["added a"]
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anext, changes)
            await run(silence.arrived.wait)
            await anyio.wait_all_tasks_blocked()
            tasks.cancel_scope.cancel()
        assert await take_until_synced(changes) == ["added b", "added c", "added d"]
    assert requests(server) == ["stream", "list", "page"]
    silence.release()
