"""Objects in the shape that was asked for: whole, metadata only, or rows of a table."""

from collections.abc import Sequence
from typing import Any

from . import _errors as errors
from ._cluster import Call
from ._encode import dumps, item_bytes, list_bytes, object_bytes, partial_bytes, render
from ._messages import RecordedRequest, Response
from ._negotiate import Shape, Wanted, wanted
from ._pages import Page
from ._registry import ResourceType
from ._store import Stored
from ._tables import include_mode, table_bytes

SHAPES: tuple[Shape, ...] = ("PartialObjectMetadata", "PartialObjectMetadataList", "Table")


def negotiate(request: RecordedRequest, *, stream: bool = False) -> Wanted:
    """Agree on a representation of objects; raises 406."""
    return wanted(request, shapes=SHAPES, stream=stream)


def shaped(resource: ResourceType, stored: Stored, representation: Wanted, request: RecordedRequest) -> bytes:
    """Serialise one object in the shape asked for; raises 406 for the shape of a list."""
    if not representation.shape:
        return object_bytes(resource, stored)
    if representation.shape == "PartialObjectMetadata":
        return partial_bytes(stored, representation.version)
    if representation.shape == "Table":
        metadata = {"resourceVersion": stored.object["metadata"].get("resourceVersion", "")}
        return table_bytes(resource, [stored], metadata, representation.version, include_mode(request.query))
    raise errors.not_acceptable(
        f"you requested PartialObjectMetadataList, but the requested object is not a list (*core.{resource.kind})"
    )


def answer(call: Call, status: int, stored: Stored, representation: Wanted) -> Response:
    """Answer with one object."""
    body = shaped(call.resource, stored, representation, call.request)
    return render(status, body, representation)


def answer_list(call: Call, page: Page, representation: Wanted) -> Response:
    """Answer with a list."""
    resource, shape, version = call.resource, representation.shape, representation.version
    metadata = page.metadata(custom=resource.custom is not None and not shape)
    if shape == "PartialObjectMetadata":
        kind = resource.list_kind or f"{resource.kind}List"
        raise errors.not_acceptable(
            f"you requested PartialObjectMetadata, but the requested object is a list (*core.{kind})"
        )
    if shape == "Table":
        body = table_bytes(resource, page.items, metadata, version, include_mode(call.request.query))
    elif shape == "PartialObjectMetadataList":
        items = [partial_bytes(item, version) for item in page.items]
        body = list_bytes(shape, f"meta.k8s.io/{version}", metadata, items)
    else:
        body = whole_list(resource, page.items, metadata)
    return render(200, body, representation)


def whole_list(resource: ResourceType, items: Sequence[Stored], metadata: dict[str, Any]) -> bytes:
    """Serialise a list of whole objects."""
    encoded = [item_bytes(resource, item) for item in items]
    kind = resource.list_kind or f"{resource.kind}List"
    return list_bytes(kind, resource.api_version, metadata, encoded, alphabetical=resource.custom is not None)


def status_success(call: Call, uid: str, name: str) -> bytes:
    """Serialise the `Status` of a finished deletion."""
    details: dict[str, Any] = {"name": name}
    if call.resource.group:
        details["group"] = call.resource.group
    details.update(kind=call.resource.plural, uid=uid)
    return dumps({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details})
