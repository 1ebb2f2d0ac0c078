"""The options of verbs: keyword arguments above, one frozen dataclass each here, wire names beside the fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias, cast

from kubex.core._encode import encode
from kubex.core._query import Query, QueryValue
from kubex.core.params import FieldValidation, Precondition, PropagationPolicy, ResourceVersionMatch

Selector: TypeAlias = str | Mapping[str, str] | None
"""A selector in Kubernetes' own syntax (`app=web,tier!=db`), or a mapping of keys to the values they must equal.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors.
"""


def wire(name: str) -> Any:
    """Make an optional field that travels as the query parameter `name`."""
    return field(default=None, metadata={"wire": name})


class _Options:
    __slots__ = ()

    def query(self) -> Query:
        """Return the parameters that are set, by wire name."""
        values: dict[str, QueryValue] = {}
        for option in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            value = getattr(self, option.name)
            if value is not None:
                values[option.metadata["wire"]] = _text(value)
        return values


def _text(value: Any) -> QueryValue:
    if isinstance(value, Mapping):
        return ",".join(f"{key}={item}" for key, item in value.items())  # pyright: ignore[reportUnknownVariableType]
    return cast("QueryValue", value)


@dataclass(frozen=True, slots=True, kw_only=True)
class GetOptions(_Options):
    """Options of reading one object."""

    resource_version: str | None = wire("resourceVersion")


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectOptions(_Options):
    """Which objects of a collection are meant."""

    label_selector: Selector = wire("labelSelector")
    field_selector: Selector = wire("fieldSelector")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOptions(SelectOptions):
    """Options of a list."""

    limit: int | None = wire("limit")
    continue_token: str | None = wire("continue")
    resource_version: str | None = wire("resourceVersion")
    resource_version_match: ResourceVersionMatch | None = wire("resourceVersionMatch")


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOptions(SelectOptions):
    """Options of a watch."""

    watch: bool = field(default=True, metadata={"wire": "watch"})
    allow_bookmarks: bool | None = wire("allowWatchBookmarks")
    timeout_seconds: int | None = wire("timeoutSeconds")
    resource_version: str | None = wire("resourceVersion")
    resource_version_match: ResourceVersionMatch | None = wire("resourceVersionMatch")
    send_initial_events: bool | None = wire("sendInitialEvents")


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOptions(_Options):
    """Options of create, replace and patch."""

    dry_run: str | None = wire("dryRun")
    field_manager: str | None = wire("fieldManager")
    field_validation: FieldValidation | None = wire("fieldValidation")
    force: bool | None = wire("force")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOptions(_Options):
    """Options of reading a log."""

    container: str | None = wire("container")
    follow: bool | None = wire("follow")
    previous: bool | None = wire("previous")
    since_seconds: int | None = wire("sinceSeconds")
    since_time: str | None = wire("sinceTime")
    tail_lines: int | None = wire("tailLines")
    limit_bytes: int | None = wire("limitBytes")
    timestamps: bool | None = wire("timestamps")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteOptions:
    """The body of a delete.

    See https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/delete-options/.
    """

    grace_period_seconds: int | None = None
    propagation_policy: PropagationPolicy | None = None
    precondition: Precondition | None = None
    dry_run: bool = False

    def encode(self) -> bytes:
        """Return the DeleteOptions object as JSON."""
        return encode(self.document())

    def document(self) -> dict[str, Any]:
        """Return the DeleteOptions object; `dryRun` is a list there."""
        body: dict[str, Any] = {"apiVersion": "v1", "kind": "DeleteOptions"}
        if self.grace_period_seconds is not None:
            body["gracePeriodSeconds"] = self.grace_period_seconds
        if self.propagation_policy is not None:
            body["propagationPolicy"] = self.propagation_policy
        if self.precondition is not None:
            wanted = {"uid": self.precondition.uid, "resourceVersion": self.precondition.resource_version}
            body["preconditions"] = {name: value for name, value in wanted.items() if value is not None}
        if self.dry_run:
            body["dryRun"] = ["All"]
        return body


def dry_run_value(dry_run: bool) -> str | None:
    """Return the query form of a dry run."""
    return "All" if dry_run else None
