"""Selectors that are objects: `EVERYTHING`, requirements, and the `LabelSelector` of model packages."""

from __future__ import annotations

from enum import Enum
from typing import Final

from kubex.core._errors import ConfigurationError
from kubex.core._field_requirements import FieldRequirements
from kubex.core._label_requirements import LabelRequirements
from kubex.core._label_selector_models import is_label_selector, requirements_of_model
from kubex.core._selector_operands import SelectorOperand


class Everything(Enum):
    """The type of `EVERYTHING`."""

    EVERYTHING = "everything"

    def __repr__(self) -> str:
        return "EVERYTHING"


EVERYTHING: Final = Everything.EVERYTHING
"""Selects all objects, as `label_selector` or `field_selector`.

`delete_collection()` raises ConfigurationError for an empty selector, which can be a mistake, but not for `EVERYTHING`.
"""


def label_selector_text(value: object) -> str | None:
    """Return the text of a label selector that is an object; None selects all objects."""
    if isinstance(value, LabelRequirements):
        return str(value)
    if value is EVERYTHING:
        return None
    if not is_label_selector(value):
        raise _wrong_selector(value, "label_selector")
    try:
        return str(LabelRequirements(requirements_of_model(value)))
    except ValueError as error:
        raise ConfigurationError(str(error), field="label_selector") from None


def field_selector_text(value: object) -> str | None:
    """Return the text of a field selector that is an object; None selects all objects."""
    if isinstance(value, FieldRequirements):
        return str(value)
    if value is EVERYTHING:
        return None
    raise _wrong_selector(value, "field_selector")


def _wrong_selector(value: object, argument: str) -> Exception:
    if isinstance(value, LabelRequirements | FieldRequirements):
        return TypeError(f"{argument}: {value!r} is a {value.unit} selector: pass it as {value.unit}_selector=")
    if isinstance(value, SelectorOperand):
        remedy = " or .exists()" if value.unit == "label" else ""
        return TypeError(f'{argument}: {value!r} is not a requirement: add a comparison such as == "value"{remedy}')
    return ConfigurationError(
        'must be a string such as "app=web,tier!=db", a mapping of keys to values, or a selector of kubex.selectors, '
        f"not {type(value).__name__}",
        field=argument,
    )
