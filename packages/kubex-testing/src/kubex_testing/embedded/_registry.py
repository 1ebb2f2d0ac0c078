"""The resources of the server, and their properties."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kubex_testing._objects.field_selectors import selectable_fields
from kubex_testing._objects.schema import Schema, builtin_schema

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
OBJECT_VERBS = ("get", "patch", "update")


@dataclass(frozen=True)
class Subresource:
    """One subresource as in discovery. An empty `kind` means the kind of the parent."""

    name: str
    verbs: tuple[str, ...] = OBJECT_VERBS
    kind: str = ""
    group: str = ""
    version: str = ""


STATUS = Subresource("status")
SCALE = Subresource("scale", kind="Scale", group="autoscaling", version="v1")


@dataclass(frozen=True)
class CustomResourceInfo:
    """The properties that a CustomResourceDefinition defines; see `_crd`."""

    definition: str
    rules: Mapping[str, Any]
    """The `openAPIV3Schema` of the version."""
    schema: Schema
    storage_api_version: str
    columns: tuple[Mapping[str, Any], ...] = ()
    scale: Mapping[str, str] | None = None
    selectable: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ResourceType:
    """One resource in one version."""

    group: str
    version: str
    kind: str
    plural: str
    singular: str = ""
    list_kind: str = ""
    namespaced: bool = True
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ALL_VERBS
    subresources: tuple[Subresource, ...] = ()
    tracks_generation: bool = False
    unconditional_update: bool = True
    create_on_update: bool = False
    orphans_by_default: bool = False
    deprecation: str = ""
    """The warning in each response for this resource."""
    custom: CustomResourceInfo | None = None

    @cached_property
    def schema(self) -> Schema:
        """The schema of its objects."""
        return self.custom.schema if self.custom else builtin_schema(self.group, self.version, self.kind)

    @cached_property
    def selectable(self) -> frozenset[str]:
        """The fields that field selectors may name."""
        return self.custom.selectable if self.custom else selectable_fields(self.group, self.kind)

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def stored_api_version(self) -> str:
        """The API version of stored objects."""
        return self.custom.storage_api_version if self.custom else self.api_version

    @property
    def bucket(self) -> str:
        """The name of the bucket in the store. All versions of a resource share it."""
        return f"{self.plural}.{self.group}"

    @property
    def is_stored(self) -> bool:
        """Whether objects are stored. Other kinds, such as reviews, can only be created."""
        return "list" in self.verbs

    def key(self, namespace: str, name: str) -> str:
        return f"{namespace}/{name}" if self.namespaced else name

    def has_subresource(self, subresource: str) -> bool:
        return any(item.name == subresource for item in self.subresources)


_ALL_CATEGORY = ("all",)
_CORE = (
    ResourceType(
        "",
        "v1",
        "Namespace",
        "namespaces",
        namespaced=False,
        short_names=("ns",),
        verbs=tuple(verb for verb in ALL_VERBS if verb != "deletecollection"),
        subresources=(Subresource("finalize", ("update",)), STATUS),
    ),
    ResourceType("", "v1", "ConfigMap", "configmaps", short_names=("cm",)),
    ResourceType("", "v1", "Secret", "secrets"),
    ResourceType(
        "",
        "v1",
        "Pod",
        "pods",
        short_names=("po",),
        categories=_ALL_CATEGORY,
        tracks_generation=True,
        subresources=(
            Subresource("attach", ("create", "get"), "PodAttachOptions"),
            Subresource("binding", ("create",), "Binding"),
            Subresource("ephemeralcontainers"),
            Subresource("eviction", ("create",), "Eviction", "policy", "v1"),
            Subresource("exec", ("create", "get"), "PodExecOptions"),
            Subresource("log", ("get",)),
            Subresource("portforward", ("create", "get"), "PodPortForwardOptions"),
            Subresource("resize"),
            STATUS,
        ),
    ),
    ResourceType(
        "",
        "v1",
        "Service",
        "services",
        short_names=("svc",),
        categories=_ALL_CATEGORY,
        subresources=(STATUS,),
        create_on_update=True,
    ),
    ResourceType(
        "",
        "v1",
        "Endpoints",
        "endpoints",
        singular="endpoints",
        short_names=("ep",),
        create_on_update=True,
        deprecation="v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
    ),
    ResourceType(
        "",
        "v1",
        "ServiceAccount",
        "serviceaccounts",
        short_names=("sa",),
        subresources=(Subresource("token", ("create",), "TokenRequest", "authentication.k8s.io", "v1"),),
    ),
    ResourceType("", "v1", "Node", "nodes", namespaced=False, short_names=("no",), subresources=(STATUS,)),
    ResourceType("", "v1", "Event", "events", short_names=("ev",), create_on_update=True),
)
_WORKLOADS = tuple(
    ResourceType(
        "apps",
        "v1",
        kind,
        f"{kind.lower()}s",
        short_names=(short,),
        categories=_ALL_CATEGORY,
        tracks_generation=True,
        subresources=subresources,
    )
    for kind, short, subresources in (
        ("DaemonSet", "ds", (STATUS,)),
        ("Deployment", "deploy", (SCALE, STATUS)),
        ("ReplicaSet", "rs", (SCALE, STATUS)),
        ("StatefulSet", "sts", (SCALE, STATUS)),
    )
)
BUILTINS = (
    *_CORE,
    *_WORKLOADS,
    ResourceType(
        "batch", "v1", "Job", "jobs", categories=_ALL_CATEGORY, tracks_generation=True, subresources=(STATUS,),
        orphans_by_default=True,
    ),
    ResourceType(
        "certificates.k8s.io", "v1", "CertificateSigningRequest", "certificatesigningrequests", namespaced=False,
        short_names=("csr",), subresources=(Subresource("approval"), STATUS),
    ),
    ResourceType(
        "coordination.k8s.io", "v1", "Lease", "leases", unconditional_update=False, create_on_update=True
    ),
    ResourceType(
        "policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", short_names=("pdb",),
        tracks_generation=True, unconditional_update=False, subresources=(STATUS,),
    ),
    ResourceType(
        "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", namespaced=False,
        short_names=("crd", "crds"), categories=("api-extensions",), tracks_generation=True,
        unconditional_update=False, subresources=(STATUS,),
    ),
)  # fmt: skip

CREATE_ONLY = (
    ("", "Binding", "bindings", True),
    ("authentication.k8s.io", "SelfSubjectReview", "selfsubjectreviews", False),
    ("authentication.k8s.io", "TokenReview", "tokenreviews", False),
    ("authorization.k8s.io", "LocalSubjectAccessReview", "localsubjectaccessreviews", True),
    ("authorization.k8s.io", "SelfSubjectAccessReview", "selfsubjectaccessreviews", False),
    ("authorization.k8s.io", "SelfSubjectRulesReview", "selfsubjectrulesreviews", False),
    ("authorization.k8s.io", "SubjectAccessReview", "subjectaccessreviews", False),
)
"""Kinds that can be created but are not stored: group, kind, plural, namespaced."""


class Registry:
    """The resources of a server. Custom resources can be added and removed."""

    def __init__(self) -> None:
        self._versions: dict[tuple[str, str], dict[str, ResourceType]] = {}
        for resource in BUILTINS:
            self.add(resource)
        for group, kind, plural, namespaced in CREATE_ONLY:
            self.add(ResourceType(group, "v1", kind, plural, namespaced=namespaced, verbs=("create",)))
        self._builtin = frozenset(group for group, _ in self._versions)

    def add(self, resource: ResourceType) -> None:
        self._versions.setdefault((resource.group, resource.version), {})[resource.plural] = resource

    def remove(self, group: str, plural: str) -> None:
        """Stop serving all versions of a resource, and remove versions without resources."""
        for key in [key for key in self._versions if key[0] == group]:
            self._versions[key].pop(plural, None)
            if not self._versions[key]:
                del self._versions[key]

    def find(self, group: str, version: str, plural: str) -> ResourceType | None:
        return self._versions.get((group, version), {}).get(plural)

    def find_by_plural(self, group: str, plural: str) -> ResourceType | None:
        return next((item for item in self if (item.group, item.plural) == (group, plural)), None)

    def serves(self, group: str, version: str) -> bool:
        return (group, version) in self._versions

    def is_builtin(self, group: str) -> bool:
        return group in self._builtin

    def groups(self) -> list[str]:
        """Return the names of the groups except the core group, built-in groups first."""
        return [group for group in dict.fromkeys(group for group, _ in self._versions) if group]

    def versions(self, group: str) -> list[str]:
        """Return the versions of a group, in order of preference."""
        return sorted((version for name, version in self._versions if name == group), key=_priority)

    def resources(self, group: str, version: str) -> list[ResourceType]:
        return [item for _, item in sorted(self._versions.get((group, version), {}).items())]

    def storage_types(self) -> list[ResourceType]:
        """Return one resource for each bucket of stored objects."""
        return list({item.bucket: item for item in self if item.is_stored}.values())

    def __iter__(self) -> Iterator[ResourceType]:
        for resources in tuple(self._versions.values()):
            yield from tuple(resources.values())


def _priority(version: str) -> tuple[int, int, int, str]:
    """Return the sort key of a version. The order is v2, v1, v2beta1, v1alpha1, then other names."""
    match = re.fullmatch(r"v(\d+)(?:(alpha|beta)(\d+))?", version)
    if match is None:
        return (3, 0, 0, version)
    stage = {None: 0, "beta": 1, "alpha": 2}[match[2]]
    return (stage, -int(match[1]), -int(match[3] or 0), "")
