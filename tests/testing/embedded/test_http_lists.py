"""Lists: selectors, pages, revisions, and other shapes than whole objects."""

import base64
import gzip
import json
import time
from typing import Any

import pytest

CM = "configmaps"
META = "g=meta.k8s.io;v=v1"


@pytest.fixture
def five(wire: Any) -> Any:
    """Five ConfigMaps, c0 to c4, labelled g=x and i=0 to i=4."""
    for number in range(5):
        wire.create(CM, wire.config_map(f"c{number}", labels={"i": str(number), "g": "x"}))
    return wire


def test_items_of_built_in_kinds_do_not_say_what_they_are(five: Any) -> None:
    answer = five.request("GET", five.path(CM))
    assert list(answer.document) == ["kind", "apiVersion", "metadata", "items"]
    assert (answer.document["kind"], answer.document["apiVersion"]) == ("ConfigMapList", "v1")
    assert list(answer.document["metadata"]) == ["resourceVersion"]
    assert answer.names == ["c0", "c1", "c2", "c3", "c4"]
    assert list(answer.document["items"][0]) == ["metadata"]


def test_later_pages_show_the_state_of_the_first(five: Any) -> None:
    first = five.request("GET", five.path(CM, limit="2"))
    metadata = first.document["metadata"]
    assert (first.names, metadata["remainingItemCount"]) == (["c0", "c1"], 3)
    token = metadata["continue"]
    decoded = json.loads(base64.urlsafe_b64decode(token + "==="))
    assert decoded == {"v": "meta.k8s.io/v1", "rv": int(first.version), "start": "/c1\0"}
    five.create(CM, five.config_map("c10"))
    five.request("DELETE", five.path(CM, "c3"))
    second = five.request("GET", five.path(CM, limit="2", continue_=token))
    assert (second.names, second.version) == (["c2", "c3"], first.version)
    assert second.document["metadata"]["remainingItemCount"] == 1
    rest = five.request("GET", five.path(CM, continue_=token))
    assert (rest.names, "continue" in rest.document["metadata"]) == (["c2", "c3", "c4"], False)


def test_a_selector_hides_how_many_remain(five: Any) -> None:
    metadata = five.request("GET", five.path(CM, limit="1", labelSelector="g=x")).document["metadata"]
    assert metadata["continue"]
    assert "remainingItemCount" not in metadata


@pytest.mark.parametrize("limit", ["0", "-1"])
def test_no_positive_limit_means_all(five: Any, limit: str) -> None:
    answer = five.request("GET", five.path(CM, limit=limit))
    assert (len(answer.names), "continue" in answer.document["metadata"]) == (5, False)


BAD_REQUESTS = [
    {"limit": "abc"},
    {"limit": "2", "continue_": "garbage"},
    {"resourceVersion": "abc"},
    {"labelSelector": "a b"},
    {"labelSelector": "a=_bad_"},
    {"fieldSelector": "data.k=v"},
    {"fieldSelector": "metadata.name"},
]


@pytest.mark.parametrize("query", BAD_REQUESTS, ids=str)
def test_a_query_that_does_not_parse_is_a_bad_request(wire: Any, query: dict[str, str]) -> None:
    answer = wire.request("GET", wire.path(CM, **query))
    assert (answer.status, answer.reason) == (400, "BadRequest")


def test_a_continue_token_has_its_own_revision(five: Any) -> None:
    first = five.request("GET", five.path(CM, limit="2"))
    query = {"continue_": first.document["metadata"]["continue"], "resourceVersion": first.version}
    answer = five.request("GET", five.path(CM, **query))
    assert (answer.status, answer.reason) == (400, "BadRequest")


BAD_OPTIONS = [
    ({"resourceVersion": "0", "resourceVersionMatch": "Exact"}, "FieldValueForbidden", "resourceVersionMatch"),
    ({"resourceVersionMatch": "Exact"}, "FieldValueForbidden", "resourceVersionMatch"),
    ({"resourceVersion": "1", "resourceVersionMatch": "Bad"}, "FieldValueNotSupported", "resourceVersionMatch"),
    ({"sendInitialEvents": "true"}, "FieldValueForbidden", "sendInitialEvents"),
]


@pytest.mark.parametrize(("query", "reason", "field"), BAD_OPTIONS, ids=str)
def test_options_that_do_not_go_together_are_invalid(wire: Any, query: dict[str, str], reason: str, field: str) -> None:
    answer = wire.request("GET", wire.path(CM, **query))
    assert (answer.status, answer.causes) == (422, [(reason, field)])
    assert answer.document["details"]["kind"] == "ListOptions"


def test_an_exact_revision_is_the_past(five: Any) -> None:
    before = five.request("GET", five.path(CM)).version
    five.create(CM, five.config_map("later"))
    exact = five.request("GET", five.path(CM, resourceVersion=before, resourceVersionMatch="Exact"))
    assert (len(exact.names), exact.version) == (5, before)
    page = five.request("GET", five.path(CM, resourceVersion=before, limit="2"))
    assert (page.names, page.version) == (["c0", "c1"], before)
    fresh = five.request("GET", five.path(CM, resourceVersion=before, resourceVersionMatch="NotOlderThan"))
    assert "later" in fresh.names
    cached = five.request("GET", five.path(CM, resourceVersion="0", limit="2"))
    assert len(cached.names) >= 5


def test_a_future_revision_is_waited_for_and_then_times_out(five: Any) -> None:
    started = time.monotonic()
    answer = five.request("GET", five.path(CM, resourceVersion="99999999"))
    assert 2.5 < time.monotonic() - started < 15
    assert (answer.status, answer.reason, answer.header("Retry-After")) == (504, "Timeout", "1")
    details = answer.document["details"]
    assert details["causes"][0]["reason"] == "ResourceVersionTooLarge"
    assert details["retryAfterSeconds"] == 1


SELECTORS = [
    ("labelSelector", "i in (1,2)", ["c1", "c2"]),
    ("labelSelector", "i notin (1,2)", ["c0", "c3", "c4", "other"]),
    ("labelSelector", "!i", ["other"]),
    ("labelSelector", "i!=1", ["c0", "c2", "c3", "c4", "other"]),
    ("labelSelector", "i>2", ["c3", "c4"]),
    ("labelSelector", "g=x,i==0", ["c0"]),
    ("fieldSelector", "metadata.name=c1", ["c1"]),
    ("fieldSelector", "metadata.name!=c1", ["c0", "c2", "c3", "c4", "other"]),
]


@pytest.mark.parametrize(("kind", "selector", "names"), SELECTORS)
def test_selectors_choose(five: Any, kind: str, selector: str, names: list[str]) -> None:
    five.create(CM, five.config_map("other"))
    assert five.request("GET", five.path(CM, **{kind: selector})).names == names


def test_all_namespaces_are_listed_at_once(five: Any) -> None:
    selector = f"metadata.namespace={five.namespace},metadata.name=c1"
    answer = five.request("GET", f"/api/v1/configmaps?fieldSelector={selector}")
    assert answer.names == ["c1"]


def test_large_answers_are_compressed_for_those_who_take_it(wire: Any) -> None:
    wire.create(CM, wire.config_map("big", data={"a": "b" * 200_000}))
    taken = (("Accept-Encoding", "gzip"),)
    plain = wire.request("GET", wire.path(CM))
    assert plain.header("Content-Encoding") is None
    small = wire.request("GET", wire.path(CM, limit="1", labelSelector="no=no"), headers=taken)
    assert small.header("Content-Encoding") is None
    answer = wire.request("GET", wire.path(CM), headers=taken)
    assert answer.header("Content-Encoding") == "gzip"
    assert gzip.decompress(answer.body) == plain.body


def test_metadata_alone_is_a_shape_of_its_own(five: Any) -> None:
    one = five.request("GET", five.path(CM, "c0"), accept=f"application/json;as=PartialObjectMetadata;{META}")
    assert (one.document["kind"], one.document["apiVersion"]) == ("PartialObjectMetadata", "meta.k8s.io/v1")
    assert list(one.document) == ["kind", "apiVersion", "metadata"]
    many = five.request("GET", five.path(CM), accept=f"application/json;as=PartialObjectMetadataList;{META}")
    assert (many.document["kind"], len(many.names)) == ("PartialObjectMetadataList", 5)
    assert {item["kind"] for item in many.document["items"]} == {"PartialObjectMetadata"}
    patched = five.patch(
        five.path(CM, "c0"),
        {"metadata": {"labels": {"q": "1"}}},
        accept=f"application/json;as=PartialObjectMetadata;{META}",
    )
    assert (patched.document["kind"], patched.document["metadata"]["labels"]["q"]) == ("PartialObjectMetadata", "1")
    missing = five.request("GET", five.path(CM, "no"), accept=f"application/json;as=PartialObjectMetadata;{META}")
    assert (missing.status, missing.document["kind"]) == (404, "Status")


@pytest.mark.parametrize("shape", ["PartialObjectMetadata", "Foo"])
def test_a_shape_that_does_not_fit_is_not_acceptable(wire: Any, shape: str) -> None:
    answer = wire.request("GET", wire.path(CM), accept=f"application/json;as={shape};{META}")
    assert (answer.status, answer.reason) == (406, "NotAcceptable")


@pytest.mark.parametrize(("include", "shown"), [("", "PartialObjectMetadata"), ("Object", "ConfigMap"), ("None", None)])
def test_tables_have_columns_and_rows(five: Any, include: str, shown: str | None) -> None:
    query = {"includeObject": include} if include else {}
    accept = f"application/json;as=Table;{META},application/json"
    answer = five.request("GET", five.path(CM, limit="1", **query), accept=accept)
    assert (answer.document["kind"], answer.document["apiVersion"]) == ("Table", "meta.k8s.io/v1")
    assert [column["name"] for column in answer.document["columnDefinitions"]] == ["Name", "Data", "Age"]
    (row,) = answer.document["rows"]
    assert row["cells"][:2] == ["c0", 0]
    assert (row["object"] and row["object"]["kind"]) == shown
    assert answer.document["metadata"]["continue"]


def test_a_table_with_an_unknown_inclusion_is_a_bad_request(five: Any) -> None:
    answer = five.request("GET", five.path(CM, "c0", includeObject="Bad"), accept=f"application/json;as=Table;{META}")
    assert (answer.status, answer.reason) == (400, "BadRequest")


@pytest.mark.parametrize("selector", ["metadata.name=b", "metadata.name==b,metadata.namespace!=other"])
def test_a_name_selects_one_object_in_lists_pages_watches_and_deletions(wire: Any, selector: str) -> None:
    for name in ("a", "b", "c"):
        wire.create("configmaps", wire.config_map(name))
    path = wire.path("configmaps", fieldSelector=selector)
    listed = wire.request("GET", path)
    assert listed.names == ["b"]
    assert wire.request("GET", f"{path}&limit=1").names == ["b"]
    assert wire.request("GET", f"/api/v1/configmaps?fieldSelector={selector.replace('=', '%3D')}").names.count("b") >= 1
    assert wire.request("GET", wire.path("configmaps", fieldSelector="metadata.name=b,metadata.name=c")).names == []
    assert wire.request("GET", wire.path("configmaps", fieldSelector="metadata.name=nope")).names == []
    assert wire.request("GET", wire.path("configmaps", fieldSelector="metadata.name!=b")).names == ["a", "c"]
    assert wire.request("DELETE", path).status == 200
    assert wire.request("GET", wire.path("configmaps")).names == ["a", "c"]
    with wire.watch(f"{path}&watch=1&resourceVersion={listed.version}") as events:
        assert events.take(1)[0]["type"] == "DELETED"
