"""Exec, attach and port-forward, frame by frame as in transcripts of kube-apiserver."""

import base64
import contextlib
import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest

from kubex_testing._handle import ServerHandle
from kubex_testing.controlplane import ControlPlane, ControlPlaneUnavailable, TokenUser
from kubex_testing.embedded import ContainerProcess, EmbeddedServer, Identity
from support.polling import wait_until
from support.raw_websocket import Closed, RawWebSocket, Refused, open_websocket, refusal

ADMIN_TOKEN, JANE_TOKEN = "admintoken", "token-of-jane"
V5, V4, V1 = "v5.channel.k8s.io", "v4.channel.k8s.io", "channel.k8s.io"
V4_BASE64, V1_BASE64 = "v4.base64.channel.k8s.io", "base64.channel.k8s.io"
CLOSED = Closed(1000)
REQUEST = b"GET / HTTP/1.0\r\n\r\n"
RESPONSE = b"HTTP/1.0 200 OK\r\n\r\nhello"

V5_SUCCESS = b'\x03{"metadata":{},"status":"Success"}'
V4_SUCCESS = b'\x03{"status":"Success"}'


RUN_LABEL = {"kubex.example/run": "true"}
"""kubex-kubelet runs only pods with this label."""
MERGE_LISTS = "application/strategic-merge-patch+json"


@dataclass
class PodServer:
    """A server with the running pod `web`, and a TCP port that pods forward to."""

    handle: ServerHandle
    client: Any
    port: int

    def path(self, subresource: str, pod: str = "web") -> str:
        path = f"/api/v1/namespaces/{self.client.namespace}/pods/{pod}/{subresource}"
        return path.replace("{port}", str(self.port))

    def open(self, subresource: str, *subprotocols: str, pod: str = "web") -> AbstractContextManager[RawWebSocket]:
        return open_websocket(self.handle, self.path(subresource, pod), subprotocols)

    def create_pod(self, name: str, *containers: str, **options: Any) -> None:
        """Create a pod, and wait until it runs."""
        specs = [{"name": container, "image": "app:1", **options} for container in containers]
        metadata = {"name": name, "labels": RUN_LABEL}
        self.client.create("pods", {"metadata": metadata, "spec": {"restartPolicy": "Never", "containers": specs}})
        path = self.client.path("pods", name)
        wait_until(lambda: self.client.request("GET", path).document["status"].get("phase") == "Running")


async def tick(process: ContainerProcess) -> int:
    line = await process.stdin.readline()
    await process.stdout.write(b"tick " + line)
    return 0


class Responder(socketserver.BaseRequestHandler):
    """Read one request, and send one response."""

    def handle(self) -> None:
        if self.request.recv(1000) == REQUEST:
            self.request.sendall(RESPONSE)


@contextlib.contextmanager
def embedded_server(client: Callable[..., Any], port: int) -> Iterator[PodServer]:
    server = EmbeddedServer(
        tokens={ADMIN_TOKEN: Identity("root", ("system:masters",)), JANE_TOKEN: Identity("jane")},
        authorize=lambda user, _: user.name != "jane",
        run_pods=True,
    )
    server.set_attach_handler(tick)
    server.set_port_target(port, port)
    with server as handle:
        yield PodServer(handle, client(handle), port)
    assert server.failures == []


@contextlib.contextmanager
def real_server(client: Callable[..., Any], port: int) -> Iterator[PodServer]:
    users = [TokenUser("root", ("system:masters",), ADMIN_TOKEN), TokenUser("jane", (), JANE_TOKEN)]
    control_plane = ControlPlane(controller_manager=False, kubelet=True, token_users=users)
    try:
        handle = control_plane.start()
    except ControlPlaneUnavailable as error:
        pytest.skip(str(error))
    try:
        yield PodServer(handle, client(handle), port)
    finally:
        control_plane.stop()


@contextlib.contextmanager
def running_pod(start: Callable[..., Any], make_client: Callable[..., Any]) -> Iterator[PodServer]:
    """Start a server, and the pod `web` with two containers and an ephemeral one."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Responder) as listener:
        thread = threading.Thread(target=listener.serve_forever)
        thread.start()
        try:
            with start(make_client, listener.server_address[1]) as server:
                server.create_pod("web", "main", "side")
                debugger = {"spec": {"ephemeralContainers": [{"name": "debugger-ltknc", "image": "app:1"}]}}
                path = server.client.path("pods", "web", "ephemeralcontainers")
                assert server.client.patch(path, debugger, MERGE_LISTS).status == 200
                yield server
        finally:
            listener.shutdown()
            thread.join()


@pytest.fixture(scope="module", params=[embedded_server, real_server], ids=["embedded", "real"])
def server(request: pytest.FixtureRequest, make_client: Callable[..., Any]) -> Iterator[PodServer]:
    with running_pod(request.param, make_client) as server:
        yield server


@pytest.fixture(scope="module")
def embedded(make_client: Callable[..., Any]) -> Iterator[PodServer]:
    """The embedded server, for results that depend on the programs of the container."""
    with running_pod(embedded_server, make_client) as server:
        yield server


def exit_status(code: int) -> str:
    message = f"command terminated with non-zero exit code: command terminated with exit code {code}"
    cause = f'{{"reason":"ExitCode","message":"{code}"}}'
    return f'"status":"Failure","message":"{message}","reason":"NonZeroExitCode","details":{{"causes":[{cause}]}}'


ECHO = "exec?container=main&command=sh&command=-c&command=echo+out%3B+echo+err+%3E%262&stdout=1&stderr=1"
HI = "exec?container=main&command=echo&command=hi&stdout=1"
EXIT = "exec?container=main&command=sh&command=-c&command=exit+{}&stdout=1&stderr=1"
NO_STREAMS = "exec?container=main&command=echo&command=hi"
STDERR = "exec?container=main&command=sh&command=-c&command=echo+e+%3E%262&stderr=1"
MISSING = "exec?container=main&command=/nonexist&stdout=1"
NO_STREAMS_STATUS = (
    b'\x03{"metadata":{},"status":"Failure","message":"Internal error occurred: unable to upgrade connection: '
    b'you must specify at least 1 of stdin, stdout, stderr","reason":"InternalError","details":{"causes":[{"message":'
    b'"unable to upgrade connection: you must specify at least 1 of stdin, stdout, stderr"}]},"code":500}'
)
FRAMES: list[tuple[str, str, list[bytes | str]]] = [
    (ECHO, V5, [b"\x01", b"\x01out\n", b"\x02err\n", V5_SUCCESS]),
    (ECHO, V4, [b"\x01", b"\x01out\n", b"\x02err\n", V4_SUCCESS]),
    (EXIT.format(7), V5, [b"\x01", f'\x03{{"metadata":{{}},{exit_status(7)}}}'.encode()]),
    (EXIT.format(7), V4, [b"\x01", f"\x03{{{exit_status(7)}}}".encode()]),
    (HI, V1, [b"\x01", b"\x01hi\n"]),
    (
        EXIT.format(3),
        V1,
        [b"\x01", b"\x03command terminated with non-zero exit code: command terminated with exit code 3"],
    ),
    (HI, V1_BASE64, ["1", "1aGkK"]),
    (HI, V4_BASE64, ["1", "1aGkK", "3eyJzdGF0dXMiOiJTdWNjZXNzIn0="]),
    (EXIT.format(2), V4_BASE64, ["1", "3" + base64.b64encode(f"{{{exit_status(2)}}}".encode()).decode()]),
    (NO_STREAMS, V5, [b"\x03", NO_STREAMS_STATUS]),
    (STDERR, V5, [b"\x02", b"\x02e\n", V5_SUCCESS]),
]


@pytest.mark.parametrize(("subresource", "subprotocol", "frames"), FRAMES)
def test_command_without_input_sends_these_frames(
    server: PodServer, subresource: str, subprotocol: str, frames: list[bytes | str]
) -> None:
    with server.open(subresource, subprotocol) as socket:
        assert socket.subprotocol == subprotocol
        first, *others, last = socket.receive_all()
    assert (first, last) == (frames[0], CLOSED)
    # The order of frames of different channels is not fixed, but the status is the last one.
    assert others[-1:] == frames[1:][-1:]
    assert sorted(others, key=str) == frames[1:]


EMBEDDED_FRAMES = [
    # An empty command is an error on the real server, and its terminal converts line feeds.
    ("exec?container=main&stdout=1", [b"\x01", V5_SUCCESS]),
    (f"{STDERR}&stdout=1&tty=1", [b"\x01", b"\x01e\n", V5_SUCCESS]),
]


@pytest.mark.parametrize(("subresource", "frames"), EMBEDDED_FRAMES)
def test_empty_command_and_terminal_of_the_embedded_server(
    embedded: PodServer, subresource: str, frames: list[bytes]
) -> None:
    with embedded.open(subresource, V5) as socket:
        assert socket.receive_all() == [*frames, CLOSED]


NOT_FOUND = (
    r"Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "
    r'\\".*\\": OCI runtime exec failed: exec failed: unable to start container process: '
    r'exec: \\"/nonexist\\": stat /nonexist: no such file or directory'
)
NOT_FOUND_STATUS = {
    V5: r'\x03{"metadata":{},"status":"Failure","message":"Internal error occurred: (NOT_FOUND)","reason":'
    r'"InternalError","details":{"causes":\[{"message":"NOT_FOUND"}\]},"code":500}',
    V4: r'\x03{"status":"Failure","message":"(NOT_FOUND)","reason":"InternalError","code":500}',
}


@pytest.mark.parametrize("subprotocol", NOT_FOUND_STATUS)
def test_missing_program_is_an_internal_error(server: PodServer, subprotocol: str) -> None:
    with server.open(MISSING, subprotocol) as socket:
        first, status, last = socket.receive_all()
    assert (first, last) == (b"\x01", CLOSED)
    assert isinstance(status, bytes)
    pattern = NOT_FOUND_STATUS[subprotocol].replace("(NOT_FOUND)", NOT_FOUND).replace("NOT_FOUND", NOT_FOUND)
    assert re.fullmatch(pattern, status.decode()), status


@pytest.mark.parametrize(("subprotocol", "status"), [(V5, V5_SUCCESS), (V4, V4_SUCCESS)])
def test_attach_copies_streams_until_the_container_ends(server: PodServer, subprotocol: str, status: bytes) -> None:
    name = f"ticker-{subprotocol[:2]}"
    command = ["sh", "-c", "read line; echo tick $line"]
    server.create_pod(name, "main", command=command, stdin=True, stdinOnce=True)
    with server.open("attach?stdin=1&stdout=1", subprotocol, pod=name) as socket:
        assert socket.receive() == b"\x01"
        socket.send(b"\x000\n")
        assert socket.receive_all() == [b"\x01tick 0\n", status, CLOSED]


def test_response_to_the_upgrade_has_only_the_headers_of_the_handshake(server: PodServer) -> None:
    with server.open(HI, V5) as socket:
        assert (socket.headers.pop("upgrade"), socket.headers.pop("connection")) == ("websocket", "Upgrade")
        assert sorted(socket.headers) == ["sec-websocket-accept", "sec-websocket-protocol"]


@pytest.mark.parametrize("offers", [(V5, V4), (V4, V5)])
def test_v5_is_selected_in_any_order_of_the_offers(server: PodServer, offers: tuple[str, ...]) -> None:
    with server.open(HI, *offers) as socket:
        assert socket.subprotocol == V5
        assert socket.receive_all() == [b"\x01", b"\x01hi\n", V5_SUCCESS, CLOSED]


def test_first_supported_offer_is_selected_without_v5(server: PodServer) -> None:
    with server.open(HI, "v3.channel.k8s.io", V1, V4) as socket:
        assert socket.subprotocol == V1


def test_client_without_an_offer_gets_an_empty_header_and_the_first_protocol(server: PodServer) -> None:
    with server.open(HI) as socket:
        assert socket.headers["sec-websocket-protocol"] == ""
        assert socket.receive_all() == [b"\x01", b"\x01hi\n", CLOSED]


CAT = "exec?container=main&command=cat&stdin=1&stdout=1"
CONVERSATIONS: list[list[tuple[bytes | str, bytes | None]]] = [
    [(b"\x00hello\n", b"\x01hello\n"), (b"\xff\x00", V5_SUCCESS)],
    [("\x00text\n", b"\x01text\n"), (b"\xff\x00", V5_SUCCESS)],
    [(b"\x00", None), (b"", None), (b"\x00x", b"\x01x"), (b"\xff\x00", V5_SUCCESS)],
    [(b"\x09zzz", None), (b"\x00x", b"\x01x"), (b"\xff\x00", V5_SUCCESS)],
    [(b"\xff\x04", None), (b"\x00x", b"\x01x"), (b"\xff\x00", V5_SUCCESS)],
]


@pytest.mark.parametrize("conversation", CONVERSATIONS)
def test_v5_copies_input_until_stdin_is_closed(
    server: PodServer, conversation: list[tuple[bytes | str, bytes | None]]
) -> None:
    with server.open(CAT, V5) as socket:
        assert socket.receive() == b"\x01"
        for sent, received in conversation:
            socket.send(sent)
            if received is not None:
                assert socket.receive() == received
        assert socket.receive() == CLOSED


def test_v4_ignores_the_close_signal(server: PodServer) -> None:
    with server.open(CAT, V4) as socket:
        assert socket.receive() == b"\x01"
        for text in (b"hello\n", b"more\n"):
            socket.send(b"\x00" + text)
            assert socket.receive() == b"\x01" + text
            socket.send(b"\xff\x00")


@pytest.mark.parametrize("message", [b"\xff\x09", b"\xff", b"\xff\x00\x00"])
def test_invalid_close_signal_closes_the_connection_without_a_status(server: PodServer, message: bytes) -> None:
    with server.open(CAT, V5) as socket:
        assert socket.receive() == b"\x01"
        socket.send(message)
        assert socket.receive() == CLOSED


@pytest.mark.parametrize("subprotocol", [V1_BASE64, V4_BASE64])
def test_base64_input_is_decoded_and_invalid_input_is_ignored(server: PodServer, subprotocol: str) -> None:
    with server.open(CAT, subprotocol) as socket:
        assert socket.receive() == "1"
        socket.send("0a*b=")
        socket.send("0" + base64.b64encode(b"hello").decode())
        assert socket.receive() == "1" + base64.b64encode(b"hello").decode()


def test_terminal_has_the_latest_size(embedded: PodServer) -> None:
    script = "stty+size%3B+read+line%3B+stty+size"
    subresource = f"exec?container=main&command=sh&command=-c&command={script}&stdin=1&stdout=1&tty=1"
    with embedded.open(subresource, V5) as socket:
        assert [socket.receive() for _ in range(2)] == [b"\x01", b"\x010 0\n"]
        socket.send(b'\x04{"Width":120,"Height":40}')
        socket.send(b'\x04{"Width":100,"Height":30}')
        socket.send(b"\x00\n")
        assert socket.receive_all() == [b"\x0130 100\n", V5_SUCCESS, CLOSED]


@pytest.mark.parametrize(
    ("subresource", "subprotocol"),
    [
        (HI, "foo.bar"),
        (HI, "v3.channel.k8s.io"),
        ("portforward?ports={port}", V5),
        ("portforward?ports={port}", V1),
        ("portforward?ports={port}", "portforward.k8s.io"),
    ],
)
def test_unknown_subprotocol_is_forbidden_without_a_body(server: PodServer, subresource: str, subprotocol: str) -> None:
    refused = refusal(server.handle, server.path(subresource), [subprotocol])
    assert (refused.status, refused.body) == (403, b"")


def status(message: str, reason: str, code: int, details: str = "") -> bytes:
    """Return the body of an error response."""
    return (
        f'{{"kind":"Status","apiVersion":"v1","metadata":{{}},"status":"Failure","message":"{message}",'
        f'"reason":"{reason}",{details}"code":{code}}}\n'
    ).encode()


NO_CONTAINER = "a container name must be specified for pod web, choose one of: [main side debugger-ltknc]"
OUT_OF_RANGE = r"cannot convert to []int32: strconv.ParseUint: parsing \"99999\": value out of range"
REFUSED = [
    (NO_STREAMS, V4, 400, b"you must specify at least 1 of stdin, stdout, stderr\n"),
    (
        "exec?container=nope&command=ls&stdout=1",
        V5,
        400,
        status("container nope is not valid for pod web", "BadRequest", 400),
    ),
    ("exec?command=ls&stdout=1", V5, 400, status(NO_CONTAINER, "BadRequest", 400)),
    ("portforward", V4, 400, b'query parameter "port" is required\n'),
    ("portforward?ports=99999", V4, 400, status(OUT_OF_RANGE, "BadRequest", 400)),
]


@pytest.mark.parametrize(("subresource", "subprotocol", "code", "body"), REFUSED)
def test_invalid_request_is_refused_before_the_upgrade(
    server: PodServer, subresource: str, subprotocol: str, code: int, body: bytes
) -> None:
    refused = refusal(server.handle, server.path(subresource), [subprotocol])
    assert (refused.status, refused.body) == (code, body)


def test_missing_pod_and_missing_permission_are_refused_before_the_upgrade(server: PodServer) -> None:
    path = server.path("exec?command=ls&stdout=1", pod="nope")
    missing = refusal(server.handle, path, [V5])
    details = r'"details":{"name":"nope","kind":"pods"},'
    assert (missing.status, missing.body) == (404, status(r"pods \"nope\" not found", "NotFound", 404, details))

    def refused(handle: ServerHandle) -> Refused:
        return refusal(handle, server.path("exec?container=main&command=ls&stdout=1"), [V5])

    unauthorized = refused(server.handle.with_token("bad"))
    assert (unauthorized.status, unauthorized.body) == (401, status("Unauthorized", "Unauthorized", 401))
    forbidden = refused(server.handle.with_token(JANE_TOKEN))
    message = (
        r"pods \"web\" is forbidden: User \"jane\" cannot get resource \"pods/exec\" in API group \"\" "
        rf"in the namespace \"{server.client.namespace}\""
    )
    details = r'"details":{"name":"web","kind":"pods"},'
    assert (forbidden.status, forbidden.body) == (403, status(message, "Forbidden", 403, details))


def test_token_in_a_subprotocol_authenticates(server: PodServer) -> None:
    token = f"base64url.bearer.authorization.k8s.io.{base64.urlsafe_b64encode(ADMIN_TOKEN.encode()).decode()}"
    offers = [token.rstrip("="), V5]
    with open_websocket(server.handle.anonymous(), server.path(HI), offers) as socket:
        assert socket.subprotocol == V5
        assert socket.receive_all() == [b"\x01", b"\x01hi\n", V5_SUCCESS, CLOSED]


def test_port_forward_sends_the_port_and_closes_with_the_connection(server: PodServer) -> None:
    port = server.port.to_bytes(2, "little")
    with server.open("portforward?ports={port}", V4) as socket:
        assert [socket.receive() for _ in range(2)] == [b"\x00" + port, b"\x01" + port]
        socket.send(b"\x00" + REQUEST)
        assert socket.receive_all() == [b"\x00" + RESPONSE, CLOSED]


def test_port_that_refuses_does_not_affect_the_other_port(server: PodServer) -> None:
    port = server.port.to_bytes(2, "little")
    with server.open("portforward?ports={port}&ports=1", V4) as socket:
        ports = [b"\x00" + port, b"\x01" + port, b"\x02\x01\x00", b"\x03\x01\x00"]
        assert [socket.receive() for _ in range(4)] == ports
        message = socket.receive()
        assert isinstance(message, bytes)
        assert re.fullmatch(rb"\x03error forwarding port 1 to pod .*: connect: connection refused", message), message
        socket.send(b"\x00" + REQUEST)
        assert socket.receive_all() == [b"\x00" + RESPONSE, CLOSED]


def test_ports_can_be_separated_by_a_comma(server: PodServer) -> None:
    with server.open("portforward?ports={port},{port}", V4) as socket:
        port = server.port.to_bytes(2, "little")
        assert [socket.receive() for _ in range(4)] == [bytes((channel,)) + port for channel in range(4)]
        for channel in (b"\x00", b"\x02"):
            socket.send(channel + REQUEST)
            assert socket.receive() == channel + RESPONSE
        assert socket.receive() == CLOSED


def test_port_forward_supports_base64_and_no_subprotocol(server: PodServer) -> None:
    port = server.port.to_bytes(2, "little")
    encoded = base64.b64encode(port).decode()
    with server.open("portforward?ports={port}", V4_BASE64) as socket:
        assert [socket.receive() for _ in range(2)] == [f"0{encoded}", f"1{encoded}"]
        socket.send("0R0VUIC8gSFRUUC8xLjANCg0K")
        assert socket.receive_all() == ["0" + base64.b64encode(RESPONSE).decode(), CLOSED]
    with server.open("portforward?ports={port}") as socket:
        assert socket.headers["sec-websocket-protocol"] == ""
        assert socket.receive() == b"\x00" + port
