"""Convert the scalars of YAML to values, by the rules of YAML 1.1 as Go reads it."""

import math
import re

# YAML 1.1 defines these words. PyYAML does not read y and n as booleans, but Go does.
_WORDS: dict[str, bool | None] = dict.fromkeys(["", "~", "null", "Null", "NULL"]) | {
    form: value
    for words, value in (("y yes on true", True), ("n no off false", False))
    for word in words.split()
    for form in (word, word.capitalize(), word.upper())
}
_STARTS_OF_NUMBERS = frozenset("+-.0123456789")
_INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_IN_BASE = re.compile(r"[-+]?0(?:[bB](?P<b>[01]+)|[xX](?P<x>[0-9a-fA-F]+)|[oO]?(?P<o>[0-7]+))")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SEPARATORS = re.compile(r"(?<=[0-9])_(?=[0-9])")
_BASES = {"b": 2, "o": 8, "x": 16}
# The integers of Go. Go reads other numbers as fractions, or as text if they are not decimal.
_INTEGERS = range(-(2**63), 2**64)
# From here on, Go writes numbers with an exponent.
_MAX_WHOLE = 1e21

Scalar = str | int | float | bool | None


def plain_scalar(text: str) -> Scalar:
    """Return the value of a scalar without quotes."""
    return _number(text) if text[:1] in _STARTS_OF_NUMBERS else _WORDS.get(text, text)


def whole_number(value: float) -> int | float:
    """Return an integer for a number without a fraction, as Go writes it. For integer fields, servers reject `80.0`."""
    return int(value) if value.is_integer() and abs(value) < _MAX_WHOLE else value


def key_text(value: Scalar) -> str:
    """Return the text of a key."""
    if value is None:
        return "null"
    if isinstance(value, float):
        return f"{value:g}"  # as Go does, to six digits
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(text: str) -> str | int | float:
    """Return the number that Go would read, or else the text."""
    if _INFINITE.fullmatch(text):
        return float(text.replace(".", ""))
    digits = text.replace("_", "") if text[0] != "." else _SEPARATORS.sub("", text)
    if match := _IN_BASE.fullmatch(digits):
        base = match.lastgroup or ""
        value = int(match[base], _BASES[base]) * (-1 if digits[0] == "-" else 1)
        if value in _INTEGERS:
            return value
    if not _FLOAT.fullmatch(digits) or math.isinf(number := float(digits)):
        return text
    return int(digits) if _DECIMAL.fullmatch(digits) else number  # int: all digits are kept when it is written again
