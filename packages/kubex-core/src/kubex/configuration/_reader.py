"""One entry of a kubeconfig, read with errors that name the file, the entry and the field."""

import base64
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from kubex.credentials._file_io import check_readable, pem_text
from kubex.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Entry:
    """A cluster, a context or a user of a kubeconfig, or a mapping inside one, whose place in it is `at`.

    A field that is missing, null or empty is None.
    """

    file: Path
    title: str
    values: Mapping[object, object] = field(repr=False)
    at: str = ""

    def place(self, field: str | None) -> str | None:
        """Name a field from the entry on: `exec.env[2].name`."""
        return ".".join(part for part in (self.at, field) if part) or None

    def error(self, field: str | None, problem: str) -> ConfigurationError:
        """Make an exception that says where in the kubeconfig the problem is."""
        return ConfigurationError(problem, source=str(self.file), entry=self.title, field=self.place(field))

    def given(self, field: str) -> bool:
        """Whether a field says anything."""
        value = self.values.get(field)
        return value is not False and value not in (None, "", [], {})

    def text(self, field: str) -> str | None:
        """Read a text."""
        value = self.values.get(field)
        return None if value is None or value == "" else self._as_text(field, value)

    def texts(self, field: str) -> tuple[str, ...]:
        """Read a list of texts, empty if missing; the texts may be empty."""
        return tuple(self._as_text(f"{field}[{position}]", item) for position, item in enumerate(self._list(field)))

    def flag(self, field: str) -> bool:
        """Read a truth value, False if missing."""
        value = self.values.get(field)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise self.error(field, f"must be true or false without quotes, not {kind(value)}")
        return value

    def inner(self, field: str) -> "Entry | None":
        """Read a mapping."""
        value = self.values.get(field)
        return None if value is None else self._inside(field, value)

    def inners(self, field: str) -> "list[Entry]":
        """Read a list of mappings, empty if missing."""
        return [self._inside(f"{field}[{position}]", item) for position, item in enumerate(self._list(field))]

    def decoded(self, field: str) -> str | None:
        """Read PEM in base64, which may have line breaks in it."""
        value = self.text(field)
        if value is None:
            return None
        with suppress(ValueError):  # holds the value, so it is not chained
            return pem_text(base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True))
        raise self.error(field, "is not base64 of PEM text")

    def path(self, field: str, *, must_exist: bool = True) -> Path | None:
        """Read the name of a file, relative to the folder of the kubeconfig, and see that it can be opened."""
        value = self.text(field)
        if value is None:
            return None
        path = self.file.parent / value
        try:
            if must_exist:
                check_readable(path)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the name
            reason = getattr(error, "strerror", None) or str(error)
            raise self.error(field, f"{str(path)!r} cannot be read: {reason}") from error
        return path

    def _list(self, field: str) -> Sequence[object]:
        value = self.values.get(field)
        items = as_list([] if value is None else value)
        if items is None:
            raise self.error(field, f"must be a list, not {kind(value)}")
        return items

    def _as_text(self, field: str, value: object) -> str:
        if not isinstance(value, str):
            raise self.error(field, f"must be text, not {kind(value)}; put it in quotes if it is meant as text")
        return value

    def _inside(self, field: str, value: object) -> "Entry":
        values = as_mapping(value)
        if values is None:
            raise self.error(field, f"must be a mapping, not {kind(value)}")
        return Entry(self.file, self.title, values, self.place(field) or "")


def kind(value: object) -> str:
    """Name the type of a YAML value, never the value, which may be a secret."""
    names: dict[type, str] = {bool: "true or false", int: "a number", float: "a number", list: "a list"}
    names |= {dict: "a mapping", str: "text", type(None): "null"}
    return names.get(type(value), f"a {type(value).__name__}")


def as_mapping(value: object) -> Mapping[object, object] | None:
    """Take a YAML value as a mapping; None if it is something else."""
    return cast("Mapping[object, object]", value) if isinstance(value, dict) else None


def as_list(value: object) -> Sequence[object] | None:
    """Take a YAML value as a list; None if it is something else."""
    return cast("Sequence[object]", value) if isinstance(value, list) else None
