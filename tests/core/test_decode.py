"""Errors of the decoder contain the field, and do not contain values."""

import json
import traceback
from dataclasses import dataclass
from datetime import datetime

import pytest
from pydantic import Field
from typing_extensions import TypedDict

from kubex.api._decode import Decoder
from kubex.errors import ApiError, DecodeError, UnknownWatchEventError
from kubex.models import ApiResource, NamespacedResource, Status, VersionInfo
from kubex.models._errors import decode
from kubex_k8s.v1_37.coordination.v1 import Lease
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod, Secret

SECRET = "hunter2-marked-secret"


def format_traceback(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


@pytest.mark.parametrize(
    "body",
    [
        '{"metadata": {"name": "s"}, "data": "%s"}',
        '{"metadata": {"name": "s"}, "data": {"k": ["%s"]}}',
        '{"metadata": {"name": "s", "labels": "%s"}}',
        '{"metadata": {"name": "s", "creationTimestamp": "%s"}}',
        '{"metadata": {"name": "s"}, "type": 5, "data": {"k": "%s"}}',
        '"%s"',
        '{"metadata": {"name": "s"}, "data": {"k": "%s"',
        "%s",
    ],
)
def test_values_of_objects_are_not_in_errors(body: str) -> None:
    with pytest.raises(DecodeError) as caught:
        Decoder(Secret, "Secret").item((body % SECRET).encode()).model_dump()
    assert SECRET not in format_traceback(caught.value)
    assert SECRET not in repr(caught.value)
    assert "Secret" in str(caught.value)


@dataclass
class Pair:
    first: int
    second: int


class Record(TypedDict):
    first: int


class Gadget(NamespacedResource):
    """A kind with fields that are not models."""

    __resource__ = ApiResource(version="v1", kind="Gadget", plural="gadgets")
    pair: Pair | None = None
    plain: Pair = Field(default_factory=lambda: Pair(1, 2))
    typed: Record = Field(default_factory=lambda: Record(first=1))
    record: Record | None = None
    pairs: list[Pair] | None = None
    times: dict[str, datetime] | None = None
    number: int = 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pair", {"first": SECRET, "second": 1}),
        ("plain", SECRET),
        ("plain", {"first": 1, "second": [SECRET]}),
        ("record", {"first": SECRET}),
        ("typed", {"first": SECRET}),
        ("pairs", [{"first": SECRET}]),
        ("times", {"a": SECRET}),
        ("number", SECRET),
    ],
)
def test_values_of_fields_that_are_not_models_are_not_in_errors(field: str, value: object) -> None:
    body = json.dumps({"metadata": {"name": "o"}, field: value})
    with pytest.raises(DecodeError, match=f": {field}") as caught:
        getattr(Decoder(Gadget, "Gadget").item(body.encode()), field)
    assert SECRET not in format_traceback(caught.value)


@pytest.mark.parametrize(
    "body",
    ['{"items": [{"metadata": {"name": "s", "labels": "%s"}}]}', '{"items": "%s"}', '{"metadata": "%s"}', "%s"],
)
def test_values_of_lists_and_events_are_not_in_errors(body: str) -> None:
    response = (body % SECRET).encode()
    for call in (
        lambda: list(Decoder(Secret, "Secret").list(response).items),
        lambda: Decoder(Secret, "Secret").event(response, path="/p"),
        lambda: decode(VersionInfo, response, "v"),
    ):
        with pytest.raises(DecodeError) as caught:
            call()
        assert SECRET not in format_traceback(caught.value)


def test_an_error_names_the_object_and_the_field() -> None:
    body = b'{"metadata": {"name": "web", "namespace": "shop"}, "spec": {"containers": [{"image": "x"}]}}'
    with pytest.raises(DecodeError) as caught:
        _ = Decoder(Pod, "Pod").item(body).spec
    assert str(caught.value) == "cannot decode Pod shop/web: spec.containers.0.name: Field required"


def test_an_error_names_three_of_many_problems() -> None:
    body = b'{"metadata": {"name": "p"}, "spec": {"containers": [{}, {}, {}, {}, {}]}}'
    with pytest.raises(DecodeError, match="and 2 more"):
        _ = Decoder(Pod, "Pod").item(body).spec


def test_an_error_names_the_item_of_a_list() -> None:
    good = '{"metadata": {"name": "good"}}'
    bad = '{"metadata": {"name": "bad", "namespace": "n"}, "data": {"k": 5}}'
    page = Decoder(ConfigMap, "ConfigMap").list(f'{{"items": [{good}, {bad}]}}'.encode())
    assert [item.metadata.name for item in page.items] == ["good", "bad"]
    assert page.items[0].data is None
    with pytest.raises(DecodeError, match=r"ConfigMap n/bad: data\.k"):
        _ = page.items[1].data


@pytest.mark.covers("pitfall-9")
@pytest.mark.parametrize(
    "body",
    [
        b'{"items": null}',
        b'{"metadata": {}, "items": []}',
        b'{"kind": "ConfigMapList", "metadata": {"continue": ""}}',
        b'{"kind": "ConfigMapList", "apiVersion": "v1", "metadata": null, "items": null}',
    ],
)
def test_null_items_are_an_empty_list(body: bytes) -> None:
    assert Decoder(ConfigMap, "ConfigMap").list(body).items == []


def test_a_list_has_a_resource_version_and_items_of_its_kind() -> None:
    page = Decoder(ConfigMap, "ConfigMap").list(
        b'{"kind": "ConfigMapList", "apiVersion": "v1", "metadata": {"resourceVersion": "7", "continue": "c",'
        b' "remainingItemCount": 2}, "items": [{"metadata": {"name": "a"}}]}'
    )
    assert (page.kind, page.resource_version, page.metadata.continue_) == ("ConfigMapList", "7", "c")
    assert page.metadata.remaining_item_count == 2
    assert [(type(item), item.kind, item.metadata.name) for item in page.items] == [(ConfigMap, "ConfigMap", "a")]


def test_a_delete_returns_an_object_or_a_status() -> None:
    decoder = Decoder(ConfigMap, "ConfigMap")
    assert isinstance(decoder.item_or_status(b'{"kind": "Status", "status": "Success"}'), Status)
    assert isinstance(decoder.item_or_status(b'{"kind": "ConfigMap", "metadata": {"name": "a"}}'), ConfigMap)
    assert isinstance(decoder.list_or_status(b'{"kind": "Status"}'), Status)
    with pytest.raises(DecodeError):
        decoder.item_or_status(b"<html>")


@pytest.mark.covers("pitfall-10")
def test_events_of_a_watch_are_decoded_by_type() -> None:
    decoder = Decoder(Lease, "Lease")
    event = decoder.event(
        b'{"type": "ADDED", "object": {"metadata": {"name": "l", "resourceVersion": "5"}}}', path="/p"
    )
    assert (event.type, event.object.metadata.name, event.resource_version) == ("ADDED", "l", "5")
    with pytest.raises(ApiError) as caught:
        decoder.event(b'{"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired"}}', path="/p")
    assert (type(caught.value).__name__, caught.value.status) == ("Expired", 410)
    with pytest.raises(UnknownWatchEventError, match="SYNC"):
        decoder.event(b'{"type": "SYNC", "object": {}}', path="/p")


def test_a_bookmark_does_not_need_required_fields() -> None:
    event = Decoder(Pod, "Pod").event(
        b'{"type": "BOOKMARK", "object": {"kind": "Pod", "metadata": {"resourceVersion": "9",'
        b' "annotations": {"k8s.io/initial-events-end": "true"}}}}',
        path="/p",
    )
    assert (event.type, event.resource_version) == ("INITIAL_EVENTS_END", "9")


@pytest.mark.parametrize(
    "line", [b"", b"{", b'{"type": "ADDED"}', b'{"type": 5, "object": {}}', b"\xff", b'"' + SECRET.encode()]
)
def test_a_line_that_is_not_an_event_raises(line: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        Decoder(Pod, "Pod").event(line, path="/p")
    assert "an event of Pod" in str(caught.value)
    assert SECRET not in format_traceback(caught.value)
