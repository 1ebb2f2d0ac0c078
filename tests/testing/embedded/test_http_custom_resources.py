"""Custom resources: definitions, and the objects they allow."""

import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
MERGE = "application/merge-patch+json"
_numbers = itertools.count()
_shared: dict[tuple[str, str], str] = {}

SPEC = {
    "type": "object",
    "required": ["size"],
    "properties": {
        "size": {"type": "integer", "minimum": 1},
        "color": {"type": "string", "default": "red", "enum": ["red", "blue"]},
        "replicas": {"type": "integer"},
        "note": {"type": "string", "nullable": True},
    },
}
SCHEMA = {
    "type": "object",
    "properties": {
        "spec": SPEC,
        "status": {"type": "object", "properties": {"replicas": {"type": "integer"}, "phase": {"type": "string"}}},
    },
}


def definition(
    group: str, *, scope: str = "Namespaced", more_versions: Sequence[str] = (), **version: Any
) -> dict[str, Any]:
    served = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": SCHEMA}, **version}
    names = {"plural": "widgets", "singular": "widget", "kind": "Widget", "shortNames": ["wd"]}
    others = [{**served, "name": name, "storage": False} for name in more_versions]
    spec = {"group": group, "scope": scope, "names": names, "versions": [served, *others]}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"widgets.{group}"},
        "spec": spec,
    }


def until(check: Callable[[], Any], what: str) -> Any:
    """Ask again until there is an answer: definitions take effect a moment after they are stored."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what} did not happen in time")


class Widgets:
    """The resource of one definition."""

    def __init__(self, wire: Any, *, shared: str = "", **version: Any) -> None:
        """Make a definition, or take the shared one of that name: a real server needs a second for each."""
        key = (wire.handle.url, shared)
        known = _shared.get(key) if shared else None
        self.wire = wire
        self.group = known or f"g{next(_numbers)}.example.com"
        self.api = f"{self.group}/v1"
        self.crd = f"{CRDS}/widgets.{self.group}"
        if known is None:
            self.created = wire.request("POST", CRDS, definition(self.group, **version))
            assert self.created.status == 201, self.created.body
            until(self.served, "serving the custom resource")
            _shared[key] = self.group

    def served(self) -> bool:
        conditions = self.wire.request("GET", self.crd).document["status"].get("conditions") or []
        holds = any(item["type"] == "Established" and item["status"] == "True" for item in conditions)
        return holds and self.wire.request("GET", f"/apis/{self.api}/widgets").status == 200

    def path(self, *rest: str, **query: str) -> str:
        path: str = self.wire.path("widgets", *rest, group=self.api, **query)
        return path

    def body(self, name: str, spec: Any = None, **more: Any) -> dict[str, Any]:
        spec = {"size": 1} if spec is None else spec
        return {"apiVersion": self.api, "kind": "Widget", "metadata": {"name": name}, "spec": spec, **more}

    def create(self, name: str, spec: Any = None, **more: Any) -> Any:
        return self.wire.request("POST", self.path(), self.body(name, spec, **more))


@pytest.fixture
def widgets(wire: Any) -> Widgets:
    return Widgets(wire, shared="plain")


@pytest.fixture
def full(wire: Any) -> Widgets:
    """Widgets with a status and a scale subresource."""
    scale = {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}
    return Widgets(wire, shared="full", subresources={"status": {}, "scale": scale})


def test_a_definition_is_accepted_and_then_established(widgets: Widgets) -> None:
    status = widgets.wire.request("GET", widgets.crd).document["status"]
    assert {item["type"]: item["status"] for item in status["conditions"]} == {
        "NamesAccepted": "True",
        "Established": "True",
    }
    assert status["acceptedNames"]["plural"] == "widgets"
    assert status["storedVersions"] == ["v1"]
    names = widgets.wire.request("GET", widgets.crd).document["spec"]["names"]
    assert names["listKind"] == "WidgetList"


def test_a_definition_appears_in_discovery(widgets: Widgets) -> None:
    def listed() -> Any:
        return widgets.wire.request("GET", f"/apis/{widgets.api}").document

    document = until(listed, "discovery of the group")
    (resource,) = [item for item in document["resources"] if item["name"] == "widgets"]
    assert (resource["kind"], resource["shortNames"]) == ("Widget", ["wd"])


BAD_DEFINITIONS = [
    ("a name that does not follow", {"metadata": {"name": "gadgets.x.example.com"}}, "metadata.name"),
    ("no schema", {"schema": None}, "spec.versions[0].schema.openAPIV3Schema"),
    (
        "a field without a type",
        {"schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {"description": "x"}}}}},
        "openAPIV3Schema.properties[spec].type",
    ),
    ("no storage version", {"storage": False}, "spec.versions"),
]


@pytest.mark.parametrize(("change", "field"), [row[1:] for row in BAD_DEFINITIONS], ids=[r[0] for r in BAD_DEFINITIONS])
def test_a_definition_must_be_whole(wire: Any, change: dict[str, Any], field: str) -> None:
    group = f"b{next(_numbers)}.example.com"
    body = definition(group, **{key: value for key, value in change.items() if key != "metadata"})
    body["metadata"] = change.get("metadata", body["metadata"])
    answer = wire.request("POST", CRDS, body)
    assert (answer.status, answer.reason) == (422, "Invalid")
    assert any(name.endswith(field) for _, name in answer.causes), answer.causes


def test_custom_items_say_what_they_are_and_keys_are_sorted(widgets: Widgets) -> None:
    created = widgets.create("w")
    assert list(created.document) == ["apiVersion", "kind", "metadata", "spec"]
    listed = widgets.wire.request("GET", widgets.path())
    assert list(listed.document) == ["apiVersion", "items", "kind", "metadata"]
    assert listed.document["metadata"]["continue"] == ""
    assert list(listed.document["items"][0]) == ["apiVersion", "kind", "metadata", "spec"]


def test_defaults_are_set_and_unknown_fields_pruned(widgets: Widgets) -> None:
    answer = widgets.create("w", {"size": 2, "shape": "round", "note": None})
    assert answer.document["spec"] == {"size": 2, "color": "red", "note": None}
    assert answer.warnings == ['299 - "unknown field \\"spec.shape\\""']
    assert answer.document["metadata"]["generation"] == 1
    strict = widgets.wire.request(
        "POST", widgets.path(fieldValidation="Strict"), widgets.body("x", {"size": 1, "shape": "round"})
    )
    assert (strict.status, strict.reason) == (400, "BadRequest")


INVALID = [
    ({}, "FieldValueRequired", "spec.size"),
    ({"size": 0}, "FieldValueInvalid", "spec.size"),
    ({"size": "1"}, "FieldValueTypeInvalid", "spec.size"),
    ({"size": 1, "color": "green"}, "FieldValueNotSupported", "spec.color"),
]


@pytest.mark.parametrize(("spec", "reason", "field"), INVALID)
def test_the_schema_is_enforced(widgets: Widgets, spec: dict[str, Any], reason: str, field: str) -> None:
    answer = widgets.create("w", spec)
    assert (answer.status, answer.causes) == (422, [(reason, field)])
    assert answer.document["details"]["kind"] == "Widget"


def test_kind_and_version_must_be_said_and_right(widgets: Widgets) -> None:
    def post(**changes: Any) -> int:
        body = {**widgets.body("w"), **changes}
        status: int = widgets.wire.request("POST", widgets.path(), body).status
        return status

    assert post(kind="Gadget") == 422
    assert post(kind="") == 400
    assert post(apiVersion="v1") == 400


def test_a_put_needs_a_version_and_a_strategic_patch_is_not_known(full: Widgets) -> None:
    created = full.create("w")
    for path in (full.path("w"), full.path("w", "status")):
        answer = full.wire.request("PUT", path, full.body("w"))
        assert (answer.status, answer.causes) == (422, [("FieldValueInvalid", "metadata.resourceVersion")])
    body = full.body("w", {"size": 3})
    body["metadata"]["resourceVersion"] = created.version
    assert full.wire.request("PUT", full.path("w"), body).document["spec"]["size"] == 3
    strategic = full.wire.patch(full.path("w"), {}, "application/strategic-merge-patch+json")
    assert (strategic.status, strategic.reason) == (415, "UnsupportedMediaType")


def test_status_is_written_through_its_own_path_alone(full: Widgets) -> None:
    created = full.create("w", status={"phase": "Mine"})
    assert "status" not in created.document
    ignored = full.wire.patch(full.path("w"), {"status": {"phase": "Mine"}})
    assert ("status" in ignored.document, ignored.version) == (False, created.version)
    change = {"spec": {"size": 9}, "status": {"phase": "Up"}, "metadata": {"labels": {"via": "status"}}}
    patched = full.wire.patch(full.path("w", "status"), change)
    assert (patched.document["status"], patched.document["spec"]["size"]) == ({"phase": "Up"}, 1)
    assert "labels" not in patched.document["metadata"]
    assert patched.document["metadata"]["generation"] == 1
    entries = {entry.get("subresource") for entry in patched.document["metadata"]["managedFields"]}
    assert entries == {None, "status"}


def test_without_a_status_subresource_the_status_is_a_field(widgets: Widgets) -> None:
    created = widgets.create("w", status={"phase": "Mine"})
    assert created.document["status"] == {"phase": "Mine"}
    changed = widgets.wire.patch(widgets.path("w"), {"status": {"phase": "Other"}})
    assert changed.document["metadata"]["generation"] == 2
    assert widgets.wire.request("GET", widgets.path("w", "status")).status == 404


def test_generation_counts_changes_of_the_spec(full: Widgets) -> None:
    full.create("w")
    labelled = full.wire.patch(full.path("w"), {"metadata": {"labels": {"a": "b"}}})
    assert labelled.document["metadata"]["generation"] == 1
    changed = full.wire.patch(full.path("w"), {"spec": {"size": 2}})
    assert changed.document["metadata"]["generation"] == 2


def test_scale_is_a_view_on_the_replicas(full: Widgets) -> None:
    full.create("w", {"size": 1, "replicas": 2})
    scale = full.wire.request("GET", full.path("w", "scale")).document
    assert (scale["kind"], scale["apiVersion"], scale["spec"]) == ("Scale", "autoscaling/v1", {"replicas": 2})
    patched = full.wire.patch(full.path("w", "scale"), {"spec": {"replicas": 5}})
    assert (patched.status, patched.document["spec"]) == (200, {"replicas": 5})
    parent = full.wire.request("GET", full.path("w")).document
    assert (parent["spec"]["replicas"], parent["metadata"]["generation"]) == (5, 2)


def test_custom_resources_can_be_applied(widgets: Widgets) -> None:
    apply = "application/apply-patch+yaml"
    path = widgets.path("w", fieldManager="m1")
    created = widgets.wire.patch(path, widgets.body("w", {"size": 1, "color": "blue"}), apply)
    assert created.status == 201
    again = widgets.wire.patch(path, widgets.body("w", {"size": 1, "color": "blue"}), apply)
    assert (again.status, again.version) == (200, created.version)
    other = widgets.wire.patch(widgets.path("w", fieldManager="m2"), widgets.body("w", {"size": 2}), apply)
    assert (other.status, other.causes) == (409, [("FieldManagerConflict", ".spec.size")])


def test_a_deprecated_version_warns(wire: Any) -> None:
    widgets = Widgets(wire, deprecated=True)
    answer = widgets.create("w")
    assert answer.warnings == [f'299 - "{widgets.api} Widget is deprecated"']


def test_versions_are_views_on_the_same_objects(wire: Any) -> None:
    widgets = Widgets(wire, shared="versions", more_versions=["v1beta1"])
    widgets.create("w")
    old = widgets.wire.path("widgets", "w", group=f"{widgets.group}/v1beta1")
    seen = widgets.wire.request("GET", old)
    assert seen.document["apiVersion"] == f"{widgets.group}/v1beta1"
    assert seen.version == widgets.wire.request("GET", widgets.path("w")).version
    patched = widgets.wire.patch(old, {"spec": {"size": 7}})
    assert (patched.status, patched.document["apiVersion"]) == (200, f"{widgets.group}/v1beta1")
    assert widgets.wire.request("GET", widgets.path("w")).document["spec"]["size"] == 7
    with widgets.wire.watch(widgets.wire.path("widgets", group=f"{widgets.group}/v1beta1", watch="1")) as events:
        assert events.take(1)[0]["object"]["apiVersion"] == f"{widgets.group}/v1beta1"
    same = widgets.wire.patch(old, {"spec": {"size": 7}})
    assert same.version == patched.version


def test_selectable_fields_select(wire: Any) -> None:
    widgets = Widgets(wire, shared="selectable", selectableFields=[{"jsonPath": ".spec.color"}])
    widgets.create("red")
    widgets.create("blue", {"size": 1, "color": "blue"})
    assert widgets.wire.request("GET", widgets.path(fieldSelector="spec.color=blue")).names == ["blue"]
    answer = widgets.wire.request("GET", widgets.path(fieldSelector="spec.size=1"))
    assert (answer.status, answer.reason) == (400, "BadRequest")


def test_printer_columns_make_the_table(wire: Any) -> None:
    columns = [{"name": "Size", "type": "integer", "jsonPath": ".spec.size"}]
    widgets = Widgets(wire, shared="columns", additionalPrinterColumns=columns)
    widgets.create("w", {"size": 3})
    table = widgets.wire.request("GET", widgets.path(), accept="application/json;as=Table;g=meta.k8s.io;v=v1").document
    assert [(column["name"], column["type"]) for column in table["columnDefinitions"]] == [
        ("Name", "string"),
        ("Size", "integer"),
    ]
    assert table["rows"][0]["cells"] == ["w", 3]


def test_cluster_scoped_kinds_have_no_namespace(wire: Any) -> None:
    widgets = Widgets(wire, shared="cluster", scope="Cluster")
    path = f"/apis/{widgets.api}/widgets"
    name = widgets.wire.namespace
    created = widgets.wire.request("POST", path, widgets.body(name))
    assert created.status == 201
    assert "namespace" not in created.document["metadata"]
    assert widgets.wire.request("GET", f"{path}/{name}").status == 200
    assert widgets.wire.request("GET", widgets.path(name)).status == 404


def test_metadata_of_custom_resources_comes_alone(widgets: Widgets) -> None:
    widgets.create("w")
    accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    document = widgets.wire.request("GET", widgets.path(), accept=accept).document
    assert document["kind"] == "PartialObjectMetadataList"
    assert list(document["items"][0]) == ["kind", "apiVersion", "metadata"]


def test_a_deleted_definition_takes_its_objects_with_it(wire: Any) -> None:
    widgets = Widgets(wire)
    widgets.create("w")
    with widgets.wire.watch(widgets.path(watch="1", resourceVersion="0")) as events:
        assert events.take(1)[0]["type"] == "ADDED"
        deleted = widgets.wire.request("DELETE", widgets.crd)
        assert deleted.status == 200
        assert events.take(1)[0]["type"] == "DELETED"
    until(lambda: widgets.wire.request("GET", widgets.crd).status == 404, "the end of the definition")
    until(lambda: widgets.wire.request("GET", widgets.path()).status == 404, "the end of its path")


OPEN_SPEC = {
    "type": "object",
    "properties": {
        "size": {"type": "integer"},
        "deep": {"type": "object", "properties": {"known": {"type": "string"}}},
        "items": {"type": "array", "items": {"type": "object", "properties": {"known": {"type": "string"}}}},
    },
}
OPEN_ROOT = {
    "type": "object",
    "x-kubernetes-preserve-unknown-fields": True,
    "properties": {"spec": OPEN_SPEC, "status": {"type": "object"}},
}
OPEN_BELOW = {
    "type": "object",
    "properties": {
        "spec": {**OPEN_SPEC, "x-kubernetes-preserve-unknown-fields": True},
        "bare": {"type": "object"},
        "entries": {
            "type": "object",
            "additionalProperties": {"type": "object", "properties": {"known": {"type": "string"}}},
        },
    },
}


def applied(widgets: Widgets, name: str, **content: Any) -> Any:
    body = {"apiVersion": widgets.api, "kind": "Widget", "metadata": {"name": name}, **content}
    return widgets.wire.patch(widgets.path(name, fieldManager="m"), body, "application/apply-patch+yaml")


def test_apply_takes_undeclared_fields_below_a_root_that_preserves_them(wire: Any) -> None:
    widgets = Widgets(wire, shared="open root", subresources={"status": {}}, schema={"openAPIV3Schema": OPEN_ROOT})
    spec = {"size": 1, "more": 1, "deep": {"more": [1]}, "items": [{"known": "a", "more": 1}]}
    created = applied(widgets, "a", spec=spec, top={"more": {"x": 1}}, status={"more": 1})
    assert (created.status, created.warnings) == (201, [])
    # Pruning looks at each object alone: only the root keeps what it does not know.
    assert created.document["spec"] == {"size": 1, "deep": {}, "items": [{"known": "a"}]}
    assert created.document["top"] == {"more": {"x": 1}}
    (entry,) = created.document["metadata"]["managedFields"]
    assert entry["fieldsV1"] == {
        "f:spec": {"f:size": {}, "f:more": {}, "f:deep": {"f:more": {}}, "f:items": {}},
        "f:top": {".": {}, "f:more": {".": {}, "f:x": {}}},
    }
    assert applied(widgets, "a", spec={"more": 2}).status == 200


def test_apply_takes_undeclared_fields_below_any_object_that_preserves_them_or_declares_none(wire: Any) -> None:
    widgets = Widgets(wire, shared="open below", schema={"openAPIV3Schema": OPEN_BELOW})
    spec = {"more": 1, "deep": {"more": 1}, "items": [{"more": 1}]}
    created = applied(widgets, "a", spec=spec, bare={"more": {"x": 1}})
    assert (created.status, created.document["spec"], created.document["bare"]) == (
        201,
        {"more": 1, "deep": {}, "items": [{}]},
        {},
    )
    for content in ({"more": 1}, {"entries": {"a": {"more": 1}}}):
        assert applied(widgets, "b", **content).status == 500
    assert applied(widgets, "b", spec={"size": "text"}).status == 500


def test_a_custom_resource_may_have_a_finalizer_without_a_domain(widgets: Widgets) -> None:
    body = widgets.body("finalized")
    body["metadata"]["finalizers"] = ["nodomain", "example.com/a", "orphan"]
    created = widgets.wire.request("POST", widgets.path(), body)
    assert created.status == 201
    (warning,) = created.warnings
    assert "prefer a domain-qualified finalizer name" in warning
    changed = widgets.wire.patch(widgets.path("finalized"), {"metadata": {"labels": {"a": "b"}}})
    assert (changed.status, changed.warnings) == (200, [])
    body["metadata"]["name"], body["metadata"]["finalizers"] = "malformed", ["a/b/c"]
    refused = widgets.wire.request("POST", widgets.path(), body)
    assert (refused.status, refused.causes) == (422, [("FieldValueInvalid", "metadata.finalizers")])


def test_an_integer_beyond_64_bits_is_a_number(wire: Any) -> None:
    widgets = Widgets(wire, shared="open below", schema={"openAPIV3Schema": OPEN_BELOW})
    head = f'{{"apiVersion":"{widgets.api}","kind":"Widget","metadata":{{"name":"n"}},"spec":'
    free = wire.request("POST", widgets.path(dryRun="All"), head + '{"more":12345678901234567890123}}')
    assert (free.status, free.document["spec"]["more"]) == (201, 1.2345678901234568e22)
    typed = wire.request("POST", widgets.path(), head + '{"size":9223372036854775808}}')
    assert (typed.status, ("FieldValueTypeInvalid", "spec.size") in typed.causes) == (422, True)
    for text in ("9" * 5000, "1e400"):
        answer = wire.request("POST", widgets.path(), f'{head}{{"more":{text}}}}}')
        assert (answer.status, answer.reason) == (400, "BadRequest")
