"""Selectors of `kubex.selectors` and `LabelSelector` objects, in every verb that selects objects."""

import random
from typing import Any

import pytest

from behaviour.objects import config_map, name_of, next_events, pod, types_and_names
from kubex.api import Api
from kubex.client import Client
from kubex.errors import BadRequest, ConfigurationError
from kubex.models import ResourceList, dynamic_resource
from kubex.selectors import (
    EVERYTHING,
    FieldSelectorTypes,
    LabelRequirements,
    LabelSelectorTypes,
    field,
    label,
    parse,
)
from kubex_k8s.v1_35.meta.v1 import LabelSelector as OlderLabelSelector
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from kubex_k8s.v1_37.meta.v1 import LabelSelector
from kubex_testing.embedded import EmbeddedServer
from support.selectors import random_labels, random_selector

pytestmark = pytest.mark.anyio

RED = label("color") == "red"
JSON_RED: dict[str, Any] = {"matchExpressions": [{"key": "color", "operator": "In", "values": ["red"]}]}
RED_SELECTORS: list[LabelSelectorTypes] = [
    "color=red",
    {"color": "red"},
    RED,
    parse("color in (red)"),
    JSON_RED,
    {"matchLabels": {"color": "red"}},
    LabelSelector(match_labels={"color": "red"}),
    OlderLabelSelector.model_validate(JSON_RED),
]
NOT_A_SELECTORS: list[FieldSelectorTypes] = ["metadata.name!=a", field("metadata.name") != "a"]
EMPTY: list[Any] = ["", " ", {}, parse(""), LabelSelector(), {"matchLabels": {}}]


@pytest.fixture
async def maps(client: Client) -> Api[ConfigMap]:
    """Create three ConfigMaps, two of them red, and return their API."""
    api = Api(ConfigMap, client)
    for name, color in (("a", "red"), ("b", "red"), ("c", "blue")):
        await api.create(config_map(name, labels={"color": color}))
    return api


@pytest.mark.parametrize("red", RED_SELECTORS, ids=lambda selector: type(selector).__name__)
@pytest.mark.parametrize("not_a", NOT_A_SELECTORS, ids=lambda selector: type(selector).__name__)
async def test_reading_verbs_accept_each_form_of_a_selector(
    maps: Api[ConfigMap], red: LabelSelectorTypes, not_a: FieldSelectorTypes
) -> None:
    for api in (maps, maps.metadata):
        listed = await api.list(label_selector=red, field_selector=not_a)
        assert [name_of(item) for item in listed] == ["b"]
        pages = api.pages(label_selector=red, field_selector=not_a, page_size=1)
        assert [name_of(item) async for page in pages for item in page] == ["b"]
        assert [name_of(item) async for item in api.iterate(label_selector=red, field_selector=not_a)] == ["b"]
        async with api.watch(label_selector=red, field_selector=not_a) as events:
            assert types_and_names(await next_events(events, 1)) == [("ADDED", "b")]


@pytest.mark.parametrize("red", RED_SELECTORS, ids=lambda selector: type(selector).__name__)
async def test_delete_collection_accepts_each_form_of_a_selector(maps: Api[ConfigMap], red: LabelSelectorTypes) -> None:
    for dry_run in (True, False):
        deleted = await maps.delete_collection(
            label_selector=red, field_selector=field("metadata.name") != "a", dry_run=dry_run
        )
        assert isinstance(deleted, ResourceList)
        assert [name_of(item) for item in deleted] == ["b"]
    remaining = await maps.list(label_selector=label("color").exists())
    assert [name_of(item) for item in remaining] == ["a", "c"]


async def test_pods_of_a_deployment_are_selected_by_its_selector(client: Client) -> None:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "a", "image": "a:1"}]}}
    spec = {"replicas": 0, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    deployments = Api(Deployment, client)
    await deployments.create(Deployment.model_validate({"metadata": {"name": "web"}, "spec": spec}))
    pods = Api(Pod, client)
    selected = pod("web")
    selected.metadata.labels = {"app": "web"}
    await pods.create(selected)
    await pods.create(pod("other"))
    web = await deployments.get("web")
    assert web.spec is not None
    dynamic = await Api(dynamic_resource("apps/v1", "Deployment", plural="deployments"), client).get("web")
    for selector in (web.spec.selector, dynamic["spec"]["selector"]):
        assert [name_of(item) for item in await pods.list(label_selector=selector)] == ["web"]
        assert LabelRequirements.from_model(selector).matches({"app": "web"})


async def test_servers_accept_a_label_selector_that_was_built(client: Client) -> None:
    selector = (label("app") == "web") & label("tier").not_in("db", "cache") & label("canary").absent()
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "a", "image": "a:1"}]}}
    web = Deployment.model_validate({"metadata": {"name": "web"}, "spec": {"selector": {}, "template": template}})
    assert web.spec is not None
    web.spec.selector = selector.to_model(LabelSelector)
    created = await Api(Deployment, client).create(web)
    assert created.spec is not None
    assert LabelRequirements.from_model(created.spec.selector) == selector


async def names_in(maps: Api[ConfigMap], label_selector: Any = None) -> set[str | None]:
    return {name_of(item) for item in await maps.list(label_selector=label_selector)}


@pytest.mark.parametrize("empty", EMPTY, ids=repr)
async def test_empty_selectors_select_all_objects_except_for_delete_collection(
    maps: Api[ConfigMap], empty: Any
) -> None:
    # A controller of the real server can add other objects at any time.
    assert {"a", "b", "c"} <= await names_in(maps, label_selector=empty)
    with pytest.raises(ConfigurationError, match=r"^label_selector: is empty, .* EVERYTHING of kubex\.selectors"):
        await maps.delete_collection(label_selector=empty)
    with pytest.raises(ConfigurationError, match=r"^label_selector: is empty, "):
        await maps.delete_collection(label_selector=empty, field_selector="metadata.name=a")
    if isinstance(empty, str | dict) and not str(empty).strip(" {}"):
        field_selector: Any = empty if isinstance(empty, dict) else empty.strip()
        with pytest.raises(ConfigurationError, match=r"^field_selector: is empty, .* EVERYTHING of kubex\.selectors"):
            await maps.delete_collection(label_selector="color=red", field_selector=field_selector)
    assert {"a", "b", "c"} <= await names_in(maps)


async def test_everything_selects_all_objects(maps: Api[ConfigMap]) -> None:
    listed = await maps.list(label_selector=EVERYTHING, field_selector=EVERYTHING)
    assert {"a", "b", "c"} <= {name_of(item) for item in listed}
    deleted = await maps.delete_collection(label_selector=EVERYTHING, field_selector="metadata.name!=c")
    assert isinstance(deleted, ResourceList)
    assert {"a", "b"} <= {name_of(item) for item in deleted}
    await maps.delete_collection(label_selector=EVERYTHING, field_selector=EVERYTHING)
    assert await maps.get_or_none("c") is None


@pytest.mark.parametrize("arguments", [{}, {"label_selector": None, "field_selector": None}], ids=["omitted", "none"])
async def test_delete_collection_without_selectors_deletes_all_objects(
    maps: Api[ConfigMap], arguments: dict[str, Any]
) -> None:
    await maps.delete_collection(**arguments)
    assert [name_of(item) for item in await maps.list(label_selector=label("color").exists())] == []


async def test_wrong_selectors_raise_before_sending(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    maps, pods = Api(ConfigMap, embedded_client), Api(Pod, embedded_client)
    unknown = {"matchLabels": {"color": "red"}, "color": "red"}
    for name, wrong, error in (
        ("label_selector", field("metadata.name") == "a", TypeError),
        ("label_selector", label("color"), TypeError),
        ("label_selector", unknown, ConfigurationError),
        ("field_selector", RED, TypeError),
        ("field_selector", LabelSelector(), ConfigurationError),
        ("field_selector", {"matchLabels": {"color": "red"}}, ConfigurationError),
    ):
        argument: dict[str, Any] = {name: wrong}
        for call in (maps.list, maps.metadata.list, maps.delete_collection):
            with pytest.raises(error, match=f"^{name}: "):
                await call(**argument)
        for method in (maps.pages, maps.iterate, maps.watch, maps.metadata.watch, pods.logs.stream_pods):
            with pytest.raises(error, match=f"^{name}: "):
                method(**argument)
    assert kubex_server.requests == []


async def test_stream_pods_accepts_selectors(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    selectors: list[LabelSelectorTypes] = [RED & label("size").absent(), LabelSelector.model_validate(JSON_RED)]
    for selector in selectors:
        phase = field("status.phase") != "Running"
        log = Api(Pod, embedded_client).logs.stream_pods(label_selector=selector, field_selector=phase, follow=False)
        async with log:
            assert [line async for line in log] == []
    sent = [(request.query["labelSelector"], request.query["fieldSelector"]) for request in kubex_server.requests]
    assert sent == [(["color=red,!size"], ["status.phase!=Running"]), (["color in (red)"], ["status.phase!=Running"])]


async def test_matches_agrees_with_the_server(client: Client) -> None:
    rng = random.Random(11)  # noqa: S311 - the same values in each run
    maps = Api(ConfigMap, client)
    objects = {f"m{number:03}": random_labels(rng) for number in range(100)}
    for name, labels in objects.items():
        await maps.create(config_map(name, labels={**labels, "mine": "yes"}))
    differences: list[str] = []
    for _ in range(100):
        selector = random_selector(rng)
        listed = await maps.metadata.list(label_selector=selector & (label("mine") == "yes"))
        expected = [name for name, labels in objects.items() if selector.matches(labels)]
        if [name_of(item) for item in listed] != expected:
            differences.append(str(selector))
    assert differences == []


@pytest.mark.parametrize(
    "text", ["a,", "a b", "!a=b", "a in b", "ain(b)", "a>x", "a>-1", "a=b_", "x/y/z", "a in (b c)", "a\u00a0", "a===b"]
)
async def test_servers_reject_the_texts_that_parse_rejects(client: Client, text: str) -> None:
    with pytest.raises(ValueError, match=r"^invalid label selector"):
        parse(text)
    with pytest.raises(BadRequest, match=r"unable to parse requirement|found '"):
        await Api(ConfigMap, client).list(label_selector=text)
