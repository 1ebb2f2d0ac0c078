"""`run()` and `wait_synced()` of an informer: failures, cancellation and time limits."""

import asyncio
from collections.abc import AsyncIterator

import anyio
import anyio.lowlevel
import pytest
import trio

from kubex.api import Api
from kubex.client import Client, create_client
from kubex.errors import ConfigurationError, Forbidden, InvalidNameError, NotFound
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_runtime import Informer
from kubex_runtime.errors import InformerStateError, InformerSyncTimeout
from kubex_testing.compliance._clock import Clock
from kubex_testing.embedded import Answer, Delay, EmbeddedServer, Silence
from support.backend_pairs import BACKENDS, BackendPair
from support.informers import TIMEOUT, running
from support.resources import Widget

pytestmark = pytest.mark.anyio


@pytest.fixture
async def restricted(pair: BackendPair) -> AsyncIterator[tuple[EmbeddedServer, Client]]:
    """Return a server that denies requests for the namespace `secret`, and a client."""
    server = EmbeddedServer(authorize=lambda _, request: "/namespaces/secret/" not in request.path)
    async with server as handle:
        configuration = handle.configuration(namespace="default")
        async with create_client(configuration, client_class=BACKENDS[pair.backend]) as client:
            yield server, client


@pytest.mark.covers("pitfall-75")
async def test_failure_of_one_namespace_is_raised_by_run(restricted: tuple[EmbeddedServer, Client]) -> None:
    server, client = restricted
    informer = Informer(Api(ConfigMap, client), namespaces=["default", "secret", "kube-system"])
    with anyio.fail_after(TIMEOUT), pytest.raises(Forbidden) as caught:
        await informer.run()
    assert caught.value.__context__ is None
    while server.open_watches:
        await client.version()
    with pytest.raises(InformerStateError, match=r"Informer\(ConfigMap\): its run\(\) has failed") as state:
        await informer.wait_synced()
    assert state.value.__cause__ is caught.value


async def test_kind_that_does_not_exist_raises(client: Client) -> None:
    informer = Informer(Api(Widget, client))
    with anyio.fail_after(TIMEOUT), pytest.raises(NotFound):
        await informer.run()


async def test_optional_kind_syncs_when_it_exists(client: Client) -> None:
    informer = Informer(Api(Widget, client), optional=True)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(informer.run)
        with anyio.fail_after(TIMEOUT):
            while informer.failure is None:
                await client.version()
        tasks.cancel_scope.cancel()
    assert not informer.synced
    assert isinstance(informer.failure.error if informer.failure else None, NotFound)


async def test_run_can_be_called_once(api: Api[ConfigMap]) -> None:
    informer = Informer(api)
    async with running(informer):
        with pytest.raises(InformerStateError, match=r"its run\(\) runs already"):
            await informer.run()
        assert informer.synced
    with pytest.raises(InformerStateError, match=r"its run\(\) has ended"):
        await informer.run()


async def test_run_that_is_cancelled_at_any_moment_leaves_nothing(
    api: Api[ConfigMap], client: Client, kubex_server: EmbeddedServer
) -> None:
    await api.create(ConfigMap(metadata=ObjectMeta(name="one")))
    synced = 0
    for steps in range(0, 120, 3):
        informer = Informer(api, initial="list" if steps % 2 else "stream")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(informer.run)
            tasks.start_soon(informer.wait_synced)
            for _ in range(steps):
                await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()
        synced += informer.synced
    with anyio.fail_after(TIMEOUT):
        while kubex_server.open_watches:
            await client.version()


async def test_wait_synced_returns_when_the_objects_have_arrived(api: Api[ConfigMap]) -> None:
    await api.create(ConfigMap(metadata=ObjectMeta(name="one")))
    informer = Informer(api)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(informer.run)
        await informer.wait_synced(TIMEOUT)
        assert informer.get("one") is not None
        await informer.wait_synced()
        tasks.cancel_scope.cancel()


async def test_wait_synced_works_in_a_task_of_the_runtime(api: Api[ConfigMap], pair: BackendPair) -> None:
    informer = Informer(api)
    if pair.runtime == "trio":
        async with trio.open_nursery() as nursery:
            nursery.start_soon(informer.run)
            await informer.wait_synced(TIMEOUT)
            nursery.cancel_scope.cancel()
        return
    task = asyncio.create_task(informer.run())
    await informer.wait_synced(TIMEOUT)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("waiter", ["wait_synced", "changes"])
async def test_waiting_for_an_informer_without_run_raises(api: Api[ConfigMap], clock: Clock, waiter: str) -> None:
    informer = Informer(api)

    async def wait() -> None:
        async with informer.changes() as changes:
            wait_for = informer.wait_synced if waiter == "wait_synced" else changes.__anext__
            with pytest.raises(
                InformerStateError, match=r"its run\(\) was not called: start it in a task: `await task_group.start"
            ):
                await wait_for()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        await clock.jump_when_idle(5.1)


async def test_wait_synced_with_a_time_limit_names_the_reason(
    api: Api[ConfigMap], kubex_server: EmbeddedServer, clock: Clock
) -> None:
    async def wait(informer: Informer[ConfigMap], message: str) -> None:
        with pytest.raises(InformerSyncTimeout, match=r"Informer\(ConfigMap\): not synced after 3 s: " + message):
            await informer.wait_synced(3)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait, Informer(api), r"its run\(\) was not called")
        await clock.jump_when_idle(3.1)
    for name in ("a", "b"):
        await api.create(ConfigMap(metadata=ObjectMeta(name=name)))
    for fault, reason in ((Silence(after=2), "2 objects have arrived"), (Delay(), "no response was received")):
        informer = Informer(api)
        with kubex_server.inject("watch configmaps", fault, times=None):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(informer.run)
                while isinstance(fault, Silence) and len(informer) < 2:
                    await anyio.lowlevel.checkpoint()
                tasks.start_soon(wait, informer, reason)
                await clock.jump_when_idle(3.1)
                await anyio.wait_all_tasks_blocked()
                tasks.cancel_scope.cancel()


async def test_wait_synced_names_the_last_error(
    api: Api[ConfigMap], kubex_server: EmbeddedServer, clock: Clock
) -> None:
    kubex_server.inject("watch configmaps", Answer(503, b"not ready"), times=None)
    informer = Informer(api)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(informer.run)
        while informer.failure is None:
            clock.jump(1)
            await anyio.lowlevel.checkpoint()
        with pytest.raises(InformerSyncTimeout, match=r"the last of \d+ requests has failed: ") as caught:
            await informer.wait_synced(0)
        assert caught.value.__cause__ is informer.failure.error
        tasks.cancel_scope.cancel()


async def test_invalid_arguments_are_raised_by_run(api: Api[ConfigMap]) -> None:
    with pytest.raises(ConfigurationError, match="label_selector"):
        await Informer(api, label_selector={"a": "b,c"}).run()
    with pytest.raises(InvalidNameError, match="namespace 'a/b'"):
        await Informer(api, namespaces=["a/b"]).run()


async def test_informer_has_a_readable_repr(api: Api[ConfigMap]) -> None:
    informer = Informer(api)
    assert repr(informer) == "<Informer(ConfigMap): 0 objects, not synced>"
    async with running(informer):
        assert repr(informer) == "<Informer(ConfigMap): 0 objects, synced>"
