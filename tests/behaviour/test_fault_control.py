"""Faults that another process injects through HTTP: a client of each pair, and a server in a separate process."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from behaviour.objects import config_map, next_events, remaining_events, types_and_names
from kubex.api import Api
from kubex.client import Client, create_client
from kubex.configuration import ClientConfiguration
from kubex.errors import BadRequest, Expired, Forbidden, NotFound, Unauthorized
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing.embedded import EmbeddedServer

pytestmark = pytest.mark.anyio

FAULTS = "/kubex-testing/faults"

# Unlike `kubex-testing serve --control`, it has no ConfigMaps from the start.
SERVE = """
import sys
from kubex_testing.embedded import EmbeddedServer
with EmbeddedServer(control=True, tls=False) as handle:
    print(handle.url, handle.token, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def served() -> Iterator[ClientConfiguration]:
    """Run a server with a control endpoint in another process."""
    command = [sys.executable, "-c", SERVE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url, token = process.stdout.readline().split()
        yield ClientConfiguration(url=url, token=token, namespace="default")
        process.kill()


@pytest.fixture
async def client(served: ClientConfiguration, backend: Backend) -> AsyncIterator[Client]:
    """Return a client of the server in another process, without faults and ConfigMaps."""
    async with create_client(served, client_class=backend) as client:
        await client.request("DELETE", FAULTS)
        await Api(ConfigMap, client).delete_collection()
        yield client


async def control(client: Client, method: str, path: str, document: Any = None) -> Any:
    """Send a request to the control endpoint, and return the document of the response."""
    body = None if document is None else json.dumps(document).encode()
    response = await client.request(method, f"/kubex-testing/{path}", body=body)
    return json.loads(response.body)


async def test_other_process_injects_and_removes_a_fault(client: Client) -> None:
    api = Api(ConfigMap, client)
    await api.create(config_map("one"))
    fault = {"match": "watch configmaps", "fault": "EndWatch", "arguments": {"after": 1}, "times": 2}
    created = await control(client, "POST", "faults", fault)
    assert created == {"id": created["id"], **fault, "hits": 0}
    async with api.watch() as events:
        assert types_and_names(await remaining_events(events)) == [("ADDED", "one")]
    assert await control(client, "GET", "faults") == {"items": [{**created, "hits": 1}]}
    assert (await control(client, "DELETE", f"faults/{created['id']}"))["hits"] == 1
    async with api.watch() as events:
        await next_events(events, 1)
        await api.create(config_map("two"))
        assert types_and_names(await next_events(events, 1)) == [("ADDED", "two")]


async def test_fault_of_another_process_stops_after_its_uses(client: Client) -> None:
    await control(client, "POST", "faults", {"match": "watch *", "fault": "ErrorEvent", "arguments": {"error": 410}})
    api = Api(ConfigMap, client)
    await api.create(config_map("one"))
    async with api.watch() as events:
        with pytest.raises(Expired):
            await next_events(events, 1)
    async with api.watch() as events:
        assert types_and_names(await next_events(events, 1)) == [("ADDED", "one")]


async def test_other_process_changes_the_state(client: Client) -> None:
    document = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "loaded"}, "data": {"a": "1"}}
    revision = (await control(client, "POST", "actions/load", {"objects": [document]}))["revision"]
    api = Api(ConfigMap, client)
    assert (await api.get("loaded")).data == {"a": "1"}
    await control(client, "POST", "actions/remove", {"resource": "configmaps", "name": "loaded"})
    assert await api.get_or_none("loaded") is None
    await control(client, "POST", "actions/rewind", {"revision": revision})
    state = await control(client, "GET", "state/configmaps")
    assert (state["revision"], [item["data"] for item in state["items"]]) == (revision, [{"a": "1"}])
    write = (await control(client, "GET", "writes"))["items"][-1]
    assert (write["type"], write["resource"], write["name"]) == ("DELETED", "configmaps", "loaded")
    for action in ("compact", "close_watches", "bookmark_now", "clear_writes"):
        await control(client, "POST", f"actions/{action}")
    for action, arguments in (("hold", {"resource": "pods"}), ("release", {"resource": "pods"})):
        await control(client, "POST", f"actions/{action}", arguments)
    await control(client, "POST", "actions/advance_clock", {"seconds": 1})


@pytest.mark.parametrize(
    ("path", "document", "message"),
    [
        ("faults", {"match": "watch pods", "fault": "Explode"}, "there is no fault 'Explode'; the faults are: Answer,"),
        ("faults", {"match": "watch pods", "fault": "EndWatch", "when": 1}, "unknown field 'when'"),
        ("faults", {"match": "wtch pods", "fault": "EndWatch"}, "'wtch pods' matches no request"),
        ("faults", {"fault": "EndWatch"}, "match must be a string such as 'watch pods', not None"),
        ("faults", {"match": "*", "fault": "EndWatch", "times": 0}, "times must be a positive number or null, not 0"),
        ("faults", {"match": "*", "fault": "EndWatch", "arguments": []}, r"arguments must be an object, not \[\]"),
        (
            "faults",
            {"match": "*", "fault": "EndWatch", "arguments": {"how": "hard"}},
            "EndWatch: how must be one of 'clean', 'reset', 'mid-line', not 'hard'",
        ),
        (
            "faults",
            {"match": "*", "fault": "EndWatch", "arguments": {"until": 3}},
            "EndWatch has no argument 'until'; its arguments are: after, how",
        ),
        ("faults", {"match": "*", "fault": "Lag"}, "Lag requires the argument 'revisions'"),
        (
            "faults",
            {"match": "*", "fault": "Lag", "arguments": {"revisions": "5"}},
            "Lag: revisions must be an integer, not '5'",
        ),
        ("faults", {"match": "*", "fault": "Lag", "arguments": {"revisions": 0}}, "revisions=0 is not a positive"),
        ("actions/explode", {}, "there is no action 'explode'; the actions are: load, remove,"),
        ("actions/rewind", {"revision": 10**9}, "cannot rewind to revision 1000000000"),
        ("actions/hold", {"resource": "widgets"}, "the server does not have a resource 'widgets'"),
        ("actions/remove", {"resource": "pods", "name": "none"}, "Pod default/none does not exist"),
        ("actions/load", {"objects": "all"}, "load: objects must be a list, not 'all'"),
        ("faults", [1], "the body must be a JSON object"),
    ],
)
async def test_invalid_control_request_names_the_problem(
    client: Client, path: str, document: object, message: str
) -> None:
    with pytest.raises(BadRequest, match=message):
        await control(client, "POST", path, document)


async def test_unknown_control_path_is_not_found(client: Client) -> None:
    for method, path in (("GET", "faults/77"), ("DELETE", "faults/x"), ("GET", "none"), ("GET", "state")):
        with pytest.raises(NotFound):
            await control(client, method, path)


async def test_control_requires_an_administrator(served: ClientConfiguration, backend: Backend) -> None:
    for token, expected in ((None, Forbidden), ("wrong", Unauthorized)):
        configuration = ClientConfiguration(url=served.url, token=token)
        async with create_client(configuration, client_class=backend) as client:
            with pytest.raises(expected):
                await client.request("GET", FAULTS)


async def test_control_is_disabled_by_default(embedded_client: Client) -> None:
    with pytest.raises(NotFound):
        await embedded_client.request("GET", FAULTS)


async def test_control_requests_are_not_recorded_and_have_no_faults(backend: Backend) -> None:
    server = EmbeddedServer(tls=False, control=True)
    async with server as handle, create_client(handle.configuration(), client_class=backend) as client:
        everything = {"match": "*", "fault": "Answer", "arguments": {"status": 400, "body": "no"}, "times": None}
        await control(client, "POST", "faults", everything)
        await control(client, "POST", "faults", {"match": "*", "fault": "Drop", "arguments": {"when": "head"}})
        assert len((await control(client, "GET", "faults"))["items"]) == 2
        assert server.requests == []
        await control(client, "DELETE", "faults")
        await client.version()
    assert [request.path for request in server.requests] == ["/version"]


async def test_headers_of_a_fault_are_pairs(client: Client) -> None:
    headers = {"headers": [["Warning", '299 - "too old"']]}
    await control(client, "POST", "faults", {"match": "GET /version", "fault": "AddHeaders", "arguments": headers})
    with pytest.warns(match="too old"):
        await client.version()
