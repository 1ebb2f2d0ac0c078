"""Who calls and what they may do: tokens, client certificates, impersonation and one hook."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any
from urllib.parse import unquote

from . import _errors as errors
from ._messages import Identity, RecordedRequest
from ._router import RequestInfo

ANONYMOUS = Identity("system:anonymous", ("system:unauthenticated",))
ADMIN = Identity("admin", ("system:masters",))
AUDIENCE = "https://kubernetes.default.svc"
"""Whom tokens are for that name nobody: this API server."""
_MASTERS = "system:masters"
SERVICE_ACCOUNT = "system:serviceaccount:"
_AUTHENTICATED = "system:authenticated"
_UNAUTHENTICATED = "system:unauthenticated"
_EXTRA_HEADER = "impersonate-extra-"
_IMPERSONATED_PARTS = ("impersonate-group", "impersonate-uid", _EXTRA_HEADER)
_OPEN_PATHS = ("/healthz", "/livez", "/readyz", "/version")

Authorize = Callable[[Identity, RequestInfo], bool]
"""May this user do this? Asked for every authenticated request after the built-in rules have said yes."""


@dataclass(frozen=True)
class IssuedToken:
    """A token that was asked for at this server: for whom it is, until when, and whether it still counts."""

    identity: Identity
    audiences: tuple[str, ...]
    expires: datetime
    counts: Callable[[], bool]


class Authenticator:
    """Knows the bearer tokens and reads the identity that a request proves."""

    def __init__(self, tokens: Mapping[str, Identity]) -> None:
        self._tokens = dict(tokens)
        self._issued: dict[str, IssuedToken] = {}

    def issue(self, token: str, issued: IssuedToken) -> None:
        """Accept a token from now on."""
        self._issued[token] = issued

    def identify(self, request: RecordedRequest) -> Identity:
        """Return the caller; raises 401 for a token that is not known."""
        if request.certificate is not None:
            return authenticated(request.certificate)
        scheme, _, token = request.header("authorization").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():  # passwords, for one, are nothing to an API server
            return ANONYMOUS
        known = self.look_up(token.strip(), (AUDIENCE,))
        if known is None:
            raise errors.unauthorized()
        return known[0]

    def look_up(self, token: str, audiences: Sequence[str]) -> tuple[Identity, list[str]] | None:
        """Return whose token it is, and for which of the audiences; None if it is nobody's or for none of them."""
        identity, own = self._tokens.get(token), [AUDIENCE]
        issued = self._issued.get(token)
        if issued is not None and issued.counts() and datetime.now(timezone.utc) < issued.expires:
            identity, own = issued.identity, list(issued.audiences)
        shared = [item for item in audiences if item in own]
        return (authenticated(identity), shared) if identity is not None and shared else None


class Authorizer:
    """Grants everything to authenticated users but what the hook refuses; to anonymous ones the health paths."""

    def __init__(self, hook: Authorize | None = None) -> None:
        self.hook = hook

    def check(self, user: Identity, request: RecordedRequest, info: RequestInfo) -> Identity:
        """Return the identity to act as (impersonation); raises 400 and 403."""
        wanted = request.header("impersonate-user")
        if not wanted:
            _refuse_incomplete(request)
        else:
            if not self._may_impersonate(user):
                raise _denied(user, info, verb=f"impersonate-on:user-info:{info.verb}")
            user = _impersonated(wanted, request)
        if not self.allows(user, info):
            raise _denied(user, info, verb=info.verb)
        return user

    def allows(self, user: Identity, info: RequestInfo) -> bool:
        """Decide without raising; what access reviews ask."""
        if not info.is_resource and info.verb in ("get", "head") and _is_open(info.path):
            return True
        if _AUTHENTICATED not in user.groups:
            return False
        return self.hook is None or self.hook(user, info)

    def _may_impersonate(self, user: Identity) -> bool:
        return _MASTERS in user.groups


def user_document(user: Identity) -> dict[str, Any]:
    """Describe a user as the `userInfo` of the review kinds."""
    document: dict[str, Any] = {"username": user.name}
    if user.uid:
        document["uid"] = user.uid
    document["groups"] = list(user.groups)
    if user.extra:
        document["extra"] = {key: list(values) for key, values in user.extra}
    return document


def authenticated(user: Identity) -> Identity:
    """Add the group that everybody with credentials is in."""
    if _AUTHENTICATED in user.groups:
        return user
    return replace(user, groups=(*user.groups, _AUTHENTICATED))


def service_account_groups(namespace: str) -> tuple[str, ...]:
    """Return the groups that every service account of a namespace is in."""
    return ("system:serviceaccounts", f"system:serviceaccounts:{namespace}")


def _impersonated(name: str, request: RecordedRequest) -> Identity:
    """Read the user that the request wants to act as.

    See https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/.
    """
    headers = [(key, _as_utf8(value)) for key, value in request.headers if key.startswith("impersonate-")]
    name, uid = _as_utf8(name), _as_utf8(request.header("impersonate-uid"))
    groups = tuple(value for key, value in headers if key == "impersonate-group")
    extra: dict[str, tuple[str, ...]] = {}
    for key, value in headers:
        if key.startswith(_EXTRA_HEADER):
            field = unquote(key.removeprefix(_EXTRA_HEADER))
            extra[field] = (*extra.get(field, ()), value)
    if not groups and name.startswith(SERVICE_ACCOUNT):
        groups = service_account_groups(name.removeprefix(SERVICE_ACCOUNT).partition(":")[0])
    everybody = _UNAUTHENTICATED if name == ANONYMOUS.name else _AUTHENTICATED
    if not {_AUTHENTICATED, _UNAUTHENTICATED} & set(groups):
        groups = (*groups, everybody)
    return Identity(name, groups, uid, tuple(extra.items()))


def _refuse_incomplete(request: RecordedRequest) -> None:
    """Refuse groups, a UID or extra fields to impersonate without a user; raises 400."""
    given = [key for key, _ in request.headers if key.startswith(_IMPERSONATED_PARTS)]
    if given:
        raise errors.bad_request(f"requested {', '.join(given)} without impersonating a user name")


def _as_utf8(value: str) -> str:
    """Read the bytes of a header, which are kept one to a character, as the text that they were sent as."""
    return value.encode("latin-1").decode("utf-8", "replace")


def _is_open(path: str) -> bool:
    return any(path == known or path.startswith(f"{known}/") for known in _OPEN_PATHS)


def _denied(user: Identity, info: RequestInfo, *, verb: str) -> errors.ApiError:
    if not info.is_resource:
        return errors.forbidden_path(f'User "{user.name}" cannot {verb} path "{info.path}"')
    resource = f"{info.plural}/{info.subresource}" if info.subresource else info.plural
    scope = f'in the namespace "{info.namespace}"' if info.namespace else "at the cluster scope"
    why = f'User "{user.name}" cannot {verb} resource "{resource}" in API group "{info.group}" {scope}'
    return errors.forbidden(info.plural, info.group, info.name, why)
