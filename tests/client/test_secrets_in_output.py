"""A marked secret is put into every public object and every error of configuration, and looked for in all output."""

import base64
import dataclasses
import importlib
import inspect
import logging
import pkgutil
import pprint
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import kubex
import kubex_aiohttp
import kubex_httpx
from client.conftest import MakeClient
from client.oidc_provider import Provider
from client.scripted_server import Responder, ResponseSequence, respond_error, respond_with
from kubex.api import Api
from kubex.client import Client, ClientOptions
from kubex.configuration import (
    ClientConfiguration,
    ExecPlugin,
    OpenIDConnect,
    configure_from_kubeconfig,
    credentials_for,
)
from kubex.errors import ConfigurationError, KubexError, TransportError
from kubex.models import Model
from kubex.transport import Headers
from kubex_httpx import HttpxClient
from kubex_k8s.v1_37.core.v1 import ConfigMap
from transport.socket_server import ServerConnection, StartServer

MARK = "marked-secret-value"
ENCODED = base64.b64encode(f"{MARK[:12]}".encode()).decode()
URL = "https://127.0.0.1:1"


def exported() -> dict[str, type]:
    """Find every public class that is neither an exception nor a model, which are data of the cluster."""
    found: dict[str, type] = {}
    for root in (kubex, kubex_aiohttp, kubex_httpx):
        names = [root.__name__, *(each.name for each in pkgutil.walk_packages(root.__path__, f"{root.__name__}."))]
        for name in names:
            if any(part.startswith("_") for part in name.split(".")) or name.startswith("kubex.models"):
                continue
            module = importlib.import_module(name)
            for public in getattr(module, "__all__", ()):
                value = getattr(module, public)
                if inspect.isclass(value) and not issubclass(value, BaseException):
                    found[value.__qualname__] = value
    return found


EXPORTED = exported()
DATACLASSES = sorted(name for name, kind in EXPORTED.items() if dataclasses.is_dataclass(kind))


def shown(value: object) -> str:
    """Return all that a program may print of an object without asking for its fields."""
    record = logging.LogRecord("kubex", logging.DEBUG, __file__, 1, "%s %r", (value, value), None)
    texts = [repr(value), str(value), f"{value}", f"{value!a}", pprint.pformat(value), record.getMessage()]
    try:
        raise ValueError(value)
    except ValueError as error:
        return "\n".join([*texts, *traceback.format_exception_only(error)])


def filled(kind: type) -> Any:
    """Make an object with the secret in every field that hides its value, past all validation."""
    made: Any = object.__new__(kind)
    for each in dataclasses.fields(kind):
        object.__setattr__(made, each.name, "shown" if each.repr else MARK)
    return made


@pytest.mark.parametrize("name", DATACLASSES)
def test_fields_without_repr_are_hidden_in_all_output(name: str) -> None:
    assert MARK not in shown(filled(EXPORTED[name]))


SUSPICIOUS = re.compile(r"(^|_)(token|password|secret|key|authorization|cookies?|headers|env|args|body|data|pem)$")

# Sound so and are not: a flag, and headers that show their names alone.
HARMLESS_FIELDS = {("ClientOptions", "trust_env"), ("Response", "headers")}


@pytest.mark.parametrize("name", DATACLASSES)
def test_fields_with_secret_names_are_not_in_the_repr(name: str) -> None:
    fields = dataclasses.fields(EXPORTED[name])
    suspicious = {(name, each.name) for each in fields if each.repr and SUSPICIOUS.search(each.name)}
    assert suspicious <= HARMLESS_FIELDS


def settings_with_secrets() -> tuple[ClientConfiguration, ClientOptions]:
    configuration = ClientConfiguration(url=URL, token=MARK, proxy_url=f"http://u:{MARK}@127.0.0.1:9")
    return configuration, ClientOptions(proxy=f"http://u:{MARK}@127.0.0.1:9")


def client_with_secrets() -> Client:
    return Client(*settings_with_secrets(), backend=kubex_httpx.BACKEND)


# Public classes that say themselves how they show; all others show as `<kubex... object at 0x...>` or are dataclasses.
SAMPLES: dict[str, Callable[[], object]] = {
    "Api": lambda: Api(ConfigMap, client_with_secrets()),
    "Client": client_with_secrets,
    "AioHttpClient": lambda: kubex_aiohttp.AioHttpClient(*settings_with_secrets()),
    "HttpxClient": lambda: HttpxClient(*settings_with_secrets()),
    "Headers": lambda: Headers([("Set-Cookie", MARK)]),
}
# Enumerations, whose members are all there is.
HARMLESS = {"ClientChoise", "EventType", "FieldValidation", "Phase", "PropagationPolicy", "ResourceVersionMatch"}


def test_each_class_with_a_custom_repr_has_a_sample() -> None:
    own = {
        name
        for name, kind in EXPORTED.items()
        if not dataclasses.is_dataclass(kind)
        and not issubclass(kind, Model)  # tests/models tests how models are shown
        and any(
            getattr(kind, method) is not getattr(object, method) for method in ("__repr__", "__str__", "__format__")
        )
    }
    assert own == set(SAMPLES) | HARMLESS


@pytest.mark.parametrize("name", SAMPLES)
def test_custom_repr_contains_no_secret(name: str) -> None:
    assert MARK not in shown(SAMPLES[name]())


SETTINGS: dict[type, dict[str, Any]] = {
    ClientConfiguration: {"url": URL},
    OpenIDConnect: {"issuer_url": "https://id.example.com", "client_id": "kubex", "id_token": "t"},
    ExecPlugin: {"command": "login"},
    ClientOptions: {},
}
BAD: list[Any] = [
    f"{MARK}\n",
    f" {MARK} x",
    f"{MARK}\x00",
    f"{MARK}ü",
    f"{MARK}\ud800",
    f"http://u:{MARK}@h:port",
    f"http://u:{MARK}/x@h:1",
    f"http://u:1#{MARK}@h:1",
    f"http://u:1?{MARK}@h:1",
    f"http://u:{MARK}\ud800@h:1",
    f"http://{MARK}@h:1",
    f"ftp://u:{MARK}@h",
    f"u:{MARK}@h:1",
    f"https://h/?token={MARK}",
    f"ftp://h/#{MARK}",
    f"https:///?token={MARK}",
    MARK.encode(),
    [MARK],
    (MARK, 1),
    {MARK: MARK},
    {"k": MARK, "l": 1},
    {"https": f"u:{MARK}@h"},
]
FIELDS = [
    pytest.param(kind, each.name, id=f"{kind.__name__}.{each.name}")
    for kind in SETTINGS
    for each in dataclasses.fields(kind)
    if not each.repr or each.name in ("url", "issuer_url")
]


def chained(error: BaseException | None) -> Iterator[BaseException]:
    """Find the exceptions behind one, also those that are not printed: a debugger or a reporter shows them, too."""
    if error is not None:
        yield error
        for behind in {id(each): each for each in (error.__cause__, error.__context__) if each is not None}.values():
            yield from chained(behind)


def said(error: BaseException) -> str:
    """Return all that is printed of an exception; lines that name a file may name one of these tests."""
    lines = [f"{each}\n{each!r}\n{each.args!r}\n" for each in chained(error)]
    return re.sub(r'File ".*', "", "".join([*lines, *traceback.format_exception(error)]))


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_errors_for_invalid_settings_contain_no_secret(kind: type, field: str) -> None:
    for bad in BAD:
        if field in ("url", "issuer_url") and not re.search("u:|[?#]", str(bad)):
            continue
        try:
            output = shown(kind(**{**SETTINGS[kind], field: bad}))
        except ConfigurationError as error:
            output = said(error)
        assert MARK not in output, bad


SERVERS = (URL, f"u:{MARK}@h:1", f"https://u:{MARK}@h:1", f"h:1/?token={MARK}", f"https://h:1/?token={MARK}")


def kubeconfigs() -> list[Any]:
    secret = ["token", "password", "client-certificate-data", "client-key-data"]
    users: list[Any] = [{name: bad} for name in secret for bad in (f"{MARK}\n", f"{MARK} ü", [MARK], {MARK: 1})]
    users += [{"exec": {"command": "c", "args": bad, "env": bad}} for bad in (MARK, [MARK], [{MARK: MARK}])]
    oidc = dict.fromkeys(("client-secret", "id-token", "refresh-token"), MARK)
    users += [{"auth-provider": {"name": "oidc", "config": oidc}}, {"auth-provider": {"name": "gcp", "config": oidc}}]
    users += [{"token": MARK, "username": "u"}, {"password": MARK}, {"username": MARK[::-1], "password": [MARK]}, MARK]
    return users


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize(
    ("user", "server"),
    [*((user, URL) for user in kubeconfigs()), *(({"token": MARK}, url) for url in SERVERS)],
    ids=str,
)
async def test_errors_for_malformed_kubeconfigs_contain_no_secret(tmp_path: Path, user: Any, server: str) -> None:
    document = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": server, "proxy-url": f"http://u:{MARK}@h:1"}}],
        "users": [{"name": "u", "user": user}],
    }
    text = yaml.safe_dump(document)
    for broken in (text, f"{text}\nusers: [{{token: {MARK}", f'{text}\nx: "{MARK}', f"{text}\n{MARK}: *{MARK}"):
        (tmp_path / "config").write_text(broken)
        try:
            output = shown(await configure_from_kubeconfig(tmp_path / "config"))
        except ConfigurationError as error:
            output = said(error)
        assert MARK not in output


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("content", [f"{MARK} {MARK}", f"-----BEGIN PRIVATE KEY-----\n{MARK}\n", f"{MARK}\udcff"])
async def test_errors_for_invalid_files_contain_no_secret(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = tmp_path / "file"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    for fields in (
        {"token_file": path},
        {"client_cert_file": path, "client_key_file": path},
        {"client_cert_data": MARK, "client_key_file": path},
    ):
        with pytest.raises(ConfigurationError) as caught:
            await credentials_for(ClientConfiguration(url=URL, **fields)).authenticate()
        assert MARK not in said(caught.value)
    assert MARK not in caplog.text


def echo_messages(connection: ServerConnection) -> None:
    """Answer with an error that repeats the request, as badly written servers do."""
    assert connection.last_request is not None
    authorization = connection.last_request.header("authorization") or ""
    connection.respond(connection.last_request.body + authorization.encode(), status="400 Bad Request")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "responder",
    [respond_error("401 Unauthorized"), respond_error("400 Bad Request"), respond_with(b"{}"), echo_messages],
)
async def test_errors_of_an_oidc_provider_contain_no_secret(
    make_client: MakeClient, start_server: StartServer, caplog: pytest.LogCaptureFixture, responder: Responder
) -> None:
    caplog.set_level(logging.DEBUG, "kubex")
    provider = Provider(start_server)
    provider.token_script = responder
    oidc = provider.settings(client_secret=MARK, refresh_token=f"refresh-{MARK}")
    async with make_client(start_server(ResponseSequence(respond_with())), configuration={"oidc": oidc}) as client:
        with pytest.raises(ConfigurationError) as caught:
            await client.request("GET", "/")
    assert MARK not in said(caught.value)
    assert MARK not in caplog.text
    assert MARK not in shown(client)


@pytest.mark.anyio
@pytest.mark.parametrize("code", ["print('token')", "raise SystemExit(3)", "import os, sys; os.write(1, b'{}')"])
async def test_errors_of_a_plugin_contain_no_secret(
    make_client: MakeClient, start_server: StartServer, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    caplog.set_level(logging.DEBUG, "kubex")
    plugin = ExecPlugin(command=sys.executable, args=("-c", code, MARK), env={"SECRET": MARK})
    async with make_client(start_server(ResponseSequence(respond_with())), configuration={"exec": plugin}) as client:
        with pytest.raises(ConfigurationError) as caught:
            await client.request("GET", "/")
        assert MARK not in said(caught.value) + shown(client) + shown(client.configuration)
    assert MARK not in caplog.text


@pytest.mark.anyio
@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "502 Bad Gateway"])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_errors_of_a_proxy_contain_no_secret(
    make_client: MakeClient, start_server: StartServer, caplog: pytest.LogCaptureFixture, status: str, scheme: str
) -> None:
    caplog.set_level(logging.DEBUG, "kubex")
    proxy = start_server(ResponseSequence(respond_error(status)))
    address = f"http://user:{MARK}@{proxy.netloc}"
    configuration = {"proxy_url": address, "token": f"token-{MARK}"}
    async with make_client(f"{scheme}://127.0.0.1:1", configuration=configuration, retry=None) as client:
        with pytest.raises(KubexError) as caught:
            await client.request("POST", "/x", json={"secret": MARK}, query={"q": MARK})
    assert len(proxy.requests) == 1
    assert MARK not in said(caught.value)
    assert ENCODED not in said(caught.value)
    assert MARK not in caplog.text


@pytest.mark.anyio
@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 banana\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        b"",
    ],
    ids=["status", "length", "long", "short", "nothing"],
)
async def test_errors_for_malformed_responses_contain_no_secret(
    make_client: MakeClient, start_server: StartServer, caplog: pytest.LogCaptureFixture, sent: bytes, streamed: bool
) -> None:
    def garble(connection: ServerConnection) -> None:
        connection.send(sent)
        raise ConnectionError("as the script says")

    caplog.set_level(logging.DEBUG, "kubex")
    async with make_client(start_server(ResponseSequence(garble)), configuration={"token": MARK}, retry=None) as client:

        async def call() -> None:
            if not streamed:
                await client.request("GET", "/", headers={"X-Secret": MARK})
                return
            async with client.stream("GET", "/", headers={"X-Secret": MARK}) as stream:
                while await stream.receive():
                    pass

        with pytest.raises(TransportError) as caught:
            await call()
    assert MARK not in said(caught.value)
    assert MARK not in caplog.text
