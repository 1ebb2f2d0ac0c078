"""The OpenAPI documents of custom resources, which appear when a definition is established."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from support.polling import wait_until

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
GROUP = "openapi.example.com"
GVK = "x-kubernetes-group-version-kind"
STRING = {"type": "string"}
RULES: dict[str, Any] = {
    "type": "object",
    "description": "A gadget.",
    "required": ["spec"],
    "properties": {
        "metadata": {"type": "object", "properties": {"name": {**STRING, "maxLength": 20}}},
        "spec": {
            "type": "object",
            "required": ["color", "options"],
            "properties": {
                "color": {**STRING, "enum": ["red", "blue"], "default": "red", "example": "red"},
                "options": {"type": "object", "nullable": True, "properties": {"a": STRING}},
                "port": {"x-kubernetes-int-or-string": True},
                "free": {
                    "type": "object",
                    "x-kubernetes-preserve-unknown-fields": True,
                    "properties": {"x": STRING},
                },
                "array": {"type": "array", "x-kubernetes-preserve-unknown-fields": True, "items": STRING},
                "entries": {
                    "type": "array",
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["name"],
                    "items": {"type": "object", "required": ["name"], "properties": {"name": STRING}},
                },
                "labels": {"type": "object", "additionalProperties": STRING, "x-kubernetes-map-type": "atomic"},
                "template": {
                    "type": "object",
                    "x-kubernetes-embedded-resource": True,
                    "properties": {"spec": {"type": "object"}},
                },
                "choice": {
                    "type": "object",
                    "properties": {"a": STRING, "b": {"type": "number", "multipleOf": 0.5, "minimum": 1.5}},
                    "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
                    "not": {"properties": {"a": {"enum": ["x"]}}},
                },
            },
        },
    },
}
METADATA = {"$ref": "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
REFERENCE = {"allOf": [{"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}]}
ENTRIES = RULES["properties"]["spec"]["properties"]["entries"]
LABELS = RULES["properties"]["spec"]["properties"]["labels"]
SELECTABLE = {"x-kubernetes-selectable-fields": [{"fieldPath": "spec.color"}]}
V3_SPEC = {
    **RULES["properties"]["spec"]["properties"],
    "port": {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": True},
    "template": {
        "type": "object",
        "required": ["kind", "apiVersion"],
        "x-kubernetes-embedded-resource": True,
        "properties": {"apiVersion": STRING, "kind": STRING, "metadata": REFERENCE, "spec": {"type": "object"}},
    },
}
V3_SCHEMA = {
    "type": "object",
    "description": "A gadget.",
    "required": ["spec"],
    "properties": {
        "apiVersion": STRING,
        "kind": STRING,
        "metadata": REFERENCE,
        "spec": {"type": "object", "required": ["color", "options"], "properties": V3_SPEC},
    },
    **SELECTABLE,
}
V2_SPEC = {
    "color": {**STRING, "enum": ["red", "blue"], "example": "red"},
    "options": {},
    "port": {"x-kubernetes-int-or-string": True},
    "free": {"x-kubernetes-preserve-unknown-fields": True},
    "array": {"x-kubernetes-preserve-unknown-fields": True},
    "entries": ENTRIES,
    "labels": LABELS,
    "template": {
        "type": "object",
        "required": ["kind", "apiVersion"],
        "x-kubernetes-embedded-resource": True,
        "properties": {"apiVersion": STRING, "kind": STRING, "metadata": METADATA, "spec": {"type": "object"}},
    },
    "choice": {
        "type": "object",
        "properties": {"a": STRING, "b": {"type": "number", "multipleOf": 0.5, "minimum": 1.5}},
    },
}
V2_SCHEMA = {
    "type": "object",
    "description": "A gadget.",
    "required": ["spec"],
    "properties": {
        "apiVersion": STRING,
        "kind": STRING,
        "metadata": METADATA,
        "spec": {"type": "object", "required": ["color"], "properties": V2_SPEC},
    },
    **SELECTABLE,
}


def without_texts(schema: Any) -> Any:
    """Return a schema without the descriptions of apiVersion, kind and metadata, which are texts of Kubernetes."""
    text = json.dumps(schema)
    return json.loads(text, object_hook=_without_long_description)


def _without_long_description(value: dict[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key != "description" or item == "A gadget."}


def url_of(client: Any, name: str) -> str:
    """Return the URL of a document in the index."""
    url: str = client.request("GET", "/openapi/v3").document["paths"][name]["serverRelativeURL"]
    return url


@pytest.fixture
def name(client: Any) -> Iterator[str]:
    """Create the definition, wait until the documents contain it, and return the name of its schema."""
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": RULES},
        "selectableFields": [{"jsonPath": ".spec.color"}],
        "subresources": {"status": {}, "scale": {"specReplicasPath": ".spec.n", "statusReplicasPath": ".status.n"}},
    }
    group = f"{client.namespace}.{GROUP}"
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"gadgets.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": "gadgets", "kind": "Gadget"},
            "versions": [version],
        },
    }
    assert client.request("POST", CRDS, definition).status == 201
    wait_until(lambda: f"apis/{group}/v1" in client.request("GET", "/openapi/v3").document["paths"])
    yield f"com.example.openapi.{client.namespace}.v1.Gadget"
    client.request("DELETE", f"{CRDS}/gadgets.{group}")
    wait_until(lambda: f"apis/{group}/v1" not in client.request("GET", "/openapi/v3").document["paths"])


def test_v3_schema_contains_the_schema_of_the_definition(client: Any, name: str) -> None:
    document = client.request("GET", f"/openapi/v3/apis/{client.namespace}.{GROUP}/v1").document
    schema = document["components"]["schemas"][name]
    assert without_texts(schema) == V3_SCHEMA | {
        GVK: [{"group": f"{client.namespace}.{GROUP}", "version": "v1", "kind": "Gadget"}]
    }
    assert f"{name}List" in document["components"]["schemas"]


def test_v2_definition_omits_what_kubectl_cannot_read(client: Any, name: str) -> None:
    definitions = wait_until(lambda: v2_definitions(client, name))
    assert without_texts(definitions[name]) == V2_SCHEMA | {
        GVK: [{"group": f"{client.namespace}.{GROUP}", "version": "v1", "kind": "Gadget"}]
    }


def v2_definitions(client: Any, name: str) -> Any:
    definitions = client.request("GET", "/openapi/v2").document["definitions"]
    return definitions if name in definitions else None


def test_operations_do_not_support_strategic_merge_patches(client: Any, name: str) -> None:
    group = f"{client.namespace}.{GROUP}"
    paths = client.request("GET", f"/openapi/v3/apis/{group}/v1").document["paths"]
    item = f"/apis/{group}/v1/namespaces/{{namespace}}/gadgets/{{name}}"
    patch = paths[item]["patch"]
    content = [media_type for media_type in patch["requestBody"]["content"] if "cbor" not in media_type]
    assert sorted(content) == [
        "application/apply-patch+yaml",
        "application/json-patch+json",
        "application/merge-patch+json",
    ]
    assert "fieldValidation" in [parameter["name"] for parameter in patch["parameters"]]
    assert {f"{item}/scale", f"{item}/status", f"/apis/{group}/v1/gadgets"} <= paths.keys()
    assert paths[f"{item}/scale"]["get"][GVK]["kind"] == "Gadget"


def test_documents_change_with_the_definition(client: Any, name: str) -> None:
    group = f"{client.namespace}.{GROUP}"
    before, v2_etag = url_of(client, f"apis/{group}/v1"), client.request("GET", "/openapi/v2").header("ETag")
    others = url_of(client, "api/v1")
    patch = [{"op": "add", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/more", "value": STRING}]
    path = f"{CRDS}/gadgets.{group}"
    assert client.patch(path, patch, "application/json-patch+json").status == 200
    after = wait_until(lambda: url if (url := url_of(client, f"apis/{group}/v1")) != before else "")
    schema = client.request("GET", after).document["components"]["schemas"][name]
    assert "more" in schema["properties"]
    assert client.request("GET", before).status == 301
    assert url_of(client, "api/v1") == others
    wait_until(lambda: client.request("GET", "/openapi/v2").header("ETag") != v2_etag)
