"""Types of fields with a special JSON form: times, quantities, int-or-string, base64, and null for empty containers."""

import re
from datetime import datetime, timezone
from enum import Enum
from typing import Annotated, Any, TypeAlias

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, Strict, StrictInt, StrictStr, WithJsonSchema
from pydantic_core.core_schema import (
    CoreSchema,
    ValidatorFunctionWrapHandler,
    chain_schema,
    custom_error_schema,
    datetime_schema,
    no_info_after_validator_function,
    no_info_wrap_validator_function,
    nullable_schema,
    plain_serializer_function_ser_schema,
    str_schema,
    union_schema,
)


class TextEnum(str, Enum):
    """The base class of enumerations with text values. A member equals its text."""

    # Without this, the results of str() and format() depend on the version of Python.
    __str__ = str.__str__


# The syntax of `format: date-time`, see RFC 3339.
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


class ReceivedTime(datetime):
    """A time together with the text that was received. Kubex sends this text, so the field does not change.

    Kubex creates it only if it would write another text. Times that are computed from it, also with `replace()` and
    `astimezone()`, do not have a text.
    """

    __slots__ = ("text",)
    text: str

    @staticmethod
    def with_text(time: datetime, text: str) -> "ReceivedTime":
        """Return a copy of a time with its text."""
        parts = (time.year, time.month, time.day, time.hour, time.minute, time.second, time.microsecond)
        received = ReceivedTime(*parts, tzinfo=time.tzinfo)
        received.text = text
        return received

    def __reduce_ex__(self, protocol: Any) -> Any:
        # datetime pickles its fields without the slot. A computed time is an instance of this class without a text.
        time = datetime.combine(self.date(), self.timetz())
        text = getattr(self, "text", None)
        return time.__reduce_ex__(protocol) if text is None else (ReceivedTime.with_text, (time, text))


class _TimeFormat:
    """The JSON form of a time.

    `timespec` is the resolution of `datetime.isoformat()`. `common_pattern` matches the form that servers send. If a
    received text has another form and matches `preserved_pattern`, it is sent as it was received.
    """

    def __init__(self, timespec: str, *, common_pattern: str, preserved_pattern: str = "") -> None:
        self._timespec = timespec
        self._common_pattern = common_pattern
        self._preserved_pattern = re.compile(preserved_pattern)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        time = handler(source)
        # Pydantic validates the common form without calling Python code, which takes half of the time.
        common = chain_schema([str_schema(pattern=self._common_pattern), time])
        return union_schema(
            [common, no_info_wrap_validator_function(self._validate, time)],
            mode="left_to_right",
            custom_error_type="date_time",
            custom_error_message="Input should be a date and time such as 2024-01-02T03:04:05Z",
            serialization=plain_serializer_function_ser_schema(
                self._serialize, return_schema=str_schema(), when_used="json-unless-none"
            ),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(datetime_schema())

    def _validate(self, value: Any, handler: ValidatorFunctionWrapHandler) -> datetime:
        time: datetime = handler(value)
        if not isinstance(value, str) or not _RFC3339.fullmatch(value) or not self._preserved_pattern.search(value):
            return time
        # A time with an offset would be written in UTC. It is not compared, because conversion to UTC fails for the
        # first hours of year 1.
        return time if value.endswith("Z") and self._serialize(time) == value else ReceivedTime.with_text(time, value)

    def _serialize(self, time: datetime) -> str:
        text: str | None = getattr(time, "text", None)
        if text is not None and self._preserved_pattern.search(text):
            return text
        if time.tzinfo is not None:
            time = time.astimezone(timezone.utc).replace(tzinfo=None)
        # strftime() does not pad the year to four digits, and the zero time of Go is in year 1.
        return time.isoformat(timespec=self._timespec) + "Z"


Time: TypeAlias = Annotated[datetime, _TimeFormat("seconds", common_pattern=r"^.{10}T.{8}Z$")]
"""A time with a resolution of one second, such as `metadata.creationTimestamp`; a naive value is interpreted as UTC."""

MicroTime: TypeAlias = Annotated[
    datetime,
    _TimeFormat("microseconds", common_pattern=r"^.{10}T.{8}\.\d{6}Z$", preserved_pattern=r"\.\d{6}(?!\d)"),
]
"""A time with six fractional digits, such as `renewTime` of a Lease; a naive value is interpreted as UTC."""

Timestamp: TypeAlias = Annotated[datetime, _TimeFormat("auto", common_pattern=r"^.{10}T.{8}Z$")]
"""A time that keeps its fraction, for `format: date-time` of custom resources; a naive value is interpreted as UTC.

A time that does not change is sent as it was received. The resolution of `datetime` is one microsecond: use `str` to
read nanoseconds.
"""

IntOrString: TypeAlias = StrictInt | StrictStr
"""An integer or a string, such as `80` or `"http"`, preserved as received. Booleans are not accepted."""


class ReceivedNullList(list[Any]):
    """A list that was received as null. It is sent as null if it is still empty."""

    __slots__ = ()


class ReceivedNullDict(dict[str, Any]):
    """A dict that was received as null. It is sent as null if it is still empty."""

    __slots__ = ()


class _NullAs:
    def __init__(self, empty: type[ReceivedNullList | ReceivedNullDict]) -> None:
        self._empty = empty

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # With a validator before the list, Pydantic would first create Python objects for all items.
        return no_info_after_validator_function(self._replace_null, nullable_schema(handler(source)))

    def _replace_null(self, value: object) -> object:
        return self._empty() if value is None else value


# Go encodes a nil slice or map as null, so servers send null for required lists and maps that are empty.
NullAsEmpty = _NullAs(ReceivedNullList)
"""Reads `null` as an empty list: `Annotated[list[str], NullAsEmpty]`."""

NullAsEmptyDict = _NullAs(ReceivedNullDict)
"""Reads `null` as an empty dict: `Annotated[dict[str, str], NullAsEmptyDict]`."""

Quantity: TypeAlias = Annotated[
    str,
    Field(coerce_numbers_to_str=True),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": True}),
]
"""A quantity such as `500m` or `2Gi`, preserved as received; numbers become strings. See `parse_quantity()`."""


class _Base64Error:
    """Adds an error message that names the function for encoding."""

    @staticmethod
    def __get_pydantic_core_schema__(source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return custom_error_schema(
            handler(source),
            custom_error_type="base64_text",
            custom_error_message="Input should be text in base64; use encode_secret_data() to encode bytes or text",
        )


Base64: TypeAlias = Annotated[str, Strict(), _Base64Error, WithJsonSchema({"type": "string", "format": "byte"})]
"""Bytes as text in base64. Values of the type `bytes` are rejected, because they may already be encoded or not.

See `encode_secret_data()` and `decode_secret_data()`.
"""

Hidden = Field(repr=False)
"""Excludes a field from the `repr` of its object: `token: Annotated[str, Hidden]`."""


def is_kubex_annotation(metadata: object) -> bool:
    """Return whether an item of metadata is defined in this module. Such items do not access other fields."""
    return isinstance(metadata, _NullAs | _TimeFormat) or metadata is _Base64Error
