"""Taking URLs apart without surprises."""

from urllib.parse import SplitResult, urlsplit


def split_url(url: str) -> SplitResult | None:
    """Split a URL; None for what is none, a port that is no number included."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it checks it
    except ValueError:
        return None
    return parts


def holds_credentials(url: str, parts: SplitResult) -> bool:
    """Tell whether a user name may stand in a URL, also if its scheme was forgotten, or a password holds `?` or `#`."""
    return "@" in (f"{parts.netloc} {parts.query} {parts.fragment}" if "://" in url else url)


def without_query(parts: SplitResult) -> str:
    """Return what of a URL without credentials may be shown: a query or a fragment may be a token."""
    return parts._replace(query="", fragment="").geturl()


def ascii_host(host: str) -> str:
    """Write a host as it is looked up; what cannot be written so stays as it is."""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host
