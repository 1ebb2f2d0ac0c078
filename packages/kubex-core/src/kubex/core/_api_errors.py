"""What the API server said when it said no: one class for each status and reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from kubex.core._headers import Headers
from kubex.models._errors import KubexError

if TYPE_CHECKING:
    from kubex.models import Status, StatusCause


# What a server says that does not know the group and version, or the resource in it; an object it would name.
_NO_SUCH_RESOURCE = ("404 page not found", "the server could not find the requested resource")


@dataclass(eq=False, repr=False)
class ApiError(KubexError):
    """The API server answered with an error status.

    `status` is the HTTP status code, `details` the server's `Status` (made up where the body was none),
    `retry_after` the seconds the server asks to wait. See
    https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/.
    """

    status: int
    details: Status
    method: str | None = None
    path: str | None = None
    retry_after: float | None = field(default=None, kw_only=True)

    @property
    def reason(self) -> str | None:
        """The machine-readable reason, such as `AlreadyExists`."""
        return self.details.reason

    @property
    def causes(self) -> list[StatusCause]:
        """The causes of the failure, such as the fields that are invalid."""
        return self.details.details.causes if self.details.details is not None else []

    def message(self) -> str:
        text = self.details.message or self.details.reason or "no message"
        reason = f" {self.details.reason}" if self.details.reason else ""
        where = f" ({self.method} {self.path})" if self.method else ""
        return f"{self.status}{reason}: {text}{where}"


class BadRequest(ApiError):
    """400: the request is malformed."""


class Unauthorized(ApiError):
    """401: the credentials are missing, expired or unknown."""


class Forbidden(ApiError):
    """403: the user may not do this."""


class NotFound(ApiError):
    """404: there is no such object, kind or path."""

    def message(self) -> str:
        text = super().message()
        if self.details.message not in _NO_SUCH_RESOURCE or not (self.path or "").startswith(("/api/", "/apis/")):
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
        return self.details.metadata.continue_ if self.details.metadata is not None else None


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


BY_STATUS: dict[int, type[ApiError]] = {
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
_EXCERPT = 512


def error_class(status: int, reason: str | None) -> type[ApiError]:
    """Choose the class: AlreadyExists and Conflict share 409 and differ by reason."""
    if reason == "AlreadyExists":
        return AlreadyExists
    return BY_STATUS.get(status, ApiError)


def error_from_status(details: Status, *, status: int | None = None, method: str, path: str) -> ApiError:
    """Make the exception for a `Status`, as an `ERROR` event of a watch carries it."""
    code = status or details.code or 500
    seconds = details.details.retry_after_seconds if details.details is not None else None
    return error_class(code, details.reason)(code, details, method, path, retry_after=seconds)


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
            details = Status.model_validate_json(body)
        except ValidationError:
            details = None
        # Other JSON would pass too, since a Status may lack everything: it is quoted instead.
        if details is not None and ("kind" in details.model_fields_set or details.message or details.reason):
            return details
    text = body[:_EXCERPT].decode("utf-8", "replace").strip()
    if len(body) > _EXCERPT:
        text += " ..."
    if 300 <= status < 400:
        text = f"redirects are not followed; the server URL may point to a login page or a wrong path. {text}".strip()
    return Status(status="Failure", message=text or f"HTTP {status} without a body", code=status)
