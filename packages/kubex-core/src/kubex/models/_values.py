"""Field types whose JSON form needs care: times and int-or-string."""

from datetime import datetime, timezone
from typing import Annotated, Any, TypeAlias

from pydantic import GetCoreSchemaHandler, PlainSerializer, StrictInt, StrictStr
from pydantic_core.core_schema import CoreSchema, no_info_after_validator_function, nullable_schema


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


class _NullAsEmpty:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # A validator before the list would see, and so first build, every item as plain Python values.
        return no_info_after_validator_function(_empty_list, nullable_schema(handler(source)))


NullAsEmpty = _NullAsEmpty()
"""Reads `null` as an empty list, for required lists that servers send as null."""
