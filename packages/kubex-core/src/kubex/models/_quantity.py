"""Amounts as Kubernetes writes them: `500m`, `1.5Gi`, `12e6`.

See https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/.
"""

import math
import re
from decimal import Context, Decimal, Inexact, Overflow
from fractions import Fraction
from typing import Literal, TypeAlias

QuantityForm: TypeAlias = Literal["decimal", "binary", "exponent"]
"""Which suffixes a quantity is written with: `m`, `k` and `M`, or `Ki` and `Mi`, or `e3` and `e6`."""

QuantityLike: TypeAlias = str | int | float | Decimal
"""A quantity as Kubernetes writes it, or a number."""

_GRAMMAR = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?", re.ASCII)
_DECIMAL = {-9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P", 18: "E"}
_POWER = {suffix: power for power, suffix in _DECIMAL.items()}
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")

# Far more digits than any amount has; what would need more is refused rather than rounded.
_EXACT = Context(prec=1000, Emax=10_000, Emin=-10_000, traps=[Inexact, Overflow])
_TOO_MANY = 10**_EXACT.prec
_LARGEST_BINARY = 2**63 - 1


def parse_quantity(quantity: QuantityLike) -> Decimal:
    """Return an amount as a number, exactly; raises ValueError for what is no amount."""
    return _parse(quantity)[0]


def compare_quantities(first: QuantityLike, second: QuantityLike) -> int:
    """Return -1, 0 or 1, as the first amount is less than, equal to or greater than the second."""
    left, right = parse_quantity(first), parse_quantity(second)
    return (left > right) - (left < right)


def add_quantities(*quantities: QuantityLike) -> str:
    """Return a sum in its canonical form, decimal or binary as the first amount.

    Zeros and what cancels out do not count as the first. Each amount is rounded and ended as by
    `canonical_quantity()`, the sum is not.
    """
    total = Fraction(0)
    form: QuantityForm = "decimal"
    for quantity in quantities:
        value, written = _amount(quantity)
        form = form if total else written
        total += value
    return format_quantity(total, form)


def canonical_quantity(quantity: QuantityLike) -> str:
    """Return an amount as API servers write it: `1500m` for `1.5`, `1Mi` for `1024Ki`.

    Like them it rounds up what is finer than `1n`, and ends binary amounts at 2**63-1. They leave some amounts as they
    were written, such as `1.125` or `1e+3`: compare by value.
    """
    return format_quantity(*_amount(quantity))


def format_quantity(value: int | Decimal | Fraction, form: QuantityForm = "decimal") -> str:
    """Write a number as API servers do, with the largest suffix that leaves no fraction.

    `decimal` has suffixes such as `m` and `k`, `binary` such as `Ki`, `exponent` such as `e3`. Like Kubernetes it
    rounds up what is finer than `1n`, and writes in decimal what is no whole binary amount.
    """
    digits = _nanos(Fraction(value))
    sign = "-" if value < 0 else ""
    if digits == 0:
        return "0"
    if form == "binary" and digits % 10**9 == 0 and digits >= 1024 * 10**9:
        whole, power = digits // 10**9, 0
        while whole % 1024 == 0 and power < len(_BINARY) - 1:
            whole, power = whole // 1024, power + 1
        return f"{sign}{whole}{_BINARY[power]}"
    power = -9
    while digits % 1000 == 0 and (power < 18 or form == "exponent"):
        digits, power = digits // 1000, power + 3
    if digits >= _TOO_MANY:
        raise ValueError("the amount has more digits than a quantity may have")
    if form != "exponent":
        return f"{sign}{digits}{_DECIMAL[power]}"
    return f"{sign}{digits}e{power}" if power else f"{sign}{digits}"


def _amount(quantity: QuantityLike) -> tuple[Fraction, QuantityForm]:
    """Read one amount as Kubernetes does: what is finer than `1n` is rounded up, and binary ones end at 2**63-1."""
    exact, form = _parse(quantity)
    value = Fraction(_nanos(Fraction(exact)), 10**9)
    if form == "binary":
        value = min(value, Fraction(_LARGEST_BINARY))
        form = "decimal" if 0 < value < 1 else form
    return (-value if exact < 0 else value), form


def _nanos(value: Fraction) -> int:
    """Return how many billionths an amount has, without its sign."""
    return math.ceil(abs(value) * 10**9)


def _parse(quantity: QuantityLike) -> tuple[Decimal, QuantityForm]:
    found = _GRAMMAR.fullmatch(str(quantity)) if not isinstance(quantity, bool) else None
    if found is None:
        raise ValueError(f"{quantity!r} is no quantity: write a number with a suffix such as m, k, M, Ki, Mi or e3")
    number, suffix = found[1], found[2] or ""
    try:
        value = _EXACT.create_decimal(number)
        if suffix in _POWER:
            return _EXACT.scaleb(value, _POWER[suffix]), "decimal"
        if suffix in _BINARY:
            return _EXACT.multiply(value, Decimal(1024 ** _BINARY.index(suffix))), "binary"
        return _EXACT.create_decimal(f"{number}{suffix}"), "exponent"
    except (Inexact, Overflow) as error:
        raise ValueError(f"{quantity!r} has more digits than a quantity may have") from error
