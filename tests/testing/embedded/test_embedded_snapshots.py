"""The objects that the embedded server starts with, snapshots, resets and recordings."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kubex_testing.embedded import Answer, EmbeddedServer

CM = "configmaps"
WIDGETS = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {
      spec: {type: object, properties: {size: {type: integer, default: 3}}}}}}}
"""
OBJECTS = """
apiVersion: v1
kind: List
items:
- {apiVersion: example.com/v1, kind: Widget, metadata: {name: w}, spec: {}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: before}}
---
---
{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "status": {"phase": "Failed"},
 "spec": {"containers": [{"name": "c", "image": "i"}]}}
"""


def config_map(name: str, value: str = "new") -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"k": value}}


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tls=False, control=True, crds=WIDGETS, objects=[OBJECTS, config_map("b")])
    with server:
        yield server
    assert server.failures == []


def data(server: EmbeddedServer) -> dict[str, str]:
    return {item["metadata"]["name"]: item["data"]["k"] for item in server.state(CM)}


def test_server_starts_with_objects_and_their_defaults(server: EmbeddedServer, make_client: Any) -> None:
    client = make_client(server.handle)
    assert data(server) == {"a": "before", "b": "new"}
    (widget,) = server.state("widgets")
    assert (widget["spec"], widget["metadata"]["generation"]) == ({"size": 3}, 1)
    (pod,) = server.state("pods")
    assert (pod["status"]["phase"], pod["spec"]["restartPolicy"]) == ("Failed", "Always")
    assert client.request("GET", "/apis/example.com/v1/namespaces/default/widgets/w").status == 200


def test_files_and_folders_are_loaded_with_definitions_first(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(OBJECTS)
    (tmp_path / "b.yml").write_text(WIDGETS)
    (tmp_path / "notes.txt").write_text("not read")
    server = EmbeddedServer(tls=False, objects=tmp_path)
    with server:
        assert len(server.state("widgets")) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"objects": "a: [b"}, "the text is not valid YAML"),
        ({"objects": "- a"}, "must contain Kubernetes objects"),
        ({"objects": "crds/web.yaml"}, "pass a file or a folder as a Path"),
        ({"crds": config_map("a")}, "crds contains an object of the kind ConfigMap"),
    ],
)
def test_wrong_objects_are_reported_by_the_constructor(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        EmbeddedServer(**arguments)


def test_unknown_kind_is_reported_by_the_start() -> None:
    server = EmbeddedServer(tls=False, objects={"apiVersion": "v1", "kind": "Nope", "metadata": {"name": "a"}})
    with pytest.raises(ValueError, match="does not have a kind 'Nope'"):
        server.start()


def test_restore_writes_only_the_differences(server: EmbeddedServer) -> None:
    before = {item["metadata"]["name"]: item["metadata"] for item in server.state(CM)}
    snapshot = server.snapshot()
    server.load([config_map("a", "changed"), config_map("c")])
    server.remove(CM, "b")
    server.remove("customresourcedefinitions", "widgets.example.com")
    server.clear_writes()
    revision = server.revision
    server.restore(snapshot)
    assert data(server) == {"a": "before", "b": "new"}
    changes = [(write.type, write.name) for write in server.writes if write.resource == CM]
    assert sorted(changes) == [("ADDED", "b"), ("DELETED", "c"), ("MODIFIED", "a")]
    after = {item["metadata"]["name"]: item["metadata"] for item in server.state(CM)}
    assert {name: item["uid"] for name, item in after.items()} == {name: item["uid"] for name, item in before.items()}
    assert all(int(item["resourceVersion"]) > revision for item in after.values())
    assert len(server.state("widgets")) == 1
    server.clear_writes()
    server.restore(snapshot)
    assert server.writes == []


def test_snapshot_of_another_server_is_rejected(server: EmbeddedServer) -> None:
    other = EmbeddedServer(tls=False)
    with other:
        snapshot = other.snapshot()
    with pytest.raises(ValueError, match="of another server"):
        server.restore(snapshot)


def test_reset_returns_to_the_state_after_the_start(server: EmbeddedServer, make_client: Any) -> None:
    client = make_client(server.handle)
    server.inject("*", Answer(503), times=None)
    assert client.request("GET", "/version").status == 503
    server.hold(CM)
    server.load([config_map("a", "changed")])
    server.reset()
    assert (data(server), server.requests, server.writes) == ({"a": "before", "b": "new"}, [], [])
    assert client.request("GET", "/version").status == 200
    server.load([config_map("a", "later")])
    assert client.request("GET", "/api/v1/namespaces/default/configmaps/a").document["data"] == {"k": "later"}


def test_watch_receives_the_changes_of_a_reset(server: EmbeddedServer, make_client: Any) -> None:
    client = make_client(server.handle)
    server.load([config_map("a", "changed"), config_map("c")])
    path = f"/api/v1/namespaces/default/configmaps?watch=1&resourceVersion={server.revision}"
    with client.watch(path) as events:
        server.reset()
        received = {(event["type"], event["object"]["metadata"]["name"]) for event in events.take(2)}
    assert received == {("MODIFIED", "a"), ("DELETED", "c")}


def test_reset_before_the_start_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="was not started"):
        EmbeddedServer(tls=False).reset()


def test_snapshots_can_be_restored_through_http(server: EmbeddedServer, make_client: Any) -> None:
    client = make_client(server.handle)
    created = client.request("POST", "/kubex-testing/snapshots", {})
    assert (created.status, created.document["id"]) == (201, 1)
    server.remove(CM, "a")
    assert client.request("POST", "/kubex-testing/snapshots/1/restore", {}).status == 200
    assert set(data(server)) == {"a", "b"}
    assert client.request("POST", "/kubex-testing/snapshots/2/restore", {}).status == 404
    server.remove(CM, "a")
    assert client.request("POST", "/kubex-testing/actions/reset", {}).status == 200
    assert set(data(server)) == {"a", "b"}


def test_only_the_latest_snapshots_are_kept_for_http(server: EmbeddedServer, make_client: Any) -> None:
    client = make_client(server.handle)
    for _ in range(21):
        client.request("POST", "/kubex-testing/snapshots", {})
    expired = client.request("POST", "/kubex-testing/snapshots/1/restore", {})
    assert (expired.status, "the latest 20 exist" in expired.document["message"]) == (404, True)
    for number in (2, 21):
        assert client.request("POST", f"/kubex-testing/snapshots/{number}/restore", {}).status == 200


def test_recording_contains_requests_without_secrets(tmp_path: Path, make_client: Any) -> None:
    path = tmp_path / "requests.jsonl"
    server = EmbeddedServer(tls=False, record=path)
    with server as handle:
        client = make_client(handle)
        client.create(CM, config_map("a"))
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"k": "hidden"}}
        client.create("secrets", secret)
        client.patch(client.path("secrets", "s"), {"stringData": {"k": "hidden"}})
        client.request("GET", client.path(CM, "missing"))
        assert handle.token
        assert handle.token not in path.read_text()
    lines = [json.loads(line) for line in path.read_text().splitlines()][-4:]
    found = [(line["method"], line["status"]) for line in lines]
    assert found == [("POST", 201), ("POST", 201), ("PATCH", 200), ("GET", 404)]
    assert json.loads(lines[0]["body"])["metadata"]["name"] == "a"
    assert [line.get("body", "") for line in lines[1:]] == [None, None, ""]
    assert "hidden" not in path.read_text()
