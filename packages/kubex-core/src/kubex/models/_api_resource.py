"""The description of a kind in the Kubernetes API: group, version, kind, plural, verbs and subresources."""

import re
from dataclasses import dataclass, field
from typing import Protocol

from kubex.models._model import Model

ALL_VERBS = frozenset(("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"))
"""The verbs that most kinds support, with the names that API discovery uses."""

ANY_KIND = "*"
"""The `list_kind` of classes that accept lists of any kind."""

# A version must be a DNS label. A value with a dot, such as `example.com`, is usually a group passed as the version.
_VERSION_PATTERN = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiResource:
    """The group, version, kind and plural of a kind; set it as `__resource__` of the class.

    * `group` is empty for the core group.
    * `plural` is the name in URLs. Kubex does not derive it from the kind.
    * `list_kind` is the kind of lists. The default is the kind followed by `List`; a CustomResourceDefinition can
      declare another `listKind`. `*` is any kind, for classes of `kubex.discovery`: it does not contain this name.
    * `verbs` are the verbs that the kind supports, by default all of them. `Api` raises an error for other verbs
      before it sends a request.
    * `subresources` are their names in URLs, such as `status`.

    Raises ValueError if a required value is empty, or if the group or the version has an invalid form.
    See https://kubernetes.io/docs/reference/using-api/api-concepts/.

    Example:
        deployments = ApiResource(group="apps", version="v1", kind="Deployment", plural="deployments")
        assert deployments.api_version == "apps/v1"
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
                raise ValueError(f"ApiResource requires {name}: it is part of paths or bodies and cannot be guessed")
        if "/" in self.group:
            raise ValueError(
                f"group {self.group!r} contains a slash: pass the group and the version of an apiVersion as separate "
                "arguments"
            )
        if not _VERSION_PATTERN.fullmatch(self.version):
            raise ValueError(
                f"invalid version {self.version!r}: expected a version such as v1 or v1beta1; pass the group of an "
                "apiVersion such as example.com/v1 separately as group="
            )
        # The class is frozen, so assignments must bypass its __setattr__.
        object.__setattr__(self, "subresources", frozenset(self.subresources))
        object.__setattr__(self, "verbs", frozenset(self.verbs))
        object.__setattr__(self, "list_kind", self.list_kind or f"{self.kind}List")

    @property
    def api_version(self) -> str:
        """The `apiVersion` in JSON: `v1` for the core group, otherwise `group/version`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def group_resource(self) -> str:
        """The name of the resource in messages: `pods` for the core group, otherwise such as `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


def set_type_meta_defaults(model: type[Model]) -> None:
    """Set the defaults of `api_version` and `kind` of a class from the `__resource__` in its class body."""
    resource = model.__dict__.get("__resource__")
    if isinstance(resource, ApiResource):
        # The schema is not built yet (defer_build), and each class has its own copy of inherited fields.
        model.__pydantic_fields__["api_version"].default = resource.api_version
        model.__pydantic_fields__["kind"].default = resource.kind


class HasTypeMeta(Protocol):
    """A class or an object that has `api_version` and `kind`, such as `ApiResource` and `TypeMeta`."""

    @property
    def api_version(self) -> str: ...
    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class TypeMeta:
    """The `apiVersion` and `kind` of a document without an `ApiResource`, such as a `Scale`."""

    api_version: str
    kind: str
