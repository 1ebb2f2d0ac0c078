"""The types of options that calls and clients share."""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, dataclass, fields
from types import EllipsisType
from typing import Literal, TypeAlias

from kubex.core._errors import ConfigurationError
from kubex.models._types import TextEnum

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
"""A namespace; `...` is the default namespace, `None` is all namespaces."""

PhaseTypes: TypeAlias = float | EllipsisType | None


@dataclass(frozen=True, slots=True)
class Timeout:
    """Time limits in seconds.

    `total` limits a complete call. For a phase, `...` (the default) uses the HTTP library's limit, or no limit if
    `total` is set; `None` disables the limit. Only httpx and httpx2 use `write` and `pool`.

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
            # The comparison also rejects nan. True and False are integers, but not limits.
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
                raise ConfigurationError(
                    f"must be a positive number of seconds or None, not {value!r}", field=f"Timeout.{limit.name}"
                )


TimeoutTypes: TypeAlias = Timeout | float | EllipsisType | None
"""`...` uses the default of the client or HTTP library, `None` disables timeouts, a number is the total in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Precondition:
    """Delete an object only if it still has this uid and resource version; otherwise the call raises `Conflict`."""

    uid: str | None = None
    resource_version: str | None = None


def coerce_timeout(value: TimeoutTypes, *, field: str) -> Timeout | EllipsisType | None:
    """Return `Timeout(total=number)` for a number; raise ConfigurationError for an invalid timeout."""
    if value is None or value is ... or isinstance(value, Timeout):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError(f"must be ..., None, a number of seconds or a Timeout, not {value!r}", field=field)
    if not 0 < value < math.inf:
        raise ConfigurationError(f"must be a positive number of seconds, not {value!r}", field=field)
    return Timeout(total=float(value))
