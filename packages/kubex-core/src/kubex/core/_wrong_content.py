"""Errors for responses with a successful status code and unexpected content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from kubex.core._api_errors import error_from_status
from kubex.core._headers import Headers
from kubex.models._errors import DecodeError, KubexError

if TYPE_CHECKING:
    from kubex.models import Status

_ADVICE = "check the server URL, and the proxies and API servers behind it"


def error_for_content(error: DecodeError, body: bytes, headers: Headers, *, method: str, path: str) -> KubexError:
    """Return the error to raise: the ApiError of a failed Status, or else `error` with the method and the path.

    Gateways and caches send a Status, or a web page, with the status code 200.
    """
    failure = _failure_in(body)
    if failure is not None:
        return error_from_status(failure, method=method, path=path)
    if error.method:
        return error
    error.method, error.path = method, path
    start = body.lstrip()[:1]
    if start != b"{":
        found = f"not a JSON object, its content type is {_content_type(headers) or 'unknown'}" if start else "empty"
        error.problem = f"the response is {found}; {_ADVICE}"
        error.not_from_server = True
    return error


def check_text(headers: Headers, description: str, *, path: str) -> None:
    """Raise DecodeError if a response that should be text is a web page."""
    if _content_type(headers).startswith("text/html"):
        problem = f"the response is a web page, its content type is text/html; {_ADVICE}"
        raise DecodeError(description, problem, "GET", path, not_from_server=True)


def is_failure(api_status: Status) -> bool:
    """Return whether a Status reports an error."""
    return api_status.status == "Failure" or (api_status.code or 0) >= 400


def _failure_in(body: bytes) -> Status | None:
    from kubex.models import Status  # imported on the first error, to keep the import of exceptions fast

    try:
        api_status = Status.model_validate_json(body)
    except ValidationError:
        return None
    # All fields of a Status are optional, so other JSON is valid, too.
    is_status = "kind" in api_status.model_fields_set and api_status.kind == "Status" and api_status.api_version == "v1"
    return api_status if is_status and is_failure(api_status) else None


def _content_type(headers: Headers) -> str:
    return ascii(headers.get("Content-Type", "")[:100].lower())[1:-1]
