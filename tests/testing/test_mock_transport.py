"""The scripted transport answers from its list, and fails the test for everything that is not in it."""

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
from support.pairs import RUNTIMES

pytestmark = pytest.mark.anyio

CONFIGURATION = ClientConfiguration(url="http://cluster.test", token="s3cret", namespace="default")
SETTINGS = ConfigMap(metadata=ObjectMeta(name="settings"), data={"color": "blue"})
REQUEST = PreparedRequest("GET", "http://cluster.test/")
EVENT = b'{"type": "ADDED", "object": {"metadata": {"name": "a", "resourceVersion": "7"}}}\n'


@pytest.fixture(params=RUNTIMES)
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Run each test on both async libraries, which is what the transport supports."""
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


async def test_status_headers_and_body_arrive() -> None:
    headers = [("Warning", '299 - "a"'), ("Warning", '299 - "b"'), ("Content-Type", "text/plain")]
    with MockTransport([MockResponse(body=b"fine", headers=headers), MockResponse(status=404)]) as mock:
        async with connect(mock, log_api_warnings=False) as client:
            response = await client.request("GET", "/readyz")
            assert (response.status, response.body) == (200, b"fine")
            assert response.headers.get_all("warning") == ['299 - "a"', '299 - "b"']
            with pytest.raises(NotFound):
                await client.request("GET", "/other")


async def test_json_has_its_content_type_unless_another_is_given() -> None:
    named = MockResponse(json=[], headers={"content-type": "application/yaml"})
    with MockTransport([MockResponse(json=[]), named]) as mock:
        async with connect(mock) as client:
            found = [(await client.request("GET", "/")).headers.get_all("Content-Type") for _ in range(2)]
    assert found == [["application/json"], ["application/yaml"]]


async def test_exceptions_are_raised_with_the_request() -> None:
    with MockTransport([ConnectError("refused"), ReadTimeout("silence")]) as mock:
        async with connect(mock) as client:
            with pytest.raises(ReadTimeout, match=r"^GET http://cluster\.test/readyz: silence$"):
                await client.request("GET", "/readyz")
    assert len(mock.requests) == 2


async def test_a_function_makes_the_response_from_the_request() -> None:
    def echo(request: PreparedRequest) -> MockResponse:
        return MockResponse(body=request.body)

    async def later(request: PreparedRequest) -> MockResponse:
        await anyio.lowlevel.checkpoint()
        return echo(request)

    with MockTransport([echo, later]) as mock:
        async with connect(mock) as client:
            assert (await client.request("POST", "/", body=b"1")).body == b"1"
            assert (await client.request("POST", "/", body=b"2")).body == b"2"


async def test_a_stream_has_its_chunks_and_breaks_where_the_script_says() -> None:
    chunks: list[bytes | Exception] = [EVENT[:20], b"", EVENT[20:], ConnectionLost("reset")]
    with MockTransport([MockResponse(chunks=chunks)]) as mock:
        async with connect(mock) as client, client.stream("GET", "/") as stream:
            assert [await stream.receive(), await stream.receive()] == [EVENT[:20], EVENT[20:]]
            with pytest.raises(ConnectionLost, match="reset"):
                await stream.receive()
    assert mock.requests[0].dedicated


async def test_a_generator_of_chunks_can_wait() -> None:
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


async def test_a_response_that_waits_can_be_cancelled() -> None:
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


async def test_closing_the_client_ends_what_waits() -> None:
    arrived = anyio.Event()

    async def silence(_: PreparedRequest) -> MockResponse:
        arrived.set()
        await anyio.sleep_forever()
        raise AssertionError

    async def lost(call: Callable[[], Awaitable[object]]) -> None:
        with pytest.raises(ConnectionLost, match="closed"):
            await call()

    with MockTransport([silence]) as mock:
        async with connect(mock, retry=None) as client, anyio.create_task_group() as group:
            group.start_soon(lost, partial(client.request, "GET", "/"))
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
async def test_an_expected_request_is_answered(expect: str) -> None:
    with MockTransport([MockResponse(json={"items": []}, expect=expect)]) as mock:
        async with connect(mock) as client:
            assert (await Api(ConfigMap, client).list(label_selector={"app": "web"}, limit=500)).items == []


async def used(script: list[MockAction], use: Callable[[MockTransport], Awaitable[object]]) -> None:
    with MockTransport(script) as mock:
        await use(mock)


async def failure(script: list[MockAction], use: Callable[[MockTransport], Awaitable[object]]) -> AssertionError:
    with pytest.raises(AssertionError) as caught:
        await used(script, use)
    return caught.value


async def get(mock: MockTransport) -> None:
    async with connect(mock) as client:
        await client.request("GET", "/")


@pytest.mark.parametrize(
    "expect", ["POST /api/v1/pods", "GET /api/v1/nodes", "GET /api/v1/pods?limit=7", "GET /api/v1/pods?"]
)
async def test_another_request_fails_the_test(expect: str) -> None:
    async def use(mock: MockTransport) -> None:
        async with connect(mock) as client:
            await client.request("GET", "/api/v1/pods", query={"limit": "5"}, body=b"b" * 300)

    assert str(await failure([MockResponse(expect=expect)], use)).splitlines() == [
        "request 1 is not the one that the script expects",
        "script:",
        f"  1. {expect} -> 200",
        "requests:",
        f"  1. GET /api/v1/pods?limit=5 {'b' * 200}...",
    ]


async def test_a_request_after_the_end_of_the_script_fails_the_test() -> None:
    text = str(await failure([ConnectError("refused")], get))
    assert "the script has no response for request 2" in text
    assert "  1. any request -> ConnectError('refused')\nrequests:\n  1. GET /\n  2. GET /" in text
    assert "  (empty)\nrequests:\n  1. GET /" in str(await failure([], get))


async def test_a_failure_that_the_code_hides_still_fails_the_test() -> None:
    async def hide(mock: MockTransport) -> None:
        with contextlib.suppress(Exception):
            await get(mock)

    async def replace(mock: MockTransport) -> None:
        await hide(mock)
        raise KeyError("another error")

    assert "no response for request 1" in str(await failure([], hide))
    replaced = await failure([], replace)
    assert "no response for request 1" in str(replaced)
    assert isinstance(replaced.__cause__, KeyError)


async def test_a_response_that_is_not_used_fails_the_test() -> None:
    script: list[MockAction] = [MockResponse(), MockResponse(status=404, expect="GET /x"), ConnectError("no")]
    text = str(await failure(script, get))
    assert "2 of 3 responses were not used" in text
    assert "  2. GET /x -> 404\n  3. any request -> ConnectError('no')\nrequests:\n  1. GET /" in text


async def test_the_error_of_the_block_is_not_hidden() -> None:
    async def broken(_: MockTransport) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        await used([MockResponse()], broken)


async def test_a_client_that_is_not_closed_fails_the_test() -> None:
    clients: list[Client] = []

    async def leave_open(mock: MockTransport) -> None:
        clients.append(connect(mock))
        await clients[0].request("GET", "/")

    assert "the client was not closed" in str(await failure([MockResponse()], leave_open))
    await clients[0].aclose()


async def test_a_stream_that_is_not_closed_fails_the_test() -> None:
    async def leave_open(mock: MockTransport) -> None:
        transport = mock.backend.load()(TransportConfig())
        await transport.stream(REQUEST).__aenter__()
        await transport.aclose()

    assert "a stream was not closed" in str(await failure([MockResponse()], leave_open))


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
    ("breach", "said"),
    [
        (read_after_the_end, "next_chunk() was called on a body that is ended"),
        (close_twice, "a response was closed twice"),
        (close_as_ended, "aclose(ended=True) was called on a body that is open"),
    ],
)
async def test_a_breach_of_the_contract_fails_the_test(
    breach: Callable[[StreamResponse], Awaitable[None]], said: str
) -> None:
    async def use(mock: MockTransport) -> None:
        transport = mock.backend.load()(TransportConfig())
        async with transport.stream(REQUEST) as response:
            await breach(response)

    assert said in str(await failure([MockResponse(body=b"a")], use))


async def test_it_works_below_a_wrapper() -> None:
    seen: list[Transport] = []

    def wrapper(transport: Transport) -> Transport:
        seen.append(transport)
        return transport

    with MockTransport([MockResponse(body=b"fine")]) as mock:
        async with create_client(CONFIGURATION, client_class=wrapped(mock.backend, wrapper)) as client:
            assert (await client.request("GET", "/")).body == b"fine"
    assert len(seen) == 1


def test_it_is_used_in_a_with_block() -> None:
    with pytest.raises(RuntimeError, match="with block"):
        _ = MockTransport([]).backend


def test_a_response_has_one_body() -> None:
    with pytest.raises(ValueError, match="one of json=, body= and chunks="):
        MockResponse(json={}, body=b"")


def test_other_names_are_not_there() -> None:
    with pytest.raises(AttributeError, match="MockServer"):
        _ = kubex_testing.MockServer
