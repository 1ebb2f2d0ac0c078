"""Generate the table of built-in schemas from the OpenAPI v2 document of kube-apiserver."""

import json
from collections.abc import Iterator
from typing import Any

from .json_types import JsonObject, is_array, is_object

KINDS = {
    "": [
        "Binding", "ConfigMap", "Endpoints", "Event", "Namespace", "Node", "Pod", "Secret", "Service", "ServiceAccount",
    ],
    "apiextensions.k8s.io": ["CustomResourceDefinition"],
    "apps": ["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"],
    "authentication.k8s.io": ["SelfSubjectReview", "TokenRequest", "TokenReview"],
    "authorization.k8s.io": [
        "LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview",
    ],
    "autoscaling": ["Scale"],
    "batch": ["Job"],
    "certificates.k8s.io": ["CertificateSigningRequest"],
    "coordination.k8s.io": ["Lease"],
    "policy": ["Eviction", "PodDisruptionBudget"],
}  # fmt: skip
_PREFIX = "#/definitions/"
_PACKAGES = (
    "io.k8s.api.",
    "io.k8s.apimachinery.pkg.apis.",
    "io.k8s.apiextensions-apiserver.pkg.apis.",
)
_SCALARS = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "any",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "micro-time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "time",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "int-or-string",
}
_FORMATS = {"byte": "bytes", "int32": "int32", "int64": "int64"}


def table_from_openapi(document: JsonObject) -> bytes:
    """Return the table for the kinds in KINDS, with one type in each line. The result is deterministic.

    Raises:
        KeyError: the document does not contain one of the kinds.
    """
    definitions: JsonObject = document["definitions"]
    kinds = {f"{group}/{kind}": name for group, kind, name in _kind_names(definitions)}
    selected = {f"{group}/v1/{kind}": kinds[f"{group}/{kind}"] for group, names in KINDS.items() for kind in names}
    types: JsonObject = {}
    pending = [*selected.values(), f"{_PACKAGES[1]}meta.v1.ObjectMeta", f"{_PACKAGES[1]}meta.v1.DeleteOptions"]
    while pending:
        name = pending.pop()
        if _short_name(name) not in types and _scalar_kind(name, definitions) is None:
            types[_short_name(name)] = _type_definition(definitions[name], definitions)
            pending += _references(definitions[name])
    short = {key: _short_name(name) for key, name in selected.items()} | {"/v1/DeleteOptions": "meta.v1.DeleteOptions"}
    lines = ",\n".join(f"{_compact(name)}:{_compact(types[name])}" for name in sorted(types))
    return f'{{"kinds":{_compact(short)},\n"types":{{\n{lines}\n}}}}\n'.encode()


def _kind_names(definitions: JsonObject) -> Iterator[tuple[str, str, str]]:
    for name, definition in definitions.items():
        for entry in definition.get("x-kubernetes-group-version-kind", ()):
            if entry["version"] == "v1" and not name.endswith("List"):
                yield entry["group"], entry["kind"], name


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def _short_name(name: str) -> str:
    for package in _PACKAGES:
        name = name.removeprefix(package)
    return name


def _references(node: Any) -> Iterator[str]:
    if is_object(node):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                yield value.removeprefix(_PREFIX)
            else:
                yield from _references(value)
    elif is_array(node):
        for value in node:
            yield from _references(value)


def _scalar_kind(name: str, definitions: JsonObject) -> str | None:
    """Return the kind of a definition that is not a struct, or None. The table contains it where it is used."""
    return _SCALARS.get(name) or (None if "properties" in definitions[name] else "any")


def _type_definition(definition: JsonObject, definitions: JsonObject) -> JsonObject:
    fields = {key: _field_definition(value, definitions) for key, value in definition["properties"].items()}
    atomic = {"atomic": True} if definition.get("x-kubernetes-map-type") == "atomic" else {}
    return {"fields": fields, **atomic}


def _field_definition(node: JsonObject, definitions: JsonObject) -> Any:
    extra: JsonObject = {}
    if strategy := node.get("x-kubernetes-patch-strategy"):
        extra["strategy"] = strategy
    if node.get("x-kubernetes-map-type") == "atomic":
        extra["atomic"] = True
    if reference := node.get("$ref"):
        name = reference.removeprefix(_PREFIX)
        scalar = _scalar_kind(name, definitions)
        plain = scalar or f"@{_short_name(name)}"
        return {"ref": _short_name(name), **extra} if extra and scalar is None else plain
    if node["type"] == "array":
        return {"list": _field_definition(node["items"], definitions), **extra, **_list_options(node)}
    if node["type"] == "object":
        additional = node.get("additionalProperties")
        return {"map": _field_definition(additional, definitions), **extra} if is_object(additional) else "any"
    if node["type"] == "integer":
        return _FORMATS.get(node.get("format", ""), "int64")
    return _FORMATS.get(node.get("format", ""), node["type"])


def _list_options(node: JsonObject) -> JsonObject:
    options = {
        "type": node.get("x-kubernetes-list-type"),
        "keys": node.get("x-kubernetes-list-map-keys"),
        "merge": node.get("x-kubernetes-patch-merge-key"),
    }
    return {key: value for key, value in options.items() if value and value != "atomic"}
