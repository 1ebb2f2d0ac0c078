"""Decode the documents of API discovery, aggregated and plain.

See https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import msgspec

from kubex.discovery._kind_info import KindInfo
from kubex.discovery._table import GroupVersion
from kubex.errors import DecodeError

T = TypeVar("T")

_AGGREGATED = {"g=apidiscovery.k8s.io", "v=v2", "as=APIGroupDiscoveryList"}

STALE = "the server behind it does not respond to discovery, and its freshness is Stale; check its APIService"


class _Names(msgspec.Struct, rename="camel"):
    short_names: list[str] | None = None
    categories: list[str] | None = None
    verbs: list[str] | None = None


class _Kind(msgspec.Struct):
    kind: str = ""


class _Metadata(msgspec.Struct):
    name: str = ""


class _Subresource(msgspec.Struct):
    subresource: str


class _AggregatedResource(_Names, rename="camel"):
    resource: str = ""
    response_kind: _Kind | None = None
    scope: str = ""
    singular_resource: str = ""
    subresources: list[_Subresource] | None = None


class _AggregatedVersion(msgspec.Struct):
    version: str
    resources: list[_AggregatedResource] | None = None
    freshness: str = ""


class _AggregatedGroup(msgspec.Struct):
    metadata: _Metadata
    versions: list[_AggregatedVersion] | None = None


class _AggregatedList(msgspec.Struct):
    items: list[_AggregatedGroup] | None


class _Version(msgspec.Struct):
    version: str


class _Group(msgspec.Struct, rename="camel"):
    name: str
    versions: list[_Version] | None = None
    preferred_version: _Version | None = None


class _GroupList(msgspec.Struct):
    groups: list[_Group] | None


class _LegacyVersions(msgspec.Struct):
    versions: list[str] | None


class _Resource(_Names, rename="camel"):
    name: str = ""
    singular_name: str = ""
    namespaced: bool = False
    kind: str = ""


class _ResourceList(msgspec.Struct):
    resources: list[_Resource] | None


def decode_aggregated(body: bytes) -> Iterator[GroupVersion]:
    """Yield the versions of an `APIGroupDiscoveryList`."""
    for group in _decode(body, _AggregatedList).items or ():
        name = group.metadata.name
        for each in group.versions or ():
            kinds = tuple(_aggregated_kinds(name, each.version, each.resources or []))
            yield GroupVersion(name, each.version, kinds, STALE if each.freshness == "Stale" else "")


def _aggregated_kinds(group: str, version: str, resources: list[_AggregatedResource]) -> Iterator[KindInfo]:
    for each in resources:
        # Without a kind, only the subresources exist.
        if each.response_kind is not None and each.response_kind.kind:
            names = tuple(item.subresource for item in each.subresources or ())
            kind, namespaced = each.response_kind.kind, each.scope == "Namespaced"
            yield _kind_info(each, group, version, kind, each.resource, each.singular_resource, namespaced, names)


def decode_groups(body: bytes) -> list[tuple[str, str]]:
    """Return the groups and versions of an `APIGroupList`. The preferred version of a group is the first."""
    found: dict[tuple[str, str], None] = {}
    for group in _decode(body, _GroupList).groups or ():
        if group.preferred_version is not None:
            found[group.name, group.preferred_version.version] = None
        found.update(dict.fromkeys((group.name, each.version) for each in group.versions or ()))
    return list(found)


def decode_legacy_versions(body: bytes) -> list[tuple[str, str]]:
    """Return the versions of the core group from an `APIVersions`."""
    return [("", version) for version in _decode(body, _LegacyVersions).versions or ()]


def decode_resources(body: bytes, group: str, version: str) -> GroupVersion:
    """Return the kinds of an `APIResourceList`."""
    resources = _decode(body, _ResourceList).resources or []
    subresources: dict[str, list[str]] = {}
    for each in resources:
        plural, separator, name = each.name.partition("/")
        if separator:
            subresources.setdefault(plural, []).append(name)
    kinds = tuple(
        _kind_info(
            each, group, version, each.kind, each.name, each.singular_name, each.namespaced,
            tuple(subresources.get(each.name, ())),
        )
        for each in resources
        if each.kind and "/" not in each.name
    )  # fmt: skip
    return GroupVersion(group, version, kinds)


def _kind_info(
    names: _Names,
    group: str,
    version: str,
    kind: str,
    plural: str,
    singular: str,
    namespaced: bool,
    subresources: tuple[str, ...],
) -> KindInfo:
    return KindInfo(
        group=group,
        version=version,
        kind=kind,
        plural=plural,
        singular=singular or kind.lower(),  # some servers do not send it
        namespaced=namespaced,
        short_names=tuple(names.short_names or ()),
        categories=tuple(names.categories or ()),
        verbs=tuple(names.verbs or ()),
        subresources=subresources,
    )


def _decode(body: bytes, form: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DecodeError("the API discovery", str(error)) from error


def is_aggregated(content_type: str) -> bool:
    """Return whether the content type is the one of aggregated discovery."""
    parameters = {part.strip() for part in content_type.split(";")[1:]}
    return parameters >= _AGGREGATED
