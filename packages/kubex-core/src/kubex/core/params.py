"""The types of options that calls and clients share."""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, dataclass, fields
from types import EllipsisType
from typing import Literal, TypeAlias

from kubex.core._errors import ConfigurationError
from kubex.models._text_enum import TextEnum

__all__ = [
    "DecodeMode",
    "FieldValidation",
    "FieldValidationTypes",
    "NamespaceTypes",
    "Precondition",
    "PropagationPolicy",
    "PropagationPolicyTypes",
    "ResourceVersionMatch",
    "ResourceVersionMatchTypes",
    "Timeout",
    "TimeoutTypes",
]


class PropagationPolicy(TextEnum):
    """The effect of a delete on dependents.

    See https://kubernetes.io/docs/concepts/architecture/garbage-collection/#cascading-deletion.
    """

    BACKGROUND = "Background"
    """The server deletes the object now and its dependents later."""
    FOREGROUND = "Foreground"
    """The server deletes the dependents first; until then the object exists with a `deletion_timestamp`."""
    ORPHAN = "Orphan"
    """The dependents stay."""


class FieldValidation(TextEnum):
    """The treatment of unknown and duplicate fields by the server.

    See https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation.
    """

    IGNORE = "Ignore"
    WARN = "Warn"
    """The server drops the fields and sends a warning."""
    STRICT = "Strict"
    """The server rejects the request with 400."""


class ResourceVersionMatch(TextEnum):
    """How the server applies `resource_version` to a list.

    See https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions.
    """

    EXACT = "Exact"
    NOT_OLDER_THAN = "NotOlderThan"


PropagationPolicyTypes: TypeAlias = PropagationPolicy | Literal["Background", "Foreground", "Orphan"]
"""A `PropagationPolicy` or its text."""

FieldValidationTypes: TypeAlias = FieldValidation | Literal["Ignore", "Warn", "Strict"]
"""A `FieldValidation` or its text."""

ResourceVersionMatchTypes: TypeAlias = ResourceVersionMatch | Literal["Exact", "NotOlderThan"]
"""A `ResourceVersionMatch` or its text."""

DecodeMode: TypeAlias = Literal["lazy", "eager"]
"""When the fields of objects are decoded: `lazy` when each is first read, `eager` when the response is read."""

NamespaceTypes: TypeAlias = str | EllipsisType | None
"""A namespace; `...` is the default one, `None` is all namespaces."""

PhaseTypes: TypeAlias = float | EllipsisType | None


@dataclass(frozen=True, slots=True)
class Timeout:
    """Time limits in seconds.

    `total` bounds a whole call. Of the phases, `...` (the default) is the HTTP library's own limit, or none where
    `total` is set; `None` is no limit. `write` and `pool` have an effect with httpx only.

    Raises ConfigurationError for a limit that is not a positive finite number.
    """

    total: float | None = None
    _: KW_ONLY
    connect: PhaseTypes = ...
    read: PhaseTypes = ...
    write: PhaseTypes = ...
    pool: PhaseTypes = ...

    def __post_init__(self) -> None:
        for limit in fields(self):
            value = getattr(self, limit.name)
            if value is None or value is ...:
                if limit.name == "total" and value is ...:
                    raise ConfigurationError("must be a number of seconds or None, not ...", field="Timeout.total")
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
                raise ConfigurationError(
                    f"must be a positive number of seconds or None, not {value!r}", field=f"Timeout.{limit.name}"
                )


TimeoutTypes: TypeAlias = Timeout | float | EllipsisType | None
"""`...` is the client's or the HTTP library's default, `None` no timeout, a number a total in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Precondition:
    """What must still hold for a delete to happen; otherwise it is a `Conflict`."""

    uid: str | None = None
    resource_version: str | None = None


def coerce_timeout(value: TimeoutTypes, *, field: str) -> Timeout | EllipsisType | None:
    """Turn a number into `Timeout(total=number)` and refuse what is no timeout."""
    if value is None or value is ... or isinstance(value, Timeout):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError(f"must be ..., None, a number of seconds or a Timeout, not {value!r}", field=field)
    if not 0 < value < math.inf:
        raise ConfigurationError(f"must be a positive number of seconds, not {value!r}", field=field)
    return Timeout(total=float(value))
