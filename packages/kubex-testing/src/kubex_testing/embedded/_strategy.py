"""What the kinds do to objects on their way in: decoding rules, defaults, validation, generation, status."""

from collections.abc import Sequence
from typing import Any

from kubex_testing._objects.json_types import JsonObject, json_copy, object_at

from . import _errors as errors
from ._cluster import Call
from ._decode import Body
from ._options import WriteOptions
from ._registry import ResourceType

_SYSTEM_FIELDS = ("kind", "apiVersion", "metadata", "status")


def check_type(resource: ResourceType, document: JsonObject) -> None:
    """Check `kind` and `apiVersion` of a body and fill what is missing; raises 400 (422 for a custom kind)."""
    kind, version = document.get("kind"), document.get("apiVersion")
    if resource.custom is not None:
        _check_custom_type(resource, document, kind, version)
    elif kind not in (None, "", resource.kind):
        raise errors.bad_request(
            f'{kind} in version "{version or resource.version}" cannot be handled as a {resource.kind}: '
            f"converting ({resource.version}.{kind}) to (core.{resource.kind}): unknown conversion"
        )
    elif version not in (None, "", resource.api_version):
        raise errors.bad_request(
            f'{resource.kind} in version "{version}" cannot be handled as a {resource.kind}: '
            f'no kind "{resource.kind}" is registered for version "{version}"'
        )
    document["kind"], document["apiVersion"] = resource.kind, resource.api_version
    if document.get("metadata") is None:
        document["metadata"] = {}


def _check_custom_type(resource: ResourceType, document: JsonObject, kind: Any, version: Any) -> None:
    if not kind:
        raise errors.bad_request("Object 'Kind' is missing in the body of the request")
    if version != resource.api_version:
        raise errors.bad_request(
            f"the API version in the data ({version or ''}) does not match the expected API version "
            f"({resource.api_version})"
        )
    if kind != resource.kind:
        name = object_at(document, "metadata").get("name") or ""
        message = f'Invalid value: "{kind}": must be {resource.kind}'
        raise errors.invalid(resource.kind, resource.group, name, [errors.cause("FieldValueInvalid", message, "kind")])


def admit_body(call: Call, body: Body, options: WriteOptions, *, patched: bool = False) -> JsonObject:
    """Return the object of a body with unknown fields gone and defaults set; warns or raises as `fieldValidation` says."""
    document = body.document
    return document


def validate(call: Call, new: JsonObject, old: JsonObject | None, subresource: str = "") -> None:
    """Check an object against the rules of its kind; raises 422."""


def raise_causes(resource: ResourceType, name: str, causes: Sequence[Any]) -> None:
    """Raise 422 when there are causes."""
    if causes:
        raise errors.invalid(resource.kind, resource.group, name, [item.as_dict() for item in causes])


def prepare_create(resource: ResourceType, new: JsonObject) -> None:
    """Reset what a client cannot set on a new object."""
    if resource.has("status") and resource.bucket != "namespaces.":
        new.pop("status", None)
    if resource.tracks_generation:
        new["metadata"]["generation"] = 1


def prepare_update(resource: ResourceType, new: JsonObject, old: JsonObject, subresource: str) -> JsonObject:
    """Keep what this write may not change, and count the generation; returns the object to store."""
    if subresource == "status":
        return _status_update(resource, new, old)
    if resource.has("status"):
        _carry(new, old, "status")
    if resource.tracks_generation:
        generation = old["metadata"].get("generation", 1)
        new["metadata"]["generation"] = generation + (1 if _desired(resource, new) != _desired(resource, old) else 0)
    return new


def _status_update(resource: ResourceType, new: JsonObject, old: JsonObject) -> JsonObject:
    """Take the status, and from the metadata what the kind lets through its status subresource."""
    result = {key: value for key, value in old.items() if key != "status"}
    if "status" in new:
        result["status"] = new["status"]
    metadata = new["metadata"]
    if resource.custom is not None or resource.bucket == "customresourcedefinitions.apiextensions.k8s.io":
        metadata = {**old["metadata"]}
        for key in ("managedFields", "resourceVersion"):
            _carry(metadata, new["metadata"], key)
    elif resource.group == "apps":
        _carry(metadata, old["metadata"], "labels")
    _carry(metadata, old["metadata"], "generation")
    result["metadata"] = metadata
    return result


def _desired(resource: ResourceType, document: JsonObject) -> JsonObject:
    """Return the part of an object whose change counts as a new generation."""
    skipped = ("kind", "apiVersion", "metadata") if not resource.has("status") else _SYSTEM_FIELDS
    desired = {key: value for key, value in document.items() if key not in skipped}
    if resource.kind == "Deployment" and resource.custom is None:
        desired["annotations"] = document["metadata"].get("annotations") or {}
    return desired


def _carry(target: JsonObject, source: JsonObject, key: str) -> None:
    if key in source:
        target[key] = json_copy(source[key])
    else:
        target.pop(key, None)
