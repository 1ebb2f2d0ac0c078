"""An OpenAPI v3 document with custom resources that have problematic names and types."""

from typing import Any

GROUP = "example.com"


def operation(kind: str, action: str) -> dict[str, Any]:
    """Return an operation on a kind."""
    named = {"group": GROUP, "version": "v1", "kind": kind}
    return {"x-kubernetes-action": action, "x-kubernetes-group-version-kind": named}


def paths(kind: str, plural: str, *subresources: str, namespaced: bool = True) -> dict[str, Any]:
    """Return the paths of a custom resource, without paths below /watch/."""
    root = f"/apis/{GROUP}/v1"
    home = f"{root}/namespaces/{{namespace}}/{plural}" if namespaced else f"{root}/{plural}"
    whole = {"get": "get", "put": "put", "patch": "patch"}
    found: dict[str, Any] = {
        f"{root}/{plural}": {"get": operation(kind, "list")},
        home: {
            "get": operation(kind, "list"),
            "post": operation(kind, "post"),
            "delete": operation(kind, "deletecollection"),
        },
        f"{home}/{{name}}": {
            method: operation(kind, action) for method, action in {**whole, "delete": "delete"}.items()
        },
    }
    for name in subresources:
        served = "Scale" if name == "scale" else kind
        found[f"{home}/{{name}}/{name}"] = {method: operation(served, action) for method, action in whole.items()}
    return found


def kind(name: str, spec: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the schema of a custom resource."""
    meta = {"allOf": [{"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}]}
    return {
        "type": "object",
        "description": f'A {name} "quoted"\\ and\n\nwith paragraphs.',
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": meta,
            "spec": spec,
            **more,
        },
        "required": ["spec"],
        "x-kubernetes-group-version-kind": [{"group": GROUP, "version": "v1", "kind": name}],
    }


STRING = {"type": "string"}

WIDGET_SPEC: dict[str, Any] = {
    "type": "object",
    "required": ["size", "parts", "maybe"],
    "properties": {
        "size": {"type": "integer", "description": "How big it is."},
        "maybe": {"type": "string", "nullable": True},
        "parts": {
            "type": "array",
            "items": {"type": "object", "properties": {"from": STRING, "fooURL": STRING}, "required": ["from"]},
        },
        "port": {"x-kubernetes-int-or-string": True},
        "template": {"type": "object", "x-kubernetes-embedded-resource": True, "properties": {"kind": STRING}},
        "free": {"x-kubernetes-preserve-unknown-fields": True},
        "kept": {"type": "object", "properties": {"a": STRING}, "x-kubernetes-preserve-unknown-fields": True},
        "since": {"type": "string", "format": "date-time"},
        "labels": {"type": "object", "additionalProperties": {"type": "string", "nullable": True}},
        "limits": {"type": "object", "additionalProperties": {"type": "object", "properties": {"max": STRING}}},
        "matrix": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
        "global": {"type": "boolean"},
        "list": {"type": "array", "items": STRING},
        "dict": {"type": "object"},
        "snake_case": STRING,
        "x-dashed": STRING,
        "modes": {"type": "array", "items": {"type": "string", "enum": ["A", "B"]}},
    },
}

SCHEMAS: dict[str, Any] = {
    "com.example.v1.Widget": kind("Widget", WIDGET_SPEC, status={"type": "object"}),
    # Kinds with the names of base classes of models.
    "com.example.v1.Model": kind("Model", {"type": "object", "properties": {"any": {}}}),
    "com.example.v1.Resource": kind("Resource", {"type": "object", "properties": {"time": {"format": "date-time"}}}),
    # The class of its nested spec would have the name of the kind WidgetSpec.
    "com.example.v1.WidgetSpec": kind("WidgetSpec", {"type": "object", "properties": {"a": STRING}}),
    "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta": {"type": "object", "properties": {"name": STRING}},
}

PATHS: dict[str, Any] = {
    **paths("Widget", "widgets", "status", "scale"),
    **paths("Model", "models", namespaced=False),
    **paths("Resource", "resources"),
    **paths("WidgetSpec", "widgetspecs"),
}

DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.0",
    "info": {"title": "Kubernetes", "version": "unversioned"},
    "paths": PATHS,
    "components": {"schemas": SCHEMAS},
}
