"""The syntax of label keys and values.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set.
"""

from __future__ import annotations

import re

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_PREFIX = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_NAME_RULE = (
    "have at most 63 letters, digits, '-', '_' and '.', and start and end with a letter or digit, such as 'my.name'"
)


def label_key_problem(key: str) -> str | None:
    """Return the problem of an invalid label key, with the part that is invalid, or None."""
    prefix, slash, name = key.rpartition("/")
    if slash and not _PREFIX.fullmatch(prefix):
        rule = "be a DNS subdomain in lower case with at most 253 characters, such as 'example.com'"
        return f"the prefix {prefix!r} of the label key {key!r} must {rule}"
    if not _NAME.fullmatch(name):
        return f"the name {name!r} of the label key {key!r} must {_NAME_RULE}"
    return None


def label_value_problem(key: str, value: str) -> str | None:
    """Return the problem of an invalid label value, or None."""
    if not value or _NAME.fullmatch(value):
        return None
    return f"the value {value!r} of the label {key!r} must be empty, or {_NAME_RULE}"
