"""ID tokens of an OpenID Connect provider: reused, refreshed, rotated, refused."""

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

from client.conftest import SOON
from client.identity import SECRET, Provider
from client.turns import refuse
from kubex.client import Client, ClientOptions
from kubex.configuration import ClientConfiguration, OpenIDTokens
from kubex.errors import ConfigurationError, Unauthorized
from kubex.transport import Backend
from kubex_testing.embedded import Answer, EmbeddedServer, Identity
from support.pairs import PAIRS
from transport.servers import SECONDS, Peer, Serve

pytestmark = pytest.mark.anyio

UNAUTHORIZED = Answer(401, b"who are you?")


@pytest.fixture
def provider(serve: Serve) -> Provider:
    """Start a provider for a public client."""
    return Provider(serve)


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
    """Make a client of the pair that signs in with the provider: `async with sign_in(id_token=...) as client`."""

    def made(**fields: Any) -> Client:
        handle = api_server.handle
        configuration = ClientConfiguration(
            url=handle.url, server_ca_data=handle.ca_pem, oidc=provider.settings(**fields)
        )
        return Client(configuration, ClientOptions(retry=SOON), backend=backend)

    return made


def bearers(server: EmbeddedServer) -> list[str]:
    """Return the tokens that came to the API server."""
    return [(request.header("authorization") or "").removeprefix("Bearer ") for request in server.requests]


@pytest.mark.covers("pitfall-34")
async def test_a_valid_id_token_is_used_without_asking_the_provider(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    async with sign_in(id_token=provider.token(0)) as client:
        await client.version()
        await client.version()
    assert bearers(api_server) == [provider.token(0)] * 2
    assert provider.server.connections == 0


@pytest.mark.covers("pitfall-34")
@pytest.mark.covers("pitfall-35")
async def test_an_expired_id_token_is_refreshed_once_for_all_callers(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    async with sign_in() as client, anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(client.version)
    assert bearers(api_server) == [provider.token(1)] * 20
    assert [seen.method for seen in provider.server.seen] == ["GET", "POST"]


async def test_a_refresh_token_alone_is_enough(sign_in: SignIn, provider: Provider, api_server: EmbeddedServer) -> None:
    async with sign_in(id_token=None) as client:
        await client.version()
    assert bearers(api_server) == [provider.token(1)]


async def test_an_id_token_is_refreshed_shortly_before_it_expires(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    async with sign_in(id_token=provider.token(0, 5)) as client:
        await client.version()
    assert bearers(api_server) == [provider.token(1)]


async def test_an_id_token_whose_expiry_cannot_be_read_is_refreshed(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    async with sign_in(id_token="opaque") as client:
        await client.version()
    assert bearers(api_server) == [provider.token(1)]


@pytest.mark.covers("pitfall-34")
async def test_a_new_refresh_token_replaces_the_old_one(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    provider.rotates = True
    first = provider.refresh_token
    async with sign_in() as client:
        await client.version()
        api_server.inject("GET /version", UNAUTHORIZED)
        await client.version()
    async with sign_in(refresh_token=first) as late:  # that token is good for nothing any more
        with pytest.raises(ConfigurationError, match=r"invalid_grant: \*\*\* is not active; .* log in again"):
            await late.version()
    assert bearers(api_server) == [provider.token(1), provider.token(1), provider.token(2)]


async def test_a_refresh_token_that_the_provider_does_not_replace_is_used_again(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    async with sign_in() as client:
        await client.version()
        api_server.inject("GET /version", UNAUTHORIZED)
        await client.version()
    assert bearers(api_server) == [provider.token(1), provider.token(1), provider.token(2)]


async def test_a_valid_id_token_that_is_refused_is_refreshed_once_and_tried_once_more(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    async with sign_in(id_token=provider.token(0)) as client:
        api_server.inject("GET /version", UNAUTHORIZED)
        await client.version()
        for _ in range(3):  # a server that refuses what it was just given will refuse the next one, too
            api_server.inject("GET /version", UNAUTHORIZED)
            with pytest.raises(Unauthorized, match="who are you"):
                await client.version()
    assert bearers(api_server) == [provider.token(number) for number in (0, 1, 1, 1, 1)]
    assert len(provider.refreshes) == 1


async def test_an_id_token_that_cannot_be_refreshed_is_used_to_its_very_end(
    sign_in: SignIn,
    provider: Provider,
    api_server: EmbeddedServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("kubex.credentials._oidc.EXPIRY_MARGIN", 7200.0)  # longer than the token holds
    provider.discovery = refuse("503 Service Unavailable")
    async with sign_in(id_token=provider.token(0)) as client:
        await client.version()
        await client.version()
        api_server.inject("GET /version", UNAUTHORIZED)
        with pytest.raises(ConfigurationError, match=r"(?s)answered 503.*answered 401 to GET /version"):
            await client.version()
    assert bearers(api_server) == [provider.token(0)] * 3
    assert "is used for another " in caplog.text


async def test_a_refused_id_token_without_a_refresh_token_is_not_tried_again(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    async with sign_in(id_token=provider.token(0), refresh_token=None) as client:
        api_server.inject("GET /version", UNAUTHORIZED)
        with pytest.raises(Unauthorized):
            await client.version()
    assert bearers(api_server) == [provider.token(0)]
    assert provider.server.connections == 0


async def test_without_a_refresh_token_an_id_token_is_used_to_its_very_end(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    async with sign_in(id_token=provider.token(0, 8), refresh_token=None) as client:
        with pytest.raises(Unauthorized):  # the server knows others only
            await client.version()
    assert bearers(api_server) == [provider.token(0, 8)]


@pytest.mark.parametrize(("id_token", "state"), [(None, "has expired"), ("opaque", "is no JWT with an expiry")])
async def test_an_expired_id_token_without_a_refresh_token_is_an_error_that_says_so(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer, id_token: str | None, state: str
) -> None:
    async with sign_in(id_token=id_token or provider.expired, refresh_token=None) as client:
        with pytest.raises(ConfigurationError, match=f"id_token: {state}, and there is no refresh_token") as caught:
            await client.version()
    assert "log in again" in str(caught.value)
    assert bearers(api_server) == []


async def test_a_public_client_names_itself_in_the_body(sign_in: SignIn, provider: Provider) -> None:
    async with sign_in() as client:
        await client.version()
    (seen,) = provider.refreshes
    assert seen.header("authorization") is None
    assert b"client_id=kubex" in seen.body
    assert seen.body.count(b"&") == 2  # and the grant and the token


@pytest.mark.parametrize("tells", [None, ["client_secret_basic"], ["client_secret_post", "client_secret_basic"]])
async def test_a_secret_is_shown_by_basic_authentication(
    sign_in: SignIn, provider: Provider, tells: list[str] | None
) -> None:
    provider.tells = tells
    provider.client_id, provider.secret = "kube:x é", "marked secret%&:+"
    async with sign_in() as client:
        await client.version()
    assert all(b"client" not in seen.body for seen in provider.refreshes)
    shown = base64.b64decode((provider.refreshes[0].header("authorization") or "").removeprefix("Basic "))
    assert shown == b"kube%3Ax+%C3%A9:marked+secret%25%26%3A%2B"


async def test_a_secret_goes_into_the_body_where_the_provider_wants_it_there(
    sign_in: SignIn, provider: Provider
) -> None:
    provider.secret, provider.tells, provider.accepts = SECRET, ["client_secret_post"], ["client_secret_post"]
    async with sign_in() as client:
        await client.version()
    (seen,) = provider.refreshes
    assert seen.header("authorization") is None
    assert f"client_secret={SECRET}".encode() in seen.body


async def test_a_provider_that_refuses_basic_authentication_is_asked_the_other_way_from_then_on(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    provider.secret, provider.accepts = SECRET, ["client_secret_post"]
    async with sign_in() as client:
        await client.version()
        api_server.inject("GET /version", UNAUTHORIZED)
        await client.version()
    assert [seen.header("authorization") is None for seen in provider.refreshes] == [False, True, True]


async def test_a_wrong_secret_is_the_error_that_the_provider_says_it_is(sign_in: SignIn, provider: Provider) -> None:
    provider.secret, provider.tells = SECRET, ["client_secret_basic"]
    async with sign_in(client_secret="marked-secret-wrong") as client:
        with pytest.raises(ConfigurationError, match="answered 401: invalid_client") as caught:
            await client.version()
    assert provider.url in str(caught.value)
    assert len(provider.refreshes) == 1


async def test_new_tokens_are_handed_to_be_saved(sign_in: SignIn, provider: Provider) -> None:
    saved: list[OpenIDTokens] = []
    provider.rotates = True
    async with sign_in(save=saved.append) as client:
        await client.version()
        await client.version()
    assert saved == [OpenIDTokens(id_token=provider.token(1), refresh_token="marked-secret-refresh-1")]


async def test_tokens_that_cannot_be_saved_are_used_all_the_same(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer, caplog: pytest.LogCaptureFixture
) -> None:
    def save(tokens: OpenIDTokens) -> None:
        raise OSError(f"no room for {tokens.refresh_token}")

    provider.rotates = True
    async with sign_in(save=save) as client:
        await client.version()
        api_server.inject("GET /version", UNAUTHORIZED)
        await client.version()
    assert bearers(api_server) == [provider.token(1), provider.token(1), provider.token(2)]
    warning = f"new tokens of {provider.url} are in use but were not saved: OSError: no room for ***"
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [warning] * 2


class Pause:
    """Lets a provider wait in the middle of a refresh."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self.asked, self.go_on = threading.Semaphore(0), threading.Event()

    def __call__(self, peer: Peer) -> None:
        self.asked.release()
        assert self.go_on.wait(SECONDS)
        peer.answer(self._provider.grant())

    async def until_asked(self) -> None:
        """Wait until the refresh token is with the provider."""
        assert await anyio.to_thread.run_sync(partial(self.asked.acquire, timeout=SECONDS))


@pytest.mark.covers("pitfall-35")
async def test_a_refresh_whose_caller_is_cancelled_is_finished_for_the_others(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    saved: list[OpenIDTokens] = []
    pause = provider.answer = Pause(provider)
    provider.rotates = True
    async with (
        sign_in(save=saved.append) as client,
        anyio.create_task_group() as others,
        anyio.create_task_group() as first,
    ):
        first.start_soon(client.version)
        await pause.until_asked()
        for _ in range(3):
            others.start_soon(client.version)
        first.cancel_scope.cancel()
        pause.go_on.set()
    assert bearers(api_server) == [provider.token(1)] * 3
    assert len(provider.refreshes) == 1
    assert saved == [OpenIDTokens(id_token=provider.token(1), refresh_token="marked-secret-refresh-1")]


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.runtime == "asyncio"], ids=str)
async def test_asyncio_itself_cannot_break_off_a_refresh_either(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    pause = provider.answer = Pause(provider)
    provider.rotates = True
    async with sign_in() as client, anyio.create_task_group() as others:
        first = asyncio.create_task(client.version())
        await pause.until_asked()
        others.start_soon(client.version)
        first.cancel()
        await anyio.wait_all_tasks_blocked()
        pause.go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await first
    assert bearers(api_server) == [provider.token(1)]
    assert len(provider.refreshes) == 1


async def test_a_caller_that_is_cancelled_before_the_refresh_leaves_it_to_the_next(
    sign_in: SignIn, provider: Provider, api_server: EmbeddedServer
) -> None:
    held = Pause(provider)

    def hold(peer: Peer) -> None:
        provider.discovery = None  # the next caller's is answered
        held.asked.release()
        peer.wait_until_closed()

    provider.discovery = hold
    async with sign_in() as client, anyio.create_task_group() as others, anyio.create_task_group() as first:
        first.start_soon(client.version)
        await held.until_asked()
        others.start_soon(client.version)
        first.cancel_scope.cancel()
    assert bearers(api_server) == [provider.token(1)]
    assert [seen.method for seen in provider.server.seen] == ["GET", "GET", "POST"]


async def test_connections_to_the_provider_are_closed_after_use(sign_in: SignIn, provider: Provider) -> None:
    async with sign_in() as client:
        await client.version()
        for _ in range(provider.server.connections):
            assert await anyio.to_thread.run_sync(partial(provider.ended.acquire, timeout=SECONDS))
    assert provider.server.connections == 2


async def test_requests_to_the_provider_say_who_asks_and_ask_for_json(sign_in: SignIn, provider: Provider) -> None:
    async with sign_in() as client:
        await client.version()
    for seen in provider.server.seen:
        assert seen.header("accept") == "application/json"
        assert (seen.header("user-agent") or "").startswith("kubex/")
        assert seen.header("cookie") is None


async def test_streams_are_signed_in_too(sign_in: SignIn, provider: Provider, api_server: EmbeddedServer) -> None:
    async with sign_in() as client, client.stream("GET", "/version") as stream:
        assert b"gitVersion" in await stream.receive()
    assert bearers(api_server) == [provider.token(1)]
