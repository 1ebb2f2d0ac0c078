"""Classes of `kubex.transport` for authors of backends and of wrappers."""

import dataclasses
import gzip
import pickle
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from kubex.client import Client
from kubex.configuration import ClientConfiguration
from kubex.errors import BackendError, TLSError, TransportError, is_transient
from kubex.transport import (
    ConnectGuard,
    Headers,
    PreparedRequest,
    StreamResponse,
    TLSSettings,
    Transport,
    TransportConfig,
    WebSocket,
    caused_by_tls,
    map_exceptions,
    wrapped,
)
from kubex_testing import MockResponse, MockTransport
from policy.conftest import scripted_client

pytestmark = pytest.mark.anyio

URL = "http://cluster.test"


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://a/b?c=d", ("http", "a", 80, "/b?c=d", "http://a/b")),
        ("https://A.example:6443/b%2Fc", ("https", "a.example", 6443, "/b%2Fc", "https://A.example:6443/b%2Fc")),
        ("https://[::1]", ("https", "::1", 443, "/", "https://[::1]")),
        ("http://a?c=/d", ("http", "a", 80, "/?c=/d", "http://a")),
        ("http://a:1/?c", ("http", "a", 1, "/?c", "http://a:1/")),
    ],
)
async def test_prepared_request_splits_the_url(url: str, parts: tuple[object, ...]) -> None:
    request = PreparedRequest("GET", url)
    assert (request.scheme, request.host, request.port, request.target, request.shown_url) == parts


async def test_headers_are_converted_to_and_from_bytes() -> None:
    request = PreparedRequest("GET", URL, (("Accept", "*/*"), ("Impersonate-User", "zoë")))
    assert request.raw_headers == ((b"Accept", b"*/*"), (b"Impersonate-User", "zoë".encode()))
    headers = Headers.from_raw([(b"Warning", b"1"), (b"X", b"\xff"), (b"Warning", "ë".encode())])
    assert headers.fields == (("Warning", "1"), ("X", "\udcff"), ("Warning", "ë"))


class NumberingTransport(Transport):
    """Adds a number to the extensions of each request and response."""

    def __init__(self, inner: Transport) -> None:
        super().__init__(inner.config)
        self.errors = inner.errors
        self.inner = inner
        self.sent = 0

    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        self.sent += 1
        response = await self.inner.open(dataclasses.replace(request, extensions={"test.number": self.sent}), guard)
        response.extensions = {**response.extensions, "test.number": self.sent}
        return response

    async def close_connections(self) -> None:
        await self.inner.aclose()


async def test_wrapper_receives_each_request_and_keeps_the_fields_of_the_backend() -> None:
    transports: list[NumberingTransport] = []

    def wrapper(transport: Transport) -> Transport:
        transports.append(NumberingTransport(transport))
        return transports[-1]

    with MockTransport([MockResponse(body=b"{}"), MockResponse(chunks=[b"a", b"b"])]) as mock:
        original = mock.backend
        backend = wrapped(original, wrapper)
        for field in dataclasses.fields(backend):
            assert (getattr(backend, field.name) == getattr(original, field.name)) is (field.name != "load")
        async with Client(ClientConfiguration(url=URL), backend=backend) as client:
            response = await client.request("GET", "/")
            assert response.extensions == {"test.number": 1}
            async with client.stream("GET", "/") as stream:
                assert await stream.receive() == b"a"
    assert [request.extensions for request in mock.requests] == [{"test.number": 1}, {"test.number": 2}]
    assert [transport.sent for transport in transports] == [2]


async def test_repr_of_tls_settings_hides_certificate_and_key() -> None:
    settings = TLSSettings(server_name="a", certificate="-marked-certificate", private_key="-marked-key")
    config = TransportConfig(tls=settings, proxy_tls=settings)
    for shown in (repr(settings), str(settings), repr(config), f"{config}"):
        assert "marked" not in shown
    assert "server_name='a'" in repr(config)
    assert pickle.loads(pickle.dumps(settings)) == settings


async def test_error_for_missing_websocket_support_hides_the_query() -> None:
    class HTTPOnlyTransport(Transport):
        async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
            raise NotImplementedError

        async def close_connections(self) -> None:
            pass

    transport = HTTPOnlyTransport(TransportConfig())
    with pytest.raises(BackendError, match=r"HTTPOnlyTransport.*cannot open WebSockets") as caught:
        async with transport.websocket(PreparedRequest("GET", f"{URL}/exec?command=s3cret")) as socket:
            assert isinstance(socket, WebSocket)
    assert "s3cret" not in str(caught.value)
    await transport.aclose()


async def test_other_tasks_run_while_many_small_chunks_are_read() -> None:
    checkpoints = 0

    async def work() -> None:
        nonlocal checkpoints
        while True:
            checkpoints += 1
            await anyio.lowlevel.checkpoint()

    chunks: Any = [b"x"] * 300_000
    with MockTransport([MockResponse(chunks=chunks)]) as mock:
        transport = mock.backend.load()(TransportConfig())
        async with transport.stream(PreparedRequest("GET", URL)) as response, anyio.create_task_group() as group:
            group.start_soon(work)
            await anyio.lowlevel.checkpoint()
            before = checkpoints
            assert len(await response.read()) == 300_000
            assert checkpoints - before >= 2
            group.cancel_scope.cancel()
        await transport.aclose()


GZIP_BOMB = MockResponse(body=gzip.compress(bytes(2**26 + 1)), headers={"Content-Encoding": "gzip"})


async def read_size(client: Client, method: str) -> int:
    if method == "request":
        return len((await client.request("GET", "/")).body)
    async with client.stream("GET", "/") as stream:
        return sum([len(chunk) async for chunk in stream.chunks()])


@pytest.mark.covers("options-max_compression_ratio")
@pytest.mark.parametrize("method", ["request", "stream"])
async def test_client_passes_max_compression_ratio_to_the_transport(method: str) -> None:
    async with scripted_client(GZIP_BOMB) as (client, _):
        with pytest.raises(TransportError, match=r"ClientOptions.max_compression_ratio"):
            await read_size(client, method)
    for ratio in (10_000, None):
        async with scripted_client(GZIP_BOMB, max_compression_ratio=ratio) as (client, _):
            assert await read_size(client, method) == 2**26 + 1


@pytest.mark.timeout(10)
async def test_causes_of_an_exception_can_be_a_cycle() -> None:
    inner, outer = OSError("unplugged"), RuntimeError("it failed")
    outer.__cause__ = inner
    inner.__context__, inner.__suppress_context__ = (
        outer,
        True,
    )  # as after `raise inner from None` in a handler of outer
    assert not caused_by_tls(inner)
    with (
        pytest.raises(TransportError, match="it failed") as raised,
        map_exceptions([(Exception, TransportError)], PreparedRequest("GET", URL)),
    ):
        raise inner
    assert raised.value.__cause__ is inner
    error = TLSError("the handshake failed", "GET", "/")
    error.__cause__ = inner
    assert not is_transient(error)
