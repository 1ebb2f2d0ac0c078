"""Authentication and authorization: tokens, client certificates, impersonation, and the `authorize` hook."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any
from urllib.parse import unquote

from . import _errors as errors
from ._containers.handshake import bearer_token
from ._messages import Identity, RecordedRequest
from ._request_info import RequestInfo

ANONYMOUS = Identity("system:anonymous", ("system:unauthenticated",))
ADMIN = Identity("admin", ("system:masters",))
AUDIENCE = "https://kubernetes.default.svc"
"""The default audience of tokens: this API server."""
_MASTERS_GROUP = "system:masters"
SERVICE_ACCOUNT_PREFIX = "system:serviceaccount:"
_AUTHENTICATED_GROUP = "system:authenticated"
_UNAUTHENTICATED_GROUP = "system:unauthenticated"
_EXTRA_HEADER_PREFIX = "impersonate-extra-"
_DEPENDENT_HEADERS = ("impersonate-group", "impersonate-uid", _EXTRA_HEADER_PREFIX)
_PUBLIC_PATHS = ("/healthz", "/livez", "/readyz", "/version")

Authorize = Callable[[Identity, RequestInfo], bool]
"""A hook that returns whether a user may send a request. It is called after the built-in rules allowed it."""


@dataclass(frozen=True)
class IssuedToken:
    """A token that this server issued: its user, audiences and expiry, and whether it is still valid."""

    identity: Identity
    audiences: tuple[str, ...]
    expires: datetime
    is_valid: Callable[[], bool]


class Authenticator:
    """Determine the user of a request from its client certificate or bearer token."""

    def __init__(self, tokens: Mapping[str, Identity]) -> None:
        self._tokens = {token: authenticated(identity) for token, identity in tokens.items()}
        self._issued: dict[str, IssuedToken] = {}

    def issue(self, token: str, issued: IssuedToken) -> None:
        """Accept a new token."""
        self._issued[token] = issued

    def authenticate(self, request: RecordedRequest) -> Identity:
        """Return the user of a request. Raises 401 for an unknown token."""
        # TLS has verified the certificate. It takes precedence over a token.
        if request.certificate is not None:
            return authenticated(request.certificate)
        scheme, _, token = request.header("authorization").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():  # kube-apiserver ignores other schemes, such as basic
            token = _websocket_token(request)
            if not token:
                return ANONYMOUS
        authenticated_token = self.authenticate_token(token.strip(), (AUDIENCE,))
        if authenticated_token is None:
            raise errors.unauthorized()
        return authenticated_token[0]

    def authenticate_token(self, token: str, audiences: Sequence[str]) -> tuple[Identity, list[str]] | None:
        """Return the user of a token and the matching audiences, or None if the token or the audiences do not match."""
        identity, token_audiences = self._tokens.get(token), [AUDIENCE]
        # Tokens from the constructor never expire and have only the default audience.
        issued = self._issued.get(token)
        if issued is not None and issued.is_valid() and datetime.now(timezone.utc) < issued.expires:
            identity, token_audiences = issued.identity, list(issued.audiences)
        shared = [item for item in audiences if item in token_audiences]
        return (authenticated(identity), shared) if identity is not None and shared else None


class Authorizer:
    """Allow authenticated users everything that the hook allows, and anonymous users the public paths."""

    def __init__(self, hook: Authorize | None = None) -> None:
        self.hook = hook

    def authorize(self, user: Identity, request: RecordedRequest, info: RequestInfo) -> Identity:
        """Authorize a request, and return its user or the impersonated user. Raises 400 and 403."""
        user_name = request.header("impersonate-user")
        if not user_name:
            _check_impersonation_headers(request)
        else:
            if not self._may_impersonate(user):
                raise _forbidden(user, info, verb=f"impersonate-on:user-info:{info.verb}")
            user = _impersonated(user_name, request)
        if not self.allows(user, info):
            raise _forbidden(user, info, verb=info.verb)
        return user

    def require_verb(self, user: Identity, info: RequestInfo, verb: str) -> None:
        """Check that a user may also use another verb on the resource of a request. Raises 403."""
        if info.verb != verb and not self.allows(user, replace(info, verb=verb)):
            raise errors.forbidden(info.plural, info.group, info.name, "")

    def allows(self, user: Identity, info: RequestInfo) -> bool:
        """Return whether a request is allowed, for access reviews."""
        if not info.is_resource and info.verb in ("get", "head") and _is_public(info.path):
            return True
        if _AUTHENTICATED_GROUP not in user.groups:
            return False
        return self.hook is None or self.hook(user, info)

    def _may_impersonate(self, user: Identity) -> bool:
        return _MASTERS_GROUP in user.groups


def _websocket_token(request: RecordedRequest) -> str:
    try:
        return bearer_token(request)
    except ValueError:
        raise errors.unauthorized() from None


def user_document(user: Identity) -> dict[str, Any]:
    """Return a user as the `userInfo` of reviews."""
    document: dict[str, Any] = {"username": user.name}
    if user.uid:
        document["uid"] = user.uid
    document["groups"] = list(user.groups)
    if user.extra:
        document["extra"] = {key: list(values) for key, values in user.extra}
    return document


def authenticated(user: Identity) -> Identity:
    """Add the group of all authenticated users."""
    if _AUTHENTICATED_GROUP in user.groups:
        return user
    return replace(user, groups=(*user.groups, _AUTHENTICATED_GROUP))


def service_account_groups(namespace: str) -> tuple[str, ...]:
    """Return the groups of the service accounts of a namespace."""
    return ("system:serviceaccounts", f"system:serviceaccounts:{namespace}")


def _impersonated(name: str, request: RecordedRequest) -> Identity:
    """Return the user to impersonate.

    See https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/.
    """
    headers = [(key, _decode_utf8(value)) for key, value in request.headers if key.startswith("impersonate-")]
    name, uid = _decode_utf8(name), _decode_utf8(request.header("impersonate-uid"))
    groups = tuple(value for key, value in headers if key == "impersonate-group")
    extra: dict[str, tuple[str, ...]] = {}
    for key, value in headers:
        if key.startswith(_EXTRA_HEADER_PREFIX):
            field = unquote(key.removeprefix(_EXTRA_HEADER_PREFIX))
            extra[field] = (*extra.get(field, ()), value)
    if not groups and name.startswith(SERVICE_ACCOUNT_PREFIX):
        groups = service_account_groups(name.removeprefix(SERVICE_ACCOUNT_PREFIX).partition(":")[0])
    default_group = _UNAUTHENTICATED_GROUP if name == ANONYMOUS.name else _AUTHENTICATED_GROUP
    if not {_AUTHENTICATED_GROUP, _UNAUTHENTICATED_GROUP} & set(groups):
        groups = (*groups, default_group)
    return Identity(name, groups, uid, tuple(extra.items()))


def _check_impersonation_headers(request: RecordedRequest) -> None:
    """Raise 400 if the request impersonates groups, a UID or extra fields without a user."""
    names = [key for key, _ in request.headers if key.startswith(_DEPENDENT_HEADERS)]
    if names:
        raise errors.bad_request(f"requested {', '.join(names)} without impersonating a user name")


def _decode_utf8(value: str) -> str:
    """Decode a header value that was read as Latin-1, as UTF-8."""
    return value.encode("latin-1").decode("utf-8", "replace")


def _is_public(path: str) -> bool:
    return any(
        path == authenticated_token or path.startswith(f"{authenticated_token}/")
        for authenticated_token in _PUBLIC_PATHS
    )


def _forbidden(user: Identity, info: RequestInfo, *, verb: str) -> errors.ApiError:
    if not info.is_resource:
        return errors.forbidden_path(f'User "{user.name}" cannot {verb} path "{info.path}"')
    resource = f"{info.plural}/{info.subresource}" if info.subresource else info.plural
    scope = f'in the namespace "{info.namespace}"' if info.namespace else "at the cluster scope"
    detail = f'User "{user.name}" cannot {verb} resource "{resource}" in API group "{info.group}" {scope}'
    return errors.forbidden(info.plural, info.group, info.name, detail)
