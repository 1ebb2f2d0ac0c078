"""Who calls and what they may do: tokens, client certificates, impersonation and one hook."""

from collections.abc import Callable, Mapping
from typing import Any

from . import _errors as errors
from ._messages import Identity, RecordedRequest
from ._router import RequestInfo

ANONYMOUS = Identity("system:anonymous", ("system:unauthenticated",))
ADMIN = Identity("admin", ("system:masters",))
_MASTERS = "system:masters"
_OPEN_PATHS = ("/healthz", "/livez", "/readyz", "/version")

Authorize = Callable[[Identity, RequestInfo], bool]
"""May this user do this? Asked for every authenticated request after the built-in rules have said yes."""


class Authenticator:
    """Knows the bearer tokens and reads the identity that a request proves."""

    def __init__(self, tokens: Mapping[str, Identity]) -> None:
        self.tokens = dict(tokens)

    def identify(self, request: RecordedRequest) -> Identity:
        """Return the caller; raises 401 for a token that is not known."""
        if request.certificate is not None:
            return authenticated(request.certificate)
        authorization = request.header("authorization")
        if not authorization:
            return ANONYMOUS
        scheme, _, token = authorization.partition(" ")
        identity = self.tokens.get(token.strip())
        if scheme.lower() != "bearer" or identity is None:
            raise errors.unauthorized()
        return authenticated(identity)


class Authorizer:
    """Grants everything to authenticated users but what the hook refuses; to anonymous ones the health paths."""

    def __init__(self, hook: Authorize | None = None) -> None:
        self.hook = hook

    def check(self, user: Identity, request: RecordedRequest, info: RequestInfo) -> Identity:
        """Return the identity to act as (impersonation); raises 403."""
        wanted = request.header("impersonate-user")
        if wanted:
            if not self._may_impersonate(user):
                raise _denied(user, info, verb=f"impersonate-on:user-info:{info.verb}")
            groups = [value for key, value in request.headers if key == "impersonate-group"]
            user = authenticated(Identity(wanted, tuple(groups)))
        if not self.allows(user, info):
            raise _denied(user, info, verb=info.verb)
        return user

    def allows(self, user: Identity, info: RequestInfo) -> bool:
        """Decide without raising; what access reviews ask."""
        if not info.is_resource and info.verb in ("get", "head") and _is_open(info.path):
            return True
        if "system:authenticated" not in user.groups:
            return False
        return self.hook is None or self.hook(user, info)

    def _may_impersonate(self, user: Identity) -> bool:
        return _MASTERS in user.groups


def user_document(user: Identity) -> dict[str, Any]:
    """Describe a user as the `userInfo` of the review kinds."""
    return {"username": user.name, "groups": list(user.groups)}


def authenticated(user: Identity) -> Identity:
    """Add the group that everybody with credentials is in."""
    if "system:authenticated" in user.groups:
        return user
    return Identity(user.name, (*user.groups, "system:authenticated"))


def _is_open(path: str) -> bool:
    return any(path == known or path.startswith(f"{known}/") for known in _OPEN_PATHS)


def _denied(user: Identity, info: RequestInfo, *, verb: str) -> errors.ApiError:
    if not info.is_resource:
        return errors.forbidden_path(f'User "{user.name}" cannot {verb} path "{info.path}"')
    resource = f"{info.plural}/{info.subresource}" if info.subresource else info.plural
    scope = f'in the namespace "{info.namespace}"' if info.namespace else "at the cluster scope"
    why = f'User "{user.name}" cannot {verb} resource "{resource}" in API group "{info.group}" {scope}'
    return errors.forbidden(info.plural, info.group, info.name, why)
