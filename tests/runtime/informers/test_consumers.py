"""Consumers of an informer: slow, late, cancelled and failing ones, and many events."""

from typing import Any

import anyio
import anyio.lowlevel
import pytest

from kubex.api import Api
from kubex.errors import AlreadyOpenError
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_runtime import Added, Changes, Informer, Key, Synced
from kubex_runtime.errors import InformerStateError
from kubex_testing.embedded import EmbeddedServer, Silence
from support.informers import TIMEOUT, Fold, document, list_of, next_changes, running, versions_of, watch_of
from support.turns import TurnClock

pytestmark = pytest.mark.anyio

OBJECTS = 20
EVENTS = 6_000

Document = dict[str, Any]


def history() -> tuple[list[Document], list[tuple[str, Document]], dict[Key, str | None]]:
    """Return a list, the events of a watch after it, and the resource versions at the end.

    Some objects are deleted, and created again with another UID.
    """
    objects = {number: document(f"object-{number}", 900) for number in range(OBJECTS)}
    first = list(objects.values())
    events: list[tuple[str, Document]] = []
    for version in range(1000, 1000 + EVENTS):
        number = version % OBJECTS
        known = objects.pop(number, None)
        obj = document(f"object-{number}", version, data={"version": str(version)})
        obj["metadata"]["uid"] = known["metadata"]["uid"] if known else f"uid-{version}"
        is_deleted = known is not None and version % 111 == 0
        events.append(("DELETED" if is_deleted else "MODIFIED" if known else "ADDED", obj))
        if not is_deleted:
            objects[number] = obj
    versions = {Key("default", obj["metadata"]["name"]): obj["metadata"]["resourceVersion"] for obj in objects.values()}
    return first, events, versions


@pytest.mark.covers("pitfall-73")
@pytest.mark.covers("pitfall-74")
async def test_slow_and_late_consumers_end_with_the_objects_of_the_cache(
    api: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    objects, events, versions = history()
    kubex_server.inject("list configmaps", list_of(objects, 900))
    kubex_server.inject("watch configmaps", watch_of(events))
    kubex_server.inject("watch configmaps", Silence(), times=None)
    informer = Informer(api, initial="list")
    fast, slow, late, idle = (Fold[ConfigMap]() for _ in range(4))

    async def consume_slowly() -> None:
        async with informer.changes() as changes:
            with anyio.fail_after(TIMEOUT):
                while slow.versions != versions:
                    slow.apply(await changes.__anext__())
                    for _ in range(20):
                        await anyio.lowlevel.checkpoint()

    async def consume_late() -> None:
        async with informer.changes() as changes:
            await late.apply_until(changes, versions)

    async with running(informer), informer.changes() as idle_changes, informer.changes() as fast_changes:
        async with anyio.create_task_group() as consumers:
            consumers.start_soon(consume_slowly)
            while fast.count < OBJECTS + 5:
                fast.apply(await fast_changes.__anext__())
            consumers.start_soon(consume_late)
            await fast.apply_until(fast_changes, versions)
        assert versions_of(informer) == versions
        await idle.apply_until(idle_changes, versions)
    assert [fold.synced for fold in (fast, slow, late, idle)] == [1, 1, 1, 1]
    assert idle.count <= 2 * OBJECTS + 1
    assert max(slow.count, late.count) <= EVENTS + OBJECTS + 1


async def test_cancelled_iteration_loses_nothing(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    objects, events, versions = history()
    kubex_server.inject("list configmaps", list_of(objects, 900))
    kubex_server.inject("watch configmaps", watch_of(events))
    kubex_server.inject("watch configmaps", Silence(), times=None)
    informer, fold, cancelled = Informer(api, initial="list"), Fold[ConfigMap](), 0
    async with running(informer), informer.changes() as changes:
        with anyio.fail_after(TIMEOUT):
            while fold.versions != versions:
                with anyio.move_on_after(0) as scope:
                    fold.apply(await changes.__anext__())
                cancelled += scope.cancelled_caught
                await anyio.lowlevel.checkpoint()
    assert cancelled > 0


async def fail(changes: Changes[ConfigMap]) -> None:
    async for _ in changes:
        raise LookupError


@pytest.mark.covers("pitfall-75")
async def test_consumer_that_raises_does_not_affect_the_others(api: Api[ConfigMap]) -> None:
    await api.create(ConfigMap(metadata=ObjectMeta(name="one")))
    informer = Informer(api)
    async with running(informer), informer.changes() as other:
        await next_changes(other, 2)
        async with informer.changes() as changes:
            with pytest.raises(LookupError):
                await fail(changes)
        await api.delete("one")
        assert [type(change).__name__ for change in await next_changes(other, 1)] == ["Deleted"]
        assert len(informer) == 0


async def test_consumer_that_starts_before_run_waits_for_it(api: Api[ConfigMap]) -> None:
    await api.create(ConfigMap(metadata=ObjectMeta(name="one")))
    informer = Informer(api)
    received: list[object] = []

    async def consume() -> None:
        async with informer.changes() as changes:
            received.extend(await next_changes(changes, 2))

    async with anyio.create_task_group() as consumers:
        consumers.start_soon(consume)
        await anyio.wait_all_tasks_blocked()
        async with running(informer):
            with anyio.fail_after(TIMEOUT):
                while len(received) < 2:
                    await anyio.wait_all_tasks_blocked()
    assert isinstance(received[0], Added)
    assert received[1] == Synced()


async def test_changes_of_an_informer_that_ended_raise_after_the_last_change(api: Api[ConfigMap]) -> None:
    await api.create(ConfigMap(metadata=ObjectMeta(name="one")))
    informer = Informer(api)
    async with informer.changes() as unread, informer.changes() as waiting:
        async with anyio.create_task_group() as tasks:

            async def consume() -> None:
                await next_changes(waiting, 2)
                with pytest.raises(InformerStateError, match=r"Informer\(ConfigMap\): its run\(\) was cancelled"):
                    await waiting.__anext__()

            async with running(informer):
                tasks.start_soon(consume)
                await anyio.wait_all_tasks_blocked()
        assert len(await next_changes(unread, 2)) == 2
        with pytest.raises(InformerStateError, match=r"its run\(\) was cancelled"):
            await unread.__anext__()
    assert informer.get("one") is not None


async def test_changes_must_be_read_in_their_block(api: Api[ConfigMap]) -> None:
    changes = Informer(api).changes()
    with pytest.raises(InformerStateError, match=r"inside of `async with informer\.changes\(\) as changes`"):
        await changes.__anext__()
    async with changes:
        with pytest.raises(AlreadyOpenError):
            await changes.__aenter__()
    with pytest.raises(InformerStateError, match="inside of"):
        await changes.__anext__()


async def test_changes_cannot_be_read_by_two_tasks(api: Api[ConfigMap]) -> None:
    informer = Informer(api)
    async with running(informer), informer.changes() as changes, anyio.create_task_group() as tasks:
        await next_changes(changes, 1)
        tasks.start_soon(changes.__anext__)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(InformerStateError, match="two tasks read the same changes"):
            await changes.__anext__()
        tasks.cancel_scope.cancel()


async def test_changes_that_another_task_closes_raise(api: Api[ConfigMap]) -> None:
    informer = Informer(api)
    async with running(informer), anyio.create_task_group() as tasks:
        changes = await informer.changes().__aenter__()
        await next_changes(changes, 1)

        async def read() -> None:
            with anyio.fail_after(TIMEOUT), pytest.raises(InformerStateError, match="inside of"):
                await changes.__anext__()

        tasks.start_soon(read)
        await anyio.wait_all_tasks_blocked()
        await changes.__aexit__(None, None, None)


async def test_consumer_of_many_changes_does_not_block_the_event_loop(
    api: Api[ConfigMap], kubex_server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = [document(f"object-{number}", 900) for number in range(2_000)]
    kubex_server.inject("list configmaps", list_of(objects, 900))
    kubex_server.inject("watch configmaps", Silence(), times=None)
    informer, clock = Informer(api, initial="list"), TurnClock(monkeypatch)
    async with running(informer), informer.changes() as changes, anyio.create_task_group() as tasks:
        with anyio.fail_after(TIMEOUT):
            await informer.wait_synced()
        clock.seconds = 0.0
        tasks.start_soon(clock.run)
        assert len(await next_changes(changes, 2_001)) == 2_001
        tasks.cancel_scope.cancel()
    assert clock.seconds > 0.1
    assert 0.004 < clock.longest < 0.011  # trio can run the consumer twice in a row
