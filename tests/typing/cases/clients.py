"""Clients, options and configurations."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from typing_extensions import assert_type

from kubex.client import (
    Attempt,
    Client,
    ClientChoice,
    ClientChoise,
    ClientOptions,
    Response,
    RetryPolicy,
    Write,
    WriteResult,
    create_client,
)
from kubex.configuration import ClientConfiguration, configure_from_kubeconfig, configure_from_pod_env
from kubex.errors import ApiError, Conflict, KubexError
from kubex.core.params import Timeout
from kubex.models import Status, VersionInfo
from kubex_aiohttp import BACKEND, AioHttpClient
from kubex_httpx import HttpxClient

configuration = ClientConfiguration(url="https://cluster:6443", token="secret")


async def create() -> None:
    async with create_client() as client:
        assert_type(client, Client)
    async with await create_client() as client:
        assert_type(client, Client)
    assert_type(await create_client(configuration, client_class="httpx"), Client)
    assert_type(await create_client(client_class=ClientChoise.AIOHTTP), Client)
    assert_type(await create_client(client_class=ClientChoice.AUTO, options=ClientOptions()), Client)
    assert_type(await create_client(client_class=BACKEND), Client)
    async with AioHttpClient(configuration) as direct:
        assert_type(direct, AioHttpClient)
    async with HttpxClient(configuration, ClientOptions(pool_size=None)) as other:
        assert_type(other, HttpxClient)
    assert_type(await configure_from_kubeconfig(), ClientConfiguration)
    assert_type(await configure_from_pod_env(), ClientConfiguration)


async def create_with_wrong_arguments() -> None:
    create_client("https://cluster")  # E: mypy[arg-type] pyright[reportArgumentType]
    create_client(client_class=AioHttpClient)  # E: mypy[arg-type] pyright[reportArgumentType]
    create_client(client_class=ClientChoise.TRIO)  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    create_client(options=Timeout(1))  # E: mypy[arg-type] pyright[reportArgumentType]
    create_client(timeout=1)  # E: mypy[call-arg] pyright[reportCallIssue]
    create_client().version()  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    with create_client():  # E: mypy[attr-defined] pyright[reportGeneralTypeIssues]
        pass
    AioHttpClient()  # E: mypy[call-arg] pyright[reportCallIssue]
    Client(configuration)  # E: mypy[call-arg] pyright[reportCallIssue]


async def requests(client: Client) -> None:
    assert_type(await client.version(), VersionInfo)
    response = await client.request("GET", "/readyz", query={"verbose": True}, request_timeout=Timeout(read=1))
    assert_type(response, Response)
    assert_type(response.body, bytes)
    async with client.stream("GET", "/metrics") as stream:
        async for line in stream.lines():
            assert_type(line, bytes)
    assert_type(await client.request("GET", "/apis", accept_status=(304,)), Response)
    await client.request("GET", "/apis", accept_status={304, 404})
    await client.request("GET", "/apis", accept_status=304)  # E: mypy[arg-type] pyright[reportArgumentType]
    await client.request("GET", "/apis", accept_status="304")  # E: mypy[arg-type] pyright[reportArgumentType]
    await client.request("GET", "/apis", accept_status=None)  # E: mypy[arg-type] pyright[reportArgumentType]
    await client.request("/readyz")  # E: mypy[call-arg] pyright[reportCallIssue]
    await client.request("GET", "/readyz", timeout=1)  # E: mypy[call-arg] pyright[reportCallIssue]
    client.options = ClientOptions()  # E: mypy[misc] pyright[reportAttributeAccessIssue]


def options() -> None:
    ClientOptions(timeout=30, keep_alive_timeout=60.0, buffer_size=1024, pool_size=10, pool_size_per_host=...)
    ClientOptions(timeout=..., buffer_size=None, ws_max_message_size=None, retry=None, user_agent="me/1")
    ClientOptions(timeout=None, proxy={"https": "http://proxy:8080"}, log_api_warnings=False, trust_env=True)
    ClientOptions(timeout=Timeout(total=1, connect=None, read=...), proxy="http://proxy:8080", retry=RetryPolicy())
    ClientOptions(Timeout(1))  # E: mypy[call-arg] pyright[reportCallIssue]
    ClientOptions(timeout="30s")  # E: mypy[arg-type] pyright[reportArgumentType]
    ClientOptions(proxy=["http://proxy"])  # E: mypy[arg-type] pyright[reportArgumentType]
    ClientOptions(keep_alive=None)  # E: mypy[arg-type] pyright[reportArgumentType]
    ClientOptions(buffer_size=1.5)  # E: mypy[arg-type] pyright[reportArgumentType]
    ClientOptions(pool_size="10")  # E: mypy[arg-type] pyright[reportArgumentType]
    ClientOptions(retry=3)  # E: mypy[arg-type] pyright[reportArgumentType]
    ClientOptions(poolsize=10)  # E: mypy[call-arg] pyright[reportCallIssue]
    ClientOptions(token="secret")  # E: mypy[call-arg] pyright[reportCallIssue]
    ClientOptions().timeout = 1  # E: mypy[misc] pyright[reportAttributeAccessIssue]
    Timeout(total=...)  # E: mypy[arg-type] pyright[reportArgumentType]
    RetryPolicy(5)  # E: mypy[call-arg] pyright[reportCallIssue]


def configurations() -> None:
    ClientConfiguration()  # E: mypy[call-arg] pyright[reportCallIssue]
    ClientConfiguration("https://cluster")  # E: mypy[call-arg] pyright[reportCallIssue]
    ClientConfiguration(url="https://cluster", token=b"secret")  # E: mypy[arg-type] pyright[reportArgumentType]
    configuration.token = None  # E: mypy[misc] pyright[reportAttributeAccessIssue]


async def errors(client: Client) -> None:
    try:
        await client.version()
    except Conflict as error:
        assert_type(error.api_status, Status)
        assert_type(error.message, str)
        assert_type(error.name, str | None)
        assert_type(error.status, int)
        _ = error.reasons  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    except ApiError as error:
        assert_type(error.retry_after, float | None)
    except KubexError as error:
        assert_type(error.args, tuple[Any, ...])


class Log:
    @contextmanager
    def attempt(self, attempt: Attempt) -> Generator[None]:
        assert_type(attempt.namespace, str | None)
        assert_type(attempt.headers, dict[str, str])
        yield


class Hook:
    def before(self, write: Write) -> None:
        assert_type(write.dry_run, bool)

    def after(self, write: Write, result: WriteResult) -> None:
        assert_type(result.uid, str | None)


class Incomplete:
    def before(self, write: Write) -> None: ...


def hooks() -> None:
    ClientOptions(observers=(Log(),), on_write=Hook())
    ClientOptions(observers=[Log(), Log()])
    ClientOptions(observers=Log())  # E: mypy[arg-type] pyright[reportArgumentType]
    ClientOptions(observers=(Hook(),))  # E: mypy[arg-type] pyright[reportArgumentType]
    ClientOptions(on_write=Incomplete())  # E: mypy[arg-type] pyright[reportArgumentType]
