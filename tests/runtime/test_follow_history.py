"""`follow()` with servers that are behind, repeat or lose their history. The pitfalls are bugs of existing clients."""

import anyio
import anyio.to_thread
import pytest

from kubex.api import Api
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_runtime import follow
from kubex_runtime._machine.reflector import Initial
from kubex_testing.compliance._clock import Clock
from kubex_testing.embedded import (
    EmbeddedServer,
    EndWatch,
    ErrorEvent,
    ExpireContinue,
    Lag,
    Replay,
    Run,
)
from runtime.following import (
    BOTH,
    DAY,
    FAST,
    LIST,
    MARKS,
    TIMEOUT,
    WATCH,
    create,
    delete,
    modify,
    requests,
    run,
    take,
    take_until_synced,
    wait_for_requests,
)

pytestmark = MARKS


@pytest.mark.covers("pitfall-48")
@BOTH
async def test_list_of_a_server_that_is_behind_does_not_go_back_in_time(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer, initial: Initial
) -> None:
    server.set_clock_rate(1000)  # the server waits 3 seconds before it rejects a version
    await create(writer, "a", "b")
    async with follow(api, initial=initial, backoff=FAST) as changes:
        await take_until_synced(changes)
        await modify(writer, "a", "1")
        await modify(writer, "a", "2")
        await delete(writer, "b")
        assert await take(changes, 3) == ["modified a", "modified a", "deleted b"]
        server.inject(LIST, Lag(revisions=3), times=None)
        server.inject(WATCH, Lag(revisions=3), times=None)
        server.inject(WATCH, ErrorEvent(410))
        server.close_watches()
        with anyio.fail_after(TIMEOUT):
            await wait_for_requests(server, changes, 5)
        await create(writer, "c")
        assert await take(changes, 1) == ["added c"]


@pytest.mark.covers("pitfall-49")
async def test_list_after_interrupted_initial_events_does_not_go_back_in_time(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer
) -> None:
    server.set_clock_rate(1000)
    await create(writer, "a", "b")
    async with follow(api, backoff=FAST) as changes:
        await take_until_synced(changes)
        await run(server.stop_listening)
        server.drop_connections()
        server.remove("configmaps", "a")
        server.load([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "default"}}])
        server.compact()
        server.inject("watch configmaps", ErrorEvent(410))
        server.inject("watch configmaps", EndWatch(after=1, how="reset"))
        server.inject("watch configmaps", Lag(revisions=1), times=3)
        await run(server.listen)
        assert await take(changes, 2) == ["lost a", "added a"]
        await create(writer, "later")
        assert await take(changes, 1) == ["added later"]


@pytest.mark.covers("pitfall-50")
async def test_repeated_events_do_not_bring_a_deleted_object_back(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer
) -> None:
    async with follow(api, backoff=FAST) as changes:
        await take_until_synced(changes)
        await create(writer, "a")
        await modify(writer, "a", "x")
        await delete(writer, "a")
        assert await take(changes, 3) == ["added a", "modified a", "deleted a"]
        replay = server.inject(WATCH, Replay(5))
        server.close_watches()
        await create(writer, "b")
        assert await take(changes, 1) == ["added b"]
        assert replay.hits == 1


@pytest.mark.covers("pitfall-51")
@BOTH
async def test_version_that_the_server_does_not_have_yet_is_requested_once(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer, initial: Initial
) -> None:
    server.set_clock_rate(1000)
    await create(writer, "a")
    async with follow(api, initial=initial) as changes:  # with the usual delays: none may be necessary
        await take_until_synced(changes)
        await modify(writer, "a", "x")
        assert await take(changes, 1) == ["modified a"]
        server.clear_requests()
        server.inject(WATCH, ErrorEvent(410))
        server.inject(LIST if initial == "list" else WATCH, Lag(revisions=1), times=3)
        server.close_watches()
        kind = {"list": "list", "stream": "stream"}[initial]
        await wait_for_requests(server, changes, 3)
        assert requests(server)[:3] == ["watch", kind, kind]
        await create(writer, "b")
        assert await take(changes, 1) == ["added b"]


@pytest.mark.covers("pitfall-53")
async def test_expired_continue_token_loses_no_change(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer
) -> None:
    await create(writer, *"abcdef")

    def change(_: object) -> None:
        server.remove("configmaps", "a")
        server.load([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "aa", "namespace": "default"}}])

    server.inject(LIST, ExpireContinue(page=3))
    server.inject(lambda request: "continue" in request.query, Run(change, when="request"))
    async with follow(api, initial="list", page_size=2) as changes:
        assert await take_until_synced(changes) == [
            *(f"added {name}" for name in ("a", "aa", "b", "c", "d", "e", "f")),
            "lost a",
        ]
    assert requests(server) == ["list", "page", "page", "list"]


@pytest.mark.covers("pitfall-54")
@BOTH
async def test_restored_storage_is_noticed_after_a_quiet_watch(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer, initial: Initial, clock: Clock
) -> None:
    await create(writer, "a", "b")
    revision = server.revision
    async with follow(api, initial=initial, backoff=FAST) as changes:
        await take_until_synced(changes)
        await delete(writer, "a")
        await modify(writer, "b", "x")
        await create(writer, "c")
        assert await take(changes, 3) == ["deleted a", "modified b", "added c"]
        server.clear_requests()
        clock.jump(5)
        server.rewind(revision)
        restored: list[str] = []
        async with anyio.create_task_group() as tasks:

            async def receive() -> None:
                restored.extend(await take(changes, 3, timeout=DAY))
                tasks.cancel_scope.cancel()

            tasks.start_soon(receive)
            # A jump before the response has arrived would be a timeout of the request.
            while requests(server) != ["watch"] or changes.quiet_for is None or changes.quiet_for >= 5:
                await writer.client.version()
            await clock.jump_when_idle(200)  # less than the time after which the connection is considered dead
            server.advance_clock(290)
        assert sorted(restored) == ["added a", "lost c", "modified b"]
        await create(writer, "d")
        assert await take(changes, 1) == ["added d"]


@pytest.mark.covers("pitfall-54")
async def test_restored_storage_is_noticed_after_an_outage(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer
) -> None:
    await create(writer, "a", "b")
    revision = server.revision
    async with follow(api, backoff=FAST) as changes:
        await take_until_synced(changes)
        await delete(writer, "a")
        await modify(writer, "b", "x")
        assert await take(changes, 2) == ["deleted a", "modified b"]
        await run(server.stop_listening)
        server.drop_connections()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anext, changes)
            with anyio.fail_after(TIMEOUT):
                while changes.failure is None or changes.failure.attempts < 3:
                    await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()
        server.rewind(revision)
        await run(server.listen)
        assert sorted(await take(changes, 2)) == ["added a", "modified b"]
