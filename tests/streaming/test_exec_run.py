"""`api.exec.run()`: arguments, results and errors."""

import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import anyio.to_thread
import pytest

from kubex.client import ClientOptions, RetryPolicy
from kubex.core.params import Timeout
from kubex.errors import (
    ApiError,
    BackendError,
    BadRequest,
    CommandInterrupted,
    CommandStartError,
    ConfigurationError,
    ContainerNameRequired,
    ContainerNotRunning,
    DeadlineExceeded,
    DecodeError,
    ExecError,
    Forbidden,
    NotFound,
    StdinCloseError,
    Unauthorized,
    WebSocketError,
)
from kubex.transport import Backend
from kubex_testing.compliance.servers import ServerConnection, StartServer
from streaming.channel_server import SUCCESS, V4, ChannelConnection, OpenPods, exit_status, run_cat, run_command

pytestmark = pytest.mark.anyio

FAST_RETRIES = ClientOptions(retry=RetryPolicy(initial_delay=0.001, max_delay=0.002))


async def test_run_returns_the_output_and_the_exit_code(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_command(b"\x01out\n", b"\x02err\n", b"\x01\xff", exit_status(7)))
    async with open_pods(server.url) as pods:
        result = await pods.exec.run("web-0", ["sh", "-c", "exit 7"], container="main")
    assert (result.stdout, result.stderr, result.exit_code) == (b"out\n\xff", b"err\n", 7)
    assert (result.stdout_text, result.stderr_text) == ("out\n\ufffd", "err\n")
    assert "out" not in repr(result)
    (request,) = server.requests
    assert request.header("sec-websocket-protocol") == "v5.channel.k8s.io,v4.channel.k8s.io"
    target = urlsplit(request.target)
    assert target.path == "/api/v1/namespaces/default/pods/web-0/exec"
    assert parse_qsl(target.query) == [
        ("command", "sh"),
        ("command", "-c"),
        ("command", "exit 7"),
        ("container", "main"),
        ("stdout", "true"),
        ("stderr", "true"),
    ]


async def test_str_command_is_one_program_without_arguments(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_command(SUCCESS))
    async with open_pods(server.url) as pods:
        assert (await pods.exec.run("a", "my program", tty=True)).exit_code == 0
    query = parse_qsl(urlsplit(server.requests[0].target).query)
    assert query == [("command", "my program"), ("stdout", "true"), ("tty", "true")]


@pytest.mark.parametrize("command", ["", [], [""]])
async def test_empty_command_raises_before_a_request_is_sent(open_pods: OpenPods, command: str | list[str]) -> None:
    async with open_pods("http://127.0.0.1:1") as pods:
        with pytest.raises(ConfigurationError, match="command: is empty; pass the program and its arguments"):
            await pods.exec.run("a", command)


async def test_path_prefix_of_the_server_is_used(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_command(SUCCESS))
    async with open_pods(f"{server.url}/k8s/clusters/c-1", token="swordfish") as pods:
        await pods.exec.run("a", ["true"])
    (request,) = server.requests
    assert request.target.startswith("/k8s/clusters/c-1/api/v1/namespaces/default/pods/a/exec?")
    assert request.header("authorization") == "Bearer swordfish"


@pytest.mark.covers("pitfall-36")
async def test_output_after_the_status_is_returned(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_command(b"\x01a", SUCCESS, b"\x01b", b"\x02c"))
    async with open_pods(server.url) as pods:
        result = await pods.exec.run("a", ["true"])
    assert (result.stdout, result.stderr) == (b"ab", b"c")


@pytest.mark.covers("pitfall-38")
async def test_empty_messages_and_unknown_channels_are_ignored(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_command(b"\x01", b"", b"\x02", b"\x09x", b"\x01a", b"\x01", b"\x03", b"\x01b", SUCCESS))
    async with open_pods(server.url) as pods:
        result = await pods.exec.run("a", ["true"])
    assert (result.stdout, result.stderr, result.exit_code) == (b"ab", b"", 0)


async def test_large_output_is_complete(open_pods: OpenPods, start_server: StartServer) -> None:
    chunk = bytes(range(256)) * 128
    server = start_server(run_command(*[b"\x01" + chunk, b"\x02" + chunk] * 100, SUCCESS))
    async with open_pods(server.url) as pods:
        result = await pods.exec.run("a", ["true"])
    assert result.stdout == result.stderr == chunk * 100


async def test_check_raises_exec_error_with_the_result(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_command(b"\x02not found: " + b"x" * 600, exit_status(3)))
    async with open_pods(server.url) as pods:
        with pytest.raises(ExecError) as caught:
            await pods.exec.run("a", ["ls", "--password=secret"], check=True)
    assert caught.value.result.exit_code == 3
    assert str(caught.value).startswith("'ls' ended with exit code 3: ...xxx")
    assert len(str(caught.value)) < 600
    assert "secret" not in str(caught.value)


async def test_check_returns_the_result_of_a_successful_command(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_command(b"\x01ok", SUCCESS))
    async with open_pods(server.url) as pods:
        assert (await pods.exec.run("a", ["true"], check=True)).stdout == b"ok"


@pytest.mark.parametrize("code", [1000, 1001, 1006, 1011])
async def test_end_without_status_raises_command_interrupted_with_the_output(
    open_pods: OpenPods, start_server: StartServer, code: int
) -> None:
    def handle(connection: ServerConnection) -> None:
        channels = ChannelConnection(connection)
        channels.send(b"\x01", b"\x01partial", b"\x02problem")
        if code != 1006:
            channels.close(code)

    server = start_server(handle)
    async with open_pods(server.url, options=FAST_RETRIES) as pods:
        with pytest.raises(CommandInterrupted, match="before the exit code arrived") as caught:
            await pods.exec.run("a", ["true"])
    assert (caught.value.stdout, caught.value.stderr) == (b"partial", b"problem")
    assert len(server.requests) == 1, "a command must not be started again"


async def test_lost_connection_before_the_upgrade_does_not_send_the_command_again(
    open_pods: OpenPods, start_server: StartServer
) -> None:
    def handle(connection: ServerConnection) -> None:
        connection.read_request()

    server = start_server(handle)
    async with open_pods(server.url, options=FAST_RETRIES) as pods:
        with pytest.raises(Exception, match="exec"):
            await pods.exec.run("a", ["true"])
    assert len(server.requests) == 1


async def test_invalid_status_raises_decode_error(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_command(b"\x01out", b"\x03command terminated"))
    async with open_pods(server.url) as pods:
        with pytest.raises(ValueError, match="the status of the command"):
            await pods.exec.run("a", ["true"])


@pytest.mark.parametrize("code", ["--3", "9" * 5000, "x", ""])
async def test_invalid_exit_code_raises_decode_error(open_pods: OpenPods, start_server: StartServer, code: str) -> None:
    details = {"causes": [{"reason": "ExitCode", "message": code}]}
    status = {"status": "Failure", "reason": "NonZeroExitCode", "details": details}
    server = start_server(run_command(b"\x03" + json.dumps(status).encode()))
    async with open_pods(server.url) as pods:
        with pytest.raises(DecodeError, match="does not contain an exit code"):
            await pods.exec.run("a", ["false"])


async def test_invalid_types_raise_type_error_before_a_request_is_sent(open_pods: OpenPods) -> None:
    wrong: Any
    async with open_pods("http://127.0.0.1:1") as pods:
        for wrong in (b"ls", ["ls", 5]):
            with pytest.raises(TypeError, match="command must be a str or a sequence of str"):
                await pods.exec.run("a", wrong)
        for wrong in (5, ["input"]):
            with pytest.raises(TypeError, match="stdin must be bytes, a str or an asynchronous iterator of bytes"):
                await pods.exec.run("a", "cat", stdin=wrong)


async def test_command_that_cannot_start_raises_command_start_error(
    open_pods: OpenPods, start_server: StartServer
) -> None:
    status = {
        "status": "Failure",
        "reason": "InternalError",
        "code": 500,
        "message": 'exec: "nope": not found in $PATH',
    }
    server = start_server(run_command(b"\x03" + json.dumps(status).encode()))
    async with open_pods(server.url) as pods:
        with pytest.raises(CommandStartError, match="check that the container contains the program"):
            await pods.exec.run("a", ["nope"])


STATUSES: list[tuple[int, str, str, type[ApiError]]] = [
    (400, "BadRequest", "container x is not valid for pod a", BadRequest),
    (400, "BadRequest", "a container name must be specified for pod a, choose one of: [x y]", ContainerNameRequired),
    (400, "BadRequest", "pod a does not have a host assigned", ContainerNotRunning),
    (401, "Unauthorized", "Unauthorized", Unauthorized),
    (403, "Forbidden", 'pods "a" is forbidden: cannot get resource "pods/exec"', Forbidden),
    (404, "NotFound", 'pods "a" not found', NotFound),
    (500, "InternalError", 'unable to upgrade connection: container not found ("main")', ContainerNotRunning),
]


@pytest.mark.covers("pitfall-39")
@pytest.mark.parametrize(("code", "reason", "message", "kind"), STATUSES, ids=[row[2][:30] for row in STATUSES])
async def test_refused_upgrade_raises_the_error_of_its_status(
    open_pods: OpenPods, start_server: StartServer, code: int, reason: str, message: str, kind: type[ApiError]
) -> None:
    status = {"kind": "Status", "status": "Failure", "reason": reason, "code": code, "message": message}

    def handle(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.respond(json.dumps(status).encode(), status=f"{code} Error")

    server = start_server(handle)
    async with open_pods(server.url) as pods:
        with pytest.raises(kind, match="GET /api/v1/namespaces/default/pods/a/exec") as caught:
            await pods.exec.run("a", ["true"])
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.reason, caught.value.message) == (code, reason, message)
    if isinstance(caught.value, ContainerNameRequired):
        assert caught.value.containers == ["x", "y"]
        assert str(caught.value).endswith("pass container=")


@pytest.mark.covers("pitfall-39")
async def test_error_contains_the_page_of_a_proxy_that_refused_the_upgrade(
    open_pods: OpenPods, start_server: StartServer
) -> None:
    def handle(connection: ServerConnection) -> None:
        connection.read_request()
        connection.respond(b"<html>bad gateway</html>", status="502 Bad Gateway", headers="Content-Type: text/html\r\n")
        connection.wait_until_closed()

    server = start_server(handle)
    async with open_pods(server.url) as pods:
        with pytest.raises(ApiError, match="bad gateway") as caught:
            await pods.exec.run("a", ["true"])
    assert caught.value.status == 502


async def test_server_without_websockets_raises_websocket_error(open_pods: OpenPods, start_server: StartServer) -> None:
    def handle(connection: ServerConnection) -> None:
        connection.read_request()
        connection.respond(b"hello")
        connection.wait_until_closed()

    server = start_server(handle)
    async with open_pods(server.url) as pods:
        with pytest.raises(WebSocketError):
            await pods.exec.run("a", ["true"])


async def test_server_without_a_subprotocol_raises_websocket_error(
    open_pods: OpenPods, start_server: StartServer
) -> None:
    def handle(connection: ServerConnection) -> None:
        ChannelConnection(connection, subprotocol=None).receive()

    server = start_server(handle)
    async with open_pods(server.url) as pods:
        with pytest.raises(WebSocketError, match=r"does not support v5.channel.k8s.io or v4.channel.k8s.io"):
            await pods.exec.run("a", ["true"])


async def test_missing_extra_raises_before_a_request_is_sent(
    open_pods: OpenPods, start_server: StartServer, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = start_server(run_command(SUCCESS))
    async with open_pods(server.url) as pods:
        monkeypatch.setattr(type(backend), "websocket", property(lambda _: lambda: 'pip install "kubex[httpx-ws]"'))
        with pytest.raises(BackendError, match=r'cannot open WebSockets: pip install "kubex\[httpx-ws\]"'):
            await pods.exec.run("a", ["true"])
    assert server.requests == []


async def test_upgrade_is_sent_again_with_new_credentials_after_401(
    open_pods: OpenPods, start_server: StartServer, tmp_path: Path
) -> None:
    token_file = tmp_path / "token"
    token_file.write_text("old")

    def handle(connection: ServerConnection) -> None:
        request = connection.read_request()
        assert request is not None
        token_file.write_text("new")
        connection.respond(b"", status="401 Unauthorized", headers="Connection: close\r\n")

    first = threading.Event()

    def choose(connection: ServerConnection) -> None:
        if first.is_set():
            run_command(b"\x01ok", SUCCESS)(connection)
        else:
            first.set()
            handle(connection)

    server = start_server(choose)
    async with open_pods(server.url, token_file=token_file) as pods:
        assert (await pods.exec.run("a", ["true"])).stdout == b"ok"
    assert [request.header("authorization") for request in server.requests] == ["Bearer old", "Bearer new"]


INPUT = bytes(range(256)) * 8192


async def chunks() -> AsyncIterator[bytes]:
    """Yield the input in parts."""
    for start in range(0, len(INPUT), 100_000):
        yield INPUT[start : start + 100_000]


@pytest.mark.covers("pitfall-37", "pitfall-38")
@pytest.mark.parametrize("form", ["bytes", "iterator", "text"])
async def test_input_is_sent_in_parts_and_closed(open_pods: OpenPods, start_server: StartServer, form: str) -> None:
    server = start_server(run_cat)
    async with open_pods(server.url) as pods:
        if form == "text":
            assert (await pods.exec.run("a", ["cat"], stdin="häl")).stdout_text == "häl"
        else:
            assert (await pods.exec.run("a", ["cat"], stdin=memoryview(bytearray(b"hello")))).stdout == b"hello"
            result = await pods.exec.run("a", ["cat"], stdin=INPUT if form == "bytes" else chunks())
            assert result.stdout == INPUT
    assert ("stdin", "true") in parse_qsl(urlsplit(server.requests[0].target).query)


async def test_result_of_a_command_that_does_not_read_its_input_is_returned(
    open_pods: OpenPods, start_server: StartServer
) -> None:
    server = start_server(run_command(b"\x01done", exit_status(1)))
    async with open_pods(server.url) as pods:
        result = await pods.exec.run("a", ["head", "-c", "0"], stdin=b"x" * 20_000_000)
    assert (result.stdout, result.exit_code) == (b"done", 1)


async def test_error_of_the_input_iterator_is_raised_unchanged(open_pods: OpenPods, start_server: StartServer) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x"
        raise KeyError("mine")

    server = start_server(run_cat)
    async with open_pods(server.url) as pods:
        with pytest.raises(KeyError, match="mine"):
            await pods.exec.run("a", ["cat"], stdin=broken())


@pytest.mark.covers("pitfall-37")
async def test_v4_raises_stdin_close_error_before_input_is_sent(open_pods: OpenPods, start_server: StartServer) -> None:
    received: list[bytes | None] = []

    def handle(connection: ServerConnection) -> None:
        received.append(ChannelConnection(connection, subprotocol=V4).receive())

    server = start_server(handle)
    async with open_pods(server.url) as pods:
        with pytest.raises(StdinCloseError, match=r"Kubernetes 1\.30"):
            await pods.exec.run("a", ["cat"], stdin=b"x")
        assert await anyio.to_thread.run_sync(server.wait_for_open_connections, 0)
    assert received == [None]


@pytest.mark.covers("pitfall-37")
async def test_v4_runs_commands_without_input(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_command(b"\x01out", b'\x03{"status":"Success"}', subprotocol=V4))
    async with open_pods(server.url) as pods:
        assert (await pods.exec.run("a", ["true"])).stdout == b"out"


async def test_total_of_request_timeout_limits_the_run(open_pods: OpenPods, start_server: StartServer) -> None:
    def handle(connection: ServerConnection) -> None:
        channels = ChannelConnection(connection)
        channels.send(b"\x01", b"\x01still running")
        channels.receive()

    server = start_server(handle)
    async with open_pods(server.url) as pods:
        with pytest.raises(DeadlineExceeded, match="total"):
            await pods.exec.run("a", ["sleep", "60"], request_timeout=Timeout(0.2))
