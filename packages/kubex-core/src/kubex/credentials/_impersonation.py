"""User impersonation: the user to act as, and its headers."""

import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from kubex.core._unicode import LONE_SURROGATE, has_lone_surrogate
from kubex.credentials._authentication import Authentication
from kubex.errors import ConfigurationError

# The characters that a header name can contain (RFC 9110, section 5.6.2), without the percent sign of escapes.
_HEADER_NAME_CHARACTERS = frozenset((string.ascii_letters + string.digits + "!#$&'*+-.^_`|~").encode())


@dataclass(frozen=True, kw_only=True, slots=True)
class Impersonation:
    """The user to act as. The server checks that the authenticated user has the verb `impersonate` for it.

    Values are sent in UTF-8. The server converts the keys of `extra` to lower case.
    Raises `ConfigurationError` (a `ValueError`), naming the field, for invalid values.

    https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
    """

    user: str
    """Required, because the server rejects groups, a UID or extra fields without a user."""
    uid: str | None = None
    groups: tuple[str, ...] = ()
    """If empty, the server adds the groups that every user, or every service account, has."""
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Additional fields such as `scopes`, each with any number of values."""

    def __post_init__(self) -> None:
        _check("user", self.user)
        if self.uid is not None:
            _check("uid", self.uid)
        object.__setattr__(self, "groups", _check_strings("groups", self.groups))
        if not isinstance(self.extra, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise _invalid("extra", f"must be a dict of tuples of str, not {type(self.extra).__name__}")
        extra: dict[str, tuple[str, ...]] = {}
        for key, values in self.extra.items():
            _check_string("extra", key)
            extra[key] = _check_strings(f"extra[{key!r}]", values, empty=True)
        object.__setattr__(self, "extra", extra)

    def authentication(self) -> Authentication:
        """Build the headers, with one header line for each group and each value of an extra field."""
        return Authentication(headers=tuple(self._headers()))

    def _headers(self) -> Iterator[tuple[str, str]]:
        yield "Impersonate-User", self.user
        if self.uid is not None:
            yield "Impersonate-Uid", self.uid
        for group in self.groups:
            yield "Impersonate-Group", group
        for key, values in self.extra.items():
            for value in values:
                yield f"Impersonate-Extra-{_escape_key(key)}", value


def _escape_key(key: str) -> str:
    """Escape a key as part of a header name."""
    # Lower case shows what the server receives: header names are case-insensitive, and it converts the key.
    return "".join(chr(byte).lower() if byte in _HEADER_NAME_CHARACTERS else f"%{byte:02X}" for byte in key.encode())


def _check_strings(name: str, values: object, *, empty: bool = False) -> tuple[str, ...]:
    if not isinstance(values, tuple | list):
        raise _invalid(name, f"must be a tuple of str, not {type(values).__name__}")
    strings = cast("Sequence[str]", values)
    for value in strings:
        _check(name, value, empty=empty)
    return tuple(strings)


def _check(name: str, value: object, *, empty: bool = False) -> None:
    """Raise an error for a value that HTTP cannot transmit unchanged."""
    value = _check_string(name, value, empty=empty)
    if any((ord(char) < 0x20 and char != "\t") or ord(char) == 0x7F for char in value):
        raise _invalid(name, "contains a line break or another control character, which a header cannot contain")
    if value != value.strip(" \t"):
        raise _invalid(name, "starts or ends with whitespace, which headers do not preserve")


def _check_string(name: str, value: object, *, empty: bool = False) -> str:
    if not isinstance(value, str):
        raise _invalid(name, f"must be a str, not {type(value).__name__}")
    if not value and not empty:
        raise _invalid(name, "is empty; set a user" if name == "user" else "is empty; omit it, or set a value")
    if has_lone_surrogate(value):
        raise _invalid(name, LONE_SURROGATE)
    return value


def _invalid(name: str, problem: str) -> ConfigurationError:
    return ConfigurationError(problem, source="Impersonation", field=name)
