"""Watches: initial events, changes, bookmarks and timeouts."""

import json
from typing import Any

import pytest

CM = "configmaps"
META_PARAMETERS = "g=meta.k8s.io;v=v1"
INITIAL_EVENTS = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan"}


def types_and_names(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(event["type"], event["object"]["metadata"].get("name", "")) for event in events]


def list_version(client: Any) -> str:
    resource_version: str = client.request("GET", client.path(CM)).resource_version
    return resource_version


@pytest.fixture
def three_config_maps(client: Any) -> Any:
    for number in range(3):
        client.create(CM, client.config_map(f"c{number}", labels={"g": "x"}))
    return client


def test_watch_from_a_resource_version_sends_later_changes(client: Any) -> None:
    with client.watch(client.path(CM, watch="true", resourceVersion=list_version(client))) as events:
        assert events.status == 200
        assert ("Content-Type", "application/json") in events.headers
        client.create(CM, client.config_map("n1"))
        client.patch(client.path(CM, "n1"), {"data": {"a": "b"}})
        client.request("DELETE", client.path(CM, "n1"))
        added, modified, deleted = events.take(3)
    assert types_and_names([added, modified, deleted]) == [("ADDED", "n1"), ("MODIFIED", "n1"), ("DELETED", "n1")]
    assert list(added["object"])[:2] == ["kind", "apiVersion"]
    assert deleted["object"]["data"] == {"a": "b"}
    versions = [int(event["object"]["metadata"]["resourceVersion"]) for event in (added, modified, deleted)]
    assert versions == sorted(set(versions))


@pytest.mark.parametrize("query", [{}, {"resourceVersion": "0"}], ids=["unset", "zero"])
def test_watch_without_resource_version_starts_with_the_current_state(
    three_config_maps: Any, query: dict[str, str]
) -> None:
    with three_config_maps.watch(three_config_maps.path(CM, watch="1", **query)) as events:
        assert sorted(types_and_names(events.take(3))) == [("ADDED", "c0"), ("ADDED", "c1"), ("ADDED", "c2")]
        three_config_maps.create(CM, three_config_maps.config_map("n"))
        assert types_and_names(events.take(1)) == [("ADDED", "n")]


def test_watch_timeout_ends_the_stream_without_an_event(client: Any) -> None:
    path = client.path(CM, watch="1", resourceVersion=list_version(client), timeoutSeconds="1")
    with client.watch(path) as events:
        assert events.rest() == []


def test_objects_that_leave_or_enter_the_selector_are_deleted_or_added(three_config_maps: Any) -> None:
    path = three_config_maps.path(CM, watch="1", labelSelector="g=x", resourceVersion=list_version(three_config_maps))
    with three_config_maps.watch(path) as events:
        left = three_config_maps.patch(three_config_maps.path(CM, "c0"), {"metadata": {"labels": {"g": "y"}}})
        entered = three_config_maps.patch(three_config_maps.path(CM, "c0"), {"metadata": {"labels": {"g": "x"}}})
        three_config_maps.create(CM, three_config_maps.config_map("unlabelled"))
        three_config_maps.create(CM, three_config_maps.config_map("last", labels={"g": "x"}))
        deleted, added, last = events.take(3)
    assert types_and_names([deleted, added, last]) == [("DELETED", "c0"), ("ADDED", "c0"), ("ADDED", "last")]
    assert deleted["object"]["metadata"]["labels"] == {"g": "x"}
    assert deleted["object"]["metadata"]["resourceVersion"] == left.resource_version
    assert added["object"]["metadata"]["resourceVersion"] == entered.resource_version


def test_deletion_with_finalizers_sends_modified_and_deleted_events(client: Any) -> None:
    with client.watch(client.path(CM, watch="1", resourceVersion=list_version(client))) as events:
        client.create(CM, client.config_map("ff", finalizers=["a.b/c"]))
        marked = client.request("DELETE", client.path(CM, "ff"))
        client.patch(client.path(CM, "ff"), {"metadata": {"finalizers": None}})
        changes = events.take(3)
    assert types_and_names(changes) == [("ADDED", "ff"), ("MODIFIED", "ff"), ("DELETED", "ff")]
    last = changes[2]["object"]["metadata"]
    assert last["finalizers"] == ["a.b/c"]
    assert int(last["resourceVersion"]) > int(marked.resource_version)


def test_write_without_a_change_sends_no_event(three_config_maps: Any) -> None:
    with three_config_maps.watch(
        three_config_maps.path(CM, watch="1", resourceVersion=list_version(three_config_maps))
    ) as events:
        three_config_maps.patch(three_config_maps.path(CM, "c0"), {"metadata": {"labels": {"g": "x"}}})
        three_config_maps.create(CM, three_config_maps.config_map("next"))
        assert types_and_names(events.take(1)) == [("ADDED", "next")]


def test_delete_collection_sends_a_deleted_event_for_each_object(three_config_maps: Any) -> None:
    with three_config_maps.watch(
        three_config_maps.path(CM, watch="1", resourceVersion=list_version(three_config_maps))
    ) as events:
        three_config_maps.request("DELETE", three_config_maps.path(CM, labelSelector="g=x"))
        assert sorted(types_and_names(events.take(3))) == [("DELETED", "c0"), ("DELETED", "c1"), ("DELETED", "c2")]


def test_watch_from_a_future_resource_version_sends_nothing(client: Any) -> None:
    with client.watch(client.path(CM, watch="1", resourceVersion="99999999", timeoutSeconds="1")) as events:
        assert events.status == 200
        client.create(CM, client.config_map("n"))
        assert events.rest() == []


def test_streaming_list_from_a_future_resource_version_is_an_error_event(client: Any) -> None:
    options = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"}
    with client.watch(client.path(CM, watch="1", resourceVersion="99999999", **options)) as events:
        assert events.status == 200
        (error,) = events.rest()
    assert (error["type"], error["object"]["code"]) == ("ERROR", 504)
    assert [cause["reason"] for cause in error["object"]["details"]["causes"]] == ["ResourceVersionTooLarge"]


def test_invalid_resource_version_is_an_error_without_a_reason(client: Any) -> None:
    answer = client.request("GET", client.path(CM, watch="1", resourceVersion="abc"))
    assert (answer.status, answer.reason) == (500, None)


@pytest.mark.parametrize(
    "query", [{"sendInitialEvents": "true"}, {"resourceVersionMatch": "NotOlderThan"}], ids=["no match", "match alone"]
)
def test_send_initial_events_requires_resource_version_match(client: Any, query: dict[str, str]) -> None:
    answer = client.request("GET", client.path(CM, watch="1", **query))
    assert (answer.status, answer.causes) == (422, [("FieldValueForbidden", "resourceVersionMatch")])


@pytest.mark.parametrize(
    "query",
    [INITIAL_EVENTS, {**INITIAL_EVENTS, "resourceVersion": "0"}, {"resourceVersion": "0"}],
    ids=["initial", "zero", "plain"],
)
def test_bookmark_ends_the_initial_events(three_config_maps: Any, query: dict[str, str]) -> None:
    list_version(three_config_maps)  # a real server responds when its watch cache contains all three
    with three_config_maps.watch(three_config_maps.path(CM, watch="1", allowWatchBookmarks="true", **query)) as events:
        initial = events.take(4)
    assert [event["type"] for event in initial] == ["ADDED"] * 3 + ["BOOKMARK"]
    bookmark = initial[3]["object"]
    assert list(bookmark) == ["kind", "apiVersion", "metadata"]
    assert bookmark["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    assert int(bookmark["metadata"]["resourceVersion"]) >= int(initial[2]["object"]["metadata"]["resourceVersion"])


def test_initial_events_have_no_end_without_bookmarks(three_config_maps: Any) -> None:
    with three_config_maps.watch(three_config_maps.path(CM, watch="1", timeoutSeconds="3", **INITIAL_EVENTS)) as events:
        assert [event["type"] for event in events.rest()] == ["ADDED"] * 3


def test_initial_events_can_be_disabled(three_config_maps: Any) -> None:
    query = {**INITIAL_EVENTS, "sendInitialEvents": "false", "timeoutSeconds": "1"}
    with three_config_maps.watch(three_config_maps.path(CM, watch="1", **query)) as events:
        assert events.rest() == []


def test_empty_initial_list_has_the_end_bookmark(client: Any) -> None:
    with client.watch(client.path(CM, watch="1", allowWatchBookmarks="true", **INITIAL_EVENTS)) as events:
        assert [event["type"] for event in events.take(1)] == ["BOOKMARK"]


def test_watch_parameter_on_an_object_path_is_ignored(three_config_maps: Any) -> None:
    answer = three_config_maps.request("GET", three_config_maps.path(CM, "c0", watch="1"))
    assert answer.document["kind"] == "ConfigMap"


def test_legacy_watch_paths_stream_events(three_config_maps: Any) -> None:
    path = f"/api/v1/watch/namespaces/{three_config_maps.namespace}/configmaps"
    with three_config_maps.watch(f"{path}?resourceVersion=0") as events:
        assert len(events.take(3)) == 3
    with three_config_maps.watch(f"{path}/c1?resourceVersion=0") as events:
        assert types_and_names(events.take(1)) == [("ADDED", "c1")]


def test_metadata_watch_sends_partial_objects_and_bookmarks(three_config_maps: Any) -> None:
    accept = f"application/json;as=PartialObjectMetadata;{META_PARAMETERS}"
    with three_config_maps.watch(
        three_config_maps.path(CM, watch="1", allowWatchBookmarks="true", **INITIAL_EVENTS), accept
    ) as events:
        initial = events.take(4)
    assert {event["object"]["kind"] for event in initial} == {"PartialObjectMetadata"}
    assert initial[3]["type"] == "BOOKMARK"


def test_table_watch_sends_column_definitions_once(three_config_maps: Any) -> None:
    with three_config_maps.watch(
        three_config_maps.path(CM, watch="1"), f"application/json;as=Table;{META_PARAMETERS}"
    ) as events:
        tables = [event["object"] for event in events.take(3)]
    assert [column["name"] for column in tables[0]["columnDefinitions"]] == ["Name", "Data", "Age"]
    assert tables[1]["columnDefinitions"] is None
    assert all(len(table["rows"]) == 1 for table in tables)


def test_watch_in_yaml_is_not_acceptable(client: Any) -> None:
    answer = client.request("GET", client.path(CM, watch="1"), accept="application/yaml")
    assert answer.status == 406
    assert b"reason: NotAcceptable" in answer.body


def test_each_watch_event_is_one_line(three_config_maps: Any) -> None:
    answer = three_config_maps.request("GET", three_config_maps.path(CM, watch="1", timeoutSeconds="3"))
    lines = answer.body.split(b"\n")
    assert lines.pop() == b""
    assert [json.loads(line)["type"] for line in lines] == ["ADDED"] * 3
    assert lines[0].startswith(b'{"type":"ADDED","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":')
