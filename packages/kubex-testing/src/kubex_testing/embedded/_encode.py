"""Encode objects with the key order of kube-apiserver. Each format is encoded once per revision."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from ._messages import Response
from ._negotiation import JSON, YAML, Representation
from ._registry import ResourceType
from ._store import StoredObject

_METADATA_ORDER = (
    "name",
    "generateName",
    "namespace",
    "selfLink",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "labels",
    "annotations",
    "ownerReferences",
    "finalizers",
    "managedFields",
)
# kube-apiserver encodes the status after all other fields.
TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
_LAST_KEYS = ("status",)
_encode_compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_encode_sorted = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode


def dumps(document: Any) -> bytes:
    """Encode as compact JSON with the keys in their order."""
    return _encode_compact(document).encode("utf-8", "surrogatepass")


def ordered_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata of an object with its keys in the order of kube-apiserver."""
    ordered = {key: metadata[key] for key in _METADATA_ORDER if key in metadata}
    for key in ("labels", "annotations"):
        if key in ordered:
            ordered[key] = dict(sorted(ordered[key].items()))
    return ordered


def item_bytes(resource: ResourceType, stored: StoredObject) -> bytes:
    """Encode an object as a list item. Items of built-in kinds do not contain `kind` and `apiVersion`."""
    if resource.custom is not None:
        return object_bytes(resource, stored)
    key = "item" if resource.conversion is None else f"item/{resource.api_version}"
    encoded = stored.encoded.get(key)
    if encoded is None:
        encoded = stored.encoded[key] = dumps(_ordered_body(resource.present(stored.object)))
    return encoded


def object_bytes(resource: ResourceType, stored: StoredObject) -> bytes:
    """Encode a complete object."""
    encoded = stored.encoded.get(resource.api_version)
    if encoded is not None:
        return encoded
    if resource.custom is not None:
        document = {**stored.object, "apiVersion": resource.api_version, "kind": resource.kind}
        encoded = _encode_sorted(document).encode("utf-8", "surrogatepass")
    else:
        # Reuse the encoded list item: only insert the kind and the version at its start.
        head = dumps({"kind": resource.kind, "apiVersion": resource.api_version})
        encoded = head[:-1] + b"," + item_bytes(resource, stored)[1:]
    stored.encoded[resource.api_version] = encoded
    return encoded


def partial_bytes(stored: StoredObject, version: str = "v1") -> bytes:
    """Encode only the metadata, as PartialObjectMetadata."""
    key = f"partial/{version}"
    encoded = stored.encoded.get(key)
    if encoded is None:
        document = {
            "kind": "PartialObjectMetadata",
            "apiVersion": f"meta.k8s.io/{version}",
            "metadata": ordered_metadata(_internal_metadata(stored.object)),
        }
        encoded = stored.encoded[key] = dumps(document)
    return encoded


def _internal_metadata(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata without the annotation that kube-apiserver computes from the spec of a DaemonSet."""
    metadata: dict[str, Any] = document["metadata"]
    if document.get("kind") != "DaemonSet" or TEMPLATE_GENERATION not in metadata.get("annotations", ()):
        return metadata
    annotations = {key: value for key, value in metadata["annotations"].items() if key != TEMPLATE_GENERATION}
    kept = {key: value for key, value in metadata.items() if key != "annotations"}
    return {**kept, "annotations": annotations} if annotations else kept


def list_bytes(
    kind: str, api_version: str, metadata: Mapping[str, Any], items: Iterable[bytes], *, alphabetical: bool = False
) -> bytes:
    """Encode a list of encoded items. kube-apiserver sorts the keys of lists of custom resources."""
    body = b'"items":[' + b",".join(items) + b"]"
    kind_part, version_part = b'"kind":' + dumps(kind), b'"apiVersion":' + dumps(api_version)
    metadata_part = b'"metadata":' + dumps(metadata)
    if alphabetical:
        parts = (version_part, body, kind_part, metadata_part)
    else:
        parts = (kind_part, version_part, metadata_part, body)
    return b"{" + b",".join(parts) + b"}"


def render(
    status: int, body: bytes, representation: Representation, headers: Iterable[tuple[str, str]] = ()
) -> Response:
    """Return the response for a compact JSON document, in the negotiated format."""
    if representation.media == YAML:
        body = yaml.dump(json.loads(body), Dumper=yaml.SafeDumper, allow_unicode=True).encode()
        return Response(status, [("Content-Type", YAML), *headers], body)
    if representation.pretty:
        body = json.dumps(json.loads(body), indent=2, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return Response(status, [("Content-Type", JSON), *headers], body + b"\n")


def _ordered_body(document: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {"metadata": ordered_metadata(document["metadata"])}
    skipped = ("kind", "apiVersion", "metadata", *_LAST_KEYS)
    body.update({key: value for key, value in document.items() if key not in skipped})
    body.update({key: document[key] for key in _LAST_KEYS if key in document})
    return body
