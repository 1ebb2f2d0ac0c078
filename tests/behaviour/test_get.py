"""`Api.get` and `Api.get_or_none`."""

import pytest

from behaviour.objects import config_map, resource_version_of
from kubex.api import Api
from kubex.client import Client
from kubex.errors import NotFound
from kubex.models import ApiResource, NamespacedResource
from kubex_k8s.v1_37.core.v1 import ConfigMap

pytestmark = pytest.mark.anyio


class Gadget(NamespacedResource):
    __resource__ = ApiResource(group="unknown.example", version="v1", kind="Gadget", plural="gadgets")


async def test_get_returns_the_object(client: Client, namespace: str) -> None:
    api = Api(ConfigMap, client)
    created = await api.create(config_map("one", {"key": "value"}, labels={"a": "b"}))
    read = await api.get("one")
    assert read == created
    assert (read.api_version, read.kind) == ("v1", "ConfigMap")
    assert (read.metadata.namespace, read.metadata.labels, read.data) == (namespace, {"a": "b"}, {"key": "value"})
    assert read.metadata.uid
    assert read.metadata.creation_timestamp is not None
    assert read.metadata.creation_timestamp.tzinfo is not None


async def test_get_of_a_missing_object_raises_not_found_with_details(client: Client, namespace: str) -> None:
    with pytest.raises(NotFound, match='404 NotFound: configmaps "none" not found') as caught:
        await Api(ConfigMap, client).get("none")
    error = caught.value
    assert (error.status, error.reason, error.method) == (404, "NotFound", "GET")
    assert error.path == f"/api/v1/namespaces/{namespace}/configmaps/none"
    assert error.message == 'configmaps "none" not found'
    assert (error.name, error.kind) == ("none", "configmaps")


async def test_get_or_none_returns_the_object_or_none(client: Client) -> None:
    api = Api(ConfigMap, client)
    assert await api.get_or_none("one") is None
    created = await api.create(config_map("one"))
    assert await api.get_or_none("one") == created


async def test_get_or_none_of_an_unknown_kind_raises_not_found(client: Client) -> None:
    with pytest.raises(NotFound, match="404 page not found"):
        await Api(Gadget, client).get_or_none("one")


async def test_get_accepts_a_resource_version(client: Client) -> None:
    api = Api(ConfigMap, client)
    created = await api.create(config_map("one"))
    assert await api.get("one", resource_version=resource_version_of(created)) == created
    assert (await api.get("one", resource_version="0")).metadata.name == "one"
