"""Pods that run on the real control plane: kubex-kubelet runs them, and kubectl is the client."""

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from kubex.transport import PreparedRequest, TransportConfig, WebSocket
from kubex_aiohttp import BACKEND
from kubex_testing import ServerHandle
from kubex_testing._pki import Identity, client_context
from support.kubectl import LIMIT, Kubectl, environment, require_kubectl

EXIT_CODE_1 = (
    b'"status":"Failure","message":"command terminated with non-zero exit code: command terminated with exit code 1",'
    b'"reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"1"}]}}'
)


@pytest.fixture
def anyio_backend() -> str:
    """Run the async tests on asyncio."""
    return "asyncio"


@pytest.fixture
def kubectl(kubex_control_plane: ServerHandle, tmp_path: Path) -> Iterator[Kubectl]:
    """Return kubectl for a new namespace, or skip the test if kubectl or the kubelet is not installed."""
    program = require_kubectl()
    if "exec" not in kubex_control_plane.capabilities:
        pytest.skip("needs exec: no kubex-kubelet in KUBEBUILDER_ASSETS")
    namespace = f"pods-{uuid.uuid4().hex[:12]}"
    kubeconfig = kubex_control_plane.write_kubeconfig(tmp_path / "kubeconfig", namespace)
    kubectl = Kubectl(program, kubeconfig, namespace)
    kubectl.output("create", "namespace", kubectl.namespace)
    yield kubectl
    kubectl.output("delete", "pods", "--all", "--force", "--grace-period=0", "--wait=false")


def test_pod_without_the_label_stays_pending(kubectl: Kubectl) -> None:
    kubectl.output("run", "unlabelled", "--image=none")
    kubectl.create("labelled")
    assert kubectl.output("get", "pods", "-o", "jsonpath={.items[*].status.phase}") == b"Running Pending"


def test_running_pod_has_the_status_of_a_kubelet(kubectl: Kubectl) -> None:
    kubectl.create("one")
    pod = json.loads(kubectl.output("get", "pod", "one", "-o", "json"))
    status = pod["status"]
    [container] = status["containerStatuses"]
    assert (status["phase"], status["podIP"], status["hostIP"]) == ("Running", "127.0.0.1", "127.0.0.1")
    assert pod["spec"]["nodeName"] == "kubex-node"
    assert status["startTime"]
    assert {each["type"] for each in status["conditions"] if each["status"] == "True"} >= {"Ready", "ContainersReady"}
    assert (container["ready"], container["restartCount"], list(container["state"])) == (True, 0, ["running"])


def test_exec_returns_the_output_and_the_exit_code(kubectl: Kubectl) -> None:
    kubectl.create("one", env=[{"name": "GREETING", "value": "hello"}])
    script = 'echo "$GREETING"; echo error >&2; [ "$HOME" = "$PWD" ] && [ "$PWD" = "$(pwd -P)" ] && exit 7'
    result = kubectl.run("exec", "one", "--", "sh", "-c", script)
    assert (result.returncode, result.stdout) == (7, b"hello\n")
    assert result.stderr == b"error\ncommand terminated with exit code 7\n"
    assert kubectl.run("exec", "one", "--", "sh", "-c", "kill -9 $$").returncode == 137


def test_exec_sends_stdin_and_its_end(kubectl: Kubectl) -> None:
    kubectl.create("one")
    data = bytes(range(256)) * 4096
    assert kubectl.output("exec", "-i", "one", "--", "cat", stdin=data) == data


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("missing-program", 'exec: "missing-program": executable file not found in $PATH'),
        ("/missing", 'exec: "/missing": stat /missing: no such file or directory'),
        ("/", 'exec: "/": is a directory'),
    ],
)
def test_exec_of_a_command_that_cannot_start_is_an_internal_error(kubectl: Kubectl, program: str, reason: str) -> None:
    kubectl.create("one")
    result = kubectl.run("exec", "one", "--", program)
    assert result.returncode == 1
    assert b"Internal error occurred: error executing command in container: failed to exec" in result.stderr
    assert f"unable to start container process: {reason}\n".encode() in result.stderr


def test_copied_files_are_unchanged_in_both_directions(kubectl: Kubectl, tmp_path: Path) -> None:
    kubectl.create("one")
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(os.urandom(1_000_000))
    kubectl.output("cp", str(source), "one:copied")
    kubectl.output("cp", "one:copied", str(target))
    assert target.read_bytes() == source.read_bytes()


def test_port_forward_connects_to_a_port_of_this_machine(kubectl: Kubectl) -> None:
    kubectl.create("one")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(LIMIT)
        port = listener.getsockname()[1]
        command = kubectl.command("port-forward", "--address=127.0.0.1", "pod/one", f":{port}")
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment(), text=True) as forward:
            assert forward.stdout is not None
            local = forward.stdout.readline().split(" -> ")[0].rpartition(":")[2]
            with socket.create_connection(("127.0.0.1", int(local)), timeout=LIMIT) as client:
                client.sendall(b"request")
                server, _ = listener.accept()
                with server:
                    assert server.recv(100) == b"request"
                    server.sendall(b"response")
                assert client.makefile("rb").read() == b"response"
            forward.terminate()


def test_logs_contain_both_outputs_and_the_previous_run(kubectl: Kubectl) -> None:
    script = "n=$(cat runs 2>/dev/null || echo 0); echo $((n + 1)) >runs; echo run $n; [ $n = 0 ] && exit 3; exec cat"
    kubectl.create("one", ready=False, policy="OnFailure", stdin=True, command=["sh", "-c", script])
    kubectl.wait("one", "jsonpath={.status.containerStatuses[0].restartCount}=1")
    kubectl.wait("one", "condition=Ready")
    terminated = "jsonpath={.status.containerStatuses[0].lastState.terminated.exitCode}"
    assert kubectl.output("get", "pod", "one", "-o", terminated) == b"3"
    assert kubectl.output("logs", "one", "--previous") == b"run 0\n"
    with subprocess.Popen(kubectl.command("logs", "-f", "one"), stdout=subprocess.PIPE, env=environment()) as follow:
        assert follow.stdout is not None
        assert follow.stdout.readline() == b"run 1\n"
        kubectl.output("delete", "pod", "one", "--grace-period=1")
        assert follow.wait(LIMIT) == 0


def test_log_of_a_container_that_did_not_restart_has_no_previous_run(kubectl: Kubectl) -> None:
    kubectl.create("one")
    result = kubectl.run("logs", "one", "--previous")
    assert b'previous terminated container "main" in pod "one" not found' in result.stderr


def test_attach_sends_input_to_the_main_process_and_returns_its_output(kubectl: Kubectl) -> None:
    kubectl.create("one", policy="Never", stdin=True, stdinOnce=True, command=["cat"])
    result = kubectl.run("attach", "-i", "-q", "one", stdin=b"first\nlast")
    assert result.stdout == b"first\nlast"
    kubectl.wait("one", "jsonpath={.status.phase}=Succeeded")
    assert kubectl.output("logs", "one") == b"first\nlast"


def test_attach_ends_with_its_input_and_leaves_the_container_running(kubectl: Kubectl) -> None:
    kubectl.create("one", stdin=True, command=["cat"])
    kubectl.output("attach", "-i", "-q", "one", stdin=b"line\n")
    with subprocess.Popen(kubectl.command("logs", "-f", "one"), stdout=subprocess.PIPE, env=environment()) as follow:
        assert follow.stdout is not None
        assert follow.stdout.readline() == b"line\n"
        follow.terminate()
    assert kubectl.output("get", "pod", "one", "-o", "jsonpath={.status.containerStatuses[0].restartCount}") == b"0"


def test_deleted_pod_ends_within_its_grace_period(kubectl: Kubectl) -> None:
    kubectl.create("one", command=["sh", "-c", "trap '' TERM; sleep 1000; true"])
    kubectl.output("delete", "pod", "one", "--grace-period=1", f"--timeout={LIMIT}s")
    assert kubectl.run("get", "pod", "one").returncode == 1


def test_processes_end_when_the_launcher_is_killed(kubectl: Kubectl, tmp_path: Path) -> None:
    script = """
import sys
from kubex_testing.controlplane import ControlPlane
print(ControlPlane(controller_manager=False, kubelet=True).start().write_kubeconfig(sys.argv[1]), flush=True)
input()
"""
    command = [sys.executable, "-c", script, str(tmp_path / "other")]
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as launcher,
    ):
        assert launcher.stdout is not None
        other = Kubectl(kubectl.program, Path(launcher.stdout.readline().strip()), "default")
        connect = f"import socket; socket.create_connection({listener.getsockname()}).recv(1)"
        other.create("one", command=[sys.executable, "-c", connect])
        listener.settimeout(LIMIT)
        connection, _ = listener.accept()
        connection.settimeout(LIMIT)
        with connection:
            launcher.send_signal(signal.SIGKILL)
            assert connection.recv(1) == b""


def test_kubelet_accepts_only_the_certificate_of_the_api_server(
    kubectl: Kubectl, kubex_control_plane: ServerHandle
) -> None:
    port = kubectl.output("get", "node", "kubex-node", "-o", "jsonpath={.status.daemonEndpoints.kubeletEndpoint.Port}")
    connection = http.client.HTTPSConnection("127.0.0.1", int(port), timeout=LIMIT, context=tls(kubex_control_plane))
    connection.request("GET", f"/containerLogs/{kubectl.namespace}/one/main")
    response = connection.getresponse()
    assert (response.status, response.read()) == (403, b"Forbidden (user=kubex-testing-admin)\n")
    connection.close()


def tls(handle: ServerHandle) -> ssl.SSLContext:
    """Return a TLS context with the certificates of a handle."""
    return client_context(handle.ca_pem, Identity(handle.client_cert_pem or "", handle.client_key_pem or ""))


@asynccontextmanager
async def exec_socket(handle: ServerHandle, kubectl: Kubectl, query: str, subprotocol: str) -> AsyncIterator[WebSocket]:
    """Open the WebSocket for an exec in the Pod `one`."""
    transport = BACKEND.load()(TransportConfig(ssl_context=tls(handle)))
    url = f"{handle.url}/api/v1/namespaces/{kubectl.namespace}/pods/one/exec?{query}"
    try:
        async with transport.websocket(PreparedRequest("GET", url), subprotocols=[subprotocol]) as socket:
            yield socket
    finally:
        await transport.aclose()


async def receive_all(socket: WebSocket) -> list[bytes]:
    """Return all messages up to the end of the WebSocket, which must be a normal one."""
    messages: list[bytes] = []
    while (message := await socket.receive()).kind != "close":
        messages.append(message.data)
    assert message.code == 1000
    return messages


@pytest.mark.anyio
@pytest.mark.parametrize(("version", "metadata"), [("v5", b'"metadata":{},'), ("v4", b"")])
async def test_websocket_frames_of_exec(
    kubectl: Kubectl, kubex_control_plane: ServerHandle, version: str, metadata: bytes
) -> None:
    kubectl.create("one")
    for command, result in (("true", b'"status":"Success"}'), ("false", EXIT_CODE_1)):
        query = f"command=sh&command=-c&command={quote(f'echo out; {command}')}&stdout=1"
        async with exec_socket(kubex_control_plane, kubectl, query, f"{version}.channel.k8s.io") as socket:
            assert await receive_all(socket) == [b"\x01", b"\x01out\n", b"\x03{" + metadata + result]


@pytest.mark.anyio
async def test_terminal_of_exec_can_be_resized(kubectl: Kubectl, kubex_control_plane: ServerHandle) -> None:
    kubectl.create("one")
    script = quote("trap 'stty size; exit' WINCH; tty; echo ready; while :; do sleep 0.1; done")
    query = f"command=sh&command=-c&command={script}&stdin=1&stdout=1&tty=1"
    async with exec_socket(kubex_control_plane, kubectl, query, "v5.channel.k8s.io") as socket:
        output = b""
        while b"ready" not in output:
            output += (await socket.receive()).data[1:]
        await socket.send(b'\x04{"Width":100,"Height":30}')
        assert output.startswith(b"/dev/")
        *rest, status = await receive_all(socket)
    assert b"".join(message[1:] for message in rest).endswith(b"30 100\r\n")
    assert b"Success" in status


@pytest.mark.anyio
async def test_exec_in_a_container_that_has_ended_is_an_error(
    kubectl: Kubectl, kubex_control_plane: ServerHandle
) -> None:
    kubectl.create("one", ready=False, policy="Never", command=["true"])
    kubectl.wait("one", "jsonpath={.status.phase}=Succeeded")
    async with exec_socket(kubex_control_plane, kubectl, "command=true&stdout=1", "v5.channel.k8s.io") as socket:
        [_, status] = await receive_all(socket)
    assert json.loads(status[1:])["message"].endswith('unable to upgrade connection: container not found ("main")')
