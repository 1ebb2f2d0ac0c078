"""`reset()` undoes more than the changes of objects: logs, files, handlers, held pods and what the server runs."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kubex_testing.embedded import ContainerProcess, EmbeddedServer, Settings
from support.polling import wait_until
from support.running_pod import RunningPod, result

NODE = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-9"}}
POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "initial"},
    "spec": {"nodeName": "node-9", "containers": [{"name": "main", "image": "app:1"}]},
}


async def first(process: ContainerProcess) -> int:
    await process.stdout.write(b"first")
    return 0


async def second(process: ContainerProcess) -> int:
    await process.stdout.write(b"second")
    return 0


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tls=False, objects=[NODE, POD], settings=Settings(controller_delay=0))
    server.set_exec_handler(first)
    with server:
        yield server
    assert server.failures == []


@pytest.fixture
def client(server: EmbeddedServer, make_client: Callable[..., Any]) -> Any:
    return in_default(make_client(server.handle))


def in_default(client: Any) -> Any:
    """Let a client use a namespace that a reset does not remove."""
    client.namespace = "default"
    return client


def phase(client: Any, name: str) -> str:
    document = client.request("GET", client.path("pods", name)).document
    return str(document["status"]["phase"])


def test_reset_removes_logs_and_files(server: EmbeddedServer, client: Any) -> None:
    log = client.path("pods", "initial") + "/log"
    before = client.request("GET", log).body
    server.set_pod_log("default", "initial", "main", b"from an earlier test\n")
    server.write_container_file("default", "initial", "main", "/data", b"from an earlier test")
    assert client.request("GET", log).body == b"from an earlier test\n"
    server.reset()
    assert client.request("GET", log).body == before
    with pytest.raises(FileNotFoundError):
        server.read_container_file("default", "initial", "main", "/data")


def test_reset_ends_requests_that_follow_a_log(server: EmbeddedServer, client: Any) -> None:
    server.set_pod_log("default", "initial", "main", b"line\n", ended=False)
    with client.watch(client.path("pods", "initial") + "/log?follow=true") as stream:
        assert stream.line() == b"line\n"
        server.reset()
        assert stream.line() == b""


def test_reset_removes_only_handlers_that_were_set_after_the_start(server: EmbeddedServer, client: Any) -> None:
    server.set_exec_handler(second)
    pod = RunningPod(server, client, server.handle)
    assert pod.run("tool").stdout == b"second"
    server.reset()
    pod = RunningPod(server, client, server.handle)
    assert pod.run("tool").stdout == b"first"


def test_reset_ends_sessions(server: EmbeddedServer, client: Any) -> None:
    async def read(process: ContainerProcess) -> int:
        await process.stdin.read()
        return 0

    server.set_exec_handler(read)
    with RunningPod(server, client, server.handle).open("tool") as socket:
        server.reset()
        assert result(socket).exit_code == 137
    wait_until(lambda: server.open_sessions == 0, "the end of the session")


def test_reset_stops_pods_and_workloads_that_tests_started(server: EmbeddedServer, client: Any) -> None:
    server.run_workloads()
    assert "workloads" in server.handle.capabilities
    wait_until(lambda: phase(client, "initial") == "Running", "the initial pod")
    server.reset()
    assert not {"workloads", "pod-runtime"} & server.handle.capabilities
    assert [node["metadata"]["name"] for node in server.state("nodes")] == ["node-9"]
    client.create("pods", {"metadata": {"name": "later"}, "spec": POD["spec"]})
    assert (phase(client, "initial"), phase(client, "later")) == ("Pending", "Pending")
    with pytest.raises(RuntimeError, match="does not run pods"):
        server.pods.finish("later")
    server.run_pods()
    assert phase(client, "later") == "Running"


def test_reset_releases_held_pods(make_client: Callable[..., Any]) -> None:
    server = EmbeddedServer(tls=False, run_pods=True, settings=Settings(controller_delay=0))
    with server as handle:
        client = in_default(make_client(handle))
        server.pods.hold("web-*")
        server.reset()
        client.create("pods", {"metadata": {"name": "web-0"}, "spec": {"containers": POD["spec"]["containers"]}})
        wait_until(lambda: phase(client, "web-0") == "Running", "the pod")
        with pytest.raises(ValueError, match="is not held"):
            server.pods.release("web-*")


def test_reset_opens_the_port(server: EmbeddedServer, make_client: Callable[..., Any]) -> None:
    server.stop_listening()
    server.reset()
    assert make_client(server.handle).request("GET", "/version").status == 200
