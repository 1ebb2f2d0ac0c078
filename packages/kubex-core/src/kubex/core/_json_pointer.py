"""JSON pointers (RFC 6901), which name a place in a JSON document."""

from __future__ import annotations

import re

from typing_extensions import Self

from kubex.core._errors import ConfigurationError

# A tilde is followed by 0 or 1: `~0` is a tilde in a part, and `~1` is a slash.
_POINTER = re.compile(r"(/([^~/]|~[01])*)*", re.DOTALL)


class Pointer(str):
    """A JSON pointer (RFC 6901): the path of a value in an object, as keys and positions.

    The keys are those of the JSON, such as `ownerReferences`. They can contain any characters; `/` and `~` are escaped.
    A position in a list is an int that starts at 0, and `"-"` is the end of the list. The operator `/` appends a part.
    A pointer is also a string, such as `/metadata/labels/example.com~1team`. A part can be another pointer.

    Raises TypeError for a part that is not a str or an int, and ConfigurationError for a negative position.

    Example:
        labels = Pointer("metadata", "labels")
        print(labels / "example.com/team")  # /metadata/labels/example.com~1team
    """

    __slots__ = ()

    def __new__(cls, *parts: str | int) -> Self:
        """Create a pointer; without parts, it points to the complete object."""
        return str.__new__(cls, "".join(map(_escaped, parts)))

    def __truediv__(self, part: str | int) -> Self:
        """Return a pointer with one more part."""
        return str.__new__(type(self), self + _escaped(part))

    def __getnewargs__(self) -> tuple[str, ...]:  # type: ignore[override]  # the constructor does not take the string
        return self.parts

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts, without escapes."""
        return tuple(part.replace("~1", "/").replace("~0", "~") for part in self.split("/")[1:])


def _escaped(part: str | int) -> str:
    if isinstance(part, Pointer):
        return part
    if isinstance(part, str):
        return "/" + part.replace("~", "~0").replace("/", "~1")
    if isinstance(part, bool) or not isinstance(part, int):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"a part of a Pointer is a str or an int, not {part!r}")
    if part < 0:
        raise ConfigurationError(
            f'must be 0 or more, not {part!r}; "-" is the end of a list', field="part of a Pointer"
        )
    return f"/{int(part)}"


def parent_pointer(path: str) -> str:
    """Return the pointer of the object or list that contains a value."""
    return path.rpartition("/")[0]


def checked_pointer(path: str, argument: str) -> str:
    """Return a path unchanged; raises ConfigurationError if it is not a JSON pointer."""
    if _POINTER.fullmatch(path):
        return path
    raise ConfigurationError(
        f'{path!r} is not a JSON pointer: use Pointer("metadata", "labels", "example.com/team"), or a string that '
        "starts with / and contains ~1 for / and ~0 for ~",
        field=argument,
    )
