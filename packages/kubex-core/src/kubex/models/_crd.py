"""Creation of CustomResourceDefinitions from models."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kubex.models._api_resource import ApiResource
from kubex.models._resource import NamespacedResource, Resource, api_resource
from kubex.models._structural_schema import structural_schema
from kubex.models.markers import HasScale, HasStatus


@dataclass(frozen=True, kw_only=True)
class PrinterColumn:
    """A column in the output of `kubectl get`.

    `name` is the title. `json_path` selects the value. `type` is `integer`, `number`, `string`, `boolean` or `date`.
    kubectl shows a column with a `priority` above 0 only with `-o wide`.
    See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#additional-printer-columns.

    Example:
        column = PrinterColumn(name="Size", json_path=".spec.size", type="integer")
    """

    name: str
    json_path: str
    type: str = "string"
    description: str | None = None
    priority: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the column as an entry of `additionalPrinterColumns`."""
        column = {"name": self.name, "type": self.type, "jsonPath": self.json_path, "priority": self.priority or None}
        return {key: value for key, value in {**column, "description": self.description}.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class ScalePaths:
    """The JSON paths of the fields that the `scale` subresource of a kind reads and writes.

    The defaults fit kinds that follow the convention of Deployments. `label_selector=None` omits the selector.
    See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#scale-subresource.
    """

    spec_replicas: str = ".spec.replicas"
    status_replicas: str = ".status.replicas"
    label_selector: str | None = ".status.selector"

    def to_dict(self) -> dict[str, str]:
        """Return the paths as the value of `subresources.scale`."""
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
    """Return the CustomResourceDefinition of a kind as JSON data.

    The version of the first class is the storage version. All versions are served. A class that derives from
    `HasStatus` or `HasScale` gets the subresource; `scale` sets the paths of the latter. The default of `singular` is
    the kind in lower case.

    Raises TypeError if a class does not have an `ApiResource`, if a column is not a `PrinterColumn`, or if a structural
    schema cannot express a field. Raises ValueError if the kind does not have a group, or if the classes belong to
    different kinds or have the same version.
    See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/.

    Example:
        from kubex_k8s.v1_37.apiextensions.v1 import CustomResourceDefinition

        class BackupSpec(Model):
            schedule: str

        class Backup(NamespacedResource):
            __resource__ = ApiResource(group="example.com", version="v1", kind="Backup", plural="backups")
            spec: BackupSpec

        definition = crd_for(Backup, short_names=["bk"])
        await Api(CustomResourceDefinition, client).create(CustomResourceDefinition.model_validate(definition))
    """
    resource = api_resource(model)
    if not resource.group:
        raise ValueError(f"{model.__name__} does not have an API group: custom resources need one, such as example.com")
    for other in older:
        _check_is_other_version(resource, api_resource(other))
    names = {
        "plural": resource.plural,
        "singular": singular or resource.kind.lower(),
        "kind": resource.kind,
        "listKind": resource.list_kind,
        "shortNames": list(short_names),
        "categories": list(categories),
    }
    column_dicts = [_column_dict(column) for column in columns]
    versions = [
        _version_dict(each, column_dicts, scale or ScalePaths(), stored=each is model) for each in (model, *older)
    ]
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


def _column_dict(column: PrinterColumn) -> dict[str, Any]:
    # A JSON path instead of a column is an easy mistake.
    if not isinstance(column, PrinterColumn):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"{column!r} is not a PrinterColumn: pass PrinterColumn(name=..., json_path=...)")
    return column.to_dict()


def _version_dict(
    model: type[Resource], columns: list[dict[str, Any]], scale: ScalePaths, *, stored: bool
) -> dict[str, Any]:
    """Return the entry of `spec.versions` for a class."""
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


def _check_is_other_version(resource: ApiResource, other: ApiResource) -> None:
    if (resource.group, resource.kind, resource.plural) != (other.group, other.kind, other.plural):
        raise ValueError(
            f"{other.kind} ({other.group_resource}) is not a version of {resource.kind} ({resource.group_resource}): "
            "all versions of a CustomResourceDefinition have the same group, kind and plural"
        )
    if resource.version == other.version:
        raise ValueError(f"duplicate version {resource.version} of {resource.kind}: pass one class for each version")
