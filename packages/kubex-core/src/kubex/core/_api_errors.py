"""Error responses of the API server: one class for each status and reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from kubex.core._headers import MAX_RETRY_AFTER, Headers
from kubex.models._errors import KubexError

if TYPE_CHECKING:
    from kubex.models import Status, StatusCause


# What a server says that does not know the group and version, or the resource in it; an object it would name.
_NO_SUCH_RESOURCE = ("404 page not found", "the server could not find the requested resource")


@dataclass(eq=False, repr=False)
class ApiError(KubexError):
    """The API server responded with an error status.

    `status` is the HTTP status code, `api_status` the server's `Status` (built from the response if its body was not
    one), `retry_after` the seconds that the server asks to wait. See
    https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/.
    """

    status: int
    api_status: Status
    method: str | None = None
    path: str | None = None
    retry_after: float | None = field(default=None, kw_only=True)

    @property
    def message(self) -> str:
        """The server's message, or else its reason."""
        return self.api_status.message or self.api_status.reason or "no message"

    @property
    def reason(self) -> str | None:
        """The machine-readable reason, such as `AlreadyExists`."""
        return self.api_status.reason

    @property
    def name(self) -> str | None:
        """The name of the object that the error is about."""
        details = self.api_status.details
        return details.name if details is not None else None

    @property
    def kind(self) -> str | None:
        """The kind that the error is about, as the server names it: often the plural, such as `pods`."""
        details = self.api_status.details
        return details.kind if details is not None else None

    @property
    def causes(self) -> list[StatusCause]:
        """The causes of the failure, such as the fields that are invalid."""
        details = self.api_status.details
        return details.causes if details is not None else []

    def __str__(self) -> str:
        reason = f" {self.reason}" if self.reason else ""
        where = f" ({self.method} {self.path})" if self.method else ""
        return f"{self.status}{reason}: {self.message}{where}"


class BadRequest(ApiError):
    """400: the request is malformed."""


class Unauthorized(ApiError):
    """401: the credentials are missing, expired or unknown."""


class Forbidden(ApiError):
    """403: the user may not do this."""


class NotFound(ApiError):
    """404: there is no such object, kind or path."""

    def __str__(self) -> str:
        text = super().__str__()
        if self.api_status.message not in _NO_SUCH_RESOURCE or not (self.path or "").startswith(("/api/", "/apis/")):
            return text
        return (
            f"{text}: the server has no such resource; check group, version, plural and scope, or install its "
            "definition"
        )


class MethodNotAllowed(ApiError):
    """405: the path does not have this verb."""


class NotAcceptable(ApiError):
    """406: the server cannot answer in the wanted form."""


class Conflict(ApiError):
    """409: the object has changed since it was read, or another manager owns a field."""


class AlreadyExists(Conflict):
    """409 with reason `AlreadyExists`: an object of that name is there."""


class Expired(ApiError):
    """410: the revision or the page token is too old; `continue_token` resumes a list, inconsistently."""

    @property
    def continue_token(self) -> str | None:
        """The token with which the server lets an expired list go on."""
        metadata = self.api_status.metadata
        return metadata.continue_ if metadata is not None else None


class RequestEntityTooLarge(ApiError):
    """413: the body is larger than the server takes."""


class UnsupportedMediaType(ApiError):
    """415: the server does not take this kind of body or patch."""


class Invalid(ApiError):
    """422: the object breaks the rules of its kind; see `causes`."""


class TooManyRequests(ApiError):
    """429: the server is overloaded, or an eviction would break a disruption budget."""


class InternalError(ApiError):
    """500: something went wrong in the server."""


class ServiceUnavailable(ApiError):
    """503: the server, or one behind it, does not answer now."""


class GatewayTimeout(ApiError):
    """504: the server could not finish in time."""


CLASS_BY_STATUS: dict[int, type[ApiError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    406: NotAcceptable,
    409: Conflict,
    410: Expired,
    413: RequestEntityTooLarge,
    415: UnsupportedMediaType,
    422: Invalid,
    429: TooManyRequests,
    500: InternalError,
    503: ServiceUnavailable,
    504: GatewayTimeout,
}

# A body that is no Status is quoted up to here.
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_EXCERPT = 512


def error_class(status: int, reason: str | None) -> type[ApiError]:
    """Choose the class: AlreadyExists and Conflict share 409 and differ by reason."""
    if reason == "AlreadyExists":
        return AlreadyExists
    return CLASS_BY_STATUS.get(status, ApiError)


def error_from_status(api_status: Status, *, status: int | None = None, method: str, path: str) -> ApiError:
    """Make the exception for a `Status`, as an `ERROR` event of a watch carries it."""
    code = status or api_status.code or 500
    asked = api_status.details.retry_after_seconds if api_status.details is not None else None
    seconds = None if asked is None or asked < 0 else min(asked, MAX_RETRY_AFTER)  # the server may send any number
    return error_class(code, api_status.reason)(code, api_status, method, path, retry_after=seconds)


def error_from_response(status: int, headers: Headers, body: bytes, *, method: str, path: str) -> ApiError:
    """Make the exception for an error answer, whatever its body is: a Status, plain text, HTML or nothing."""
    error = error_from_status(_status_of(status, body), status=status, method=method, path=path)
    seconds = headers.retry_after()
    if seconds is not None:
        error.retry_after = seconds
    return error


def _status_of(status: int, body: bytes) -> Status:
    from kubex.models import Status  # the first error brings it

    if body.lstrip()[:1] == b"{":
        try:
            api_status = Status.model_validate_json(body)
        except ValidationError:
            api_status = None
        # Other JSON would pass too, since a Status may lack everything: it is quoted instead.
        if api_status is not None and (
            "kind" in api_status.model_fields_set or api_status.message or api_status.reason
        ):
            return api_status
    text = body[:_EXCERPT].decode("utf-8", "replace").strip()
    if len(body) > _EXCERPT:
        text += " ..."
    if status in _REDIRECTS:
        text = f"redirects are not followed; the server URL may point to a login page or a wrong path. {text}".strip()
    return Status(status="Failure", message=text or f"HTTP {status} without a body", code=status)
