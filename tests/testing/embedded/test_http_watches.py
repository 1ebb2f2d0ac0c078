"""Watches: where they start, what they tell, how they end."""

import json
from typing import Any

import pytest

CM = "configmaps"
META = "g=meta.k8s.io;v=v1"
INITIAL = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan"}


def seen(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(event["type"], event["object"]["metadata"].get("name", "")) for event in events]


def version_of(wire: Any) -> str:
    version: str = wire.request("GET", wire.path(CM)).version
    return version


@pytest.fixture
def three(wire: Any) -> Any:
    for number in range(3):
        wire.create(CM, wire.config_map(f"c{number}", labels={"g": "x"}))
    return wire


def test_a_watch_from_a_revision_tells_what_comes_after_it(wire: Any) -> None:
    with wire.watch(wire.path(CM, watch="true", resourceVersion=version_of(wire))) as events:
        assert events.status == 200
        assert ("Content-Type", "application/json") in events.headers
        wire.create(CM, wire.config_map("n1"))
        wire.patch(wire.path(CM, "n1"), {"data": {"a": "b"}})
        wire.request("DELETE", wire.path(CM, "n1"))
        added, modified, deleted = events.take(3)
    assert seen([added, modified, deleted]) == [("ADDED", "n1"), ("MODIFIED", "n1"), ("DELETED", "n1")]
    assert list(added["object"])[:2] == ["kind", "apiVersion"]
    assert deleted["object"]["data"] == {"a": "b"}
    versions = [int(event["object"]["metadata"]["resourceVersion"]) for event in (added, modified, deleted)]
    assert versions == sorted(set(versions))


@pytest.mark.parametrize("query", [{}, {"resourceVersion": "0"}], ids=["unset", "zero"])
def test_without_a_revision_the_state_comes_first(three: Any, query: dict[str, str]) -> None:
    with three.watch(three.path(CM, watch="1", **query)) as events:
        assert sorted(seen(events.take(3))) == [("ADDED", "c0"), ("ADDED", "c1"), ("ADDED", "c2")]
        three.create(CM, three.config_map("n"))
        assert seen(events.take(1)) == [("ADDED", "n")]


def test_the_time_of_a_watch_ends_it_without_an_event(wire: Any) -> None:
    path = wire.path(CM, watch="1", resourceVersion=version_of(wire), timeoutSeconds="1")
    with wire.watch(path) as events:
        assert events.rest() == []


def test_leaving_a_selection_is_a_deletion_and_entering_an_addition(three: Any) -> None:
    path = three.path(CM, watch="1", labelSelector="g=x", resourceVersion=version_of(three))
    with three.watch(path) as events:
        left = three.patch(three.path(CM, "c0"), {"metadata": {"labels": {"g": "y"}}})
        entered = three.patch(three.path(CM, "c0"), {"metadata": {"labels": {"g": "x"}}})
        three.create(CM, three.config_map("unlabelled"))
        three.create(CM, three.config_map("last", labels={"g": "x"}))
        deleted, added, last = events.take(3)
    assert seen([deleted, added, last]) == [("DELETED", "c0"), ("ADDED", "c0"), ("ADDED", "last")]
    assert deleted["object"]["metadata"]["labels"] == {"g": "x"}
    assert deleted["object"]["metadata"]["resourceVersion"] == left.version
    assert added["object"]["metadata"]["resourceVersion"] == entered.version


def test_finalizers_show_in_the_events_of_a_deletion(wire: Any) -> None:
    with wire.watch(wire.path(CM, watch="1", resourceVersion=version_of(wire))) as events:
        wire.create(CM, wire.config_map("ff", finalizers=["a.b/c"]))
        marked = wire.request("DELETE", wire.path(CM, "ff"))
        wire.patch(wire.path(CM, "ff"), {"metadata": {"finalizers": None}})
        changes = events.take(3)
    assert seen(changes) == [("ADDED", "ff"), ("MODIFIED", "ff"), ("DELETED", "ff")]
    last = changes[2]["object"]["metadata"]
    assert last["finalizers"] == ["a.b/c"]
    assert int(last["resourceVersion"]) > int(marked.version)


def test_a_write_that_changes_nothing_is_no_event(three: Any) -> None:
    with three.watch(three.path(CM, watch="1", resourceVersion=version_of(three))) as events:
        three.patch(three.path(CM, "c0"), {"metadata": {"labels": {"g": "x"}}})
        three.create(CM, three.config_map("next"))
        assert seen(events.take(1)) == [("ADDED", "next")]


def test_delete_collection_tells_each_deletion(three: Any) -> None:
    with three.watch(three.path(CM, watch="1", resourceVersion=version_of(three))) as events:
        three.request("DELETE", three.path(CM, labelSelector="g=x"))
        assert sorted(seen(events.take(3))) == [("DELETED", "c0"), ("DELETED", "c1"), ("DELETED", "c2")]


def test_a_future_revision_is_silence(wire: Any) -> None:
    with wire.watch(wire.path(CM, watch="1", resourceVersion="99999999", timeoutSeconds="1")) as events:
        assert events.status == 200
        wire.create(CM, wire.config_map("n"))
        assert events.rest() == []


def test_a_revision_that_is_no_number_is_an_error_without_reason(wire: Any) -> None:
    answer = wire.request("GET", wire.path(CM, watch="1", resourceVersion="abc"))
    assert (answer.status, answer.reason) == (500, None)


@pytest.mark.parametrize(
    "query", [{"sendInitialEvents": "true"}, {"resourceVersionMatch": "NotOlderThan"}], ids=["no match", "match alone"]
)
def test_initial_events_and_the_match_need_each_other(wire: Any, query: dict[str, str]) -> None:
    answer = wire.request("GET", wire.path(CM, watch="1", **query))
    assert (answer.status, answer.causes) == (422, [("FieldValueForbidden", "resourceVersionMatch")])


@pytest.mark.parametrize(
    "query", [INITIAL, {**INITIAL, "resourceVersion": "0"}, {"resourceVersion": "0"}], ids=["initial", "zero", "plain"]
)
def test_a_bookmark_ends_the_initial_events(three: Any, query: dict[str, str]) -> None:
    version_of(three)  # which a real server answers once its cache, where the events come from, has all three
    with three.watch(three.path(CM, watch="1", allowWatchBookmarks="true", **query)) as events:
        initial = events.take(4)
    assert [event["type"] for event in initial] == ["ADDED"] * 3 + ["BOOKMARK"]
    bookmark = initial[3]["object"]
    assert list(bookmark) == ["kind", "apiVersion", "metadata"]
    assert bookmark["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    assert int(bookmark["metadata"]["resourceVersion"]) >= int(initial[2]["object"]["metadata"]["resourceVersion"])


def test_without_bookmarks_nothing_ends_the_initial_events(three: Any) -> None:
    with three.watch(three.path(CM, watch="1", timeoutSeconds="3", **INITIAL)) as events:
        assert [event["type"] for event in events.rest()] == ["ADDED"] * 3


def test_initial_events_can_be_declined(three: Any) -> None:
    query = {**INITIAL, "sendInitialEvents": "false", "timeoutSeconds": "1"}
    with three.watch(three.path(CM, watch="1", **query)) as events:
        assert events.rest() == []


def test_an_empty_set_has_its_bookmark_too(wire: Any) -> None:
    with wire.watch(wire.path(CM, watch="1", allowWatchBookmarks="true", **INITIAL)) as events:
        assert [event["type"] for event in events.take(1)] == ["BOOKMARK"]


def test_one_object_is_not_watched_by_its_path(three: Any) -> None:
    answer = three.request("GET", three.path(CM, "c0", watch="1"))
    assert answer.document["kind"] == "ConfigMap"


def test_the_old_watch_paths_stream(three: Any) -> None:
    path = f"/api/v1/watch/namespaces/{three.namespace}/configmaps"
    with three.watch(f"{path}?resourceVersion=0") as events:
        assert len(events.take(3)) == 3
    with three.watch(f"{path}/c1?resourceVersion=0") as events:
        assert seen(events.take(1)) == [("ADDED", "c1")]


def test_a_watch_of_metadata_has_partial_objects_and_bookmarks(three: Any) -> None:
    accept = f"application/json;as=PartialObjectMetadata;{META}"
    with three.watch(three.path(CM, watch="1", allowWatchBookmarks="true", **INITIAL), accept) as events:
        initial = events.take(4)
    assert {event["object"]["kind"] for event in initial} == {"PartialObjectMetadata"}
    assert initial[3]["type"] == "BOOKMARK"


def test_a_watch_of_tables_defines_its_columns_once(three: Any) -> None:
    with three.watch(three.path(CM, watch="1"), f"application/json;as=Table;{META}") as events:
        tables = [event["object"] for event in events.take(3)]
    assert [column["name"] for column in tables[0]["columnDefinitions"]] == ["Name", "Data", "Age"]
    assert tables[1]["columnDefinitions"] is None
    assert all(len(table["rows"]) == 1 for table in tables)


def test_there_is_no_watch_in_yaml(wire: Any) -> None:
    answer = wire.request("GET", wire.path(CM, watch="1"), accept="application/yaml")
    assert answer.status == 406
    assert b"reason: NotAcceptable" in answer.body


def test_events_are_one_line_each(three: Any) -> None:
    answer = three.request("GET", three.path(CM, watch="1", timeoutSeconds="3"))
    lines = answer.body.split(b"\n")
    assert lines.pop() == b""
    assert [json.loads(line)["type"] for line in lines] == ["ADDED"] * 3
    assert lines[0].startswith(b'{"type":"ADDED","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":')
