"""Modules of the embedded server that work without a socket: store, pagination, request info, negotiation."""

from dataclasses import replace

import pytest

from kubex_testing.embedded._errors import ApiError
from kubex_testing.embedded._messages import RecordedRequest
from kubex_testing.embedded._negotiation import negotiate
from kubex_testing.embedded._options import ListOptions, Selection
from kubex_testing.embedded._pagination import read_page
from kubex_testing.embedded._registry import Registry
from kubex_testing.embedded._request_info import parse_request_info
from kubex_testing.embedded._store import Event, Store

BUCKET = "things."


def put(store: Store, key: str, **more: object) -> int:
    namespace, _, name = key.partition("/")
    return store.put(BUCKET, key, {"metadata": {"namespace": namespace, "name": name}, **more}).revision


def test_each_write_gets_a_new_revision() -> None:
    store = Store(first_revision=10)
    assert [put(store, "a/x"), put(store, "a/y"), put(store, "a/x", n=1)] == [11, 12, 13]
    found = store.get(BUCKET, "a/x")
    assert found is not None
    assert found.object["metadata"]["resourceVersion"] == "13"
    assert store.delete(BUCKET, "a/x").revision == 14
    assert store.get(BUCKET, "a/x") is None


def test_snapshot_returns_the_objects_of_an_earlier_revision() -> None:
    store = Store()
    first = put(store, "a/x", n=1)
    second = put(store, "a/y", n=1)
    put(store, "a/x", n=2)
    store.delete(BUCKET, "a/y")
    bucket = store.bucket(BUCKET)
    assert {key: item.object.get("n") for key, item in bucket.snapshot(second).items()} == {"a/x": 1, "a/y": 1}
    assert set(bucket.snapshot(first)) == {"a/x"}
    assert bucket.snapshot(first - 1) == {}


def test_listeners_receive_each_event_and_history_contains_it() -> None:
    store = Store()
    heard: list[Event] = []
    store.bucket(BUCKET).listeners.add(heard.append)
    first = put(store, "a/x")
    put(store, "a/x", n=1)
    store.delete(BUCKET, "a/x")
    assert [event.type for event in heard] == ["ADDED", "MODIFIED", "DELETED"]
    assert list(store.bucket(BUCKET).events_since(first)) == heard[1:]


def test_compacted_revision_follows_the_discarded_history() -> None:
    store = Store(history_limit=2)
    revisions = [put(store, f"a/{number}") for number in range(4)]
    bucket = store.bucket(BUCKET)
    assert bucket.compacted_revision == revisions[1]
    store.compact()
    assert (bucket.compacted_revision, list(bucket.history)) == (revisions[3], [])
    assert store.bucket("others.").compacted_revision == revisions[3]


def test_keys_with_prefix_returns_the_keys_of_one_namespace() -> None:
    store = Store()
    for key in ("a/x", "a-b/x", "ab/x", "a/a"):
        put(store, key)
    assert store.bucket(BUCKET).keys_with_prefix("a/") == ["a/a", "a/x"]
    assert store.bucket(BUCKET).keys == ["a-b/x", "a/a", "a/x", "ab/x"]


def test_continue_token_starts_after_the_last_item() -> None:
    store = Store()
    for name in "edcba":
        put(store, f"n/{name}")
    bucket, selection = store.bucket(BUCKET), Selection("n/")
    names: list[str] = []
    token, sizes = "", []
    while True:
        page = read_page(bucket, store.revision, selection, ListOptions(limit=2, continue_token=token))
        names += [item.object["metadata"]["name"] for item in page.items]
        sizes.append((len(page.items), page.remaining))
        token = page.continue_token
        if not token:
            break
        put(store, f"n/{names[-1]}0")
    assert (names, sizes) == (["a", "b", "c", "d", "e"], [(2, 3), (2, 1), (1, 0)])


def test_continue_token_is_missing_on_a_full_last_page() -> None:
    store = Store()
    put(store, "n/a")
    page = read_page(store.bucket(BUCKET), store.revision, Selection("n/"), ListOptions(limit=1))
    assert (len(page.items), page.continue_token) == (1, "")


def request(method: str, target: str, **headers: str) -> RecordedRequest:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return RecordedRequest(method, target, pairs)


PATHS = [
    ("GET", "/api/v1/pods", ("", "v1", "", "pods", "", "", "list")),
    ("GET", "/api/v1/namespaces/n/pods?watch=1", ("", "v1", "n", "pods", "", "", "watch")),
    ("GET", "/api/v1/namespaces/n/pods/p/log?follow=1", ("", "v1", "n", "pods", "p", "log", "get")),
    ("GET", "/api/v1/namespaces/n", ("", "v1", "", "namespaces", "n", "", "get")),
    ("PUT", "/api/v1/namespaces/n/finalize", ("", "v1", "", "namespaces", "n", "finalize", "update")),
    (
        "DELETE",
        "/apis/apps/v1/namespaces/n/deployments",
        ("apps", "v1", "n", "deployments", "", "", "deletecollection"),
    ),
    ("GET", "/api/v1/watch/namespaces/n/pods/p", ("", "v1", "n", "pods", "p", "", "watch")),
    ("GET", "/api/v1/namespaces/n/pods/a%2Fb", ("", "v1", "n", "pods", "a/b", "", "get")),
]


@pytest.mark.parametrize(("method", "target", "expected"), PATHS)
def test_path_is_parsed_into_request_info(method: str, target: str, expected: tuple[str, ...]) -> None:
    info = parse_request_info(request(method, target))
    assert info.is_resource
    found = (info.group, info.version, info.namespace, info.plural, info.name, info.subresource, info.verb)
    assert found == expected


@pytest.mark.parametrize("target", ["/", "/version", "/api", "/api/v1", "/apis", "/apis/apps/v1", "/apiary/v1/pods"])
def test_other_paths_are_not_resource_requests(target: str) -> None:
    assert not parse_request_info(request("GET", target)).is_resource


ACCEPTS = [
    ("", "application/json", ""),
    ("*/*", "application/json", ""),
    ("application/yaml", "application/yaml", ""),
    ("application/yaml;q=0.5, application/json", "application/json", ""),
    ("application/vnd.kubernetes.protobuf, application/json", "application/json", ""),
    ("application/json;as=Table;g=meta.k8s.io;v=v1, application/json", "application/json", "Table"),
    ("application/json;as=Other;g=meta.k8s.io;v=v1, application/json", "application/json", ""),
    ("application/json;as=Table;g=other;v=v1, */*", "application/json", ""),
]


@pytest.mark.parametrize(("header", "media", "as_kind"), ACCEPTS)
def test_first_acceptable_media_type_is_selected(header: str, media: str, as_kind: str) -> None:
    chosen = negotiate(request("GET", "/", accept=header), as_kinds=("Table",))
    assert (chosen.media, chosen.as_kind) == (media, as_kind)


@pytest.mark.parametrize("header", ["text/html", "application/vnd.kubernetes.protobuf", "application/json;as=X"])
def test_no_acceptable_media_type_raises_406(header: str) -> None:
    with pytest.raises(ApiError) as error:
        negotiate(request("GET", "/", accept=header), as_kinds=("Table",))
    assert error.value.code == 406


@pytest.mark.parametrize(("agent", "pretty"), [("curl/8.0", True), ("Wget/1", True), ("probe/1", False)])
def test_browsers_and_curl_get_indented_json(agent: str, pretty: bool) -> None:
    assert negotiate(request("GET", "/", user_agent=agent)).pretty is pretty


def test_versions_are_sorted_by_kubernetes_version_priority() -> None:
    registry = Registry()
    pods = registry.find("", "v1", "pods")
    assert pods is not None
    for version in ("v1alpha1", "v1beta2", "v2", "v1", "x", "v1beta10"):
        registry.add(replace(pods, group="g.example.com", version=version))
    assert registry.versions("g.example.com") == ["v2", "v1", "v1beta10", "v1beta2", "v1alpha1", "x"]
