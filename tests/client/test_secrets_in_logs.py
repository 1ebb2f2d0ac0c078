"""Secrets never show; logs show what was asked and how it went, and no more."""

import logging
import re
import socket
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from client.conftest import Connect
from client.scripted_server import Turn, Turns, answer, hang_up, refuse, silence, stream
from kubex.api import Api
from kubex.client import Client
from kubex.core.params import Timeout
from kubex.errors import KubexError
from kubex.models import ObjectMeta
from kubex.patch import MergePatch
from kubex_k8s.v1_37.core.v1 import Secret
from transport.socket_server import Serve

pytestmark = pytest.mark.anyio

MARK = "marked-secret-value"
SECRET = Secret(metadata=ObjectMeta(name="s"), data={"password": MARK}, string_data={"token": MARK})
SHORT = Timeout(read=0.03)
CREDENTIALS: list[dict[str, Any]] = [{"token": MARK}, {"username": "u", "password": MARK}]


@asynccontextmanager
async def driven(client: Client) -> AsyncIterator[list[Callable[[], Any]]]:
    """Return calls that send the secret in every way there is."""
    api = Api(Secret, client)

    async def streamed() -> None:
        sent: dict[str, Any] = {"json": SECRET, "headers": {"X-Secret": MARK}, "query": {"q": MARK}}
        async with client.stream("POST", "/x", **sent, request_timeout=SHORT) as opened:
            _ = [line async for line in opened.lines()]

    yield [
        lambda: api.create(SECRET),
        lambda: api.replace(SECRET),
        lambda: api.apply(SECRET, field_manager="me"),
        lambda: api.patch("s", MergePatch({"stringData": {"token": MARK}})),
        lambda: api.get("s"),
        api.list,
        lambda: client.request("POST", "/x", json=SECRET, headers={"X-Secret": MARK}, query={"q": MARK}),
        streamed,
    ]


async def outcome(call: Callable[[], Any]) -> list[str]:
    """Make a call, and return all that can be seen of its failure."""
    try:
        await call()
    except KubexError as error:
        shown = [str(error), repr(error), *traceback.format_exception(error)]
        return [*shown, str(error.__cause__), str(error.__context__)]
    return []


BODY = b'{"metadata": {"name": "s"}, "data": {"password": "%s"}}' % MARK.encode()
BROKEN = b'{"metadata": {"name": "s", "labels": "%s"}, "items": "%s"}' % (MARK.encode(), MARK.encode())


@pytest.mark.parametrize(
    "turn",
    [
        answer(BODY, headers=[("Set-Cookie", MARK)]),
        answer(BROKEN),
        answer(b"<%s" % MARK.encode()),
        refuse("401 Unauthorized", b"no"),
        refuse("403 Forbidden", b"no"),
        refuse("422 Unprocessable Entity", b'{"kind": "Status", "message": "no"}', Set_Cookie=MARK),
        refuse("503 No", Retry_After="0"),
        hang_up,
        silence,
        stream(b"half"),
    ],
)
@pytest.mark.parametrize("configuration", CREDENTIALS, ids=["token", "password"])
async def test_a_secret_is_never_shown(
    connect: Connect, serve: Serve, caplog: pytest.LogCaptureFixture, turn: Turn, configuration: dict[str, Any]
) -> None:
    caplog.set_level(logging.DEBUG, "kubex")
    server = serve(Turns(turn))
    shown: list[str] = []
    async with (
        connect(server, configuration=configuration, timeout=SHORT) as client,
        driven(client) as calls,
    ):
        shown += [repr(client), str(client), repr(client.configuration), repr(client.options), repr(client.backend)]
        for call in calls:
            shown += await outcome(call)
    ours = [record for record in caplog.records if record.name.startswith("kubex")]
    shown += [record.getMessage() for record in ours] + [record.exc_text or "" for record in ours]
    assert len(ours) >= 8
    for text in shown:
        assert MARK not in re.sub(r'File ".*', "", text)


async def test_neither_when_nobody_answers(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "kubex")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        async with connect(url, configuration={"token": MARK}, proxy=f"http://u:{MARK}@127.0.0.1:9") as client:
            with pytest.raises(KubexError) as caught:
                await client.request("POST", "/x", json=SECRET, query={"q": MARK})
    assert MARK not in "".join(traceback.format_exception(caught.value))
    assert MARK not in caplog.text


async def test_a_call_is_one_line_at_debug(connect: Connect, serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "kubex")
    server = serve(Turns(answer(b"{}"), refuse("404 Not Found"), stream(b"x")))
    async with connect(server) as client:
        await client.request("GET", "/healthz", query={"verbose": "1"})
        with pytest.raises(KubexError):
            await client.request("POST", "/nothing", json={})
        async with client.stream("GET", "/log"):
            pass
    ours = [record for record in caplog.records if record.name.startswith("kubex")]
    lines = [re.sub(r"\d\.\d{3} s", "T s", record.getMessage()) for record in ours]
    assert lines == ["GET /healthz: 200 in T s", "POST /nothing: 404 in T s", "GET /log: 200 in T s"]
    assert {(record.levelname, record.name) for record in ours} == {("DEBUG", "kubex.client._sender")}


async def test_a_failed_attempt_is_logged_with_the_wait(
    connect: Connect, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "kubex")
    server = serve(Turns(hang_up, answer()))
    async with connect(server) as client:
        await client.request("GET", "/x")
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("kubex")]
    assert re.fullmatch(r"GET /x: ConnectionLost after \d\.\d{3} s", lines[0])
    assert re.fullmatch(r"GET /x: attempt 1 failed, next in \d\.\d\d s", lines[1])
    assert lines[2].startswith("GET /x: 200 in")


async def test_without_debug_nothing_is_logged(
    connect: Connect, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "kubex")
    server = serve(Turns(hang_up, answer()))
    async with connect(server) as client:
        await client.request("GET", "/x")
    assert [record for record in caplog.records if record.name.startswith("kubex")] == []
