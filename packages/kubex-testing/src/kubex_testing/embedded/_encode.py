"""Encode objects with the key order of kube-apiserver. Each format is encoded once per revision."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import yaml

from ._messages import Response
from ._negotiation import JSON, YAML, Representation
from ._registry import ResourceType
from ._stored_object import StoredObject, dumps, encode_item, ordered_metadata

__all__ = [
    "TEMPLATE_GENERATION",
    "dumps",
    "item_bytes",
    "list_bytes",
    "object_bytes",
    "ordered_metadata",
    "partial_bytes",
    "render",
]

TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
_encode_sorted = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode


def item_bytes(resource: ResourceType, stored: StoredObject) -> bytes:
    """Encode an object as a list item. Items of built-in kinds do not contain `kind` and `apiVersion`."""
    if resource.custom is not None:
        return object_bytes(resource, stored)
    if resource.conversion is None:
        return stored.item
    key = f"item/{resource.api_version}"
    encoded = stored.encoded.get(key)
    if encoded is None:
        encoded = stored.encoded[key] = encode_item(resource.present(stored.object))
    return encoded


def object_bytes(resource: ResourceType, stored: StoredObject) -> bytes:
    """Encode a complete object."""
    if resource.custom is None:
        # Reuse the encoded list item: only insert the kind and the version at its start.
        return _head(resource.kind, resource.api_version) + item_bytes(resource, stored)[1:]
    encoded = stored.encoded.get(resource.api_version)
    if encoded is None:
        document = {**stored.object, "apiVersion": resource.api_version, "kind": resource.kind}
        encoded = stored.encoded[resource.api_version] = _encode_sorted(document).encode("utf-8", "surrogatepass")
    return encoded


@cache
def _head(kind: str, api_version: str) -> bytes:
    return dumps({"kind": kind, "apiVersion": api_version})[:-1] + b","


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
