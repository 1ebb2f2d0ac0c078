"""`follow()` after failures. The pitfalls are bugs of existing clients."""

from contextlib import AbstractContextManager, nullcontext

import anyio
import anyio.to_thread
import pytest

from kubex.api import Api
from kubex.client import Attempt, Client, ClientOptions, create_client
from kubex.errors import ConnectionLost, Forbidden, NotFound, Unauthorized
from kubex.models import ObjectMeta
from kubex.transport import Backend
from kubex_k8s.v1_37.apiextensions.v1 import CustomResourceDefinition
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_runtime import Follower, follow
from kubex_runtime._machine.reflector import Initial
from kubex_testing.compliance._clock import Clock
from kubex_testing.embedded import (
    Answer,
    EmbeddedServer,
    EndWatch,
    ErrorEvent,
    FaultAction,
    Garble,
    Silence,
    Throttle,
)
from runtime.following import (
    BOTH,
    DAY,
    FAST,
    MARKS,
    TIMEOUT,
    WATCH,
    create,
    is_read,
    parameter,
    requests,
    run,
    take,
    take_until_synced,
)
from runtime.widgets import WIDGETS, Widget

pytestmark = MARKS

FOLLOWERS = 30


@pytest.mark.covers("pitfall-55")
@pytest.mark.parametrize("body", ["text", "status"])
async def test_throttled_watch_waits_and_does_not_list(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer, body: str, clock: Clock
) -> None:
    async with follow(api, backoff=FAST) as changes:
        await take_until_synced(changes)
        server.clear_requests()
        server.inject(WATCH, Throttle(retry_after=2, body=body), times=5)  # type: ignore[arg-type]
        await create(writer, "a")
        await take(changes, 1)
        server.close_watches()
        await create(writer, "b")
        started = anyio.current_time()
        async with anyio.create_task_group() as tasks:

            async def receive() -> None:
                assert await take(changes, 1, timeout=DAY) == ["added b"]
                tasks.cancel_scope.cancel()

            tasks.start_soon(receive)
            for number in range(1, 6):
                while changes.failure is None or changes.failure.attempts < number:
                    await writer.client.version()
                assert str(changes.failure.error).startswith("429")
                await clock.jump_when_idle(2)
        assert anyio.current_time() - started >= 10
        assert requests(server) == ["watch"] * 6
        assert changes.failure is None


@pytest.mark.covers("pitfall-56")
async def test_followers_do_not_reconnect_in_step(server: EmbeddedServer, backend: Backend, clock: Clock) -> None:
    starts: list[float] = []

    class Observer:
        def attempt(self, attempt: Attempt) -> AbstractContextManager[object]:
            starts.append(anyio.current_time())
            return nullcontext()

    options = ClientOptions(retry=None, observers=(Observer(),))
    configuration = server.handle.configuration(namespace="default")
    async with (
        create_client(configuration, client_class=backend, options=options) as client,
        anyio.create_task_group() as tasks,
    ):
        followers = [follow(Api(ConfigMap, client)) for _ in range(FOLLOWERS)]

        async def iterate(follower: Follower[ConfigMap]) -> None:
            async with follower as changes:
                async for _ in changes:
                    pass

        for follower in followers:
            tasks.start_soon(iterate, follower)
        await run(lambda: server.wait_for_request(lambda _: len(requests(server)) == FOLLOWERS))
        outage = server.inject(WATCH, Answer(503, b"unavailable"), times=FOLLOWERS)
        while not all(follower.synced for follower in followers):
            await anyio.lowlevel.checkpoint()
        clock.jump(2)  # the end of a shorter watch would be a failure
        server.close_watches()
        while any(follower.failure is None for follower in followers):
            await anyio.lowlevel.checkpoint()
        assert outage.hits == FOLLOWERS
        starts.clear()
        while len(starts) < FOLLOWERS:
            await clock.jump_when_idle(0.02)
        await run(lambda: server.wait_for_request(lambda _: len(requests(server)) == 3 * FOLLOWERS))
        tasks.cancel_scope.cancel()
    # One delay is between 0.4 and 0.8 seconds.
    within = [sum(start <= other < start + 0.1 for other in starts) for start in starts]
    assert max(within) <= FOLLOWERS * 0.6
    timeouts = {parameter(request, "timeoutSeconds") for request in server.requests if is_read(request)}
    assert len(timeouts) > FOLLOWERS


@pytest.mark.parametrize(
    "fault",
    [
        EndWatch(),
        EndWatch(how="reset"),
        EndWatch(how="mid-line"),
        ErrorEvent(429),
        ErrorEvent(500),
        Answer(502, b"<html>bad gateway</html>"),
        Answer(503, b"unavailable"),
        Answer(200, b"<html>\nlogin\n</html>", [("Content-Type", "text/html")]),
    ],
    ids=str,
)
async def test_failed_watch_continues_and_does_not_list(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer, fault: FaultAction
) -> None:
    async with follow(api, backoff=FAST) as changes:
        await take_until_synced(changes)
        server.clear_requests()
        injected = server.inject(WATCH, fault)
        server.close_watches()
        await create(writer, "a", "b")
        with anyio.fail_after(TIMEOUT):
            assert await take(changes, 2) == ["added a", "added b"]
        assert injected.hits == 1
        assert requests(server) == ["watch", "watch"]


@pytest.mark.covers("pitfall-57")
@pytest.mark.parametrize(
    "fault", [EndWatch(), Answer(404, b"404 page not found"), ErrorEvent("StoreReadError")], ids=str
)
async def test_repeated_failures_wait_longer_each_time(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer, fault: FaultAction, clock: Clock
) -> None:
    async with follow(api, initial="list") as changes:
        await take_until_synced(changes)
        server.clear_requests()
        server.inject(WATCH, fault, times=None)
        server.close_watches()
        started = anyio.current_time()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anext, changes)
            while requests(server).count("watch") < 6:
                await writer.client.version()
                # A watch that is open during several long jumps would not count as a failure.
                await clock.jump_when_idle(0.1)
            tasks.cancel_scope.cancel()
        # The shortest delays after five failures.
        assert anyio.current_time() - started >= 0.4 + 0.8 + 1.6 + 3.2 + 6.4


@pytest.mark.covers("pitfall-60")
async def test_silent_connection_is_replaced(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer, clock: Clock
) -> None:
    async with follow(api, backoff=FAST) as changes:
        await take_until_synced(changes)
        silence = Silence()
        server.inject(WATCH, silence)
        server.close_watches()
        async with anyio.create_task_group() as tasks:

            async def receive() -> None:
                assert await take(changes, 1, timeout=DAY) == ["added a"]
                tasks.cancel_scope.cancel()

            tasks.start_soon(receive)
            await run(silence.arrived.wait)
            await create(writer, "a")
            await clock.jump_when_idle(330)
        silence.release()


@pytest.mark.covers("pitfall-61")
async def test_unreadable_object_requires_a_list(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer
) -> None:
    await create(writer, "a", "b")
    async with follow(api, initial="list", backoff=FAST) as changes:
        await take_until_synced(changes)
        server.clear_requests()
        server.inject(WATCH, ErrorEvent("StoreReadError"))
        server.remove("configmaps", "a")
        server.close_watches()
        assert (await take(changes, 1))[0] in ("deleted a", "lost a")
        await create(writer, "c")
        assert await take(changes, 1) == ["added c"]
        assert requests(server) == ["watch", "list", "watch"]


@pytest.mark.parametrize("what", ["line", "type", "metadata"])
async def test_event_that_cannot_be_decoded_is_skipped(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    await create(writer, "a")
    async with follow(api, backoff=FAST) as changes:
        await take_until_synced(changes)
        server.clear_requests()
        server.inject(WATCH, Garble(what))  # type: ignore[arg-type]
        server.close_watches()
        await create(writer, "b", "c")
        assert await take(changes, 1) == ["added c"]
        assert [record.message for record in caplog.records if "following ConfigMap: skipped" in record.message]
        server.close_watches()
        await create(writer, "d")
        assert sorted(await take(changes, 2)) == ["added b", "added d"]
        assert requests(server) == ["watch", "stream"]


# Permissions and kinds


@pytest.mark.covers("pitfall-63")
@BOTH
@pytest.mark.parametrize(("status", "error"), [(403, Forbidden), (401, Unauthorized), (404, NotFound)])
async def test_missing_permission_raises_before_the_first_objects_only(
    api: Api[ConfigMap],
    writer: Api[ConfigMap],
    server: EmbeddedServer,
    initial: Initial,
    status: int,
    error: type[Exception],
    caplog: pytest.LogCaptureFixture,
) -> None:
    fault = server.inject("GET /api/v1/namespaces/default/configmaps", Answer(status, b"not for you"), times=None)
    async with follow(api, initial=initial, backoff=FAST) as changes:
        with pytest.raises(error, match=r"not for you \(GET /api/v1/namespaces/default/configmaps\)"):
            await anext(changes)
        fault.remove()
        await take_until_synced(changes)
        server.inject("GET /api/v1/namespaces/default/configmaps", Answer(status, b"not for you"), times=3)
        server.close_watches()
        await create(writer, "a")
        caplog.clear()
        assert await take(changes, 1) == ["added a"]
        assert "following ConfigMap: trying again after: " + str(status) in caplog.text


@pytest.mark.covers("pitfall-64")
async def test_objects_of_a_removed_kind_are_deleted_and_can_return(client: Client) -> None:
    definitions, widgets = Api(CustomResourceDefinition, client), Api(Widget, client)
    async with follow(widgets, optional=True, backoff=FAST) as changes:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anext, changes)
            with anyio.fail_after(TIMEOUT):
                while changes.failure is None:
                    await client.version()
            tasks.cancel_scope.cancel()
        assert not changes.synced
        assert isinstance(changes.failure.error if changes.failure else None, NotFound)
        for _ in range(2):
            await definitions.create(WIDGETS)
            if not changes.synced:
                assert await take(changes, 1) == ["synced"]
            with anyio.fail_after(TIMEOUT):
                while not await exists(widgets):
                    pass
            await widgets.create(Widget(metadata=ObjectMeta(name="a")))
            assert await take(changes, 1) == ["added a"]
            await definitions.delete("widgets.example.com")
            assert (await take(changes, 1))[0] in ("lost a", "deleted a")


async def exists(api: Api[Widget]) -> bool:
    try:
        await api.list()
    except NotFound:
        return False
    return True


async def test_missing_kind_raises(client: Client) -> None:
    async with follow(Api(Widget, client)) as changes:
        with pytest.raises(NotFound, match="the server does not have this resource"):
            await anext(changes)


async def test_failure_describes_the_outage(
    api: Api[ConfigMap], writer: Api[ConfigMap], server: EmbeddedServer
) -> None:
    async with follow(api, backoff=FAST) as changes:
        await take_until_synced(changes)
        await run(server.stop_listening)
        server.drop_connections()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anext, changes)
            with anyio.fail_after(TIMEOUT):
                while changes.failure is None or changes.failure.attempts < 3:
                    await anyio.lowlevel.checkpoint()
            assert not isinstance(changes.failure.error, ConnectionLost) or changes.failure.attempts == 1
            assert 0 <= anyio.current_time() - changes.failure.since < TIMEOUT
            tasks.cancel_scope.cancel()
        await run(server.listen)
        await create(writer, "a")
        assert await take(changes, 1) == ["added a"]
        assert changes.failure is None
