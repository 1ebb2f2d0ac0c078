"""Exec, attach and port-forward over SPDY, as older versions of kubectl and client-go use them."""

import random
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from kubex_testing import ServerHandle
from kubex_testing.embedded import EmbeddedServer, PortStream
from kubex_testing.embedded._containers.spdy_frames import SpdyDecoder, SpdyError
from support.polling import wait_until
from support.raw_spdy import PING, RawSpdy, connect_spdy, open_spdy, status_of, tunnel
from support.raw_websocket import Refused, open_websocket

V4 = ("v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io")
FORWARD = ("portforward.k8s.io",)
TUNNEL = "SPDY/3.1+portforward.k8s.io"


@dataclass
class PodServer:
    """A server with the running pod `web`, and a port of this machine that its ports forward to."""

    handle: ServerHandle
    path: str
    port: int

    def exec(self, query: str, protocols: tuple[str, ...] = V4) -> Any:
        return open_spdy(self.handle, f"{self.path}/exec?container=main&{query}", protocols)

    def forward(self) -> Any:
        return open_spdy(self.handle, f"{self.path}/portforward", FORWARD)


class Upper(socketserver.BaseRequestHandler):
    """Send everything back in upper case, after the client has sent its end."""

    def handle(self) -> None:
        received = b""
        while data := self.request.recv(65536):
            received += data
        self.request.sendall(received.upper())


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Return a port of this machine that a server listens on."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Upper) as listener:
        thread = threading.Thread(target=listener.serve_forever)
        thread.start()
        yield listener.server_address[1]
        listener.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def embedded_server(port: int) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(run_pods=True)
    server.set_port_target(port, port)
    with server:
        yield server
    assert server.failures == []


@pytest.fixture(scope="module", params=["embedded", "real"])
def server(request: pytest.FixtureRequest, make_client: Callable[..., Any], port: int) -> PodServer:
    if request.param == "embedded":
        handle = request.getfixturevalue("embedded_server").handle
    else:
        handle = request.getfixturevalue("kubex_control_plane")
        if "exec" not in handle.capabilities:
            pytest.skip("needs the capability exec: no kubex-kubelet in KUBEBUILDER_ASSETS")
    return with_pod(handle, make_client(handle), port)


@pytest.fixture(scope="module")
def embedded(embedded_server: EmbeddedServer, make_client: Callable[..., Any], port: int) -> PodServer:
    return with_pod(embedded_server.handle, make_client(embedded_server.handle), port)


def with_pod(handle: ServerHandle, client: Any, port: int) -> PodServer:
    """Create the pod, and wait until it runs."""
    metadata = {"name": "web", "labels": {"kubex.example/run": "true"}}
    spec = {"terminationGracePeriodSeconds": 0, "containers": [{"name": "main", "image": "app:1"}]}
    client.create("pods", {"metadata": metadata, "spec": spec})
    path = client.path("pods", "web")
    wait_until(lambda: client.request("GET", path).document["status"].get("phase") == "Running")
    return PodServer(handle, path, port)


def open_streams(connection: RawSpdy, *types: str) -> list[int]:
    """Open streams of these types, and wait until the server has accepted them."""
    streams = [connection.open(streamType=name) for name in types]
    connection.read_until(lambda: all(connection.streams[stream].replied for stream in streams))
    return streams


def open_pair(connection: RawSpdy, port: int, request: str = "0") -> tuple[int, int]:
    """Open the streams of a connection to a port: data and error."""
    error, data = (connection.open(streamType=name, port=str(port), requestID=request) for name in ("error", "data"))
    return data, error


def test_command_writes_to_its_streams_and_its_status_to_the_error_stream(server: PodServer) -> None:
    query = "command=sh&command=-c&command=echo+out%3B+echo+err+%3E%262%3B+exit+7&stdout=true&stderr=true"
    with server.exec(query) as connection:
        error, stdout, stderr = open_streams(connection, "error", "stdout", "stderr")
        status, out, err = connection.read_finished(error, stdout, stderr)
    assert connection.headers["x-stream-protocol-version"] == "v4.channel.k8s.io"
    assert (out, err, status_of(status)) == (b"out\n", b"err\n", ("Failure", "NonZeroExitCode"))


def test_command_reads_its_input_up_to_its_end(server: PodServer) -> None:
    with server.exec("command=cat&stdin=true&stdout=true") as connection:
        error, stdin, stdout = open_streams(connection, "error", "stdin", "stdout")
        connection.write(stdin, b"one\n")
        connection.read_until(lambda: connection.streams[stdout].data == b"one\n")
        connection.write(stdin, b"two" * 10_000, finished=True)
        status, out = connection.read_finished(error, stdout)
    assert (out, status_of(status)) == (b"one\n" + b"two" * 10_000, ("Success", ""))


def test_first_version_has_the_status_as_text(server: PodServer) -> None:
    with server.exec("command=sh&command=-c&command=exit+3&stdout=true", ("v2.channel.k8s.io",)) as connection:
        error, _ = open_streams(connection, "error", "stdout")
        [status] = connection.read_finished(error)
    assert b"exit code 3" in status


@pytest.mark.parametrize(
    ("path", "protocols", "status", "text"),
    [
        ("exec?container=main&command=true&stdout=1", ("v9.channel.k8s.io",), 403, b"v9.channel.k8s.io"),
        ("exec?container=main&command=true", V4, 400, b"you must specify at least 1 of stdin, stdout, stderr"),
        ("exec?container=other&command=true&stdout=1", V4, 400, b"container other is not valid for pod web"),
        ("portforward", ("v9.portforward.k8s.io",), 403, b"v9.portforward.k8s.io"),
    ],
)
def test_upgrade_is_refused(server: PodServer, path: str, protocols: tuple[str, ...], status: int, text: bytes) -> None:
    with connect_spdy(server.handle, f"{server.path}/{path}", protocols) as result:
        assert isinstance(result, Refused)
        assert result.status == status
        assert text in result.body


def test_pings_are_returned(server: PodServer) -> None:
    with server.forward() as connection:
        connection.send_control(PING, struct.pack(">I", 1))
        connection.read_until(lambda: connection.pings == [struct.pack(">I", 1)])


def test_connections_to_a_port_are_independent(server: PodServer) -> None:
    with server.forward() as connection:
        first, second = open_pair(connection, server.port, "0"), open_pair(connection, server.port, "1")
        connection.write(second[0], b"second", finished=True)
        assert connection.read_finished(*second) == [b"SECOND", b""]
        connection.write(first[0], b"first" * 50_000, finished=True)
        assert connection.read_finished(*first) == [b"FIRST" * 50_000, b""]


def test_port_that_refuses_connections_sends_an_error(server: PodServer) -> None:
    with server.forward() as connection:
        data, error = open_pair(connection, 1)
        [_, message] = connection.read_finished(data, error)
    assert message.startswith(b"error forwarding port 1 to pod ")
    assert message.endswith(b"connect: connection refused")


def test_port_forward_inside_of_a_websocket(server: PodServer) -> None:
    with open_websocket(server.handle, f"{server.path}/portforward", [TUNNEL, "v4.channel.k8s.io"]) as socket:
        assert socket.subprotocol == TUNNEL
        connection = tunnel(socket)
        data, error = open_pair(connection, server.port)
        connection.write(data, b"hello", finished=True)
        assert connection.read_finished(data, error) == [b"HELLO", b""]


def test_reset_stream_cancels_the_handler_of_its_port(embedded: PodServer, embedded_server: EmbeddedServer) -> None:
    started, cancelled = threading.Event(), threading.Event()

    async def wait(stream: PortStream) -> None:
        started.set()
        try:
            await stream.read()
        finally:
            cancelled.set()

    embedded_server.set_port_target(81, wait)
    with embedded.forward() as connection:
        data, _ = open_pair(connection, 81)
        assert started.wait(20)
        connection.reset(data)
        assert cancelled.wait(20)
        replaced = open_pair(connection, embedded.port)
        connection.write(replaced[0], b"x", finished=True)
        assert connection.read_finished(*replaced) == [b"X", b""]


def test_second_stream_with_the_same_number_is_reset(embedded: PodServer) -> None:
    with embedded.forward() as connection:
        data = connection.open(streamType="data", port=str(embedded.port), requestID="0")
        connection.read_until(lambda: connection.streams[data].replied)
        connection._next = data
        connection.open(streamType="error", port=str(embedded.port), requestID="0")
        connection.read_until(lambda: connection.streams[data].reset)


@pytest.mark.parametrize(
    "headers",
    [
        {"streamType": "other", "port": "80"},
        {"streamType": "data", "port": "x"},
        {"streamType": "data", "port": "8" * 5000},
        {"port": "80"},
    ],
)
def test_streams_with_wrong_headers_are_reset(embedded: PodServer, headers: dict[str, str]) -> None:
    with embedded.forward() as connection:
        stream = connection.open(requestID="0", **headers)
        connection.read_until(lambda: connection.streams[stream].reset)


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x02\x00\x01" + bytes(4),
        b"\x80\x03\x00\x01" + struct.pack(">I", 2) + b"ab",
        b"\x00\x00\x00\x01\x00\xff" * 20,
    ],
)
def test_invalid_frames_close_the_connection(embedded: PodServer, data: bytes) -> None:
    with embedded.forward() as connection:
        connection.send(data)
        assert connection.is_closed()


def test_sessions_end_with_their_client(embedded: PodServer, embedded_server: EmbeddedServer) -> None:
    with embedded.exec("command=cat&stdin=true&stdout=true") as connection, embedded.forward():
        open_streams(connection, "error", "stdin", "stdout")
        assert embedded_server.open_sessions == 2
    wait_until(lambda: embedded_server.open_sessions == 0)


def test_damaged_frames_raise_only_spdy_errors() -> None:
    generator = random.Random(20)  # noqa: S311  # not for secrets
    frames: list[bytes] = []
    recorder = RawSpdy(frames.append, bytes, {})
    recorder.write(recorder.open(streamType="data", port="80"), b"content")
    recorder.send_control(PING, struct.pack(">I", 1))
    valid, errors = b"".join(frames), 0
    for _ in range(5000):
        data = bytearray(valid)
        for _ in range(generator.randint(1, 4)):
            data[generator.randrange(len(data))] = generator.randrange(256)
        try:
            SpdyDecoder().decode(bytes(data))
        except SpdyError:
            errors += 1
    assert errors > 500
