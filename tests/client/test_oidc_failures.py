"""Providers that are down, slow, wrong or not to be trusted, and what is said of them."""

import logging
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import anyio
import anyio.to_thread
import pytest
import trustme

from client.identity import SECRET, Answer, Provider, jwt, pem, refuse, server_context
from client.turns import hang_up
from kubex.client import Client, ClientOptions
from kubex.client._fetch import MAX_BODY_SIZE, BackendFetch
from kubex.configuration import OpenIDTokens
from kubex.credentials import Authentication, Credentials, OpenIDConnectCredentials
from kubex.errors import ConfigurationError
from kubex.transport import Backend
from transport.servers import SECONDS, Peer, Serve, Server, proxy

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Make the authority of the provider."""
    return trustme.CA()


@pytest.fixture
def provider(serve: Serve) -> Provider:
    """Start a provider without TLS."""
    return Provider(serve)


@pytest.fixture
def secure_provider(serve: Serve, authority: trustme.CA) -> Provider:
    """Start a provider with TLS."""
    return Provider(serve, tls=server_context(authority, "127.0.0.1"))


Ask: TypeAlias = Callable[..., Credentials]


@pytest.fixture
def ask(backend: Backend) -> Ask:
    """Make the credentials of a provider, which fetch by the backend of the pair."""

    def made(provider: Provider, *, timeout: float = SECONDS, trust_env: bool = False, **fields: Any) -> Credentials:
        fetch = BackendFetch(backend, ClientOptions(trust_env=trust_env))
        return OpenIDConnectCredentials(provider.settings(**fields), fetch=fetch, timeout=timeout)

    return made


def bearer(token: str) -> Authentication:
    return Authentication(headers=(("Authorization", f"Bearer {token}"),))


def body(text: bytes | str, status: str = "200 OK", headers: str = "") -> Answer:
    """Answer with that."""
    return lambda peer: peer.answer(text.encode() if isinstance(text, str) else text, status=status, headers=headers)


def half(peer: Peer) -> None:
    """Answer with less than was announced."""
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")


def reset(peer: Peer) -> None:
    """Break the connection."""
    peer.reset()
    hang_up(peer)


ANSWERS: dict[str, tuple[Answer, str]] = {
    "error": (body("<h1>Oops</h1>", "500 Internal Server Error"), "answered 500"),
    "redirect": (body("", "302 Found", "Location: /elsewhere\r\n"), "answered 302, a redirect, which is not followed"),
    "html": (body("<h1>Log in</h1>"), "answered 200 with something that is no JSON object"),
    "list": (body("[]"), "answered 200 with something that is no JSON object"),
    "nested": (body("[" * 100_000), "answered 200 with something that is no JSON object"),
    "long": (body(b" " * (MAX_BODY_SIZE + 1)), "the response is longer than 1048576 bytes"),
    "half": (half, ""),
    "nothing": (hang_up, ""),
}


@pytest.mark.parametrize("place", ["discovery", "answer"])
@pytest.mark.parametrize(("answer", "problem"), ANSWERS.values(), ids=ANSWERS)
async def test_answers_that_are_of_no_use_are_errors_that_name_the_provider(
    ask: Ask, provider: Provider, place: str, answer: Answer, problem: str
) -> None:
    def then_leave(peer: Peer) -> None:
        answer(peer)
        raise ConnectionError("enough was said")

    setattr(provider, place, then_leave)
    with pytest.raises(ConfigurationError) as caught:
        await ask(provider).authenticate()
    assert str(caught.value).startswith(f"OpenID Connect provider {provider.url}: ")
    assert problem in str(caught.value)
    assert (provider.url + "/") in caught.value.problem  # the very request
    assert len(provider.server.seen) == (1 if place == "discovery" else 2)


async def test_a_provider_that_is_down_is_an_error_with_its_cause(ask: Ask, provider: Provider) -> None:
    with Server() as gone:
        provider.url = f"{gone.url}/realm"
    with pytest.raises(
        ConfigurationError, match=f"OpenID Connect provider {provider.url}: GET {provider.url}/.well-kn"
    ):
        await ask(provider).authenticate()


@pytest.mark.parametrize("place", ["discovery", "answer"])
async def test_a_provider_that_is_slow_is_given_up(ask: Ask, provider: Provider, place: str) -> None:
    setattr(provider, place, Peer.wait_until_closed)
    with pytest.raises(ConfigurationError, match="no answer within 1 s"):
        await ask(provider, timeout=1).authenticate()
    assert await anyio.to_thread.run_sync(provider.server.closed.wait, SECONDS)


async def test_callers_that_wait_together_share_the_failure(ask: Ask, provider: Provider) -> None:
    provider.answer = partial(refuse, error="temporarily_unavailable", status="503 Service Unavailable")
    credentials = ask(provider)
    failures: list[str] = []

    async def call() -> None:
        with pytest.raises(ConfigurationError) as caught:
            await credentials.authenticate()
        failures.append(str(caught.value))

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(call)
    assert len(failures) == 20
    assert all("answered 503: temporarily_unavailable" in failure for failure in failures)
    assert len(provider.refreshes) == 1
    provider.answer = None
    assert await credentials.authenticate() == bearer(provider.token(1))  # a failure is not for ever


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"issuer": "https://evil.example.com"}, "is the configuration of another issuer, 'https://evil.example.com'"),
        ({"issuer": None}, "is the configuration of another issuer, None"),
        ({"token_endpoint": None}, "names no token_endpoint that begins with https://, but None"),
        ({"token_endpoint": "http://id.example.com/token"}, "names no token_endpoint"),
        ({"token_endpoint": "/token"}, "names no token_endpoint"),
        ({"token_endpoint": "https://user:password@id.example.com/token"}, "names no token_endpoint"),
        ({"token_endpoint": "https://id.example.com:port/token"}, "names no token_endpoint"),
        ({"token_endpoint": "https://id.example.com/token\r\nHost: evil"}, "names no token_endpoint"),
    ],
)
async def test_a_configuration_that_leads_elsewhere_is_refused(
    ask: Ask, provider: Provider, fields: dict[str, Any], problem: str
) -> None:
    provider.discovery = body(provider.configuration(**fields))
    with pytest.raises(ConfigurationError) as caught:
        await ask(provider).authenticate()
    assert problem in str(caught.value)
    assert provider.refreshes == []


async def test_a_slash_at_the_end_of_the_issuer_makes_no_difference(ask: Ask, provider: Provider) -> None:
    assert await ask(provider, issuer_url=f"{provider.url}/").authenticate() == bearer(provider.token(1))
    provider.discovery = body(provider.configuration(issuer=f"{provider.url}/"))
    assert await ask(provider).authenticate() == bearer(provider.token(2))


async def test_an_answer_without_an_id_token_is_an_error_that_keeps_the_new_refresh_token(
    ask: Ask, provider: Provider
) -> None:
    provider.rotates = True
    provider.answer = lambda peer: peer.answer(provider.grant(id_token=None))
    credentials = ask(provider)
    with pytest.raises(ConfigurationError, match="holds no id_token; log in with the scopes openid and"):
        await credentials.authenticate()
    provider.answer = None
    assert await credentials.authenticate() == bearer(provider.token(2))
    assert b"refresh-1&" in provider.refreshes[-1].body


async def test_a_refresh_token_that_utf_8_cannot_encode_is_an_error(ask: Ask, provider: Provider) -> None:
    provider.answer = lambda peer: peer.answer(provider.grant(refresh_token="new\ud800"))
    credentials = ask(provider)
    with pytest.raises(ConfigurationError, match="the refresh_token in the answer to the refresh contains half"):
        await credentials.authenticate()
    provider.answer = None
    assert await credentials.authenticate() == bearer(provider.token(2)), "the last good one is still used"


@pytest.mark.parametrize("token", ["opaque", "a.b.c", "a.b.c.d.e", jwt(exp="soon"), jwt(sub="jane"), jwt(exp=1) + "\n"])
async def test_an_id_token_that_is_none_is_an_error(ask: Ask, provider: Provider, token: str) -> None:
    provider.answer = lambda peer: peer.answer(provider.grant(id_token=token))
    with pytest.raises(ConfigurationError, match="is not a signed JWT with an expiry"):
        await ask(provider).authenticate()


async def test_a_new_id_token_is_used_for_a_while_whatever_this_machines_clock_says(
    ask: Ask, provider: Provider
) -> None:
    token = provider.token(1, -600)
    provider.answer = lambda peer: peer.answer(provider.grant(id_token=token))
    credentials = ask(provider)
    assert [await credentials.authenticate() for _ in range(3)] == [bearer(token)] * 3
    assert len(provider.refreshes) == 1


@pytest.mark.covers("pitfall-34")
@pytest.mark.parametrize("by_file", [False, True])
async def test_a_providers_own_authority_is_trusted(
    ask: Ask, secure_provider: Provider, authority: trustme.CA, tmp_path: Path, by_file: bool
) -> None:
    path = tmp_path / "ca.pem"
    credentials = ask(secure_provider, **{"ca_file": path} if by_file else {"ca_data": pem(authority)})
    path.write_text(pem(authority))  # it is read when it is needed
    assert await credentials.authenticate() == bearer(secure_provider.token(1))


@pytest.mark.parametrize("trusted", [None, "other"])
async def test_an_untrusted_provider_receives_no_request(
    ask: Ask, secure_provider: Provider, trusted: str | None
) -> None:
    ca_data = None if trusted is None else pem(trustme.CA())
    with pytest.raises(ConfigurationError, match="the server's certificate was rejected") as caught:
        await ask(secure_provider, ca_data=ca_data).authenticate()
    assert secure_provider.url in str(caught.value)
    assert "pass the CA certificate as" in str(caught.value)
    assert secure_provider.server.seen == []


async def test_an_authority_that_cannot_be_read_is_an_error_that_names_it(
    ask: Ask, secure_provider: Provider, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=r"ca\.pem, ca_file: cannot be read"):
        await ask(secure_provider, ca_file=tmp_path / "ca.pem").authenticate()
    (tmp_path / "ca.pem").write_text("nothing of use")
    with pytest.raises(ConfigurationError, match=r"ca\.pem, ca_file: holds no certificate"):
        await ask(secure_provider, ca_file=tmp_path / "ca.pem").authenticate()
    with pytest.raises(ConfigurationError, match="ca_data: holds no certificate"):
        await ask(secure_provider, ca_data="nothing of use").authenticate()


async def test_an_https_issuer_cannot_send_tokens_over_http(
    ask: Ask, secure_provider: Provider, provider: Provider, authority: trustme.CA
) -> None:
    secure_provider.discovery = body(secure_provider.configuration(token_endpoint=f"{provider.url}/token"))
    with pytest.raises(ConfigurationError, match="names no token_endpoint that begins with https://"):
        await ask(secure_provider, ca_data=pem(authority)).authenticate()
    assert provider.server.connections == 0


@pytest.mark.covers("pitfall-26")
@pytest.mark.parametrize("trust_env", [True, False])
async def test_a_proxy_of_the_environment_is_used_where_the_environment_is_trusted(
    ask: Ask, serve: Serve, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, trust_env: bool
) -> None:
    between = serve(proxy)
    monkeypatch.setenv("HTTPS_PROXY", between.url)
    provider = Provider(serve, tls=server_context(authority, "id.test.invalid"), host="id.test.invalid")
    credentials = ask(provider, trust_env=trust_env, ca_data=pem(authority))
    if trust_env:
        assert await credentials.authenticate() == bearer(provider.token(1))
    else:
        with pytest.raises(ConfigurationError, match="OpenID Connect provider"):
            await credentials.authenticate()
    assert [seen.method for seen in between.seen] == ["CONNECT", "CONNECT"][: 2 * trust_env]


def leak(_: OpenIDTokens) -> None:
    raise OSError("cannot write")


@pytest.mark.parametrize("way", ["client_secret_basic", "client_secret_post"])
@pytest.mark.parametrize(
    "answer",
    [
        None,
        body("<h1>Oops</h1>", "500 Internal Server Error"),
        body(b'{"id_token": "marked-secret-broken"}'),
        body(b'{"id_token": null, "refresh_token": "marked-secret-new"}'),
        body(b'{"id_token": "marked-secret-'),
        reset,
    ],
)
async def test_secrets_show_nowhere(
    connect: Callable[..., Client],
    provider: Provider,
    caplog: pytest.LogCaptureFixture,
    serve: Serve,
    way: str,
    answer: Answer | None,
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.secret, provider.tells, provider.accepts = SECRET, [way], [way]
    provider.answer = answer
    settings = provider.settings(id_token=jwt(exp=1, sub="marked-secret"), save=leak)
    api_server = serve()
    shown: list[str] = []
    async with connect(api_server, configuration={"oidc": settings}) as client:
        try:
            await client.request("GET", "/")
        except ConfigurationError as error:
            shown += [str(error), repr(error), *traceback.format_exception(error)]
        shown += [repr(client), repr(client.configuration), str(settings), *vars(client).keys()]
    shown += [record.getMessage() for record in caplog.records] + [caplog.text]
    assert (len(api_server.seen) == 1) is (answer is None)
    assert shown
    secrets = ["marked-secret", "marked%2Dsecret", settings.id_token or "", provider.token(1)]
    assert [text for text in shown if any(secret in text for secret in secrets)] == []


@pytest.mark.parametrize("secret", ["marked secret/1", "marked-secret-refresh-0"])
async def test_secrets_that_a_provider_repeats_are_struck_out(ask: Ask, provider: Provider, secret: str) -> None:
    description = f"wrong: {secret}\n{secret.replace(' ', '+').replace('/', '%2F')} " + "x" * 1000
    provider.answer = partial(refuse, error="invalid_grant", description=description)
    with pytest.raises(
        ConfigurationError, match=r"invalid_grant: wrong: \*\*\* \*\*\* x+\.\.\.; the refresh"
    ) as caught:
        await ask(provider, client_secret=secret, refresh_token=provider.refresh_token).authenticate()
    assert len(str(caught.value)) < 600
