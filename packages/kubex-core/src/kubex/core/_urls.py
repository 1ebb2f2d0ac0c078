"""URLs and query strings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias
from urllib.parse import SplitResult, quote_plus, urlsplit

from kubex.core._errors import ConfigurationError
from kubex.core._unicode import LONE_SURROGATE, has_lone_surrogate

QueryValue: TypeAlias = str | int | bool | Iterable[str] | None
Query: TypeAlias = Mapping[str, QueryValue]

# Most texts in a query consist of characters that are not encoded. Checking this is faster than encoding.
_PLAIN = re.compile(r"[A-Za-z0-9_.~-]*")


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
        encoded_name = _encode(name, name)
        items = (value,) if isinstance(value, (str, int)) else value
        parts += [f"{encoded_name}={_encode(item, name)}" for item in items]
    return "&".join(parts)


def _encode(value: str | int, name: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if _PLAIN.fullmatch(text):
        return text
    # quote_plus() would raise UnicodeEncodeError, which contains the value, and this can be secret.
    if has_lone_surrogate(text):
        raise ConfigurationError(LONE_SURROGATE, source="query", field=ascii(name))
    return quote_plus(text)
