"""Field types whose JSON form needs care: times, amounts, int-or-string, and null for what is empty."""

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

# What `format: date-time` allows, see RFC 3339.
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


class ReceivedTime(datetime):
    """A time with the text that it was read from, because Kubex would write another text.

    What is computed from it, also by `replace()` and `astimezone()`, has no text.
    """

    __slots__ = ("text",)
    text: str

    @staticmethod
    def of(moment: datetime, text: str) -> "ReceivedTime":
        """Add the text to a time."""
        parts = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second, moment.microsecond)
        made = ReceivedTime(*parts, tzinfo=moment.tzinfo)
        made.text = text
        return made

    def __reduce_ex__(self, protocol: Any) -> Any:
        moment = datetime.combine(self.date(), self.timetz())
        text = getattr(self, "text", None)
        return moment.__reduce_ex__(protocol) if text is None else (ReceivedTime.of, (moment, text))


class _TimeFormat:
    """How a time is written. A time that was read from another text is written as that text, if `keep` matches it."""

    def __init__(self, timespec: str, *, usual: str, keep: str = "") -> None:
        self._timespec = timespec
        self._usual = usual
        self._keep = re.compile(keep)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        time = handler(source)
        # Pydantic reads the usual form without calling Python code, in half of the time.
        usual = chain_schema([str_schema(pattern=self._usual), time])
        return union_schema(
            [usual, no_info_wrap_validator_function(self._read, time)],
            mode="left_to_right",
            custom_error_type="date_time",
            custom_error_message="Input should be a date and time such as 2024-01-02T03:04:05Z",
            serialization=plain_serializer_function_ser_schema(
                self._write, return_schema=str_schema(), when_used="json-unless-none"
            ),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(datetime_schema())

    def _read(self, value: Any, handler: ValidatorFunctionWrapHandler) -> datetime:
        time: datetime = handler(value)
        if not isinstance(value, str) or not _RFC3339.fullmatch(value) or not self._keep.search(value):
            return time
        # A time with an offset is always written in UTC; for some of year 1 that is not possible.
        return time if value.endswith("Z") and self._write(time) == value else ReceivedTime.of(time, value)

    def _write(self, time: datetime) -> str:
        text: str | None = getattr(time, "text", None)
        if text is not None and self._keep.search(text):
            return text
        if time.tzinfo is not None:
            time = time.astimezone(timezone.utc).replace(tzinfo=None)
        # strftime does not pad years, and Go's zero time is of year 1
        return time.isoformat(timespec=self._timespec) + "Z"


Time: TypeAlias = Annotated[datetime, _TimeFormat("seconds", usual=r"^.{10}T.{8}Z$")]
"""A time with whole seconds, as `metadata.creationTimestamp`; a naive value is taken as UTC."""

MicroTime: TypeAlias = Annotated[
    datetime, _TimeFormat("microseconds", usual=r"^.{10}T.{8}\.\d{6}Z$", keep=r"\.\d{6}(?!\d)")
]
"""A time with exactly six fractional digits, as a Lease's `renewTime`; a naive value is taken as UTC."""

Timestamp: TypeAlias = Annotated[datetime, _TimeFormat("auto", usual=r"^.{10}T.{8}Z$")]
"""A time with the fraction it has, for `format: date-time` of custom resources; a naive value is taken as UTC.

A time that is not changed is written as it was read. Python's datetime has microseconds: annotate with `str` to see
nanoseconds.
"""

IntOrString: TypeAlias = StrictInt | StrictStr
"""A number or a string, kept as which it came (`true` is neither)."""


class ReceivedNullList(list[Any]):
    """A list that was read from null, and is written as null as long as it is empty."""

    __slots__ = ()


class ReceivedNullDict(dict[str, Any]):
    """The same for a dict."""

    __slots__ = ()


class _NullAs:
    def __init__(self, empty: type[ReceivedNullList | ReceivedNullDict]) -> None:
        self._empty = empty

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # A validator before the list would see, and so first build, every item as plain Python values.
        return no_info_after_validator_function(self._filled, nullable_schema(handler(source)))

    def _filled(self, value: object) -> object:
        return self._empty() if value is None else value


NullAsEmpty = _NullAs(ReceivedNullList)
"""Reads `null` as an empty list, for lists that servers send as null where they are empty."""

NullAsEmptyDict = _NullAs(ReceivedNullDict)
"""The same for objects whose names are free."""

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
    return isinstance(metadata, _NullAs | _TimeFormat) or metadata is _NamesEncoder


class TextEnum(str, Enum):
    """A base of enumerations: a member equals its text and is formatted as it, on every version of Python."""

    __str__ = str.__str__
