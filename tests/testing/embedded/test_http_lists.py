"""Lists: selectors, pagination, revisions, tables and partial objects."""

import base64
import gzip
import json
import time
from typing import Any
from urllib.parse import quote

import pytest

CM = "configmaps"
META_PARAMETERS = "g=meta.k8s.io;v=v1"


@pytest.fixture
def five_config_maps(client: Any) -> Any:
    """Five ConfigMaps, c0 to c4, labelled g=x and i=0 to i=4."""
    for number in range(5):
        client.create(CM, client.config_map(f"c{number}", labels={"i": str(number), "g": "x"}))
    return client


def test_items_of_built_in_lists_have_no_kind(five_config_maps: Any) -> None:
    answer = five_config_maps.request("GET", five_config_maps.path(CM))
    assert list(answer.document) == ["kind", "apiVersion", "metadata", "items"]
    assert (answer.document["kind"], answer.document["apiVersion"]) == ("ConfigMapList", "v1")
    assert list(answer.document["metadata"]) == ["resourceVersion"]
    assert answer.names == ["c0", "c1", "c2", "c3", "c4"]
    assert list(answer.document["items"][0]) == ["metadata"]


def test_later_pages_have_the_resource_version_of_the_first_page(five_config_maps: Any) -> None:
    first = five_config_maps.request("GET", five_config_maps.path(CM, limit="2"))
    metadata = first.document["metadata"]
    assert (first.names, metadata["remainingItemCount"]) == (["c0", "c1"], 3)
    token = metadata["continue"]
    decoded = json.loads(base64.urlsafe_b64decode(token + "==="))
    assert decoded == {"v": "meta.k8s.io/v1", "rv": int(first.resource_version), "start": "/c1\0"}
    five_config_maps.create(CM, five_config_maps.config_map("c10"))
    five_config_maps.request("DELETE", five_config_maps.path(CM, "c3"))
    second = five_config_maps.request("GET", five_config_maps.path(CM, limit="2", continue_=token))
    assert (second.names, second.resource_version) == (["c2", "c3"], first.resource_version)
    assert second.document["metadata"]["remainingItemCount"] == 1
    rest = five_config_maps.request("GET", five_config_maps.path(CM, continue_=token))
    assert (rest.names, "continue" in rest.document["metadata"]) == (["c2", "c3", "c4"], False)


def test_list_with_a_selector_has_no_remaining_item_count(five_config_maps: Any) -> None:
    metadata = five_config_maps.request("GET", five_config_maps.path(CM, limit="1", labelSelector="g=x")).document[
        "metadata"
    ]
    assert metadata["continue"]
    assert "remainingItemCount" not in metadata


@pytest.mark.parametrize("limit", ["0", "-1"])
def test_limit_that_is_not_positive_returns_all_items(five_config_maps: Any, limit: str) -> None:
    answer = five_config_maps.request("GET", five_config_maps.path(CM, limit=limit))
    assert (len(answer.names), "continue" in answer.document["metadata"]) == (5, False)


INVALID_QUERIES = [
    {"limit": "abc"},
    {"limit": "2", "continue_": "garbage"},
    {"resourceVersion": "abc"},
    {"labelSelector": "a b"},
    {"labelSelector": "a=_bad_"},
    {"fieldSelector": "data.k=v"},
    {"fieldSelector": "metadata.name"},
]


@pytest.mark.parametrize("query", INVALID_QUERIES, ids=str)
def test_unparsable_query_parameter_is_a_bad_request(client: Any, query: dict[str, str]) -> None:
    answer = client.request("GET", client.path(CM, **query))
    assert (answer.status, answer.reason) == (400, "BadRequest")


def test_continue_with_a_resource_version_is_rejected(five_config_maps: Any) -> None:
    first = five_config_maps.request("GET", five_config_maps.path(CM, limit="2"))
    query = {"continue_": first.document["metadata"]["continue"], "resourceVersion": first.resource_version}
    answer = five_config_maps.request("GET", five_config_maps.path(CM, **query))
    assert (answer.status, answer.reason) == (400, "BadRequest")


INVALID_OPTIONS = [
    ({"resourceVersion": "0", "resourceVersionMatch": "Exact"}, "FieldValueForbidden", "resourceVersionMatch"),
    ({"resourceVersionMatch": "Exact"}, "FieldValueForbidden", "resourceVersionMatch"),
    ({"resourceVersion": "1", "resourceVersionMatch": "Bad"}, "FieldValueNotSupported", "resourceVersionMatch"),
    ({"sendInitialEvents": "true"}, "FieldValueForbidden", "sendInitialEvents"),
]


@pytest.mark.parametrize(("query", "reason", "field"), INVALID_OPTIONS, ids=str)
def test_conflicting_list_options_are_invalid(client: Any, query: dict[str, str], reason: str, field: str) -> None:
    answer = client.request("GET", client.path(CM, **query))
    assert (answer.status, answer.causes) == (422, [(reason, field)])
    assert answer.document["details"]["kind"] == "ListOptions"


def test_exact_match_lists_an_earlier_resource_version(five_config_maps: Any) -> None:
    before = five_config_maps.request("GET", five_config_maps.path(CM)).resource_version
    five_config_maps.create(CM, five_config_maps.config_map("later"))
    exact = five_config_maps.request(
        "GET", five_config_maps.path(CM, resourceVersion=before, resourceVersionMatch="Exact")
    )
    assert (len(exact.names), exact.resource_version) == (5, before)
    page = five_config_maps.request("GET", five_config_maps.path(CM, resourceVersion=before, limit="2"))
    assert (page.names, page.resource_version) == (["c0", "c1"], before)
    fresh = five_config_maps.request(
        "GET", five_config_maps.path(CM, resourceVersion=before, resourceVersionMatch="NotOlderThan")
    )
    assert "later" in fresh.names
    cached = five_config_maps.request("GET", five_config_maps.path(CM, resourceVersion="0", limit="2"))
    assert len(cached.names) >= 5


def test_list_at_a_future_resource_version_waits_and_times_out(five_config_maps: Any) -> None:
    started = time.monotonic()  # real time: of the server
    answer = five_config_maps.request("GET", five_config_maps.path(CM, resourceVersion="99999999"))
    assert time.monotonic() - started > 2.5  # real time: of the server
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
def test_label_and_field_selectors_filter_lists(
    five_config_maps: Any, kind: str, selector: str, names: list[str]
) -> None:
    five_config_maps.create(CM, five_config_maps.config_map("other"))
    assert five_config_maps.request("GET", five_config_maps.path(CM, **{kind: selector})).names == names


def test_objects_of_all_namespaces_are_listed(five_config_maps: Any) -> None:
    selector = f"metadata.namespace={five_config_maps.namespace},metadata.name=c1"
    answer = five_config_maps.request("GET", f"/api/v1/configmaps?fieldSelector={selector}")
    assert answer.names == ["c1"]


def test_large_responses_are_compressed_if_the_client_accepts_gzip(client: Any) -> None:
    client.create(CM, client.config_map("big", data={"a": "b" * 200_000}))
    taken = (("Accept-Encoding", "gzip"),)
    plain = client.request("GET", client.path(CM))
    assert plain.header("Content-Encoding") is None
    small = client.request("GET", client.path(CM, limit="1", labelSelector="no=no"), headers=taken)
    assert small.header("Content-Encoding") is None
    answer = client.request("GET", client.path(CM), headers=taken)
    assert answer.header("Content-Encoding") == "gzip"
    assert gzip.decompress(answer.body) == plain.body


def test_partial_object_metadata_can_be_requested(five_config_maps: Any) -> None:
    one = five_config_maps.request(
        "GET", five_config_maps.path(CM, "c0"), accept=f"application/json;as=PartialObjectMetadata;{META_PARAMETERS}"
    )
    assert (one.document["kind"], one.document["apiVersion"]) == ("PartialObjectMetadata", "meta.k8s.io/v1")
    assert list(one.document) == ["kind", "apiVersion", "metadata"]
    many = five_config_maps.request(
        "GET", five_config_maps.path(CM), accept=f"application/json;as=PartialObjectMetadataList;{META_PARAMETERS}"
    )
    assert (many.document["kind"], len(many.names)) == ("PartialObjectMetadataList", 5)
    assert {item["kind"] for item in many.document["items"]} == {"PartialObjectMetadata"}
    patched = five_config_maps.patch(
        five_config_maps.path(CM, "c0"),
        {"metadata": {"labels": {"q": "1"}}},
        accept=f"application/json;as=PartialObjectMetadata;{META_PARAMETERS}",
    )
    assert (patched.document["kind"], patched.document["metadata"]["labels"]["q"]) == ("PartialObjectMetadata", "1")
    missing = five_config_maps.request(
        "GET", five_config_maps.path(CM, "no"), accept=f"application/json;as=PartialObjectMetadata;{META_PARAMETERS}"
    )
    assert (missing.status, missing.document["kind"]) == (404, "Status")


@pytest.mark.parametrize("shape", ["PartialObjectMetadata", "Foo"])
def test_wrong_as_kind_is_not_acceptable(client: Any, shape: str) -> None:
    answer = client.request("GET", client.path(CM), accept=f"application/json;as={shape};{META_PARAMETERS}")
    assert (answer.status, answer.reason) == (406, "NotAcceptable")


@pytest.mark.parametrize(("include", "shown"), [("", "PartialObjectMetadata"), ("Object", "ConfigMap"), ("None", None)])
def test_tables_have_columns_and_rows(five_config_maps: Any, include: str, shown: str | None) -> None:
    query = {"includeObject": include} if include else {}
    accept = f"application/json;as=Table;{META_PARAMETERS},application/json"
    answer = five_config_maps.request("GET", five_config_maps.path(CM, limit="1", **query), accept=accept)
    assert (answer.document["kind"], answer.document["apiVersion"]) == ("Table", "meta.k8s.io/v1")
    assert [column["name"] for column in answer.document["columnDefinitions"]] == ["Name", "Data", "Age"]
    (row,) = answer.document["rows"]
    assert row["cells"][:2] == ["c0", 0]
    assert (row["object"] and row["object"]["kind"]) == shown
    assert answer.document["metadata"]["continue"]


def test_unknown_include_object_value_is_a_bad_request(five_config_maps: Any) -> None:
    answer = five_config_maps.request(
        "GET",
        five_config_maps.path(CM, "c0", includeObject="Bad"),
        accept=f"application/json;as=Table;{META_PARAMETERS}",
    )
    assert (answer.status, answer.reason) == (400, "BadRequest")


@pytest.mark.parametrize("selector", ["metadata.name=b", "metadata.name==b,metadata.namespace!=other"])
def test_metadata_name_selector_returns_one_object(client: Any, selector: str) -> None:
    for name in ("a", "b", "c"):
        client.create("configmaps", client.config_map(name))
    path = client.path("configmaps", fieldSelector=selector)
    listed = client.request("GET", path)
    assert listed.names == ["b"]
    assert client.request("GET", f"{path}&limit=1").names == ["b"]
    assert (
        client.request("GET", f"/api/v1/configmaps?fieldSelector={selector.replace('=', '%3D')}").names.count("b") >= 1
    )
    assert client.request("GET", client.path("configmaps", fieldSelector="metadata.name=b,metadata.name=c")).names == []
    assert client.request("GET", client.path("configmaps", fieldSelector="metadata.name=nope")).names == []
    assert client.request("GET", client.path("configmaps", fieldSelector="metadata.name!=b")).names == ["a", "c"]
    assert client.request("DELETE", path).status == 200
    assert client.request("GET", client.path("configmaps")).names == ["a", "c"]
    with client.watch(f"{path}&watch=1&resourceVersion={listed.resource_version}") as events:
        assert events.take(1)[0]["type"] == "DELETED"


@pytest.mark.parametrize(
    ("path", "selector"),
    [
        ("/api/v1/replicationcontrollers", "status.replicas=77"),
        ("/apis/certificates.k8s.io/v1/certificatesigningrequests", "spec.signerName=a"),
        ("/apis/certificates.k8s.io/v1/clustertrustbundles", "spec.signerName=a"),
        ("/apis/certificates.k8s.io/v1/podcertificaterequests", "spec.signerName=a,spec.podName=b,spec.nodeName=c"),
        ("/apis/resource.k8s.io/v1/resourceslices", "spec.nodeName=a,spec.driver=b,spec.pool.name=c"),
        ("/apis/batch/v1/jobs", "status.successful=1"),
    ],
)
def test_kinds_have_selectable_fields(client: Any, path: str, selector: str) -> None:
    listed = client.request("GET", f"{path}?fieldSelector={quote(selector)}")
    assert (listed.status, listed.names) == (200, [])
    assert client.request("GET", f"{path}?fieldSelector=spec.missing%3Da").status == 400
