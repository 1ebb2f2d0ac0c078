"""The ends of forwarded connections: grace period, data that has arrived before the end, and errors of `accept()`."""

import errno

import anyio
import anyio.to_thread
import pytest
from anyio.abc import SocketListener, SocketStream
from anyio.streams.stapled import MultiListener

from kubex.errors import CommandEndedError
from kubex.streaming import PortStream, _port_listener, _port_stream
from kubex_testing.compliance.servers import ServerConnection, StartServer
from streaming.channel_server import OpenPods
from streaming.test_port_forward import echo, open_channels, wait_until_closed

pytestmark = pytest.mark.anyio

BLOCK = b"x" * 2**16


def be_silent(connection: ServerConnection) -> None:
    """Send one message, and nothing more until the client closes the WebSocket."""
    channels = open_channels(connection)
    channels.send(b"\x00hello")
    while channels.receive() is not None:
        pass


async def test_grace_period_ends_a_receive_that_waits(
    open_pods: OpenPods, start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_port_stream, "END_OF_INPUT_GRACE", 0.2)
    server = start_server(be_silent)
    async with open_pods(server.url) as pods, pods.portforward.forward("web-0", 80) as stream:

        async def end_input() -> None:
            await anyio.wait_all_tasks_blocked()
            await stream.send_eof()

        with anyio.fail_after(10):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(end_input)
                assert [data async for data in stream] == [b"hello"]


async def test_listener_closes_the_connection_of_a_silent_pod_after_the_local_end(
    open_pods: OpenPods, start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_port_stream, "END_OF_INPUT_GRACE", 0.2)
    server = start_server(be_silent)
    async with open_pods(server.url) as pods, pods.portforward.listen("web-0", {80: 0}) as listener:
        async with await anyio.connect_tcp("127.0.0.1", listener.ports[80]) as local:
            assert await local.receive() == b"hello"
        assert await wait_until_closed(server)


async def test_listener_delivers_data_that_arrived_before_the_input_could_not_be_sent(
    open_pods: OpenPods, start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: PortStream, data: bytes) -> None:
        has_failed.set()
        raise CommandEndedError

    def handle(connection: ServerConnection) -> None:
        channels = open_channels(connection)
        channels.send(*[b"\x00" + BLOCK] * 128)
        channels.close()

    monkeypatch.setattr(PortStream, "send", fail)
    server = start_server(handle)
    has_failed = anyio.Event()
    async with (
        open_pods(server.url) as pods,
        pods.portforward.listen("web-0", {80: 0}) as listener,
        await anyio.connect_tcp("127.0.0.1", listener.ports[80]) as local,
    ):
        await local.send(b"more")
        await has_failed.wait()
        assert sum([len(data) async for data in local]) == 128 * len(BLOCK)


async def test_listener_continues_after_an_error_of_accept(
    open_pods: OpenPods, start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def create(*, local_host: str, local_port: int) -> MultiListener[SocketStream]:
        created = await create_tcp_listener(local_host=local_host, local_port=local_port)
        (single,) = created.listeners
        assert isinstance(single, SocketListener)
        accept = single.accept

        async def fail_once() -> SocketStream:
            monkeypatch.setattr(single, "accept", accept)
            raise OSError(errno.EMFILE, "Too many open files")

        monkeypatch.setattr(single, "accept", fail_once)
        return created

    create_tcp_listener = anyio.create_tcp_listener
    monkeypatch.setattr(anyio, "create_tcp_listener", create)
    monkeypatch.setattr(_port_listener, "_ACCEPT_PAUSE", 0)
    server = start_server(echo)
    errors: list[Exception] = []
    async with (
        open_pods(server.url) as pods,
        pods.portforward.listen("web-0", {80: 0}, on_error=errors.append) as listener,
        await anyio.connect_tcp("127.0.0.1", listener.ports[80]) as local,
    ):
        await local.send(b"x")
        with anyio.fail_after(10):
            assert await local.receive() == b"x"
    assert [str(error) for error in errors] == ["[Errno 24] Too many open files"]
