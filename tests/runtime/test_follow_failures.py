"""`follow()` after failures. The pitfalls are bugs of existing clients."""

import logging
from collections.abc import AsyncIterator, Callable
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
from kubex_runtime import Deleted, Follower, follow
from kubex_runtime._machine.reflector import Initial
from kubex_testing.compliance._clock import Clock
from kubex_testing.embedded import (
    Answer,
    EmbeddedServer,
    EndWatch,
    ErrorEvent,
    ExpireContinue,
    FaultAction,
    Garble,
    Lag,
    NoStreamingList,
    Replay,
    Run,
    Silence,
    Throttle,
)
from runtime.following import (
    FAST,
    TIMEOUT,
    create,
    delete,
    is_read,
    modify,
    parameter,
    requests,
    take,
    take_until_synced,
)
from runtime.widgets import WIDGETS, Widget

pytestmark = [
    pytest.mark.anyio,
    # Python 3.10 does not treat a TLS transport as closed if the peer closed the connection.
    pytest.mark.filterwarnings("ignore:unclosed transport:ResourceWarning"),
]

DAY = 86400.0
FOLLOWERS = 30
WATCH, LIST = "watch configmaps", "list configmaps"
BOTH = pytest.mark.parametrize("initial", ["stream", "list"])


@pytest.fixture
async def api(server: EmbeddedServer, backend: Backend) -> AsyncIterator[Api[ConfigMap]]:
    """Return the API of ConfigMaps on a client that does not repeat requests, so that each fault reaches `follow()`."""
    options = ClientOptions(retry=None)
    configuration = server.handle.configuration(namespace="default")
    async with create_client(configuration, client_class=backend, options=options) as client:
        yield Api(ConfigMap, client)


@pytest.fixture
async def writer(client: Client) -> Api[ConfigMap]:
    """Return an API with connections that the faults do not affect."""
    return Api(ConfigMap, client)


async def run(function: Callable[[], object]) -> None:
    """Run a method of the server that waits for its thread."""
    await anyio.to_thread.run_sync(function)


async def relist(server: EmbeddedServer) -> None:
    """End the watch. The next one is too old, so that the follower reads all objects."""
    server.compact()
    server.close_watches()


# Deletions and lists


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


# Servers that are behind, repeat or lose history


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


async def wait_for_requests(server: EmbeddedServer, changes: object, number: int) -> None:
    """Iterate until the server has received a number of requests for ConfigMaps. Nothing may change meanwhile."""
    async with anyio.create_task_group() as tasks:

        async def expect_nothing() -> None:
            raise AssertionError(await take(changes, 1))  # type: ignore[arg-type]

        tasks.start_soon(expect_nothing)
        await anyio.to_thread.run_sync(lambda: server.wait_for_request(lambda _: len(requests(server)) >= number))
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()


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


# Overload, lost connections, silence


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
                await clock.jump_when_idle(0.5)
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
