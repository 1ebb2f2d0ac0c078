"""Resource quantities. See https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/."""

import re
from decimal import Decimal

_QUANTITY = re.compile(r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
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
