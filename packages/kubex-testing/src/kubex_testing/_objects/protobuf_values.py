"""Values of protobuf fields that JSON does not show as the fields of their Go struct."""

import base64
import re
import struct
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from .protobuf_wire import FIXED64, LENGTH, VARINT, Data, ProtobufError, split_parts, tag
from .strict_decode import DecodeError, decode_strict

Decode: TypeAlias = Callable[[Any, int], Any]
"""Convert a value of a field. The second argument is the depth of the message that contains it."""

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # only its difference to other times in UTC is used
_FIRST = tag(1, LENGTH)
_SURROGATES = re.compile("[\udc80-\udcff]")
# JSON numbers without a fraction have this many digits at most; Go then uses an exponent.
_LARGEST_INTEGER = 1e21


def decode_text(data: Data, _depth: int = 0) -> str:
    """Decode UTF-8. As in JSON of Go, each invalid byte becomes U+FFFD."""
    try:
        return str(data, "utf-8")
    except UnicodeDecodeError:
        return _SURROGATES.sub("\ufffd", str(data, "utf-8", "surrogateescape"))


def _decode_boolean(value: int, _depth: int) -> bool:
    return value != 0


def _signed(value: int, bits: int) -> int:
    """Return the signed integer of the last bits of a varint."""
    return ((value + (1 << bits - 1)) & ((1 << bits) - 1)) - (1 << bits - 1)


def _decode_int32(value: int, _depth: int) -> int:
    return _signed(value, 32)


def _decode_int64(value: int, _depth: int) -> int:
    return _signed(value, 64)


def _decode_number(data: Data, _depth: int) -> float:
    value: float = struct.unpack("<d", data)[0]
    if value != value or value in (float("inf"), float("-inf")):
        raise ProtobufError(f"json: unsupported value: {value}")
    return int(value) if value.is_integer() and abs(value) < _LARGEST_INTEGER else value


def _decode_bytes(data: Data, _depth: int) -> str:
    return base64.b64encode(data).decode("ascii")


def _decode_quantity(data: Data, _depth: int) -> str:
    return decode_text(split_parts(data, string=_FIRST).get("string", b"0"))


def _decode_int_or_string(data: Data, _depth: int) -> int | str:
    parts = split_parts(data, Type=tag(1, VARINT), IntVal=tag(2, VARINT), StrVal=tag(3, LENGTH))
    type_ = parts.get("Type", 0)
    if type_ > 1:
        raise ProtobufError("impossible IntOrString.Type")
    return decode_text(parts.get("StrVal", b"")) if type_ else _signed(parts.get("IntVal", 0), 32)


def _decode_time(data: Data, _depth: int) -> str | None:
    return _time(data, micro=False)


def _decode_micro_time(data: Data, _depth: int) -> str | None:
    return _time(data, micro=True)


def _time(data: Data, *, micro: bool) -> str | None:
    """Return a time in RFC 3339. An empty message is an unset time. Only a MicroTime has a fraction."""
    if not data:
        return None
    parts = split_parts(data, Seconds=tag(1, VARINT), Nanos=tag(2, VARINT))
    microseconds = int(_signed(parts.get("Nanos", 0), 32) / 1000) if micro else 0
    try:
        moment = _EPOCH + timedelta(seconds=_signed(parts.get("Seconds", 0), 64), microseconds=microseconds)
    except OverflowError:
        raise ProtobufError("year outside of range [1,9999]") from None
    return f"{moment.isoformat(timespec='microseconds' if micro else 'seconds')}Z"


def _decode_json(data: Data, _depth: int) -> Any:
    """Return the JSON value of a RawExtension, FieldsV1 or JSON. They contain it as text."""
    raw = split_parts(data, Raw=_FIRST).get("Raw")
    if not raw:
        return None
    try:
        return decode_strict(bytes(raw))[0]
    except DecodeError as error:
        raise ProtobufError(f"json: error calling MarshalJSON: {error}") from error


DECODERS: dict[str, tuple[int, Decode]] = {
    "string": (LENGTH, decode_text),
    "boolean": (VARINT, _decode_boolean),
    "int32": (VARINT, _decode_int32),
    "int64": (VARINT, _decode_int64),
    "number": (FIXED64, _decode_number),
    "bytes": (LENGTH, _decode_bytes),
    "quantity": (LENGTH, _decode_quantity),
    "int-or-string": (LENGTH, _decode_int_or_string),
    "time": (LENGTH, _decode_time),
    "micro-time": (LENGTH, _decode_micro_time),
    "any": (LENGTH, _decode_json),
}
"""The wire type of each kind of a schema that is not a struct, list or map, and the function that decodes it."""
