"""`Api.list` and `Api.pages`: selectors, pagination and resource versions."""

import json
from typing import Any

import anyio
import pytest

from behaviour.objects import TIMEOUT, config_map, name_of, pod, resource_version_of
from kubex.api import Api
from kubex.client import Client, ClientOptions, create_client
from kubex.errors import BadRequest, ConfigurationError, DecodeError, Expired, GatewayTimeout, Invalid
from kubex.models import ApiResource, NamespacedResource, ResourceList
from kubex.patch import MergePatch
from kubex.selectors import field
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from kubex_testing.embedded import Answer, EmbeddedServer, Settings

pytestmark = pytest.mark.anyio

JSON = (("Content-Type", "application/json"),)
LABELS = {"mine": "yes"}


def names(items: ResourceList[ConfigMap]) -> list[str]:
    return [name_of(item) for item in items.items]


@pytest.fixture
async def five_config_maps(client: Client) -> Api[ConfigMap]:
    """Create five ConfigMaps and return their API. Controllers may create more of them."""
    api = Api(ConfigMap, client)
    for number in range(5):
        await api.create(config_map(f"c{number}", labels={**LABELS, "number": str(number)}))
    return api


async def test_list_returns_objects_in_order_and_a_resource_version(
    five_config_maps: Api[ConfigMap], namespace: str
) -> None:
    listed = await five_config_maps.list(label_selector=LABELS)
    assert (listed.api_version, listed.kind) == ("v1", "ConfigMapList")
    assert names(listed) == ["c0", "c1", "c2", "c3", "c4"]
    assert {item.metadata.namespace for item in listed.items} == {namespace}
    assert listed.resource_version is not None
    assert int(listed.resource_version) >= int(resource_version_of(listed.items[-1]))
    assert listed.metadata.continue_ is None


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("number=1", ["c1"]),
        ("mine=yes,number!=1", ["c0", "c2", "c3", "c4"]),
        ("number in (1, 3)", ["c1", "c3"]),
        ("number notin (1, 3),mine", ["c0", "c2", "c4"]),
        ("mine,!number", []),
        ({"mine": "yes", "number": "2"}, ["c2"]),
    ],
    ids=str,
)
async def test_label_selector_filters_the_list(
    five_config_maps: Api[ConfigMap], selector: str | dict[str, str], expected: list[str]
) -> None:
    assert names(await five_config_maps.list(label_selector=selector)) == expected


async def test_field_selector_filters_the_list(five_config_maps: Api[ConfigMap], client: Client) -> None:
    assert names(await five_config_maps.list(field_selector="metadata.name=c3")) == ["c3"]
    assert names(await five_config_maps.list(field_selector={"metadata.name": "c3"}, label_selector="number=4")) == []
    pods = Api(Pod, client)
    await pods.create(pod("waiting"))
    await pods.create(pod("placed", nodeName="node"))
    assert [name_of(item) for item in (await pods.list(field_selector="spec.nodeName=node")).items] == ["placed"]
    await pods.delete("placed", grace_period_seconds=0)


@pytest.mark.covers("pitfall-43")
async def test_invalid_selectors_raise_bad_request(client: Client) -> None:
    api = Api(ConfigMap, client)
    with pytest.raises(BadRequest, match="unable to parse requirement"):
        await api.list(label_selector="a in b")
    with pytest.raises(BadRequest, match=r"data\.key"):
        await api.list(field_selector="data.key=x")


@pytest.mark.parametrize("selector", [["color=red", "size=large"], [], {"color": None}, b"color=red", 5])
async def test_selector_of_a_wrong_type_raises_before_sending(
    embedded_client: Client, kubex_server: EmbeddedServer, selector: Any
) -> None:
    api = Api(ConfigMap, embedded_client)
    for argument in ("label_selector", "field_selector"):
        wrong = {argument: selector}
        for call in (api.list, api.metadata.list, api.delete_collection):
            with pytest.raises(ConfigurationError, match=f"{argument}: "):
                await call(**wrong)
        for method in (api.pages, api.metadata.pages, api.watch, api.metadata.watch):
            with pytest.raises(ConfigurationError, match=f"{argument}: "):
                method(**wrong)
    assert kubex_server.requests == []


async def test_values_of_a_field_selector_mapping_are_escaped(five_config_maps: Api[ConfigMap]) -> None:
    assert names(await five_config_maps.list(field_selector={"metadata.name": "c3"})) == ["c3"]
    for value in ("c3,metadata.name=c3", "c3=", "c3\\"):
        assert names(await five_config_maps.list(field_selector={"metadata.name": value})) == []
        assert names(await five_config_maps.list(field_selector=field("metadata.name") == value)) == []


async def test_list_with_limit_returns_a_page_and_a_continue_token(five_config_maps: Api[ConfigMap]) -> None:
    first_item = await five_config_maps.list(label_selector=LABELS, limit=3)
    assert names(first_item) == ["c0", "c1", "c2"]
    assert first_item.metadata.continue_
    second = await five_config_maps.list(label_selector=LABELS, limit=3, continue_token=first_item.metadata.continue_)
    assert names(second) == ["c3", "c4"]
    assert second.metadata.continue_ is None
    assert second.resource_version == first_item.resource_version


async def test_page_contains_the_remaining_item_count(five_config_maps: Api[ConfigMap]) -> None:
    with anyio.fail_after(TIMEOUT):
        while True:  # a real control plane creates a ConfigMap in each new namespace
            all_items = await five_config_maps.list()
            page = await five_config_maps.list(limit=2)
            if page.resource_version == all_items.resource_version:
                break
    assert page.metadata.remaining_item_count == len(all_items.items) - 2


async def test_pages_are_a_consistent_snapshot(five_config_maps: Api[ConfigMap]) -> None:
    pages = five_config_maps.pages(label_selector=LABELS, page_size=2)
    seen: list[tuple[str, dict[str, str] | None]] = []
    sizes: list[int] = []
    async for page in pages:
        if not seen:
            await five_config_maps.delete("c2")
            await five_config_maps.patch("c3", MergePatch({"data": {"changed": "yes"}}))
            await five_config_maps.create(config_map("c9", labels=LABELS))
        sizes.append(len(page.items))
        seen += [(name_of(item), item.data) for item in page.items]
    assert seen == [("c0", None), ("c1", None), ("c2", None), ("c3", None), ("c4", None)]
    assert sizes == [2, 2, 1]
    assert pages.consistent
    assert [page async for page in pages] == []


async def test_pages_without_matches_yield_one_empty_page(client: Client) -> None:
    pages = [page async for page in Api(ConfigMap, client).pages(label_selector="no=where")]
    assert [list(page.items) for page in pages] == [[]]


async def test_page_size_zero_raises(client: Client) -> None:
    with pytest.raises(ConfigurationError, match="page_size: must be at least 1, not 0"):
        Api(ConfigMap, client).pages(page_size=0)


async def test_invalid_continue_token_raises_bad_request(client: Client) -> None:
    with pytest.raises(BadRequest, match="continue key is not valid"):
        await Api(ConfigMap, client).list(continue_token="nonsense", limit=1)


@pytest.mark.covers("pitfall-43")
async def test_list_accepts_a_past_resource_version(five_config_maps: Api[ConfigMap]) -> None:
    past = (await five_config_maps.list(label_selector=LABELS)).resource_version
    await five_config_maps.delete("c0")
    exact = await five_config_maps.list(label_selector=LABELS, resource_version=past, resource_version_match="Exact")
    assert (names(exact), exact.resource_version) == (["c0", "c1", "c2", "c3", "c4"], past)
    newer = await five_config_maps.list(
        label_selector=LABELS, resource_version=past, resource_version_match="NotOlderThan"
    )
    assert "c4" in names(newer)
    assert len(names(await five_config_maps.list(label_selector=LABELS, resource_version="0"))) >= 4


async def test_resource_version_match_without_resource_version_raises_invalid(client: Client) -> None:
    with pytest.raises(Invalid, match="resourceVersionMatch"):
        await Api(ConfigMap, client).list(resource_version_match="Exact")


@pytest.mark.covers("pitfall-15", "pitfall-43")
async def test_pages_continue_after_the_continue_token_expired(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    api = Api(ConfigMap, embedded_client)
    for number in range(5):
        await api.create(config_map(f"c{number}"))
    pages = api.pages(page_size=2)
    assert names(await anext(pages)) == ["c0", "c1"]
    await api.delete("c2")
    await api.create(config_map("c9"))
    kubex_server.compact()
    assert pages.consistent
    assert [name async for page in pages for name in names(page)] == ["c3", "c4", "c9"]
    assert not pages.consistent


@pytest.mark.covers("pitfall-15")
async def test_expired_error_contains_a_new_continue_token(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    api = Api(ConfigMap, embedded_client)
    for number in range(3):
        await api.create(config_map(f"c{number}"))
    token = (await api.list(limit=1)).metadata.continue_
    await api.create(config_map("c9"))
    kubex_server.compact()
    with pytest.raises(Expired) as caught:
        await api.list(limit=1, continue_token=token)
    assert caught.value.status == 410
    assert caught.value.continue_token
    assert names(await api.list(continue_token=caught.value.continue_token)) == ["c1", "c2", "c9"]


async def test_future_resource_version_raises_gateway_timeout(backend: Backend) -> None:
    async with EmbeddedServer(settings=Settings(future_wait=0.05)) as handle:
        configuration, options = handle.configuration(), ClientOptions(retry=None)
        async with create_client(configuration, client_class=backend, options=options) as client:
            with pytest.raises(GatewayTimeout, match="Too large resource version") as caught:
                await Api(ConfigMap, client).list(resource_version="99999999")
            assert caught.value.retry_after == 1


@pytest.mark.covers("pitfall-9")
async def test_null_is_read_as_an_empty_list(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    body = b'{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":null}'
    kubex_server.inject("GET *", Answer(200, body, JSON))
    listed = await Api(Pod, embedded_client).list()
    assert (list(listed.items), listed.resource_version) == ([], "7")
    document = {"metadata": {"name": "one"}, "spec": {"containers": None}}
    kubex_server.inject("GET *", Answer(200, json.dumps(document).encode(), JSON))
    pod = await Api(Pod, embedded_client).get("one")
    assert pod.spec is not None
    assert pod.spec.containers == []


class ConfigMapWithIntegers(NamespacedResource):
    """A ConfigMap with a wrong type of its data."""

    __resource__ = ApiResource(version="v1", kind="ConfigMap", plural="configmaps")
    data: dict[str, int]


async def test_decode_error_names_the_object_and_hides_values(client: Client, namespace: str) -> None:
    await Api(ConfigMap, client).create(config_map("one", {"key": "hidden"}, labels=LABELS))
    api = Api(ConfigMapWithIntegers, client)
    for read in (api.get("one"), first_item(api)):
        with pytest.raises(DecodeError, match=f"ConfigMapWithIntegers {namespace}/one") as caught:
            _ = (await read).data
        assert "hidden" not in str(caught.value)


async def first_item(api: Api[ConfigMapWithIntegers]) -> ConfigMapWithIntegers:
    return (await api.list(label_selector=LABELS)).items[0]
