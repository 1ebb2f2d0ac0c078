"""The reactions of a reflector to the errors of lists and watches."""

from enum import Enum, auto

from kubex.errors import ApiError, DecodeError, Expired, Forbidden, NotFound, Unauthorized, is_transient

# The statuses with which servers respond to `sendInitialEvents` if they do not support it.
_UNSUPPORTED = (400, 405, 422)

_INTERNAL_ERROR = 500
_GATEWAY_TIMEOUT = 504


class Reason(Enum):
    """The reason of an error, which determines the next request."""

    TRANSIENT = auto()
    """Wait, and send the same request again."""
    EXPIRED = auto()
    """The server no longer has the resource version, or the version of a continue token."""
    TOO_LARGE = auto()
    """The server does not have the resource version yet."""
    UNSUPPORTED = auto()
    """The server does not support initial events."""
    UNREADABLE = auto()
    """The watch cannot continue after an event, for example because an object in etcd is damaged."""
    MISSING = auto()
    """The server does not have the kind."""
    DENIED = auto()
    """The credentials or permissions are not sufficient."""
    PERMANENT = auto()
    """Another attempt would fail, too."""


def reason_of(error: Exception, *, initial_events: bool, from_event: bool) -> Reason:
    """Classify an error.

    `initial_events` is True for a watch with initial events, and `from_event` for an `ERROR` event of a watch.
    """
    if isinstance(error, DecodeError) and from_event and not error.not_from_server:
        return Reason.UNREADABLE
    if not isinstance(error, ApiError):
        return Reason.TRANSIENT if is_transient(error) else Reason.PERMANENT
    if isinstance(error, Expired):
        return Reason.EXPIRED
    if error.status == _GATEWAY_TIMEOUT and any(cause.reason == "ResourceVersionTooLarge" for cause in error.causes):
        return Reason.TOO_LARGE
    if initial_events and error.status in _UNSUPPORTED:
        return Reason.UNSUPPORTED
    if from_event and error.status == _INTERNAL_ERROR and error.reason == "StorageReadError":
        return Reason.UNREADABLE
    if is_transient(error):
        return Reason.TRANSIENT
    if isinstance(error, NotFound):
        return Reason.MISSING
    if isinstance(error, Unauthorized | Forbidden):
        return Reason.DENIED
    return Reason.UNREADABLE if from_event else Reason.PERMANENT
