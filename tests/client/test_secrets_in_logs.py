"""Log records contain the request and its outcome; log records, errors and reprs contain no secrets."""

import logging
import re
import socket
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from client.conftest import MakeClient
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
from kubex.client import Client
from kubex.core.params import Timeout
from kubex.errors import KubexError
from kubex.models import ObjectMeta
from kubex.patch import MergePatch
from kubex_k8s.v1_37.core.v1 import Secret
from kubex_testing.compliance.servers import StartServer

pytestmark = pytest.mark.anyio

SECRET_TEXT = "marked-secret-value"
SECRET = Secret(metadata=ObjectMeta(name="s"), data={"password": SECRET_TEXT}, string_data={"token": SECRET_TEXT})
SHORT_TIMEOUT = Timeout(read=0.03)
CREDENTIALS: list[dict[str, Any]] = [{"token": SECRET_TEXT}, {"username": "u", "password": SECRET_TEXT}]


@asynccontextmanager
async def secret_calls(client: Client) -> AsyncIterator[list[Callable[[], Any]]]:
    """Return calls that send the secret in the body, a header or the query."""
    api = Api(Secret, client)

    async def call_stream() -> None:
        arguments: dict[str, Any] = {"json": SECRET, "headers": {"X-Secret": SECRET_TEXT}, "query": {"q": SECRET_TEXT}}
        async with client.stream("POST", "/x", **arguments, request_timeout=SHORT_TIMEOUT) as stream:
            _ = [line async for line in stream.lines()]

    yield [
        lambda: api.create(SECRET),
        lambda: api.replace(SECRET),
        lambda: api.apply(SECRET, field_manager="me"),
        lambda: api.patch("s", MergePatch({"stringData": {"token": SECRET_TEXT}})),
        lambda: api.get("s"),
        api.list,
        lambda: client.request("POST", "/x", json=SECRET, headers={"X-Secret": SECRET_TEXT}, query={"q": SECRET_TEXT}),
        call_stream,
    ]


async def error_output(call: Callable[[], Any]) -> list[str]:
    """Make a call, and return all texts of its exception."""
    try:
        await call()
    except KubexError as error:
        output = [str(error), repr(error), *traceback.format_exception(error)]
        return [*output, str(error.__cause__), str(error.__context__)]
    return []


BODY = b'{"metadata": {"name": "s"}, "data": {"password": "%s"}}' % SECRET_TEXT.encode()
INVALID_BODY = b'{"metadata": {"name": "s", "labels": "%s"}, "items": "%s"}' % (
    SECRET_TEXT.encode(),
    SECRET_TEXT.encode(),
)


@pytest.mark.parametrize(
    "responder",
    [
        respond_with(BODY, headers=[("Set-Cookie", SECRET_TEXT)]),
        respond_with(INVALID_BODY),
        respond_with(b"<%s" % SECRET_TEXT.encode()),
        respond_error("401 Unauthorized", b"no"),
        respond_error("403 Forbidden", b"no"),
        respond_error("422 Unprocessable Entity", b'{"kind": "Status", "message": "no"}', Set_Cookie=SECRET_TEXT),
        respond_error("503 No", Retry_After="0"),
        close_without_response,
        respond_never,
        respond_stream(b"half"),
    ],
)
@pytest.mark.parametrize("configuration", CREDENTIALS, ids=["token", "password"])
async def test_secrets_are_not_in_output_of_failed_calls(
    make_client: MakeClient,
    start_server: StartServer,
    caplog: pytest.LogCaptureFixture,
    responder: Responder,
    configuration: dict[str, Any],
) -> None:
    caplog.set_level(logging.DEBUG, "kubex")
    server = start_server(ResponseSequence(responder))
    output: list[str] = []
    async with (
        make_client(server, configuration=configuration, timeout=SHORT_TIMEOUT) as client,
        secret_calls(client) as calls,
    ):
        output += [repr(client), str(client), repr(client.configuration), repr(client.options), repr(client.backend)]
        for call in calls:
            output += await error_output(call)
    records = [record for record in caplog.records if record.name.startswith("kubex")]
    output += [record.getMessage() for record in records] + [record.exc_text or "" for record in records]
    assert len(records) >= 8
    for text in output:
        assert SECRET_TEXT not in re.sub(r'File ".*', "", text)


async def test_secrets_are_not_in_output_of_refused_connections(
    make_client: MakeClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "kubex")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with make_client(
            url, configuration={"token": SECRET_TEXT}, proxy=f"http://u:{SECRET_TEXT}@127.0.0.1:9"
        ) as client:
            with pytest.raises(KubexError) as caught:
                await client.request("POST", "/x", json=SECRET, query={"q": SECRET_TEXT})
    assert SECRET_TEXT not in "".join(traceback.format_exception(caught.value))
    assert SECRET_TEXT not in caplog.text


async def test_each_call_is_logged_as_one_debug_line(
    make_client: MakeClient, start_server: StartServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "kubex")
    server = start_server(ResponseSequence(respond_with(b"{}"), respond_error("404 Not Found"), respond_stream(b"x")))
    async with make_client(server) as client:
        await client.request("GET", "/healthz", query={"verbose": "1"})
        with pytest.raises(KubexError):
            await client.request("POST", "/nothing", json={})
        async with client.stream("GET", "/log"):
            pass
    records = [record for record in caplog.records if record.name.startswith("kubex")]
    lines = [re.sub(r"\d\.\d{3} s", "T s", record.getMessage()) for record in records]
    assert lines == ["GET /healthz: 200 in T s", "POST /nothing: 404 in T s", "GET /log: 200 in T s"]
    assert {(record.levelname, record.name) for record in records} == {("DEBUG", "kubex.client._sender")}


async def test_failed_attempt_is_logged_with_the_delay(
    make_client: MakeClient, start_server: StartServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "kubex")
    server = start_server(ResponseSequence(close_without_response, respond_with()))
    async with make_client(server) as client:
        await client.request("GET", "/x")
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("kubex")]
    assert re.fullmatch(r"GET /x: ConnectionLost after \d\.\d{3} s", lines[0])
    assert re.fullmatch(r"GET /x: attempt 1 failed, next in \d\.\d\d s", lines[1])
    assert lines[2].startswith("GET /x: 200 in")


async def test_nothing_is_logged_above_debug_level(
    make_client: MakeClient, start_server: StartServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "kubex")
    server = start_server(ResponseSequence(close_without_response, respond_with()))
    async with make_client(server) as client:
        await client.request("GET", "/x")
    assert [record for record in caplog.records if record.name.startswith("kubex")] == []
