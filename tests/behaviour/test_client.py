"""What a client does without an Api, and how Apis come by their clients."""

import json
from pathlib import Path

import pytest

from behaviour.objects import config_map, named
from kubex.api import Api, create_api
from kubex.client import Client, create_client
from kubex.errors import ClientClosedError, ConfigurationError, DeadlineExceeded, Forbidden, NotFound
from kubex.models import api_resource
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace
from kubex_testing import ServerHandle
from kubex_testing.embedded import Delay, EmbeddedServer

pytestmark = pytest.mark.anyio


async def test_the_version_of_the_server(client: Client) -> None:
    version = await client.version()
    assert version.major == "1"
    assert version.git_version.startswith(f"v1.{version.minor}")


async def test_any_path_can_be_asked(client: Client, namespace: str) -> None:
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


async def test_reviews_that_are_never_stored_can_be_asked(client: Client, namespace: str) -> None:
    attributes = {"verb": "get", "resource": "pods", "namespace": namespace}
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
    answer = await client.request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", json=review)
    assert json.loads(answer.body)["status"]["allowed"] is True


async def test_any_path_can_be_streamed(client: Client, namespace: str) -> None:
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
            pytest.fail("there is nothing to stream")


async def test_a_body_is_given_once(client: Client) -> None:
    with pytest.raises(ConfigurationError, match="POST /x: pass json= or body=, not both"):
        await client.request("POST", "/x", json={}, body=b"")


async def test_the_total_timeout_of_a_call(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    slow = Delay()
    kubex_server.inject("GET /api/v1/namespaces/default", slow)
    with pytest.raises(DeadlineExceeded, match=r"no response within the total timeout of 0\.2 s"):
        await Api(Namespace, embedded_client).get("default", request_timeout=0.2)
    slow.release()
    assert (await Api(Namespace, embedded_client).get("default")).metadata.name == "default"


async def test_a_closed_client_says_so(client: Client) -> None:
    await client.aclose()
    await client.aclose()
    with pytest.raises(ClientClosedError, match="the client is closed"):
        await client.version()


async def test_an_api_for_a_client_leaves_it_open(client: Client) -> None:
    async with await create_api(ConfigMap, client=client) as api:
        await api.create(config_map("one"))
    assert api.client is client
    assert await client.version()


async def test_an_api_may_have_a_namespace(client: Client) -> None:
    api = await create_api(ConfigMap, client=client, namespace="kube-system")
    assert api.namespace == "kube-system"
    assert (await api.create(config_map("one"), dry_run=True)).metadata.namespace == "kube-system"
    assert api_resource(api.resource).plural == "configmaps"


@pytest.fixture
def surroundings(
    server: ServerHandle, namespace: str, backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Let KUBECONFIG and KUBEX_BACKEND say what a program finds that says nothing itself."""
    kubeconfig = server.write_kubeconfig(tmp_path / "kubeconfig", namespace)
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    monkeypatch.setenv("KUBEX_BACKEND", backend.name)
    return kubeconfig


@pytest.mark.usefixtures("surroundings")
async def test_an_api_without_a_client_makes_and_closes_its_own(namespace: str, backend: Backend) -> None:
    async with await create_api(ConfigMap) as api:
        created = await api.create(config_map("one"))
        assert created.metadata.namespace == namespace
        assert api.client.backend.name == backend.name
    with pytest.raises(ClientClosedError):
        await api.get("one")


@pytest.mark.usefixtures("surroundings")
async def test_a_client_finds_its_configuration(server: ServerHandle, namespace: str, backend: Backend) -> None:
    async with create_client() as client:
        assert client.configuration.url == server.url
        assert (client.configuration.namespace, client.backend.name) == (namespace, backend.name)
        assert named(await Api(Namespace, client).get(namespace)) == namespace
    client = await create_client()
    await client.version()
    await client.aclose()


async def test_a_kubeconfig_without_a_user_is_nobody(surroundings: Path, server: ServerHandle, namespace: str) -> None:
    server.anonymous().write_kubeconfig(surroundings, namespace)
    async with create_client() as client:
        with pytest.raises(Forbidden, match="system:anonymous"):
            await Api(ConfigMap, client).get("one")
