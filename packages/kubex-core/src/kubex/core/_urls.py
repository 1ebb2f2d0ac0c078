"""URLs and query strings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias
from urllib.parse import SplitResult, quote_plus, urlsplit

from kubex.core._errors import ConfigurationError
from kubex.core._unicode import LONE_SURROGATE, has_lone_surrogate

QueryValue: TypeAlias = str | int | bool | Iterable[str] | None
Query: TypeAlias = Mapping[str, QueryValue]


def split_url(url: str) -> SplitResult | None:
    """Split a URL; return None if it, or its port, is invalid."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - the property checks the port
    except ValueError:
        return None
    return parts


def lowercase_scheme(url: str) -> str:
    """Return a URL with its scheme in lower case, because transports compare it."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme.lower()}{separator}{rest}"


def may_contain_credentials(url: str, parts: SplitResult) -> bool:
    """Return whether a URL can contain credentials, even without a scheme or with `?` or `#` in the password."""
    return "@" in (f"{parts.netloc} {parts.query} {parts.fragment}" if "://" in url else url)


def without_query(parts: SplitResult) -> str:
    """Return a URL without its query and fragment, which can contain a token. Messages can show the result."""
    return parts._replace(query="", fragment="").geturl()


def ascii_host(host: str) -> str:
    """Return a host name in IDNA encoding; names that cannot be encoded are returned unchanged."""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def encode_query(query: Query) -> str:
    """Encode parameters. None leaves a parameter out, an iterable repeats it, booleans are `true` and `false`.

    Raises ConfigurationError for strings that UTF-8 cannot encode.
    """
    parts: list[str] = []
    for name, value in query.items():
        if value is None:
            continue
        texts = [_text(item) for item in ([value] if isinstance(value, str | int | bool) else value)]
        # quote_plus() would raise UnicodeEncodeError, which contains the value, and this can be secret.
        if any(map(has_lone_surrogate, (name, *texts))):
            raise ConfigurationError(LONE_SURROGATE, source="query", field=ascii(name))
        parts += [f"{quote_plus(name)}={quote_plus(text)}" for text in texts]
    return "&".join(parts)


def _text(value: str | int) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
