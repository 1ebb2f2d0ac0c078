"""Read protobuf messages without their definitions."""

from collections.abc import Iterator
from typing import Final

FIXED_LENGTHS: Final = {1: 8, 5: 4}
"""The length in bytes of numbers with a fixed length, by wire type."""


def read_fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield the number and the value of each field of a message: integers, and bytes for all other types."""
    position = 0
    while position < len(message):
        key, position = _read_varint(message, position)
        wire_type = key & 7
        if wire_type == 0:
            value, position = _read_varint(message, position)
            yield key >> 3, value
            continue
        if wire_type == 2:
            length, position = _read_varint(message, position)
        else:
            assert wire_type in FIXED_LENGTHS, f"unexpected wire type {wire_type}"
            length = FIXED_LENGTHS[wire_type]
        end = position + length
        assert end <= len(message), "a field is longer than its message"
        yield key >> 3, message[position:end]
        position = end


def values_at(message: bytes, *path: int) -> list[bytes]:
    """Return the values at a path of field numbers, of which each may be repeated."""
    messages = [message]
    for number in path:
        messages = [
            value for item in messages for key, value in read_fields(item) if key == number if isinstance(value, bytes)
        ]
    return messages


def text_at(message: bytes, *path: int) -> str:
    """Return the only text at a path of field numbers."""
    (value,) = values_at(message, *path)
    return value.decode()


def _read_varint(message: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
