"""Bodies of what is created and not stored: evictions, bindings, tokens and reviews."""

from kubex_testing._objects.json_types import JsonObject

from ._admit import admit_body
from ._cluster import Call
from ._decode import decode_object
from ._encode import dumps, render
from ._messages import Response
from ._negotiate import wanted
from ._options import WriteOptions, write_options
from ._registry import ResourceType
from ._types import check_type
from ._writes import check_namespace

BINDING = ResourceType("", "v1", "Binding", "bindings", verbs=("create",))
EVICTION = ResourceType("policy", "v1", "Eviction", "evictions", verbs=("create",))
TOKEN_REQUEST = ResourceType("authentication.k8s.io", "v1", "TokenRequest", "tokenrequests", verbs=("create",))

_SUCCESS: JsonObject = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def read_creation(call: Call, kind: ResourceType) -> tuple[JsonObject, WriteOptions]:
    """Decode and check the body; raises 400, 406, 415 and 422."""
    wanted(call.request)
    options = write_options(call.request, "CreateOptions")
    body = decode_object(call.request, kind.kind)
    # Clients older than policy/v1 send evictions as policy/v1beta1, which means the same.
    if (kind, body.document.get("apiVersion")) == (EVICTION, "policy/v1beta1"):
        body.document["apiVersion"] = kind.api_version
    check_type(kind, body.document)
    document = admit_body(call, body, options, resource=kind)
    check_namespace(call, document["metadata"])
    return document, options


def created(call: Call, document: JsonObject = _SUCCESS) -> Response:
    """Answer with 201: a document, or that it was done."""
    return render(201, dumps(document), wanted(call.request))
