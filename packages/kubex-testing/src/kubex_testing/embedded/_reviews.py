"""Kinds that are answered and never stored: who is this, what may they do, a token for them.

See https://kubernetes.io/docs/reference/access-authn-authz/authentication/ and …/authorization/.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from kubex_testing._objects.json_types import JsonObject, array_at, object_at

from . import _errors as errors
from ._auth import Authenticator, Authorizer, authenticated, user_document
from ._cluster import Call, now
from ._decode import decode_object
from ._encode import dumps, render
from ._messages import Identity, Response
from ._negotiate import wanted
from ._router import RequestInfo

AUDIENCE = "https://kubernetes.default.svc"
_DEFAULT_SECONDS, _LEAST_SECONDS = 3600, 600


class Reviews:
    """Answers the kinds that can only be created."""

    def __init__(self, authenticator: Authenticator, authorizer: Authorizer) -> None:
        self._authenticator = authenticator
        self._authorizer = authorizer
        self._kinds: dict[str, Callable[[Call, JsonObject], JsonObject]] = {
            "SelfSubjectReview": self._who_am_i,
            "SelfSubjectAccessReview": self._may_i,
            "SubjectAccessReview": self._may_they,
            "LocalSubjectAccessReview": self._may_they,
            "TokenReview": self._whose_token,
        }

    async def review(self, call: Call) -> Response:
        """POST of a review; raises 422."""
        resource = call.resource
        body = decode_object(call.request, resource.kind).document
        document = {"kind": resource.kind, "apiVersion": resource.api_version}
        return _created(call, {**document, **self._kinds[resource.kind](call, body)})

    async def token_request(self, call: Call) -> Response:
        """POST …/serviceaccounts/NAME/token: a token that signs in as the service account; raises 404 and 422."""
        account = call.stored().object["metadata"]
        spec = object_at(decode_object(call.request, "TokenRequest").document, "spec")
        seconds = spec.get("expirationSeconds", _DEFAULT_SECONDS)
        if seconds < _LEAST_SECONDS:
            message = f"Invalid value: {seconds}: may not specify a duration less than 10 minutes"
            cause = errors.cause("FieldValueInvalid", message, "spec.expirationSeconds")
            raise errors.invalid("TokenRequest", "authentication.k8s.io", "", [cause])
        groups = ("system:serviceaccounts", f"system:serviceaccounts:{account['namespace']}")
        token = secrets.token_urlsafe(32)
        name = f"system:serviceaccount:{account['namespace']}:{account['name']}"
        self._authenticator.tokens[token] = Identity(name, groups)
        expires = datetime.now(timezone.utc) + timedelta(seconds=seconds)
        kept = ("name", "namespace", "uid", "creationTimestamp")
        document = {
            "kind": "TokenRequest",
            "apiVersion": "authentication.k8s.io/v1",
            "metadata": {key: account[key] for key in kept},
            "spec": {"audiences": [AUDIENCE], "boundObjectRef": None, **spec, "expirationSeconds": seconds},
            "status": {"token": token, "expirationTimestamp": expires.strftime("%Y-%m-%dT%H:%M:%SZ")},
        }
        return _created(call, document)

    def _who_am_i(self, call: Call, _body: JsonObject) -> JsonObject:
        return {"metadata": {"creationTimestamp": now()}, "status": {"userInfo": user_document(call.user)}}

    def _may_i(self, call: Call, body: JsonObject) -> JsonObject:
        spec = object_at(body, "spec")
        return {"metadata": {}, "spec": spec, "status": {"allowed": self._authorizer.allows(call.user, _asked(spec))}}

    def _may_they(self, call: Call, body: JsonObject) -> JsonObject:
        spec = object_at(body, "spec")
        user = authenticated(Identity(spec.get("user") or "", tuple(array_at(spec, "groups"))))
        metadata = {"namespace": call.info.namespace} if call.info.namespace else {}
        allowed = self._authorizer.allows(user, _asked(spec))
        return {"metadata": metadata, "spec": spec, "status": {"allowed": allowed}}

    def _whose_token(self, _call: Call, body: JsonObject) -> JsonObject:
        spec = object_at(body, "spec")
        identity = self._authenticator.tokens.get(spec.get("token") or "")
        if identity is None:
            status: JsonObject = {"user": {}, "error": "invalid bearer token"}
        else:
            user = user_document(authenticated(identity))
            status = {"authenticated": True, "user": user, "audiences": [AUDIENCE]}
        return {"metadata": {}, "spec": spec, "status": status}


def _created(call: Call, document: JsonObject) -> Response:
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
