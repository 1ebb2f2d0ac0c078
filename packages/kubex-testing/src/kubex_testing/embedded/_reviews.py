"""Kinds that are answered and never stored: who am I, and may I?"""

from kubex_testing._objects.json_types import JsonObject, object_at

from . import _errors as errors
from ._auth import Authorizer, user_document
from ._cluster import Call, now
from ._decode import decode_object
from ._encode import dumps, render
from ._messages import Response
from ._negotiate import wanted
from ._router import RequestInfo


def review(call: Call, authorizer: Authorizer) -> Response:
    """POST of a review; raises 422."""
    resource = call.resource
    body = decode_object(call.request, resource.kind).document
    document: JsonObject = {"kind": resource.kind, "apiVersion": resource.api_version}
    if resource.kind == "SelfSubjectReview":
        document["metadata"] = {"creationTimestamp": now()}
        document["status"] = {"userInfo": user_document(call.user)}
    else:
        document["metadata"] = {}
        document["spec"] = object_at(body, "spec")
        document["status"] = {"allowed": authorizer.allows(call.user, _asked(document["spec"]))}
    return render(201, dumps(document), wanted(call.request))


def _asked(spec: JsonObject) -> RequestInfo:
    attributes, path = object_at(spec, "resourceAttributes"), object_at(spec, "nonResourceAttributes")
    if bool(attributes) == bool(path):
        message = "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified"
        cause = errors.cause("FieldValueInvalid", message, "spec.resourceAttributes")
        raise errors.invalid("", "authorization.k8s.io", "", [cause])
    if path:
        return RequestInfo(path.get("path", ""), path.get("verb", ""))
    return RequestInfo(
        "",
        attributes.get("verb", ""),
        is_resource=True,
        group=attributes.get("group", ""),
        version=attributes.get("version", ""),
        namespace=attributes.get("namespace", ""),
        plural=attributes.get("resource", ""),
        name=attributes.get("name", ""),
        subresource=attributes.get("subresource", ""),
    )
