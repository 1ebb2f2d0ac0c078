"""Port-forward to handlers and to ports of the loopback interface."""

import asyncio
import json
import socket as sockets
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kubex_testing.compliance._ports import free_port
from kubex_testing.embedded import EmbeddedServer, PortStream, Settings
from support.polling import WAIT_TIMEOUT, wait_until
from support.raw_websocket import Closed, refusal
from support.running_pod import RunningPod

MIB = 2**20
V4 = "v4.channel.k8s.io"


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tls=False, run_pods=True, settings=Settings(controller_delay=0))
    with server:
        yield server


@pytest.fixture
def pod(server: EmbeddedServer, make_client: Callable[..., Any]) -> Iterator[RunningPod]:
    yield RunningPod(server, make_client(server.handle), server.handle)
    wait_until(lambda: server.open_sessions == 0, "the end of all sessions")


@pytest.fixture
def listener() -> Iterator[sockets.socket]:
    with sockets.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(WAIT_TIMEOUT)
        yield listening


async def echo(stream: PortStream) -> None:
    async for data in stream:
        await stream.write(data)


def test_handler_receives_the_pod_and_the_port(server: EmbeddedServer, pod: RunningPod) -> None:
    async def describe(stream: PortStream) -> None:
        line = await stream.readline()
        await stream.write(f"{stream.namespace}/{stream.pod}:{stream.port} {line.decode()}".encode())

    server.set_port_target(80, describe)
    with pod.forward(80) as socket:
        socket.send(b"\0hello\nmore")
        assert socket.receive() == f"\0{pod.namespace}/{pod.name}:80 hello\n".encode()
        assert socket.receive() == Closed(1000)
    assert server.failures == []


def test_target_serves_only_the_selected_pods_and_port(server: EmbeddedServer, pod: RunningPod) -> None:
    server.set_port_target(80, echo, pod="other")
    server.set_port_target(81, echo)
    with pod.forward(80) as socket:
        message = socket.receive()
        assert isinstance(message, bytes)
        assert message.startswith(b"\x01error forwarding port 80 to pod ")
        assert message.endswith(b"dial tcp 127.0.0.1:80: connect: connection refused")
        assert socket.receive() == Closed(1000)
    server.set_port_target(80, echo, pod=pod.name)
    with pod.forward(80) as socket:
        socket.send(b"\0a")
        assert socket.receive() == b"\0a"


def test_error_of_a_handler_is_sent_on_the_error_channel(server: EmbeddedServer, pod: RunningPod) -> None:
    async def fail(_stream: PortStream) -> None:
        raise ValueError("wrong")

    server.set_port_target(80, fail)
    server.set_port_target(81, echo)
    with pod.forward(80, 81) as socket:
        message = socket.receive()
        assert isinstance(message, bytes)
        assert message.startswith(b"\x01error forwarding port 80")
        assert b"ValueError('wrong')" in message
        socket.send(b"\x02still works")
        assert socket.receive() == b"\x02still works"
    assert [str(failure) for failure in server.failures] == ["wrong"]


def test_loopback_port_is_connected(server: EmbeddedServer, pod: RunningPod, listener: sockets.socket) -> None:
    server.set_port_target(5432, listener.getsockname()[1])
    with pod.forward(5432) as socket:
        accepted, _ = listener.accept()
        with accepted:
            socket.send(b"\0question")
            assert accepted.recv(100) == b"question"
            accepted.sendall(b"answer")
            assert socket.receive() == b"\0answer"
        assert socket.receive() == Closed(1000)


def test_end_of_the_client_closes_the_loopback_connection(
    server: EmbeddedServer, pod: RunningPod, listener: sockets.socket
) -> None:
    server.set_port_target(5432, listener.getsockname()[1])
    with pod.forward(5432) as socket:
        accepted, _ = listener.accept()
        socket.close()
        with accepted:
            accepted.settimeout(WAIT_TIMEOUT)
            assert accepted.recv(100) == b""


def test_refused_loopback_port_names_the_port_of_the_pod(server: EmbeddedServer, pod: RunningPod) -> None:
    server.set_port_target(80, free_port())
    with pod.forward(80) as socket:
        message = socket.receive()
        assert isinstance(message, bytes)
        assert message.endswith(b"dial tcp 127.0.0.1:80: connect: connection refused")


def test_large_transfer_is_complete_in_both_directions(server: EmbeddedServer, pod: RunningPod) -> None:
    data = bytes(range(256)) * (8 * MIB // 256)

    async def swap(stream: PortStream) -> None:
        received = bytearray()
        while len(received) < len(data):
            received += await stream.read()
        await stream.write(bytes(received[::-1]))

    server.set_port_target(80, swap)
    with pod.forward(80) as socket:
        for start in range(0, len(data), 65536):
            socket.send(b"\0" + data[start : start + 65536])
        assert socket.receive_data(0, len(data)) == data[::-1]


def test_unread_data_stops_the_loopback_server(
    server: EmbeddedServer, pod: RunningPod, listener: sockets.socket
) -> None:
    server.set_port_target(80, listener.getsockname()[1])
    with pod.forward(80) as socket:
        accepted, _ = listener.accept()
        with accepted:
            accepted.settimeout(1)  # real time: the embedded server reads a chunk in less time
            sent = 0

            def send() -> None:
                nonlocal sent
                while sent < 64 * MIB:
                    sent += accepted.send(bytes(65536))

            with pytest.raises(sockets.timeout):
                send()
            assert sent < 32 * MIB
            assert socket.receive_data(0, sent) == bytes(sent)


def test_handler_reads_the_end_when_the_client_disconnects(server: EmbeddedServer, pod: RunningPod) -> None:
    ended = threading.Event()

    async def handle(stream: PortStream) -> None:
        await stream.write(b"ready")
        async for _ in stream:
            pass
        ended.set()

    server.set_port_target(80, handle)
    with pod.forward(80) as socket:
        assert socket.receive() == b"\0ready"
    assert ended.wait(WAIT_TIMEOUT)
    assert server.failures == []


def test_handler_that_does_not_read_is_cancelled(server: EmbeddedServer, pod: RunningPod) -> None:
    cancelled = threading.Event()

    async def handle(stream: PortStream) -> None:
        await stream.write(b"ready")
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    server.set_port_target(80, handle)
    with pod.forward(80) as socket:
        assert socket.receive() == b"\0ready"
    assert cancelled.wait(WAIT_TIMEOUT)


def test_end_of_the_pod_closes_the_connections(server: EmbeddedServer, pod: RunningPod) -> None:
    server.set_port_target(80, echo)
    with pod.forward(80) as socket:
        pod.client.request("DELETE", pod.client.path("pods", pod.name))
        assert socket.receive() == Closed(1000)


def test_messages_of_unknown_and_error_channels_are_ignored(server: EmbeddedServer, pod: RunningPod) -> None:
    server.set_port_target(80, echo)
    with pod.forward(80) as socket:
        for message in (b"\x01x", b"\x02x", b"\xff\x00", b"", b"\0"):
            socket.send(message)
        socket.send(b"\0a")
        assert socket.receive() == b"\0a"


INVALID_PORTS = [
    ("ports=x", r'cannot convert to []int32: strconv.ParseUint: parsing "x": invalid syntax'),
    ("ports=80,", r'cannot convert to []int32: strconv.ParseUint: parsing "": invalid syntax'),
    ("ports=65536", r'cannot convert to []int32: strconv.ParseUint: parsing "65536": value out of range'),
]


@pytest.mark.parametrize(("query", "message"), INVALID_PORTS)
def test_invalid_port_is_refused_before_the_pod_is_looked_up(pod: RunningPod, query: str, message: str) -> None:
    path = f"/api/v1/namespaces/{pod.namespace}/pods/missing/portforward?{query}"
    refused = refusal(pod.handle, path, [V4])
    assert (refused.status, json.loads(refused.body)["message"]) == (400, message)


def test_port_0_and_a_stopped_pod_are_errors_of_the_node(pod: RunningPod) -> None:
    zero = refusal(pod.handle, pod.path("portforward", ports=0), [V4])
    assert (zero.status, zero.body) == (400, b'port "0" must be > 0\n')
    pod.client.patch(pod.client.path("pods", pod.name, "status"), {"status": {"containerStatuses": None}})
    stopped = refusal(pod.handle, pod.path("portforward", ports=80), [V4])
    assert (stopped.status, stopped.body) == (500, f'pod not found ("{pod.name}_{pod.namespace}")'.encode())
