"""Reading many objects: selectors, pages, revisions."""

import json
from typing import Any

import anyio
import pytest

from behaviour.objects import SECONDS, config_map, named, pod, revision
from kubex.api import Api
from kubex.client import Client, ClientOptions, create_client
from kubex.errors import BadRequest, ConfigurationError, DecodeError, Expired, GatewayTimeout, Invalid
from kubex.models import ApiResource, NamespacedResource, ResourceList
from kubex.patch import MergePatch
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from kubex_testing.embedded import Answer, EmbeddedServer, Settings

pytestmark = pytest.mark.anyio

JSON = (("Content-Type", "application/json"),)
MINE = {"mine": "yes"}


def names(items: ResourceList[ConfigMap]) -> list[str]:
    return [named(item) for item in items.items]


@pytest.fixture
async def five(client: Client) -> Api[ConfigMap]:
    """Return the API of ConfigMaps, five of which are there (besides those that controllers make)."""
    api = Api(ConfigMap, client)
    for number in range(5):
        await api.create(config_map(f"c{number}", labels={**MINE, "number": str(number)}))
    return api


async def test_a_list_has_the_objects_in_order_and_a_revision(five: Api[ConfigMap], namespace: str) -> None:
    listed = await five.list(label_selector=MINE)
    assert (listed.api_version, listed.kind) == ("v1", "ConfigMapList")
    assert names(listed) == ["c0", "c1", "c2", "c3", "c4"]
    assert {item.metadata.namespace for item in listed.items} == {namespace}
    assert listed.resource_version is not None
    assert int(listed.resource_version) >= int(revision(listed.items[-1]))
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
async def test_labels_select(five: Api[ConfigMap], selector: str | dict[str, str], expected: list[str]) -> None:
    assert names(await five.list(label_selector=selector)) == expected


async def test_fields_select(five: Api[ConfigMap], client: Client) -> None:
    assert names(await five.list(field_selector="metadata.name=c3")) == ["c3"]
    assert names(await five.list(field_selector={"metadata.name": "c3"}, label_selector="number=4")) == []
    pods = Api(Pod, client)
    await pods.create(pod("waiting"))
    await pods.create(pod("placed", nodeName="node"))
    assert [named(item) for item in (await pods.list(field_selector="spec.nodeName=node")).items] == ["placed"]
    await pods.delete("placed", grace_period_seconds=0)


@pytest.mark.covers("pitfall-43")
async def test_selectors_that_mean_nothing_are_refused(client: Client) -> None:
    api = Api(ConfigMap, client)
    with pytest.raises(BadRequest, match="unable to parse requirement"):
        await api.list(label_selector="a in b")
    with pytest.raises(BadRequest, match=r"data\.key"):
        await api.list(field_selector="data.key=x")


@pytest.mark.parametrize("selector", [["color=red", "size=large"], [], {"color": None}, b"color=red", 5])
async def test_a_selector_of_another_type_is_refused_before_anything_is_sent(
    embedded_client: Client, kubex_server: EmbeddedServer, selector: Any
) -> None:
    api = Api(ConfigMap, embedded_client)
    for argument in ("label_selector", "field_selector"):
        wrong = {argument: selector}
        for call in (api.list, api.metadata.list, api.delete_collection):
            with pytest.raises(ConfigurationError, match=f"{argument}: "):
                await call(**wrong)
        for begin in (api.pages, api.metadata.pages, api.watch, api.metadata.watch):
            with pytest.raises(ConfigurationError, match=f"{argument}: "):
                begin(**wrong)
    assert kubex_server.requests == []


async def test_a_mapping_of_fields_selects_by_equality_alone(five: Api[ConfigMap]) -> None:
    assert names(await five.list(field_selector={"metadata.name": "c3"})) == ["c3"]
    for value in ("c3,metadata.name=c3", "c3=", "c3\\"):
        assert names(await five.list(field_selector={"metadata.name": value})) == []


async def test_a_limit_gives_a_page_and_the_token_of_the_next(five: Api[ConfigMap]) -> None:
    first = await five.list(label_selector=MINE, limit=3)
    assert names(first) == ["c0", "c1", "c2"]
    assert first.metadata.continue_
    second = await five.list(label_selector=MINE, limit=3, continue_token=first.metadata.continue_)
    assert names(second) == ["c3", "c4"]
    assert second.metadata.continue_ is None
    assert second.resource_version == first.resource_version


async def test_a_page_says_how_many_are_left(five: Api[ConfigMap]) -> None:
    with anyio.fail_after(SECONDS):
        while True:  # a real control plane puts a ConfigMap of its own into a new namespace
            everything = await five.list()
            page = await five.list(limit=2)
            if page.resource_version == everything.resource_version:
                break
    assert page.metadata.remaining_item_count == len(everything.items) - 2


async def test_pages_are_one_snapshot(five: Api[ConfigMap]) -> None:
    pages = five.pages(label_selector=MINE, page_size=2)
    seen: list[tuple[str, dict[str, str] | None]] = []
    sizes: list[int] = []
    async for page in pages:
        if not seen:
            await five.delete("c2")
            await five.patch("c3", MergePatch({"data": {"changed": "yes"}}))
            await five.create(config_map("c9", labels=MINE))
        sizes.append(len(page.items))
        seen += [(named(item), item.data) for item in page.items]
    assert seen == [("c0", None), ("c1", None), ("c2", None), ("c3", None), ("c4", None)]
    assert sizes == [2, 2, 1]
    assert pages.consistent
    assert [page async for page in pages] == []


async def test_pages_of_nothing_are_one_empty_page(client: Client) -> None:
    pages = [page async for page in Api(ConfigMap, client).pages(label_selector="no=where")]
    assert [list(page.items) for page in pages] == [[]]


async def test_a_page_of_no_size_is_refused(client: Client) -> None:
    with pytest.raises(ConfigurationError, match="page_size: must be at least 1, not 0"):
        Api(ConfigMap, client).pages(page_size=0)


async def test_a_token_that_is_none_is_refused(client: Client) -> None:
    with pytest.raises(BadRequest, match="continue key is not valid"):
        await Api(ConfigMap, client).list(continue_token="nonsense", limit=1)


@pytest.mark.covers("pitfall-43")
async def test_a_list_may_be_of_a_past_revision(five: Api[ConfigMap]) -> None:
    past = (await five.list(label_selector=MINE)).resource_version
    await five.delete("c0")
    exact = await five.list(label_selector=MINE, resource_version=past, resource_version_match="Exact")
    assert (names(exact), exact.resource_version) == (["c0", "c1", "c2", "c3", "c4"], past)
    newer = await five.list(label_selector=MINE, resource_version=past, resource_version_match="NotOlderThan")
    assert "c4" in names(newer)
    assert len(names(await five.list(label_selector=MINE, resource_version="0"))) >= 4


async def test_a_match_without_a_revision_is_refused(client: Client) -> None:
    with pytest.raises(Invalid, match="resourceVersionMatch"):
        await Api(ConfigMap, client).list(resource_version_match="Exact")


@pytest.mark.covers("pitfall-15", "pitfall-43")
async def test_pages_go_on_where_the_server_forgot_the_snapshot(
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
async def test_an_expired_token_comes_with_one_that_resumes(
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


async def test_a_revision_of_the_future_is_a_gateway_timeout(backend: Backend) -> None:
    async with EmbeddedServer(settings=Settings(future_wait=0.05)) as handle:
        configuration, options = handle.configuration(), ClientOptions(retry=None)
        async with create_client(configuration, client_class=backend, options=options) as client:
            with pytest.raises(GatewayTimeout, match="Too large resource version") as caught:
                await Api(ConfigMap, client).list(resource_version="99999999")
            assert caught.value.retry_after == 1


@pytest.mark.covers("pitfall-9")
async def test_null_in_place_of_a_list_is_an_empty_one(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    body = b'{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":null}'
    kubex_server.inject("GET *", Answer(200, body, JSON))
    listed = await Api(Pod, embedded_client).list()
    assert (list(listed.items), listed.resource_version) == ([], "7")
    document = {"metadata": {"name": "one"}, "spec": {"containers": None}}
    kubex_server.inject("GET *", Answer(200, json.dumps(document).encode(), JSON))
    pod = await Api(Pod, embedded_client).get("one")
    assert pod.spec is not None
    assert pod.spec.containers == []


class Counted(NamespacedResource):
    """A ConfigMap by someone who is mistaken about its data."""

    __resource__ = ApiResource(version="v1", kind="ConfigMap", plural="configmaps")
    data: dict[str, int]


async def test_what_does_not_fit_the_model_is_an_error_that_names_the_object(client: Client, namespace: str) -> None:
    await Api(ConfigMap, client).create(config_map("secretive", {"key": "hidden"}, labels=MINE))
    api = Api(Counted, client)
    for read in (api.get("secretive"), first(api)):
        with pytest.raises(DecodeError, match=f"Counted {namespace}/secretive") as caught:
            _ = (await read).data
        assert "hidden" not in str(caught.value)


async def first(api: Api[Counted]) -> Counted:
    return (await api.list(label_selector=MINE)).items[0]
