"""What a kind is on the server: group, version, plural, verbs and subresources."""

import re
from dataclasses import dataclass, field
from typing import Protocol

from kubex.models._model import Model

ALL_VERBS = frozenset(("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"))
"""The verbs of a kind that can do everything, as discovery names them."""

# What servers accept, a DNS label; a domain is a group whose version was forgotten.
_VERSION = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiResource:
    """The place of a kind in the Kubernetes API; one immutable value per class.

    `plural` is data and never guessed from the kind. `list_kind` is the kind of lists, by default the kind and `List`;
    some CustomResourceDefinitions have another `listKind`. `group` is empty for the core group. `verbs` are Kubernetes'
    names of what the collection and its objects allow; nearly every kind has all of them, which is the default. An
    `Api` refuses the others before anything is sent.
    See https://kubernetes.io/docs/reference/using-api/api-concepts/.
    """

    version: str
    kind: str
    plural: str
    group: str = ""
    subresources: frozenset[str] = field(default_factory=frozenset[str])
    verbs: frozenset[str] = ALL_VERBS
    list_kind: str = ""

    def __post_init__(self) -> None:
        for name in ("version", "kind", "plural"):
            if not getattr(self, name):
                raise ValueError(f"ApiResource needs a {name}: it is part of every path and body and is never guessed")
        if "/" in self.group:
            raise ValueError(
                f"group {self.group!r} holds a slash: group and version are given apart, an apiVersion has one slash"
            )
        if not _VERSION.fullmatch(self.version):
            raise ValueError(
                f"version {self.version!r} is none, such as v1 or v1beta1: an apiVersion is group and version, as "
                "example.com/v1"
            )
        object.__setattr__(self, "subresources", frozenset(self.subresources))
        object.__setattr__(self, "verbs", frozenset(self.verbs))
        object.__setattr__(self, "list_kind", self.list_kind or f"{self.kind}List")

    @property
    def api_version(self) -> str:
        """The `apiVersion` of bodies: `v1`, or `group/version`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def group_resource(self) -> str:
        """The name messages use: `pods`, or `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


def set_type_meta_defaults(model: type[Model]) -> None:
    """Make `apiVersion` and `kind` of the resource the defaults of a class that has them."""
    resource = model.__dict__.get("__resource__")
    if isinstance(resource, ApiResource):
        # The schema is not built yet (defer_build), and each class has its own copy of inherited fields.
        model.__pydantic_fields__["api_version"].default = resource.api_version
        model.__pydantic_fields__["kind"].default = resource.kind


class HasTypeMeta(Protocol):
    """A class or an object with `api_version` and `kind`."""

    @property
    def api_version(self) -> str: ...
    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class TypeMeta:
    """The `apiVersion` and `kind` of a document that has no `ApiResource`, such as `Scale`."""

    api_version: str
    kind: str
