"""The options of verbs: one class for the query parameters of each, and the body of a delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from typing_extensions import Self, dataclass_transform

from kubex.core._encode import encode
from kubex.core._errors import ConfigurationError
from kubex.core._selectors import (
    FieldSelectorTypes,
    LabelSelectorTypes,
    field_selector,
    label_selector,
    restricting_field_selector,
    restricting_label_selector,
)
from kubex.core._urls import Query, QueryValue
from kubex.core.params import FieldValidationTypes, Precondition, PropagationPolicyTypes, ResourceVersionMatchTypes


def positive(argument: str) -> Callable[[int], int]:
    """Return a function that returns its argument; it raises ConfigurationError for a number below 1."""

    def check(value: int) -> int:
        if value < 1:
            raise ConfigurationError(f"must be at least 1, not {value!r}", field=argument)
        return value

    return check


def query_parameter(name: str, *, default: Any, encode: Callable[[Any], QueryValue] | None = None) -> Any:
    """Declare a field that is sent as the query parameter `name`; `encode` converts its value."""
    return _QueryParameter(name, default, encode)


class _QueryParameter(NamedTuple):
    name: str
    default: Any
    encode: Callable[[Any], QueryValue] | None


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(query_parameter,))
class _Options:
    """Options that are sent as query parameters.

    Type checkers treat the subclasses as dataclasses. A real dataclass would compile methods for each of them when it
    is imported, and options are not compared, hashed or printed.
    """

    _parameters: ClassVar[Mapping[str, _QueryParameter]] = {}

    def __init_subclass__(cls) -> None:
        declared = {name: value for name, value in vars(cls).items() if isinstance(value, _QueryParameter)}
        cls._parameters = {**cls._parameters, **declared}
        for name, field in declared.items():
            setattr(cls, name, field.default)

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def replace(self, **values: Any) -> Self:
        """Return a copy with other values."""
        return type(self)(**{**self.__dict__, **values})

    def query(self) -> Query:
        """Return the query parameters that are set; raises ConfigurationError for an invalid selector."""
        values: dict[str, QueryValue] = {}
        for name, field in self._parameters.items():
            value = getattr(self, name)
            if value is not None:
                values[field.name] = value if field.encode is None else field.encode(value)
        return values


class GetOptions(_Options):
    """The options of get."""

    resource_version: str | None = query_parameter("resourceVersion", default=None)


class SelectOptions(_Options):
    """The selectors of objects in a collection."""

    label_selector: LabelSelectorTypes = query_parameter("labelSelector", default=None, encode=label_selector)
    field_selector: FieldSelectorTypes = query_parameter("fieldSelector", default=None, encode=field_selector)


class ListOptions(SelectOptions):
    """The options of a list."""

    limit: int | None = query_parameter("limit", default=None)
    continue_token: str | None = query_parameter("continue", default=None)
    resource_version: str | None = query_parameter("resourceVersion", default=None)
    resource_version_match: ResourceVersionMatchTypes | None = query_parameter("resourceVersionMatch", default=None)
    timeout_seconds: int | None = query_parameter("timeoutSeconds", default=None, encode=positive("timeout_seconds"))


class DeleteCollectionOptions(_Options):
    """The query parameters of delete_collection. A server would treat a `limit` of 0 or less as no limit."""

    label_selector: LabelSelectorTypes = query_parameter(
        "labelSelector", default=None, encode=restricting_label_selector
    )
    field_selector: FieldSelectorTypes = query_parameter(
        "fieldSelector", default=None, encode=restricting_field_selector
    )
    limit: int | None = query_parameter("limit", default=None, encode=positive("limit"))
    continue_token: str | None = query_parameter("continue", default=None)
    timeout_seconds: int | None = query_parameter("timeoutSeconds", default=None, encode=positive("timeout_seconds"))


class WatchOptions(SelectOptions):
    """The options of a watch."""

    watch: bool = query_parameter("watch", default=True)
    allow_bookmarks: bool = query_parameter("allowWatchBookmarks", default=True)
    timeout_seconds: int = query_parameter("timeoutSeconds", default=None)
    resource_version: str | None = query_parameter("resourceVersion", default=None)
    resource_version_match: ResourceVersionMatchTypes | None = query_parameter("resourceVersionMatch", default=None)
    send_initial_events: bool | None = query_parameter("sendInitialEvents", default=None)


class WriteOptions(_Options):
    """The options of create, replace and patch."""

    dry_run: str | None = query_parameter("dryRun", default=None)
    field_manager: str | None = query_parameter("fieldManager", default=None)
    field_validation: FieldValidationTypes | None = query_parameter("fieldValidation", default=None)
    force: bool | None = query_parameter("force", default=None)


class LogOptions(_Options):
    """The options of a log."""

    container: str | None = query_parameter("container", default=None)
    follow: bool | None = query_parameter("follow", default=None)
    previous: bool | None = query_parameter("previous", default=None)
    since_seconds: int | None = query_parameter("sinceSeconds", default=None)
    since_time: str | None = query_parameter("sinceTime", default=None)
    tail_lines: int | None = query_parameter("tailLines", default=None)
    limit_bytes: int | None = query_parameter("limitBytes", default=None)
    timestamps: bool | None = query_parameter("timestamps", default=None)


class ExecOptions(_Options):
    """Options of exec and attach."""

    command: list[str] | None = query_parameter("command", default=None)
    container: str | None = query_parameter("container", default=None)
    stdin: bool | None = query_parameter("stdin", default=None)
    stdout: bool | None = query_parameter("stdout", default=None)
    stderr: bool | None = query_parameter("stderr", default=None)
    tty: bool | None = query_parameter("tty", default=None)


class PortForwardOptions(_Options):
    """Options of a port-forward."""

    ports: int | None = query_parameter("ports", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteOptions:
    """The body of a delete.

    See https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/delete-options/.
    """

    grace_period_seconds: int | None = None
    propagation_policy: PropagationPolicyTypes | None = None
    precondition: Precondition | None = None
    dry_run: bool = False

    def encode(self) -> bytes:
        """Return the DeleteOptions object as JSON."""
        return encode(self.document())

    def document(self) -> dict[str, Any]:
        """Return the DeleteOptions object."""
        body: dict[str, Any] = {"apiVersion": "v1", "kind": "DeleteOptions"}
        if self.grace_period_seconds is not None:
            body["gracePeriodSeconds"] = self.grace_period_seconds
        if self.propagation_policy is not None:
            body["propagationPolicy"] = self.propagation_policy
        if self.precondition is not None:
            preconditions = {"uid": self.precondition.uid, "resourceVersion": self.precondition.resource_version}
            body["preconditions"] = {name: value for name, value in preconditions.items() if value is not None}
        if self.dry_run:
            body["dryRun"] = ["All"]  # a list, unlike the query parameter
        return body


def dry_run_value(dry_run: bool) -> str | None:
    """Return the value of the query parameter `dryRun`."""
    return "All" if dry_run else None
