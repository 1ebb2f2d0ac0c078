"""The requests of `Discovery`: when it reads the kinds, and which kind it selects."""

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest

import kubex_k8s.v1_37
from kubex.discovery import Discovery, Kinds
from kubex.errors import InternalError, KindUnavailable, NoSuchKind
from kubex.models import api_resource
from kubex.transport import PreparedRequest
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_testing import MockResponse
from kubex_testing.compliance._clock import Clock
from policy.conftest import error_response, scripted_client
from policy.discovery_responses import AGGREGATED, APPS, CORE, aggregated, first_look, group, resource
from support.backend_pairs import RUNTIMES

pytestmark = pytest.mark.anyio

NOT_MODIFIED = MockResponse(status=304)
WIDGETS = group("example.com", v1=[resource("Widget", "wd")])


@pytest.fixture(params=RUNTIMES)
def anyio_backend(request: pytest.FixtureRequest, clock: Clock) -> tuple[str, dict[str, Any]]:
    """Run each test on both async libraries, with a clock that the test moves."""
    return clock.backend(request.param)


def header(request: PreparedRequest, name: str) -> str | None:
    return dict(request.headers).get(name)


async def name_of(discovery: Discovery, name: str) -> str:
    found = api_resource(await discovery.resource(name))
    return f"{found.plural}.{found.version}.{found.group}"


@pytest.mark.covers("kubernetes-107130")
async def test_first_call_sends_two_requests_for_aggregated_discovery() -> None:
    async with scripted_client(*first_look(APPS)) as (client, mock):
        discovery = Discovery(client)
        assert await name_of(discovery, "deploy") == "deployments.v1.apps"
        assert await name_of(discovery, "po") == "pods.v1."
    assert [header(request, "Accept") for request in mock.requests] == [f"{AGGREGATED},application/json"] * 2


async def test_kind_with_a_class_needs_no_request() -> None:
    async with scripted_client() as (client, _):
        discovery = Discovery(client, Kinds(kubex_k8s.v1_37))
        assert await discovery.kind("apps/v1", "Deployment") is Deployment


async def test_dynamic_class_has_the_properties_of_the_server() -> None:
    async with scripted_client(*first_look(APPS)) as (client, _):
        found = api_resource(await Discovery(client).kind("apps/v1", "Deployment"))
    assert (found.plural, sorted(found.verbs), list(found.subresources)) == ("deployments", ["get", "list"], ["status"])


@pytest.mark.covers("kr8s-256")
async def test_miss_reads_the_kinds_again_and_replaces_them() -> None:
    script = (*first_look(APPS), *first_look(WIDGETS))
    async with scripted_client(*script) as (client, _):
        discovery = Discovery(client)
        assert await discovery.has("apps/v1", "Deployment")
        assert await name_of(discovery, "wd") == "widgets.v1.example.com"
        assert not await discovery.has("apps/v1", "Deployment")


@pytest.mark.covers("kr8s-669")
async def test_misses_read_the_kinds_at_most_once_a_second(clock: Clock) -> None:
    async with scripted_client(*first_look(APPS) * 3) as (client, mock):
        discovery = Discovery(client)
        for _ in range(3):
            with pytest.raises(NoSuchKind):
                await discovery.resource("widgets")
        assert len(mock.requests) == 4
        clock.jump(1.1)
        assert not await discovery.has("example.com/v1")
        assert len(mock.requests) == 6


async def test_unchanged_kinds_are_not_sent_again() -> None:
    first = aggregated(CORE, etag='"1"'), aggregated(APPS, etag='"2"')
    second = NOT_MODIFIED, aggregated(WIDGETS, etag='"3"')
    async with scripted_client(*first, *second, NOT_MODIFIED, NOT_MODIFIED) as (client, mock):
        discovery = Discovery(client)
        await discovery.kinds()
        await discovery.refresh()
        await discovery.refresh()
        kinds = [info.kind for info in await discovery.kinds()]
    assert kinds == ["Pod", "Event", "Node", "Widget"]
    sent = [header(request, "If-None-Match") for request in mock.requests]
    assert sent == [None, None, '"1"', '"2"', '"1"', '"3"']


async def test_concurrent_calls_cause_one_read() -> None:
    async with scripted_client(*first_look(APPS)) as (client, _):
        discovery, found = Discovery(client), list[str]()

        async def find(name: str) -> None:
            found.append(await name_of(discovery, name))

        async with anyio.create_task_group() as tasks:
            for _ in range(50):
                tasks.start_soon(find, "deploy")
                tasks.start_soon(find, "po")
    assert sorted(found) == ["deployments.v1.apps"] * 50 + ["pods.v1."] * 50


async def test_waiting_tasks_continue_if_the_task_that_reads_is_cancelled() -> None:
    reached = anyio.Event()

    async def block(_: PreparedRequest) -> MockResponse:
        reached.set()
        await anyio.sleep_forever()
        raise AssertionError

    found: list[str] = []
    async with scripted_client(block, *first_look(APPS)) as (client, _):
        discovery = Discovery(client)

        async def find() -> None:
            found.append(await name_of(discovery, "deploy"))

        async with anyio.create_task_group() as waiting, anyio.create_task_group() as cancelled:
            cancelled.start_soon(find)
            await reached.wait()
            for _ in range(3):
                waiting.start_soon(find)
            await anyio.wait_all_tasks_blocked()
            cancelled.cancel_scope.cancel()
    assert found == ["deployments.v1.apps"] * 3


async def test_failure_is_raised_in_each_waiting_task_and_the_next_call_reads_again() -> None:
    script = (error_response(500), *first_look(APPS))
    async with scripted_client(*script, retry=None) as (client, _):
        discovery, errors = Discovery(client), list[InternalError]()

        async def fail() -> None:
            try:
                await discovery.kinds()
            except InternalError as error:
                errors.append(error)

        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(fail)
        assert len({id(error) for error in errors}) == 5
        assert await name_of(discovery, "deploy") == "deployments.v1.apps"


async def test_refresh_reads_kinds_that_are_newer_than_the_call() -> None:
    """A read that has started before the call may not contain what the caller has created."""
    reached, resume = anyio.Event(), anyio.Event()

    async def block(_: PreparedRequest) -> MockResponse:
        reached.set()
        await resume.wait()
        return aggregated(CORE)

    async with scripted_client(block, aggregated(APPS), *first_look(WIDGETS)) as (client, _):
        discovery = Discovery(client)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(discovery.kinds)
            await reached.wait()
            tasks.start_soon(discovery.refresh)
            tasks.start_soon(discovery.refresh)
            await anyio.wait_all_tasks_blocked()
            resume.set()
        assert await name_of(discovery, "wd") == "widgets.v1.example.com"


STALE = group("metrics.k8s.io", freshness="Stale", v1=[resource("PodMetrics", plural="pods")], v1beta1=[])
Call = Callable[[Discovery], Awaitable[Any]]


@pytest.mark.parametrize(
    "call",
    [
        lambda discovery: discovery.kind("metrics.k8s.io/v1", "PodMetrics"),
        lambda discovery: discovery.kind("metrics.k8s.io/v1", "Other"),
        lambda discovery: discovery.has("metrics.k8s.io/v1beta1"),
        lambda discovery: discovery.has("metrics.k8s.io/v1beta1", "Other"),
        lambda discovery: discovery.resource("podmetrics"),
        lambda discovery: discovery.resource("nodes.metrics.k8s.io"),
        lambda discovery: discovery.resource("nodes.metrics"),
    ],
)
async def test_stale_group_raises_kind_unavailable(call: Call) -> None:
    async with scripted_client(*first_look(STALE) * 2) as (client, _):
        with pytest.raises(KindUnavailable, match=r"the kinds of metrics\.k8s\.io/v1\S* are not available: .* Stale"):
            await call(Discovery(client))


async def test_stale_group_does_not_affect_the_others() -> None:
    async with scripted_client(*first_look(STALE, APPS) * 2) as (client, _):
        discovery = Discovery(client)
        assert await name_of(discovery, "deploy") == "deployments.v1.apps"
        assert await name_of(discovery, "pods") == "pods.v1."
        assert list(await discovery.unavailable()) == ["metrics.k8s.io/v1", "metrics.k8s.io/v1beta1"]
        with pytest.raises(NoSuchKind, match=r"The kinds of metrics\.k8s\.io/v1, metrics\.k8s\.io/v1beta1 are not"):
            await discovery.resource("widgets")


async def test_stale_group_is_used_after_it_recovers() -> None:
    recovered = group("metrics.k8s.io", v1=[resource("PodMetrics", plural="pods")])
    async with scripted_client(*first_look(STALE), *first_look(recovered)) as (client, _):
        assert await name_of(Discovery(client), "podmetrics") == "pods.v1.metrics.k8s.io"
