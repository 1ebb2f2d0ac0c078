"""Lazy and eager decoding, and `Api.iterate`."""

import gc
import json
import weakref
from typing import Any

import pytest

from behaviour.objects import config_map, name_of
from kubex.api import Api
from kubex.client import Client, ClientOptions, create_client
from kubex.errors import ConfigurationError, DecodeError, Expired
from kubex.models import ObjectMeta, Resource, dynamic_resource
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing.embedded import Answer, EmbeddedServer

pytestmark = pytest.mark.anyio

JSON = (("Content-Type", "application/json"),)
COLLECTION = "/api/v1/namespaces/default/configmaps"
ITEMS = [{"metadata": {"name": f"c{number}", "namespace": "default"}, "data": {"k": "v"}} for number in range(4)]
DynamicConfigMap = dynamic_resource("v1", "ConfigMap", plural="configmaps")


def list_response(items: list[Any], continue_token: str | None = None) -> Answer:
    metadata = {"resourceVersion": "7"} | ({"continue": continue_token} if continue_token else {})
    return Answer(200, json.dumps({"metadata": metadata, "items": items}).encode(), JSON)


def is_decoded(found: Resource) -> bool:
    return "data=..." not in repr(found)


async def test_decode_argument_selects_the_mode_of_each_read(client: Client) -> None:
    api = Api(ConfigMap, client)
    created = await api.create(config_map("one", data={"k": "v"}))
    assert not is_decoded(created)
    for decode, decoded in (("lazy", False), ("eager", True), (None, False)):
        arguments: Any = {"decode": decode}
        assert is_decoded(await api.get("one", **arguments)) is decoded
        found = await api.get_or_none("one", **arguments)
        assert found is not None
        assert is_decoded(found) is decoded
        listed = await api.list(field_selector="metadata.name=one", **arguments)
        assert [is_decoded(item) for item in listed] == [decoded]
        pages = [page async for page in api.pages(field_selector="metadata.name=one", **arguments)]
        assert [is_decoded(item) for item in pages[0]] == [decoded]
        items = [item async for item in api.iterate(field_selector="metadata.name=one", **arguments)]
        assert [is_decoded(item) for item in items] == [decoded]
        async with api.watch(field_selector="metadata.name=one", timeout_seconds=5, **arguments) as events:
            assert is_decoded((await anext(events)).object) is decoded
        assert found.data == {"k": "v"}


async def test_decode_mode_of_an_api_applies_to_its_calls(client: Client) -> None:
    api = Api(ConfigMap, client, decode="eager")
    assert "decode='eager'" in repr(api)
    created = await api.create(config_map("one", data={"k": "v"}))
    assert is_decoded(created)
    created.data = {"k": "w"}
    assert is_decoded(await api.replace(created))
    assert is_decoded(await api.get("one"))
    assert not is_decoded(await api.get("one", decode="lazy"))


async def test_unknown_decode_mode_raises(client: Client) -> None:
    wrong: Any = "Eager"
    with pytest.raises(ConfigurationError, match='decode: must be "lazy" or "eager", not \'Eager\''):
        Api(ConfigMap, client, decode=wrong)
    with pytest.raises(ConfigurationError, match="decode"):
        Api(ConfigMap, client).iterate(decode=wrong)


async def test_iterate_reads_all_pages_and_releases_objects(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    kubex_server.inject("GET *", list_response(ITEMS[:2], "next"))
    kubex_server.inject("GET *", list_response([], "last"))
    kubex_server.inject("GET *", list_response(ITEMS[2:]))
    found = Api(ConfigMap, embedded_client, namespace="default").iterate(page_size=2)
    names: list[str] = []
    last: weakref.ref[ConfigMap] | None = None
    async for item in found:
        names.append(name_of(item))
        assert last is None or last() is None
        last = weakref.ref(item)
        del item
    assert names == ["c0", "c1", "c2", "c3"]
    assert found.consistent
    tokens = [request.query.get("continue") for request in kubex_server.requests[-3:]]
    assert tokens == [None, ["next"], ["last"]]
    assert [item async for item in found] == []


async def test_iterate_continues_after_the_continue_token_expired(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    api = Api(ConfigMap, embedded_client)
    for number in range(5):
        await api.create(config_map(f"c{number}"))
    found = api.iterate(page_size=2)
    assert [name_of(await anext(found)), name_of(await anext(found))] == ["c0", "c1"]
    await api.delete("c2")
    await api.create(config_map("c9"))
    kubex_server.compact()
    assert found.consistent
    assert [name_of(item) async for item in found] == ["c3", "c4", "c9"]
    assert not found.consistent


async def test_iterate_raises_if_the_first_page_expired(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    api = Api(ConfigMap, embedded_client)
    await api.create(config_map("one"))
    past = (await api.list()).resource_version
    await api.create(config_map("two"))
    kubex_server.compact()
    with pytest.raises(Expired):
        await anext(api.iterate(resource_version=past, resource_version_match="Exact"))


MALFORMED = {"metadata": {"name": "bad", "namespace": "default"}, "data": 7}


@pytest.mark.parametrize("decode", ["lazy", "eager"])
async def test_malformed_object_does_not_affect_other_objects(
    embedded_client: Client, kubex_server: EmbeddedServer, decode: Any
) -> None:
    for _ in range(2):
        kubex_server.inject("GET *", list_response([ITEMS[0], MALFORMED, {"metadata": 7}, ITEMS[1]]))
    api = Api(ConfigMap, embedded_client, namespace="default", decode=decode)
    listed = await api.list()
    assert listed[0].data == listed[3].data == {"k": "v"}
    assert name_of(listed[1]) == "bad"
    with pytest.raises(DecodeError, match="ConfigMap default/bad: data"):
        _ = listed[1].data
    with pytest.raises(DecodeError, match="metadata of ConfigMap"):
        _ = listed[2]
    found = api.iterate()
    assert [name_of(await anext(found)), name_of(await anext(found))] == ["c0", "bad"]
    with pytest.raises(DecodeError, match="metadata of ConfigMap"):
        await anext(found)
    assert [name_of(item) async for item in found] == ["c1"]


@pytest.mark.parametrize("levels", [250, 1500, 5000])
async def test_deeply_nested_object_does_not_affect_other_objects(
    embedded_client: Client, kubex_server: EmbeddedServer, levels: int
) -> None:
    deep = '{"a":' * levels + "1" + "}" * levels
    bodies = [
        f'{{"metadata":{{"name":"{name}","namespace":"default","uid":"u","managedFields":[{{"fieldsV1":{fields}}}]}},'
        f'"binaryData":{data}}}'
        for name, fields, data in (("a", "{}", "{}"), ("deep", deep, deep), ("b", "{}", "{}"))
    ]
    path = COLLECTION
    list_body = f'{{"metadata":{{"resourceVersion":"9"}},"items":[{",".join(bodies)}]}}'.encode()
    events = "".join(f'{{"type":"ADDED","object":{body}}}\n' for body in bodies).encode()
    for kind in (ConfigMap, DynamicConfigMap):
        api: Api[Any] = Api(kind, embedded_client, namespace="default")
        kubex_server.inject("GET *", Answer(200, list_body, JSON))
        listed = await api.list()
        assert [item.metadata.name for item in listed] == ["a", "deep", "b"]
        with pytest.raises(DecodeError, match="default/deep: binaryData"):
            _ = listed[1].to_dict()
        kubex_server.inject("GET *", Answer(200, events, JSON))
        async with api.watch() as watched:
            assert [event.object.metadata.name async for event in watched] == ["a", "deep", "b"]
        for verb, where in (("DELETE", path), ("DELETE", f"{path}/deep"), ("GET", f"{path}/deep")):
            body = list_body if where == path else bodies[1].encode()
            kubex_server.inject(f"{verb} {where}", Answer(200, body, JSON))
        deleted = await api.delete_collection()
        assert [item.metadata.name for item in deleted] == ["a", "deep", "b"]  # type: ignore[union-attr]  # not a Status
        assert (await api.delete("deep")).metadata.name == "deep"  # type: ignore[union-attr]  # not a Status
        assert (await api.get("deep")).metadata == ObjectMeta(name="deep", namespace="default", uid="u")


async def test_garbage_collection_is_paused_while_an_eager_page_is_decoded(
    backend: Backend, kubex_server: EmbeddedServer
) -> None:
    seen: list[bool] = []

    class RecordingConfigMap(ConfigMap):
        @classmethod
        def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> "RecordingConfigMap":
            seen.append(gc.isenabled())
            return super().model_validate_json(json_data, **options)

    for pause_gc, enabled in ((True, False), (False, True)):
        options = ClientOptions(pause_gc=pause_gc)
        async with create_client(kubex_server.handle.configuration(), client_class=backend, options=options) as client:
            api = Api(RecordingConfigMap, client, namespace="default", decode="eager")
            for read in (api.list, lambda api=api: anext(api.pages())):
                seen.clear()
                kubex_server.inject("GET *", list_response(ITEMS[:1]))
                await read()
                assert seen == [enabled]
                assert gc.isenabled()
            seen.clear()
            kubex_server.inject("GET *", list_response(ITEMS[:1]))
            await anext(api.iterate())
            assert seen == [True]
