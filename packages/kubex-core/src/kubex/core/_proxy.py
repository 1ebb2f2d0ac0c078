"""Proxies and their URLs."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from kubex.core._errors import ConfigurationError
from kubex.core._headers import basic_authorization
from kubex.core._unicode import has_lone_surrogate
from kubex.core._urls import split_url

SCHEMES = ("http", "https")
"""The schemes of HTTP proxies."""

SOCKS_SCHEMES = ("socks5", "socks5h")
_SOCKS_PORT = 1080


@dataclass(frozen=True, kw_only=True, slots=True)
class Proxy:
    """An HTTP or SOCKS5 proxy. `url` is `scheme://host:port` without credentials, so that messages can show it."""

    url: str
    username: str | None = field(default=None, repr=False)
    """The user name, or a token that is used without a password."""
    password: str | None = field(default=None, repr=False)

    @property
    def scheme(self) -> str:
        """The protocol to the proxy: `http`, `https`, or for SOCKS `socks5` or `socks5h`, which are equivalent."""
        return self.url.partition(":")[0]

    @property
    def is_socks(self) -> bool:
        """Whether it is a SOCKS5 proxy. It resolves the server's host name."""
        return self.scheme in SOCKS_SCHEMES

    @property
    def host(self) -> str:
        """The host; an IPv6 address is without brackets."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int | None:
        """The port, or None if the URL does not contain one."""
        return urlsplit(self.url).port

    @property
    def authorization(self) -> str | None:
        """The value of the `Proxy-Authorization` header, in UTF-8; None without credentials."""
        if self.username is None:
            return None
        return basic_authorization(self.username, self.password or "")


def parse_proxy(url: str, *, source: str | None = None, entry: str | None = None, field: str | None = None) -> Proxy:
    """Parse the URL of a proxy, with or without credentials.

    Raises `ConfigurationError` with `source`, `entry` and `field`. It does not show the URL, which can contain a
    password.
    """

    def error(problem: str) -> ConfigurationError:
        return ConfigurationError(problem, source=source, entry=entry, field=field)

    problem = (
        "is not the URL of a proxy; write http://host:port or http://user:password@host:port, and in the user name and "
        "the password %2F for /, %23 for #, %3F for ?, %40 for @"
    )
    parts = split_url(url)
    if parts is None:
        raise error(problem)
    if parts.scheme and "://" in url and parts.scheme not in SCHEMES + SOCKS_SCHEMES:
        raise error(f"has the scheme {parts.scheme!r}, which is not supported; use http, https, socks5 or socks5h")
    host = parts.hostname
    if not host or "://" not in url or any(character.isspace() for character in url) or has_lone_surrogate(url):
        raise error(problem)
    if parts.path not in ("", "/") or parts.query or parts.fragment:  # these can be parts of an unquoted password
        raise error(problem)
    port = parts.port
    if port is None and parts.scheme in SOCKS_SCHEMES:
        port = _SOCKS_PORT
    host = f"[{host}]" if ":" in host else host
    proxy = Proxy(
        url=f"{parts.scheme}://{host}" + (f":{port}" if port is not None else ""),
        username=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
    )
    if (unsupported := socks_problem(proxy)) is not None:
        raise error(unsupported)
    return proxy


def socks_problem(proxy: Proxy) -> str | None:
    """Return the reason why SOCKS cannot send the credentials of a proxy, or None."""
    if not proxy.is_socks or proxy.username is None:
        return None
    for part in (proxy.username, proxy.password or ""):
        if not (part.isascii() and 0 < len(part) < 256):
            return "has a user name or password that SOCKS cannot send: each must have 1 to 255 ASCII characters"
    return None
