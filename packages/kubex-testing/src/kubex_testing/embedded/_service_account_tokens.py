"""Issue and review the tokens of service accounts.

See https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta, timezone
from typing import Any

from kubex_testing._objects.json_types import JsonObject, array_at, is_object, object_at
from kubex_testing._objects.status_causes import StatusCause, invalid

from . import _errors as errors
from ._auth import AUDIENCE, SERVICE_ACCOUNT_PREFIX, Authenticator, IssuedToken, service_account_groups, user_document
from ._cluster import Call, Cluster, new_uid
from ._create_only import TOKEN_REQUEST, created_response, decode_create_only
from ._encode import dumps
from ._managed_fields import record_managed_fields
from ._messages import Identity, Response

_DEFAULT_SECONDS, _MIN_SECONDS, _MAX_SECONDS = 3600, 600, 2**32
_EXTRA_PREFIX = "authentication.kubernetes.io"
_BOUND_KINDS = {("v1", "Node"): "nodes", ("v1", "Pod"): "pods", ("v1", "Secret"): "secrets"}
_METADATA_FIELDS = ("name", "namespace", "uid", "creationTimestamp")


class ServiceAccountTokens:
    """Issue tokens of service accounts, and review tokens."""

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator
        self._key = secrets.token_bytes(32)

    async def create(self, call: Call) -> Response:
        """POST …/serviceaccounts/NAME/token: issue a token that authenticates as the service account."""
        body, options = decode_create_only(call, TOKEN_REQUEST)
        body["spec"] = {"expirationSeconds": _DEFAULT_SECONDS, **object_at(body, "spec")}
        record_managed_fields(call, body, None, options, TOKEN_REQUEST)
        account = call.stored().object["metadata"]
        _check_token_request(call, body, account)
        spec = object_at(body, "spec")
        seconds = spec.get("expirationSeconds") or _DEFAULT_SECONDS
        audiences = array_at(spec, "audiences") or [AUDIENCE]
        reference = spec.get("boundObjectRef")
        bound = _bound_object(call, account, reference) if is_object(reference) else None
        issued_at = datetime.now(timezone.utc).replace(microsecond=0)
        token_id = new_uid()
        issued = IssuedToken(
            _identity(account, bound, token_id),
            tuple(audiences),
            issued_at + timedelta(seconds=seconds),
            # Check at each use, because deleting the account or the bound object invalidates the token.
            lambda: all(_exists(call.cluster, *item) for item in (("serviceaccounts", account), bound) if item),
        )
        token = self._sign(issued, issued_at, token_id)
        self._authenticator.issue(token, issued)
        document = {
            "kind": TOKEN_REQUEST.kind,
            "apiVersion": TOKEN_REQUEST.api_version,
            "metadata": {
                **{key: account[key] for key in _METADATA_FIELDS},
                "managedFields": body["metadata"].get("managedFields", []),
            },
            "spec": {"audiences": audiences, "expirationSeconds": seconds, "boundObjectRef": reference},
            "status": {"token": token, "expirationTimestamp": issued.expires.strftime("%Y-%m-%dT%H:%M:%SZ")},
        }
        return created_response(call, TOKEN_REQUEST, document)

    def review(self, body: JsonObject) -> JsonObject:
        """Return the status of a TokenReview. Raises 400 if the token is missing."""
        spec = object_at(body, "spec")
        token = spec.get("token")
        if not token:
            raise errors.bad_request("token is required for TokenReview in authentication")
        authenticated = self._authenticator.authenticate_token(token, array_at(spec, "audiences") or [AUDIENCE])
        if authenticated is None:
            return {"user": {}, "error": "invalid bearer token"}
        user, audiences = authenticated
        return {"authenticated": True, "user": user_document(user), "audiences": audiences}

    def _sign(self, issued: IssuedToken, issued_at: datetime, token_id: str) -> str:
        """Create a JSON Web Token, so that clients can read its subject and expiry."""
        name = issued.identity.name
        begin = int(issued_at.timestamp())
        claims = {
            "aud": issued.audiences,
            "exp": int(issued.expires.timestamp()),
            "iat": begin,
            "iss": AUDIENCE,
            "jti": token_id,
            "nbf": begin,
            "sub": name,
        }
        signed = ".".join(_base64url(dumps(part)) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
        signature = hmac.new(self._key, signed.encode(), hashlib.sha256).digest()
        return f"{signed}.{_base64url(signature)}"


def _check_token_request(call: Call, body: JsonObject, account: JsonObject) -> None:
    metadata, seconds = body["metadata"], object_at(body, "spec").get("expirationSeconds")
    if metadata.get("name") not in (None, "", account["name"]):
        detail = "must match the service account name if specified"
        raise _invalid([invalid("metadata.name", metadata["name"], detail)], call.info.name)
    if metadata.get("uid") not in (None, "", account["uid"]):
        detail = (
            f"the UID in the token request ({metadata['uid']}) does not match the UID of the service account "
            f"({account['uid']})"
        )
        raise errors.conflict(TOKEN_REQUEST.kind, TOKEN_REQUEST.group, account["name"], detail)
    field = "spec.expirationSeconds"
    if seconds is not None and seconds < _MIN_SECONDS:
        raise _invalid([invalid(field, seconds, "may not specify a duration less than 10 minutes")])
    if seconds is not None and seconds > _MAX_SECONDS:
        raise _invalid([invalid(field, seconds, "may not specify a duration larger than 2^32 seconds")])


def _invalid(causes: list[StatusCause], name: str = "") -> errors.ApiError:
    return errors.invalid(TOKEN_REQUEST.kind, TOKEN_REQUEST.group, name, [item.to_dict() for item in causes])


def _bound_object(call: Call, account: JsonObject, reference: JsonObject) -> tuple[str, JsonObject]:
    """Return the object that the token is bound to. Raises 400, 404 and 409."""
    version, kind, name = reference.get("apiVersion") or "", reference.get("kind") or "", reference.get("name")
    plural = _BOUND_KINDS.get((version, kind))
    if plural is None:
        group = version.rpartition("/")
        shown = f"{group[0]}/{group[2]}, Kind={kind}"
        raise errors.bad_request(f"cannot bind token to object of type {shown}")
    if not name:
        raise errors.bad_request("Name parameter required.")
    found = call.cluster.store.get(f"{plural}.", name if plural == "nodes" else f"{call.info.namespace}/{name}")
    if found is None:
        raise errors.not_found(plural, "", name)
    if plural == "pods" and object_at(found.object, "spec").get("serviceAccountName") != account["name"]:
        raise errors.bad_request(
            f'cannot bind token for serviceaccount "{account["name"]}" to pod running with different '
            "serviceaccount name."
        )
    metadata: JsonObject = found.object["metadata"]
    if reference.get("uid") not in (None, "", metadata["uid"]):
        detail = (
            f"the UID in the bound object reference ({reference['uid']}) does not match the UID in record. "
            "The object might have been deleted and then recreated"
        )
        raise errors.conflict(kind, "", name, detail)
    return plural, metadata


def _identity(account: JsonObject, bound: tuple[str, JsonObject] | None, token_id: str) -> Identity:
    extra: list[tuple[str, tuple[str, ...]]] = [(f"{_EXTRA_PREFIX}/credential-id", (f"JTI={token_id}",))]
    if bound is not None and bound[0] in ("nodes", "pods"):
        kind = bound[0].removesuffix("s")
        extra += [(f"{_EXTRA_PREFIX}/{kind}-{key}", (bound[1][key],)) for key in ("name", "uid")]
    namespace = account["namespace"]
    name = f"{SERVICE_ACCOUNT_PREFIX}{namespace}:{account['name']}"
    return Identity(name, service_account_groups(namespace), account["uid"], tuple(extra))


def _exists(cluster: Cluster, plural: str, metadata: dict[str, Any]) -> bool:
    """Return whether the same object still exists. A token is invalid after its bound object was deleted."""
    key = f"{metadata['namespace']}/{metadata['name']}" if "namespace" in metadata else metadata["name"]
    found = cluster.store.get(f"{plural}.", key)
    return found is not None and bool(found.object["metadata"]["uid"] == metadata["uid"])


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
