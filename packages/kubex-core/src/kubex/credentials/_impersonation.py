"""Whom to act as, and the headers that say so."""

import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from kubex.core._unicode import LONE_SURROGATE, has_lone_surrogate
from kubex.credentials._authentication import Authentication
from kubex.errors import ConfigurationError

SOURCE = "Impersonation"
"""How errors call the settings."""

# What may stand in the name of a header (RFC 9110, 5.6.2), but for the percent sign, which begins an escape.
_IN_NAMES = frozenset((string.ascii_letters + string.digits + "!#$&'*+-.^_`|~").encode())


@dataclass(frozen=True, kw_only=True, slots=True)
class Impersonation:
    """Whom to act as, once authenticated; the server checks that who asks may do that.

    Texts are sent in UTF-8. The server knows the keys of `extra` in small letters only.
    Raises `ConfigurationError` (a `ValueError`), naming the field, for what cannot be meant or sent.

    https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
    """

    user: str
    """Needed by the others: the server refuses groups, a UID or extra fields of nobody."""
    uid: str | None = None
    groups: tuple[str, ...] = ()
    """Without any, the server adds those that every user, or every service account, is in."""
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Further fields such as `scopes`, each with any number of values."""

    def __post_init__(self) -> None:
        _check("user", self.user)
        if self.uid is not None:
            _check("uid", self.uid)
        object.__setattr__(self, "groups", _texts("groups", self.groups))
        if not isinstance(self.extra, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise _wrong("extra", f"must be a dict of tuples of str, not {type(self.extra).__name__}")
        extra: dict[str, tuple[str, ...]] = {}
        for key, values in self.extra.items():
            _check_text("extra", key)
            extra[key] = _texts(f"extra[{key!r}]", values, empty=True)
        object.__setattr__(self, "extra", extra)

    def authentication(self) -> Authentication:
        """Build the headers: one line for each group and each value of an extra field."""
        return Authentication(headers=tuple(self._headers()))

    def _headers(self) -> Iterator[tuple[str, str]]:
        yield "Impersonate-User", self.user
        if self.uid is not None:
            yield "Impersonate-Uid", self.uid
        for group in self.groups:
            yield "Impersonate-Group", group
        for key, values in self.extra.items():
            for value in values:
                yield f"Impersonate-Extra-{_in_a_name(key)}", value


def _in_a_name(key: str) -> str:
    """Write a key as part of a header's name: letters become small, as they do at the server; the rest is escaped."""
    return "".join(chr(byte).lower() if byte in _IN_NAMES else f"%{byte:02X}" for byte in key.encode())


def _texts(name: str, values: object, *, empty: bool = False) -> tuple[str, ...]:
    if not isinstance(values, tuple | list):
        raise _wrong(name, f"must be a tuple of str, not {type(values).__name__}")
    texts = cast("Sequence[str]", values)
    for value in texts:
        _check(name, value, empty=empty)
    return tuple(texts)


def _check(name: str, value: object, *, empty: bool = False) -> None:
    """Refuse what HTTP cannot carry or would change on the way."""
    value = _check_text(name, value, empty=empty)
    if any((ord(char) < 0x20 and char != "\t") or ord(char) == 0x7F for char in value):
        raise _wrong(name, "holds a line break or another control character, which no header can carry")
    if value != value.strip(" \t"):
        raise _wrong(name, "begins or ends with white space, which headers do not keep")


def _check_text(name: str, value: object, *, empty: bool = False) -> str:
    if not isinstance(value, str):
        raise _wrong(name, f"must be a str, not {type(value).__name__}")
    if not value and not empty:
        raise _wrong(name, "is empty; name a user" if name == "user" else "is empty; leave it out if there is none")
    if has_lone_surrogate(value):
        raise _wrong(name, LONE_SURROGATE)
    return value


def _wrong(name: str, problem: str) -> ConfigurationError:
    return ConfigurationError(problem, source=SOURCE, field=name)
