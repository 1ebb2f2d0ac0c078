"""The descriptors of the backends, compared with the installed HTTP libraries."""

import inspect
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import aiohttp
import httpx
import httpx2
import pytest

import kubex_aiohttp
import kubex_httpx
import kubex_httpx2
from kubex.client import Client, ClientOptions
from kubex.configuration import ClientConfiguration
from kubex.errors import BackendError
from kubex.transport import (
    API_VERSION,
    Backend,
    ConnectGuard,
    IgnoredOption,
    PreparedRequest,
    StreamResponse,
    Timeout,
    Transport,
    TransportConfig,
)
from kubex_testing.compliance.servers import Server, ServerConnection
from support.backend_pairs import BACKENDS, CLIENT_CLASSES, HTTPX_PAIRS, BackendPair


def default_of(function: Callable[..., object], name: str) -> object:
    """Return the default value of a parameter."""
    return inspect.signature(function).parameters[name].default


async def connector_of(session: aiohttp.ClientSession) -> aiohttp.TCPConnector:
    """Return the connector of a session."""
    assert isinstance(session.connector, aiohttp.TCPConnector)
    return session.connector


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_aiohttp_defaults_equal_the_defaults_of_the_library(anyio_backend: str) -> None:
    defaults = kubex_aiohttp.BACKEND.defaults
    async with aiohttp.ClientSession() as session:
        connector = await connector_of(session)
        assert defaults.timeout == Timeout(total=session.timeout.total, connect=session.timeout.sock_connect)
        assert (session.timeout.connect, session.timeout.sock_read) == (None, None)
        assert defaults.pool_size == connector.limit
        assert (defaults.pool_size_per_host or 0) == connector.limit_per_host
        assert defaults.keep_alive_timeout == vars(connector)["_keepalive_timeout"]
    # aiohttp documents 2**16, but newer releases use a larger value.
    assert defaults.buffer_size == 2**16 <= int(str(default_of(aiohttp.ClientSession, "read_bufsize")))


@pytest.mark.parametrize(("name", "library"), [("httpx", httpx), ("httpx2", httpx2)])
def test_httpx_defaults_equal_the_defaults_of_the_library(name: str, library: Any) -> None:
    defaults = BACKENDS[name].defaults
    timeout = default_of(library.AsyncClient, "timeout")
    limits = default_of(library.AsyncClient, "limits")
    assert isinstance(timeout, library.Timeout)
    assert isinstance(limits, library.Limits)
    assert defaults.timeout == Timeout(
        connect=timeout.connect, read=timeout.read, write=timeout.write, pool=timeout.pool
    )
    assert defaults.pool_size == limits.max_connections
    assert defaults.keep_alive_timeout == limits.keepalive_expiry
    assert defaults.pool_size_per_host is None


def test_aiohttp_has_the_highest_priority_and_supports_asyncio_only() -> None:
    third_party = Backend(
        name="other", load=kubex_httpx.BACKEND.load, defaults=kubex_httpx.BACKEND.defaults, api_version=API_VERSION
    )
    assert kubex_aiohttp.BACKEND.priority > kubex_httpx2.BACKEND.priority > kubex_httpx.BACKEND.priority
    assert kubex_httpx.BACKEND.priority > third_party.priority
    assert kubex_aiohttp.BACKEND.runtimes == {"asyncio"}
    assert kubex_httpx.BACKEND.runtimes == kubex_httpx2.BACKEND.runtimes == {"asyncio", "trio"}


@pytest.mark.parametrize(
    ("backend", "option", "value", "ignored"),
    [
        (kubex_httpx.BACKEND, "buffer_size", ..., False),
        (kubex_httpx.BACKEND, "buffer_size", None, True),
        (kubex_httpx.BACKEND, "buffer_size", 65536, True),
        (kubex_httpx.BACKEND, "pool_size_per_host", ..., False),
        (kubex_httpx.BACKEND, "pool_size_per_host", None, True),
        (kubex_httpx.BACKEND, "pool_size_per_host", 5, True),
        (kubex_httpx2.BACKEND, "buffer_size", 65536, True),
        (kubex_httpx2.BACKEND, "pool_size_per_host", 5, True),
        (kubex_aiohttp.BACKEND, "keep_alive_timeout", ..., False),
        (kubex_aiohttp.BACKEND, "keep_alive_timeout", None, True),
        (kubex_aiohttp.BACKEND, "keep_alive_timeout", 60.0, False),
        (kubex_aiohttp.BACKEND, "proxy", None, False),
        (kubex_aiohttp.BACKEND, "proxy", "http://proxy.test:3128", False),
        (kubex_aiohttp.BACKEND, "proxy", {}, False),
        (kubex_aiohttp.BACKEND, "proxy", {"https": "http://proxy.test:3128"}, False),
        (kubex_aiohttp.BACKEND, "proxy", {"http": "http://proxy.test:3128"}, True),
        (kubex_aiohttp.BACKEND, "proxy", {"http": "http://a.test", "https": "http://b.test"}, True),
        (kubex_aiohttp.BACKEND, "timeout", ..., False),
        (kubex_aiohttp.BACKEND, "timeout", None, False),
        (kubex_aiohttp.BACKEND, "timeout", Timeout(total=5, connect=1, read=1), False),
        (kubex_aiohttp.BACKEND, "timeout", Timeout(write=None, pool=None), False),
        (kubex_aiohttp.BACKEND, "timeout", Timeout(write=1), True),
        (kubex_aiohttp.BACKEND, "timeout", Timeout(pool=1), True),
    ],
    ids=str,
)
def test_ignored_option_values_are_declared(backend: Backend, option: str, value: object, ignored: bool) -> None:
    declared: list[IgnoredOption] = [entry for entry in backend.ignores if entry.option == option]
    assert any(entry.applies(value, "https") for entry in declared) is ignored


@pytest.mark.parametrize("package", ["kubex_aiohttp", "kubex_httpx", "kubex_httpx2"])
def test_descriptor_is_imported_without_http_library_and_client(package: str) -> None:
    program = (
        f"import sys, {package}; assert {package}.BACKEND.websocket() is None;"
        "libraries = {'aiohttp', 'httpx', 'httpcore', 'httpx_ws', 'httpx2', 'httpcore2', 'wsproto'};"
        "loaded = (libraries | {'kubex.client'}) & set(sys.modules);"
        "sys.exit(str(loaded) if loaded else 0)"
    )
    process = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert process.stderr == ""
    assert process.returncode == 0


@pytest.mark.parametrize("name", CLIENT_CLASSES)
@pytest.mark.parametrize("options", [None, ClientOptions(pool_size=3)])
def test_client_class_selects_its_backend(name: str, options: ClientOptions | None) -> None:
    configuration = ClientConfiguration(url="https://kubernetes.test:6443")
    client = CLIENT_CLASSES[name](configuration, options)
    assert isinstance(client, Client)
    assert client.configuration is configuration
    assert client.backend is BACKENDS[name]


@pytest.mark.anyio
async def test_client_class_sends_requests(pair: BackendPair) -> None:
    def respond_version(connection: ServerConnection) -> None:
        while connection.read_request():
            body = b'{"major":"1","minor":"37","gitVersion":"v1.37.2"}'
            connection.respond(body, headers="Content-Type: application/json\r\n")

    with Server(respond_version) as server:
        configuration = ClientConfiguration(url=server.url + "/prefix", token="abc")
        async with CLIENT_CLASSES[pair.backend](configuration, ClientOptions()) as client:
            assert (await client.version()).git_version == "v1.37.2"
    assert server.requests[0].target == "/prefix/version"
    assert server.requests[0].header("authorization") == "Bearer abc"


@pytest.mark.parametrize("module", [kubex_aiohttp, kubex_httpx, kubex_httpx2])
def test_unknown_module_attribute_raises_attribute_error(module: object) -> None:
    with pytest.raises(AttributeError, match="Unknown"):
        module.Unknown  # type: ignore[attr-defined] # noqa: B018


@pytest.mark.anyio
@pytest.mark.parametrize("pair", HTTPX_PAIRS, ids=str)
async def test_httpx_websocket_error_names_the_missing_extra(
    pair: BackendPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"kubex_{pair.backend}._backend.find_spec", lambda _name: None)
    assert BACKENDS[pair.backend].websocket() == f'pip install "kubex-{pair.backend}[ws]"'
    transport = BACKENDS[pair.backend].load()(TransportConfig())
    with pytest.raises(BackendError, match=rf"kubex-{pair.backend}\[ws\]"):
        async with transport.websocket(PreparedRequest("GET", "http://127.0.0.1/?token=swordfish")):
            pass
    await transport.aclose()


@pytest.mark.anyio
async def test_error_of_backend_without_websockets_does_not_contain_the_query() -> None:
    class PlainTransport(Transport):
        async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
            raise NotImplementedError

        async def close_connections(self) -> None:
            """Do nothing: this transport does not open connections."""

    request = PreparedRequest("GET", "http://127.0.0.1:1/api/v1/exec?command=s3cr3t")
    with pytest.raises(BackendError, match="cannot open WebSockets") as caught:
        async with PlainTransport(TransportConfig()).websocket(request):
            pass
    assert "s3cr3t" not in f"{caught.value} {caught.value!r}"
