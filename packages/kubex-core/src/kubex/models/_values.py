"""Field types whose JSON form needs care: times and int-or-string."""

from datetime import datetime, timezone
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, PlainSerializer, StrictInt, StrictStr


def _in_utc(value: datetime, timespec: str) -> str:
    if value.tzinfo is not None:
        value = value.astimezone(timezone.utc).replace(tzinfo=None)
    return value.isoformat(timespec=timespec) + "Z"  # strftime does not pad years, and Go's zero time is of year 1


def _seconds(value: datetime) -> str:
    return _in_utc(value, "seconds")


def _micros(value: datetime) -> str:
    return _in_utc(value, "microseconds")


def _empty_list(value: object) -> object:
    return [] if value is None else value


Time: TypeAlias = Annotated[datetime, PlainSerializer(_seconds, return_type=str, when_used="json-unless-none")]
"""A time with whole seconds, as `metadata.creationTimestamp`; a naive value is taken as UTC."""

MicroTime: TypeAlias = Annotated[datetime, PlainSerializer(_micros, return_type=str, when_used="json-unless-none")]
"""A time with exactly six fractional digits, as a Lease's `renewTime`; a naive value is taken as UTC."""

IntOrString: TypeAlias = StrictInt | StrictStr
"""A number or a string, kept as which it came (`true` is neither)."""

NullAsEmpty = BeforeValidator(_empty_list)
"""Reads `null` as an empty list, for required lists that servers send as null."""
