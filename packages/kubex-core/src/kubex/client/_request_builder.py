"""Build the request that a transport sends, with the complete URL and all headers."""

import re
import sys
from collections.abc import Collection, Mapping
from types import EllipsisType

from kubex._version import __version__
from kubex.core._encode import encode
from kubex.core._http import Request
from kubex.core._urls import Query, encode_query, lowercase_scheme
from kubex.core.params import Timeout
from kubex.credentials import Authentication
from kubex.errors import ConfigurationError, InvalidNameError
from kubex.transport import Limits, PreparedRequest

# Methods and header names (RFC 9110, 5.6.2).
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+")

# The characters of a URL's path (RFC 3986); the caller has percent-encoded all others.
_PATH = re.compile(r"/[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*")

_IMPERSONATE = "impersonate-"
_USER = "impersonate-user"


def checked_path(path: str) -> str:
    """Return the path of `Client.request()` unchanged; raises InvalidNameError if it is not a normalized URL path."""
    if not _PATH.fullmatch(path):
        raise InvalidNameError("path", path, "must begin with / and be percent-encoded; parameters go into query=")
    if any(part in (".", "..") for part in path.replace("%2e", ".").replace("%2E", ".").split("/")):
        raise InvalidNameError("path", path, 'must not contain the segments "." and ".."')
    return path


def checked_method(method: str) -> str:
    """Return the method of `Client.request()` in upper case; raises ConfigurationError if it is invalid."""
    if not _TOKEN.fullmatch(method):
        raise ConfigurationError(f"{method!r} is not an HTTP method", field="method")
    return method.upper()


def checked_headers(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the headers of `Client.request()`; raises ConfigurationError, which does not show a value."""
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name):
            raise ConfigurationError(f"{name!r} is not a header name", field="headers")
        if any((ord(char) < 0x20 and char != "\t") or ord(char) == 0x7F for char in value):
            raise ConfigurationError("contains a line break or another control character", field=f"headers[{name!r}]")
    return tuple(headers.items())


def checked_statuses(statuses: Collection[int]) -> frozenset[int]:
    """Return the `accept_status` of `Client.request()` as a set; raises ConfigurationError for a status below 300."""
    if not isinstance(statuses, Collection):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"accept_status takes several statuses, such as (304,), not {statuses!r}")
    for status in statuses:
        if status not in range(300, 600):
            raise ConfigurationError(
                f"must contain statuses from 300 to 599, not {status!r}; responses with a status below 300 are always "
                "returned",
                field="accept_status",
            )
    return frozenset(statuses)


def build_request(
    method: str,
    path: str,
    *,
    query: Query | None,
    json: object,
    body: bytes | None,
    content_type: str,
    accept: str,
    headers: Mapping[str, str] | None,
    timeout: Timeout | EllipsisType | None,
    accept_status: Collection[int] = (),
) -> Request:
    """Build the request of `Client.request()` or `Client.stream()`, and check their arguments."""
    if json is not ...:
        if body is not None:
            raise ConfigurationError("pass json= or body=, not both", source=f"{method} {path}")
        body = encode(json)
    return Request(
        method=checked_method(method),
        path=checked_path(path),
        query=query or {},
        headers=checked_headers(headers or {}),
        body=body,
        content_type=content_type,
        accept=accept,
        timeout=timeout,
        accept_status=checked_statuses(accept_status),
    )


def user_agent(backend: str) -> str:
    """Return the default `User-Agent`. API servers use the part before the first `/` as the default field manager."""
    version = ".".join(str(part) for part in sys.version_info[:2])
    return f"kubex/{__version__} ({backend}; python {version})"


class RequestBuilder:
    """Adds the server's URL and the default headers to requests."""

    __slots__ = ("_agent", "_base")

    def __init__(self, url: str, agent: str) -> None:
        self._base = lowercase_scheme(url.rstrip("/"))
        self._agent = agent

    def prepare(
        self, request: Request, authentication: Authentication, limits: Limits, *, compressed: bool, dedicated: bool
    ) -> PreparedRequest:
        """Return the request for the transport. Streams are not compressed, since that would delay their lines."""
        url = self._base + request.path
        if request.query:
            query = encode_query(request.query)
            if query:
                url = f"{url}?{query}"
        headers = [
            ("Accept", request.accept),
            ("Accept-Encoding", "gzip" if compressed else "identity"),
            ("User-Agent", self._agent),
        ]
        if request.body is not None:
            headers.append(("Content-Type", request.content_type))
        headers.extend(authentication.headers)
        if request.headers:  # the caller's headers replace the default ones
            replaced = {name.lower() for name, _ in request.headers}
            headers = [header for header in headers if header[0].lower() not in replaced]
            if _USER in replaced:  # another user must not get the groups of the configured user
                headers = [header for header in headers if not header[0].lower().startswith(_IMPERSONATE)]
            headers.extend(request.headers)
        return PreparedRequest(request.method, url, tuple(headers), request.body, limits, dedicated)
