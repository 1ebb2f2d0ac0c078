"""The query parameters of the log subresource."""

from dataclasses import dataclass
from datetime import datetime, timezone

from kubex_testing._objects.go_numbers import duration

from . import _errors as errors
from ._options import Query, first_value, parse_integer
from ._request_info import parse_boolean


@dataclass(frozen=True)
class LogOptions:
    """The options of a log request (PodLogOptions). None means that an option is not set."""

    container: str = ""
    follow: bool = False
    previous: bool = False
    timestamps: bool = False
    tail: int | None = None
    limit: int | None = None
    since: datetime | None = None


def log_options(query: Query, pod: str) -> LogOptions:
    """Read and check the options. Raises 400 and 422."""
    tail = _number(query, "tailLines")
    limit = _number(query, "limitBytes")
    seconds = _number(query, "sinceSeconds")
    since_time = first_value(query, "sinceTime")
    if tail is not None and tail < 0:
        _raise_invalid(pod, "tailLines", f"Invalid value: {tail}: must be greater than or equal to 0")
    if limit is not None and limit < 1:
        _raise_invalid(pod, "limitBytes", f"Invalid value: {limit}: must be greater than 0")
    if seconds is not None and seconds < 1:
        _raise_invalid(pod, "sinceSeconds", f"Invalid value: {seconds}: must be greater than 0")
    if seconds is not None and since_time:
        message = "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified"
        _raise_invalid(pod, "[]", message, type="FieldValueForbidden")
    since = None if seconds is None else datetime.now(timezone.utc) - duration(seconds)
    return LogOptions(
        first_value(query, "container"),
        parse_boolean(query, "follow"),
        parse_boolean(query, "previous"),
        parse_boolean(query, "timestamps"),
        tail,
        limit,
        _parse_time(since_time) if since_time else since,
    )


def _number(query: Query, key: str) -> int | None:
    value = first_value(query, key)
    return parse_integer(value) if value else None


def _parse_time(value: str) -> datetime:
    try:
        since_time = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        raise errors.bad_request(f'parsing time "{value}": it must be RFC 3339') from None
    return since_time if since_time.tzinfo else since_time.replace(tzinfo=timezone.utc)


def _raise_invalid(pod: str, field: str, message: str, *, type: str = "FieldValueInvalid") -> None:
    raise errors.invalid("PodLogOptions", "", pod, [errors.status_cause(type, message, field)])
