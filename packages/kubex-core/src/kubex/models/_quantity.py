"""Functions for quantities in the notation of Kubernetes: `500m`, `1.5Gi`, `12e6`.

See https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/.
"""

import math
import re
from decimal import Context, Decimal, Inexact, Overflow
from fractions import Fraction
from typing import Literal, TypeAlias

QuantityForm: TypeAlias = Literal["decimal", "binary", "exponent"]
"""The suffixes of a quantity: `decimal` is `m`, `k` and `M`, `binary` is `Ki` and `Mi`, `exponent` is `e3` and `e6`."""

QuantityLike: TypeAlias = str | int | float | Decimal
"""A quantity in the notation of Kubernetes, or a number."""

_QUANTITY_PATTERN = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?", re.ASCII)
_SUFFIX_BY_POWER = {-9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P", 18: "E"}
_POWER_BY_SUFFIX = {suffix: power for power, suffix in _SUFFIX_BY_POWER.items()}
_BINARY_SUFFIXES = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")

# The limits are far above real quantities. They bound the cost of values such as 1e999999999. With the traps, a value
# beyond them is an error and is not rounded.
_EXACT_CONTEXT = Context(prec=1000, Emax=10_000, Emin=-10_000, traps=[Inexact, Overflow])
_DIGITS_LIMIT = 10**_EXACT_CONTEXT.prec
# Kubernetes limits binary quantities to this value when it parses them, but not decimal ones and not sums.
_MAX_BINARY_VALUE = 2**63 - 1


def parse_quantity(quantity: QuantityLike) -> Decimal:
    """Return the exact value of a quantity: `parse_quantity("1.5Gi")` is 1610612736.

    Raises ValueError if it is not a quantity, or has more than 1,000 digits.
    """
    return _parse(quantity)[0]


def compare_quantities(first: QuantityLike, second: QuantityLike) -> int:
    """Return -1, 0 or 1 if the first value is less than, equal to or greater than the second one.

    Raises ValueError as `parse_quantity()` does.
    """
    left, right = parse_quantity(first), parse_quantity(second)
    return (left > right) - (left < right)


def add_quantities(*quantities: QuantityLike) -> str:
    """Return the sum in canonical form: `add_quantities("512Mi", "0.5Gi")` is `"1Gi"`.

    The result has the form of the first quantity. If the first quantities add up to zero, they do not count for this.
    Each quantity is rounded and limited as in `canonical_quantity()`, but the sum is not. Raises ValueError as
    `parse_quantity()` does.
    """
    total = Fraction(0)
    form: QuantityForm = "decimal"
    for quantity in quantities:
        value, quantity_form = _normalize(quantity)
        form = form if total else quantity_form
        total += value
    return format_quantity(total, form)


def canonical_quantity(quantity: QuantityLike) -> str:
    """Return a quantity in the form in which API servers write it: `1500m` for `1.5`, `1Mi` for `1024Ki`.

    As in Kubernetes, a fraction of `1n` is rounded up, and a binary quantity is limited to 2**63-1. API servers do not
    change the form of some quantities, such as `1.125` or `1e+3`, so use `compare_quantities()` to compare them. Raises
    ValueError as `parse_quantity()` does.
    """
    return format_quantity(*_normalize(quantity))


def format_quantity(value: int | Decimal | Fraction, form: QuantityForm = "decimal") -> str:
    """Return a number as a quantity, as API servers write it: with the largest suffix that does not need a fraction.

    The form `decimal` uses suffixes such as `m` and `k`, `binary` such as `Ki`, and `exponent` such as `e3`. As in
    Kubernetes, a fraction of `1n` is rounded up, and a value that is below 1024 or not an integer is not written in
    binary form. Raises ValueError if the quantity has more than 1,000 digits.
    """
    digits = _nanos(Fraction(value))
    sign = "-" if value < 0 else ""
    if digits == 0:
        return "0"
    if form == "binary" and digits % 10**9 == 0 and digits >= 1024 * 10**9:
        integer, power = digits // 10**9, 0
        while integer % 1024 == 0 and power < len(_BINARY_SUFFIXES) - 1:
            integer, power = integer // 1024, power + 1
        return f"{sign}{integer}{_BINARY_SUFFIXES[power]}"
    power = -9
    # Decimal suffixes end with E, which is 10**18. Exponents do not have a limit.
    while digits % 1000 == 0 and (power < 18 or form == "exponent"):
        digits, power = digits // 1000, power + 3
    if digits >= _DIGITS_LIMIT:
        raise ValueError("the quantity has too many digits")
    if form != "exponent":
        return f"{sign}{digits}{_SUFFIX_BY_POWER[power]}"
    return f"{sign}{digits}e{power}" if power else f"{sign}{digits}"


def _normalize(quantity: QuantityLike) -> tuple[Fraction, QuantityForm]:
    """Return a quantity as Kubernetes stores it: fractions of `1n` rounded up, binary values limited to 2**63-1."""
    exact, form = _parse(quantity)
    value = Fraction(_nanos(Fraction(exact)), 10**9)
    if form == "binary":
        value = min(value, Fraction(_MAX_BINARY_VALUE))
        form = "decimal" if 0 < value < 1 else form
    return (-value if exact < 0 else value), form


def _nanos(value: Fraction) -> int:
    """Return the absolute value in units of `1n`, rounded up."""
    return math.ceil(abs(value) * 10**9)


def _parse(quantity: QuantityLike) -> tuple[Decimal, QuantityForm]:
    # bool is a subclass of int, and True is not a quantity.
    match = _QUANTITY_PATTERN.fullmatch(str(quantity)) if not isinstance(quantity, bool) else None
    if match is None:
        raise ValueError(
            f"invalid quantity {quantity!r}: expected a number with a suffix such as m, k, M, Ki, Mi or e3"
        )
    number, suffix = match[1], match[2] or ""
    try:
        value = _EXACT_CONTEXT.create_decimal(number)
        if suffix in _POWER_BY_SUFFIX:
            return _EXACT_CONTEXT.scaleb(value, _POWER_BY_SUFFIX[suffix]), "decimal"
        if suffix in _BINARY_SUFFIXES:
            return _EXACT_CONTEXT.multiply(value, Decimal(1024 ** _BINARY_SUFFIXES.index(suffix))), "binary"
        return _EXACT_CONTEXT.create_decimal(f"{number}{suffix}"), "exponent"
    except (Inexact, Overflow) as error:
        raise ValueError(f"quantity {quantity!r} is too large or has too many digits") from error
