r"""Selectors as the text that is sent; what is none is refused here, since a server would select something else.

A mapping stands for equality alone, so nothing in it may be read as more: values of labels cannot hold what they would
need, those of fields are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias, cast

from kubex.core._errors import ConfigurationError
from kubex.core._text import NO_UNICODE, is_unicode

Selector: TypeAlias = str | Mapping[str, str] | None
"""A selector in Kubernetes' own syntax (`app=web,tier!=db`), or a mapping of keys to the values they must equal.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors.
"""

_LABEL_KEY = re.compile(r"[A-Za-z0-9._/-]+")
_LABEL_VALUE = re.compile(r"[A-Za-z0-9._-]*")
_FIELD_KEY = re.compile(r"[^\\,=!\s]+")
_ESCAPED = re.compile(r"([\\,=])")


def label_selector(value: object) -> str | None:
    """Return a selector of labels as text; raises ConfigurationError."""
    return _text(value, "label_selector", _label)


def field_selector(value: object) -> str | None:
    """Return a selector of fields as text; raises ConfigurationError."""
    return _text(value, "field_selector", _field)


def _text(value: object, argument: str, requirement: Callable[[str, str], str]) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        if not is_unicode(value):
            raise ConfigurationError(NO_UNICODE, field=argument)
        return str.__str__(value)  # a member of an enumeration would show its name
    if not isinstance(value, Mapping):
        raise ConfigurationError(
            f'must be text such as "app=web,tier!=db", or a mapping of keys to values, not {type(value).__name__}',
            field=argument,
        )
    return ",".join(
        requirement(*_pair(key, item, argument)) for key, item in cast("Mapping[object, object]", value).items()
    )


def _pair(key: object, value: object, argument: str) -> tuple[str, str]:
    if isinstance(key, str) and isinstance(value, str):
        return key, value
    what, part = ("value", value) if isinstance(key, str) else ("key", key)
    raise ConfigurationError(
        f"maps {key!r} to {value!r}, whose {what} is {type(part).__name__}: a mapping is of str to str, anything else "
        "is written as text",
        field=argument,
    )


def _label(key: str, value: str) -> str:
    if not _LABEL_KEY.fullmatch(key) or not _LABEL_VALUE.fullmatch(value):
        raise ConfigurationError(
            f"maps {key!r} to {value!r}, which no label can be: labels have letters, digits and -_. only; "
            "other requirements are written as text",
            field="label_selector",
        )
    return key + "=" + value


def _field(key: str, value: str) -> str:
    if not is_unicode(key + value):
        raise ConfigurationError(NO_UNICODE, field="field_selector")
    if not _FIELD_KEY.fullmatch(key):
        raise ConfigurationError(
            f"maps {key!r} to {value!r}, but that is no name of a field; other requirements are written as text",
            field="field_selector",
        )
    return key + "=" + _ESCAPED.sub(r"\\\1", value)
