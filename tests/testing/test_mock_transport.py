"""The scripted transport: its responses, and the failures of tests that deviate from the script."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import anyio
import pytest

import kubex_testing
from kubex.api import Api
from kubex.client import Client, ClientOptions, RetryPolicy, create_client
from kubex.configuration import ClientConfiguration
from kubex.errors import ConnectError, ConnectionLost, NotFound, ReadTimeout
from kubex.models import ObjectMeta
from kubex.transport import PreparedRequest, StreamResponse, Transport, TransportConfig, wrapped
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import MockAction, MockResponse, MockTransport
from support.backend_pairs import RUNTIMES

pytestmark = pytest.mark.anyio

CONFIGURATION = ClientConfiguration(url="http://cluster.test", token="s3cret", namespace="default")
SETTINGS = ConfigMap(metadata=ObjectMeta(name="settings"), data={"color": "blue"})
REQUEST = PreparedRequest("GET", "http://cluster.test/")
EVENT = b'{"type": "ADDED", "object": {"metadata": {"name": "a", "resourceVersion": "7"}}}\n'


@pytest.fixture(params=RUNTIMES)
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Run each test on asyncio and trio."""
    runtime: str = request.param
    return runtime


def connect(mock: MockTransport, **options: object) -> Client:
    policy = RetryPolicy(initial_delay=0, max_delay=0)
    return Client(CONFIGURATION, ClientOptions(**{"retry": policy, **options}), backend=mock.backend)  # type: ignore[arg-type]


async def test_responses_are_used_in_order_and_requests_are_recorded() -> None:
    found = MockResponse(json={"metadata": {"name": "settings"}, "data": {"color": "red"}})
    with MockTransport([MockResponse(status=201, json=SETTINGS), found]) as mock:
        async with create_client(CONFIGURATION, client_class=mock.backend) as client:
            api = Api(ConfigMap, client)
            created = await api.create(SETTINGS)
            assert created.data == {"color": "blue"}
            assert (await api.get("settings")).data == {"color": "red"}
    assert [(sent.method, sent.target) for sent in mock.requests] == [
        ("POST", "/api/v1/namespaces/default/configmaps"),
        ("GET", "/api/v1/namespaces/default/configmaps/settings"),
    ]
    assert b'"color":"blue"' in (mock.requests[0].body or b"")
    assert ("Authorization", "Bearer s3cret") in mock.requests[0].headers


async def test_response_has_the_scripted_status_headers_and_body() -> None:
    headers = [("Warning", '299 - "a"'), ("Warning", '299 - "b"'), ("Content-Type", "text/plain")]
    with MockTransport([MockResponse(body=b"fine", headers=headers), MockResponse(status=404)]) as mock:
        async with connect(mock, log_api_warnings=False) as client:
            response = await client.request("GET", "/readyz")
            assert (response.status, response.body) == (200, b"fine")
            assert response.headers.get_all("warning") == ['299 - "a"', '299 - "b"']
            with pytest.raises(NotFound):
                await client.request("GET", "/other")


async def test_json_response_has_a_default_content_type() -> None:
    named = MockResponse(json=[], headers={"content-type": "application/yaml"})
    with MockTransport([MockResponse(json=[]), named]) as mock:
        async with connect(mock) as client:
            found = [(await client.request("GET", "/")).headers.get_all("Content-Type") for _ in range(2)]
    assert found == [["application/json"], ["application/yaml"]]


async def test_scripted_exception_is_raised_with_the_request() -> None:
    with MockTransport([ConnectError("refused"), ReadTimeout("silence")]) as mock:
        async with connect(mock) as client:
            with pytest.raises(ReadTimeout, match=r"^GET http://cluster\.test/readyz: silence$"):
                await client.request("GET", "/readyz")
    assert len(mock.requests) == 2


async def test_function_creates_the_response_from_the_request() -> None:
    def echo(request: PreparedRequest) -> MockResponse:
        return MockResponse(body=request.body)

    async def async_response(request: PreparedRequest) -> MockResponse:
        await anyio.lowlevel.checkpoint()
        return echo(request)

    with MockTransport([echo, async_response]) as mock:
        async with connect(mock) as client:
            assert (await client.request("POST", "/", body=b"1")).body == b"1"
            assert (await client.request("POST", "/", body=b"2")).body == b"2"


async def test_stream_sends_its_chunks_and_raises_the_scripted_exception() -> None:
    chunks: list[bytes | Exception] = [EVENT[:20], b"", EVENT[20:], ConnectionLost("reset")]
    with MockTransport([MockResponse(chunks=chunks)]) as mock:
        async with connect(mock) as client, client.stream("GET", "/") as stream:
            assert [await stream.receive(), await stream.receive()] == [EVENT[:20], EVENT[20:]]
            with pytest.raises(ConnectionLost, match="reset"):
                await stream.receive()
    assert mock.requests[0].dedicated


async def test_async_generator_of_chunks_can_wait() -> None:
    goes_on = anyio.Event()
    finished: list[str] = []

    async def chunks() -> AsyncIterator[bytes]:
        try:
            yield EVENT
            await goes_on.wait()
            yield EVENT
            await anyio.sleep_forever()
        finally:
            finished.append("yes")

    with MockTransport([MockResponse(chunks=chunks(), expect="GET /api/v1/namespaces/default/configmaps")]) as mock:
        async with connect(mock) as client, Api(ConfigMap, client).watch() as events:
            assert (await anext(events)).object.metadata.name == "a"
            goes_on.set()
            assert (await anext(events)).object.metadata.name == "a"
    assert finished == ["yes"]


async def test_waiting_response_can_be_cancelled() -> None:
    arrived = anyio.Event()

    async def silence(_: PreparedRequest) -> MockResponse:
        arrived.set()
        await anyio.sleep_forever()
        raise AssertionError

    with MockTransport([silence, MockResponse(body=b"fine")]) as mock:
        async with connect(mock) as client:
            async with anyio.create_task_group() as group:
                group.start_soon(client.request, "GET", "/")
                await arrived.wait()
                group.cancel_scope.cancel()
            assert (await client.request("GET", "/")).body == b"fine"


async def test_closing_the_client_ends_waiting_calls() -> None:
    arrived = anyio.Event()

    async def silence(_: PreparedRequest) -> MockResponse:
        arrived.set()
        await anyio.sleep_forever()
        raise AssertionError

    async def assert_connection_lost(call: Callable[[], Awaitable[object]]) -> None:
        with pytest.raises(ConnectionLost, match="closed"):
            await call()

    with MockTransport([silence]) as mock:
        async with connect(mock, retry=None) as client, anyio.create_task_group() as group:
            group.start_soon(assert_connection_lost, partial(client.request, "GET", "/"))
            await arrived.wait()
            await client.aclose()


@pytest.mark.parametrize(
    "expect",
    [
        "GET /api/v1/namespaces/default/configmaps",
        "GET /api/v1/namespaces/default/configmaps?labelSelector=app%3Dweb&limit=500",
        "GET /api/v1/namespaces/default/configmaps?limit=500&labelSelector=app=web",
    ],
)
async def test_expected_request_gets_the_response(expect: str) -> None:
    with MockTransport([MockResponse(json={"items": []}, expect=expect)]) as mock:
        async with connect(mock) as client:
            assert (await Api(ConfigMap, client).list(label_selector={"app": "web"}, limit=500)).items == []


async def run_script(script: list[MockAction], use_transport: Callable[[MockTransport], Awaitable[object]]) -> None:
    with MockTransport(script) as mock:
        await use_transport(mock)


async def run_failing_script(
    script: list[MockAction], use_transport: Callable[[MockTransport], Awaitable[object]]
) -> AssertionError:
    with pytest.raises(AssertionError) as caught:
        await run_script(script, use_transport)
    return caught.value


async def get(mock: MockTransport) -> None:
    async with connect(mock) as client:
        await client.request("GET", "/")


@pytest.mark.parametrize(
    "expect", ["POST /api/v1/pods", "GET /api/v1/nodes", "GET /api/v1/pods?limit=7", "GET /api/v1/pods?"]
)
async def test_unexpected_request_fails_the_test(expect: str) -> None:
    async def use_transport(mock: MockTransport) -> None:
        async with connect(mock) as client:
            await client.request("GET", "/api/v1/pods", query={"limit": "5"}, body=b"b" * 300)

    assert str(await run_failing_script([MockResponse(expect=expect)], use_transport)).splitlines() == [
        "request 1 is not the expected one",
        "script:",
        f"  1. {expect} -> 200",
        "requests:",
        f"  1. GET /api/v1/pods?limit=5 {'b' * 200}...",
    ]


async def test_request_after_the_end_of_the_script_fails_the_test() -> None:
    text = str(await run_failing_script([ConnectError("refused")], get))
    assert "the script contains no response for request 2" in text
    assert "  1. any request -> ConnectError('refused')\nrequests:\n  1. GET /\n  2. GET /" in text
    assert "  (empty)\nrequests:\n  1. GET /" in str(await run_failing_script([], get))


async def test_failure_caught_by_the_code_under_test_still_fails_the_test() -> None:
    async def catch_failure(mock: MockTransport) -> None:
        with contextlib.suppress(Exception):
            await get(mock)

    async def replace_failure(mock: MockTransport) -> None:
        await catch_failure(mock)
        raise KeyError("another error")

    assert "no response for request 1" in str(await run_failing_script([], catch_failure))
    replaced = await run_failing_script([], replace_failure)
    assert "no response for request 1" in str(replaced)
    assert isinstance(replaced.__cause__, KeyError)


async def test_unused_response_fails_the_test() -> None:
    script: list[MockAction] = [MockResponse(), MockResponse(status=404, expect="GET /x"), ConnectError("no")]
    text = str(await run_failing_script(script, get))
    assert "2 of 3 responses were not used" in text
    assert "  2. GET /x -> 404\n  3. any request -> ConnectError('no')\nrequests:\n  1. GET /" in text


async def test_exception_of_the_with_block_is_raised() -> None:
    async def raise_error(_: MockTransport) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        await run_script([MockResponse()], raise_error)


async def test_client_that_is_not_closed_fails_the_test() -> None:
    clients: list[Client] = []

    async def leave_open(mock: MockTransport) -> None:
        clients.append(connect(mock))
        await clients[0].request("GET", "/")

    assert "the client was not closed" in str(await run_failing_script([MockResponse()], leave_open))
    await clients[0].aclose()


async def test_stream_that_is_not_closed_fails_the_test() -> None:
    async def leave_open(mock: MockTransport) -> None:
        transport = mock.backend.load()(TransportConfig())
        await transport.stream(REQUEST).__aenter__()
        await transport.aclose()

    assert "a stream was not closed" in str(await run_failing_script([MockResponse()], leave_open))


async def read_after_the_end(response: StreamResponse) -> None:
    while await response.next_chunk():
        pass
    await response.next_chunk()


async def close_twice(response: StreamResponse) -> None:
    await response.aclose(ended=False)
    await response.aclose(ended=False)


async def close_as_ended(response: StreamResponse) -> None:
    await response.aclose(ended=True)


@pytest.mark.parametrize(
    ("violation", "message"),
    [
        (read_after_the_end, "next_chunk() was called on a body that is ended"),
        (close_twice, "a response was closed twice"),
        (close_as_ended, "aclose(ended=True) was called on a body that is open"),
    ],
)
async def test_transport_contract_violation_fails_the_test(
    violation: Callable[[StreamResponse], Awaitable[None]], message: str
) -> None:
    async def use_transport(mock: MockTransport) -> None:
        transport = mock.backend.load()(TransportConfig())
        async with transport.stream(REQUEST) as response:
            await violation(response)

    assert message in str(await run_failing_script([MockResponse(body=b"a")], use_transport))


async def test_mock_transport_works_inside_a_wrapper() -> None:
    seen: list[Transport] = []

    def wrapper(transport: Transport) -> Transport:
        seen.append(transport)
        return transport

    with MockTransport([MockResponse(body=b"fine")]) as mock:
        async with create_client(CONFIGURATION, client_class=wrapped(mock.backend, wrapper)) as client:
            assert (await client.request("GET", "/")).body == b"fine"
    assert len(seen) == 1


def test_mock_transport_requires_a_with_block() -> None:
    with pytest.raises(RuntimeError, match=r"before you use mock\.backend"):
        _ = MockTransport([]).backend


def test_response_with_two_bodies_raises() -> None:
    with pytest.raises(ValueError, match="one of json=, body= and chunks="):
        MockResponse(json={}, body=b"")


def test_unknown_attribute_of_kubex_testing_raises() -> None:
    with pytest.raises(AttributeError, match="MockServer"):
        _ = kubex_testing.MockServer
