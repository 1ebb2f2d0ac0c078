"""Raw objects contain the metadata that identifies an object, and its JSON without `managedFields`."""

import json
import tracemalloc
from typing import Any

import pytest

from kubex.api._decode import Decoder
from kubex.api._expected_kinds import expected_kinds
from kubex.api._raw_decode import RawDecoder
from kubex.api._raw_objects import RawObject
from kubex.errors import ApiError, DecodeError, UnknownWatchEventError
from kubex.models import api_resource, dynamic_resource
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from support.resources import ManagedConfigMap

MANAGED_FIELDS = [{"manager": "kubectl", "fieldsV1": {"f:data": {".": {}, 'f:a"b': {}, "f:managedFields": {}}}}]
METADATA: dict[str, Any] = {"name": "web", "namespace": "shop", "uid": "u-1", "resourceVersion": "7", "generation": 2}


def make(kind: type[Any] = ConfigMap) -> tuple[Decoder[Any], RawDecoder]:
    decoder = Decoder(kind, kind.__name__)
    keep = "managed_fields" in kind.model_fields["metadata"].annotation.model_fields
    return decoder, decoder.raw(keep_managed_fields=keep)


def compact(value: object) -> bytes:
    """Encode like an API server: without spaces, and without escapes for other characters than ASCII."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def spaced(value: object) -> bytes:
    return json.dumps(value, indent=1).encode()


def config_map(metadata: dict[str, Any], **fields: object) -> dict[str, Any]:
    return {"kind": "ConfigMap", "apiVersion": "v1", "metadata": metadata, **fields}


def with_managed_fields(position: int, value: object = MANAGED_FIELDS) -> dict[str, Any]:
    """Return metadata with `managedFields` before the field at this position."""
    items = list(METADATA.items())
    items.insert(position, ("managedFields", value))
    return dict(items)


TEXTS = {"plain": "a", "quoted": '{"managedFields":[]}', "other characters": "\u00fc\u4e2d\U0001f600\u2028"}
DOCUMENTS: dict[str, dict[str, Any]] = {
    "no managedFields": config_map(METADATA, data=TEXTS),
    **{f"managedFields at {n}": config_map(with_managed_fields(n), data=TEXTS) for n in (0, 3, 5)},
    "only a name and managedFields": config_map({"managedFields": MANAGED_FIELDS, "name": "web"}),
    "empty managedFields": config_map(with_managed_fields(5, []), data=TEXTS),
    "null managedFields": config_map(with_managed_fields(5, None), data=TEXTS),
    "sorted keys": dict(sorted(config_map(with_managed_fields(3), data=TEXTS).items())),
    "labels": config_map({"labels": {"managedFields": "x"}, **with_managed_fields(5)}),
    "a copy before the metadata": {"old": {"managedFields": [1]}, **config_map(with_managed_fields(5))},
    "a copy after the metadata": config_map(with_managed_fields(5), old={"managedFields": [1]}),
    "nulls": config_map({"name": "web", "namespace": None, "uid": None, "generation": None}, data=None),
    "deep nesting": config_map(METADATA, extra=eval("[" * 150 + "]" * 150)),  # noqa: S307 - a literal of this test
}


def expected_document(document: dict[str, Any]) -> dict[str, Any]:
    metadata = {key: value for key, value in document["metadata"].items() if key != "managedFields"}
    return {**document, "metadata": metadata}


def assert_raw(raw: RawObject, document: dict[str, Any]) -> None:
    metadata = document["metadata"]
    found = raw.name, raw.namespace, raw.uid, raw.resource_version, raw.generation
    assert found == tuple(metadata.get(key) for key in METADATA)
    assert json.loads(raw.json) == expected_document(document)
    assert type(raw.json) is bytes


@pytest.mark.parametrize("encode", [compact, spaced])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_raw_event_contains_the_object_without_managed_fields(name: str, encode: Any) -> None:
    document = DOCUMENTS[name]
    decoder, raw = make()
    for event_type in ("ADDED", "MODIFIED", "DELETED"):
        line = encode({"type": event_type, "object": document})
        for variant in (line, b" " + line + b"\r", encode({"object": document, "type": event_type})):
            event = raw.event(variant, path="/p")
            assert (event.type, event.resource_version) == (event_type, document["metadata"].get("resourceVersion"))
            assert_raw(event.object, document)
            assert decoder.stored_item(event.object.json) == decoder.event(variant, path="/p").object


@pytest.mark.parametrize("encode", [compact, spaced])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_raw_list_contains_the_items_without_managed_fields(name: str, encode: Any) -> None:
    item = {key: value for key, value in DOCUMENTS[name].items() if key not in ("kind", "apiVersion")}
    decoder, raw = make()
    metadata = {"resourceVersion": "9", "continue": "c", "remainingItemCount": 3}
    body = encode({"kind": "ConfigMapList", "apiVersion": "v1", "metadata": metadata, "items": [item, item]})
    found = raw.list(body)
    assert (found.resource_version, found.continue_token, found.remaining_item_count) == ("9", "c", 3)
    assert (len(found), found.errors) == (2, [])
    for each, expected in zip(found, decoder.list(body).items, strict=True):
        assert_raw(each, item)
        assert decoder.stored_item(each.json) == expected
        assert decoder.stored_item(each.json).kind == "ConfigMap"


def test_raw_object_keeps_managed_fields_that_the_class_declares() -> None:
    document = DOCUMENTS["managedFields at 5"]
    decoder, raw = make(ManagedConfigMap)
    for encode in (compact, spaced):
        event = raw.event(encode({"type": "ADDED", "object": document}), path="/p")
        assert json.loads(event.object.json) == document
        assert decoder.stored_item(event.object.json).metadata.managed_fields[0].manager == "kubectl"


def test_raw_object_of_a_dynamic_class_keeps_its_fields() -> None:
    decoder, raw = make(dynamic_resource("example.com/v1", "Widget", plural="widgets"))
    document = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": METADATA, "spec": {"a": [1, None]}}
    event = raw.event(compact({"type": "ADDED", "object": document}), path="/p")
    assert event.object.json == compact(document)
    assert decoder.stored_item(event.object.json)["spec"] == {"a": [1, None]}


def test_raw_items_can_contain_values_that_json_does_not_allow() -> None:
    decoder, raw = make(dynamic_resource("v1", "Gadget", plural="gadgets"))
    body = b'{"kind":"GadgetList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"a"},"x":NaN}]}'
    [item] = raw.list(body)
    assert item.json == b'{"metadata":{"name":"a"},"x":NaN}'
    assert str(decoder.stored_item(item.json)["x"]) == "nan"


BAD_OBJECTS: dict[str, bytes] = {
    "no metadata": b"{}",
    "null metadata": b'{"metadata":null}',
    "no name": b'{"metadata":{"resourceVersion":"5"}}',
    "an empty name": b'{"metadata":{"name":""}}',
    "another type of name": b'{"metadata":{"name":5}}',
    "another type of generation": b'{"metadata":{"name":"a","generation":"x"}}',
    "no object": b"[]",
    "invalid UTF-8": b'{"metadata":{"name":"a"},"data":{"k":"\xff"}}',
}


@pytest.mark.parametrize("name", BAD_OBJECTS)
def test_raw_event_without_usable_metadata_raises(name: str) -> None:
    _, raw = make()
    with pytest.raises(DecodeError, match="ConfigMap"):
        raw.event(b'{"type":"ADDED","object":%s}' % BAD_OBJECTS[name], path="/p")


@pytest.mark.parametrize("name", BAD_OBJECTS)
@pytest.mark.parametrize("kind", ["ConfigMapList", ""])
def test_raw_list_contains_an_error_for_an_item_without_usable_metadata(name: str, kind: str) -> None:
    _, raw = make()
    bodies = [b'{"metadata":{"name":"a"}}', BAD_OBJECTS[name], b'{"metadata":{"name":"c"}}']
    found = raw.list(b'{"kind":"%s","items":[%s]}' % (kind.encode(), b",".join(bodies)))
    assert [item.name for item in found] == ["a", "c"]
    [error] = found.errors
    assert "ConfigMap" in str(error)
    assert (error.__traceback__, error.__context__ and error.__context__.__traceback__) == (None, None)


@pytest.mark.parametrize(
    "fields", [{"kind": "Secret"}, {"apiVersion": "v2"}, {"kind": "Status", "status": "Failure"}, {"kind": 5}]
)
def test_raw_event_of_another_kind_raises(fields: dict[str, Any]) -> None:
    _, raw = make()
    document = {**config_map(METADATA), **fields}
    with pytest.raises(DecodeError, match="expected ConfigMap of v1"):
        raw.event(compact({"type": "ADDED", "object": document}), path="/p")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", compact({"kind": "SecretList", "items": []})])
def test_raw_list_of_another_kind_raises(body: bytes) -> None:
    with pytest.raises(DecodeError, match="a list of ConfigMap"):
        make()[1].list(body)


@pytest.mark.parametrize("body", [b'{"items":null}', b'{"kind":"ConfigMapList","metadata":{"continue":""}}'])
def test_raw_list_can_be_empty(body: bytes) -> None:
    found = make()[1].list(body)
    assert (found.items, found.errors, found.continue_token, found.resource_version) == ([], [], None, None)


@pytest.mark.parametrize(
    ("annotations", "expected"),
    [
        (None, "BOOKMARK"),
        ({"k8s.io/initial-events-end": "false"}, "BOOKMARK"),
        ({"k8s.io/initial-events-end": "true"}, "INITIAL_EVENTS_END"),
    ],
)
def test_raw_bookmark_has_a_resource_version_and_no_name(annotations: object, expected: str) -> None:
    bookmark = {"metadata": {"resourceVersion": "9", "annotations": annotations}}
    event = make(Pod)[1].event(compact({"type": "BOOKMARK", "object": bookmark}), path="/p")
    assert (event.type, event.resource_version, event.object.name) == (expected, "9", "")


def test_raw_error_event_raises_an_api_error() -> None:
    _, raw = make()
    with pytest.raises(ApiError) as caught:
        raw.event(b'{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}', path="/p")
    assert (caught.value.status, caught.value.path) == (410, "/p")
    with pytest.raises(UnknownWatchEventError, match="SYNC"):
        raw.event(b'{"type":"SYNC","object":{"metadata":{"name":"a"}}}', path="/p")


def test_raw_metadata_can_come_from_complete_or_partial_objects() -> None:
    raw = RawDecoder("metadata", expected_kinds(api_resource(ConfigMap), metadata_only=True), keep_managed_fields=False)
    for kind, version in (("ConfigMap", "v1"), ("PartialObjectMetadata", "meta.k8s.io/v1")):
        document = {"kind": kind, "apiVersion": version, "metadata": METADATA}
        assert raw.event(compact({"type": "ADDED", "object": document}), path="/p").object.json == compact(document)


def test_raw_object_does_not_keep_the_response_in_memory() -> None:
    large = {"metadata": {"name": "large"}, "data": {"k": "x" * 10_000_000}}
    broken = {"metadata": {"name": 5}}
    document = {"kind": "ConfigMapList", "items": [large, {"metadata": METADATA}, broken]}
    body = compact(document)
    _, raw = make()
    tracemalloc.start()
    try:
        found = raw.list(b"%s" % bytes(bytearray(body)))
        kept = found.items[1], found.errors
        del found
        assert tracemalloc.get_traced_memory()[0] < 1_000_000
    finally:
        tracemalloc.stop()
    assert kept[0].json == compact({"metadata": METADATA})
    assert len(kept[1]) == 1


def test_raw_objects_share_the_string_of_their_namespace() -> None:
    body = compact({"kind": "ConfigMapList", "items": [{"metadata": METADATA}] * 2})
    one, two = make()[1].list(body)
    assert one.namespace is two.namespace
