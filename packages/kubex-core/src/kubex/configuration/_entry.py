"""One entry of a kubeconfig, read with errors that name the file, the entry and the field."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from kubex.core.exceptions import ConfigurationError


@dataclass(frozen=True, slots=True)
class Entry:
    """A cluster, a context or a user of a kubeconfig. A field that is missing, null or empty is None."""

    file: Path
    title: str
    values: Mapping[object, object] = field(repr=False)

    def error(self, field: str | None, problem: str) -> ConfigurationError:
        """Make an exception that says where in the kubeconfig the problem is."""
        return ConfigurationError(problem, source=str(self.file), entry=self.title, field=field)

    def given(self, field: str) -> bool:
        """Whether a field says anything."""
        return self.values.get(field) not in (None, "", [])

    def text(self, field: str) -> str | None:
        """Read a text."""
        value = self.values.get(field)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise self.error(field, f"must be text, not {kind(value)}; put it in quotes if it is meant as text")
        return value

    def flag(self, field: str) -> bool:
        """Read a truth value, False if missing."""
        value = self.values.get(field)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise self.error(field, f"must be true or false without quotes, not {kind(value)}")
        return value

    def decoded(self, field: str) -> str | None:
        """Read text in base64, which may have line breaks in it."""
        value = self.text(field)
        if value is None:
            return None
        try:
            return base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            raise self.error(field, "is not base64 of PEM text") from None

    def path(self, field: str, *, must_exist: bool = True) -> Path | None:
        """Read the name of a file, relative to the folder of the kubeconfig, and see that it can be opened."""
        value = self.text(field)
        if value is None:
            return None
        path = self.file.parent / value
        try:
            if must_exist:
                path.open("rb").close()
        except (OSError, ValueError) as error:  # ValueError: a NUL in the name
            reason = getattr(error, "strerror", None) or str(error)
            raise self.error(field, f"{str(path)!r} cannot be read: {reason}") from error
        return path


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
