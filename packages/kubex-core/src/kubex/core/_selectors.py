r"""Label and field selectors.

A mapping means that each key equals its value. Characters that would change this are escaped in the values of field
selectors; values of labels cannot contain such characters, so they raise an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias, cast

from kubex.core._errors import ConfigurationError
from kubex.core._unicode import LONE_SURROGATE, has_lone_surrogate

Selector: TypeAlias = str | Mapping[str, str] | None
"""A selector in the syntax of Kubernetes (`app=web,tier!=db`), or a mapping of keys to values.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors.
"""

# A selector with a mistake must raise an error: the server reads only the first of two query parameters, and an empty
# selector selects all objects. So a wrong encoding could delete objects that the selector excludes.
_LABEL_KEY = re.compile(r"[A-Za-z0-9._/-]+")
_LABEL_VALUE = re.compile(r"[A-Za-z0-9._-]*")
_FIELD_KEY = re.compile(r"[^\\,=!\s]+")
_ESCAPED = re.compile(r"([\\,=])")


def label_selector(value: object) -> str | None:
    """Return a label selector as a string; raises ConfigurationError if it is invalid."""
    return _text(value, "label_selector", _label)


def field_selector(value: object) -> str | None:
    """Return a field selector as a string; raises ConfigurationError if it is invalid."""
    return _text(value, "field_selector", _field)


def _text(value: object, argument: str, requirement: Callable[[str, str], str]) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        if has_lone_surrogate(value):
            raise ConfigurationError(LONE_SURROGATE, field=argument)
        return str.__str__(value)  # str() of an enumeration member would be its name
    if not isinstance(value, Mapping):
        raise ConfigurationError(
            f'must be a string such as "app=web,tier!=db", or a mapping of keys to values, not {type(value).__name__}',
            field=argument,
        )
    return ",".join(
        requirement(*_pair(key, item, argument)) for key, item in cast("Mapping[object, object]", value).items()
    )


def _pair(key: object, value: object, argument: str) -> tuple[str, str]:
    if isinstance(key, str) and isinstance(value, str):
        return key, value
    role, part = ("value", value) if isinstance(key, str) else ("key", key)
    raise ConfigurationError(
        f"contains {key!r}: {value!r}, but the {role} must be a str, not {type(part).__name__}; pass other "
        "requirements as a string",
        field=argument,
    )


def _label(key: str, value: str) -> str:
    if not _LABEL_KEY.fullmatch(key) or not _LABEL_VALUE.fullmatch(value):
        raise ConfigurationError(
            f"contains the invalid label {key!r}: {value!r}; labels consist of letters, digits, '-', '_' and '.'; "
            "pass other requirements as a string",
            field="label_selector",
        )
    return key + "=" + value


def _field(key: str, value: str) -> str:
    if has_lone_surrogate(key + value):
        raise ConfigurationError(LONE_SURROGATE, field="field_selector")
    if not _FIELD_KEY.fullmatch(key):
        raise ConfigurationError(
            f"contains {key!r}: {value!r}, but {key!r} is not the name of a field; pass other requirements as a string",
            field="field_selector",
        )
    return key + "=" + _ESCAPED.sub(r"\\\1", value)
