"""Tests of failing OpenID Connect providers: unreachable, slow, malformed or untrusted, and secrets in errors."""

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

from client.oidc_provider import SECRET, Provider, ProviderScript, jwt, pem, send_oauth_error, server_context
from client.scripted_server import close_without_response
from kubex.client import Client, ClientOptions
from kubex.client._fetch import MAX_BODY_SIZE, BackendFetch
from kubex.configuration import OpenIDTokens
from kubex.credentials import Authentication, Credentials, OpenIDConnectCredentials
from kubex.errors import ConfigurationError
from kubex.transport import Backend
from kubex_testing.compliance.servers import (
    WAIT_TIMEOUT,
    Server,
    ServerConnection,
    StartServer,
    http_proxy,
    wait_for_event,
)

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    """Create the CA of the provider."""
    return trustme.CA()


@pytest.fixture
def provider(start_server: StartServer) -> Provider:
    """Start a provider without TLS."""
    return Provider(start_server)


@pytest.fixture
def secure_provider(start_server: StartServer, ca: trustme.CA) -> Provider:
    """Start a provider with TLS."""
    return Provider(start_server, tls=server_context(ca, "127.0.0.1"))


CreateCredentials: TypeAlias = Callable[..., Credentials]


@pytest.fixture
def create_credentials(backend: Backend) -> CreateCredentials:
    """Return a function that creates the credentials of a provider, with requests by the backend of the pair."""

    def create(
        provider: Provider, *, timeout: float = WAIT_TIMEOUT, trust_env: bool = False, **fields: Any
    ) -> Credentials:
        fetch = BackendFetch(backend, ClientOptions(trust_env=trust_env))
        return OpenIDConnectCredentials(provider.settings(**fields), fetch=fetch, timeout=timeout)

    return create


def bearer(token: str) -> Authentication:
    return Authentication(headers=(("Authorization", f"Bearer {token}"),))


def body(text: bytes | str, status: str = "200 OK", headers: str = "") -> ProviderScript:
    """Return a script that responds with this body."""
    return lambda connection: connection.respond(
        text.encode() if isinstance(text, str) else text, status=status, headers=headers
    )


def truncated(connection: ServerConnection) -> None:
    """Send less than Content-Length."""
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")


def reset(connection: ServerConnection) -> None:
    """Reset the connection."""
    connection.reset_on_close()
    close_without_response(connection)


BAD_RESPONSES: dict[str, tuple[ProviderScript, str]] = {
    "error": (body("<h1>Oops</h1>", "500 Internal Server Error"), "returned 500"),
    "redirect": (body("", "302 Found", "Location: /elsewhere\r\n"), "returned 302, and redirects are not followed"),
    "html": (body("<h1>Log in</h1>"), "returned 200 with a body that is not a JSON object"),
    "list": (body("[]"), "returned 200 with a body that is not a JSON object"),
    "nested": (body("[" * 100_000), "returned 200 with a body that is not a JSON object"),
    "long": (body(b" " * (MAX_BODY_SIZE + 1)), "the response is longer than 1048576 bytes"),
    "truncated": (truncated, ""),
    "nothing": (close_without_response, ""),
}


@pytest.mark.parametrize("attribute", ["discovery_script", "token_script"])
@pytest.mark.parametrize(("responder", "problem"), BAD_RESPONSES.values(), ids=BAD_RESPONSES)
async def test_unusable_responses_raise_and_name_the_provider(
    create_credentials: CreateCredentials, provider: Provider, attribute: str, responder: ProviderScript, problem: str
) -> None:
    def respond_and_close(connection: ServerConnection) -> None:
        responder(connection)
        raise ConnectionError("close the connection")

    setattr(provider, attribute, respond_and_close)
    with pytest.raises(ConfigurationError) as caught:
        await create_credentials(provider).authenticate()
    assert str(caught.value).startswith(f"OpenID Connect provider {provider.url}: ")
    assert problem in str(caught.value)
    assert (provider.url + "/") in caught.value.problem  # the URL of the request
    assert len(provider.server.requests) == (1 if attribute == "discovery_script" else 2)


async def test_unreachable_provider_raises_and_names_the_request(
    create_credentials: CreateCredentials, provider: Provider
) -> None:
    with Server() as stopped_server:
        provider.url = f"{stopped_server.url}/realm"
    with pytest.raises(
        ConfigurationError, match=f"OpenID Connect provider {provider.url}: GET {provider.url}/.well-kn"
    ):
        await create_credentials(provider).authenticate()


@pytest.mark.parametrize("attribute", ["discovery_script", "token_script"])
async def test_slow_provider_raises_after_the_timeout(
    create_credentials: CreateCredentials, provider: Provider, attribute: str
) -> None:
    setattr(provider, attribute, ServerConnection.wait_until_closed)
    with pytest.raises(ConfigurationError, match="did not respond within 1 s"):
        await create_credentials(provider, timeout=1).authenticate()
    assert await wait_for_event(provider.server.connection_closed)


async def test_concurrent_callers_share_the_failure_of_a_refresh(
    create_credentials: CreateCredentials, provider: Provider
) -> None:
    provider.token_script = partial(send_oauth_error, error="temporarily_unavailable", status="503 Service Unavailable")
    credentials = create_credentials(provider)
    failures: list[str] = []

    async def call() -> None:
        with pytest.raises(ConfigurationError) as caught:
            await credentials.authenticate()
        failures.append(str(caught.value))

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(call)
    assert len(failures) == 20
    assert all("returned 503: temporarily_unavailable" in failure for failure in failures)
    assert len(provider.refresh_requests) == 1
    provider.token_script = None
    assert await credentials.authenticate() == bearer(provider.token(1))  # a later call tries again


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"issuer": "https://evil.example.com"}, "is the configuration of another issuer, 'https://evil.example.com'"),
        ({"issuer": None}, "is the configuration of another issuer, None"),
        ({"token_endpoint": None}, "must contain a token_endpoint that starts with https://, not None"),
        ({"token_endpoint": "http://id.example.com/token"}, "must contain a token_endpoint"),
        ({"token_endpoint": "/token"}, "must contain a token_endpoint"),
        ({"token_endpoint": "https://user:password@id.example.com/token"}, "must contain a token_endpoint"),
        ({"token_endpoint": "https://id.example.com:port/token"}, "must contain a token_endpoint"),
        ({"token_endpoint": "https://id.example.com/token\r\nHost: evil"}, "must contain a token_endpoint"),
    ],
)
async def test_unsafe_provider_configuration_raises(
    create_credentials: CreateCredentials, provider: Provider, fields: dict[str, Any], problem: str
) -> None:
    provider.discovery_script = body(provider.discovery_document(**fields))
    with pytest.raises(ConfigurationError) as caught:
        await create_credentials(provider).authenticate()
    assert problem in str(caught.value)
    assert provider.refresh_requests == []


async def test_trailing_slash_of_the_issuer_is_ignored(
    create_credentials: CreateCredentials, provider: Provider
) -> None:
    assert await create_credentials(provider, issuer_url=f"{provider.url}/").authenticate() == bearer(provider.token(1))
    provider.discovery_script = body(provider.discovery_document(issuer=f"{provider.url}/"))
    assert await create_credentials(provider).authenticate() == bearer(provider.token(2))


async def test_response_without_an_id_token_raises_and_its_refresh_token_is_kept(
    create_credentials: CreateCredentials, provider: Provider
) -> None:
    provider.rotates_refresh_tokens = True
    provider.token_script = lambda connection: connection.respond(provider.issue_tokens(id_token=None))
    credentials = create_credentials(provider)
    with pytest.raises(ConfigurationError, match="does not contain an id_token; log in with the scopes openid and"):
        await credentials.authenticate()
    provider.token_script = None
    assert await credentials.authenticate() == bearer(provider.token(2))
    assert b"refresh-1&" in provider.refresh_requests[-1].body


async def test_refresh_token_that_utf_8_cannot_encode_raises(
    create_credentials: CreateCredentials, provider: Provider
) -> None:
    provider.token_script = lambda connection: connection.respond(provider.issue_tokens(refresh_token="new\ud800"))
    credentials = create_credentials(provider)
    with pytest.raises(ConfigurationError, match="the refresh_token in the refresh response contains half"):
        await credentials.authenticate()
    provider.token_script = None
    assert await credentials.authenticate() == bearer(provider.token(2)), "the previous refresh token is still used"


@pytest.mark.parametrize("token", ["opaque", "a.b.c", "a.b.c.d.e", jwt(exp="soon"), jwt(sub="jane"), jwt(exp=1) + "\n"])
async def test_malformed_id_token_raises(create_credentials: CreateCredentials, provider: Provider, token: str) -> None:
    provider.token_script = lambda connection: connection.respond(provider.issue_tokens(id_token=token))
    with pytest.raises(ConfigurationError, match="is not a signed JWT with an expiry"):
        await create_credentials(provider).authenticate()


async def test_new_id_token_is_used_even_if_the_clock_of_this_machine_is_wrong(
    create_credentials: CreateCredentials, provider: Provider
) -> None:
    token = provider.token(1, -600)
    provider.token_script = lambda connection: connection.respond(provider.issue_tokens(id_token=token))
    credentials = create_credentials(provider)
    assert [await credentials.authenticate() for _ in range(3)] == [bearer(token)] * 3
    assert len(provider.refresh_requests) == 1


@pytest.mark.covers("pitfall-34")
@pytest.mark.parametrize("by_file", [False, True])
async def test_ca_of_the_provider_is_trusted(
    create_credentials: CreateCredentials, secure_provider: Provider, ca: trustme.CA, tmp_path: Path, by_file: bool
) -> None:
    path = tmp_path / "ca.pem"
    credentials = create_credentials(secure_provider, **{"ca_file": path} if by_file else {"ca_data": pem(ca)})
    path.write_text(pem(ca))  # the file is read by the first request
    assert await credentials.authenticate() == bearer(secure_provider.token(1))


@pytest.mark.parametrize("trusted", [None, "other"])
async def test_provider_with_an_untrusted_certificate_receives_no_request(
    create_credentials: CreateCredentials, secure_provider: Provider, trusted: str | None
) -> None:
    ca_data = None if trusted is None else pem(trustme.CA())
    with pytest.raises(ConfigurationError, match="the server's certificate was rejected") as caught:
        await create_credentials(secure_provider, ca_data=ca_data).authenticate()
    assert secure_provider.url in str(caught.value)
    assert "pass the CA certificate as" in str(caught.value)
    assert secure_provider.server.requests == []


async def test_unusable_ca_raises_and_is_named(
    create_credentials: CreateCredentials, secure_provider: Provider, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=r"ca\.pem, ca_file: cannot be read"):
        await create_credentials(secure_provider, ca_file=tmp_path / "ca.pem").authenticate()
    (tmp_path / "ca.pem").write_text("not a certificate")
    with pytest.raises(ConfigurationError, match=r"ca\.pem, ca_file: does not contain a PEM certificate"):
        await create_credentials(secure_provider, ca_file=tmp_path / "ca.pem").authenticate()
    with pytest.raises(ConfigurationError, match="ca_data: does not contain a PEM certificate"):
        await create_credentials(secure_provider, ca_data="not a certificate").authenticate()


async def test_https_issuer_with_an_http_token_endpoint_raises(
    create_credentials: CreateCredentials, secure_provider: Provider, provider: Provider, ca: trustme.CA
) -> None:
    secure_provider.discovery_script = body(secure_provider.discovery_document(token_endpoint=f"{provider.url}/token"))
    with pytest.raises(ConfigurationError, match="must contain a token_endpoint that starts with https://"):
        await create_credentials(secure_provider, ca_data=pem(ca)).authenticate()
    assert provider.server.connections == 0


@pytest.mark.covers("pitfall-26")
@pytest.mark.parametrize("trust_env", [True, False])
async def test_proxy_of_the_environment_is_used_with_trust_env(
    create_credentials: CreateCredentials,
    start_server: StartServer,
    ca: trustme.CA,
    monkeypatch: pytest.MonkeyPatch,
    trust_env: bool,
) -> None:
    proxy_server = start_server(http_proxy)
    monkeypatch.setenv("HTTPS_PROXY", proxy_server.url)
    provider = Provider(start_server, tls=server_context(ca, "id.test.invalid"), host="id.test.invalid")
    credentials = create_credentials(provider, trust_env=trust_env, ca_data=pem(ca))
    if trust_env:
        assert await credentials.authenticate() == bearer(provider.token(1))
    else:
        with pytest.raises(ConfigurationError, match="OpenID Connect provider"):
            await credentials.authenticate()
    assert [request.method for request in proxy_server.requests] == ["CONNECT", "CONNECT"][: 2 * trust_env]


def fail_to_save(_: OpenIDTokens) -> None:
    raise OSError("cannot write")


@pytest.mark.parametrize("auth_method", ["client_secret_basic", "client_secret_post"])
@pytest.mark.parametrize(
    "responder",
    [
        None,
        body("<h1>Oops</h1>", "500 Internal Server Error"),
        body(b'{"id_token": "marked-secret-broken"}'),
        body(b'{"id_token": null, "refresh_token": "marked-secret-new"}'),
        body(b'{"id_token": "marked-secret-'),
        reset,
    ],
)
async def test_secrets_are_not_shown(
    make_client: Callable[..., Client],
    provider: Provider,
    caplog: pytest.LogCaptureFixture,
    start_server: StartServer,
    auth_method: str,
    responder: ProviderScript | None,
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.secret, provider.auth_methods, provider.accepted_auth_methods = SECRET, [auth_method], [auth_method]
    provider.token_script = responder
    settings = provider.settings(id_token=jwt(exp=1, sub="marked-secret"), save=fail_to_save)
    api_server = start_server()
    shown: list[str] = []
    async with make_client(api_server, configuration={"oidc": settings}) as client:
        try:
            await client.request("GET", "/")
        except ConfigurationError as error:
            shown += [str(error), repr(error), *traceback.format_exception(error)]
        shown += [repr(client), repr(client.configuration), str(settings), *vars(client).keys()]
    shown += [record.getMessage() for record in caplog.records] + [caplog.text]
    assert (len(api_server.requests) == 1) is (responder is None)
    assert shown
    secrets = ["marked-secret", "marked%2Dsecret", settings.id_token or "", provider.token(1)]
    assert [text for text in shown if any(secret in text for secret in secrets)] == []


@pytest.mark.parametrize("secret", ["marked secret/1", "marked-secret-refresh-0"])
async def test_secrets_in_the_error_of_a_provider_are_redacted(
    create_credentials: CreateCredentials, provider: Provider, secret: str
) -> None:
    description = f"wrong: {secret}\n{secret.replace(' ', '+').replace('/', '%2F')} " + "x" * 1000
    provider.token_script = partial(send_oauth_error, error="invalid_grant", description=description)
    with pytest.raises(
        ConfigurationError, match=r"invalid_grant: wrong: \*\*\* \*\*\* x+\.\.\.; the refresh"
    ) as caught:
        await create_credentials(provider, client_secret=secret, refresh_token=provider.refresh_token).authenticate()
    assert len(str(caught.value)) < 600
