"""Custom resources: definitions and their objects."""

import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from support.polling import wait_until
from support.protobuf_messages import MEDIA_TYPE, envelope, field, object_meta

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
    group: str, *, scope: str = "Namespaced", more_versions: Sequence[str] = (), **version_fields: Any
) -> dict[str, Any]:
    served = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": SCHEMA}, **version_fields}
    names = {"plural": "widgets", "singular": "widget", "kind": "Widget", "shortNames": ["wd"]}
    others = [{**served, "name": name, "storage": False} for name in more_versions]
    spec = {"group": group, "scope": scope, "names": names, "versions": [served, *others]}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"widgets.{group}"},
        "spec": spec,
    }


class Widgets:
    """The custom resource of one definition."""

    def __init__(self, client: Any, *, shared: str = "", **version_fields: Any) -> None:
        """Create a definition, or reuse the shared one, because a real server needs a second for each definition."""
        key = (client.handle.url, shared)
        known = _shared.get(key) if shared else None
        self.client = client
        self.group = known or f"g{next(_numbers)}.example.com"
        self.api = f"{self.group}/v1"
        self.crd = f"{CRDS}/widgets.{self.group}"
        if known is None:
            self.created = client.request("POST", CRDS, definition(self.group, **version_fields))
            assert self.created.status == 201, self.created.body
            wait_until(self.served, "serving the custom resource")
            _shared[key] = self.group

    def served(self) -> bool:
        conditions = self.client.request("GET", self.crd).document["status"].get("conditions") or []
        holds = any(item["type"] == "Established" and item["status"] == "True" for item in conditions)
        return holds and self.client.request("GET", f"/apis/{self.api}/widgets").status == 200

    def path(self, *rest: str, **query: str) -> str:
        path: str = self.client.path("widgets", *rest, group=self.api, **query)
        return path

    def body(self, name: str, spec: Any = None, **more: Any) -> dict[str, Any]:
        spec = {"size": 1} if spec is None else spec
        return {"apiVersion": self.api, "kind": "Widget", "metadata": {"name": name}, "spec": spec, **more}

    def create(self, name: str, spec: Any = None, **more: Any) -> Any:
        return self.client.request("POST", self.path(), self.body(name, spec, **more))


@pytest.fixture
def widgets(client: Any) -> Widgets:
    return Widgets(client, shared="plain")


@pytest.fixture
def full_widgets(client: Any) -> Widgets:
    """Widgets with a status and a scale subresource."""
    scale = {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}
    return Widgets(client, shared="full", subresources={"status": {}, "scale": scale})


def test_definition_is_accepted_and_established(widgets: Widgets) -> None:
    status = widgets.client.request("GET", widgets.crd).document["status"]
    assert {item["type"]: item["status"] for item in status["conditions"]} == {
        "NamesAccepted": "True",
        "Established": "True",
    }
    assert status["acceptedNames"]["plural"] == "widgets"
    assert status["storedVersions"] == ["v1"]
    names = widgets.client.request("GET", widgets.crd).document["spec"]["names"]
    assert names["listKind"] == "WidgetList"


def test_definition_appears_in_discovery(widgets: Widgets) -> None:
    def resource_names() -> Any:
        return widgets.client.request("GET", f"/apis/{widgets.api}").document

    document = wait_until(resource_names, "discovery of the group")
    (resource,) = [item for item in document["resources"] if item["name"] == "widgets"]
    assert (resource["kind"], resource["shortNames"]) == ("Widget", ["wd"])


INVALID_DEFINITIONS = [
    ("a name that does not follow", {"metadata": {"name": "gadgets.x.example.com"}}, "metadata.name"),
    ("no schema", {"schema": None}, "spec.versions[0].schema.openAPIV3Schema"),
    (
        "a field without a type",
        {"schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {"description": "x"}}}}},
        "openAPIV3Schema.properties[spec].type",
    ),
    ("no storage version", {"storage": False}, "spec.versions"),
]


@pytest.mark.parametrize(
    ("change", "field"), [row[1:] for row in INVALID_DEFINITIONS], ids=[r[0] for r in INVALID_DEFINITIONS]
)
def test_incomplete_definitions_are_invalid(client: Any, change: dict[str, Any], field: str) -> None:
    group = f"b{next(_numbers)}.example.com"
    body = definition(group, **{key: value for key, value in change.items() if key != "metadata"})
    body["metadata"] = change.get("metadata", body["metadata"])
    answer = client.request("POST", CRDS, body)
    assert (answer.status, answer.reason) == (422, "Invalid")
    assert any(name.endswith(field) for _, name in answer.causes), answer.causes


def test_items_of_custom_lists_have_a_kind_and_sorted_keys(widgets: Widgets) -> None:
    created = widgets.create("w")
    assert list(created.document) == ["apiVersion", "kind", "metadata", "spec"]
    resource_names = widgets.client.request("GET", widgets.path())
    assert list(resource_names.document) == ["apiVersion", "items", "kind", "metadata"]
    assert resource_names.document["metadata"]["continue"] == ""
    assert list(resource_names.document["items"][0]) == ["apiVersion", "kind", "metadata", "spec"]


def test_defaults_are_set_and_unknown_fields_are_pruned(widgets: Widgets) -> None:
    answer = widgets.create("w", {"size": 2, "shape": "round", "note": None})
    assert answer.document["spec"] == {"size": 2, "color": "red", "note": None}
    assert answer.warnings == ['299 - "unknown field \\"spec.shape\\""']
    assert answer.document["metadata"]["generation"] == 1
    strict = widgets.client.request(
        "POST", widgets.path(fieldValidation="Strict"), widgets.body("x", {"size": 1, "shape": "round"})
    )
    assert (strict.status, strict.reason) == (400, "BadRequest")


INVALID_WIDGETS = [
    ({}, "FieldValueRequired", "spec.size"),
    ({"size": 0}, "FieldValueInvalid", "spec.size"),
    ({"size": "1"}, "FieldValueTypeInvalid", "spec.size"),
    ({"size": 1, "color": "green"}, "FieldValueNotSupported", "spec.color"),
]


@pytest.mark.parametrize(("spec", "reason", "field"), INVALID_WIDGETS)
def test_invalid_values_are_rejected_by_the_schema(
    widgets: Widgets, spec: dict[str, Any], reason: str, field: str
) -> None:
    answer = widgets.create("w", spec)
    assert (answer.status, answer.causes) == (422, [(reason, field)])
    assert answer.document["details"]["kind"] == "Widget"


def test_kind_and_version_are_required_and_must_match(widgets: Widgets) -> None:
    def post(**changes: Any) -> int:
        body = {**widgets.body("w"), **changes}
        status: int = widgets.client.request("POST", widgets.path(), body).status
        return status

    assert post(kind="Gadget") == 422
    assert post(kind="") == 400
    assert post(apiVersion="v1") == 400


def test_update_requires_resource_version_and_strategic_merge_patch_is_unsupported(full_widgets: Widgets) -> None:
    created = full_widgets.create("w")
    for path in (full_widgets.path("w"), full_widgets.path("w", "status")):
        answer = full_widgets.client.request("PUT", path, full_widgets.body("w"))
        assert (answer.status, answer.causes) == (422, [("FieldValueInvalid", "metadata.resourceVersion")])
    body = full_widgets.body("w", {"size": 3})
    body["metadata"]["resourceVersion"] = created.resource_version
    assert full_widgets.client.request("PUT", full_widgets.path("w"), body).document["spec"]["size"] == 3
    strategic = full_widgets.client.patch(full_widgets.path("w"), {}, "application/strategic-merge-patch+json")
    assert (strategic.status, strategic.reason) == (415, "UnsupportedMediaType")


def test_delete_options_of_a_custom_resource_can_be_protobuf(widgets: Widgets) -> None:
    widgets.create("w")
    path, options = widgets.path("w"), envelope("DeleteOptions", "v1", field(1, 0))
    assert widgets.client.request("DELETE", path, options, content_type=MEDIA_TYPE).status == 200
    assert widgets.client.request("GET", path).status == 404


def test_415_of_a_custom_resource_lists_the_accepted_media_types(widgets: Widgets) -> None:
    prefix = "the body of the request was in an unknown format - accepted media types include:"
    post = widgets.client.request("POST", widgets.path(), b"x", content_type="text/plain")
    assert post.document["message"] == f"{prefix} application/json, application/yaml, {MEDIA_TYPE}"
    patch = widgets.client.patch(widgets.path("w"), b"x", MEDIA_TYPE)
    expected = "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
    assert (patch.status, patch.document["message"]) == (415, f"{prefix} {expected}")


@pytest.mark.parametrize("server_handle", ["embedded"], indirect=True)
def test_protobuf_body_of_a_custom_resource_is_415(widgets: Widgets) -> None:
    # kube-apiserver closes the connection.
    body = envelope("Widget", widgets.api, object_meta("w"))
    answer = widgets.client.request("POST", widgets.path(), body, content_type=MEDIA_TYPE)
    assert answer.status == 415
    assert answer.document["message"].endswith("media types include: application/json, application/yaml")


def test_status_is_written_only_through_its_subresource(full_widgets: Widgets) -> None:
    created = full_widgets.create("w", status={"phase": "Mine"})
    assert "status" not in created.document
    ignored = full_widgets.client.patch(full_widgets.path("w"), {"status": {"phase": "Mine"}})
    assert ("status" in ignored.document, ignored.resource_version) == (False, created.resource_version)
    change = {"spec": {"size": 9}, "status": {"phase": "Up"}, "metadata": {"labels": {"via": "status"}}}
    patched = full_widgets.client.patch(full_widgets.path("w", "status"), change)
    assert (patched.document["status"], patched.document["spec"]["size"]) == ({"phase": "Up"}, 1)
    assert "labels" not in patched.document["metadata"]
    assert patched.document["metadata"]["generation"] == 1
    entries = {entry.get("subresource") for entry in patched.document["metadata"]["managedFields"]}
    assert entries == {None, "status"}


def test_status_without_a_subresource_is_an_ordinary_field(widgets: Widgets) -> None:
    created = widgets.create("w", status={"phase": "Mine"})
    assert created.document["status"] == {"phase": "Mine"}
    changed = widgets.client.patch(widgets.path("w"), {"status": {"phase": "Other"}})
    assert changed.document["metadata"]["generation"] == 2
    assert widgets.client.request("GET", widgets.path("w", "status")).status == 404


def test_generation_increases_with_spec_changes(full_widgets: Widgets) -> None:
    full_widgets.create("w")
    labelled = full_widgets.client.patch(full_widgets.path("w"), {"metadata": {"labels": {"a": "b"}}})
    assert labelled.document["metadata"]["generation"] == 1
    changed = full_widgets.client.patch(full_widgets.path("w"), {"spec": {"size": 2}})
    assert changed.document["metadata"]["generation"] == 2


def test_scale_subresource_reads_and_writes_the_replicas(full_widgets: Widgets) -> None:
    full_widgets.create("w", {"size": 1, "replicas": 2})
    scale = full_widgets.client.request("GET", full_widgets.path("w", "scale")).document
    assert (scale["kind"], scale["apiVersion"], scale["spec"]) == ("Scale", "autoscaling/v1", {"replicas": 2})
    patched = full_widgets.client.patch(full_widgets.path("w", "scale"), {"spec": {"replicas": 5}})
    assert (patched.status, patched.document["spec"]) == (200, {"replicas": 5})
    parent = full_widgets.client.request("GET", full_widgets.path("w")).document
    assert (parent["spec"]["replicas"], parent["metadata"]["generation"]) == (5, 2)


def test_custom_resources_support_server_side_apply(widgets: Widgets) -> None:
    apply = "application/apply-patch+yaml"
    path = widgets.path("w", fieldManager="m1")
    created = widgets.client.patch(path, widgets.body("w", {"size": 1, "color": "blue"}), apply)
    assert created.status == 201
    again = widgets.client.patch(path, widgets.body("w", {"size": 1, "color": "blue"}), apply)
    assert (again.status, again.resource_version) == (200, created.resource_version)
    other = widgets.client.patch(widgets.path("w", fieldManager="m2"), widgets.body("w", {"size": 2}), apply)
    assert (other.status, other.causes) == (409, [("FieldManagerConflict", ".spec.size")])


def test_deprecated_version_sends_a_warning(client: Any) -> None:
    widgets = Widgets(client, deprecated=True)
    answer = widgets.create("w")
    assert answer.warnings == [f'299 - "{widgets.api} Widget is deprecated"']


def test_versions_share_the_same_objects(client: Any) -> None:
    widgets = Widgets(client, shared="versions", more_versions=["v1beta1"])
    widgets.create("w")
    old = widgets.client.path("widgets", "w", group=f"{widgets.group}/v1beta1")
    seen = widgets.client.request("GET", old)
    assert seen.document["apiVersion"] == f"{widgets.group}/v1beta1"
    assert seen.resource_version == widgets.client.request("GET", widgets.path("w")).resource_version
    patched = widgets.client.patch(old, {"spec": {"size": 7}})
    assert (patched.status, patched.document["apiVersion"]) == (200, f"{widgets.group}/v1beta1")
    assert widgets.client.request("GET", widgets.path("w")).document["spec"]["size"] == 7
    with widgets.client.watch(widgets.client.path("widgets", group=f"{widgets.group}/v1beta1", watch="1")) as events:
        assert events.take(1)[0]["object"]["apiVersion"] == f"{widgets.group}/v1beta1"
    same = widgets.client.patch(old, {"spec": {"size": 7}})
    assert same.resource_version == patched.resource_version


def test_selectable_fields_can_be_used_in_selectors(client: Any) -> None:
    widgets = Widgets(client, shared="selectable", selectableFields=[{"jsonPath": ".spec.color"}])
    widgets.create("red")
    widgets.create("blue", {"size": 1, "color": "blue"})
    assert widgets.client.request("GET", widgets.path(fieldSelector="spec.color=blue")).names == ["blue"]
    answer = widgets.client.request("GET", widgets.path(fieldSelector="spec.size=1"))
    assert (answer.status, answer.reason) == (400, "BadRequest")


def test_printer_columns_define_the_table(client: Any) -> None:
    columns = [{"name": "Size", "type": "integer", "jsonPath": ".spec.size"}]
    widgets = Widgets(client, shared="columns", additionalPrinterColumns=columns)
    widgets.create("w", {"size": 3})
    table = widgets.client.request(
        "GET", widgets.path(), accept="application/json;as=Table;g=meta.k8s.io;v=v1"
    ).document
    assert [(column["name"], column["type"]) for column in table["columnDefinitions"]] == [
        ("Name", "string"),
        ("Size", "integer"),
    ]
    assert table["rows"][0]["cells"] == ["w", 3]


def test_cluster_scoped_custom_resources_have_no_namespace(client: Any) -> None:
    widgets = Widgets(client, shared="cluster", scope="Cluster")
    path = f"/apis/{widgets.api}/widgets"
    name = widgets.client.namespace
    created = widgets.client.request("POST", path, widgets.body(name))
    assert created.status == 201
    assert "namespace" not in created.document["metadata"]
    assert widgets.client.request("GET", f"{path}/{name}").status == 200
    assert widgets.client.request("GET", widgets.path(name)).status == 404


def test_custom_resources_can_be_listed_as_partial_object_metadata(widgets: Widgets) -> None:
    widgets.create("w")
    accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    document = widgets.client.request("GET", widgets.path(), accept=accept).document
    assert document["kind"] == "PartialObjectMetadataList"
    assert list(document["items"][0]) == ["kind", "apiVersion", "metadata"]


def test_deleting_a_definition_deletes_its_objects(client: Any) -> None:
    widgets = Widgets(client)
    widgets.create("w")
    with widgets.client.watch(widgets.path(watch="1", resourceVersion="0")) as events:
        assert events.take(1)[0]["type"] == "ADDED"
        deleted = widgets.client.request("DELETE", widgets.crd)
        assert deleted.status == 200
        assert events.take(1)[0]["type"] == "DELETED"
    wait_until(lambda: widgets.client.request("GET", widgets.crd).status == 404, "the end of the definition")
    wait_until(lambda: widgets.client.request("GET", widgets.path()).status == 404, "the end of its path")


PRESERVE_SPEC = {
    "type": "object",
    "properties": {
        "size": {"type": "integer"},
        "deep": {"type": "object", "properties": {"known": {"type": "string"}}},
        "items": {"type": "array", "items": {"type": "object", "properties": {"known": {"type": "string"}}}},
    },
}
PRESERVE_AT_ROOT = {
    "type": "object",
    "x-kubernetes-preserve-unknown-fields": True,
    "properties": {"spec": PRESERVE_SPEC, "status": {"type": "object"}},
}
PRESERVE_BELOW = {
    "type": "object",
    "properties": {
        "spec": {**PRESERVE_SPEC, "x-kubernetes-preserve-unknown-fields": True},
        "bare": {"type": "object"},
        "entries": {
            "type": "object",
            "additionalProperties": {"type": "object", "properties": {"known": {"type": "string"}}},
        },
    },
}


def apply_widget(widgets: Widgets, name: str, **content: Any) -> Any:
    body = {"apiVersion": widgets.api, "kind": "Widget", "metadata": {"name": name}, **content}
    return widgets.client.patch(widgets.path(name, fieldManager="m"), body, "application/apply-patch+yaml")


def test_apply_accepts_undeclared_fields_below_a_root_that_preserves_unknown_fields(client: Any) -> None:
    widgets = Widgets(
        client, shared="open root", subresources={"status": {}}, schema={"openAPIV3Schema": PRESERVE_AT_ROOT}
    )
    spec = {"size": 1, "more": 1, "deep": {"more": [1]}, "items": [{"known": "a", "more": 1}]}
    created = apply_widget(widgets, "a", spec=spec, top={"more": {"x": 1}}, status={"more": 1})
    assert (created.status, created.warnings) == (201, [])
    # Pruning does not inherit the setting: only the root keeps undeclared fields.
    assert created.document["spec"] == {"size": 1, "deep": {}, "items": [{"known": "a"}]}
    assert created.document["top"] == {"more": {"x": 1}}
    (entry,) = created.document["metadata"]["managedFields"]
    assert entry["fieldsV1"] == {
        "f:spec": {"f:size": {}, "f:more": {}, "f:deep": {"f:more": {}}, "f:items": {}},
        "f:top": {".": {}, "f:more": {".": {}, "f:x": {}}},
    }
    assert apply_widget(widgets, "a", spec={"more": 2}).status == 200


def test_apply_accepts_undeclared_fields_below_objects_that_preserve_unknown_fields_or_declare_none(
    client: Any,
) -> None:
    widgets = Widgets(client, shared="open below", schema={"openAPIV3Schema": PRESERVE_BELOW})
    spec = {"more": 1, "deep": {"more": 1}, "items": [{"more": 1}]}
    created = apply_widget(widgets, "a", spec=spec, bare={"more": {"x": 1}})
    assert (created.status, created.document["spec"], created.document["bare"]) == (
        201,
        {"more": 1, "deep": {}, "items": [{}]},
        {},
    )
    for content in ({"more": 1}, {"entries": {"a": {"more": 1}}}):
        assert apply_widget(widgets, "b", **content).status == 500
    assert apply_widget(widgets, "b", spec={"size": "text"}).status == 500


def test_custom_resource_allows_an_unqualified_finalizer_with_a_warning(widgets: Widgets) -> None:
    body = widgets.body("finalized")
    body["metadata"]["finalizers"] = ["nodomain", "example.com/a", "orphan"]
    created = widgets.client.request("POST", widgets.path(), body)
    assert created.status == 201
    (warning,) = created.warnings
    assert "prefer a domain-qualified finalizer name" in warning
    changed = widgets.client.patch(widgets.path("finalized"), {"metadata": {"labels": {"a": "b"}}})
    assert (changed.status, changed.warnings) == (200, [])
    body["metadata"]["name"], body["metadata"]["finalizers"] = "malformed", ["a/b/c"]
    refused = widgets.client.request("POST", widgets.path(), body)
    assert (refused.status, refused.causes) == (422, [("FieldValueInvalid", "metadata.finalizers")])


def test_integer_beyond_64_bits_is_a_float(client: Any) -> None:
    widgets = Widgets(client, shared="open below", schema={"openAPIV3Schema": PRESERVE_BELOW})
    head = f'{{"apiVersion":"{widgets.api}","kind":"Widget","metadata":{{"name":"n"}},"spec":'
    free = client.request("POST", widgets.path(dryRun="All"), head + '{"more":12345678901234567890123}}')
    assert (free.status, free.document["spec"]["more"]) == (201, 1.2345678901234568e22)
    typed = client.request("POST", widgets.path(), head + '{"size":9223372036854775808}}')
    assert (typed.status, ("FieldValueTypeInvalid", "spec.size") in typed.causes) == (422, True)
    for text in ("9" * 5000, "1e400"):
        answer = client.request("POST", widgets.path(), f'{head}{{"more":{text}}}}}')
        assert (answer.status, answer.reason) == (400, "BadRequest")
