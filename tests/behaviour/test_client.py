"""`Client` without an `Api`, `create_client` and `create_api`."""

import json
from pathlib import Path

import pytest

from behaviour.objects import config_map, name_of
from kubex.api import Api, create_api
from kubex.client import Client, create_client
from kubex.errors import ApiError, ClientClosedError, ConfigurationError, DeadlineExceeded, Forbidden, NotFound
from kubex.models import api_resource
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace
from kubex_testing import ServerHandle
from kubex_testing.embedded import Delay, EmbeddedServer

pytestmark = pytest.mark.anyio


async def test_version_returns_the_server_version(client: Client) -> None:
    version = await client.version()
    assert version.major == "1"
    assert version.git_version.startswith(f"v1.{version.minor}")


async def test_request_sends_any_method_and_path(client: Client, namespace: str) -> None:
    assert (await client.request("GET", "/readyz")).body == b"ok"
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    created = await client.request("POST", path, json=config_map("one", {"a": "1"}))
    assert created.status == 201
    assert created.headers.get("content-type") == "application/json"
    listed = json.loads((await client.request("get", path, query={"fieldSelector": "metadata.name=one"})).body)
    assert [item["data"] for item in listed["items"]] == [{"a": "1"}]
    patch = {"data": {"b": None, "a": "2"}}
    merged = await client.request("PATCH", f"{path}/one", json=patch, content_type="application/merge-patch+json")
    assert json.loads(merged.body)["data"] == {"a": "2"}
    with pytest.raises(NotFound, match='configmaps "none" not found'):
        await client.request("DELETE", f"{path}/none")


async def test_request_accepts_304_of_a_conditional_request(client: Client) -> None:
    accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
    response = await client.request("GET", "/apis", accept=accept, accept_status=(304,))
    assert response.status == 200
    headers = {"If-None-Match": response.headers["etag"]}
    unchanged = await client.request("GET", "/apis", accept=accept, headers=headers, accept_status=(304,))
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert unchanged.headers["etag"] == response.headers["etag"]
    with pytest.raises(ApiError) as caught:
        await client.request("GET", "/apis", accept=accept, headers=headers)
    assert caught.value.status == 304


async def test_request_accepts_an_error_status(client: Client) -> None:
    path = "/api/v1/namespaces/default/configmaps/none"
    response = await client.request("GET", path, accept_status={404, 410})
    assert response.status == 404
    assert json.loads(response.body)["reason"] == "NotFound"
    with pytest.raises(NotFound):
        await client.request("GET", path, accept_status=range(405, 500))


async def test_request_creates_a_review(client: Client, namespace: str) -> None:
    attributes = {"verb": "get", "resource": "pods", "namespace": namespace}
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
    response = await client.request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", json=review)
    assert json.loads(response.body)["status"]["allowed"] is True


async def test_stream_reads_any_path(client: Client, namespace: str) -> None:
    await Api(ConfigMap, client).create(config_map("one", labels={"mine": "yes"}))
    path, query = f"/api/v1/namespaces/{namespace}/configmaps", {"watch": "true", "labelSelector": "mine"}
    async with client.stream("GET", path, query=query) as stream:
        assert stream.status == 200
        line = await anext(stream.lines())
    assert json.loads(line)["object"]["metadata"]["name"] == "one"
    async with client.stream("GET", "/readyz") as stream:
        assert b"".join([chunk async for chunk in stream.chunks()]) == b"ok"
    with pytest.raises(NotFound):
        async with client.stream("GET", "/nowhere"):
            pytest.fail("the stream was opened")


async def test_request_with_json_and_body_raises(client: Client) -> None:
    with pytest.raises(ConfigurationError, match="POST /x: pass json= or body=, not both"):
        await client.request("POST", "/x", json={}, body=b"")


async def test_request_timeout_raises_deadline_exceeded(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    delay = Delay()
    kubex_server.inject("GET /api/v1/namespaces/default", delay)
    with pytest.raises(DeadlineExceeded, match=r"no response within the total timeout of 0\.2 s"):
        await Api(Namespace, embedded_client).get("default", request_timeout=0.2)
    delay.release()
    assert (await Api(Namespace, embedded_client).get("default")).metadata.name == "default"


async def test_closed_client_raises_client_closed_error(client: Client) -> None:
    await client.aclose()
    await client.aclose()
    with pytest.raises(ClientClosedError, match="the client is closed"):
        await client.version()


async def test_create_api_with_a_client_does_not_close_the_client(client: Client) -> None:
    async with await create_api(ConfigMap, client=client) as api:
        await api.create(config_map("one"))
    assert api.client is client
    assert await client.version()


async def test_create_api_accepts_a_namespace(client: Client) -> None:
    api = await create_api(ConfigMap, client=client, namespace="kube-system")
    assert api.namespace == "kube-system"
    assert (await api.create(config_map("one"), dry_run=True)).metadata.namespace == "kube-system"
    assert api_resource(api.resource).plural == "configmaps"


@pytest.fixture
def kubeconfig_in_environment(
    server: ServerHandle, namespace: str, backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Set KUBECONFIG and KUBEX_BACKEND, from which `create_client()` reads its defaults."""
    kubeconfig = server.write_kubeconfig(tmp_path / "kubeconfig", namespace)
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    monkeypatch.setenv("KUBEX_BACKEND", backend.name)
    return kubeconfig


@pytest.mark.usefixtures("kubeconfig_in_environment")
async def test_create_api_without_a_client_creates_and_closes_a_client(namespace: str, backend: Backend) -> None:
    async with await create_api(ConfigMap) as api:
        created = await api.create(config_map("one"))
        assert created.metadata.namespace == namespace
        assert api.client.backend.name == backend.name
    with pytest.raises(ClientClosedError):
        await api.get("one")


@pytest.mark.usefixtures("kubeconfig_in_environment")
async def test_create_client_reads_kubeconfig_and_backend_from_the_environment(
    server: ServerHandle, namespace: str, backend: Backend
) -> None:
    async with create_client() as client:
        assert client.configuration.url == server.url
        assert (client.configuration.namespace, client.backend.name) == (namespace, backend.name)
        assert name_of(await Api(Namespace, client).get(namespace)) == namespace
    client = await create_client()
    await client.version()
    await client.aclose()


async def test_kubeconfig_without_a_user_sends_anonymous_requests(
    kubeconfig_in_environment: Path, server: ServerHandle, namespace: str
) -> None:
    server.anonymous().write_kubeconfig(kubeconfig_in_environment, namespace)
    async with create_client() as client:
        with pytest.raises(Forbidden, match="system:anonymous"):
            await Api(ConfigMap, client).get("one")
