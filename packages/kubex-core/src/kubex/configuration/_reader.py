"""Read the fields of a kubeconfig entry, with errors that name the file, the entry and the field."""

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
    """A cluster, context or user of a kubeconfig, or a mapping inside one.

    The methods return None for a field that is missing, null or empty.
    """

    file: Path
    label: str
    """The entry in errors, such as `user 'admin'`."""
    values: Mapping[object, object] = field(repr=False)
    prefix: str = ""
    """The path of this mapping inside the entry, such as `exec`."""

    def field_path(self, field: str | None) -> str | None:
        """Return the path of a field from the entry on, such as `exec.env[2].name`."""
        return ".".join(part for part in (self.prefix, field) if part) or None

    def error(self, field: str | None, problem: str) -> ConfigurationError:
        """Create an error for a field of this entry."""
        return ConfigurationError(problem, source=str(self.file), entry=self.label, field=self.field_path(field))

    def is_set(self, field: str) -> bool:
        """Return whether a field has a value that is not null, false or empty."""
        value = self.values.get(field)
        return value is not False and value not in (None, "", [], {})

    def string(self, field: str) -> str | None:
        """Read a string."""
        value = self.values.get(field)
        return None if value is None or value == "" else self._check_string(field, value)

    def strings(self, field: str) -> tuple[str, ...]:
        """Read a list of strings, which may be empty strings; a missing list is empty."""
        return tuple(self._check_string(f"{field}[{index}]", item) for index, item in enumerate(self._list(field)))

    def boolean(self, field: str) -> bool:
        """Read a boolean; a missing one is False."""
        value = self.values.get(field)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise self.error(field, f"must be true or false without quotes, not {type_name(value)}")
        return value

    def nested(self, field: str) -> "Entry | None":
        """Read a mapping."""
        value = self.values.get(field)
        return None if value is None else self._nested(field, value)

    def nested_list(self, field: str) -> "list[Entry]":
        """Read a list of mappings; a missing list is empty."""
        return [self._nested(f"{field}[{index}]", item) for index, item in enumerate(self._list(field))]

    def pem(self, field: str) -> str | None:
        """Read PEM in base64, which may contain line breaks."""
        value = self.string(field)
        if value is None:
            return None
        # The decoding error is not chained, because it contains the value, which may be a private key.
        with suppress(ValueError):
            return pem_text(base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True))
        raise self.error(field, "is not valid base64; write base64-encoded PEM")

    def path(self, field: str, *, must_exist: bool = True) -> Path | None:
        """Read a file name relative to the folder of the kubeconfig, and check that the file can be opened."""
        value = self.string(field)
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
            raise self.error(field, f"must be a list, not {type_name(value)}")
        return items

    def _check_string(self, field: str, value: object) -> str:
        if not isinstance(value, str):
            raise self.error(field, f"must be a string, not {type_name(value)}; put the value in quotes")
        return value

    def _nested(self, field: str, value: object) -> "Entry":
        values = as_mapping(value)
        if values is None:
            raise self.error(field, f"must be a mapping, not {type_name(value)}")
        return Entry(self.file, self.label, values, self.field_path(field) or "")


def type_name(value: object) -> str:
    """Return the name of the type of a YAML value. Errors show it instead of the value, which may be a secret."""
    names: dict[type, str] = {bool: "a boolean", int: "a number", float: "a number", list: "a list"}
    names |= {dict: "a mapping", str: "a string", type(None): "null"}
    return names.get(type(value), f"a {type(value).__name__}")


def as_mapping(value: object) -> Mapping[object, object] | None:
    """Return a YAML value if it is a mapping, else None."""
    return cast("Mapping[object, object]", value) if isinstance(value, dict) else None


def as_list(value: object) -> Sequence[object] | None:
    """Return a YAML value if it is a list, else None."""
    return cast("Sequence[object]", value) if isinstance(value, list) else None
