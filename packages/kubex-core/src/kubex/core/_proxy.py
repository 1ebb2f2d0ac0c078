"""A proxy between the client and the API server."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from kubex.core._basic import basic_authorization
from kubex.core.exceptions import ConfigurationError

SCHEMES = ("http", "https")


@dataclass(frozen=True, kw_only=True, slots=True)
class Proxy:
    """An HTTP proxy. `url` is `scheme://host:port` without credentials, so it may be shown."""

    url: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def authorization(self) -> str | None:
        """The value of the `Proxy-Authorization` header, in UTF-8; None without credentials."""
        if self.username is None:
            return None
        return basic_authorization(self.username, self.password or "")


def parse_proxy(url: str, *, source: str | None = None, entry: str | None = None, field: str | None = None) -> Proxy:
    """Read the URL of a proxy, with or without credentials in it.

    Raises `ConfigurationError` with the given place; it never shows the URL, which may hold a password.
    """
    problem = "is not the URL of a proxy; write http://host:port or http://user:password@host:port"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ConfigurationError(problem, source=source, entry=entry, field=field) from None
    if parts.scheme and "://" in url and parts.scheme not in SCHEMES:
        problem = f"has the scheme {parts.scheme!r}, which is not supported; a proxy is reached by http or https"
        raise ConfigurationError(problem, source=source, entry=entry, field=field)
    host = parts.hostname
    if not host or "://" not in url or any(character.isspace() for character in url):
        raise ConfigurationError(problem, source=source, entry=entry, field=field)
    host = f"[{host}]" if ":" in host else host
    return Proxy(
        url=f"{parts.scheme}://{host}" + (f":{port}" if port is not None else ""),
        username=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
    )
