"""The syntax of field selectors.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/.
"""

from __future__ import annotations

import re

from kubex.core._unicode import LONE_SURROGATE, has_lone_surrogate

_NAME = re.compile(r"[^\\,=!\s]+")
_ESCAPED = re.compile(r"([\\,=])")


def field_problem(name: str, value: str) -> str | None:
    """Return the problem of an invalid name of a field, or of its value, or None."""
    if has_lone_surrogate(name + value):
        return f"the field {name!r} or its value {LONE_SURROGATE}"
    if not _NAME.fullmatch(name):
        return f"{name!r} is not the name of a field, such as 'metadata.name'"
    return None


def escape_field_value(value: str) -> str:
    """Escape the characters that have a meaning in field selectors."""
    return _ESCAPED.sub(r"\\\1", value)
