"""Tests of OpenID Connect with a client: reusing, refreshing, rotating and rejecting tokens."""

import asyncio
import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any, TypeAlias

import anyio
import anyio.to_thread
import pytest

from client.conftest import FAST_RETRIES
from client.oidc_provider import SECRET, Provider
from client.scripted_server import respond_error
from kubex.client import Client, ClientOptions
from kubex.configuration import ClientConfiguration, OpenIDTokens
from kubex.errors import ConfigurationError, Unauthorized
from kubex.transport import Backend
from kubex_testing.compliance.servers import WAIT_TIMEOUT, ServerConnection, StartServer
from kubex_testing.embedded import Answer, EmbeddedServer, Identity
from support.backend_pairs import PAIRS

pytestmark = pytest.mark.anyio

UNAUTHORIZED = Answer(401, b"who are you?")


@pytest.fixture
def provider(start_server: StartServer) -> Provider:
    """Start a provider for a public client."""
    return Provider(start_server)


@pytest.fixture
def api_server(provider: Provider) -> Iterator[EmbeddedServer]:
    """Start an API server that trusts the first tokens of the provider."""
    jane = Identity("jane", ("system:masters",))
    with ExitStack() as stack:
        server = EmbeddedServer(tokens={provider.token(number): jane for number in range(4)})
        stack.enter_context(server)
        yield server


SignIn: TypeAlias = Callable[..., Client]


@pytest.fixture
def sign_in(api_server: EmbeddedServer, provider: Provider, backend: Backend) -> SignIn:
    """Return a function that creates a client with tokens of the provider, such as `sign_in(id_token=...)`."""

    def create(**fields: Any) -> Client:
        handle = api_server.handle
        configuration = ClientConfiguration(
            url=handle.url, server_ca_data=handle.ca_pem, oidc=provider.settings(**fields)
        )
        return Client(configuration, ClientOptions(retry=FAST_RETRIES), backend=backend)

    return create


def received_tokens(server: EmbeddedServer) -> list[str]:
    """Return the tokens that the API server received."""
    return [(request.header("authorization") or "").removeprefix("Bearer ") for request in server.requests]


@pytest.mark.covers("pitfall-34")
async def test_valid_id_token_is_used_without_a_request_to_the_provider(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    async with sign_in(id_token=provider.token(0)) as client:
        await client.version()
        await client.version()
    assert received_tokens(api_server) == [provider.token(0)] * 2
    assert provider.server.connections == 0


@pytest.mark.covers("pitfall-34")
@pytest.mark.covers("pitfall-35")
async def test_expired_id_token_is_refreshed_once_for_concurrent_callers(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    async with sign_in() as client, anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(client.version)
    assert received_tokens(api_server) == [provider.token(1)] * 20
    assert [request.method for request in provider.server.requests] == ["GET", "POST"]


async def test_scheme_of_the_issuer_may_be_in_capitals(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    provider.url = provider.url.replace("http", "HTTP")
    async with sign_in() as client:
        with pytest.raises(Unauthorized):  # the server trusts tokens of the issuer in small letters only
            await client.version()
    assert received_tokens(api_server)[0] == provider.token(1)


async def test_id_token_is_optional_with_a_refresh_token(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    async with sign_in(id_token=None) as client:
        await client.version()
    assert received_tokens(api_server) == [provider.token(1)]


async def test_id_token_is_refreshed_shortly_before_it_expires(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    async with sign_in(id_token=provider.token(0, 5)) as client:
        await client.version()
    assert received_tokens(api_server) == [provider.token(1)]


async def test_id_token_without_a_readable_expiry_is_refreshed(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    async with sign_in(id_token="opaque") as client:
        await client.version()
    assert received_tokens(api_server) == [provider.token(1)]


@pytest.mark.covers("pitfall-34")
async def test_new_refresh_token_replaces_the_old_one(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    provider.rotates_refresh_tokens = True
    first = provider.refresh_token
    async with sign_in() as client:
        await client.version()
        api_server.inject("GET /version", UNAUTHORIZED)
        await client.version()
    async with sign_in(refresh_token=first) as late:  # this token is no longer valid
        with pytest.raises(ConfigurationError, match=r"invalid_grant: \*\*\* is not active; .* log in again"):
            await late.version()
    assert received_tokens(api_server) == [provider.token(1), provider.token(1), provider.token(2)]


async def test_refresh_token_is_used_again_if_the_provider_returns_none(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    async with sign_in() as client:
        await client.version()
        api_server.inject("GET /version", UNAUTHORIZED)
        await client.version()
    assert received_tokens(api_server) == [provider.token(1), provider.token(1), provider.token(2)]


async def test_rejected_id_token_is_refreshed_and_the_call_is_repeated_once(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    async with sign_in(id_token=provider.token(0)) as client:
        api_server.inject("GET /version", UNAUTHORIZED)
        await client.version()
        for _ in range(3):  # a rejected new token is not refreshed again
            api_server.inject("GET /version", UNAUTHORIZED)
            with pytest.raises(Unauthorized, match="who are you"):
                await client.version()
    assert received_tokens(api_server) == [provider.token(number) for number in (0, 1, 1, 1, 1)]
    assert len(provider.refresh_requests) == 1


async def test_id_token_is_used_until_it_expires_if_the_refresh_fails(
    sign_in: SignIn,
    provider: Provider,
    api_server: EmbeddedServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("kubex.credentials._oidc.EXPIRY_MARGIN", 7200.0)  # longer than the lifetime of the token
    provider.discovery_script = respond_error("503 Service Unavailable")
    async with sign_in(id_token=provider.token(0)) as client:
        await client.version()
        await client.version()
        api_server.inject("GET /version", UNAUTHORIZED)
        with pytest.raises(ConfigurationError, match=r"(?s)returned 503.*GET /version had status 401"):
            await client.version()
    assert received_tokens(api_server) == [provider.token(0)] * 3
    assert "using the current ones for another " in caplog.text


async def test_call_is_not_repeated_without_a_refresh_token(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    async with sign_in(id_token=provider.token(0), refresh_token=None) as client:
        api_server.inject("GET /version", UNAUTHORIZED)
        with pytest.raises(Unauthorized):
            await client.version()
    assert received_tokens(api_server) == [provider.token(0)]
    assert provider.server.connections == 0


async def test_id_token_without_a_refresh_token_is_used_until_it_expires(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    async with sign_in(id_token=provider.token(0, 8), refresh_token=None) as client:
        with pytest.raises(Unauthorized):  # the server does not know this token
            await client.version()
    assert received_tokens(api_server) == [provider.token(0, 8)]


@pytest.mark.parametrize(("id_token", "state"), [(None, "has expired"), ("opaque", "is not a JWT with an expiry")])
async def test_expired_id_token_without_a_refresh_token_raises(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer, id_token: str | None, state: str
) -> None:
    async with sign_in(id_token=id_token or provider.expired_token, refresh_token=None) as client:
        with pytest.raises(ConfigurationError, match=f"id_token: {state}, and refresh_token is not set") as caught:
            await client.version()
    assert "log in again" in str(caught.value)
    assert received_tokens(api_server) == []


async def test_public_client_sends_its_id_in_the_body(sign_in: SignIn, provider: Provider) -> None:
    async with sign_in() as client:
        await client.version()
    (request,) = provider.refresh_requests
    assert request.header("authorization") is None
    assert b"client_id=kubex" in request.body
    assert request.body.count(b"&") == 2  # with grant_type and refresh_token


@pytest.mark.parametrize("auth_methods", [None, ["client_secret_basic"], ["client_secret_post", "client_secret_basic"]])
async def test_client_secret_is_sent_with_basic_authentication(
    sign_in: SignIn, provider: Provider, auth_methods: list[str] | None
) -> None:
    provider.auth_methods = auth_methods
    provider.client_id, provider.secret = "kube:x é", "marked secret%&:+"
    async with sign_in() as client:
        await client.version()
    assert all(b"client" not in request.body for request in provider.refresh_requests)
    credentials = base64.b64decode((provider.refresh_requests[0].header("authorization") or "").removeprefix("Basic "))
    assert credentials == b"kube%3Ax+%C3%A9:marked+secret%25%26%3A%2B"


async def test_client_secret_is_sent_in_the_body_if_the_provider_lists_only_that(
    sign_in: SignIn, provider: Provider
) -> None:
    provider.secret, provider.auth_methods, provider.accepted_auth_methods = (
        SECRET,
        ["client_secret_post"],
        ["client_secret_post"],
    )
    async with sign_in() as client:
        await client.version()
    (request,) = provider.refresh_requests
    assert request.header("authorization") is None
    assert f"client_secret={SECRET}".encode() in request.body


async def test_client_secret_is_sent_in_the_body_after_basic_authentication_was_rejected(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    provider.secret, provider.accepted_auth_methods = SECRET, ["client_secret_post"]
    async with sign_in() as client:
        await client.version()
        api_server.inject("GET /version", UNAUTHORIZED)
        await client.version()
    assert [request.header("authorization") is None for request in provider.refresh_requests] == [False, True, True]


async def test_wrong_client_secret_raises_the_error_of_the_provider(sign_in: SignIn, provider: Provider) -> None:
    provider.secret, provider.auth_methods = SECRET, ["client_secret_basic"]
    async with sign_in(client_secret="marked-secret-wrong") as client:
        with pytest.raises(ConfigurationError, match="returned 401: invalid_client") as caught:
            await client.version()
    assert provider.url in str(caught.value)
    assert len(provider.refresh_requests) == 1


async def test_new_tokens_are_passed_to_save(sign_in: SignIn, provider: Provider) -> None:
    saved: list[OpenIDTokens] = []
    provider.rotates_refresh_tokens = True
    async with sign_in(save=saved.append) as client:
        await client.version()
        await client.version()
    assert saved == [OpenIDTokens(id_token=provider.token(1), refresh_token="marked-secret-refresh-1")]


async def test_tokens_that_cannot_be_saved_are_used_with_a_warning(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer, caplog: pytest.LogCaptureFixture
) -> None:
    def save(tokens: OpenIDTokens) -> None:
        raise OSError(f"disk full {tokens.refresh_token}")

    provider.rotates_refresh_tokens = True
    async with sign_in(save=save) as client:
        await client.version()
        api_server.inject("GET /version", UNAUTHORIZED)
        await client.version()
    assert received_tokens(api_server) == [provider.token(1), provider.token(1), provider.token(2)]
    warning = f"new tokens of {provider.url} are used but could not be saved: OSError: disk full ***"
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [warning] * 2


class Pause:
    """Blocks a provider in the middle of a refresh."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self.requested, self.proceed = threading.Semaphore(0), threading.Event()

    def __call__(self, connection: ServerConnection) -> None:
        self.requested.release()
        assert self.proceed.wait(WAIT_TIMEOUT)
        connection.respond(self._provider.issue_tokens())

    async def wait_until_requested(self) -> None:
        """Wait until the provider has received the refresh token."""
        assert await anyio.to_thread.run_sync(partial(self.requested.acquire, timeout=WAIT_TIMEOUT))


@pytest.mark.covers("pitfall-35")
async def test_refresh_of_a_cancelled_caller_completes_for_the_others(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    saved: list[OpenIDTokens] = []
    pause = provider.token_script = Pause(provider)
    provider.rotates_refresh_tokens = True
    async with (
        sign_in(save=saved.append) as client,
        anyio.create_task_group() as others,
        anyio.create_task_group() as first,
    ):
        first.start_soon(client.version)
        await pause.wait_until_requested()
        for _ in range(3):
            others.start_soon(client.version)
        first.cancel_scope.cancel()
        pause.proceed.set()
    assert received_tokens(api_server) == [provider.token(1)] * 3
    assert len(provider.refresh_requests) == 1
    assert saved == [OpenIDTokens(id_token=provider.token(1), refresh_token="marked-secret-refresh-1")]


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.runtime == "asyncio"], ids=str)
async def test_task_cancel_does_not_interrupt_a_refresh(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    pause = provider.token_script = Pause(provider)
    provider.rotates_refresh_tokens = True
    async with sign_in() as client, anyio.create_task_group() as others:
        first = asyncio.create_task(client.version())
        await pause.wait_until_requested()
        others.start_soon(client.version)
        first.cancel()
        await anyio.wait_all_tasks_blocked()
        pause.proceed.set()
        with pytest.raises(asyncio.CancelledError):
            await first
    assert received_tokens(api_server) == [provider.token(1)]
    assert len(provider.refresh_requests) == 1


async def test_next_caller_refreshes_if_the_first_is_cancelled_during_discovery(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    pause = Pause(provider)

    def block(connection: ServerConnection) -> None:
        provider.discovery_script = None  # the request of the next caller gets a response
        pause.requested.release()
        connection.wait_until_closed()

    provider.discovery_script = block
    async with sign_in() as client, anyio.create_task_group() as others, anyio.create_task_group() as first:
        first.start_soon(client.version)
        await pause.wait_until_requested()
        others.start_soon(client.version)
        first.cancel_scope.cancel()
    assert received_tokens(api_server) == [provider.token(1)]
    assert [request.method for request in provider.server.requests] == ["GET", "GET", "POST"]


async def test_connections_to_the_provider_are_closed_after_each_request(sign_in: SignIn, provider: Provider) -> None:
    async with sign_in() as client:
        await client.version()
        for _ in range(provider.server.connections):
            assert await anyio.to_thread.run_sync(partial(provider.closed_connections.acquire, timeout=WAIT_TIMEOUT))
    assert provider.server.connections == 2


async def test_requests_to_the_provider_have_user_agent_and_accept_headers(sign_in: SignIn, provider: Provider) -> None:
    async with sign_in() as client:
        await client.version()
    for request in provider.server.requests:
        assert request.header("accept") == "application/json"
        assert (request.header("user-agent") or "").startswith("kubex/")
        assert request.header("cookie") is None


async def test_streams_use_the_id_token(sign_in: SignIn, provider: Provider, api_server: EmbeddedServer) -> None:
    async with sign_in() as client, client.stream("GET", "/version") as stream:
        assert b"gitVersion" in await stream.receive()
    assert received_tokens(api_server) == [provider.token(1)]
