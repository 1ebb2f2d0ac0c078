"""From a request to one that a transport can send: the URL and the headers."""

import re
import sys

from kubex._version import __version__
from kubex.core._query import encode_query
from kubex.core._request import Request
from kubex.core.exceptions import InvalidNameError
from kubex.credentials import Authentication
from kubex.transport import Limits, PreparedRequest

# What may stand in the path of a URL (RFC 3986); the escapes themselves are the caller's.
_PATH = re.compile(r"/[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*")


def checked_path(path: str) -> str:
    """Return the path of a call outside `Api`, as it is; raises InvalidNameError for one that is not a clean path."""
    if not _PATH.fullmatch(path):
        raise InvalidNameError("path", path, "must begin with / and be percent-encoded; parameters go into query=")
    if any(part in (".", "..") for part in path.replace("%2e", ".").replace("%2E", ".").split("/")):
        raise InvalidNameError("path", path, 'must not hold the segments "." and ".."')
    return path


def user_agent(backend: str) -> str:
    """Return the default `User-Agent`; up to its first `/` it is the default field manager."""
    version = ".".join(str(part) for part in sys.version_info[:2])
    return f"kubex/{__version__} ({backend}; python {version})"


class Preparer:
    """Adds the server's URL and the default headers to requests."""

    __slots__ = ("_agent", "_base")

    def __init__(self, url: str, agent: str) -> None:
        self._base = url.rstrip("/")
        self._agent = agent

    def prepare(
        self, request: Request, authentication: Authentication, limits: Limits, *, compressed: bool
    ) -> PreparedRequest:
        """Return the request as it goes out; answers may be compressed where that does not hold them up."""
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
        if request.headers:  # what the caller says goes before the defaults
            given = {name.lower() for name, _ in request.headers}
            headers = [header for header in headers if header[0].lower() not in given]
            headers.extend(request.headers)
        headers.extend(authentication.headers.items())
        return PreparedRequest(request.method, url, tuple(headers), request.body, limits)
