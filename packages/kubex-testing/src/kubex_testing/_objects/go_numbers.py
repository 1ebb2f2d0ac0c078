"""Parse numbers as Go does: with 64 bits, for any number of digits."""

import re
from datetime import timedelta
from math import isfinite

# The number of digits of 2**64. Python does not convert strings of more than 4,300 digits.
_MAX_DIGITS = 20


def parse_int(text: str) -> int:
    """Parse a signed integer. Raises ValueError with the message of Go's `strconv.ParseInt`."""
    return _parse(text, "ParseInt", r"[+-]?[0-9]+", range(-(2**63), 2**63))


def parse_uint(text: str) -> int:
    """Parse an unsigned integer. Raises ValueError with the message of Go's `strconv.ParseUint`."""
    return _parse(text, "ParseUint", r"[0-9]+", range(2**64))


def _parse(text: str, function: str, pattern: str, limits: range) -> int:
    if not re.fullmatch(pattern, text):
        raise ValueError(f'strconv.{function}: parsing "{text}": invalid syntax')
    digits = text.lstrip("+-").lstrip("0")
    number = 0 if not digits else int(digits) if len(digits) <= _MAX_DIGITS else 2**64
    number = -number if text.startswith("-") else number
    if number not in limits:
        raise ValueError(f'strconv.{function}: parsing "{text}": value out of range')
    return number


def json_integer(text: str) -> int | float:
    """Parse a JSON integer. Beyond 64 bits it becomes a float. Raises ValueError if it exceeds the range of floats."""
    try:
        return parse_int(text)
    except ValueError:
        return json_float(text)


def json_float(text: str) -> float:
    """Parse a JSON number. Raises ValueError with the message of Go if it exceeds the range of floats."""
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"json: cannot unmarshal number {text} into Go value of type float64")
    return number


def duration(seconds: int) -> timedelta:
    """Convert seconds to a duration."""
    # Go stores durations as nanoseconds in 64 bits, so larger values wrap around.
    nanoseconds = (seconds * 10**9 + 2**63) % 2**64 - 2**63
    return timedelta(seconds=nanoseconds // 10**9)
