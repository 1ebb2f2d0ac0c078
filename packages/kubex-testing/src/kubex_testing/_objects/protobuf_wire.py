"""The wire format of protobuf: a message is a sequence of fields, each with a number and a wire type.

See https://protobuf.dev/programming-guides/encoding/.
"""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

VARINT: Final = 0
FIXED64: Final = 1
LENGTH: Final = 2
FIXED32: Final = 5
_MAX_NUMBER = 2**31 - 1
_FIXED_SIZES = {FIXED64: 8, FIXED32: 4}
# Slices of larger messages share their memory, because each level of nesting would copy the levels below.
_LARGE = 4096

Data: TypeAlias = bytes | memoryview


class ProtobufError(ValueError):
    """The bytes are not a message of the expected type. The messages are those of Go."""


def tag(number: int, wire_type: int) -> int:
    """Return the tag of a field: its number and its wire type."""
    return number << 3 | wire_type


def split(data: Data, owner: str = "") -> Iterator[tuple[int, Any]]:
    """Yield the tag and the value of each field: an unsigned integer for VARINT, and bytes for other wire types.

    `owner` is the type of the message, for errors.

    Raises:
        ProtobufError: the data is incomplete, or contains groups, which Kubernetes does not use.
    """
    position, end = 0, len(data)
    while position < end:
        found, position = _varint(data, position)
        if not 0 < found >> 3 <= _MAX_NUMBER:
            raise ProtobufError(f"proto: {owner}: illegal tag {found >> 3} (wire type {found})")
        wire_type = found & 7
        if wire_type == VARINT:
            value, position = _varint(data, position)
            yield found, value
            continue
        if wire_type == LENGTH:
            size, position = _varint(data, position)
        elif wire_type in _FIXED_SIZES:
            size = _FIXED_SIZES[wire_type]
        else:
            raise ProtobufError(f"proto: illegal wireType {wire_type}")
        if size > end - position:
            raise ProtobufError("unexpected EOF")
        yield found, _slice(data, position, position + size)
        position += size


def split_parts(data: Data, **tags: int) -> dict[str, Any]:
    """Return the values of the fields with these tags, the last one of each. Other numbers are skipped."""
    found: dict[str, Any] = {}
    for each, value in split(data):
        for name, expected in tags.items():
            if each == expected:
                found[name] = value
            elif each >> 3 == expected >> 3:
                raise ProtobufError(f"proto: wrong wireType = {each & 7} for field {name}")
    return found


def split_varints(data: Data) -> Iterator[int]:
    """Yield the integers of a packed list. Raises ProtobufError."""
    position = 0
    while position < len(data):
        value, position = _varint(data, position)
        yield value


def _varint(data: Data, position: int) -> tuple[int, int]:
    """Return the unsigned integer at a position, and the position after it."""
    value = shift = 0
    try:
        byte = data[position]
        while byte >= 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
            if shift >= 64:
                raise ProtobufError("proto: integer overflow")
            position += 1
            byte = data[position]
    except IndexError:
        raise ProtobufError("unexpected EOF") from None
    return (value | byte << shift) & 0xFFFF_FFFF_FFFF_FFFF, position + 1


def _slice(data: Data, start: int, end: int) -> Data:
    return memoryview(data)[start:end] if end - start > _LARGE else bytes(data[start:end])


def join(parts: list[Data]) -> Data:
    """Return one message for the values of a field that is not repeated: protobuf merges them."""
    return parts[0] if len(parts) == 1 else b"".join(parts)
