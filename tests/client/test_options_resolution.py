"""The resolution of options to the settings and limits that a transport receives."""

import json
from types import EllipsisType
from typing import Any

import pytest

from client.conftest import MakeClient, TransportRecorder
from client.scripted_server import ResponseSequence, respond_stream, respond_with
from kubex.client._options import ClientOptions
from kubex.client._proxy import select_proxy
from kubex.client._transport_config import resolve_config
from kubex.configuration import ClientConfiguration
from kubex.core.params import Timeout
from kubex.transport import Backend, LibraryDefaults, Limits, Proxy, TransportConfig
from kubex_testing.compliance.servers import StartServer
from support.backend_pairs import BACKENDS, FAMILIES, BackendPair

SERVER = ClientConfiguration(url="https://my-cluster:6443")

ANY_BACKEND = next(iter(BACKENDS.values()))

# The defaults of the HTTP libraries in `docs/reference/clients.md`.
DEFAULTS: dict[str, LibraryDefaults] = {
    "aiohttp": LibraryDefaults(
        timeout=Timeout(total=300, connect=30), keep_alive_timeout=15, buffer_size=2**16, pool_size=100
    ),
    "httpx": LibraryDefaults(timeout=Timeout(connect=5, read=5, write=5, pool=5), keep_alive_timeout=5, pool_size=100),
}


def config_of(backend: Backend, **options: Any) -> TransportConfig:
    client_options = ClientOptions(**options)
    return resolve_config(
        client_options, backend, proxy=select_proxy(client_options.proxy, SERVER, trust_env=client_options.trust_env)
    )


@pytest.mark.covers(
    "options-timeout-default",
    "options-keep_alive_timeout-default",
    "options-pool_size-default",
    "options-pool_size_per_host-default",
    "options-buffer_size-none",
)
@pytest.mark.parametrize("name", BACKENDS)
def test_library_defaults_equal_the_documented_values(name: str) -> None:
    assert BACKENDS[name].defaults == DEFAULTS[FAMILIES[name]]


ROWS: list[tuple[str, str, Any, dict[str, Any]]] = [
    ("keep_alive", "true", True, {"aiohttp": True, "httpx": True}),
    ("keep_alive", "false", False, {"aiohttp": False, "httpx": False}),
    ("keep_alive_timeout", "default", ..., {"aiohttp": 15, "httpx": 5}),
    ("keep_alive_timeout", "none", None, {"aiohttp": None, "httpx": None}),
    ("keep_alive_timeout", "number", 60.0, {"aiohttp": 60.0, "httpx": 60.0}),
    ("keep_alive_timeout", "number", 0, {"aiohttp": 0, "httpx": 0}),
    ("buffer_size", "default", ..., {"aiohttp": 2**21, "httpx": 2**21}),
    ("buffer_size", "none", None, {"aiohttp": 2**16, "httpx": 2**16}),
    ("buffer_size", "number", 1024 * 1024, {"aiohttp": 2**20, "httpx": 2**20}),
    ("ws_max_message_size", "default", ..., {"aiohttp": 2**21, "httpx": 2**21}),
    ("ws_max_message_size", "none", None, {"aiohttp": None, "httpx": None}),
    ("ws_max_message_size", "number", 8 * 1024 * 1024, {"aiohttp": 2**23, "httpx": 2**23}),
    ("pool_size", "default", ..., {"aiohttp": 100, "httpx": 100}),
    ("pool_size", "none", None, {"aiohttp": None, "httpx": None}),
    ("pool_size", "number", 10, {"aiohttp": 10, "httpx": 10}),
    ("pool_size_per_host", "default", ..., {"aiohttp": None, "httpx": None}),
    ("pool_size_per_host", "none", None, {"aiohttp": None, "httpx": None}),
    ("pool_size_per_host", "number", 4, {"aiohttp": 4, "httpx": 4}),
]


@pytest.mark.parametrize(
    ("field", "value", "resolved"),
    [
        pytest.param(field, value, resolved, marks=pytest.mark.covers(f"options-{field}-{row}"), id=f"{field}-{value}")
        for field, row, value, resolved in ROWS
    ],
)
@pytest.mark.parametrize("name", BACKENDS)
def test_each_option_state_resolves_to_the_documented_value(
    name: str, field: str, value: Any, resolved: dict[str, Any]
) -> None:
    assert getattr(config_of(BACKENDS[name], **{field: value}), field) == resolved[FAMILIES[name]]


@pytest.mark.covers("options-proxy-none")
def test_proxy_of_the_environment_is_not_used_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://p:1")
    assert config_of(ANY_BACKEND).proxy is None
    assert config_of(ANY_BACKEND, proxy=None).proxy is None


@pytest.mark.covers("options-proxy-str")
def test_proxy_url_is_used_for_all_requests() -> None:
    proxy = config_of(ANY_BACKEND, proxy="http://user:p%40ss@proxy:8080").proxy
    assert proxy == Proxy(url="http://proxy:8080", username="user", password="p@ss")


@pytest.mark.covers("options-proxy-dict")
@pytest.mark.parametrize("schemes", [["http"], ["https"], ["http", "https"]])
def test_proxy_dict_is_selected_by_scheme(schemes: list[str]) -> None:
    proxy = config_of(ANY_BACKEND, proxy={scheme: f"http://{scheme}-proxy:1" for scheme in schemes}).proxy
    assert proxy == (Proxy(url="http://https-proxy:1") if "https" in schemes else None)


def test_proxy_of_the_environment_is_used_with_trust_env(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://p:1")
    assert config_of(ANY_BACKEND, trust_env=True).proxy == Proxy(url="http://p:1")


@pytest.mark.anyio
async def test_transport_receives_the_resolved_options(
    make_client: MakeClient, start_server: StartServer, recorder: TransportRecorder
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    async with make_client(server, pool_size=7, keep_alive_timeout=2.5, ws_max_message_size=9) as client:
        await client.request("GET", "/")
    assert len(recorder.configs) == 1
    config = recorder.configs[0]
    assert (config.pool_size, config.keep_alive_timeout, config.ws_max_message_size) == (7, 2.5, 9)
    assert config.ssl_context is None


@pytest.mark.anyio
@pytest.mark.covers("pitfall-23")
async def test_streams_are_dedicated_requests_of_the_same_transport(
    make_client: MakeClient, start_server: StartServer, recorder: TransportRecorder
) -> None:
    server = start_server(ResponseSequence(respond_with(), respond_stream()))
    async with make_client(server, pool_size=7) as client:
        await client.request("GET", "/")
        async with client.stream("GET", "/"):
            pass
    assert [config.pool_size for config in recorder.configs] == [7]
    assert [request.dedicated for request in recorder.requests] == [False, True]


@pytest.mark.anyio
@pytest.mark.covers("pitfall-23")
async def test_streams_do_not_count_for_the_pool_size(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_stream(b"1"), respond_stream(b"2"), respond_with()))
    async with make_client(server, pool_size=1) as client, client.stream("GET", "/") as first:
        assert await first.receive() == b"1"
        async with client.stream("GET", "/") as second:
            assert await second.receive() == b"2"
            await client.request("GET", "/")
    assert server.connections == 3


def limits_of(library: Timeout, client: Any, call: Any, *, stream: bool) -> tuple[float | None, Limits]:
    from kubex.client._timeouts import Timeouts

    timeouts = Timeouts(client, library)
    resolved = timeouts.stream(call) if stream else timeouts.plain(call)
    return resolved.total, resolved.limits


AIOHTTP, HTTPX = DEFAULTS["aiohttp"].timeout, DEFAULTS["httpx"].timeout
NO_LIMITS = Limits()
State = Timeout | EllipsisType | None

PLAIN: list[tuple[str, Timeout, State, State, float | None, Limits]] = [
    ("default", AIOHTTP, ..., ..., 300, Limits(connect=30)),
    ("default", HTTPX, ..., ..., None, Limits(5, 5, 5, 5)),
    ("none", AIOHTTP, None, ..., None, NO_LIMITS),
    ("none", HTTPX, None, ..., None, NO_LIMITS),
    ("number", AIOHTTP, Timeout(total=30), ..., 30, NO_LIMITS),
    ("number", HTTPX, Timeout(total=30), ..., 30, NO_LIMITS),
    ("timeout", AIOHTTP, Timeout(read=2), ..., None, Limits(connect=30, read=2)),
    ("timeout", HTTPX, Timeout(read=2), ..., None, Limits(5, 2, 5, 5)),
    ("timeout", HTTPX, Timeout(total=30, connect=1), ..., 30, Limits(connect=1)),
    ("timeout", HTTPX, Timeout(read=None, pool=None), ..., None, Limits(5, None, 5, None)),
    # request_timeout of a call replaces the other timeouts.
    ("timeout", HTTPX, Timeout(total=30), Timeout(total=1), 1, NO_LIMITS),
    ("none", HTTPX, Timeout(total=30), None, None, NO_LIMITS),
    ("default", HTTPX, None, Timeout(write=3), None, Limits(5, 5, 3, 5)),
]


@pytest.mark.parametrize(
    ("library", "client", "call", "total", "limits"),
    [pytest.param(*row, marks=pytest.mark.covers(f"options-timeout-{name}")) for name, *row in PLAIN],
)
def test_timeouts_of_plain_calls_resolve_to_limits(
    library: Timeout, client: State, call: State, total: float | None, limits: Limits
) -> None:
    assert limits_of(library, client, call, stream=False) == (total, limits)


@pytest.mark.covers("pitfall-21")
@pytest.mark.parametrize(
    ("library", "client", "call", "total", "limits"),
    [
        (AIOHTTP, ..., ..., None, Limits(connect=30)),
        (HTTPX, ..., ..., None, Limits(connect=5, write=5, pool=5)),
        (HTTPX, None, ..., None, NO_LIMITS),
        (HTTPX, Timeout(total=30), ..., 30, NO_LIMITS),
        (HTTPX, Timeout(read=2), ..., None, Limits(connect=5, write=5, pool=5)),
        (HTTPX, ..., Timeout(read=2), None, Limits(5, 2, 5, 5)),
        (HTTPX, Timeout(total=30), None, None, NO_LIMITS),
    ],
)
def test_streams_have_no_read_limit_by_default(
    library: Timeout, client: State, call: State, total: float | None, limits: Limits
) -> None:
    assert limits_of(library, client, call, stream=True) == (total, limits)


def test_idle_time_of_a_watch_becomes_the_read_limit() -> None:
    from kubex.client._timeouts import Timeouts

    timeouts = Timeouts(..., HTTPX)
    assert timeouts.stream(..., idle=320).limits.read == 320
    assert timeouts.stream(None, idle=320).limits == Limits(read=320)
    assert timeouts.stream(Timeout(read=7), idle=320).limits.read == 7
    assert timeouts.stream(Timeout(total=7), idle=320).limits.read == 320
    assert (timeouts.stream(Timeout(total=7)).stream_total, timeouts.stream(...).stream_total) == (7, None)
    assert Timeouts(Timeout(total=7), HTTPX).stream(...).stream_total is None


@pytest.mark.anyio
@pytest.mark.covers("options-timeout-default", "options-timeout-none", "options-timeout-number")
async def test_requests_contain_the_resolved_limits(
    make_client: MakeClient, start_server: StartServer, recorder: TransportRecorder, backend: Backend, pair: BackendPair
) -> None:
    server = start_server(ResponseSequence(respond_with(json.dumps({"items": []}).encode())))
    for timeout in (..., None, 30):
        async with make_client(server, timeout=timeout) as client:
            await client.request("GET", "/")
    defaults = DEFAULTS[pair.family].timeout
    phases = (defaults.connect, defaults.read, defaults.write, defaults.pool)
    library = Limits(*(None if limit is ... else limit for limit in phases))
    assert [request.limits for request in recorder.requests] == [library, NO_LIMITS, NO_LIMITS]
    assert backend.defaults == DEFAULTS[pair.family]
