"""A successful response with unexpected content raises an error that names the request, for each verb."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from kubex.api import Api, create_review
from kubex.client import Client
from kubex.core._encode import encode
from kubex.core.params import DecodeMode
from kubex.errors import ApiError, DecodeError, GatewayTimeout, NotFound, TooManyRequests, is_transient
from kubex.models import ApiResource, NamespacedResource, ObjectMeta, Scale, ScaleSpec, Status, dynamic_resource
from kubex.patch import JsonPatch, MergePatch
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.authentication.v1 import SelfSubjectReview
from kubex_k8s.v1_37.core.v1 import Binding, ConfigMap, ObjectReference, Pod, ServiceAccount
from kubex_testing import MockResponse
from policy.conftest import scripted_client

pytestmark = pytest.mark.anyio

Verb = Callable[[Client], Awaitable[object]]
Body = dict[str, Any]

Widget = dynamic_resource("example.com/v1", "Widget", plural="widgets")
DECODE_MODES: tuple[DecodeMode, ...] = ("lazy", "eager")
META = ObjectMeta(name="a")
CONFIG_MAP_OBJECT = ConfigMap(metadata=META)
POD = Pod(metadata=META)
BINDING = Binding(metadata=META, target=ObjectReference(kind="Node", name="n"))


async def collect(iterator: Any) -> object:
    return [each async for each in iterator]


async def watch(api: Any) -> object:
    async with api.watch() as events:
        return await collect(events)


def config_maps(client: Client) -> Api[ConfigMap]:
    return Api(ConfigMap, client, namespace="default")


OBJECTS: dict[str, Verb] = {
    "get": lambda client: config_maps(client).get("a"),
    "get_or_none": lambda client: config_maps(client).get_or_none("a"),
    "get eagerly": lambda client: config_maps(client).get("a", decode="eager"),
    "get a Pod eagerly": lambda client: Api(Pod, client, namespace="default").get("a", decode="eager"),
    "get a dynamic object": lambda client: Api(Widget, client, namespace="default").get("a"),
    "get a dynamic object eagerly": lambda client: Api(Widget, client, namespace="default", decode="eager").get("a"),
    "metadata.get": lambda client: config_maps(client).metadata.get("a"),
    "metadata.get eagerly": lambda client: config_maps(client).metadata.get("a", decode="eager"),
    "replace": lambda client: config_maps(client).replace(CONFIG_MAP_OBJECT),
    "patch": lambda client: config_maps(client).patch("a", MergePatch({})),
    "apply": lambda client: config_maps(client).apply(CONFIG_MAP_OBJECT, field_manager="tests"),
    "status.get": lambda client: Api(Pod, client, namespace="default").status.get("a"),
    "status.replace": lambda client: Api(Pod, client, namespace="default").status.replace(POD),
    "status.patch": lambda client: Api(Pod, client, namespace="default").status.patch("a", JsonPatch([])),
    "resize.get": lambda client: Api(Pod, client, namespace="default").resize.get("a"),
    "scale.get": lambda client: Api(Deployment, client, namespace="default").scale.get("a"),
    "scale.patch": lambda client: Api(Deployment, client, namespace="default").scale.patch("a", MergePatch({})),
    "scale.replace": lambda client: Api(Deployment, client, namespace="default").scale.replace(
        Scale(metadata=META, spec=ScaleSpec(replicas=1))
    ),
}
CREATIONS: dict[str, Verb] = {
    "create": lambda client: config_maps(client).create(CONFIG_MAP_OBJECT),
    "create eagerly": lambda client: Api(ConfigMap, client, namespace="default", decode="eager").create(
        CONFIG_MAP_OBJECT
    ),
    "create_token": lambda client: Api(ServiceAccount, client, namespace="default").create_token("a"),
    "create_review": lambda client: create_review(client, SelfSubjectReview()),
}
LISTS: dict[str, Verb] = {
    "list": lambda client: config_maps(client).list(),
    "list eagerly": lambda client: config_maps(client).list(decode="eager"),
    "list dynamic objects": lambda client: Api(Widget, client, namespace="default").list(),
    "metadata.list": lambda client: config_maps(client).metadata.list(),
    "pages": lambda client: collect(config_maps(client).pages()),
    "iterate": lambda client: collect(config_maps(client).iterate()),
}
DELETIONS: dict[str, Verb] = {
    "delete": lambda client: config_maps(client).delete("a"),
    "delete eagerly": lambda client: Api(ConfigMap, client, namespace="default", decode="eager").delete("a"),
    "delete_collection": lambda client: config_maps(client).delete_collection(),
    "evict": lambda client: Api(Pod, client, namespace="default").evict("a"),
    "create_review of a Binding": lambda client: create_review(client, BINDING, namespace="default"),
}
WATCHES: dict[str, Verb] = {
    "watch": lambda client: watch(config_maps(client)),
    "watch eagerly": lambda client: watch(Api(ConfigMap, client, namespace="default", decode="eager")),
    "watch dynamic objects": lambda client: watch(Api(Widget, client, namespace="default")),
    "metadata.watch": lambda client: watch(config_maps(client).metadata),
}
OTHERS: dict[str, Verb] = {"version": lambda client: client.version()}
WITH_CONTENT = {**OBJECTS, **CREATIONS, **LISTS, **OTHERS}
ALL = {**WITH_CONTENT, **DELETIONS, **WATCHES}

FAILURE: Body = {
    "kind": "Status",
    "apiVersion": "v1",
    "metadata": {},
    "status": "Failure",
    "reason": "Timeout",
    "message": "the list operation could not be completed",
    "code": 504,
}
SUCCESS: Body = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
SECRET: Body = {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "a"}, "data": {"password": "aHVudGVyMg=="}}

UNEXPECTED: dict[str, MockResponse] = {
    "{}": MockResponse(json={}),
    "null": MockResponse(body=b"null"),
    "an array": MockResponse(body=b'[{"metadata": {"name": "a"}}]'),
    "a string": MockResponse(body=b'"ok"'),
    "an object of another kind": MockResponse(json=SECRET),
    "an object of another kind without a version": MockResponse(json={"kind": "Secret", "metadata": {"name": "a"}}),
    "an object of another group": MockResponse(
        json={"kind": "ConfigMap", "apiVersion": "example.com/v1", "metadata": {"name": "a"}}
    ),
    "an object of another version": MockResponse(
        json={"kind": "ConfigMap", "apiVersion": "v2", "metadata": {"name": "a"}}
    ),
    "an object with a kind that is not a string": MockResponse(json={"kind": ["ConfigMap"], "metadata": {"name": "a"}}),
    "a list of another kind": MockResponse(
        json={"kind": "SecretList", "apiVersion": "v1", "metadata": {"resourceVersion": "7"}, "items": [SECRET]}
    ),
    "a generic list": MockResponse(json={"kind": "List", "apiVersion": "v1", "metadata": {}, "items": []}),
    "a Table": MockResponse(
        json={"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": {}, "columnDefinitions": [], "rows": []}
    ),
    "JSON of another API": MockResponse(json={"error": {"code": 403, "message": "no scope"}, "data": []}),
}
HTML_PAGE = MockResponse(
    body=b"<!DOCTYPE html>\n<style>a {}</style><title>Sign in</title>", headers={"Content-Type": "text/html"}
)
EMPTY = MockResponse(status=204)


async def decode_error_message(verb: Verb, response: MockResponse) -> str:
    async with scripted_client(response) as (client, mock):
        with pytest.raises(DecodeError) as caught:
            await verb(client)
        [request] = mock.requests
    text = str(caught.value)
    assert (caught.value.method, caught.value.path) == (request.method, request.target.partition("?")[0])
    assert f"({caught.value.method} {caught.value.path})" in text
    assert "aHVudGVyMg" not in text
    return text


@pytest.mark.parametrize("verb", ALL)
async def test_unexpected_content_raises_decode_error(verb: str) -> None:
    for response in UNEXPECTED.values():
        await decode_error_message(ALL[verb], response)


@pytest.mark.parametrize("verb", [*WITH_CONTENT, *DELETIONS])
async def test_truncated_json_raises_decode_error(verb: str) -> None:
    await decode_error_message(
        ALL[verb], MockResponse(body=b'{"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"na')
    )


@pytest.mark.parametrize("verb", ALL)
async def test_failure_status_in_a_200_response_raises_its_api_error(verb: str) -> None:
    async with scripted_client(MockResponse(json=FAILURE)) as (client, mock):
        with pytest.raises(GatewayTimeout, match="could not be completed") as caught:
            await ALL[verb](client)
        [request] = mock.requests
    assert caught.value.status == 504
    assert (caught.value.method, caught.value.path) == (request.method, request.target.partition("?")[0])


@pytest.mark.parametrize("verb", ALL)
async def test_html_response_raises_and_names_path_and_content_type(verb: str) -> None:
    text = await decode_error_message(ALL[verb], HTML_PAGE)
    assert "text/html" in text
    assert "check the server URL" in text


@pytest.mark.parametrize("verb", ALL)
async def test_decode_error_of_html_is_transient(verb: str) -> None:
    for response, expected in ((HTML_PAGE, True), (MockResponse(json=SUCCESS | {"kind": "Other"}), False)):
        async with scripted_client(response) as (client, _):
            with pytest.raises(DecodeError) as caught:
                await ALL[verb](client)
        assert is_transient(caught.value) is expected


@pytest.mark.parametrize("verb", WITH_CONTENT)
async def test_empty_response_raises_if_an_object_is_expected(verb: str) -> None:
    assert "the response is empty" in await decode_error_message(WITH_CONTENT[verb], EMPTY)


@pytest.mark.parametrize("verb", [*WITH_CONTENT, *WATCHES])
async def test_success_status_raises_if_an_object_is_expected(verb: str) -> None:
    await decode_error_message(ALL[verb], MockResponse(json=SUCCESS))


@pytest.mark.parametrize("response", [EMPTY, MockResponse(status=200, body=b""), MockResponse(status=202, body=b"\n")])
@pytest.mark.parametrize("verb", DELETIONS)
async def test_deletions_accept_an_empty_response(verb: str, response: MockResponse) -> None:
    async with scripted_client(response) as (client, _):
        found = await DELETIONS[verb](client)
    assert isinstance(found, Status | Binding)
    assert isinstance(found, Binding) or found.status == "Success"


@pytest.mark.parametrize("verb", OBJECTS)
async def test_object_without_a_name_raises_decode_error(verb: str) -> None:
    kind, version = {
        "get a Pod eagerly": ("Pod", "v1"),
        "get a dynamic object": ("Widget", "example.com/v1"),
        "get a dynamic object eagerly": ("Widget", "example.com/v1"),
    }.get(verb, ("ConfigMap", "v1"))
    kind = "Pod" if verb.startswith(("status", "resize")) else kind
    kind, version = ("Scale", "autoscaling/v1") if verb.startswith("scale") else (kind, version)
    for metadata in ({"resourceVersion": "7"}, {"name": ""}):
        response = MockResponse(json={"kind": kind, "apiVersion": version, "metadata": metadata})
        assert "does not have a metadata.name" in await decode_error_message(OBJECTS[verb], response)
    for other in (None, 7, "text"):
        response = MockResponse(json={"kind": kind, "apiVersion": version, "metadata": other})
        assert "metadata" in await decode_error_message(OBJECTS[verb], response)


async def test_decode_error_names_the_received_and_the_expected_kind() -> None:
    text = await decode_error_message(OBJECTS["get"], MockResponse(json=SECRET))
    assert "Secret of v1" in text
    assert "expected ConfigMap of v1" in text


async def test_unexpected_content_of_a_later_page_raises() -> None:
    first: Body = {"kind": "ConfigMapList", "metadata": {"continue": "t"}, "items": [{"metadata": {"name": "a"}}]}
    for unexpected in UNEXPECTED.values():
        async with scripted_client(MockResponse(json=first), unexpected) as (client, _):
            pages = config_maps(client).pages()
            assert [each.metadata.name for each in await anext(pages)] == ["a"]
            with pytest.raises(DecodeError):
                await anext(pages)
        async with scripted_client(MockResponse(json=first), unexpected) as (client, _):
            objects = config_maps(client).iterate()
            assert (await anext(objects)).metadata.name == "a"
            with pytest.raises(DecodeError):
                await anext(objects)


@pytest.mark.parametrize("kind", [{}, {"kind": "ConfigMapList"}, {"kind": "ConfigMapList", "apiVersion": "v1"}])
@pytest.mark.parametrize("items", [None, []])
async def test_list_with_null_or_missing_items_is_empty(kind: dict[str, str], items: object) -> None:
    bodies: list[Body] = [{**kind, "metadata": {"resourceVersion": "7"}, "items": items}]
    if kind:
        bodies.append({**kind, "metadata": {"resourceVersion": "7"}})
    for body in bodies:
        async with scripted_client(*[MockResponse(json=body)] * 3) as (client, _):
            found = await config_maps(client).list()
            assert (list(found), found.resource_version) == ([], "7")
            assert await collect(config_maps(client).iterate()) == []
            assert await config_maps(client).delete_collection() == found


async def test_item_of_another_kind_in_a_list_without_kind_raises() -> None:
    good: Body = {"metadata": {"name": "a"}}
    async with scripted_client(MockResponse(json={"metadata": {}, "items": [good, SECRET]})) as (client, _):
        found = await config_maps(client).list()
    assert found[0].metadata.name == "a"
    with pytest.raises(DecodeError, match="Secret of v1"):
        _ = found[1]


async def test_object_without_kind_is_accepted_if_it_has_a_name() -> None:
    named: Body = {"metadata": {"name": "a"}, "data": {"k": "v"}}
    for mode in DECODE_MODES:
        async with scripted_client(*[MockResponse(json=named)] * 3) as (client, _):
            api: Api[ConfigMap] = Api(ConfigMap, client, namespace="default", decode=mode)
            assert (await api.get("a")).data == {"k": "v"}
            assert (await api.create(CONFIG_MAP_OBJECT)).kind == "ConfigMap"
            assert isinstance(await api.delete("a"), ConfigMap)


async def test_created_object_without_a_name_is_accepted_if_it_has_a_kind() -> None:
    review = dynamic_resource("authentication.k8s.io/v1", "TokenReview", plural="tokenreviews", namespaced=False)
    body: Body = {"kind": "TokenReview", "apiVersion": "authentication.k8s.io/v1", "metadata": {}, "status": {}}
    for mode in DECODE_MODES:
        async with scripted_client(MockResponse(status=201, json=body)) as (client, _):
            api = Api(review, client, decode=mode)
            assert (await api.create(review())).get("status") == {}


async def test_metadata_verbs_accept_complete_objects() -> None:
    complete: Body = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a"}, "data": {"k": "v"}}
    page: Body = {"kind": "ConfigMapList", "apiVersion": "v1", "metadata": {}, "items": [complete]}
    async with scripted_client(MockResponse(json=complete), MockResponse(json=page)) as (client, _):
        api = config_maps(client).metadata
        assert (await api.get("a")).metadata.name == "a"
        assert [each.metadata.name for each in await api.list()] == ["a"]


class StatusKind(NamespacedResource):
    __resource__ = ApiResource(group="example.com", version="v1", kind="Status", plural="statuses")
    status: str | None = None


async def test_custom_kind_named_status_is_not_read_as_a_kubernetes_status() -> None:
    custom_status: Body = {
        "kind": "Status",
        "apiVersion": "example.com/v1",
        "metadata": {"name": "a"},
        "status": "Failure",
    }
    page: Body = {"kind": "StatusList", "apiVersion": "example.com/v1", "metadata": {}, "items": [custom_status]}
    event: Body = {"type": "ADDED", "object": custom_status}
    bodies: list[Body] = [custom_status, page, custom_status, event, SUCCESS, FAILURE]
    async with scripted_client(*[MockResponse(json=body) for body in bodies]) as (client, _):
        api = Api(StatusKind, client, namespace="default")
        assert (await api.get("a")).status == "Failure"
        assert [each.status for each in await api.list()] == ["Failure"]
        assert isinstance(await api.delete("a"), StatusKind)
        async with api.watch() as events:
            assert (await anext(events)).object.status == "Failure"
        assert isinstance(await api.delete("a"), Status)
        with pytest.raises(GatewayTimeout):
            await api.delete("a")


async def test_get_or_none_returns_none_for_a_not_found_status() -> None:
    not_found: Body = {
        "kind": "Status",
        "status": "Failure",
        "reason": "NotFound",
        "code": 404,
        "details": {"name": "a"},
    }
    async with scripted_client(*[MockResponse(json=not_found)] * 2) as (client, _):
        assert await config_maps(client).get_or_none("a") is None
        with pytest.raises(NotFound):
            await config_maps(client).get("a")


async def test_failure_status_of_an_eviction_raises() -> None:
    failure: Body = {"kind": "Status", "status": "Failure", "reason": "TooManyRequests", "code": 429}
    async with scripted_client(MockResponse(json=failure)) as (client, _):
        with pytest.raises(TooManyRequests):
            await Api(Pod, client, namespace="default").evict("a")


async def test_list_kind_of_the_class_is_accepted() -> None:
    resource = ApiResource(group="example.com", version="v1", kind="Foo", plural="foos", list_kind="FooCollection")

    class Foo(NamespacedResource):
        __resource__ = resource

    other = dynamic_resource("example.com/v1", "Foo", plural="foos", list_kind="FooCollection")
    page: Body = {"kind": "FooCollection", "apiVersion": "example.com/v1", "metadata": {}, "items": []}
    default_list: Body = {**page, "kind": "FooList"}
    for kind in (Foo, other):
        async with scripted_client(MockResponse(json=page), MockResponse(json=default_list)) as (client, _):
            api = Api(kind, client, namespace="default")
            assert list(await api.list()) == []
            with pytest.raises(DecodeError, match="expected FooCollection"):
                await api.list()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": "Foo", "metadata": {"name": "a"}}, "the response does not have items"),
        ({"kind": "FooCollection"}, "the response does not have items"),
        ({"kind": "FooList", "apiVersion": "other.example.com/v1", "items": []}, "expected a list of example.com/v1"),
        (
            {"kind": "Status", "status": "Success", "items": []},
            "the response is Status of example.com/v1, expected a l",
        ),
    ],
)
async def test_class_with_any_list_kind_accepts_only_lists(fields: Body, message: str) -> None:
    kind = dynamic_resource("example.com/v1", "Foo", plural="foos", list_kind="*")
    page: Body = {"kind": "FooCollection", "apiVersion": "example.com/v1", "metadata": {}, "items": []}
    script = MockResponse(json=page), MockResponse(json={"apiVersion": "example.com/v1", **fields})
    async with scripted_client(*script) as (client, _):
        api = Api(kind, client, namespace="default")
        assert list(await api.list()) == []
        with pytest.raises(DecodeError, match=message):
            await api.list()


async def test_token_request_without_a_token_raises_decode_error() -> None:
    without_token: Body = {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "metadata": {}, "spec": {}}
    await decode_error_message(CREATIONS["create_token"], MockResponse(status=201, json=without_token))


async def get_log(client: Client) -> object:
    return await Api(Pod, client, namespace="default").logs.get("a")


async def stream_log(client: Client) -> object:
    async with Api(Pod, client, namespace="default").logs.stream("a") as log:
        return await collect(log)


@pytest.mark.parametrize("read", [get_log, stream_log])
async def test_logs_accept_any_content_except_html(read: Verb) -> None:
    assert "text/html" in await decode_error_message(read, HTML_PAGE)
    for response in (*UNEXPECTED.values(), EMPTY, MockResponse(body=b"<html>", headers={"Content-Type": "text/plain"})):
        async with scripted_client(response) as (client, _):
            await read(client)


CONFIG_MAP: Body = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a", "resourceVersion": "7"}}
GOOD: Body = {"type": "ADDED", "object": CONFIG_MAP}
UNEXPECTED_EVENTS: dict[str, Body] = {
    "no object": {"type": "ADDED"},
    "a null object": {"type": "ADDED", "object": None},
    "an empty object": {"type": "DELETED", "object": {}},
    "another kind": {"type": "DELETED", "object": SECRET},
    "another version": {"type": "MODIFIED", "object": {**CONFIG_MAP, "apiVersion": "v2"}},
    "a Status": {"type": "DELETED", "object": SUCCESS},
    "no name": {"type": "DELETED", "object": {**CONFIG_MAP, "metadata": {"resourceVersion": "7"}}},
    "no type": {"object": CONFIG_MAP},
    "a bookmark of another kind": {"type": "BOOKMARK", "object": SECRET},
    "an error without a Status": {"type": "ERROR", "object": {}},
    "an error with an object": {"type": "ERROR", "object": CONFIG_MAP},
}


@pytest.mark.parametrize("verb", ["watch", "watch eagerly", "metadata.watch"])
async def test_unexpected_event_raises_decode_error(verb: str) -> None:
    for event in UNEXPECTED_EVENTS.values():
        await decode_error_message(WATCHES[verb], MockResponse(json=event))


@pytest.mark.parametrize("mode", DECODE_MODES)
async def test_watch_continues_after_an_unexpected_event(mode: DecodeMode) -> None:
    lines = b"\n".join(encode(each) for each in (GOOD, UNEXPECTED_EVENTS["another kind"], GOOD))
    async with (
        scripted_client(MockResponse(body=lines)) as (client, _),
        config_maps(client).watch(decode=mode) as events,
    ):
        assert (await anext(events)).type == "ADDED"
        with pytest.raises(DecodeError):
            await anext(events)
        assert (await anext(events)).type == "ADDED"
        assert await anext(events, None) is None


async def test_error_event_without_kind_raises_its_api_error() -> None:
    event: Body = {"type": "ERROR", "object": {"status": "Failure", "message": "too old", "code": 410}}
    async with scripted_client(MockResponse(json=event)) as (client, _):
        with pytest.raises(ApiError, match="too old") as caught:
            await watch(config_maps(client))
    assert caught.value.status == 410
