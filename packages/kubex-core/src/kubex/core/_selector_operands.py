"""The base class of the objects from which selectors are built. It explains wrong combinations."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn


class SelectorOperand:
    """The base class of labels, fields, and their requirements."""

    __slots__ = ()

    unit: str
    """`label` or `field`."""

    def __bool__(self) -> NoReturn:
        # `a == b and c == d` would drop the first part, and `if` would always be true.
        raise TypeError(
            "a requirement of a selector is neither true nor false: combine requirements with & instead of `and`, with "
            f'parentheses around each, such as ({self.unit}("a") == "b") & ({self.unit}("c") != "d")'
        )

    def reject(self, other: object) -> NoReturn:
        """Raise TypeError for an operand of `&` that is not a requirement of the same kind."""
        raise TypeError(_explain(self, other))

    if not TYPE_CHECKING:  # type checkers report these operands
        __and__ = __rand__ = reject


def _explain(operand: SelectorOperand, other: object) -> str:
    example = f'({operand.unit}("a") == "b") & ({operand.unit}("c") != "d")'
    if isinstance(other, str):
        # `==` has a lower precedence than `&`.
        return f"& combines requirements, not {other!r}: put parentheses around each comparison, such as {example}"
    if not isinstance(other, SelectorOperand):
        return f"& combines two requirements, such as {example}, not one and a {type(other).__name__}"
    if other.unit != operand.unit:
        return (
            "label and field selectors cannot be combined with &: pass them separately, as label_selector= and "
            "field_selector="
        )
    remedy = 'label("a").exists()' if operand.unit == "label" else 'field("a") == "b"'
    return f"a {operand.unit} without a comparison is not a requirement: use {example} or {remedy}"
