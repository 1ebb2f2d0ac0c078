"""Options without an effect on a backend: each causes one warning, at the line of the caller."""

import inspect
import warnings
from typing import Any

import pytest

from client.scripted_server import ResponseSequence, respond_stream, respond_with
from kubex.api import Api
from kubex.client import Client, ClientOptions, create_client
from kubex.configuration import ClientConfiguration
from kubex.core.params import Timeout
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from kubex_testing.compliance.servers import StartServer
from support.backend_pairs import BACKENDS, CLIENT_CLASSES, FAMILIES, BackendPair, ignores

HTTPS = ClientConfiguration(url="https://my-cluster:6443")
HTTP = ClientConfiguration(url="http://my-cluster:8080")
PROXY = "http://proxy:8080"

# (row in `docs/reference/clients.md`, configuration, options, warnings of aiohttp, warnings of httpx)
ROWS: list[tuple[str, ClientConfiguration, dict[str, Any], int, int]] = [
    ("asymmetry-proxy_str", HTTPS, {"proxy": PROXY}, 0, 0),
    ("asymmetry-proxy_dict", HTTPS, {"proxy": {"https": PROXY}}, 0, 0),
    ("asymmetry-proxy_dict", HTTPS, {"proxy": {"http": PROXY, "https": PROXY}}, 1, 0),
    ("asymmetry-proxy_dict", HTTPS, {"proxy": {"http": PROXY}}, 1, 0),
    ("asymmetry-proxy_dict", HTTP, {"proxy": {"http": PROXY}}, 0, 0),
    ("asymmetry-proxy_dict", HTTP, {"proxy": {"http": PROXY, "https": PROXY}}, 1, 0),
    ("asymmetry-keep_alive", HTTPS, {"keep_alive": False}, 0, 0),
    ("asymmetry-keep_alive_timeout", HTTPS, {"keep_alive_timeout": None}, 1, 0),
    ("keep_alive_timeout-none", HTTPS, {"keep_alive_timeout": None}, 1, 0),
    ("asymmetry-keep_alive_timeout", HTTPS, {"keep_alive_timeout": 60.0}, 0, 0),
    ("asymmetry-buffer_size", HTTPS, {"buffer_size": None}, 0, 1),
    ("asymmetry-buffer_size", HTTPS, {"buffer_size": 1024}, 0, 1),
    ("buffer_size-default", HTTPS, {"buffer_size": ...}, 0, 0),
    ("asymmetry-ws_max_message_size", HTTPS, {"ws_max_message_size": None}, 0, 0),
    ("asymmetry-ws_max_message_size", HTTPS, {"ws_max_message_size": 5}, 0, 0),
    ("asymmetry-pool_size", HTTPS, {"pool_size": None}, 0, 0),
    ("asymmetry-pool_size", HTTPS, {"pool_size": 5}, 0, 0),
    ("asymmetry-pool_size_per_host", HTTPS, {"pool_size_per_host": None}, 0, 1),
    ("asymmetry-pool_size_per_host", HTTPS, {"pool_size_per_host": 5}, 0, 1),
    ("pool_size_per_host-default", HTTPS, {"pool_size_per_host": ...}, 0, 0),
    ("asymmetry-timeout_phases", HTTPS, {"timeout": Timeout(write=1)}, 1, 0),
    ("asymmetry-timeout_phases", HTTPS, {"timeout": Timeout(pool=1)}, 1, 0),
    ("asymmetry-timeout_phases", HTTPS, {"timeout": Timeout(total=1, connect=1, read=1, write=None)}, 0, 0),
]


@pytest.mark.parametrize(
    ("configuration", "options", "aiohttp", "httpx"),
    [pytest.param(*row, marks=pytest.mark.covers(f"options-{name}"), id=f"{name}-{row[1]}") for name, *row in ROWS],
)
@pytest.mark.parametrize("name", BACKENDS)
def test_option_without_effect_causes_a_warning(
    name: str, configuration: ClientConfiguration, options: dict[str, Any], aiohttp: int, httpx: int
) -> None:
    expected = {"aiohttp": aiohttp, "httpx": httpx}[FAMILIES[name]]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        Client(configuration, ClientOptions(**options), backend=BACKENDS[name])
    assert [warning.category for warning in caught] == [UserWarning] * expected
    for warning in caught:
        assert str(warning.message).startswith(f"ClientOptions.{next(iter(options))}: ")
        assert "aiohttp" in str(warning.message) or "httpx" in str(warning.message)
        assert (warning.filename, warning.lineno) == (__file__, line_of("Client(configuration, ClientOptions("))


def line_of(code: str) -> int:
    lines = inspect.getsource(inspect.getmodule(line_of) or line_of).splitlines()
    return next(number for number, line in enumerate(lines, 1) if code in line and "line_of" not in line)


def ignored_option(pair: BackendPair) -> dict[str, None]:
    """Return an option that the backend ignores if it is None."""
    names = ("keep_alive_timeout", "buffer_size")
    return {next(name for name in names if ignores(pair, name, None)): None}


@pytest.mark.anyio
async def test_warning_location_is_the_line_of_the_caller(pair: BackendPair) -> None:
    options = ClientOptions(**ignored_option(pair))  # type: ignore[arg-type]  # one field
    client_class = CLIENT_CLASSES[pair.backend]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        await (await create_client(HTTPS, client_class=pair.backend, options=options)).aclose()  # first
        async with create_client(HTTPS, client_class=pair.backend, options=options):  # second
            pass
        async with await create_client(HTTPS, client_class=pair.backend, options=options):  # third
            pass
        async with client_class(HTTPS, options):  # fourth
            pass
    assert [warning.filename for warning in caught] == [__file__] * 4
    assert [warning.lineno for warning in caught] == [
        line_of(f"  # {comment}") for comment in ("first", "second", "third", "fourth")
    ]


@pytest.mark.anyio
async def test_ignored_phases_of_request_timeout_cause_warnings(pair: BackendPair, start_server: StartServer) -> None:
    server = start_server(
        ResponseSequence(
            respond_with(b'{"metadata": {"name": "a"}}'),
            respond_with(b'{"items": []}'),
            respond_with(),
            respond_stream(),
        )
    )
    timeout = Timeout(total=5, pool=1)
    async with create_client(ClientConfiguration(url=server.url), client_class=pair.backend) as client:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            await Api(ConfigMap, client).get("a", request_timeout=timeout)  # get
            await Api(ConfigMap, client).list(request_timeout=timeout)  # list
            await client.request("GET", "/", request_timeout=timeout)  # request
            async with Api(Pod, client).logs.stream("a", request_timeout=timeout):  # logs
                pass
    lines = [line_of(f"  # {comment}") for comment in ("get", "list", "request", "logs")]
    assert [(warning.filename, warning.lineno) for warning in caught] == [
        (__file__, line) for line in (lines if ignores(pair, "timeout", timeout) else [])
    ]
    assert all(str(warning.message).startswith("request_timeout: ") for warning in caught)


@pytest.mark.anyio
async def test_client_warns_once_for_many_calls(pair: BackendPair, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_with()))
    options = ClientOptions(**ignored_option(pair))  # type: ignore[arg-type]  # one field
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        async with create_client(
            ClientConfiguration(url=server.url), client_class=pair.backend, options=options
        ) as client:
            for _ in range(3):
                await client.request("GET", "/")
    assert [str(warning.message).split(":")[0] for warning in caught] == [
        f"ClientOptions.{name}" for name in ignored_option(pair)
    ]
