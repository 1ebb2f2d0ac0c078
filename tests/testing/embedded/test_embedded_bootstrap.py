"""The objects that exist in each cluster and in each namespace, and the protection of storage objects."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kubex_testing.embedded import EmbeddedServer, Settings
from support.polling import wait_until

POD = {"spec": {"containers": [{"name": "c", "image": "i"}]}}
CLAIM = {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}


@pytest.fixture
def start(make_client: Any) -> Iterator[Callable[..., Any]]:
    """Return a function that starts a server and returns a client in the namespace `default`."""
    servers: list[EmbeddedServer] = []

    def run(**options: Any) -> Any:
        server = EmbeddedServer(settings=Settings(controller_delay=0), **options)
        servers.append(server)
        client = make_client(server.start(), create=False)
        client.namespace = "default"
        return client

    yield run
    for server in servers:
        server.stop()
        assert server.failures == []


def names(client: Any, plural: str) -> list[str]:
    found: list[str] = client.request("GET", client.path(plural)).names
    return found


def test_server_has_no_objects_by_default(start: Callable[..., Any]) -> None:
    client = start(tls=False)
    plurals = ("serviceaccounts", "configmaps", "services")
    assert [names(client, plural) for plural in plurals] == [[], [], []]


def test_bootstrap_creates_the_objects_of_a_cluster(start: Callable[..., Any]) -> None:
    client = start(controllers=("bootstrap",))
    plurals = ("serviceaccounts", "configmaps", "services", "pods")
    assert [names(client, plural) for plural in plurals] == [["default"], ["kube-root-ca.crt"], ["kubernetes"], []]
    config = client.request("GET", client.path("configmaps", "kube-root-ca.crt")).document
    assert config["data"]["ca.crt"].startswith("-----BEGIN CERTIFICATE-----")
    assert config["metadata"]["managedFields"][0]["manager"] == "kube-controller-manager"
    service = client.request("GET", client.path("services", "kubernetes")).document
    assert (service["spec"]["clusterIP"], service["spec"]["ports"][0]["port"]) == ("10.0.0.1", 443)
    client.namespace = "kube-system"
    assert names(client, "serviceaccounts") == ["default"]


def test_bootstrap_creates_and_restores_the_objects_of_a_namespace(start: Callable[..., Any]) -> None:
    client = start(tls=False, controllers=("bootstrap",))
    client.request("POST", "/api/v1/namespaces", {"metadata": {"name": "new"}})
    client.namespace = "new"
    wait_until(lambda: names(client, "serviceaccounts") == ["default"] and len(names(client, "configmaps")) == 1)
    first = client.request("DELETE", client.path("serviceaccounts", "default")).document["metadata"]["uid"]
    path = client.path("serviceaccounts", "default")
    wait_until(lambda: client.request("GET", path).status == 200)
    assert client.request("GET", path).document["metadata"]["uid"] != first
    config = client.path("configmaps", "kube-root-ca.crt")
    client.patch(config, {"data": {"ca.crt": "wrong", "other": "x"}})
    wait_until(lambda: "other" not in client.request("GET", config).document.get("data", {}))


def test_namespace_with_bootstrap_objects_can_be_deleted(start: Callable[..., Any]) -> None:
    client = start(tls=False, controllers=("namespace-controller", "gc", "bootstrap"))
    client.request("POST", "/api/v1/namespaces", {"metadata": {"name": "new"}})
    client.namespace = "new"
    wait_until(lambda: len(names(client, "configmaps")) == 1)
    client.request("DELETE", "/api/v1/namespaces/new")
    wait_until(lambda: client.request("GET", "/api/v1/namespaces/new").status == 404)


def test_workloads_include_the_objects_of_a_cluster_and_a_pod(start: Callable[..., Any]) -> None:
    client = start(tls=False, workloads=True)
    assert names(client, "services") == ["kubernetes"]
    client.namespace = "kube-system"
    path = client.path("pods", "kube-apiserver")
    wait_until(lambda: client.request("GET", path).document["status"]["phase"] == "Running")


def test_deleted_claim_stays_as_long_as_a_pod_uses_it(start: Callable[..., Any]) -> None:
    client = start(tls=False)
    client.create("persistentvolumeclaims", {"metadata": {"name": "a"}, **CLAIM})
    volumes = [{"name": "v", "persistentVolumeClaim": {"claimName": "a"}}]
    client.create("pods", {"metadata": {"name": "p"}, "spec": {**POD["spec"], "volumes": volumes}})
    path = client.path("persistentvolumeclaims", "a")
    assert client.request("DELETE", path).document["metadata"]["finalizers"] == ["kubernetes.io/pvc-protection"]
    client.create("persistentvolumeclaims", {"metadata": {"name": "unused"}, **CLAIM})
    unused = client.path("persistentvolumeclaims", "unused")
    client.request("DELETE", unused)
    wait_until(lambda: client.request("GET", unused).status == 404)
    assert client.request("GET", path).status == 200
    client.request("DELETE", client.path("pods", "p"))
    wait_until(lambda: client.request("GET", path).status == 404)
