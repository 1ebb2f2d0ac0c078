"""`api.portforward`: streams, listeners and their errors."""

import logging
import struct
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import anyio
import anyio.to_thread
import pytest
from anyio.abc import ByteStream

from kubex.errors import (
    AlreadyOpenError,
    CommandEndedError,
    ConfigurationError,
    ConnectionLost,
    NotFound,
    PortForwardError,
    StreamNotOpenError,
)
from kubex.streaming import _port_stream
from kubex_testing.compliance.servers import Server, ServerConnection, StartServer
from streaming.channel_server import V4, ChannelConnection, OpenPods

pytestmark = pytest.mark.anyio


def open_channels(connection: ServerConnection, port: int = 80) -> ChannelConnection:
    """Accept the upgrade and confirm both channels of a port."""
    channels = ChannelConnection(connection, subprotocol=V4)
    confirmation = struct.pack("<H", port)
    channels.send(b"\x00" + confirmation, b"\x01" + confirmation)
    return channels


def echo(connection: ServerConnection) -> None:
    """Send the data back until the client closes the WebSocket."""
    channels = open_channels(connection)
    while (message := channels.receive()) is not None:
        channels.send(message)


def send_and_close(*messages: bytes) -> Callable[[ServerConnection], None]:
    """Return a handler that sends messages and closes the WebSocket."""

    def handle(connection: ServerConnection) -> None:
        channels = open_channels(connection)
        channels.send(*messages)
        channels.close()

    return handle


async def wait_until_closed(server: Server) -> bool:
    """Wait until all connections of the server are closed."""
    return await anyio.to_thread.run_sync(server.wait_for_open_connections, 0)


async def test_data_is_sent_and_received(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(echo)
    data = bytes(range(256)) * 5000
    async with open_pods(server.url) as pods, pods.portforward.forward("web-0", 80) as stream:
        assert isinstance(stream, ByteStream)
        received = b""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(stream.send, data)
            while len(received) < len(data):
                part = await stream.receive(100_000)
                assert 0 < len(part) <= 100_000
                received += part
        assert received == data
    (request,) = server.requests
    assert request.header("sec-websocket-protocol") == V4
    target = urlsplit(request.target)
    assert target.path == "/api/v1/namespaces/default/pods/web-0/portforward"
    assert parse_qsl(target.query) == [("ports", "80")]
    assert await wait_until_closed(server)


async def test_end_of_the_connection_is_the_end_of_the_stream(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(send_and_close(b"\x00hello ", b"\x00", b"\x00world"))
    async with open_pods(server.url) as pods, pods.portforward.forward("web-0", 80) as stream:
        assert b"".join([data async for data in stream]) == b"hello world"
        with pytest.raises(anyio.EndOfStream):
            await stream.receive()
        with pytest.raises(CommandEndedError):
            await stream.send(b"x")


@pytest.mark.covers("pitfall-41")
async def test_refused_port_raises_port_forward_error(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(send_and_close(b"\x01error forwarding port 81 to pod web-0: connection refused\n"))
    async with open_pods(server.url) as pods, pods.portforward.forward("web-0", 81) as stream:
        for _ in range(2):
            with pytest.raises(PortForwardError, match=r"port 81 to pod web-0: connection refused$"):
                await stream.receive()


async def test_lost_connection_raises_connection_lost(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(lambda connection: open_channels(connection).send(b"\x00last"))
    async with open_pods(server.url) as pods, pods.portforward.forward("web-0", 80) as stream:
        assert await stream.receive() == b"last"
        with pytest.raises(ConnectionLost):
            await stream.receive()


async def test_invalid_confirmation_of_a_channel_raises_decode_error(
    open_pods: OpenPods, start_server: StartServer
) -> None:
    def handle(connection: ServerConnection) -> None:
        channels = ChannelConnection(connection, subprotocol=V4)
        channels.send(b"\x00abc")
        channels.receive()

    server = start_server(handle)
    async with open_pods(server.url) as pods, pods.portforward.forward("web-0", 80) as stream:
        with pytest.raises(ValueError, match="3 bytes instead of 2"):
            await stream.receive()


async def test_stream_can_be_opened_with_await(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(echo)
    async with open_pods(server.url) as pods:
        stream = await pods.portforward.forward("web-0", 80)
        await stream.send(b"x")
        assert await stream.receive() == b"x"
        with pytest.raises(AlreadyOpenError):
            await stream
        with pytest.raises(ValueError, match="must be a positive integer"):
            await stream.receive(0)
        await stream.aclose()
        await stream.aclose()
        assert await wait_until_closed(server)
        with pytest.raises(StreamNotOpenError):
            await stream.receive()


@pytest.mark.covers("pitfall-41")
async def test_data_of_the_pod_is_received_after_the_end_of_the_input(
    open_pods: OpenPods, start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_port_stream, "END_OF_INPUT_GRACE", 0.2)
    has_ended = threading.Event()

    def handle(connection: ServerConnection) -> None:
        channels = open_channels(connection)
        assert channels.receive() == b"\x00request"
        has_ended.wait(40)
        channels.send(b"\x00response")
        assert channels.receive() is None

    server = start_server(handle)
    async with open_pods(server.url) as pods, pods.portforward.forward("web-0", 80) as stream:
        await stream.send(b"request")
        await stream.send_eof()
        has_ended.set()
        assert [data async for data in stream] == [b"response"]
        with pytest.raises(CommandEndedError):
            await stream.send(b"x")


async def test_exception_of_the_block_is_raised_unchanged(open_pods: OpenPods, start_server: StartServer) -> None:
    server = start_server(echo)
    async with open_pods(server.url) as pods:
        with pytest.raises(KeyError, match="mine"):
            async with pods.portforward.forward("web-0", 80):
                raise KeyError("mine")
        assert await wait_until_closed(server)


@pytest.mark.parametrize("port", [0, 65536, -1, "", "80", 80.5, True])
async def test_invalid_port_raises_before_a_request_is_sent(open_pods: OpenPods, port: Any) -> None:
    async with open_pods("http://127.0.0.1:1") as pods:
        with pytest.raises(ConfigurationError, match="port: must be"):
            pods.portforward.forward("web-0", port)
        with pytest.raises(ConfigurationError, match="port: must be"):
            pods.portforward.listen("web-0", {port: 0})


@pytest.mark.parametrize("name", ["", "node/a", "svc/", "/a"])
async def test_invalid_target_raises_before_a_request_is_sent(open_pods: OpenPods, name: str) -> None:
    async with open_pods("http://127.0.0.1:1") as pods:
        with pytest.raises(ConfigurationError, match="is not the name of a pod, svc/NAME, deploy/NAME or sts/NAME"):
            pods.portforward.forward(name, 80)
        with pytest.raises(ConfigurationError, match="is not the name of a pod"):
            pods.portforward.listen(name, {80: 0})


async def test_invalid_local_ports_raise_before_a_port_is_opened(open_pods: OpenPods) -> None:
    async with open_pods("http://127.0.0.1:1") as pods:
        with pytest.raises(ConfigurationError, match="ports: is empty"):
            pods.portforward.listen("web-0", {})
        with pytest.raises(ConfigurationError, match="has the local port 65536"):
            pods.portforward.listen("web-0", {80: 65536})


@pytest.mark.covers("pitfall-41")
async def test_listener_selects_free_ports_and_forwards_each_connection(
    open_pods: OpenPods, start_server: StartServer
) -> None:
    server = start_server(echo)
    async with open_pods(server.url) as pods, pods.portforward.listen("web-0", {80: 0, 81: 0}) as listener:
        assert set(listener.ports) == {80, 81}
        assert len({0, *listener.ports.values()}) == 3
        for remote in (80, 81, 80):
            async with await anyio.connect_tcp("127.0.0.1", listener.ports[remote]) as local:
                await local.send(b"hello")
                assert await local.receive() == b"hello"
    assert [parse_qsl(urlsplit(request.target).query) for request in server.requests] == [
        [("ports", "80")],
        [("ports", "81")],
        [("ports", "80")],
    ]
    assert await wait_until_closed(server)
    with pytest.raises(OSError):  # noqa: PT011 - all errors of connect_tcp
        await anyio.connect_tcp("127.0.0.1", listener.ports[80])


@pytest.mark.covers("pitfall-41")
async def test_error_of_one_connection_does_not_affect_the_others(
    open_pods: OpenPods, start_server: StartServer
) -> None:
    def handle(connection: ServerConnection) -> None:
        channels = open_channels(connection)
        if "ports=81" in channels.request.target:
            channels.send(b"\x01connection refused")
            channels.close()
            return
        while (message := channels.receive()) is not None:
            channels.send(message)

    server = start_server(handle)
    errors: list[Exception] = []
    async with (
        open_pods(server.url) as pods,
        pods.portforward.listen("web-0", {80: 0, 81: 0}, on_error=errors.append) as listener,
        await anyio.connect_tcp("127.0.0.1", listener.ports[80]) as good,
    ):
        async with await anyio.connect_tcp("127.0.0.1", listener.ports[81]) as refused:
            with pytest.raises(anyio.EndOfStream):
                await refused.receive()
        await good.send(b"still open")
        assert await good.receive() == b"still open"
    assert [type(error) for error in errors] == [PortForwardError]


async def test_error_without_callback_is_logged(
    open_pods: OpenPods, start_server: StartServer, caplog: pytest.LogCaptureFixture
) -> None:
    def handle(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.respond(b'{"kind":"Status","message":"pods \\"web-0\\" not found"}', status="404 Not Found")

    server = start_server(handle)
    with caplog.at_level(logging.WARNING, "kubex.streaming"):
        async with (
            open_pods(server.url) as pods,
            pods.portforward.listen("web-0", {80: 0}) as listener,
            await anyio.connect_tcp("127.0.0.1", listener.ports[80]) as local,
        ):
            with pytest.raises(anyio.EndOfStream):
                await local.receive()
    assert 'the connection to port 80 ended with an error: 404: pods "web-0" not found' in caplog.text


async def test_callback_receives_the_error_of_a_refused_upgrade(open_pods: OpenPods, start_server: StartServer) -> None:
    def handle(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.respond(b"404 page not found", status="404 Not Found")

    def fail(error: Exception) -> None:
        errors.append(error)
        raise ValueError("in the callback")

    server = start_server(handle)
    errors: list[Exception] = []
    async with open_pods(server.url) as pods, pods.portforward.listen("web-0", {80: 0}, on_error=fail) as listener:
        for _ in range(2):
            async with await anyio.connect_tcp("127.0.0.1", listener.ports[80]) as local:
                with pytest.raises(anyio.EndOfStream):
                    await local.receive()
    assert [type(error) for error in errors] == [NotFound, NotFound]


async def test_port_in_use_raises_os_error_and_closes_the_other_listeners(
    open_pods: OpenPods, start_server: StartServer
) -> None:
    server = start_server(echo)
    async with open_pods(server.url) as pods:
        listener = pods.portforward.listen("web-0", {80: 0, 81: server.port})
        with pytest.raises(OSError, match=r"(?i)address already in use"):
            await listener.__aenter__()


async def test_exception_in_the_block_of_a_listener_closes_open_connections(
    open_pods: OpenPods, start_server: StartServer
) -> None:
    server = start_server(echo)
    async with open_pods(server.url) as pods:
        with pytest.raises(KeyError, match="mine"):  # noqa: PT012 - the block is the test
            async with pods.portforward.listen("web-0", {80: 0}) as listener:
                local = await anyio.connect_tcp("127.0.0.1", listener.ports[80])
                await local.send(b"x")
                assert await local.receive() == b"x"
                raise KeyError("mine")
        async with local:
            with pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)):
                await local.receive()
        assert await wait_until_closed(server)
