"""Helpers for URLs."""

from urllib.parse import SplitResult, urlsplit


def split_url(url: str) -> SplitResult | None:
    """Split a URL; return None if it, or its port, is invalid."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - the property checks the port
    except ValueError:
        return None
    return parts


def with_lower_scheme(url: str) -> str:
    """Write `HTTPS://` as `https://`: transports compare the scheme."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme.lower()}{separator}{rest}"


def holds_credentials(url: str, parts: SplitResult) -> bool:
    """Return whether a URL can contain a user name, also if it has no scheme, or `?` or `#` in a password."""
    return "@" in (f"{parts.netloc} {parts.query} {parts.fragment}" if "://" in url else url)


def without_query(parts: SplitResult) -> str:
    """Return a URL without query and fragment, which can contain a token, so that it can be shown."""
    return parts._replace(query="", fragment="").geturl()


def ascii_host(host: str) -> str:
    """Return a host name in IDNA encoding; names that cannot be encoded are returned unchanged."""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host
