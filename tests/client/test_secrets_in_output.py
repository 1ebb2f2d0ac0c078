"""Each public object and each configuration error receives a secret, which must not appear in any output."""

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
import kubex_httpx2
from client.conftest import MakeClient
from client.oidc_provider import Provider
from client.scripted_server import Responder, ResponseSequence, respond_error, respond_with
from kubex.api import Api, RawEvent, RawObject
from kubex.client import Attempt, Client, ClientOptions, Write
from kubex.configuration import (
    ClientConfiguration,
    ExecPlugin,
    OpenIDConnect,
    configure_from_kubeconfig,
    credentials_for,
)
from kubex.core._http import Request
from kubex.errors import ConfigurationError, KubexError, TransportError
from kubex.manifests import Document
from kubex.models import EventType, Model
from kubex.transport import Headers
from kubex_httpx import HttpxClient
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing.compliance.servers import ServerConnection, StartServer

SECRET_TEXT = "marked-secret-value"
ENCODED = base64.b64encode(f"{SECRET_TEXT[:12]}".encode()).decode()
URL = "https://127.0.0.1:1"


def find_public_classes() -> dict[str, type]:
    """Find all public classes except exceptions and models; models contain data of the cluster."""
    found: dict[str, type] = {}
    for root in (kubex, kubex_aiohttp, kubex_httpx, kubex_httpx2):
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


PUBLIC_CLASSES = find_public_classes()
DATACLASSES = sorted(name for name, kind in PUBLIC_CLASSES.items() if dataclasses.is_dataclass(kind))


def all_output(value: object) -> str:
    """Return all texts that a program may print for an object without reading its fields."""
    record = logging.LogRecord("kubex", logging.DEBUG, __file__, 1, "%s %r", (value, value), None)
    texts = [repr(value), str(value), f"{value}", f"{value!a}", pprint.pformat(value), record.getMessage()]
    try:
        raise ValueError(value)
    except ValueError as error:
        return "\n".join([*texts, *traceback.format_exception_only(error)])


# The values of hidden fields, if these cannot be text.
SECRETS: dict[type, Any] = {Document: {"kind": "Secret", "stringData": {"password": SECRET_TEXT}}}


def create_with_secrets(kind: type) -> Any:
    """Create an object without validation. Each field that is not in its repr contains the secret."""
    instance: Any = object.__new__(kind)
    for each in dataclasses.fields(kind):
        object.__setattr__(instance, each.name, "visible" if each.repr else SECRETS.get(kind, SECRET_TEXT))
    return instance


@pytest.mark.parametrize("name", DATACLASSES)
def test_fields_without_repr_are_hidden_in_all_output(name: str) -> None:
    assert SECRET_TEXT not in all_output(create_with_secrets(PUBLIC_CLASSES[name]))


SECRET_NAMES = re.compile(r"(^|_)(token|password|secret|key|authorization|cookies?|headers|env|args|body|data|pem)$")

# Fields that match but are not secret: a flag, and headers. The repr of headers contains only their names.
ALLOWED_FIELDS = {("ClientOptions", "trust_env"), ("Response", "headers")}


@pytest.mark.parametrize("name", DATACLASSES)
def test_fields_with_secret_names_are_not_in_the_repr(name: str) -> None:
    fields = dataclasses.fields(PUBLIC_CLASSES[name])
    visible_secrets = {(name, each.name) for each in fields if each.repr and SECRET_NAMES.search(each.name)}
    assert visible_secrets <= ALLOWED_FIELDS


def settings_with_secrets() -> tuple[ClientConfiguration, ClientOptions]:
    configuration = ClientConfiguration(url=URL, token=SECRET_TEXT, proxy_url=f"http://u:{SECRET_TEXT}@127.0.0.1:9")
    return configuration, ClientOptions(proxy=f"http://u:{SECRET_TEXT}@127.0.0.1:9")


def client_with_secrets() -> Client:
    return Client(*settings_with_secrets(), backend=kubex_httpx.BACKEND)


def raw_object_with_secret() -> RawObject:
    return RawObject("a", "b", "c", "1", None, f'{{"data":"{SECRET_TEXT}"}}'.encode())


def request_with_secret() -> Request:
    secret = SECRET_TEXT.encode()
    return Request(
        method="POST", path="/a", query={"command": SECRET_TEXT}, headers=(("X-Token", SECRET_TEXT),), body=secret
    )


# Public classes with a custom repr. All others are dataclasses or have the repr `<kubex... object at 0x...>`.
SAMPLES: dict[str, Callable[[], object]] = {
    "Api": lambda: Api(ConfigMap, client_with_secrets()),
    "Client": client_with_secrets,
    "AioHttpClient": lambda: kubex_aiohttp.AioHttpClient(*settings_with_secrets()),
    "HttpxClient": lambda: HttpxClient(*settings_with_secrets()),
    "Httpx2Client": lambda: kubex_httpx2.Httpx2Client(*settings_with_secrets()),
    "Headers": lambda: Headers([("Set-Cookie", SECRET_TEXT)]),
    "Attempt": lambda: Attempt(
        request_with_secret(), number=1, waited=0, streaming=False, server="http://s", backend="httpx"
    ),
    "RawObject": raw_object_with_secret,
    "Write": lambda: Write(request_with_secret()),
    "RawEvent": lambda: RawEvent(EventType.ADDED, raw_object_with_secret()),
}
# Enumerations contain only their members. The others contain only the names of fields, or the key of a label.
ENUMERATIONS = {"ClientChoise", "EventType", "FieldValidation", "Phase", "PropagationPolicy", "ResourceVersionMatch"}
WITHOUT_SECRETS = ENUMERATIONS | {"Field", "Label", "Pointer"}


def test_each_class_with_a_custom_repr_has_a_sample() -> None:
    custom = {
        name
        for name, kind in PUBLIC_CLASSES.items()
        if not dataclasses.is_dataclass(kind)
        and not issubclass(kind, Model)  # tests/models tests how models are shown
        and any(
            getattr(kind, method) is not getattr(object, method) for method in ("__repr__", "__str__", "__format__")
        )
    }
    assert custom == set(SAMPLES) | WITHOUT_SECRETS


@pytest.mark.parametrize("name", SAMPLES)
def test_custom_repr_contains_no_secret(name: str) -> None:
    sample: Any = SAMPLES[name]()
    assert SECRET_TEXT not in all_output(sample)
    if hasattr(sample, "__rich_repr__"):
        assert SECRET_TEXT not in str(list(sample.__rich_repr__()))


REQUIRED_SETTINGS: dict[type, dict[str, Any]] = {
    ClientConfiguration: {"url": URL},
    OpenIDConnect: {"issuer_url": "https://id.example.com", "client_id": "kubex", "id_token": "t"},
    ExecPlugin: {"command": "login"},
    ClientOptions: {},
}
INVALID_VALUES: list[Any] = [
    f"{SECRET_TEXT}\n",
    f" {SECRET_TEXT} x",
    f"{SECRET_TEXT}\x00",
    f"{SECRET_TEXT}ü",
    f"{SECRET_TEXT}\ud800",
    f"http://u:{SECRET_TEXT}@h:port",
    f"http://u:{SECRET_TEXT}/x@h:1",
    f"http://u:1#{SECRET_TEXT}@h:1",
    f"http://u:1?{SECRET_TEXT}@h:1",
    f"http://u:{SECRET_TEXT}\ud800@h:1",
    f"http://{SECRET_TEXT}@h:1",
    f"ftp://u:{SECRET_TEXT}@h",
    f"u:{SECRET_TEXT}@h:1",
    f"https://h/?token={SECRET_TEXT}",
    f"ftp://h/#{SECRET_TEXT}",
    f"https:///?token={SECRET_TEXT}",
    SECRET_TEXT.encode(),
    [SECRET_TEXT],
    (SECRET_TEXT, 1),
    {SECRET_TEXT: SECRET_TEXT},
    {"k": SECRET_TEXT, "l": 1},
    {"https": f"u:{SECRET_TEXT}@h"},
]
FIELDS = [
    pytest.param(kind, each.name, id=f"{kind.__name__}.{each.name}")
    for kind in REQUIRED_SETTINGS
    for each in dataclasses.fields(kind)
    if not each.repr or each.name in ("url", "issuer_url")
]


def chained(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the exception and all its causes and contexts. Debuggers and error reporters also show suppressed ones."""
    if error is not None:
        yield error
        for cause in {id(each): each for each in (error.__cause__, error.__context__) if each is not None}.values():
            yield from chained(cause)


def error_output(error: BaseException) -> str:
    """Return all texts of an exception, without the lines that contain file names."""
    lines = [f"{each}\n{each!r}\n{each.args!r}\n" for each in chained(error)]
    return re.sub(r'File ".*', "", "".join([*lines, *traceback.format_exception(error)]))


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_errors_for_invalid_settings_contain_no_secret(kind: type, field: str) -> None:
    for value in INVALID_VALUES:
        if field in ("url", "issuer_url") and not re.search("u:|[?#]", str(value)):
            continue
        try:
            output = all_output(kind(**{**REQUIRED_SETTINGS[kind], field: value}))
        except ConfigurationError as error:
            output = error_output(error)
        assert SECRET_TEXT not in output, value


SERVER_URLS = (
    URL,
    f"u:{SECRET_TEXT}@h:1",
    f"https://u:{SECRET_TEXT}@h:1",
    f"h:1/?token={SECRET_TEXT}",
    f"https://h:1/?token={SECRET_TEXT}",
)


def users_with_secrets() -> list[Any]:
    secret = ["token", "password", "client-certificate-data", "client-key-data"]
    users: list[Any] = [
        {name: value}
        for name in secret
        for value in (f"{SECRET_TEXT}\n", f"{SECRET_TEXT} ü", [SECRET_TEXT], {SECRET_TEXT: 1})
    ]
    users += [
        {"exec": {"command": "c", "args": value, "env": value}}
        for value in (SECRET_TEXT, [SECRET_TEXT], [{SECRET_TEXT: SECRET_TEXT}])
    ]
    oidc = dict.fromkeys(("client-secret", "id-token", "refresh-token"), SECRET_TEXT)
    users += [{"auth-provider": {"name": "oidc", "config": oidc}}, {"auth-provider": {"name": "gcp", "config": oidc}}]
    users += [
        {"token": SECRET_TEXT, "username": "u"},
        {"password": SECRET_TEXT},
        {"username": SECRET_TEXT[::-1], "password": [SECRET_TEXT]},
        SECRET_TEXT,
    ]
    return users


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize(
    ("user", "server"),
    [*((user, URL) for user in users_with_secrets()), *(({"token": SECRET_TEXT}, url) for url in SERVER_URLS)],
    ids=str,
)
async def test_errors_for_malformed_kubeconfigs_contain_no_secret(tmp_path: Path, user: Any, server: str) -> None:
    document = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": server, "proxy-url": f"http://u:{SECRET_TEXT}@h:1"}}],
        "users": [{"name": "u", "user": user}],
    }
    text = yaml.safe_dump(document)
    for broken in (
        text,
        f"{text}\nusers: [{{token: {SECRET_TEXT}",
        f'{text}\nx: "{SECRET_TEXT}',
        f"{text}\n{SECRET_TEXT}: *{SECRET_TEXT}",
    ):
        (tmp_path / "config").write_text(broken)
        try:
            output = all_output(await configure_from_kubeconfig(tmp_path / "config"))
        except ConfigurationError as error:
            output = error_output(error)
        assert SECRET_TEXT not in output


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize(
    "content", [f"{SECRET_TEXT} {SECRET_TEXT}", f"-----BEGIN PRIVATE KEY-----\n{SECRET_TEXT}\n", f"{SECRET_TEXT}\udcff"]
)
async def test_errors_for_invalid_files_contain_no_secret(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = tmp_path / "file"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    for fields in (
        {"token_file": path},
        {"client_cert_file": path, "client_key_file": path},
        {"client_cert_data": SECRET_TEXT, "client_key_file": path},
    ):
        with pytest.raises(ConfigurationError) as caught:
            await credentials_for(ClientConfiguration(url=URL, **fields)).authenticate()
        assert SECRET_TEXT not in error_output(caught.value)
    assert SECRET_TEXT not in caplog.text


def echo_request(connection: ServerConnection) -> None:
    """Respond with an error that contains the request, like some faulty servers."""
    assert connection.last_request is not None
    authorization = connection.last_request.header("authorization") or ""
    connection.respond(connection.last_request.body + authorization.encode(), status="400 Bad Request")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "responder",
    [respond_error("401 Unauthorized"), respond_error("400 Bad Request"), respond_with(b"{}"), echo_request],
)
async def test_errors_of_an_oidc_provider_contain_no_secret(
    make_client: MakeClient, start_server: StartServer, caplog: pytest.LogCaptureFixture, responder: Responder
) -> None:
    caplog.set_level(logging.DEBUG, "kubex")
    provider = Provider(start_server)
    provider.token_script = responder
    oidc = provider.settings(client_secret=SECRET_TEXT, refresh_token=f"refresh-{SECRET_TEXT}")
    async with make_client(start_server(ResponseSequence(respond_with())), configuration={"oidc": oidc}) as client:
        with pytest.raises(ConfigurationError) as caught:
            await client.request("GET", "/")
    assert SECRET_TEXT not in error_output(caught.value)
    assert SECRET_TEXT not in caplog.text
    assert SECRET_TEXT not in all_output(client)


@pytest.mark.anyio
@pytest.mark.parametrize("code", ["print('token')", "raise SystemExit(3)", "import os, sys; os.write(1, b'{}')"])
async def test_errors_of_a_plugin_contain_no_secret(
    make_client: MakeClient, start_server: StartServer, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    caplog.set_level(logging.DEBUG, "kubex")
    plugin = ExecPlugin(command=sys.executable, args=("-c", code, SECRET_TEXT), env={"SECRET": SECRET_TEXT})
    async with make_client(start_server(ResponseSequence(respond_with())), configuration={"exec": plugin}) as client:
        with pytest.raises(ConfigurationError) as caught:
            await client.request("GET", "/")
        assert SECRET_TEXT not in error_output(caught.value) + all_output(client) + all_output(client.configuration)
    assert SECRET_TEXT not in caplog.text


@pytest.mark.anyio
@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "502 Bad Gateway"])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_errors_of_a_proxy_contain_no_secret(
    make_client: MakeClient, start_server: StartServer, caplog: pytest.LogCaptureFixture, status: str, scheme: str
) -> None:
    caplog.set_level(logging.DEBUG, "kubex")
    proxy = start_server(ResponseSequence(respond_error(status)))
    address = f"http://user:{SECRET_TEXT}@{proxy.netloc}"
    configuration = {"proxy_url": address, "token": f"token-{SECRET_TEXT}"}
    async with make_client(f"{scheme}://127.0.0.1:1", configuration=configuration, retry=None) as client:
        with pytest.raises(KubexError) as caught:
            await client.request("POST", "/x", json={"secret": SECRET_TEXT}, query={"q": SECRET_TEXT})
    assert len(proxy.requests) == 1
    assert SECRET_TEXT not in error_output(caught.value)
    assert ENCODED not in error_output(caught.value)
    assert SECRET_TEXT not in caplog.text


@pytest.mark.anyio
@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 banana\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        b"",
    ],
    ids=["invalid-status", "invalid-length", "long-header", "truncated-body", "no-response"],
)
async def test_errors_for_malformed_responses_contain_no_secret(
    make_client: MakeClient,
    start_server: StartServer,
    caplog: pytest.LogCaptureFixture,
    response: bytes,
    streamed: bool,
) -> None:
    def send_malformed(connection: ServerConnection) -> None:
        connection.send(response)
        raise ConnectionError("the server closes the connection")

    caplog.set_level(logging.DEBUG, "kubex")
    async with make_client(
        start_server(ResponseSequence(send_malformed)), configuration={"token": SECRET_TEXT}, retry=None
    ) as client:

        async def call() -> None:
            if not streamed:
                await client.request("GET", "/", headers={"X-Secret": SECRET_TEXT})
                return
            async with client.stream("GET", "/", headers={"X-Secret": SECRET_TEXT}) as stream:
                while await stream.receive():
                    pass

        with pytest.raises(TransportError) as caught:
            await call()
    assert SECRET_TEXT not in error_output(caught.value)
    assert SECRET_TEXT not in caplog.text
