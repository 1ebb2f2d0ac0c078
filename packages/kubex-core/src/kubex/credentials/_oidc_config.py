"""What a user of a kubeconfig says of an OpenID Connect provider."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from kubex.core._unicode import LONE_SURROGATE, has_lone_surrogate
from kubex.core._url import holds_credentials, split_url, without_query
from kubex.credentials._tokens import token_problem
from kubex.errors import ConfigurationError

SOURCE = "OpenIDConnect"
"""How errors call the settings."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenIDTokens:
    """What a provider issued at a refresh: the new ID token, and the refresh token that is valid from now on."""

    id_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenIDConnect:
    """An identity provider that issues tokens, as `auth-provider: {name: oidc}` of a user in a kubeconfig describes it.

    There must be an ID token or a refresh token: kubex logs nobody in.
    Raises `ConfigurationError` (a `ValueError`), naming the field, for what cannot be meant.

    https://kubernetes.io/docs/reference/access-authn-authz/authentication/#openid-connect-tokens
    """

    issuer_url: str
    """The provider, `https://` unless it is on loopback; `.well-known/openid-configuration` stands below it."""
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    """None for a public client."""
    id_token: str | None = field(default=None, repr=False)
    """Used as long as it is valid."""
    refresh_token: str | None = field(default=None, repr=False)
    ca_file: str | os.PathLike[str] | None = None
    ca_data: str | None = field(default=None, repr=False)
    """PEM text of the authorities that may have signed the provider's certificate; without, those of the system."""
    save: Callable[[OpenIDTokens], object] | None = field(default=None, repr=False, compare=False)
    """Called in a worker thread after each refresh, to keep the tokens; if it fails, a warning is logged."""

    def __post_init__(self) -> None:
        for name in ("issuer_url", "client_id", "client_secret", "id_token", "refresh_token", "ca_data"):
            _check_text(name, getattr(self, name), required=name in ("issuer_url", "client_id"))
        if self.ca_file is not None and not isinstance(self.ca_file, str | os.PathLike):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise wrong("ca_file", f"must be a str or a path, not {type(self.ca_file).__name__}")
        if self.ca_file is not None and self.ca_data is not None:
            raise wrong("ca_data", "is given together with ca_file; give one of them")
        if problem := issuer_problem(self.issuer_url):
            raise wrong("issuer_url", problem)
        if self.id_token is None and self.refresh_token is None:
            raise wrong("id_token", "is missing, and so is refresh_token; log in to the provider and give one of them")
        if self.id_token is not None and (problem := token_problem(self.id_token)):
            raise wrong("id_token", problem)
        if self.save is not None and not callable(self.save):
            raise wrong("save", f"must be a callable that takes OpenIDTokens, not {type(self.save).__name__}")


def wrong(name: str, problem: str) -> ConfigurationError:
    """Make the exception for a field of the settings."""
    return ConfigurationError(problem, source=SOURCE, field=name)


def _check_text(name: str, value: object, *, required: bool) -> None:
    if value is None and not required:
        return
    if not isinstance(value, str):
        raise wrong(name, f"must be a str, not {type(value).__name__}")
    if has_lone_surrogate(value):
        raise wrong(name, LONE_SURROGATE)
    if not value:
        raise wrong(name, "is empty" if required else "is empty; leave it out if there is none")


def issuer_problem(url: str) -> str | None:
    """Say why a URL is no issuer's, None if it may be one."""
    parts = split_url(url)
    if parts is None:
        return "is not a URL; write https://host/path"
    if holds_credentials(url, parts):
        return "holds credentials; a client is known by client_id and client_secret"
    if not parts.hostname or any(character.isspace() for character in url):
        return f"{without_query(parts)!r} names no host; write https://host/path"
    if not is_confidential(url):
        return f"{without_query(parts)!r} must begin with https://: tokens would cross the network in the clear"
    if parts.query or parts.fragment:
        return f"{without_query(parts)!r} has a query or a fragment; only a path may follow the host"
    return None


def is_confidential(url: str) -> bool:
    """Tell whether nobody on the network can read what is sent: HTTPS, or HTTP that does not leave the machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" and host:
        return True
    try:
        return parts.scheme == "http" and (host == "localhost" or ip_address(host).is_loopback)
    except ValueError:
        return False
