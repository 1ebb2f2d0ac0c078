"""Error responses of the API server: an exception class for each status."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from kubex.core._headers import MAX_RETRY_AFTER, Headers
from kubex.models._errors import KubexError

if TYPE_CHECKING:
    from kubex.models import Status, StatusCause


# The messages of servers that do not have the group and version, or the resource. For a missing object, the message
# contains its name.
_UNKNOWN_RESOURCE = ("404 page not found", "the server could not find the requested resource")


@dataclass(eq=False, repr=False)
class ApiError(KubexError):
    """The API server responded with an error status.

    `status` is the HTTP status code. `api_status` is the `Status` object of the server; if the body is not a Status, it
    is created from the response. `retry_after` is the delay in seconds that the server requests before another attempt.
    See https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/.
    """

    status: int
    api_status: Status
    method: str | None = None
    path: str | None = None
    retry_after: float | None = field(default=None, kw_only=True)

    @property
    def message(self) -> str:
        """The message of the server, or else its reason."""
        return self.api_status.message or self.api_status.reason or "no message"

    @property
    def reason(self) -> str | None:
        """The machine-readable reason, such as `AlreadyExists`."""
        return self.api_status.reason

    @property
    def name(self) -> str | None:
        """The name of the object that caused the error."""
        details = self.api_status.details
        return details.name if details is not None else None

    @property
    def kind(self) -> str | None:
        """The kind of the object in the form that the server uses; often the plural, such as `pods`."""
        details = self.api_status.details
        return details.kind if details is not None else None

    @property
    def causes(self) -> list[StatusCause]:
        """The causes of the error, for example the invalid fields."""
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
    """403: the user is not authorized for this request."""


class NotFound(ApiError):
    """404: the object, kind or path does not exist."""

    def __str__(self) -> str:
        text = super().__str__()
        if self.api_status.message not in _UNKNOWN_RESOURCE or not (self.path or "").startswith(("/api/", "/apis/")):
            return text
        return (
            f"{text}: the server does not have this resource; check group, version, plural and scope, or install its "
            "definition"
        )


class MethodNotAllowed(ApiError):
    """405: the path does not support this method."""


class NotAcceptable(ApiError):
    """406: the server does not support the requested media type."""


class Conflict(ApiError):
    """409: the object has changed since it was read, or another field manager owns a field.

    `attempts` is the number of attempts that `edit()` has made; it is 1 for other verbs.
    """

    attempts: int = 1

    def __str__(self) -> str:
        text = super().__str__()
        return text if self.attempts == 1 else f"{text} after {self.attempts} attempts"


class AlreadyExists(Conflict):
    """409 with reason `AlreadyExists`: an object with this name exists."""


class Expired(ApiError):
    """410: the resource version or page token is too old. With `continue_token`, a list can continue inconsistently."""

    @property
    def continue_token(self) -> str | None:
        """The token that continues an expired list with the current objects, if the server offers one."""
        metadata = self.api_status.metadata
        return metadata.continue_ if metadata is not None else None


class RequestEntityTooLarge(ApiError):
    """413: the body is larger than the server accepts."""


class UnsupportedMediaType(ApiError):
    """415: the server does not support this media type, for example this kind of patch."""


@dataclass(eq=False, repr=False)
class Invalid(ApiError):
    """422: the object is not valid; `causes` names the fields.

    `hint` is a possible reason for the rejection of a JSON patch, for which the server does not state one.
    """

    hint: str | None = field(default=None, kw_only=True)

    def __str__(self) -> str:
        return f"{super().__str__()}: {self.hint}" if self.hint else super().__str__()


class TooManyRequests(ApiError):
    """429: the server limits requests, or a disruption budget does not allow an eviction."""


class InternalError(ApiError):
    """500: the server failed to process the request."""


class ServiceUnavailable(ApiError):
    """503: the server, or a server behind it, is not available."""


@dataclass(eq=False, repr=False)
class KindUnavailable(ServiceUnavailable):
    """The server behind an API group is not available, so its kinds are not known.

    `api_version` is the group and the version, such as `metrics.k8s.io/v1beta1`. The other groups can be used.
    """

    api_version: str = field(default="", kw_only=True)


class GatewayTimeout(ApiError):
    """504: the server did not complete the request in time."""


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

_REDIRECTS = frozenset({301, 302, 303, 307, 308})

# The maximum number of bytes that a message quotes of a body that is not a Status.
_MAX_QUOTE = 512


def error_class(status: int, reason: str | None) -> type[ApiError]:
    """Return the class for a status. AlreadyExists and Conflict have the same status and differ by reason."""
    if reason == "AlreadyExists":
        return AlreadyExists
    return CLASS_BY_STATUS.get(status, ApiError)


def error_from_status(api_status: Status, *, status: int | None = None, method: str, path: str) -> ApiError:
    """Create the exception for a `Status`, for example of an `ERROR` event of a watch."""
    code = status or api_status.code or 500
    delay = api_status.details.retry_after_seconds if api_status.details is not None else None
    # JSON allows any integer, and a very large one cannot be converted to a float.
    seconds = None if delay is None or delay < 0 else min(delay, MAX_RETRY_AFTER)
    return error_class(code, api_status.reason)(code, api_status, method, path, retry_after=seconds)


def error_from_response(status: int, headers: Headers, body: bytes, *, method: str, path: str) -> ApiError:
    """Create the exception for an error response. Its body can be a Status, text or HTML, or empty."""
    error = error_from_status(_status_of(status, body), status=status, method=method, path=path)
    seconds = headers.retry_after()
    if seconds is not None:
        error.retry_after = seconds
    return error


def _status_of(status: int, body: bytes) -> Status:
    from kubex.models import Status  # imported on the first error, to keep the import of exceptions fast

    if body.lstrip()[:1] == b"{":
        try:
            api_status = Status.model_validate_json(body)
        except ValidationError:
            api_status = None
        # All fields of a Status are optional, so other JSON is valid, too. It is quoted instead.
        if api_status is not None and (
            "kind" in api_status.model_fields_set or api_status.message or api_status.reason
        ):
            return api_status
    text = body[:_MAX_QUOTE].decode("utf-8", "replace").strip()
    if len(body) > _MAX_QUOTE:
        text += " ..."
    if status in _REDIRECTS:
        text = f"redirects are not followed; the server URL may point to a login page or a wrong path. {text}".strip()
    return Status(status="Failure", message=text or f"HTTP {status} without a body", code=status)
