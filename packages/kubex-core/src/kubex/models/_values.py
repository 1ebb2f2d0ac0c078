"""Field types whose JSON form needs care: times and int-or-string."""

from datetime import datetime, timezone
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field, PlainSerializer, StrictInt, StrictStr, WithJsonSchema


def _utc(value: datetime) -> datetime:
    return (value if value.tzinfo is None else value.astimezone(timezone.utc)).replace(tzinfo=None)


def _seconds(value: datetime) -> str:
    return f"{_utc(value).isoformat()}Z"


def _micros(value: datetime) -> str:
    return f"{_utc(value).isoformat(timespec='microseconds')}Z"


def _empty_list(value: object) -> object:
    return [] if value is None else value


def _empty_dict(value: object) -> object:
    return {} if value is None else value


Time: TypeAlias = Annotated[datetime, PlainSerializer(_seconds, return_type=str, when_used="json-unless-none")]
"""A time such as `metadata.creationTimestamp`; a naive value is taken as UTC. Fractions show where there are any."""

MicroTime: TypeAlias = Annotated[datetime, PlainSerializer(_micros, return_type=str, when_used="json-unless-none")]
"""A time with exactly six fractional digits, as a Lease's `renewTime`; a naive value is taken as UTC."""

IntOrString: TypeAlias = StrictInt | StrictStr
"""A number or a string, kept as which it came (`true` is neither)."""

NullAsEmpty = BeforeValidator(_empty_list)
"""Reads `null` as an empty list, for required lists that servers send as null."""

NullAsEmptyDict = BeforeValidator(_empty_dict)
"""The same for required objects whose names are free."""

Quantity: TypeAlias = Annotated[
    str,
    Field(coerce_numbers_to_str=True),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": True}),
]
"""An amount such as `500m` or `2Gi`, kept as it was written; numbers become strings. See `parse_quantity()`."""
