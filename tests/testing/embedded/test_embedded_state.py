"""The methods of the embedded server that read and change its state, and what is left after its end."""

import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest

from kubex_testing.embedded import Delay, EmbeddedServer, EndWatch, Run, Settings, Silence, Write
from support.polling import wait_until

CM = "configmaps"


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tls=False)
    with server:
        yield server
    assert server.failures == []


@pytest.fixture
def client(server: EmbeddedServer, make_client: Any) -> Any:
    return make_client(server.handle)


def pod(number: int) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"pod-{number:05}", "namespace": f"n{number % 3}"}}


def test_loaded_objects_are_listed_and_watched(server: EmbeddedServer, client: Any) -> None:
    with client.watch("/api/v1/pods?watch=1") as events:
        wait_until(lambda: server.open_watches == 1)
        revision = server.load(pod(number) for number in range(1000))
        assert [event["type"] for event in events.take(1000)] == ["ADDED"] * 1000
    listed = client.request("GET", "/api/v1/namespaces/n1/pods")
    assert (listed.resource_version, len(listed.names), listed.names[0]) == (str(revision), 333, "pod-00001")
    assert revision == server.revision


def test_loaded_object_replaces_the_object_of_its_name(server: EmbeddedServer) -> None:
    document = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"n": "1"}}
    server.load([document])
    (before,) = server.state("configmaps")
    server.load([{**document, "data": {"n": "2"}}])
    (after,) = server.state("configmaps")
    assert (before["data"], after["data"]) == ({"n": "1"}, {"n": "2"})
    assert before["metadata"]["uid"] == after["metadata"]["uid"]
    assert after["metadata"]["namespace"] == "default"
    after["data"].clear()
    assert server.state("configmaps", namespace="default")[0]["data"] == {"n": "2"}
    assert server.state("configmaps", namespace="other") == []


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"apiVersion": "v1", "kind": "Widget", "metadata": {"name": "a"}}, "a kind 'Widget' in apiVersion 'v1'"),
        ({"kind": "Pod", "metadata": {"name": "a"}}, "a kind 'Pod' in apiVersion None"),
        ({"apiVersion": "v1", "kind": "Pod"}, "a Pod without metadata.name cannot be loaded"),
    ],
)
def test_object_that_cannot_be_loaded_is_rejected(
    server: EmbeddedServer, document: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        server.load([document])


def test_load_of_one_object_instead_of_a_list_is_rejected(server: EmbeddedServer) -> None:
    document: Any = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    with pytest.raises(TypeError, match=r"requires a list of objects, not one object; use load\(\[object\]\)"):
        server.load(document)


def test_initial_daemon_set_with_a_status_has_the_first_template_generation() -> None:
    template = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "c", "image": "i:1"}]}}
    spec = {"selector": {"matchLabels": {"app": "a"}}, "template": template}
    head = {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "a"}}
    server = EmbeddedServer(objects=[{**head, "spec": spec, "status": {}}])
    with server:
        (loaded,) = server.state("daemonsets.apps")
    assert loaded["metadata"]["annotations"] == {"deprecated.daemonset.template.generation": "1"}


def test_removed_object_is_gone_at_once(server: EmbeddedServer, client: Any) -> None:
    client.request("POST", "/api/v1/namespaces/default/configmaps", client.config_map("a", finalizers=["a.b/c"]))
    server.remove("configmaps", "a")
    assert server.state("configmaps") == []
    with pytest.raises(KeyError, match="ConfigMap default/a does not exist"):
        server.remove("configmaps", "a")
    with pytest.raises(ValueError, match="does not have a resource 'widgets'"):
        server.remove("widgets", "a")


def test_writes_name_the_user_and_the_object(server: EmbeddedServer, client: Any) -> None:
    server.clear_writes()
    client.request("POST", "/api/v1/namespaces/default/configmaps", client.config_map("a"))
    server.load([{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "b"}, "spec": {}}])
    server.remove("configmaps", "a")
    created, loaded, removed = server.writes
    assert isinstance(created, Write)
    assert (created.type, created.resource, created.namespace, created.name, created.user) == (
        "ADDED",
        "configmaps",
        "default",
        "a",
        "admin",
    )
    assert (loaded.type, loaded.resource, loaded.name, loaded.user) == ("ADDED", "deployments.apps", "b", "")
    assert (removed.type, removed.uid, removed.user) == ("DELETED", created.uid, "")
    assert created.revision < loaded.revision < removed.revision == server.revision


def test_writes_of_controllers_have_their_user(server: EmbeddedServer, client: Any) -> None:
    client.request("POST", "/api/v1/namespaces", {"metadata": {"name": "gone"}})
    client.request("DELETE", "/api/v1/namespaces/gone")
    wait_until(lambda: [write.type for write in server.writes if write.name == "gone"][-1] == "DELETED")
    users = [write.user for write in server.writes if write.name == "gone"]
    assert (users[0], users[-1]) == ("admin", "system:controllers")


def test_write_log_is_limited() -> None:
    server = EmbeddedServer(tls=False, settings=Settings(write_log_limit=2))
    with server:
        server.load(pod(number) for number in range(3))
        assert [write.name for write in server.writes] == ["pod-00001", "pod-00002"]


def test_rewind_restores_definitions_and_keeps_the_log_of_writes(server: EmbeddedServer, client: Any) -> None:
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "gears.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"kind": "Gear", "plural": "gears"},
            "versions": [
                {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
            ],
        },
    }
    revision = server.revision
    client.request("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)
    path = "/apis/example.com/v1/gears"
    wait_until(lambda: client.request("GET", path).status == 200)
    written = len(server.writes)
    server.rewind(revision)
    wait_until(lambda: client.request("GET", path).status == 404)
    assert server.state("customresourcedefinitions") == []
    assert len(server.writes) == written


@pytest.mark.parametrize("offset", [1, -1])
def test_rewind_beyond_the_history_is_rejected(server: EmbeddedServer, offset: int) -> None:
    server.load([pod(1)])
    server.compact()
    with pytest.raises(ValueError, match=rf"cannot rewind to revision \d+; use one from {server.revision} to"):
        server.rewind(server.revision + offset)


@pytest.mark.parametrize("resource", ["widgets", "pods.apps", ""])
def test_unknown_resource_is_rejected(server: EmbeddedServer, resource: str) -> None:
    with pytest.raises(ValueError, match="the server does not have a resource"):
        server.hold(resource)


def test_stopped_port_refuses_connections_until_it_listens_again(server: EmbeddedServer, client: Any) -> None:
    host = server.handle.url.removeprefix("http://")
    kept = HTTPConnection(host, timeout=20)
    kept.request("GET", "/version")
    kept.getresponse().read()
    server.stop_listening()
    with pytest.raises(ConnectionRefusedError):
        client.request("GET", "/version")
    kept.request("GET", "/version")
    assert kept.getresponse().status == 200
    kept.close()
    server.listen()
    server.listen()
    assert client.request("GET", "/version").status == 200


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_clock_rate_must_be_positive(server: EmbeddedServer, rate: float) -> None:
    with pytest.raises(ValueError, match="is not a positive number"):
        server.set_clock_rate(rate)
    with pytest.raises(ValueError, match="cannot go back"):
        server.advance_clock(-1)


def test_failed_function_of_a_fault_is_a_failure_of_the_server(make_client: Any) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("the function of the test")

    server = EmbeddedServer(tls=False)
    with server as handle:
        server.inject("GET /version", Run(fail))
        assert make_client(handle).request("GET", "/version").status == 500
        assert [str(error) for error in server.failures] == ["the function of the test"]


def request_that_fails(client: Any, path: str) -> None:
    with pytest.raises((OSError, HTTPException)):
        client.request("GET", path)


def test_stopped_server_leaves_no_thread_and_no_descriptor(make_client: Any) -> None:
    def descriptors() -> int:
        return len(list(Path("/dev/fd").iterdir()))

    threads, files = set(threading.enumerate()), descriptors()
    server, silence, delay = EmbeddedServer(tls=False), Silence(), Delay()
    with server as handle:
        client = make_client(handle)
        server.inject("watch configmaps", silence)
        server.inject("list *", Run(lambda _: None), times=None)
        server.inject("watch pods", EndWatch(after=5))
        server.inject("list pods", delay, times=None)
        client.request("GET", client.path(CM))
        with client.watch(client.path(CM, watch="1")), client.watch(client.path("pods", watch="1")):
            assert silence.arrived.wait(20)
            waiting = threading.Thread(target=request_that_fails, args=(client, client.path("pods")))
            waiting.start()
            assert delay.arrived.wait(20)
            server.stop()
        waiting.join(20)
    assert (server.open_connections, server.open_watches) == (0, 0)
    assert set(threading.enumerate()) == threads
    assert descriptors() == files
