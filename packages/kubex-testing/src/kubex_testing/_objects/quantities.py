"""Resource quantities. See https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/."""

import re
from decimal import ROUND_UP, Decimal

_QUANTITY = re.compile(r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_SUFFIXES = {exponent: suffix for suffix, exponent in _DECIMAL.items()}
_BINARY = "KMGTPE"


def is_quantity(value: object) -> bool:
    """Tell whether a text (or a number, which Go takes too) is a quantity."""
    return not isinstance(value, bool) and bool(_QUANTITY.fullmatch(str(value)))


def parse_quantity(value: object) -> Decimal:
    """Return the number a quantity stands for. Raises ValueError when it is none."""
    match = _QUANTITY.fullmatch(str(value))
    if match is None:
        raise ValueError(f"{value!r} is no quantity: write a number with a suffix such as m, k, Mi or e3")
    number, suffix = Decimal(match[1]), match[2] or ""
    if suffix.endswith("i"):
        return number * Decimal(1024) ** (_BINARY.index(suffix[0]) + 1)
    return number.scaleb(int(suffix[1:]) if len(suffix) > 1 else _DECIMAL[suffix])


def canonical_quantity(value: object) -> str:
    """Write a quantity as the server stores it: no fraction, and the largest suffix that keeps the number whole."""
    match = _QUANTITY.fullmatch(str(value))
    number, suffix = parse_quantity(value), (match[2] if match else None) or ""
    if suffix.endswith("i") and abs(number) >= 1024 and number == number.to_integral_value():
        return _binary(int(number))
    # What is finer than nano is rounded up, away from zero.
    nanos = int(number.scaleb(9).to_integral_value(ROUND_UP))
    exponent = -9
    while nanos and nanos % 1000 == 0 and exponent < 18:
        nanos, exponent = nanos // 1000, exponent + 3
    if not nanos:
        return "0"
    if len(suffix) > 1 and suffix[0] in "eE":
        return f"{nanos}e{exponent}" if exponent else str(nanos)
    return f"{nanos}{_SUFFIXES[exponent]}"


def _binary(number: int) -> str:
    power = 0
    while number % 1024 == 0 and power < len(_BINARY):
        number, power = number // 1024, power + 1
    return f"{number}{_BINARY[power - 1]}i" if power else str(number)
