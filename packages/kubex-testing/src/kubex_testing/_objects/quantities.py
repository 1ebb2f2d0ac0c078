"""Resource quantities. See https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/."""

import re
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, ROUND_UP, Context, Decimal

# Longer exponents are an error in Go, or take minutes to compute.
_QUANTITY = re.compile(r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,9})?")
_DECIMAL_EXPONENTS = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_SUFFIXES = {exponent: suffix for suffix, exponent in _DECIMAL_EXPONENTS.items()}
_BINARY_PREFIXES = "KMGTPE"
_MAX_BINARY = Decimal(2**63 - 1)
# Python's default context rounds to 28 digits.
_EXACT_CONTEXT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN, rounding=ROUND_UP)


def is_quantity(value: object) -> bool:
    """Return whether a string or a number is a quantity."""
    return not isinstance(value, bool) and bool(_QUANTITY.fullmatch(str(value)))


def parse_quantity(value: object) -> Decimal:
    """Return the value of a quantity. Raises ValueError if it is invalid."""
    match = _QUANTITY.fullmatch(str(value))
    if match is None:
        raise ValueError(f"{value!r} is not a quantity; use a number with an optional suffix such as m, k, Mi or e3")
    number, suffix = Decimal(match[1]), match[2] or ""
    if suffix.endswith("i"):
        return _EXACT_CONTEXT.multiply(number, Decimal(1024 ** (_BINARY_PREFIXES.index(suffix[0]) + 1)))
    return number.scaleb(int(suffix[1:]) if len(suffix) > 1 else _DECIMAL_EXPONENTS[suffix], _EXACT_CONTEXT)


def canonical_quantity(value: object) -> str:
    """Return the form in which kube-apiserver stores a quantity: an integer with the largest possible suffix."""
    match = _QUANTITY.fullmatch(str(value))
    number, suffix = parse_quantity(value), (match[2] if match else None) or ""
    if suffix.endswith("i") and abs(number) >= 1024 and number == number.to_integral_value():
        # Go stores binary quantities as int64.
        return _format_binary(int(max(-_MAX_BINARY, min(number, _MAX_BINARY))))
    # Round digits below nano away from zero. Do not expand large exponents such as `1e5000`.
    if number.as_tuple().exponent < -9:  # type: ignore[operator]  # only infinity and NaN have a string here
        number = number.quantize(Decimal("1E-9"), context=_EXACT_CONTEXT)
    sign, digits, exponent = number.normalize(_EXACT_CONTEXT).as_tuple()
    if not number or not isinstance(exponent, int):
        return "0"
    scientific = len(suffix) > 1
    step = exponent - exponent % 3 if scientific else min(exponent - exponent % 3, 18)
    text = "".join(("-" if sign else "", *map(str, digits), "0" * (exponent - step)))
    if scientific:
        return f"{text}e{step}" if step else text
    return f"{text}{_SUFFIXES[step]}"


def _format_binary(number: int) -> str:
    power = 0
    while number % 1024 == 0 and power < len(_BINARY_PREFIXES):
        number, power = number // 1024, power + 1
    return f"{number}{_BINARY_PREFIXES[power - 1]}i" if power else str(number)
