"""Names are user input: none of them may reach another path."""

import pytest

from behaviour.objects import config_map
from kubex.api import Api
from kubex.client import Client
from kubex.errors import BadRequest, InvalidNameError, NotFound
from kubex.patch import MergePatch
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from kubex_testing.embedded import EmbeddedServer

pytestmark = [pytest.mark.anyio, pytest.mark.covers("pitfall-11")]

NO_SEGMENTS = ["", ".", "..", "../secrets/s?x=1", "a/b", "/", "%2e%2e", "a%2fb", "a\r\nHost: b", "a\0b", "a\tb"]


@pytest.mark.parametrize("name", NO_SEGMENTS)
async def test_a_name_that_is_no_segment_is_refused_and_nothing_is_sent(
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


@pytest.mark.parametrize("namespace", NO_SEGMENTS)
async def test_a_namespace_that_is_no_segment_is_refused_and_nothing_is_sent(
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
    ("name", "sent"),
    [
        ("a?b=c", "a%3Fb=c"),
        ("a#b", "a%23b"),
        ("a b", "a%20b"),
        ("system:admin", "system:admin"),
        ("Ünïcode", "%C3%9Cn%C3%AFcode"),
        ("a\\b", "a%5Cb"),
    ],
)
async def test_other_names_stay_in_their_place(
    embedded_client: Client, kubex_server: EmbeddedServer, name: str, sent: str
) -> None:
    with pytest.raises(NotFound):
        await Api(ConfigMap, embedded_client).get(name)
    (request,) = kubex_server.requests
    assert request.target == f"/api/v1/namespaces/default/configmaps/{sent}"


async def test_servers_take_odd_names_for_what_they_are(client: Client) -> None:
    api = Api(ConfigMap, client)
    for name in ("a?b=c", "a#b", "a b", "system:admin"):
        assert await api.get_or_none(name) is None


@pytest.mark.parametrize(
    "path", ["", "api", "/api/../secret", "/api/./x", "/a b", "/a?b=c", "/a#b", "/%2e%2E/x", "/a\r\nb", "//../x"]
)
async def test_a_path_of_the_escape_hatch_must_be_clean(
    embedded_client: Client, kubex_server: EmbeddedServer, path: str
) -> None:
    with pytest.raises(InvalidNameError, match="path"):
        await embedded_client.request("GET", path)
    with pytest.raises(InvalidNameError, match="path"):
        embedded_client.stream("GET", path)
    assert kubex_server.requests == []


async def test_selectors_cannot_add_parameters(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    with pytest.raises(BadRequest):
        await Api(ConfigMap, embedded_client).list(label_selector="a=b&limit=1", field_selector="metadata.name=a#+%26b")
    (request,) = kubex_server.requests
    assert request.query == {"labelSelector": ["a=b&limit=1"], "fieldSelector": ["metadata.name=a#+%26b"]}
