"""Requests and responses of kinds that are created but not stored: evictions, bindings, tokens and reviews."""

from dataclasses import replace

from kubex_testing._objects.json_types import JsonObject

from ._cluster import Call
from ._decode import decode_object
from ._encode import dumps, render
from ._field_validation import decode_fields
from ._messages import Response
from ._negotiation import AsKind, negotiate
from ._options import WriteOptions, write_options
from ._registry import ResourceType
from ._responses import encode_object
from ._store import StoredObject
from ._type_meta import check_type_meta
from ._writes import check_namespace

BINDING = ResourceType("", "v1", "Binding", "bindings", verbs=("create",))
EVICTION = ResourceType("policy", "v1", "Eviction", "evictions", verbs=("create",))
TOKEN_REQUEST = ResourceType("authentication.k8s.io", "v1", "TokenRequest", "tokenrequests", verbs=("create",))

# These kinds have no columns.
_AS_KINDS: tuple[AsKind, ...] = ("PartialObjectMetadata", "PartialObjectMetadataList")
_SUCCESS: JsonObject = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def decode_create_only(call: Call, body_type: ResourceType) -> tuple[JsonObject, WriteOptions]:
    """Decode and check the body. Raises 400, 406, 415 and 422."""
    negotiate(call.request, as_kinds=_AS_KINDS)
    options = write_options(call.request, "CreateOptions")
    body = decode_object(call.request, body_type)
    # Older clients send evictions as policy/v1beta1, which has the same fields.
    if (body_type, body.document.get("apiVersion")) == (EVICTION, "policy/v1beta1"):
        body.document["apiVersion"] = body_type.api_version
    check_type_meta(body_type, body.document)
    document = decode_fields(call, body, options, resource=body_type)
    check_namespace(call, document["metadata"])
    return document, options


def created_response(call: Call, resource: ResourceType | None = None, document: JsonObject = _SUCCESS) -> Response:
    """Return a 201 response with a document of a resource, by default a success Status."""
    representation = negotiate(call.request, as_kinds=_AS_KINDS)
    if resource is None:
        return render(201, dumps(document), replace(representation, as_kind=""))
    return render(201, encode_object(resource, StoredObject(document, 0), representation, call.request), representation)
