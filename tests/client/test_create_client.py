"""create_client(): the ways to call it, the selected backend, and the configuration."""

import copy
import dataclasses
import os
import pickle
import threading
from collections.abc import Callable
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

import kubex_aiohttp
from client.scripted_server import ResponseSequence, respond_with
from kubex.api import Api, create_api
from kubex.client import Client, ClientChoice, ClientChoise, ClientOptions, create_client
from kubex.configuration import ClientConfiguration
from kubex.errors import (
    AlreadyOpenError,
    BackendError,
    ClientClosedError,
    ClientLoopError,
    ConfigurationError,
    NoBackendError,
)
from kubex.transport import Backend, Transport, TransportConfig
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing.compliance.servers import WAIT_TIMEOUT, Server, StartServer, wait_for_event
from support.backend_pairs import BACKENDS, CLIENT_CLASSES, BackendPair

# The backend that is selected for an async library if all backends are installed.
DEFAULT_BACKEND = {"asyncio": "aiohttp", "trio": "httpx2"}


@pytest.fixture
def server(start_server: StartServer) -> Server:
    return start_server(ResponseSequence(respond_with(b'{"metadata": {"name": "a"}}')))


@pytest.fixture
def configuration(server: Server) -> ClientConfiguration:
    return ClientConfiguration(url=server.url)


@pytest.fixture
def kubeconfig(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a kubeconfig for the server and set KUBECONFIG."""
    path = tmp_path / "config"
    path.write_text(
        "{apiVersion: v1, kind: Config, current-context: c,"
        " contexts: [{name: c, context: {cluster: c, user: u, namespace: here}}],"
        f" clusters: [{{name: c, cluster: {{server: '{server.url}'}}}}], users: [{{name: u, user: {{token: t}}}}]}}"
    )
    monkeypatch.setenv("KUBECONFIG", str(path))
    return path


@pytest.mark.anyio
@pytest.mark.covers("options-code-create_client")
async def test_create_client_supports_await_and_async_with(
    configuration: ClientConfiguration, server: Server, pair: BackendPair
) -> None:
    client = await create_client(configuration, client_class=pair.backend)
    await client.request("GET", "/await")
    await client.aclose()
    async with create_client(configuration, client_class=pair.backend) as second:
        await second.request("GET", "/with")
    async with await create_client(configuration, client_class=pair.backend) as third:
        await third.request("GET", "/both")
    assert [request.target for request in server.requests] == ["/await", "/with", "/both"]
    for closed in (client, second, third):
        with pytest.raises(ClientClosedError):
            await closed.request("GET", "/")


@pytest.mark.anyio
@pytest.mark.covers("options-detection-order", "options-tradeoff-priority")
@pytest.mark.parametrize("choice", [ClientChoise.AUTO, ClientChoice.AUTO, "auto"])
async def test_auto_selects_the_best_backend_of_the_async_library(
    configuration: ClientConfiguration, pair: BackendPair, choice: ClientChoise | str
) -> None:
    async with create_client(configuration, client_class=choice) as client:
        assert client.backend.name == DEFAULT_BACKEND[pair.runtime]
        await client.request("GET", "/")
    async with create_client(configuration) as client:
        assert client.backend.name == DEFAULT_BACKEND[pair.runtime]


@pytest.mark.anyio
@pytest.mark.covers("options-code-client_choise", "options-tradeoff-asyncio")
async def test_client_class_accepts_choice_name_and_descriptor(
    configuration: ClientConfiguration, pair: BackendPair
) -> None:
    descriptor = BACKENDS[pair.backend]
    for choice in (ClientChoise(pair.backend), pair.backend, descriptor):
        async with create_client(client_class=choice, configuration=configuration) as client:
            assert client.backend is descriptor
            assert repr(client) == f"<Client of {configuration.url} on {pair.backend}>"
            await client.request("GET", "/")


@pytest.mark.anyio
async def test_client_class_precedes_the_environment_variable(
    configuration: ClientConfiguration, pair: BackendPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBEX_BACKEND", pair.backend)
    async with create_client(configuration) as client:
        assert client.backend.name == pair.backend
    monkeypatch.setenv("KUBEX_BACKEND", "no-such-backend")
    async with create_client(configuration, client_class=pair.backend) as client:
        assert client.backend.name == pair.backend
    with pytest.raises(
        NoBackendError, match=r"no-such-backend: is not installed \(installed: aiohttp, httpx, httpx2\)"
    ):
        await create_client(configuration)


@pytest.mark.anyio
@pytest.mark.parametrize("value", ["", " ", "auto"])
async def test_empty_environment_variable_is_ignored(
    configuration: ClientConfiguration, pair: BackendPair, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("KUBEX_BACKEND", value)
    async with create_client(configuration) as client:
        assert client.backend.name == DEFAULT_BACKEND[pair.runtime]


@pytest.mark.covers("options-tradeoff-trio")
def test_aiohttp_on_trio_raises_backend_error(
    configuration: ClientConfiguration, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def create(choice: str) -> None:
        await create_client(configuration, client_class=choice)

    with pytest.raises(BackendError, match="'aiohttp': runs on asyncio, not on trio"):
        anyio.run(create, "aiohttp", backend="trio")
    monkeypatch.setenv("KUBEX_BACKEND", "aiohttp")
    with pytest.raises(BackendError, match="'aiohttp': runs on asyncio, not on trio"):
        anyio.run(create, "auto", backend="trio")


def test_aiohttp_client_created_without_loop_raises_on_trio(configuration: ClientConfiguration, server: Server) -> None:
    client = kubex_aiohttp.AioHttpClient(configuration)

    async def use() -> None:
        await client.request("GET", "/")

    with pytest.raises(BackendError, match="runs on asyncio, not on trio; choose another backend"):
        anyio.run(use, backend="trio")
    assert server.connections == 0


def test_create_client_outside_of_an_event_loop_raises(configuration: ClientConfiguration) -> None:
    create_result = create_client(configuration)
    with pytest.raises(
        ClientLoopError, match=r"^no event loop is running: await .* in an async function that asyncio.run"
    ):
        create_result.__await__().send(None)


@pytest.mark.anyio
@pytest.mark.covers("options-code-client_configuration")
async def test_kubeconfig_is_read_without_a_configuration(kubeconfig: Path, server: Server, pair: BackendPair) -> None:
    async with create_client(client_class=pair.backend, options=ClientOptions(log_api_warnings=False)) as client:
        await Api(ConfigMap, client).get("a")
        assert (client.configuration.namespace, client.options.log_api_warnings) == ("here", False)
    assert server.requests[0].target == "/api/v1/namespaces/here/configmaps/a"
    assert server.requests[0].header("authorization") is None, "Kubex sends no token over plain HTTP, like kubectl"


@pytest.mark.anyio
async def test_missing_kubeconfig_raises_configuration_error(
    pair: BackendPair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "missing"))
    with pytest.raises(ConfigurationError, match="missing"):
        async with create_client(client_class=pair.backend):
            pass


@pytest.mark.anyio
async def test_api_closes_the_client_that_it_created(kubeconfig: Path, server: Server, pair: BackendPair) -> None:
    async with await create_api(ConfigMap, namespace="n") as api:
        assert (await api.get("a")).metadata.name == "a"
    assert server.requests[0].target == "/api/v1/namespaces/n/configmaps/a"
    with pytest.raises(ClientClosedError):
        await api.get("a")


@pytest.mark.anyio
async def test_api_does_not_close_a_client_of_the_caller(configuration: ClientConfiguration, pair: BackendPair) -> None:
    async with create_client(configuration, client_class=pair.backend) as client:
        async with await create_api(ConfigMap, client=client) as api:
            await api.get("a")
        await api.get("a")


@pytest.mark.anyio
async def test_client_classes_send_requests_and_have_a_repr(
    configuration: ClientConfiguration, server: Server, pair: BackendPair
) -> None:
    client_class = CLIENT_CLASSES[pair.backend]
    assert os.environ.get("KUBEX_BACKEND") is None
    async with client_class(configuration, ClientOptions(user_agent="direct")) as client:
        await client.request("GET", "/")
        name = {"aiohttp": "AioHttpClient", "httpx": "HttpxClient", "httpx2": "Httpx2Client"}[pair.backend]
        assert repr(client) == f"<{name} of {server.url} on {pair.backend}>"
    async with client_class(configuration) as client:
        assert client.options == ClientOptions()
    assert server.requests[0].header("user-agent") == "direct"


@pytest.mark.anyio
@pytest.mark.covers("options-tradeoff-websocket")
async def test_backends_report_websocket_support(pair: BackendPair) -> None:
    assert BACKENDS[pair.backend].websocket() is None  # all extras are installed


@pytest.mark.anyio
async def test_http_library_is_imported_without_blocking_the_event_loop(
    configuration: ClientConfiguration, backend: Backend
) -> None:
    load_called, proceed = threading.Event(), threading.Event()

    def load() -> Callable[[TransportConfig], Transport]:
        load_called.set()
        assert proceed.wait(WAIT_TIMEOUT)
        return backend.load()

    async def proceed_after_load() -> None:
        assert await wait_for_event(load_called)
        proceed.set()

    async with anyio.create_task_group() as group:
        group.start_soon(proceed_after_load)
        await anyio.wait_all_tasks_blocked()
        async with create_client(configuration, client_class=dataclasses.replace(backend, load=load)) as client:
            await client.request("GET", "/")


@pytest.mark.anyio
async def test_entering_the_result_twice_raises_already_open_error(
    configuration: ClientConfiguration, pair: BackendPair
) -> None:
    create_result = create_client(configuration, client_class=pair.backend)
    for _ in range(2):
        async with create_result as client:
            with pytest.raises(AlreadyOpenError, match=r"the result of create_client\(\) is open in another"):
                await create_result.__aenter__()
            await client.request("GET", "/")
        with pytest.raises(ClientClosedError):
            await client.request("GET", "/")


@pytest.mark.anyio
@pytest.mark.parametrize("copy_function", [pickle.dumps, copy.copy, copy.deepcopy])
async def test_clients_cannot_be_pickled_or_copied(
    configuration: ClientConfiguration, pair: BackendPair, copy_function: Callable[[object], object]
) -> None:
    async with create_client(configuration, client_class=pair.backend) as client:
        for value in (client, Api(ConfigMap, client), {"client": client}):
            if isinstance(value, Client) or copy_function is not copy.copy:
                with pytest.raises(
                    TypeError, match=r"a client cannot be pickled or copied.*call create_client\(\) in each"
                ):
                    copy_function(value)
        await client.request("GET", "/")
