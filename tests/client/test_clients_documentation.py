"""The import paths and the behaviour that `docs/reference/clients.md` documents, on each pair that supports them."""

import importlib
import os
import re
import subprocess
import sys
import warnings
from functools import partial
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import pytest

from client.conftest import MakeClient, TransportRecorder
from client.scripted_server import Gate, ResponseSequence, respond_never, respond_with
from client.test_options_proxy import CREDENTIALS, local_proxy
from kubex.client import ClientChoise, ClientOptions, create_client
from kubex.configuration import ClientConfiguration
from kubex.core.params import Timeout
from kubex.errors import BackendError, DeadlineExceeded, ReadTimeout
from kubex.transport import Backend
from kubex_testing.compliance.servers import StartServer
from support.backend_pairs import BACKENDS, CLIENT_CLASSES, PAIRS, BackendPair, ignores

pytestmark = pytest.mark.anyio

ANY_URL = "https://my-cluster:6443"
MIB = 2**20
KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: here
contexts: [{{name: here, context: {{cluster: here, user: me}}}}]
clusters: [{{name: here, cluster: {{server: "{url}"}}}}]
users: [{{name: me, user: {{}}}}]
"""


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("kubex.client", "create_client"),
        ("kubex.client", "ClientChoise"),
        ("kubex.client", "ClientOptions"),
        ("kubex.configuration", "ClientConfiguration"),
        ("kubex.core.params", "Timeout"),
        ("kubex.api", "Api"),
        ("kubex_aiohttp", "AioHttpClient"),
        ("kubex_httpx", "HttpxClient"),
        ("kubex_httpx2", "Httpx2Client"),
    ],
)
def test_documented_import_paths_exist(module: str, name: str) -> None:
    assert hasattr(importlib.import_module(module), name)


# create_client()


async def test_async_with_await_create_client_closes_the_connections(
    start_server: StartServer, pair: BackendPair
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    config = ClientConfiguration(url=server.url)
    async with await create_client(configuration=config, client_class=pair.backend) as client:
        await client.request("GET", "/")
        assert server.open_connections == 1
    assert await anyio.to_thread.run_sync(server.wait_for_open_connections, 0)


async def test_default_backend_is_aiohttp_on_asyncio_and_httpx2_on_trio(pair: BackendPair) -> None:
    expected = {"asyncio": "aiohttp", "trio": "httpx2"}[pair.runtime]
    async with await create_client(configuration=ClientConfiguration(url=ANY_URL)) as client:
        assert client.backend.name == expected


SELECT_BACKEND = """
import importlib.metadata, sys
import anyio

find = importlib.metadata.entry_points
importlib.metadata.entry_points = lambda group: [p for p in find(group=group) if p.name not in sys.argv[2:]]

from kubex.client import create_client
from kubex.configuration import ClientConfiguration

async def main():
    try:
        client = await create_client(configuration=ClientConfiguration(url="https://my-cluster:6443"))
    except ImportError as error:
        return print("ImportError", type(error).__name__)
    print(client.backend.name)

anyio.run(main, backend=sys.argv[1])
"""


@pytest.mark.parametrize(
    ("runtime", "hidden", "printed"),
    [
        ("asyncio", (), "aiohttp"),
        ("asyncio", ("aiohttp",), "httpx2"),
        ("asyncio", ("httpx2",), "aiohttp"),
        ("asyncio", ("aiohttp", "httpx2"), "httpx"),
        ("asyncio", ("aiohttp", "httpx", "httpx2"), "ImportError NoBackendError"),
        ("trio", (), "httpx2"),
        ("trio", ("httpx2",), "httpx"),
        ("trio", ("httpx", "httpx2"), "ImportError NoBackendError"),
    ],
)
def test_installed_backend_is_selected(runtime: str, hidden: tuple[str, ...], printed: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "KUBEX_BACKEND"}
    command = [sys.executable, "-c", SELECT_BACKEND, runtime, *hidden]
    process = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert process.stdout.strip() == printed


async def test_client_class_selects_the_backend(pair: BackendPair) -> None:
    choices = {"aiohttp": ClientChoise.AIOHTTP, "httpx": ClientChoise.HTTPX, "httpx2": ClientChoise.HTTPX2}
    choice = choices[pair.backend]
    client = await create_client(client_class=choice, configuration=ClientConfiguration(url=ANY_URL))
    assert client.backend.name == pair.backend
    await client.aclose()


async def test_configuration_replaces_the_kubeconfig(
    start_server: StartServer, pair: BackendPair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("this is not a kubeconfig")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    server = start_server(ResponseSequence(respond_with()))
    config = ClientConfiguration(url=server.url, token="my-token")
    async with await create_client(configuration=config, client_class=pair.backend) as client:
        await client.request("GET", "/")
    assert server.requests[0].header("authorization") == "Bearer my-token"


async def test_kubeconfig_is_loaded_without_a_configuration(
    start_server: StartServer, pair: BackendPair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    (tmp_path / "config").write_text(KUBECONFIG.format(url=server.url))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    async with await create_client(client_class=pair.backend) as client:
        await client.request("GET", "/")
    assert len(server.requests) == 1


async def test_options_are_passed_to_the_client(pair: BackendPair) -> None:
    options = ClientOptions(timeout=Timeout(total=30.0), log_api_warnings=False)
    config = ClientConfiguration(url=ANY_URL, token="my-token")
    client = await create_client(configuration=config, client_class=pair.backend, options=options)
    assert client.options == options
    await client.aclose()


# timeout


def test_number_is_a_total_timeout() -> None:
    assert ClientOptions(timeout=30).timeout == ClientOptions(timeout=30.0).timeout == Timeout(total=30.0)


async def test_default_timeout_is_the_default_of_the_library(
    make_client: MakeClient, start_server: StartServer, recorder: TransportRecorder, pair: BackendPair
) -> None:
    documented = {"aiohttp": Timeout(total=300, connect=30), "httpx": Timeout(connect=5, read=5, write=5, pool=5)}
    server = start_server(ResponseSequence(respond_with()))
    async with make_client(server) as client:
        assert client.options.timeout is ...
        assert client.backend.defaults.timeout == documented[pair.family]
        await client.request("GET", "/")
    assert recorder.requests[0].limits.connect == {"aiohttp": 30, "httpx": 5}[pair.family]


async def test_timeout_none_disables_timeouts(
    make_client: MakeClient, start_server: StartServer, recorder: TransportRecorder
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    async with make_client(server, timeout=None) as client:
        await client.request("GET", "/")
    limits = recorder.requests[0].limits
    assert (limits.connect, limits.read, limits.write, limits.pool) == (None, None, None, None)


@pytest.mark.parametrize("timeout", [0.5, Timeout(total=0.5)])
async def test_total_timeout_raises_deadline_exceeded(
    make_client: MakeClient, start_server: StartServer, timeout: float | Timeout
) -> None:
    async with make_client(start_server(ResponseSequence(respond_never)), timeout=timeout) as client:
        with pytest.raises(DeadlineExceeded):
            await client.request("GET", "/")


async def test_read_timeout_raises_read_timeout(make_client: MakeClient, start_server: StartServer) -> None:
    async with make_client(
        start_server(ResponseSequence(respond_never)), timeout=Timeout(read=0.5), retry=None
    ) as client:
        with pytest.raises(ReadTimeout):
            await client.request("GET", "/")


async def test_request_timeout_overrides_the_option(
    make_client: MakeClient, start_server: StartServer, recorder: TransportRecorder
) -> None:
    server = start_server(ResponseSequence(respond_with(), respond_never))
    async with make_client(server, timeout=Timeout(read=50)) as client:
        await client.request("GET", "/", request_timeout=Timeout(read=40))
        assert recorder.requests[-1].limits.read == 40
        with pytest.raises(TimeoutError):
            await client.request("GET", "/", request_timeout=0.5)


# log_api_warnings

DEPRECATED = [("Warning", '299 - "v1beta1 is deprecated"'), ("Warning", '299 - "v1beta2 is deprecated"')]


async def test_each_warning_header_causes_a_user_warning(make_client: MakeClient, start_server: StartServer) -> None:
    async with make_client(start_server(ResponseSequence(respond_with(headers=DEPRECATED)))) as client:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            await client.request("GET", "/")
    assert [str(warning.message) for warning in caught] == ["v1beta1 is deprecated", "v1beta2 is deprecated"]
    assert all(issubclass(warning.category, UserWarning) for warning in caught)


async def test_log_api_warnings_false_disables_warnings(make_client: MakeClient, start_server: StartServer) -> None:
    async with make_client(
        start_server(ResponseSequence(respond_with(headers=DEPRECATED))), log_api_warnings=False
    ) as client:
        await client.request("GET", "/")  # pytest would raise an exception for a warning


# proxy


async def test_proxy_url_may_contain_basic_credentials(make_client: MakeClient, start_server: StartServer) -> None:
    proxy, server = start_server(local_proxy), start_server(ResponseSequence(respond_with()))
    async with make_client(server, proxy=f"http://user:p%40ss@{proxy.netloc}") as client:
        await client.request("GET", "/")
        async with client.stream("GET", "/"):
            pass
    assert {request.header("proxy-authorization") for request in proxy.requests} == {CREDENTIALS}
    assert (len(proxy.requests), server.connections) == (2, 0)


async def test_proxy_of_the_environment_is_not_used_by_default(
    make_client: MakeClient, start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, server = start_server(local_proxy), start_server(ResponseSequence(respond_with()))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    async with make_client(server) as client:
        await client.request("GET", "/")
    assert (proxy.connections, server.connections) == (0, 1)


@pytest.mark.filterwarnings("ignore:ClientOptions.proxy:UserWarning")
@pytest.mark.parametrize(("scheme", "proxy_connections"), [("http", 1), ("https", 0)])
async def test_proxy_for_a_scheme_is_used_only_for_this_scheme(
    make_client: MakeClient, start_server: StartServer, scheme: str, proxy_connections: int
) -> None:
    proxy, server = start_server(local_proxy), start_server(ResponseSequence(respond_with()))
    async with make_client(server, proxy={scheme: proxy.url}) as client:
        await client.request("GET", "/")
    assert (proxy.connections, server.connections) == (proxy_connections, 1 - proxy_connections)


# Connections


@pytest.mark.parametrize(
    ("options", "connections"),
    [({}, 1), ({"keep_alive": True}, 1), ({"keep_alive": False}, 3), ({"keep_alive_timeout": 60.0}, 1)],
)
async def test_idle_connections_are_reused_unless_keep_alive_is_false(
    make_client: MakeClient, start_server: StartServer, options: dict[str, Any], connections: int
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    async with make_client(server, **options) as client:
        for _ in range(3):
            await client.request("GET", "/")
    assert server.connections == connections


async def test_idle_connections_without_time_limit_are_reused(
    make_client: MakeClient, start_server: StartServer, pair: BackendPair
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        async with make_client(server, keep_alive_timeout=None) as client:
            for _ in range(2):
                await client.request("GET", "/")
    assert server.connections == 1
    expected = [UserWarning] if ignores(pair, "keep_alive_timeout", None) else []
    assert [warning.category for warning in caught] == expected


RESOLVED: list[tuple[str, Any, Any, Any]] = [
    ("keep_alive_timeout", ..., 15, 5),
    ("keep_alive_timeout", 60.0, 60.0, 60.0),
    ("buffer_size", ..., 2**21, 2**21),
    ("ws_max_message_size", ..., 2**21, 2**21),
    ("pool_size", ..., 100, 100),
    ("pool_size", None, None, None),
    ("pool_size", 10, 10, 10),
    ("pool_size_per_host", ..., None, None),
]


@pytest.mark.parametrize(("option", "value", "aiohttp", "httpx"), RESOLVED)
async def test_options_resolve_to_the_documented_values(
    make_client: MakeClient,
    start_server: StartServer,
    recorder: TransportRecorder,
    pair: BackendPair,
    option: str,
    value: Any,
    aiohttp: Any,
    httpx: Any,
) -> None:
    async with make_client(start_server(ResponseSequence(respond_with())), **{option: value}) as client:
        await client.request("GET", "/")
    assert getattr(recorder.configs[0], option) == {"aiohttp": aiohttp, "httpx": httpx}[pair.family]


@pytest.mark.parametrize(("value", "resolved"), [(MIB, MIB), (None, 2**16)])
@pytest.mark.parametrize("pair", [pair for pair in PAIRS if not ignores(pair, "buffer_size", MIB)], ids=str)
async def test_buffer_size_is_used(
    make_client: MakeClient, start_server: StartServer, recorder: TransportRecorder, value: int | None, resolved: int
) -> None:
    body = bytes(range(256)) * 2**14
    async with make_client(start_server(ResponseSequence(respond_with(body))), buffer_size=value) as client:
        assert (await client.request("GET", "/")).body == body
    assert recorder.configs[0].buffer_size == resolved


async def send_concurrently(client: Any, count: int) -> None:
    async with anyio.create_task_group() as tasks:
        for _ in range(count):
            tasks.start_soon(partial(client.request, "GET", "/"))


async def test_pool_size_limits_concurrent_requests(make_client: MakeClient, start_server: StartServer) -> None:
    gate = Gate()
    server = start_server(ResponseSequence(gate))
    async with make_client(server, pool_size=2) as client, anyio.create_task_group() as tasks:
        tasks.start_soon(send_concurrently, client, 5)
        for _ in range(2):
            await anyio.to_thread.run_sync(gate.request_received.acquire)
        gate.open()
    assert (gate.max_waiting, len(server.requests)) == (2, 5)


async def test_pool_size_none_is_unlimited(make_client: MakeClient, start_server: StartServer) -> None:
    gate = Gate(opens_at=101)
    async with make_client(start_server(ResponseSequence(gate), backlog=200), pool_size=None, timeout=None) as client:
        await send_concurrently(client, 101)
    assert gate.max_waiting == 101


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if not ignores(pair, "pool_size_per_host", 1)], ids=str)
async def test_pool_size_per_host_limits_connections(make_client: MakeClient, start_server: StartServer) -> None:
    gate = Gate()
    gate.open()
    server = start_server(ResponseSequence(gate))
    async with make_client(server, pool_size_per_host=1) as client:
        await send_concurrently(client, 3)
    assert (gate.max_waiting, server.connections) == (1, 1)


# Options without an effect

BOTH = {"http": "http://proxy:1", "https": "http://proxy:2"}
WARNINGS: list[tuple[dict[str, Any], int, int]] = [
    ({"proxy": "http://proxy:1"}, 0, 0),
    ({"proxy": {"https": "http://proxy:1"}}, 0, 0),
    ({"proxy": BOTH}, 1, 0),
    ({"keep_alive": False}, 0, 0),
    ({"keep_alive_timeout": 60.0}, 0, 0),
    ({"keep_alive_timeout": None}, 1, 0),
    ({"buffer_size": ...}, 0, 0),
    ({"buffer_size": MIB}, 0, 1),
    ({"buffer_size": None}, 0, 1),
    ({"ws_max_message_size": MIB}, 0, 0),
    ({"ws_max_message_size": None}, 0, 0),
    ({"pool_size": 10}, 0, 0),
    ({"pool_size": None}, 0, 0),
    ({"pool_size_per_host": ...}, 0, 0),
    ({"pool_size_per_host": 10}, 0, 1),
    ({"pool_size_per_host": None}, 0, 1),
    ({"timeout": Timeout(connect=1, read=1)}, 0, 0),
    ({"timeout": Timeout(write=1)}, 1, 0),
    ({"timeout": Timeout(pool=1)}, 1, 0),
]


@pytest.mark.parametrize(("options", "aiohttp", "httpx"), WARNINGS, ids=str)
async def test_option_without_effect_causes_one_user_warning(
    pair: BackendPair, options: dict[str, Any], aiohttp: int, httpx: int
) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        async with await create_client(
            configuration=ClientConfiguration(url=ANY_URL), client_class=pair.backend, options=ClientOptions(**options)
        ):
            pass
    assert [warning.category for warning in caught] == [UserWarning] * {"aiohttp": aiohttp, "httpx": httpx}[pair.family]


# The two clients


async def test_client_classes_can_be_created_directly(start_server: StartServer, pair: BackendPair) -> None:
    client_class = CLIENT_CLASSES[pair.backend]
    server = start_server(ResponseSequence(respond_with()))
    async with client_class(ClientConfiguration(url=server.url)) as client:
        assert (await client.request("GET", "/")).status == 200


@pytest.mark.parametrize("anyio_backend", ["trio"])
@pytest.mark.parametrize("name", [name for name, backend in BACKENDS.items() if "trio" not in backend.runtimes])
async def test_backend_for_asyncio_does_not_run_on_trio(anyio_backend: str, name: str) -> None:
    with pytest.raises(BackendError, match="trio"):
        await create_client(client_class=name, configuration=ClientConfiguration(url=ANY_URL))


@pytest.mark.parametrize(
    ("extra", "installs"),
    [
        ("aiohttp", {"kubex-aiohttp"}),
        ("httpx", {"kubex-httpx"}),
        ("httpx-ws", {"kubex-httpx[ws]"}),
        ("httpx2", {"kubex-httpx2[ws]"}),
    ],
)
def test_extras_install_a_backend(extra: str, installs: set[str]) -> None:
    requirements = metadata("kubex").get_all("Requires-Dist") or []
    found = {re.split(r"[<>=; ]", text)[0] for text in requirements if re.search(rf"extra == ['\"]{extra}['\"]", text)}
    assert found == installs


async def test_backends_support_websockets_with_all_extras(backend: Backend) -> None:
    assert backend.websocket() is None  # all extras are installed


def test_httpx_names_the_extra_for_websockets() -> None:
    code = "import sys; sys.modules['httpx_ws'] = None; import kubex_httpx; print(kubex_httpx.BACKEND.websocket())"
    assert "[ws]" in subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
