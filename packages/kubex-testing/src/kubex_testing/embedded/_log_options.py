"""Query parameters of the log subresource."""

from dataclasses import dataclass
from datetime import datetime, timezone

from kubex_testing._objects.go_numbers import duration

from . import _errors as errors
from ._options import Query, first, integer
from ._router import flag


@dataclass(frozen=True)
class LogOptions:
    """PodLogOptions; None is unset."""

    container: str = ""
    follow: bool = False
    previous: bool = False
    timestamps: bool = False
    tail: int | None = None
    limit: int | None = None
    since: datetime | None = None


def log_options(query: Query, pod: str) -> LogOptions:
    """Read and check the options; raises 400 and 422."""
    tail = _number(query, "tailLines")
    limit = _number(query, "limitBytes")
    seconds = _number(query, "sinceSeconds")
    moment = first(query, "sinceTime")
    if tail is not None and tail < 0:
        _invalid(pod, "tailLines", f"Invalid value: {tail}: must be greater than or equal to 0")
    if limit is not None and limit < 1:
        _invalid(pod, "limitBytes", f"Invalid value: {limit}: must be greater than 0")
    if seconds is not None and seconds < 1:
        _invalid(pod, "sinceSeconds", f"Invalid value: {seconds}: must be greater than 0")
    if seconds is not None and moment:
        message = "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified"
        _invalid(pod, "[]", message, type="FieldValueForbidden")
    since = None if seconds is None else datetime.now(timezone.utc) - duration(seconds)
    return LogOptions(
        first(query, "container"),
        flag(query, "follow"),
        flag(query, "previous"),
        flag(query, "timestamps"),
        tail,
        limit,
        _moment(moment) if moment else since,
    )


def _number(query: Query, key: str) -> int | None:
    raw = first(query, key)
    return integer(raw) if raw else None


def _moment(raw: str) -> datetime:
    try:
        moment = datetime.fromisoformat(raw.replace("Z", "+00:00"))
    except ValueError:
        raise errors.bad_request(f'parsing time "{raw}": it must be RFC 3339') from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _invalid(pod: str, field: str, message: str, *, type: str = "FieldValueInvalid") -> None:
    raise errors.invalid("PodLogOptions", "", pod, [errors.cause(type, message, field)])
