"""CustomResourceDefinitions from models."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kubex.models._api_resource import ApiResource
from kubex.models._resource import NamespacedResource, Resource, api_resource
from kubex.models._structural_schema import structural_schema
from kubex.models.markers import HasScale, HasStatus


@dataclass(frozen=True, kw_only=True)
class PrinterColumn:
    """A column of `kubectl get`: a title, and the JSON path of what it shows, such as `.spec.size`.

    `type` is integer, number, string, boolean or date. A priority above 0 shows the column with `-o wide` alone.
    """

    name: str
    json_path: str
    type: str = "string"
    description: str | None = None
    priority: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the column as the server takes it."""
        column = {"name": self.name, "type": self.type, "jsonPath": self.json_path, "priority": self.priority or None}
        return {key: value for key, value in {**column, "description": self.description}.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class ScalePaths:
    """Where a kind with HasScale has its replicas."""

    spec_replicas: str = ".spec.replicas"
    status_replicas: str = ".status.replicas"
    label_selector: str | None = ".status.selector"

    def to_dict(self) -> dict[str, str]:
        """Return the paths as the server takes them."""
        paths = {"specReplicasPath": self.spec_replicas, "statusReplicasPath": self.status_replicas}
        return {**paths, "labelSelectorPath": self.label_selector} if self.label_selector else paths


def crd_for(
    model: type[Resource],
    *older: type[Resource],
    singular: str | None = None,
    short_names: Iterable[str] = (),
    categories: Iterable[str] = (),
    columns: Iterable[PrinterColumn] = (),
    scale: ScalePaths | None = None,
) -> dict[str, Any]:
    """Return the CustomResourceDefinition of a kind, ready to be created: plain values in JSON form.

    The first model's version is stored, all are served. `HasStatus` and `HasScale` among the bases enable the
    subresources. Raises TypeError for what is no kind or no column and for fields that a structural schema cannot
    express, ValueError for a kind without a group or models of different kinds.
    See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/.
    """
    resource = api_resource(model)
    if not resource.group:
        raise ValueError(f"{model.__name__} has no API group: custom resources need one, such as example.com")
    for other in older:
        _same_kind(resource, api_resource(other))
    names = {
        "plural": resource.plural,
        "singular": singular or resource.kind.lower(),
        "kind": resource.kind,
        "listKind": resource.list_kind,
        "shortNames": list(short_names),
        "categories": list(categories),
    }
    shown = [_shown(column) for column in columns]
    versions = [_version(each, shown, scale or ScalePaths(), stored=each is model) for each in (model, *older)]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": resource.group_resource},
        "spec": {
            "group": resource.group,
            "names": {key: value for key, value in names.items() if value},
            "scope": "Namespaced" if issubclass(model, NamespacedResource) else "Cluster",
            "versions": versions,
        },
    }


def _shown(column: PrinterColumn) -> dict[str, Any]:
    if not isinstance(column, PrinterColumn):  # pyright: ignore[reportUnnecessaryIsInstance]  # a path is soon passed instead
        raise TypeError(f"{column!r} is no column: give PrinterColumn(name=..., json_path=...)")
    return column.to_dict()


def _version(
    model: type[Resource], columns: list[dict[str, Any]], scale: ScalePaths, *, stored: bool
) -> dict[str, Any]:
    version: dict[str, Any] = {
        "name": api_resource(model).version,
        "served": True,
        "storage": stored,
        "schema": {"openAPIV3Schema": structural_schema(model)},
    }
    subresources: Mapping[str, Any] = {
        **({"status": {}} if issubclass(model, HasStatus) else {}),
        **({"scale": scale.to_dict()} if issubclass(model, HasScale) else {}),
    }
    if subresources:
        version["subresources"] = subresources
    if columns:
        version["additionalPrinterColumns"] = columns
    return version


def _same_kind(resource: ApiResource, other: ApiResource) -> None:
    if (resource.group, resource.kind, resource.plural) != (other.group, other.kind, other.plural):
        raise ValueError(
            f"{other.kind} ({other.group_resource}) is no version of {resource.kind} ({resource.group_resource}): "
            "one definition has one group, kind and plural"
        )
    if resource.version == other.version:
        raise ValueError(f"{resource.kind} is given twice in version {resource.version}: give each version once")
