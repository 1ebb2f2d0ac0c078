"""The check that HTTP can carry a request, before a backend sees it."""

import re
from functools import lru_cache

from kubex.core._transport_errors import TransportError
from kubex.transport._config import PreparedRequest

_URL = re.compile(r"https?://[A-Za-z0-9\-._~:\[\]%][A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]*")

_is_token = lru_cache(maxsize=1024)(re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+").fullmatch)

# RFC 9110, 5.5 forbids control characters except tabs, and white space at the ends. UTF-8 cannot encode surrogates.
_INVALID_VALUE = re.compile(r"^[ \t]|[ \t]\Z|[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")

# Nearly all values consist of these characters. Deleting them is the fastest way to find others in a long token.
_PRINTABLE_ASCII = bytes(range(0x20, 0x7F))


def check_request(request: PreparedRequest, checked_headers: tuple[tuple[str, str], ...] = ()) -> None:
    """Raise TransportError if the method, the URL or a header is not valid in HTTP. The error does not show values.

    `checked_headers` are the headers of the last request: most requests of a client have the same headers.
    """
    if not _is_token(request.method):
        raise _error("the method is not an HTTP method", request)
    if not _URL.fullmatch(request.url):
        raise _error("the URL contains a character that must be percent-encoded", request)
    if request.headers == checked_headers:
        return
    for name, value in request.headers:
        if not _is_token(name):
            del value  # error reporters show local variables
            raise _error(f"{name!r} is not the name of a header", request)
        is_common = value.isascii() and not value.encode().translate(None, _PRINTABLE_ASCII) and value == value.strip()
        if not is_common and _INVALID_VALUE.search(value):
            del value
            problem = "a line break, white space at one end, or another character that HTTP does not allow"
            raise _error(f"the value of the header {name!r} contains {problem}", request)


def _error(problem: str, request: PreparedRequest) -> TransportError:
    return TransportError(problem, request.method, request.shown_url)
