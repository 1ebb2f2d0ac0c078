"""Exec and attach with handlers of the test: input, output, cancellation and backpressure."""

import asyncio
import json
import socket as sockets
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from wsproto.events import Pong

from kubex_testing.embedded import (
    CommandNotFoundError,
    ContainerProcess,
    Drop,
    EmbeddedServer,
    Identity,
    Settings,
    TerminalSize,
)
from support.polling import WAIT_TIMEOUT, wait_until
from support.raw_websocket import Closed, open_websocket, refusal
from support.running_pod import V5, RunningPod, result

MIB = 2**20
JANE_TOKEN = "token-of-jane"


def may_only_read(user: Identity, info: Any) -> bool:
    return user.name != "jane" or info.verb == "get"


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(
        tls=False,
        run_pods=True,
        settings=Settings(controller_delay=0),
        tokens={JANE_TOKEN: Identity("jane")},
        authorize=may_only_read,
    )
    with server:
        yield server


@pytest.fixture
def pod(server: EmbeddedServer, make_client: Callable[..., Any]) -> Iterator[RunningPod]:
    env = [{"name": "COLOR", "value": "blue"}]
    yield RunningPod(server, make_client(server.handle), server.handle, env=env, workingDir="/srv/app")
    wait_until(lambda: server.open_sessions == 0, "the end of all sessions")


def test_handler_receives_the_command_and_its_container(server: EmbeddedServer, pod: RunningPod) -> None:
    processes: list[ContainerProcess] = []

    async def handle(process: ContainerProcess) -> int:
        processes.append(process)
        await process.stdout.write(b"out")
        await process.stderr.write(b"err")
        return 3

    server.set_exec_handler(handle)
    answer = pod.run("tool", "a b", "")
    assert (answer.stdout, answer.stderr, answer.exit_code) == (b"out", b"err", 3)
    (process,) = processes
    assert (process.namespace, process.pod, process.container) == (pod.namespace, pod.name, "main")
    assert (process.argv, process.tty, process.working_dir) == (("tool", "a b", ""), False, "/srv/app")
    assert (process.env["COLOR"], process.env["HOSTNAME"]) == ("blue", pod.name)
    assert server.failures == []


@pytest.mark.parametrize(("selection", "output"), [({}, b"handler"), ({"container": "other"}, b"built-in\n")])
def test_handler_serves_only_the_selected_containers(
    server: EmbeddedServer, pod: RunningPod, selection: dict[str, str], output: bytes
) -> None:
    async def handle(process: ContainerProcess) -> None:
        await process.stdout.write(b"handler")

    server.set_exec_handler(handle, **selection)
    assert pod.run("echo", "built-in").stdout == output


def test_latest_handler_has_priority_and_can_run_builtin_commands(server: EmbeddedServer, pod: RunningPod) -> None:
    async def never(_process: ContainerProcess) -> int:
        raise AssertionError

    async def prefix(process: ContainerProcess) -> int:
        await process.stdout.write(b"> ")
        await process.run_builtin()
        return await process.run_builtin(["sh", "-c", "exit 4"])

    server.set_exec_handler(never, namespace=pod.namespace)
    server.set_exec_handler(prefix, pod=pod.name)
    answer = pod.run("echo", "hi")
    assert (answer.stdout, answer.exit_code) == (b"> hi\n", 4)


def test_missing_command_is_an_internal_error(server: EmbeddedServer, pod: RunningPod) -> None:
    async def handle(_process: ContainerProcess) -> int:
        raise CommandNotFoundError("x")

    message = 'unable to start container process: exec: "{}": executable file not found in $PATH'
    builtin = pod.run("no-such-program").status
    assert (builtin["reason"], builtin["code"]) == ("InternalError", 500)
    assert builtin["message"].endswith(message.format("no-such-program"))
    server.set_exec_handler(handle)
    assert pod.run("echo").status["message"].endswith(message.format("x"))
    assert server.failures == []


def test_error_of_a_handler_is_an_internal_error_and_is_recorded(server: EmbeddedServer, pod: RunningPod) -> None:
    async def handle(_process: ContainerProcess) -> int:
        raise ValueError("wrong")

    server.set_exec_handler(handle)
    status = pod.run("tool").status
    assert (status["reason"], status["code"]) == ("InternalError", 500)
    assert "ValueError('wrong')" in status["message"]
    assert [str(failure) for failure in server.failures] == ["wrong"]


def test_handler_reads_input_as_it_arrives(server: EmbeddedServer, pod: RunningPod) -> None:
    async def handle(process: ContainerProcess) -> int:
        await process.stdout.write(await process.stdin.readline())
        async for data in process.stdin:
            await process.stdout.write(data.upper())
        return 0

    server.set_exec_handler(handle)
    with pod.open("tool") as socket:
        socket.send(b"\0first\nsec")
        assert socket.receive_data(1, 9) == b"first\nSEC"
        socket.send(b"\0ond")
        assert socket.receive_data(1, 3) == b"OND"
        socket.send(b"\xff\0")
        assert result(socket).exit_code == 0


def test_input_that_was_not_requested_has_ended(pod: RunningPod) -> None:
    with pod.open("cat", stdin=False) as socket:
        assert result(socket).exit_code == 0


def test_handler_receives_each_size_of_the_terminal(server: EmbeddedServer, pod: RunningPod) -> None:
    async def handle(process: ContainerProcess) -> int:
        assert process.terminal_size is None
        size = await process.wait_for_resize()
        assert size == process.terminal_size == TerminalSize(80, 24)
        await process.stderr.write(b"ready")
        size = await process.wait_for_resize()
        return size.width

    server.set_exec_handler(handle)
    with pod.open("tool", tty=True) as socket:
        for part in (b'\x04{"Width":80', b'\x04,"Height":24}'):
            socket.send(part)
        # A terminal has one output, so the error output arrives on channel 1.
        assert socket.receive_data(1, 5) == b"ready"
        socket.send(b'\x04{"Width":99,"Height":24}')
        assert result(socket).exit_code == 99


def test_ping_is_answered_while_a_command_runs(pod: RunningPod) -> None:
    with pod.open("cat") as socket:
        socket.ping(b"now")
        pong = socket.receive()
        assert isinstance(pong, Pong)
        assert bytes(pong.payload) == b"now"


def test_parts_of_a_large_frame_are_delivered_as_they_arrive(pod: RunningPod) -> None:
    with pod.open("cat") as socket:
        # A masked frame of 100,001 bytes, with a mask of zeros.
        socket.send_raw(b"\x82\xff" + (100_001).to_bytes(8, "big") + bytes(4) + b"\0abc")
        assert socket.receive_data(1, 3) == b"abc"
        socket.send_raw(b"d" * 99_997)
        assert socket.receive_data(1, 99_997) == b"d" * 99_997


def test_continuation_frames_are_separate_messages(pod: RunningPod) -> None:
    # The WebSocket library of kube-apiserver does not join them, so the second one needs a channel too.
    with pod.open("cat") as socket:
        socket.send_part(b"\0abc", finished=False)
        socket.send_part(b"\0def", finished=True)
        assert socket.receive_data(1, 6) == b"abcdef"


def test_frame_above_the_limit_of_the_real_server_closes_the_connection(pod: RunningPod) -> None:
    with pod.open("cat", "/dev/null") as socket:
        assert result(socket).exit_code == 0
    with pod.open("sh", "-c", "cat > /dev/null") as socket:
        socket.send(bytes(32 * MIB + 1))
        assert socket.receive() == Closed(1000)


def test_unread_output_stops_the_handler(server: EmbeddedServer, pod: RunningPod) -> None:
    size, written, stalled = 64 * MIB, [0], threading.Event()

    async def handle(process: ContainerProcess) -> int:
        while written[0] < size:
            write = asyncio.ensure_future(process.stdout.write(bytes(MIB)))
            # A write that does not wait for the client ends after fewer steps of the event loop.
            for _ in range(1000):
                await asyncio.sleep(0)
            if not write.done():
                stalled.set()
            await write
            written[0] += MIB
        return 0

    server.set_exec_handler(handle)
    with pod.open("tool") as socket:
        assert stalled.wait(WAIT_TIMEOUT)
        assert written[0] < size // 2
        assert socket.receive_data(1, size) == bytes(size)
        assert result(socket).exit_code == 0


def test_unread_input_stops_the_client(server: EmbeddedServer, pod: RunningPod) -> None:
    releases: list[Callable[[], object]] = []

    async def handle(process: ContainerProcess) -> int:
        release, loop = asyncio.Event(), asyncio.get_running_loop()
        releases.append(lambda: loop.call_soon_threadsafe(release.set))
        await process.stdout.write(b"ready")
        await release.wait()
        async for _ in process.stdin:
            pass
        return 0

    server.set_exec_handler(handle)
    with pod.open("tool") as socket:
        socket.receive()
        socket.socket.settimeout(1)  # real time: the server reads a frame in less time
        sent = 0

        def send() -> None:
            nonlocal sent
            while sent < 64 * MIB:
                socket.send(bytes(65536))
                sent += 65536

        with pytest.raises(sockets.timeout):
            send()
        assert sent < 32 * MIB
        (release,) = releases
        release()


def test_end_of_the_connection_behind_unread_input_cancels_the_handler(server: EmbeddedServer, pod: RunningPod) -> None:
    cancelled = threading.Event()

    async def handle(process: ContainerProcess) -> int:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return 0

    server.set_exec_handler(handle)
    with pod.open("tool") as socket:
        for _ in range(3):  # more would not fit into the buffers of the sockets, and the end would not arrive
            socket.send(bytes(65536))
    assert cancelled.wait(WAIT_TIMEOUT)


def test_command_that_ends_early_discards_its_input(pod: RunningPod) -> None:
    with pod.open("true") as socket:
        for _ in range(64):
            socket.send(bytes(65536))
        assert result(socket).exit_code == 0


Disconnect = Callable[[EmbeddedServer, Any], None]
DISCONNECTS: dict[str, Disconnect] = {
    "close frame": lambda _server, socket: socket.close(),
    "end of the connection": lambda _server, socket: socket.socket.close(),
    "drop_connections": lambda server, _socket: server.drop_connections(),
    "stop": lambda server, _socket: server.stop(),
}


@pytest.mark.parametrize("disconnect", DISCONNECTS.values(), ids=list(DISCONNECTS))
def test_handler_is_cancelled_when_the_client_disconnects(
    server: EmbeddedServer, pod: RunningPod, disconnect: Disconnect
) -> None:
    started, cancelled = threading.Event(), threading.Event()

    async def handle(_process: ContainerProcess) -> int:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return 0

    server.set_exec_handler(handle)
    with pod.open("tool") as socket:
        assert started.wait(WAIT_TIMEOUT)
        assert server.open_sessions == 1
        disconnect(server, socket)
        assert cancelled.wait(WAIT_TIMEOUT)
    assert server.failures == []


def test_handler_that_writes_after_the_client_disconnected_is_not_a_failure(
    server: EmbeddedServer, pod: RunningPod
) -> None:
    ended = threading.Event()

    async def handle(process: ContainerProcess) -> int:
        try:
            while True:
                await process.stdout.write(bytes(65536))
        finally:
            ended.set()

    server.set_exec_handler(handle)
    with pod.open("tool") as socket:
        socket.receive()
    assert ended.wait(WAIT_TIMEOUT)
    assert server.failures == []


def test_end_of_the_pod_kills_its_commands(pod: RunningPod) -> None:
    with pod.open("sleep", "infinity") as socket:
        pod.client.request("DELETE", pod.client.path("pods", pod.name))
        assert result(socket).exit_code == 137


def test_end_of_a_container_kills_only_its_commands(pod: RunningPod) -> None:
    path = pod.client.path("pods", pod.name)
    debugger = {"spec": {"ephemeralContainers": [{"name": "debug", "image": "d:1"}]}}
    pod.client.patch(
        pod.client.path("pods", pod.name, "ephemeralcontainers"), debugger, "application/strategic-merge-patch+json"
    )
    wait_until(lambda: "ephemeralContainerStatuses" in pod.client.request("GET", path).document["status"])
    debug = pod.path("exec", command=["sleep", "infinity"], container="debug", stdout=1)
    other = pod.path("exec", command=["cat"], container="main", stdin=1, stdout=1)
    with open_websocket(pod.handle, other, [V5]) as running, open_websocket(pod.handle, debug, [V5]) as ended:
        assert running.receive() == ended.receive() == b"\x01"
        status = {"status": {"ephemeralContainerStatuses": None}}
        pod.client.patch(pod.client.path("pods", pod.name, "status"), status)
        assert result(ended).exit_code == 137
        running.send(b"\0still")
        assert running.receive() == b"\x01still"


def test_connection_can_be_dropped_after_the_upgrade(server: EmbeddedServer, pod: RunningPod) -> None:
    server.inject(lambda request: "/exec" in request.path, Drop("body"))
    with open_websocket(server.handle, pod.path("exec", command="cat", stdout=1), [V5]) as socket:
        assert socket.receive() is None


def test_request_is_recorded(server: EmbeddedServer, pod: RunningPod) -> None:
    pod.run("true")
    assert any(request.path.endswith(f"/pods/{pod.name}/exec") for request in server.requests)


async def tick(process: ContainerProcess) -> int:
    await process.stdout.write(await process.stdin.readline())
    return 9


def test_attach_handler_runs_and_its_exit_code_is_ignored(server: EmbeddedServer, pod: RunningPod) -> None:
    server.set_attach_handler(tick, namespace=pod.namespace, pod=pod.name, container="main")
    with pod.open(subresource="attach") as socket:
        socket.send(b"\0tick\n")
        answer = result(socket)
    assert (answer.stdout, answer.status["status"]) == (b"tick\n", "Success")


def test_attach_without_a_handler_follows_the_log(server: EmbeddedServer, pod: RunningPod) -> None:
    key = (pod.namespace, pod.name, "main")
    server.set_pod_log(*key, b"earlier\n", ended=False)
    with pod.open(subresource="attach") as socket:
        server.append_pod_log(*key, b"now\n")
        assert socket.receive_data(1, 4) == b"now\n"
        server.end_pod_log(*key)
        assert result(socket).status["status"] == "Success"


def test_attach_without_a_log_ends_with_the_pod(pod: RunningPod) -> None:
    with pod.open(subresource="attach") as socket:
        pod.client.request("DELETE", pod.client.path("pods", pod.name))
        assert result(socket).status["status"] == "Success"


NOT_RUNNING = [
    ("exec", 'container not found ("main")'),
    ("attach", "container main not found in pod {name}_{namespace}"),
]


@pytest.mark.parametrize(("subresource", "message"), NOT_RUNNING)
def test_container_that_does_not_run_is_an_error_of_the_node(pod: RunningPod, subresource: str, message: str) -> None:
    pod.client.patch(pod.client.path("pods", pod.name, "status"), {"status": {"containerStatuses": None}})
    path = pod.path(subresource, command="true", stdout=1)
    expected = message.format(name=pod.name, namespace=pod.namespace)
    refused = refusal(pod.handle, path, ["v4.channel.k8s.io"])
    assert (refused.status, refused.body) == (500, expected.encode())
    with open_websocket(pod.handle, path, [V5]) as socket:
        assert socket.receive() == b"\x01"
        status = result(socket).status
    assert status["message"] == f"Internal error occurred: unable to upgrade connection: {expected}"


def test_pod_without_a_node_has_no_host(server: EmbeddedServer, pod: RunningPod) -> None:
    gated = {"containers": [{"name": "main", "image": "i"}], "schedulingGates": [{"name": "a/b"}]}
    pod.client.create("pods", {"metadata": {"name": "gated"}, "spec": gated})
    path = f"/api/v1/namespaces/{pod.namespace}/pods/gated/exec?command=ls&stdout=1"
    refused = refusal(server.handle, path, [V5])
    assert (refused.status, json.loads(refused.body)["message"]) == (400, "pod gated does not have a host assigned")


@pytest.mark.parametrize("subresource", ["exec", "attach", "portforward"])
def test_request_without_an_upgrade_is_a_bad_request(pod: RunningPod, subresource: str) -> None:
    for method in ("GET", "POST"):
        answer = pod.client.request(method, pod.path(subresource, command="ls", stdout=1, ports=80))
        assert (answer.status, answer.document["message"]) == (400, "Upgrade request required")


def test_upgrade_requires_permission_to_create(server: EmbeddedServer, pod: RunningPod) -> None:
    path = pod.path("exec", command="ls", stdout=1)
    refused = refusal(server.handle.with_token(JANE_TOKEN), path, [V5])
    assert refused.status == 403
    assert json.loads(refused.body)["details"] == {"name": pod.name, "kind": "pods"}


TOKEN = "base64url.bearer.authorization.k8s.io."


@pytest.mark.parametrize(
    "offers",
    [
        [f"{TOKEN}YWRtaW4"],
        [f"{TOKEN}a", V5],
        [f"{TOKEN}YQ==", V5],
        [f"{TOKEN}YQ", f"{TOKEN}YQ", V5],
        [f"{TOKEN}_w", V5],
    ],
)
def test_invalid_token_in_a_subprotocol_is_unauthorized(
    server: EmbeddedServer, pod: RunningPod, offers: list[str]
) -> None:
    path = pod.path("exec", command="ls", stdout=1)
    assert refusal(server.handle.anonymous(), path, offers).status == 401


def test_upgrade_header_of_another_request_is_ignored(pod: RunningPod) -> None:
    headers = (("Upgrade", "websocket"), ("Connection", "Upgrade"))
    assert pod.client.request("GET", "/version", headers=headers).status == 200
