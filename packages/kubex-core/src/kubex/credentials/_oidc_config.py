"""The configuration of an OpenID Connect provider, and its checks."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from kubex.core._error_handling import hide_arguments
from kubex.core._unicode import LONE_SURROGATE, has_lone_surrogate
from kubex.core._urls import may_contain_credentials, split_url, without_query
from kubex.credentials._tokens import token_problem
from kubex.errors import ConfigurationError


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenIDTokens:
    """The tokens of a refresh: the new ID token, and the refresh token that is valid from now on."""

    id_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


@hide_arguments
@dataclass(frozen=True, kw_only=True, slots=True)
class OpenIDConnect:
    """An identity provider that issues tokens, like `auth-provider: {name: oidc}` of a user in a kubeconfig.

    An ID token or a refresh token is required, because Kubex does not perform the login.
    Raises `ConfigurationError` (a `ValueError`), naming the field, for invalid values.

    https://kubernetes.io/docs/reference/access-authn-authz/authentication/#openid-connect-tokens
    """

    issuer_url: str
    """The URL of the provider, below which it serves `.well-known/openid-configuration`; `http://` only on loopback."""
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    """None for a public client."""
    id_token: str | None = field(default=None, repr=False)
    """Used until it expires."""
    refresh_token: str | None = field(default=None, repr=False)
    ca_file: str | os.PathLike[str] | None = None
    ca_data: str | None = field(default=None, repr=False)
    """The CA certificates of the provider in PEM; the default is the CA certificates of the system."""
    save: Callable[[OpenIDTokens], object] | None = field(default=None, repr=False, compare=False)
    """Called in a worker thread with the tokens of each refresh, to store them; if it raises, a warning is logged."""

    def __post_init__(self) -> None:
        for name in ("issuer_url", "client_id", "client_secret", "id_token", "refresh_token", "ca_data"):
            _check_string(name, getattr(self, name), required=name in ("issuer_url", "client_id"))
        if self.ca_file is not None and not isinstance(self.ca_file, str | os.PathLike):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise invalid("ca_file", f"must be a str or a path, not {type(self.ca_file).__name__}")
        if self.ca_file is not None and self.ca_data is not None:
            raise invalid("ca_data", "is set together with ca_file; set only one of them")
        if problem := issuer_problem(self.issuer_url):
            raise invalid("issuer_url", problem)
        if self.id_token is None and self.refresh_token is None:
            raise invalid(
                "id_token", "is missing, and so is refresh_token; log in to the provider, and set one of them"
            )
        if self.id_token is not None and (problem := token_problem(self.id_token)):
            raise invalid("id_token", problem)
        if self.save is not None and not callable(self.save):
            raise invalid("save", f"must be a callable that takes OpenIDTokens, not {type(self.save).__name__}")


def invalid(name: str, problem: str) -> ConfigurationError:
    """Create the error for a field of `OpenIDConnect`."""
    return ConfigurationError(problem, source="OpenIDConnect", field=name)


def _check_string(name: str, value: object, *, required: bool) -> None:
    if value is None and not required:
        return
    if not isinstance(value, str):
        raise invalid(name, f"must be a str, not {type(value).__name__}")
    if has_lone_surrogate(value):
        raise invalid(name, LONE_SURROGATE)
    if not value:
        raise invalid(name, "is empty; set a value" if required else "is empty; omit it, or set a value")


def issuer_problem(url: str) -> str | None:
    """Describe why a URL cannot be the URL of an issuer; None if it can."""
    parts = split_url(url)
    if parts is None:
        return "is not a URL; write https://host/path"
    if may_contain_credentials(url, parts):
        return "contains credentials; pass them as client_id and client_secret"
    if not parts.hostname or any(character.isspace() for character in url):
        return f"{without_query(parts)!r} does not contain a valid host name; write https://host/path"
    if not is_confidential(url):
        return f"{without_query(parts)!r} must start with https://, because tokens must not be sent unencrypted"
    if parts.query or parts.fragment:
        return f"{without_query(parts)!r} has a query or a fragment; remove it, only a path may follow the host"
    return None


def is_confidential(url: str) -> bool:
    """Return whether others on the network cannot read requests to a URL: HTTPS, or HTTP to this machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" and host:
        return True
    try:
        return parts.scheme == "http" and (host == "localhost" or ip_address(host).is_loopback)
    except ValueError:
        return False
