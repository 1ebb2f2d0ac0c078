"""Names, namespaces and selectors are user input and cannot change the path of a request."""

import pytest

from behaviour.objects import config_map
from kubex.api import Api
from kubex.client import Client
from kubex.errors import BadRequest, InvalidNameError, NotFound
from kubex.patch import MergePatch
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from kubex_testing.embedded import EmbeddedServer

pytestmark = [pytest.mark.anyio, pytest.mark.covers("pitfall-11")]

INVALID_SEGMENTS = ["", ".", "..", "../secrets/s?x=1", "a/b", "/", "%2e%2e", "a%2fb", "a\r\nHost: b", "a\0b", "a\tb"]


@pytest.mark.parametrize("name", INVALID_SEGMENTS)
async def test_name_that_is_not_a_path_segment_raises_before_sending(
    embedded_client: Client, kubex_server: EmbeddedServer, name: str
) -> None:
    api, pods = Api(ConfigMap, embedded_client), Api(Pod, embedded_client)
    with pytest.raises(InvalidNameError) as caught:
        await api.get(name)
    assert repr(name) in str(caught.value)
    with pytest.raises(InvalidNameError):
        await api.get_or_none(name)
    with pytest.raises(InvalidNameError):
        await api.delete(name)
    with pytest.raises(InvalidNameError):
        await api.patch(name, MergePatch({}))
    with pytest.raises(InvalidNameError):
        await api.replace(config_map(name))
    with pytest.raises(InvalidNameError):
        await api.apply(config_map(name), field_manager="me")
    with pytest.raises(InvalidNameError):
        await api.metadata.get(name)
    with pytest.raises(InvalidNameError):
        await pods.logs.get(name)
    with pytest.raises(InvalidNameError):
        pods.logs.stream(name)
    assert kubex_server.requests == []


@pytest.mark.parametrize("namespace", INVALID_SEGMENTS)
async def test_namespace_that_is_not_a_path_segment_raises_before_sending(
    embedded_client: Client, kubex_server: EmbeddedServer, namespace: str
) -> None:
    api = Api(ConfigMap, embedded_client)
    with pytest.raises(InvalidNameError, match="namespace"):
        Api(ConfigMap, embedded_client, namespace=namespace)
    with pytest.raises(InvalidNameError, match="namespace"):
        await api.get("one", namespace=namespace)
    with pytest.raises(InvalidNameError, match="namespace"):
        await api.list(namespace=namespace)
    with pytest.raises(InvalidNameError, match="namespace"):
        api.pages(namespace=namespace)
    with pytest.raises(InvalidNameError, match="namespace"):
        api.watch(namespace=namespace)
    with pytest.raises(InvalidNameError, match="namespace"):
        await api.create(config_map("one", namespace=namespace))
    with pytest.raises(InvalidNameError, match="namespace"):
        await api.delete_collection(namespace=namespace)
    assert kubex_server.requests == []


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("a?b=c", "a%3Fb=c"),
        ("a#b", "a%23b"),
        ("a b", "a%20b"),
        ("system:admin", "system:admin"),
        ("Ünïcode", "%C3%9Cn%C3%AFcode"),
        ("a\\b", "a%5Cb"),
    ],
)
async def test_special_characters_in_names_are_percent_encoded(
    embedded_client: Client, kubex_server: EmbeddedServer, name: str, encoded: str
) -> None:
    with pytest.raises(NotFound):
        await Api(ConfigMap, embedded_client).get(name)
    (request,) = kubex_server.requests
    assert request.target == f"/api/v1/namespaces/default/configmaps/{encoded}"


async def test_server_decodes_percent_encoded_names(client: Client) -> None:
    api = Api(ConfigMap, client)
    for name in ("a?b=c", "a#b", "a b", "system:admin"):
        assert await api.get_or_none(name) is None


@pytest.mark.parametrize(
    "path", ["", "api", "/api/../secret", "/api/./x", "/a b", "/a?b=c", "/a#b", "/%2e%2E/x", "/a\r\nb", "//../x"]
)
async def test_invalid_path_of_a_request_raises_before_sending(
    embedded_client: Client, kubex_server: EmbeddedServer, path: str
) -> None:
    with pytest.raises(InvalidNameError, match="path"):
        await embedded_client.request("GET", path)
    with pytest.raises(InvalidNameError, match="path"):
        embedded_client.stream("GET", path)
    assert kubex_server.requests == []


async def test_selectors_cannot_add_query_parameters(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    with pytest.raises(BadRequest):
        await Api(ConfigMap, embedded_client).list(label_selector="a=b&limit=1", field_selector="metadata.name=a#+%26b")
    (request,) = kubex_server.requests
    assert request.query == {"labelSelector": ["a=b&limit=1"], "fieldSelector": ["metadata.name=a#+%26b"]}
