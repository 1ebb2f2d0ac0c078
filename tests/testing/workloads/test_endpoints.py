"""EndpointSlices and Endpoints of Services, on the embedded server and with kube-controller-manager."""

from typing import Any

from support.polling import wait_until
from support.workload_client import WorkloadClient, managers

PORT = {"name": "http", "containerPort": 8080}
ADDRESSES = {"a": "10.244.9.1", "b": "10.244.9.2"}


def create_pod(client: WorkloadClient, name: str, *, ready: bool = True, **spec: Any) -> Any:
    """Create a pod with an address. On the real server, the test does the work of a kubelet: it sets the status.

    kubex-kubelet runs pods on the loopback interface, and EndpointSlices do not accept such addresses.
    """
    node = "node-1" if client.server else "kubex-node"
    containers = [{"name": "main", "image": "none", "ports": [PORT]}]
    client.create("pods", name, {"nodeName": node, "containers": containers, **spec}, labels={"app": "web"})
    if client.server is not None:
        client.wait("pods", name, lambda pod: pod["status"]["phase"] == "Running")
    address = ADDRESSES[name]
    status = {
        "phase": "Running",
        "podIP": address,
        "podIPs": [{"ip": address}],
        "conditions": [{"type": "Ready", "status": str(ready)}],
    }
    return client.patch("pods", name, {"status": status}, "status")


def create_service(client: WorkloadClient, **spec: Any) -> Any:
    ports = [{"name": "http", "port": 80, "targetPort": "http"}]
    return client.create("services", "web", {"selector": {"app": "web"}, "ports": ports, **spec}, labels={"team": "a"})


def wait_for_slice(client: WorkloadClient, condition: Any) -> Any:
    """Wait until the only slice fulfils a condition."""

    def check() -> Any:
        items = client.items("endpointslices")
        return items[0] if len(items) == 1 and condition(items[0]) else None

    return wait_until(check, "the condition of the slice")


def target(pod: Any) -> dict[str, Any]:
    metadata = pod["metadata"]
    reference = {"kind": "Pod", **{key: metadata[key] for key in ("name", "namespace", "uid")}}
    return {"nodeName": pod["spec"]["nodeName"], "targetRef": reference}


def ready_and_unready(pods: list[Any]) -> list[dict[str, Any]]:
    return [
        {
            "addresses": [pod["status"]["podIP"]],
            "conditions": {"ready": ready, "serving": ready, "terminating": False},
            **target(pod),
        }
        for pod, ready in zip(pods, (True, False), strict=True)
    ]


def test_service_has_a_slice_with_its_pods(client: WorkloadClient) -> None:
    pods = [create_pod(client, "a"), create_pod(client, "b", ready=False)]
    service = create_service(client)
    found = wait_for_slice(client, lambda item: len(item["endpoints"] or ()) == 2)
    assert sorted(found["endpoints"], key=lambda item: item["addresses"][0]) == ready_and_unready(pods)
    assert found["ports"] == [{"name": "http", "port": 8080, "protocol": "TCP"}]
    assert found["metadata"]["labels"] == {
        "team": "a",
        "kubernetes.io/service-name": "web",
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
    }
    (owner,) = found["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["uid"], owner["controller"]) == ("Service", service["metadata"]["uid"], True)
    assert managers(found) == {("kube-controller-manager", None)}


def test_service_has_endpoints_with_its_pods(client: WorkloadClient) -> None:
    ready, unready = create_pod(client, "a"), create_pod(client, "b", ready=False)
    create_service(
        client, ports=[{"name": "http", "port": 80, "targetPort": "http"}, {"name": "metrics", "port": 9090}]
    )
    found = client.wait("endpoints", "web", lambda item: item.get("subsets"))
    (subset,) = found["subsets"]
    assert subset["addresses"] == [{"ip": ADDRESSES["a"], **target(ready)}]
    assert subset["notReadyAddresses"] == [{"ip": ADDRESSES["b"], **target(unready)}]
    assert sorted(subset["ports"], key=lambda port: str(port["name"])) == [
        {"name": "http", "port": 8080, "protocol": "TCP"},
        {"name": "metrics", "port": 9090, "protocol": "TCP"},
    ]
    assert found["metadata"]["labels"] == {"team": "a", "endpoints.kubernetes.io/managed-by": "endpoint-controller"}


def test_headless_service_shows_the_host_names_of_pods(client: WorkloadClient) -> None:
    create_pod(client, "a", hostname="first", subdomain="web")
    create_service(client, clusterIP="None", ports=[{"port": 5432}])
    found = wait_for_slice(client, lambda item: item["endpoints"])
    assert found["endpoints"][0]["hostname"] == "first"
    assert found["ports"] == [{"name": "", "port": 5432, "protocol": "TCP"}]
    assert found["metadata"]["labels"]["service.kubernetes.io/headless"] == ""
    endpoints = client.wait("endpoints", "web", lambda item: item.get("subsets"))
    assert endpoints["subsets"][0]["ports"] == [{"port": 5432, "protocol": "TCP"}]


def test_service_without_pods_has_an_empty_slice(client: WorkloadClient) -> None:
    create_service(client)
    found = wait_for_slice(client, lambda _: True)
    assert (found["endpoints"], found["ports"]) == (None, None)
    create_pod(client, "a")
    wait_for_slice(client, lambda item: item["endpoints"])
    client.patch("pods", "a", {"metadata": {"labels": {"app": "other"}}})
    wait_for_slice(client, lambda item: not item["endpoints"])


def test_service_without_a_selector_has_no_slice(client: WorkloadClient) -> None:
    create_service(client, selector=None)
    client.create("services", "other", {"selector": {"app": "web"}, "ports": [{"port": 80}]})
    found = wait_for_slice(client, lambda _: True)
    assert found["metadata"]["labels"]["kubernetes.io/service-name"] == "other"


def test_deleted_service_loses_its_slice_and_endpoints(client: WorkloadClient) -> None:
    create_service(client)
    wait_for_slice(client, lambda _: True)
    client.wait("endpoints", "web", lambda _: True)
    client.delete("services", "web")
    wait_until(lambda: client.names("endpointslices") == [] and client.names("endpoints") == [])
