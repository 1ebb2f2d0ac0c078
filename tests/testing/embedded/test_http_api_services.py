"""APIServices of servers that are not available, and the headers of discovery."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.polling import wait_until

API_SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices"
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
GROUP = "metrics.example.com"


def api_service(**spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": {"name": f"{spec['version']}.{spec['group']}"},
        "spec": {"groupPriorityMinimum": 100, "versionPriority": 100, **spec},
    }


@pytest.fixture
def remote_group(client: Any) -> Iterator[None]:
    """Create an APIService whose server does not exist, and wait until it is in discovery."""
    service = {"name": "nothing", "namespace": "default"}
    document = api_service(group=GROUP, version="v1beta1", service=service, insecureSkipTLSVerify=True)
    path = f"{API_SERVICES}/{document['metadata']['name']}"
    assert client.request("POST", API_SERVICES, document).status == 201
    wait_until(lambda: client.request("GET", path).document.get("status"), "the status of the APIService")
    wait_until(lambda: find(aggregated_groups(client), GROUP), "the group in aggregated discovery")
    wait_until(lambda: client.request("GET", f"/apis/{GROUP}/v1beta1").status == 503, "the version")
    yield
    client.request("DELETE", path)
    wait_until(lambda: not find(aggregated_groups(client), GROUP), "the end of the group")


def aggregated_groups(client: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.request("GET", "/apis", accept=AGGREGATED).document["items"]
    return items


def find(groups: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [item for item in groups if name in (item.get("name"), item.get("metadata", {}).get("name"))]


@pytest.mark.usefixtures("remote_group")
def test_group_of_an_unavailable_server_is_stale(client: Any) -> None:
    groups = aggregated_groups(client)
    stale = {"metadata": {"name": GROUP}, "versions": [{"version": "v1beta1", "freshness": "Stale"}]}
    assert find(groups, GROUP) == [stale]
    assert groups[-1] == stale


@pytest.mark.usefixtures("remote_group")
def test_group_of_an_unavailable_server_is_in_plain_discovery(client: Any) -> None:
    version = {"groupVersion": f"{GROUP}/v1beta1", "version": "v1beta1"}
    group = {"name": GROUP, "versions": [version], "preferredVersion": version}
    assert find(client.request("GET", "/apis").document["groups"], GROUP) == [group]
    assert client.request("GET", f"/apis/{GROUP}").document == {"kind": "APIGroup", "apiVersion": "v1", **group}
    assert {f"/apis/{GROUP}", f"/apis/{GROUP}/v1beta1"} <= set(client.request("GET", "/").document["paths"])


@pytest.mark.usefixtures("remote_group")
def test_requests_to_an_unavailable_server_return_503(client: Any) -> None:
    for method, path in (("GET", ""), ("GET", "/nodes"), ("POST", "/nodes"), ("GET", "/namespaces/default/pods/one")):
        response = client.request(method, f"/apis/{GROUP}/v1beta1{path}")
        assert (response.status, response.body) == (503, b"service unavailable\n")
        assert response.header("Content-Type") == "text/plain; charset=utf-8"
    assert client.request("GET", f"/apis/{GROUP}/v2").status == 404


@pytest.mark.usefixtures("remote_group")
def test_api_service_of_a_missing_service_is_not_available(client: Any) -> None:
    (condition,) = client.request("GET", f"{API_SERVICES}/v1beta1.{GROUP}").document["status"]["conditions"]
    condition.pop("lastTransitionTime")
    message = 'service/nothing in "default" is not present'
    assert condition == {"type": "Available", "status": "False", "reason": "ServiceNotFound", "message": message}


def test_local_api_service_is_available(client: Any) -> None:
    path = f"{API_SERVICES}/v1.local.example.com"
    assert client.request("POST", API_SERVICES, api_service(group="local.example.com", version="v1")).status == 201
    status = wait_until(lambda: client.request("GET", path).document.get("status"))
    assert [(item["status"], item["reason"]) for item in status["conditions"]] == [("True", "Local")]
    client.request("DELETE", path)


@pytest.mark.parametrize("path", ["/api", "/apis"])
def test_only_aggregated_discovery_can_be_cached(client: Any, path: str) -> None:
    response = client.request("GET", path, accept=AGGREGATED)
    assert (response.header("Cache-Control"), response.header("Vary")) == ("public", "Accept")
    etag = response.header("ETag")
    again = client.request("GET", path, accept=AGGREGATED, headers=(("If-None-Match", etag),))
    assert (again.status, again.body, again.header("ETag")) == (304, b"", etag)
    assert again.header("Cache-Control") == "public"
    plain = client.request("GET", path)
    assert (plain.header("Cache-Control"), plain.header("ETag")) == ("no-cache, private", None)
