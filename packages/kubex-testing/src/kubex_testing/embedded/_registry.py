"""The resources of the server, and their properties."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kubex_testing._objects.field_selectors import selectable_fields
from kubex_testing._objects.json_types import JsonObject
from kubex_testing._objects.schema import Schema, builtin_schema

from ._conversions import Conversion, find_conversion
from ._resource_table import ALL_VERBS, ResourceRow, Subresource, parse_resource_table, read_resource_table

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
    returns_deleted: bool = False
    """Whether the response to a delete is the object. For other kinds, it is a Status."""
    deprecation: str = ""
    """The warning in each response for this resource."""
    storage: str = ""
    """The API version that kube-apiserver stores, if it is another one."""
    conversion: Conversion | None = None
    """The conversion to the version of the store, if it is another one."""
    custom: CustomResourceInfo | None = None

    @cached_property
    def schema(self) -> Schema:
        """The schema of its objects."""
        return self.custom.schema if self.custom else builtin_schema(self.group, self.version, self.kind)

    @cached_property
    def selectable(self) -> frozenset[str]:
        """The fields that field selectors may name."""
        if self.conversion is not None and self.conversion.field_labels:
            return frozenset(self.conversion.field_labels)
        return self.custom.selectable if self.custom else selectable_fields(self.group, self.kind)

    @property
    def is_stored_as_protobuf(self) -> bool:
        """Whether kube-apiserver stores the objects as protobuf. It stores custom resources and definitions as JSON."""
        return self.custom is None and self.group != "apiextensions.k8s.io"

    def present(self, document: JsonObject) -> JsonObject:
        """Return a stored object in this version of a built-in kind."""
        return self.conversion.from_storage(document) if self.conversion else document

    def to_storage(self, document: JsonObject) -> JsonObject:
        """Return the form of an object that the store contains."""
        if self.conversion is not None:
            return self.conversion.to_storage(document)
        document["apiVersion"] = self.stored_api_version
        return document

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def error_group(self) -> str:
        """The group in errors about an invalid object. Both APIs of events validate an event of the core group."""
        return "" if self.group == "events.k8s.io" else self.group

    @property
    def stored_api_version(self) -> str:
        """The API version of stored objects."""
        if self.conversion is not None:
            return self.conversion.api_version
        return self.custom.storage_api_version if self.custom else self.api_version

    @property
    def bucket(self) -> str:
        """The name of the bucket in the store. All versions of a resource share it."""
        return self.conversion.bucket if self.conversion else f"{self.plural}.{self.group}"

    @property
    def is_stored(self) -> bool:
        """Whether objects are stored. Other kinds, such as reviews, can only be created."""
        return "list" in self.verbs

    def key(self, namespace: str, name: str) -> str:
        return f"{namespace}/{name}" if self.namespaced else name

    def has_subresource(self, subresource: str) -> bool:
        return any(item.name == subresource for item in self.subresources)


# The warnings of the kinds that are deprecated.
_DEPRECATIONS = {
    "componentstatuses.": "v1 ComponentStatus is deprecated in v1.19+",
    "endpoints.": "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
}


def _builtin_resource(row: ResourceRow) -> ResourceType:
    key = f"{row.plural}.{row.group}"
    return ResourceType(
        row.group,
        row.version,
        row.kind,
        row.plural,
        namespaced=row.namespaced,
        short_names=row.short_names,
        categories=row.categories,
        verbs=row.verbs,
        subresources=row.subresources,
        tracks_generation="generation" in row.flags,
        unconditional_update="needs-revision" not in row.flags,
        create_on_update="create-on-update" in row.flags,
        orphans_by_default=key in ("jobs.batch", "replicationcontrollers."),
        returns_deleted="returns-deleted" in row.flags,
        deprecation=_DEPRECATIONS.get(key, ""),
        storage=row.flag_value("storage"),
        conversion=find_conversion(row.group, row.version, row.kind),
    )


class Registry:
    """The resources of a server. Custom resources can be added and removed."""

    def __init__(self) -> None:
        self._versions: dict[tuple[str, str], dict[str, ResourceType]] = {}
        for row in parse_resource_table(read_resource_table()):
            self.add(_builtin_resource(row))
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
        stored = (item for item in self if "watch" in item.verbs and item.conversion is None)
        return list({item.bucket: item for item in stored}.values())

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
