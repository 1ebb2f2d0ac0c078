"""The requests of `Discovery` for servers without aggregated discovery."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from kubex.client import Client
from kubex.discovery import Discovery
from kubex.errors import ConnectionLost, DecodeError, Forbidden, KindUnavailable, ReadTimeout
from kubex.models import api_resource
from kubex.transport import PreparedRequest
from kubex_testing import MockResponse
from policy.conftest import error_response, scripted_client
from policy.discovery_responses import APPS, CORE, aggregated

pytestmark = pytest.mark.anyio

NO_CORE_GROUP = MockResponse(status=404, expect="GET /api")


def resource_list(*kinds: str) -> MockResponse:
    """Return a plain list of resources."""
    items = [{"name": f"{kind.lower()}s", "kind": kind, "namespaced": True, "verbs": ["get"]} for kind in kinds]
    return MockResponse(json={"kind": "APIResourceList", "resources": items})


def group_list(*names: str) -> MockResponse:
    """Return a plain list of groups, each with the version v1."""
    version = {"version": "v1"}
    groups = [{"name": name, "versions": [version], "preferredVersion": version} for name in names]
    return MockResponse(json={"kind": "APIGroupList", "groups": groups}, expect="GET /apis")


@asynccontextmanager
async def plain_server(
    responses: Mapping[str, MockResponse | Exception], *groups: str
) -> AsyncIterator[tuple[Client, list[str]]]:
    """Return a client of a server with these groups, and the paths of the requests for their kinds."""
    paths: list[str] = []

    def respond(request: PreparedRequest) -> MockResponse:
        paths.append(request.target)
        response = responses.get(request.target, MockResponse(json={"resources": []}))
        if isinstance(response, Exception):
            raise response
        return response

    script: list[Any] = [NO_CORE_GROUP, group_list(*groups), *[respond] * len(groups)]
    async with scripted_client(*script, retry=None) as (client, _):
        yield client, paths


async def test_plain_server_receives_a_request_for_each_version() -> None:
    legacy = MockResponse(json={"kind": "APIVersions", "versions": ["v1"]}, expect="GET /api")
    script = (
        legacy,
        resource_list("Pod"),
        group_list("apps", "batch"),
        resource_list("Deployment"),
        resource_list("Job"),
    )
    async with scripted_client(*script) as (client, mock):
        discovery = Discovery(client)
        assert api_resource(await discovery.resource("job")).api_version == "batch/v1"
        assert [info.kind for info in await discovery.kinds()] == ["Pod", "Deployment", "Job"]
    assert [request.target for request in mock.requests] == [
        "/api",
        "/api/v1",
        "/apis",
        "/apis/apps/v1",
        "/apis/batch/v1",
    ]


async def test_forms_of_the_two_documents_are_independent() -> None:
    script = (aggregated(CORE), group_list("apps"), resource_list("Deployment"))
    async with scripted_client(*script) as (client, _):
        assert len(await Discovery(client).kinds()) == 4


async def test_server_without_core_group_is_supported() -> None:
    async with scripted_client(NO_CORE_GROUP, aggregated(APPS)) as (client, _):
        discovery = Discovery(client)
        assert [info.kind for info in await discovery.kinds()] == ["Deployment"]


async def test_at_most_eight_requests_are_sent_at_once() -> None:
    active = peak = 0
    paths: list[str] = []

    async def respond(request: PreparedRequest) -> MockResponse:
        nonlocal active, peak
        paths.append(request.target)
        active += 1
        peak = max(peak, active)
        await anyio.wait_all_tasks_blocked()
        active -= 1
        return resource_list("Widget")

    groups = [f"g{number}.example.com" for number in range(30)]
    async with scripted_client(NO_CORE_GROUP, group_list(*groups), *[respond] * 30) as (client, _):
        found = await Discovery(client).kinds()
    assert peak == 8
    assert sorted(paths) == sorted(f"/apis/{group}/v1" for group in groups)
    assert [info.group for info in found] == groups


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (error_response(503, b"service unavailable\n"), "503: service unavailable"),
        (error_response(403), "403"),
        (error_response(500), "500"),
        (ReadTimeout("no data within 5 s", "GET", "/apis/metrics.k8s.io/v1"), "no data within 5 s"),
        (MockResponse(body=b"<html>"), "not a JSON object"),
        (MockResponse(json={}), "cannot decode the API discovery"),
    ],
)
async def test_group_that_fails_does_not_affect_the_others(response: MockResponse | Exception, reason: str) -> None:
    responses = {"/apis/metrics.k8s.io/v1": response, "/apis/apps/v1": resource_list("Deployment")}
    async with plain_server(responses, "metrics.k8s.io", "apps") as (client, _):
        discovery = Discovery(client)
        assert [info.kind for info in await discovery.kinds()] == ["Deployment"]
        assert reason in (await discovery.unavailable())["metrics.k8s.io/v1"]


async def test_group_that_fails_raises_kind_unavailable() -> None:
    broken = [NO_CORE_GROUP, group_list("metrics.k8s.io"), error_response(503, b"service unavailable\n")]
    async with scripted_client(*broken * 2, retry=None) as (client, _):
        with pytest.raises(KindUnavailable, match=r"metrics\.k8s\.io/v1 are not available: 503.*service unavailable"):
            await Discovery(client).kind("metrics.k8s.io/v1", "PodMetrics")


async def test_version_that_was_removed_meanwhile_is_ignored() -> None:
    async with plain_server({"/apis/old.example.com/v1": error_response(404)}, "old.example.com", "apps") as (
        client,
        _,
    ):
        discovery = Discovery(client)
        await discovery.kinds()
        assert await discovery.unavailable() == {}
        assert await discovery.has("apps/v1")


async def test_lost_connection_is_raised_and_ends_the_other_requests() -> None:
    lost = ConnectionLost("the connection broke", "GET", "/apis/a/v1")
    script = (NO_CORE_GROUP, group_list("a"), lost)
    async with scripted_client(*script, retry=None) as (client, _):
        with pytest.raises(ConnectionLost):
            await Discovery(client).kinds()


async def test_error_of_the_list_of_groups_is_raised() -> None:
    async with scripted_client(aggregated(CORE), error_response(403)) as (client, _):
        with pytest.raises(Forbidden):
            await Discovery(client).kinds()


async def test_web_page_raises_decode_error_with_the_request() -> None:
    page = MockResponse(body=b"<html>", headers={"Content-Type": "text/html"})
    async with scripted_client(page) as (client, _):
        with pytest.raises(DecodeError, match=r"its content type is text/html.*\(GET /api\)") as caught:
            await Discovery(client).kinds()
    assert caught.value.not_from_server
