"""keep_fields() and drop_fields()."""

import json
from typing import Any

import pytest

from kubex.errors import ConfigurationError
from kubex_runtime._machine.field_paths import drop_fields, keep_fields

POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {
        "name": "web-0",
        "namespace": "default",
        "uid": "1",
        "resourceVersion": "2",
        "generation": 1,
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "labels": {"app": "web"},
        "annotations": {"example.com/team": "red", "note": "long"},
    },
    "spec": {
        "nodeName": "n1",
        "containers": [{"name": "a", "image": "web:1", "env": [{"name": "A", "value": "1"}]}, {"name": "b"}, None],
        "volumes": [],
    },
    "status": None,
}
IDENTITY = {name: value for name, value in POD["metadata"].items() if name not in ("labels", "annotations")}


def pod(**parts: Any) -> bytes:
    return json.dumps(POD | parts).encode()


def test_keep_fields_keeps_the_fields_and_the_identity() -> None:
    transform = keep_fields("spec.nodeName", "status.phase", "spec.missing", "metadata.labels")
    assert json.loads(transform(pod())) == {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": IDENTITY | {"labels": {"app": "web"}},
        "spec": {"nodeName": "n1"},
        "status": None,
    }


def test_keep_fields_continues_in_the_items_of_lists() -> None:
    kept = json.loads(keep_fields("spec.containers.image", "spec.containers.env.name")(pod()))
    assert kept["spec"] == {"containers": [{"image": "web:1", "env": [{"name": "A"}]}, {}, None]}


def test_keep_fields_accepts_names_with_dots_and_a_field_with_its_parts() -> None:
    kept = json.loads(keep_fields(("metadata", "annotations", "example.com/team"), "spec.volumes", "spec")(pod()))
    assert kept["metadata"]["annotations"] == {"example.com/team": "red"}
    assert kept["spec"] == POD["spec"]


def test_drop_fields_keeps_everything_else() -> None:
    dropped = json.loads(drop_fields("spec.containers.env", "status", "metadata.annotations.note", "spec.x.y")(pod()))
    expected = json.loads(pod())
    del expected["spec"]["containers"][0]["env"], expected["status"], expected["metadata"]["annotations"]["note"]
    assert dropped == expected


def test_field_transforms_accept_items_of_lists_without_kind() -> None:
    item = json.dumps({"metadata": {"name": "a"}, "spec": {"x": 1, "y": 2}}).encode()
    assert json.loads(keep_fields("spec.x")(item)) == {"metadata": {"name": "a"}, "spec": {"x": 1}}


@pytest.mark.parametrize("path", ["", "spec.", ".spec", "spec..x", (), ("spec", "")])
def test_empty_path_raises(path: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"keep_fields\(\): .* is not a path of a field"):
        keep_fields(path)


@pytest.mark.parametrize("path", ["metadata", "metadata.name", ("metadata", "uid"), "kind", "metadata.resourceVersion"])
def test_drop_fields_rejects_the_identity(path: Any) -> None:
    with pytest.raises(ConfigurationError, match="identifies the object and cannot be removed"):
        drop_fields(path)


def test_field_transforms_need_a_field() -> None:
    with pytest.raises(ConfigurationError, match=r"drop_fields\(\): pass at least one field"):
        drop_fields()


def test_field_transform_has_a_readable_repr() -> None:
    assert (
        repr(keep_fields("spec.nodeName", ("metadata", "a.b"))) == "keep_fields('spec.nodeName', ('metadata', 'a.b'))"
    )
