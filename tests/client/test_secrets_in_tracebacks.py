"""Tracebacks with local variables, as rich and error reporters render them, contain no credentials."""

import base64
import ssl
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
import trustme
import yaml

from client.conftest import MakeClient
from client.oidc_provider import SECRET, Provider
from client.scripted_server import (
    Responder,
    ResponseSequence,
    close_without_response,
    respond_error,
    respond_never,
    respond_stream,
    respond_with,
)
from kubex.api import Api
from kubex.client import Client, ClientOptions
from kubex.configuration import ClientConfiguration, ExecPlugin, OpenIDConnect, configure_from_kubeconfig
from kubex.credentials import Authentication, StaticCredentials
from kubex.errors import ConfigurationError, KubexError, ServerCertificateError
from kubex.models import ObjectMeta
from kubex.patch import ApplyPatch
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing.compliance.servers import ServerConnection, StartServer, http_proxy

pytestmark = pytest.mark.anyio

SECRET_TEXT = "marked-secret-value"
PASSWORD = "marked-secret-password"
SECRETS = (
    SECRET_TEXT,
    PASSWORD,
    *(base64.b64encode(f"user:{secret}".encode()).decode() for secret in (SECRET_TEXT, PASSWORD)),
    SECRET,
    "marked-secret-refresh",
)
TESTS = str(Path(__file__).parents[1])


def chained(error: BaseException | None, seen: set[int]) -> Iterator[BaseException]:
    """Yield the exception and all its causes and contexts. Error reporters also show suppressed ones."""
    if error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        for cause in (error.__cause__, error.__context__, *getattr(error, "exceptions", ())):
            yield from chained(cause, seen)


def rendered(error: BaseException) -> str:
    """Render an exception with the local variables of all frames, except frames of the tests."""
    lines: list[str] = []
    for each in chained(error, set()):
        lines += traceback.format_exception_only(each)
        frames = traceback.walk_tb(each.__traceback__)
        for frame in traceback.StackSummary.extract(frames, capture_locals=True):
            if not frame.filename.startswith(TESTS):
                values = [f"    {name} = {value}" for name, value in (frame.locals or {}).items()]
                lines += [f"  {frame.filename}:{frame.lineno} {frame.name}", *values]
    return "\n".join(lines)


def leaks(error: BaseException) -> list[str]:
    """Return the rendered lines that contain a secret."""
    text = rendered(error)
    assert "/kubex/" in text, "the frames of Kubex must be rendered"
    return [line for line in text.splitlines() if any(secret in line for secret in SECRETS)]


def send_half_body(connection: ServerConnection) -> None:
    """Send a part of the body, then close the connection."""
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    raise ConnectionError("the server closes the connection")


def send_garbage(connection: ServerConnection) -> None:
    connection.send(b"\x15\x03\x03 banana\r\n\r\n")
    raise ConnectionError("the server closes the connection")


async def list_objects(client: Client) -> None:
    await Api(ConfigMap, client).list()


async def create_object(client: Client) -> None:
    await Api(ConfigMap, client).create(ConfigMap(metadata=ObjectMeta(name="c")))


async def watch_objects(client: Client) -> None:
    async with Api(ConfigMap, client).watch() as events:
        async for _ in events:
            pass


CALLS: list[Callable[[Client], Any]] = [list_objects, create_object, watch_objects]
RESPONDERS: dict[str, Responder] = {
    "closed": close_without_response,
    "half": send_half_body,
    "garbage": send_garbage,
    "no response": respond_never,
    "endless": respond_stream(b"{"),
    "unauthorized": respond_error("401 Unauthorized"),
    "forbidden": respond_error("403 Forbidden"),
    "unavailable": respond_error("503 Service Unavailable", Retry_After="0"),
    "other": respond_with(b"<html>"),
    "unknown coding": respond_with(b"x", headers=[("Content-Encoding", "br")]),
}
WITHOUT_RESPONSE = {"no response", "endless"}
CREDENTIALS: list[dict[str, Any]] = [{"token": SECRET_TEXT}, {"username": "user", "password": SECRET_TEXT}]


async def failure(call: Callable[[Client], Any], client: Client, *, limit: float = 10) -> BaseException:
    """Return the exception of a call in an `except` block, so that it has the context of another exception."""
    handled = LookupError("handled by the program")
    try:
        raise handled
    except LookupError:
        with (
            pytest.raises((KubexError, TimeoutError)) as caught,
            anyio.fail_after(limit),  # real time: some servers never respond
        ):
            await call(client)
    assert handled.__traceback__ is not None, "the traceback of the exception of the caller is not removed"
    return caught.value


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("responder", RESPONDERS)
async def test_traceback_of_failed_call_contains_no_token(
    make_client: MakeClient, start_server: StartServer, call: Callable[[Client], Any], responder: str
) -> None:
    server = start_server(ResponseSequence(RESPONDERS[responder]))
    async with make_client(server, configuration={"token": SECRET_TEXT}, retry=None) as client:
        assert leaks(await failure(call, client, limit=0.1 if responder in WITHOUT_RESPONSE else 10)) == []


@pytest.mark.parametrize("call", CALLS)
async def test_traceback_of_failed_call_contains_no_password(
    make_client: MakeClient, start_server: StartServer, call: Callable[[Client], Any]
) -> None:
    async with make_client(
        start_server(ResponseSequence(close_without_response)),
        configuration={"username": "user", "password": SECRET_TEXT},
    ) as client:
        assert leaks(await failure(call, client)) == []


@pytest.mark.parametrize("headers", [{"X-Secret": f"{SECRET_TEXT} "}, {"X-Secret": f"{SECRET_TEXT}\ud800"}])
async def test_traceback_for_invalid_header_contains_no_secret(
    make_client: MakeClient, start_server: StartServer, headers: dict[str, str]
) -> None:
    authentication = Authentication(headers=tuple(headers.items()))
    async with make_client(start_server()) as client:
        client._plain._credentials = StaticCredentials(authentication)  # pyright: ignore[reportPrivateUsage] - there is no public way
        error = await failure(list_objects, client)
    assert "the value of the header 'X-Secret' contains" in str(error)
    assert leaks(error) == []


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "responder",
    [respond_error("407 Proxy Authentication Required"), respond_error("502 No"), close_without_response, send_garbage],
)
async def test_traceback_of_proxy_error_contains_no_secret(
    make_client: MakeClient, start_server: StartServer, call: Callable[[Client], Any], scheme: str, responder: Responder
) -> None:
    address = f"http://user:{PASSWORD}@{start_server(ResponseSequence(responder)).netloc}"
    configuration = {"proxy_url": address, "token": SECRET_TEXT}
    async with make_client(f"{scheme}://127.0.0.1:1", configuration=configuration, retry=None) as client:
        assert leaks(await failure(call, client)) == []


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("route", ["direct", "proxy"])
async def test_traceback_for_untrusted_server_contains_no_secret(
    make_client: MakeClient, start_server: StartServer, call: Callable[[Client], Any], route: str
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    server = start_server(tls=tls)
    configuration = {"token": SECRET_TEXT}
    if route == "proxy":
        configuration["proxy_url"] = f"http://user:{PASSWORD}@{start_server(http_proxy).netloc}"
    async with make_client(server, configuration=configuration, retry=None) as client:
        error = await failure(call, client)
        assert isinstance(error, ServerCertificateError)
        assert leaks(error) == []


@pytest.mark.parametrize("auth_method", ["client_secret_basic", "client_secret_post"])
@pytest.mark.parametrize(
    "responder",
    [
        close_without_response,
        send_garbage,
        respond_error("400 Bad Request", b'{"error": "invalid_grant", "error_description": "marked-secret-refresh-0"}'),
        respond_with(b'{"refresh_token": "marked-secret-refresh-1"}'),
        respond_with(b'{"id_token": "marked-secret-value", "refresh_token": "marked-secret-refresh-1"}'),
        respond_with(b'{"id_token": "marked-secret-value", "refresh_token": "marked-secret-refresh-\\ud800"}'),
        respond_with(b"[marked-secret-refresh-1]"),
    ],
    ids=["closed", "garbage", "invalid grant", "missing ID token", "invalid JWT", "lone surrogate", "not JSON"],
)
async def test_traceback_of_failed_refresh_contains_no_secret(
    make_client: MakeClient, start_server: StartServer, auth_method: str, responder: Responder
) -> None:
    provider = Provider(start_server)
    provider.secret, provider.auth_methods, provider.accepted_auth_methods, provider.token_script = (
        SECRET,
        [auth_method],
        [auth_method],
        responder,
    )
    configuration = {"oidc": provider.settings()}
    async with make_client(start_server(), configuration=configuration, retry=None) as client:
        error = await failure(list_objects, client)
        assert isinstance(error, ConfigurationError)
        assert leaks(error) == []


async def test_traceback_of_failed_plugin_contains_no_token(make_client: MakeClient, start_server: StartServer) -> None:
    printed = f'{{"kind": "ExecCredential", "status": {{"token": "{SECRET_TEXT}"}}}}'
    for code in (f"print({printed!r})", f"print({printed!r}); raise SystemExit(1)"):
        plugin = ExecPlugin(command=sys.executable, args=("-c", code, SECRET_TEXT), env={"SECRET": SECRET_TEXT})
        async with make_client(start_server(), configuration={"exec": plugin}) as client:
            assert leaks(await failure(list_objects, client)) == []


async def test_traceback_for_invalid_client_certificate_contains_no_key(make_client: MakeClient) -> None:
    pem = f"-----BEGIN PRIVATE KEY-----\n{SECRET_TEXT}\n-----END PRIVATE KEY-----\n"
    async with make_client(
        "https://127.0.0.1:1", configuration={"client_cert_data": pem, "client_key_data": pem}
    ) as client:
        assert leaks(await failure(list_objects, client)) == []


@pytest.mark.parametrize(
    "user", [{"token": SECRET_TEXT, "username": "u"}, {"token": SECRET_TEXT, "as-uid": "1"}, {"token": [SECRET_TEXT]}]
)
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_traceback_for_invalid_kubeconfig_contains_no_token(tmp_path: Path, user: dict[str, Any]) -> None:
    document = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [{"name": "u", "user": user}],
    }
    for text in (yaml.safe_dump(document), yaml.safe_dump(document) + "["):
        (tmp_path / "config").write_text(text)
        with pytest.raises(ConfigurationError) as caught:
            await configure_from_kubeconfig(tmp_path / "config")
        assert leaks(caught.value) == []


@pytest.mark.parametrize(
    "create",
    [
        lambda: ClientConfiguration(url="https://server", token=SECRET_TEXT, username="user", password=PASSWORD),
        lambda: ClientConfiguration(url="https://server", proxy_url=f"http://user:{SECRET_TEXT}@proxy/path"),
        lambda: ClientConfiguration(url="https://server", client_key_data=SECRET_TEXT, client_key_file="key"),
        lambda: ClientConfiguration(url="https://server", tokens=SECRET_TEXT),  # type: ignore[call-arg]
        lambda: ClientOptions(proxy=f"http://user:{SECRET_TEXT}@proxy/path"),
        lambda: ClientOptions(proxy={"http": f"http://user:{SECRET_TEXT}@proxy/path"}),
        lambda: OpenIDConnect(
            issuer_url="no URL", client_id="kubex", client_secret=SECRET_TEXT, refresh_token=PASSWORD
        ),
        lambda: ExecPlugin(command="", api_version="v1", env={"TOKEN": SECRET_TEXT}),
        lambda: ApplyPatch([SECRET_TEXT]),  # type: ignore[arg-type]
    ],
)
def test_traceback_of_failed_constructor_contains_no_secret(create: Callable[[], object]) -> None:
    with pytest.raises((ConfigurationError, TypeError)) as caught:
        create()
    text = rendered(caught.value)
    assert [secret for secret in SECRETS if secret in text] == []
