"""Encode objects and lists in the negotiated format: complete, only metadata, or a table."""

from collections.abc import Sequence
from typing import Any

from . import _errors as errors
from ._cluster import Call
from ._encode import dumps, item_bytes, list_bytes, object_bytes, partial_bytes, render
from ._messages import RecordedRequest, Response
from ._negotiation import AsKind, Representation, negotiate
from ._pagination import Page
from ._registry import ResourceType
from ._store import StoredObject

AS_KINDS: tuple[AsKind, ...] = ("PartialObjectMetadata", "PartialObjectMetadataList", "Table")


def negotiate_object(request: RecordedRequest, *, watch: bool = False) -> Representation:
    """Return the negotiated representation for objects. Raises 406."""
    return negotiate(request, as_kinds=AS_KINDS, watch=watch)


def encode_object(
    resource: ResourceType, stored: StoredObject, representation: Representation, request: RecordedRequest
) -> bytes:
    """Encode one object in the negotiated format. Raises 406 if that is the format of a list."""
    if not representation.as_kind:
        return object_bytes(resource, stored)
    if representation.as_kind == "PartialObjectMetadata":
        return partial_bytes(stored, representation.version)
    if representation.as_kind == "Table":
        metadata = {"resourceVersion": stored.object["metadata"].get("resourceVersion", "")}
        from ._tables import parse_include_object, table_bytes

        return table_bytes(resource, [stored], metadata, representation.version, parse_include_object(request.query))
    if resource.custom is not None:
        raise errors.internal("content is not a list")
    raise errors.not_acceptable(
        f"you requested PartialObjectMetadataList, but the requested object is not a list ({_go_type(resource)})"
    )


def _go_type(resource: ResourceType, kind: str = "") -> str:
    """Return the name of the Go type of a kind, such as `*apps.Deployment`."""
    if resource.custom is not None:
        return "*unstructured.UnstructuredList"
    return f"*{resource.group.partition('.')[0] or 'core'}.{kind or resource.kind}"


def object_response(call: Call, status: int, stored: StoredObject, representation: Representation) -> Response:
    """Return a response with one object."""
    body = encode_object(call.resource, stored, representation, call.request)
    return render(status, body, representation)


def list_response(call: Call, page: Page, representation: Representation) -> Response:
    """Return a response with a list."""
    resource, as_kind, version = call.resource, representation.as_kind, representation.version
    metadata = page.metadata(custom=resource.custom is not None and not as_kind)
    if as_kind == "PartialObjectMetadata":
        kind = resource.list_kind or f"{resource.kind}List"
        raise errors.not_acceptable(
            f"you requested PartialObjectMetadata, but the requested object is a list ({_go_type(resource, kind)})"
        )
    if as_kind == "Table":
        from ._tables import parse_include_object, table_bytes

        body = table_bytes(resource, page.items, metadata, version, parse_include_object(call.request.query))
    elif as_kind == "PartialObjectMetadataList":
        items = [partial_bytes(item, version) for item in page.items]
        body = list_bytes(as_kind, f"meta.k8s.io/{version}", metadata, items)
        if not items:
            # In Go, this list without items is nil.
            body = body.replace(b'"items":[]', b'"items":null')
    else:
        body = encode_list(resource, page.items, metadata)
    return render(200, body, representation)


def encode_list(resource: ResourceType, items: Sequence[StoredObject], metadata: dict[str, Any]) -> bytes:
    """Encode a list of complete objects."""
    encoded = [item_bytes(resource, item) for item in items]
    kind = resource.list_kind or f"{resource.kind}List"
    return list_bytes(kind, resource.api_version, metadata, encoded, alphabetical=resource.custom is not None)


def encode_success_status(call: Call, uid: str, name: str) -> bytes:
    """Encode the `Status` of a completed delete."""
    details: dict[str, Any] = {"name": name}
    if call.resource.group:
        details["group"] = call.resource.group
    details.update(kind=call.resource.plural, uid=uid)
    return dumps({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details})
