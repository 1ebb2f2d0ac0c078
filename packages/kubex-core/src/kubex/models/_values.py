"""Field types whose JSON form needs care: times, amounts, int-or-string, and null for what is empty."""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Annotated, Any, TypeAlias

from pydantic import Field, GetCoreSchemaHandler, PlainSerializer, Strict, StrictInt, StrictStr, WithJsonSchema
from pydantic_core.core_schema import CoreSchema, custom_error_schema, no_info_after_validator_function, nullable_schema


def _in_utc(value: datetime, timespec: str) -> str:
    if value.tzinfo is not None:
        value = value.astimezone(timezone.utc).replace(tzinfo=None)
    return value.isoformat(timespec=timespec) + "Z"  # strftime does not pad years, and Go's zero time is of year 1


def _seconds(value: datetime) -> str:
    return _in_utc(value, "seconds")


def _micros(value: datetime) -> str:
    return _in_utc(value, "microseconds")


def _as_it_is(value: datetime) -> str:
    return _in_utc(value, "auto")


Time: TypeAlias = Annotated[datetime, PlainSerializer(_seconds, return_type=str, when_used="json-unless-none")]
"""A time with whole seconds, as `metadata.creationTimestamp`; a naive value is taken as UTC."""

MicroTime: TypeAlias = Annotated[datetime, PlainSerializer(_micros, return_type=str, when_used="json-unless-none")]
"""A time with exactly six fractional digits, as a Lease's `renewTime`; a naive value is taken as UTC."""

Timestamp: TypeAlias = Annotated[datetime, PlainSerializer(_as_it_is, return_type=str, when_used="json-unless-none")]
"""A time with the fraction it has, for `format: date-time` of custom resources; a naive value is taken as UTC.

What is finer than a microsecond is cut off, since a datetime cannot hold it: annotate with `str` to keep that.
"""

IntOrString: TypeAlias = StrictInt | StrictStr
"""A number or a string, kept as which it came (`true` is neither)."""


class _NullAs:
    def __init__(self, empty: Callable[[], object]) -> None:
        self._empty = empty

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # A validator before the list would see, and so first build, every item as plain Python values.
        return no_info_after_validator_function(self._filled, nullable_schema(handler(source)))

    def _filled(self, value: object) -> object:
        return self._empty() if value is None else value


NullAsEmpty = _NullAs(list)
"""Reads `null` as an empty list, for required lists that servers send as null."""

NullAsEmptyDict = _NullAs(dict)
"""The same for required objects whose names are free."""

Quantity: TypeAlias = Annotated[
    str,
    Field(coerce_numbers_to_str=True),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": True}),
]
"""An amount such as `500m` or `2Gi`, kept as it was written; numbers become strings. See `parse_quantity()`."""


class _NamesEncoder:
    @staticmethod
    def __get_pydantic_core_schema__(source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return custom_error_schema(
            handler(source),
            custom_error_type="base64_text",
            custom_error_message="Input should be text in base64; encode_secret_data() makes it of bytes and text",
        )


Base64: TypeAlias = Annotated[str, Strict(), _NamesEncoder, WithJsonSchema({"type": "string", "format": "byte"})]
"""Bytes as text in base64. Bytes themselves are refused: they might be meant encoded or not.

See `encode_secret_data()` and `decode_secret_data()`.
"""

Hidden = Field(repr=False)
"""Keeps a field out of the repr of its object: `token: Annotated[str, Hidden]`."""


def is_ours(metadata: object) -> bool:
    """Return whether an item of metadata is one of this module, which validate a value without its neighbours."""
    return isinstance(metadata, _NullAs) or metadata is _NamesEncoder
