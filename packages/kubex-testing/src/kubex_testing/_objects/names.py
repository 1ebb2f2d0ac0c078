"""Validation of names, labels, annotations and finalizers, with the messages of kube-apiserver.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and …/labels/.
"""

import random
import re

from .json_types import JsonArray, JsonObject
from .status_causes import StatusCause, invalid, too_long

MAX_GENERATE_NAME_BASE = 58
MAX_ANNOTATION_BYTES = 256 * 1024
SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
STANDARD_FINALIZERS = frozenset({"foregroundDeletion", "orphan", "kubernetes"})

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_LABEL_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_LABEL_VALUE = f"({_QUALIFIED})?"
_CONFIG_KEY = r"[-._a-zA-Z0-9]+"

_REGEX = "regex used for validation is"
_LABEL_MESSAGE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    f"an alphanumeric character (e.g. 'my-name',  or '123-abc', {_REGEX} '{_LABEL}')"
)
_LABEL_1035_MESSAGE = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    f"and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', {_REGEX} '{_LABEL_1035}')"
)
_SUBDOMAIN_MESSAGE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    f"end with an alphanumeric character (e.g. 'example.com', {_REGEX} '{_SUBDOMAIN}')"
)
_QUALIFIED_MESSAGE = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    f"character (e.g. 'MyName',  or 'my.name',  or '123-abc', {_REGEX} '{_QUALIFIED}')"
)
_TWO_SLASHES_MESSAGE = (
    "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    f"alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', {_REGEX} '{_QUALIFIED}') with an optional "
    "DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
)
_LABEL_VALUE_MESSAGE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    f"end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', {_REGEX} '{_LABEL_VALUE}')"
)
_CONFIG_KEY_MESSAGE = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  "
    f"or 'key-name', {_REGEX} '{_CONFIG_KEY}')"
)


def _pattern_problems(value: str, pattern: str, text: str, limit: int, unit: str = "characters") -> list[str]:
    # kube-apiserver counts bytes, even if the message says characters.
    found = [f"must be no more than {limit} {unit}"] if len(value.encode()) > limit else []
    if not re.fullmatch(pattern, value):
        found.append(text)
    return found


def dns1123_label_problems(value: str) -> list[str]:
    text = "must not contain dots" if re.fullmatch(_SUBDOMAIN, value) else _LABEL_MESSAGE
    return _pattern_problems(value, _LABEL, text, 63)


def dns1123_subdomain_problems(value: str) -> list[str]:
    return _pattern_problems(value, _SUBDOMAIN, _SUBDOMAIN_MESSAGE, 253)


def dns1035_label_problems(value: str) -> list[str]:
    return _pattern_problems(value, _LABEL_1035, _LABEL_1035_MESSAGE, 63)


def label_value_problems(value: str) -> list[str]:
    return _pattern_problems(value, _LABEL_VALUE, _LABEL_VALUE_MESSAGE, 63, "bytes")


def config_key_problems(value: str) -> list[str]:
    """Return the problems of a key of a ConfigMap or a Secret."""
    found = _pattern_problems(value, _CONFIG_KEY, _CONFIG_KEY_MESSAGE, 253)
    if value in {".", ".."}:
        found.append(f"must not be '{value}'")
    elif value.startswith(".."):
        found.append("must not start with '..'")
    return found


def port_name_problems(value: str) -> list[str]:
    """Return the problems of a port name (an IANA service name)."""
    checks = (
        (len(value) > 15, "must be no more than 15 characters"),
        (
            not re.fullmatch("[-a-z0-9]+", value),
            "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
        ),
        (not re.search("[a-z]", value), "must contain at least one letter (a-z)"),
        ("--" in value, "must not contain consecutive hyphens"),
        (value.startswith("-") or value.endswith("-"), "must not begin or end with a hyphen"),
    )
    return [text for wrong, text in checks if wrong]


def qualified_name_problems(value: str) -> list[str]:
    """Return the problems of a label key, an annotation key or a finalizer."""
    prefix, slash, name = value.rpartition("/")
    found: list[str] = []
    if slash:
        if not prefix:
            found.append("prefix part must be non-empty")
        elif "/" in prefix:
            # A key with two slashes has no other causes.
            return [_TWO_SLASHES_MESSAGE]
        else:
            found.extend(f"prefix part {problem}" for problem in dns1123_subdomain_problems(prefix))
    if not name:
        found.append("name part must be non-empty")
    elif len(name) > 63:
        found.append("name part must be no more than 63 bytes")
    if not re.fullmatch(_QUALIFIED, name):
        found.append(_QUALIFIED_MESSAGE)
    return found


def validate_dns1123_label(value: str, field: str = "metadata.name") -> list[StatusCause]:
    """Validate a name that must be a DNS label (namespaces, containers)."""
    return [invalid(field, value, problem) for problem in dns1123_label_problems(value)]


def validate_dns1123_subdomain(value: str, field: str = "metadata.name") -> list[StatusCause]:
    """Validate a name that may contain dots (most kinds)."""
    return [invalid(field, value, problem) for problem in dns1123_subdomain_problems(value)]


def path_segment_problems(name: str) -> list[str]:
    """Return the problems of a name that only has to be a valid part of a path."""
    if name in {".", ".."}:
        return [f"may not be '{name}'"]
    return [f"may not contain '{char}'" for char in "/%" if char in name]


def validate_labels(labels: JsonObject, field: str = "metadata.labels") -> list[StatusCause]:
    """Validate the keys and values of labels. The field of the causes is the map, not the key."""
    found: list[StatusCause] = []
    for key in sorted(labels):
        found += [invalid(field, key, problem) for problem in qualified_name_problems(key)]
        found += [invalid(field, labels[key], problem) for problem in label_value_problems(labels[key])]
    return found


def validate_annotations(annotations: JsonObject, field: str = "metadata.annotations") -> list[StatusCause]:
    """Validate the keys and the total size of annotations."""
    # kube-apiserver converts the keys to lower case before it validates them.
    found: list[StatusCause] = []
    for key in sorted(annotations):
        found += [invalid(field, key, problem) for problem in qualified_name_problems(key.lower())]
    size = sum(len(key.encode()) + len(value.encode()) for key, value in annotations.items())
    if size > MAX_ANNOTATION_BYTES:
        found.append(too_long(field, MAX_ANNOTATION_BYTES))
    return found


def validate_finalizers(finalizers: JsonArray, field: str) -> list[StatusCause]:
    """Validate the format of finalizers. The field of the causes is the list, not the item."""
    return [invalid(field, value, problem) for value in finalizers for problem in qualified_name_problems(value)]


def validate_finalizer_domain(value: str, field: str) -> list[StatusCause]:
    """Validate that a finalizer has a domain or is a standard finalizer."""
    if "/" in value or value in STANDARD_FINALIZERS:
        return []
    return [invalid(field, value, "name is neither a standard finalizer name nor is it fully qualified")]


def expand_generate_name(base: str, rng: random.Random) -> str:
    """Return a name from `metadata.generateName`: at most 58 of its characters, and 5 random characters."""
    return base[:MAX_GENERATE_NAME_BASE] + "".join(rng.choices(SUFFIX_ALPHABET, k=5))
