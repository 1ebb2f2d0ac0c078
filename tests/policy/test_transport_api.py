"""What `kubex.transport` gives to authors of backends and to those who wrap one."""

import dataclasses
import gzip
import pickle
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from kubex.client import Client
from kubex.configuration import ClientConfiguration
from kubex.errors import BackendError, TransportError
from kubex.transport import (
    ConnectGuard,
    Headers,
    PreparedRequest,
    StreamResponse,
    TLSSettings,
    Transport,
    TransportConfig,
    WebSocket,
    wrapped,
)
from kubex_testing import MockResponse, MockTransport
from policy.conftest import scripted

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
async def test_the_parts_of_a_url(url: str, parts: tuple[object, ...]) -> None:
    request = PreparedRequest("GET", url)
    assert (request.scheme, request.host, request.port, request.target, request.shown_url) == parts


async def test_headers_as_bytes() -> None:
    request = PreparedRequest("GET", URL, (("Accept", "*/*"), ("Impersonate-User", "zoë")))
    assert request.raw_headers == ((b"Accept", b"*/*"), (b"Impersonate-User", "zoë".encode()))
    headers = Headers.from_raw([(b"Warning", b"1"), (b"X", b"\xff"), (b"Warning", "ë".encode())])
    assert headers.fields == (("Warning", "1"), ("X", "\udcff"), ("Warning", "ë"))


class Tagging(Transport):
    """Adds a number to each request and each response."""

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


async def test_a_wrapper_sees_every_request_and_the_descriptor_stays_the_same() -> None:
    made: list[Tagging] = []

    def wrapper(transport: Transport) -> Transport:
        made.append(Tagging(transport))
        return made[-1]

    with MockTransport([MockResponse(body=b"{}"), MockResponse(chunks=[b"a", b"b"])]) as mock:
        plain = mock.backend
        backend = wrapped(plain, wrapper)
        for field in dataclasses.fields(backend):
            assert (getattr(backend, field.name) == getattr(plain, field.name)) is (field.name != "load")
        async with Client(ClientConfiguration(url=URL), backend=backend) as client:
            response = await client.request("GET", "/")
            assert response.extensions == {"test.number": 1}
            async with client.stream("GET", "/") as stream:
                assert await stream.receive() == b"a"
    assert [request.extensions for request in mock.requests] == [{"test.number": 1}, {"test.number": 2}]
    assert [transport.sent for transport in made] == [2]


async def test_tls_settings_do_not_show_keys() -> None:
    settings = TLSSettings(server_name="a", certificate="-marked-certificate", private_key="-marked-key")
    config = TransportConfig(tls=settings, proxy_tls=settings)
    for shown in (repr(settings), str(settings), repr(config), f"{config}"):
        assert "marked" not in shown
    assert "server_name='a'" in repr(config)
    assert pickle.loads(pickle.dumps(settings)) == settings


async def test_the_error_about_missing_websockets_has_no_query() -> None:
    class Plain(Transport):
        async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
            raise NotImplementedError

        async def close_connections(self) -> None:
            pass

    transport = Plain(TransportConfig())
    with pytest.raises(BackendError, match=r"Plain.*cannot open WebSockets") as caught:
        async with transport.websocket(PreparedRequest("GET", f"{URL}/exec?command=s3cret")) as socket:
            assert isinstance(socket, WebSocket)
    assert "s3cret" not in str(caught.value)
    await transport.aclose()


async def test_other_tasks_run_while_many_small_chunks_are_read() -> None:
    turns = 0

    async def work() -> None:
        nonlocal turns
        while True:
            turns += 1
            await anyio.lowlevel.checkpoint()

    chunks: Any = [b"x"] * 300_000
    with MockTransport([MockResponse(chunks=chunks)]) as mock:
        transport = mock.backend.load()(TransportConfig())
        async with transport.stream(PreparedRequest("GET", URL)) as response, anyio.create_task_group() as group:
            group.start_soon(work)
            await anyio.lowlevel.checkpoint()
            before = turns
            assert len(await response.read()) == 300_000
            assert turns - before >= 2
            group.cancel_scope.cancel()
        await transport.aclose()


BOMB = MockResponse(body=gzip.compress(bytes(2**26 + 1)), headers={"Content-Encoding": "gzip"})


async def size_of(client: Client, reading: str) -> int:
    if reading == "request":
        return len((await client.request("GET", "/")).body)
    async with client.stream("GET", "/") as stream:
        return sum([len(chunk) async for chunk in stream.chunks()])


@pytest.mark.covers("options-max_compression_ratio")
@pytest.mark.parametrize("reading", ["request", "stream"])
async def test_the_option_for_the_ratio_reaches_the_transport(reading: str) -> None:
    async with scripted(BOMB) as (client, _):
        with pytest.raises(TransportError, match=r"ClientOptions.max_compression_ratio"):
            await size_of(client, reading)
    for ratio in (10_000, None):
        async with scripted(BOMB, max_compression_ratio=ratio) as (client, _):
            assert await size_of(client, reading) == 2**26 + 1
