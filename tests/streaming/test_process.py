"""`api.exec.stream()` and `api.attach.stream()`: input, output, backpressure, pings and the end of the block."""

import json
import threading
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import anyio
import anyio.to_thread
import pytest
from anyio.abc import ByteReceiveStream

from kubex.client import ClientOptions
from kubex.core.params import Timeout
from kubex.errors import (
    AlreadyOpenError,
    CommandEndedError,
    CommandInterrupted,
    ConfigurationError,
    DeadlineExceeded,
    OutputNotReadError,
    ReadTimeout,
    StdinCloseError,
    StreamNotOpenError,
    WebSocketError,
)
from kubex.streaming._output import LIMIT
from kubex_testing.compliance.servers import ServerConnection, StartServer, wait_for_event
from streaming.channel_server import SUCCESS, V4, ChannelConnection, OpenPods, exit_status, run_cat, run_command

pytestmark = pytest.mark.anyio

BLOCK = b"e" * 2**16


def write_stderr(connection: ServerConnection) -> None:
    """Send 4 MiB of standard error and one line of standard output."""
    run_command(*[b"\x02" + BLOCK] * 64, b"\x01done\n", SUCCESS)(connection)


async def test_iteration_yields_both_outputs_in_order(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_command(b"\x01a", b"\x02b", b"\x01c", exit_status(4)))
    async with open_pods(server.url) as pods, pods.exec.stream("web-0", ["x"]) as process:
        assert process.exit_code is None
        assert [item async for item in process] == [("stdout", b"a"), ("stderr", b"b"), ("stdout", b"c")]
        assert process.exit_code == await process.wait() == 4
        assert [item async for item in process] == []


async def test_outputs_are_byte_streams_that_end(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_command(b"\x01abc", b"\x02d", b"\x01e", SUCCESS))
    async with open_pods(server.url) as pods, pods.exec.stream("web-0", ["x"]) as process:
        assert await process.stdout.receive(2) == b"ab"
        assert b"".join([data async for data in process.stdout]) == b"ce"
        assert b"".join([data async for data in process.stderr]) == b"d"
        with pytest.raises(anyio.EndOfStream):
            await process.stderr.receive()


async def test_output_can_be_read_after_wait(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_command(b"\x01abc", exit_status(2)))
    async with open_pods(server.url) as pods, pods.exec.stream("web-0", ["x"]) as process:
        assert await process.wait() == 2
        assert await process.stdout.receive() == b"abc"


@pytest.mark.covers("pitfall-37")
async def test_input_is_sent_and_closed(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_cat)
    async with open_pods(server.url) as pods, pods.exec.stream("web-0", ["cat"], stdin=True) as process:
        for line in (b"one\n", b"two\n"):
            await process.stdin.send(line)
            assert await process.stdout.receive() == line
        await process.stdin.aclose()
        await process.stdin.aclose()
        assert await process.wait() == 0
        with pytest.raises(CommandEndedError):
            await process.stdin.send(b"x")


async def test_input_is_closed_after_a_cancelled_close(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_cat)
    async with open_pods(server.url) as pods, pods.exec.stream("web-0", ["cat"], stdin=True) as process:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await process.stdin.aclose()
        await process.stdin.aclose()
        assert await process.wait() == 0


@pytest.mark.covers("pitfall-37")
async def test_v4_cannot_close_the_input(open_pods: OpenPods, start_server: StartServer) -> None:
    def handle(connection: ServerConnection) -> None:
        channels = ChannelConnection(connection, subprotocol=V4)
        assert channels.receive() == b"\x00x"
        assert channels.receive() is None

    server = start_server(handle)
    async with open_pods(server.url) as pods, pods.exec.stream("web-0", ["cat"], stdin=True) as process:
        assert not process.can_close_stdin
        await process.stdin.send(b"x")
        with pytest.raises(StdinCloseError):
            await process.stdin.aclose()


@pytest.mark.covers("pitfall-36")
async def test_reading_only_stdout_raises_when_stderr_is_full(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(write_stderr)
    async with open_pods(server.url) as pods, pods.exec.stream("web-0", ["x"]) as process:
        with pytest.raises(OutputNotReadError, match=r"of stderr were not read: .*open it with stderr=False") as caught:
            await process.stdout.receive()
        assert caught.value.limit == LIMIT
        # Nothing is lost: the rest can still be read.
        total = 0
        async for channel, data in process:
            total += len(data) if channel == "stderr" else 0
        assert total == 64 * len(BLOCK)


@pytest.mark.covers("pitfall-36")
async def test_wait_raises_when_an_output_is_full(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(write_stderr)
    async with open_pods(server.url) as pods, pods.exec.stream("web-0", ["x"]) as process:
        with pytest.raises(OutputNotReadError):
            await process.wait()


@pytest.mark.covers("pitfall-36")
async def test_outputs_can_be_read_in_two_tasks(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(write_stderr)
    sizes = {"stdout": 0, "stderr": 0}
    async with open_pods(server.url) as pods, pods.exec.stream("web-0", ["x"]) as process:

        async def read(name: str) -> None:
            async for data in getattr(process, name):
                sizes[name] += len(data)
                await anyio.lowlevel.checkpoint()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read, "stdout")
            tasks.start_soon(read, "stderr")
    assert sizes == {"stdout": 5, "stderr": 64 * len(BLOCK)}


@pytest.mark.covers("pitfall-36")
async def test_read_waits_for_a_slow_reader_of_the_other_output(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(write_stderr)
    async with open_pods(server.url) as pods, pods.exec.stream("web-0", ["x"]) as process:
        stdout: list[bytes] = []
        has_read = anyio.Event()

        async def read_stderr() -> None:
            await process.stderr.receive()
            has_read.set()
            await anyio.wait_all_tasks_blocked()  # the other task fills the buffer, and waits
            async for _ in process.stderr:
                pass

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read_stderr)
            await has_read.wait()
            stdout += [data async for data in process.stdout]
    assert b"".join(stdout) == b"done\n"


@pytest.mark.covers("pitfall-36")
async def test_read_waits_for_a_slow_reader_that_uses_a_new_task_for_each_read(
    open_pods: OpenPods, start_server: StartServer
) -> None:
    async def receive_in_new_task(stream: ByteReceiveStream) -> None:  # as `asyncio.wait_for()` before Python 3.12
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(receive_once, stream)

    async def receive_once(stream: ByteReceiveStream) -> None:
        received.append(await stream.receive())

    async def read_stderr() -> None:
        await receive_in_new_task(process.stderr)
        has_read.set()
        await anyio.wait_all_tasks_blocked()  # the other task fills the buffer, and waits
        async for _ in process.stderr:
            pass

    server = start_server(write_stderr)
    received: list[bytes] = []
    has_read = anyio.Event()
    async with (
        open_pods(server.url) as pods,
        pods.exec.stream("web-0", ["x"]) as process,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(read_stderr)
        await has_read.wait()
        await receive_in_new_task(process.stdout)
    assert received[1] == b"done\n"


async def test_size_that_is_not_positive_raises(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_command(b"\x01out", SUCCESS))
    async with open_pods(server.url) as pods, pods.exec.stream("web-0", ["x"]) as process:
        for size in (0, -1):
            with pytest.raises(ValueError, match="must be a positive integer"):
                await process.stdout.receive(size)


@pytest.mark.covers("pitfall-36")
async def test_input_that_waits_for_unread_output_raises(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_cat)
    async with open_pods(server.url) as pods, pods.exec.stream("web-0", ["cat"], stdin=True) as process:
        with pytest.raises(OutputNotReadError, match="of stdout were not read"):
            await process.stdin.send(b"x" * 50_000_000)


@pytest.mark.covers("options-ws_max_message_size")
@pytest.mark.parametrize(("limit", "size"), [(1000, 1100), (..., 2**21 + 1)])
async def test_message_above_the_limit_raises_websocket_error(
    open_pods: OpenPods, start_server: StartServer, limit: Any, size: int
) -> None:
    server = start_server(run_command(b"\x01small", b"\x01" + b"x" * size, SUCCESS))
    options = ClientOptions(ws_max_message_size=limit)
    async with open_pods(server.url, options=options) as pods, pods.exec.stream("web-0", ["x"]) as process:
        assert await process.stdout.receive() == b"small"
        for read in (process.stdout.receive, process.wait):
            with pytest.raises(WebSocketError):
                await read()


@pytest.mark.covers("options-ws_max_message_size")
async def test_messages_up_to_the_limit_are_received(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_command(b"\x01" + b"x" * 8_000_000, SUCCESS))
    async with open_pods(server.url, options=ClientOptions(ws_max_message_size=None)) as pods:
        assert len((await pods.exec.run("web-0", ["x"])).stdout) == 8_000_000


async def test_exception_of_the_block_is_raised_unchanged(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_cat)
    async with open_pods(server.url) as pods:
        with pytest.raises(KeyError, match="mine"):
            async with pods.exec.stream("web-0", ["cat"], stdin=True):
                raise KeyError("mine")
        assert await anyio.to_thread.run_sync(server.wait_for_open_connections, 0)


async def test_leaving_the_block_early_closes_the_connection(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_cat)
    async with open_pods(server.url) as pods:
        async with pods.exec.stream("web-0", ["cat"], stdin=True) as process:
            await process.stdin.send(b"x")
        assert await anyio.to_thread.run_sync(server.wait_for_open_connections, 0)
        with pytest.raises(StreamNotOpenError, match=r"api\.exec\.stream\(name, command\) as process"):
            await process.stdin.send(b"x")


async def test_cancellation_closes_the_connection(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_cat)
    async with open_pods(server.url) as pods:
        with anyio.CancelScope() as scope:
            async with pods.exec.stream("web-0", ["cat"], stdin=True) as process:
                await process.stdin.send(b"x")
                await process.stdout.receive()
                scope.cancel()
                await process.stdout.receive()
        assert scope.cancelled_caught
        assert await anyio.to_thread.run_sync(server.wait_for_open_connections, 0)


async def test_iteration_continues_after_the_cancellation_of_one_step(
    open_pods: OpenPods, start_server: StartServer
) -> None:
    server = start_server(run_cat)
    async with open_pods(server.url) as pods, pods.exec.stream("web-0", ["cat"], stdin=True) as process:
        steps = aiter(process)
        with anyio.CancelScope() as scope:
            scope.cancel()
            await anext(steps)
        await process.stdin.send(b"x")
        assert await anext(steps) == ("stdout", b"x")


async def test_resize_and_close_after_the_end_of_the_command(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_command(SUCCESS))
    async with (
        open_pods(server.url) as pods,
        pods.exec.stream("web-0", ["sh"], stdin=True, tty=True) as process,
    ):
        assert await process.wait() == 0
        await process.stdin.aclose()
        with pytest.raises(CommandEndedError):
            await process.resize(80, 24)


async def test_second_block_raises_already_open_error(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_cat)
    async with open_pods(server.url) as pods, pods.exec.stream("web-0", ["cat"], stdin=True) as process:
        with pytest.raises(AlreadyOpenError):
            await process.__aenter__()


async def test_connection_that_is_lost_raises_after_the_output(open_pods: OpenPods, start_server: StartServer) -> None:
    def handle(connection: ServerConnection) -> None:
        ChannelConnection(connection).send(b"\x01", b"\x01last")

    server = start_server(handle)
    async with open_pods(server.url) as pods, pods.exec.stream("web-0", ["x"]) as process:
        assert await process.stdout.receive() == b"last"
        for read in (process.stdout.receive, process.stderr.receive, process.wait):
            with pytest.raises(CommandInterrupted, match="the connection was lost"):
                await read()


async def test_terminal_has_one_output_and_a_size(open_pods: OpenPods, start_server: StartServer) -> None:
    sizes: list[bytes | None] = []

    def handle(connection: ServerConnection) -> None:
        channels = ChannelConnection(connection)
        sizes.append(channels.receive())
        channels.send(b"\x01$ ", SUCCESS)
        channels.close()

    server = start_server(handle)
    async with open_pods(server.url) as pods, pods.exec.stream("a", ["sh"], stdin=True, tty=True) as process:
        await process.resize(120, 40)
        assert await process.wait() == 0
        with pytest.raises(AttributeError, match="with a terminal, stdout contains all output"):
            process.stderr  # noqa: B018 - the property raises
    assert sizes[0] is not None
    assert (sizes[0][0], json.loads(sizes[0][1:])) == (4, {"Width": 120, "Height": 40})
    query = parse_qsl(urlsplit(server.requests[0].target).query)
    assert query == [("command", "sh"), ("stdin", "true"), ("stdout", "true"), ("tty", "true")]


async def test_stream_without_terminal_or_input_explains_what_to_pass(
    open_pods: OpenPods, start_server: StartServer
) -> None:
    server = start_server(run_command(b"\x02x", SUCCESS))
    async with open_pods(server.url) as pods:
        with pytest.raises(ConfigurationError, match="stderr: cannot be True together with tty"):
            pods.exec.stream("a", ["sh"], tty=True, stderr=True)
        async with pods.exec.stream("a", ["sh"], stderr=False) as process:
            with pytest.raises(ValueError, match="pass tty=True"):
                await process.resize(80, 24)
            with pytest.raises(AttributeError, match="pass stdin=True"):
                process.stdin  # noqa: B018 - the property raises
            with pytest.raises(AttributeError, match="pass stderr=True"):
                process.stderr  # noqa: B018 - the property raises
            assert [item async for item in process] == []


async def test_attach_opens_the_streams_of_the_main_process(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(run_command(b"\x01log\n", SUCCESS))
    async with open_pods(server.url) as pods, pods.attach.stream("web-0", container="main") as process:
        assert [item async for item in process] == [("stdout", b"log\n")]
        assert await process.wait() == 0
    target = urlsplit(server.requests[0].target)
    assert target.path == "/api/v1/namespaces/default/pods/web-0/attach"
    assert parse_qsl(target.query) == [("container", "main"), ("stdout", "true"), ("stderr", "true")]


@pytest.mark.covers("pitfall-40")
async def test_pings_are_sent_while_the_program_does_not_read(open_pods: OpenPods, start_server: StartServer) -> None:
    def handle(connection: ServerConnection) -> None:
        channels = ChannelConnection(connection)
        channels.send(b"\x01", *[b"\x01" + BLOCK] * 64)
        for _ in range(3):
            message = channels.receive()
            assert message == b"\x00x"
        assert channels.pings >= 3
        channels.send(SUCCESS)
        channels.close()

    server = start_server(handle)
    async with (
        open_pods(server.url) as pods,
        pods.exec.stream("a", ["x"], stdin=True, stdout=True, ping_interval=0.02) as process,
    ):
        for _ in range(3):
            await anyio.sleep(0.1)  # real time: several intervals without a read
            await process._connection.send(b"\x00x")  # pyright: ignore[reportPrivateUsage]
        assert sum([len(data) async for _, data in process]) == 64 * len(BLOCK)
        assert await process.wait() == 0


@pytest.mark.covers("pitfall-40")
async def test_server_that_does_not_respond_to_pings_is_lost(open_pods: OpenPods, start_server: StartServer) -> None:
    end = threading.Event()

    def handle(connection: ServerConnection) -> None:
        ChannelConnection(connection).send(b"\x01", b"\x01last")
        end.wait(40)

    server = start_server(handle)
    async with open_pods(server.url) as pods, pods.exec.stream("a", ["x"], ping_interval=0.05) as process:
        assert await process.stdout.receive() == b"last"
        with pytest.raises(CommandInterrupted, match=r"did not respond to pings for 0\.1 s"):
            await process.stdout.receive()
        end.set()


async def test_cancelled_send_to_a_command_that_does_not_read_closes_the_connection(
    open_pods: OpenPods, start_server: StartServer
) -> None:
    cancelled = threading.Event()

    def handle(connection: ServerConnection) -> None:
        ChannelConnection(connection).send(b"\x01")
        cancelled.wait(40)
        connection.wait_until_closed()

    server = start_server(handle)
    async with open_pods(server.url) as pods:
        with anyio.move_on_after(0.3):  # real time: the buffers of both sockets must be full
            async with pods.exec.stream("a", ["x"], stdin=True) as process:
                while True:
                    await process.stdin.send(BLOCK * 16)
        cancelled.set()
        assert await anyio.to_thread.run_sync(server.wait_for_open_connections, 0)


async def test_large_message_is_read_in_parts(open_pods: OpenPods, start_server: StartServer) -> None:
    data = bytes(range(256)) * 4096
    server = start_server(run_command(b"\x01" + data, SUCCESS))
    async with open_pods(server.url) as pods, pods.exec.stream("a", ["x"]) as process:
        parts = [await process.stdout.receive(100_000)]
        parts += [part async for part in process.stdout]
        assert (len(parts[0]), max(map(len, parts[1:]))) == (100_000, 65536)
        assert b"".join(parts) == data
        assert {type(part) for part in parts} == {bytes}


async def test_ping_interval_must_be_positive(open_pods: OpenPods) -> None:
    async with open_pods("http://127.0.0.1:1") as pods:
        with pytest.raises(ConfigurationError, match="ping_interval: must be more than 0 seconds, or None, not 0"):
            pods.exec.stream("a", ["x"], ping_interval=0)


async def test_request_timeout_limits_the_stream_and_the_time_without_data(
    open_pods: OpenPods, start_server: StartServer
) -> None:
    end = threading.Event()

    def handle(connection: ServerConnection) -> None:
        channels = ChannelConnection(connection)
        channels.send(b"\x01", b"\x01x")
        end.wait(40)

    server = start_server(handle)
    async with open_pods(server.url) as pods:
        async with pods.exec.stream("a", ["x"], request_timeout=Timeout(read=0.5)) as process:
            assert await process.stdout.receive() == b"x"
            with pytest.raises(ReadTimeout, match=r"no data for 0\.5 s"):
                await process.stdout.receive()
        async with pods.exec.stream("a", ["x"], request_timeout=1) as process:
            assert await process.stdout.receive() == b"x"
            with pytest.raises(DeadlineExceeded):
                await process.stdout.receive()
        async with pods.exec.stream("a", ["x"], stdin=True, request_timeout=0.3) as process:
            with pytest.raises(DeadlineExceeded):
                await process.stdin.send(bytes(50_000_000))  # the server does not read
        end.set()
        assert await wait_for_event(end)
