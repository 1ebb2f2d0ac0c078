"""CustomResourceDefinitions: the resources that they define, and their status.

See https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/.
"""

from typing import Any

from kubex_testing._objects.field_selectors import COMMON_FIELDS
from kubex_testing._objects.json_types import JsonObject, array_at, object_at
from kubex_testing._objects.schema import structural_schema

from ._cluster import now
from ._registry import SCALE, STATUS, CustomResourceInfo, Registry, ResourceType
from ._resource_table import Subresource

CRD_BUCKET = "customresourcedefinitions.apiextensions.k8s.io"
_ANY_OBJECT = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def resource_types(definition: JsonObject) -> list[ResourceType]:
    """Return the resources of a definition, one for each served version."""
    spec = definition["spec"]
    return [_resource_type(definition, version) for version in spec["versions"] if version.get("served")]


def _resource_type(definition: JsonObject, version: JsonObject) -> ResourceType:
    spec, names = definition["spec"], definition["spec"]["names"]
    rules = object_at(version, "schema", "openAPIV3Schema") or _ANY_OBJECT
    info = CustomResourceInfo(
        definition["metadata"]["name"],
        rules,
        structural_schema(rules),
        f"{spec['group']}/{_storage_version(spec)}",
        tuple(array_at(version, "additionalPrinterColumns")),
        object_at(version, "subresources").get("scale"),
        _selectable_fields(spec, version),
    )
    return ResourceType(
        spec["group"],
        version["name"],
        names["kind"],
        names["plural"],
        singular=names.get("singular") or names["kind"].lower(),
        list_kind=names.get("listKind") or f"{names['kind']}List",
        namespaced=spec["scope"] == "Namespaced",
        short_names=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        subresources=_subresources(version),
        tracks_generation=True,
        unconditional_update=False,
        deprecation=_deprecation(spec, version),
        custom=info,
    )


def _storage_version(spec: JsonObject) -> str:
    return str(next(version["name"] for version in spec["versions"] if version.get("storage")))


def _subresources(version: JsonObject) -> tuple[Subresource, ...]:
    declared = object_at(version, "subresources")
    return tuple(item for item in (SCALE, STATUS) if item.name in declared)


def _selectable_fields(spec: JsonObject, version: JsonObject) -> frozenset[str]:
    paths = (str(item.get("jsonPath", "")) for item in array_at(version, "selectableFields"))
    common = COMMON_FIELDS if spec["scope"] == "Namespaced" else frozenset({"metadata.name"})
    return common | {path.removeprefix(".") for path in paths}


def _deprecation(spec: JsonObject, version: JsonObject) -> str:
    """Return the warning for a deprecated version, or an empty string."""
    if not version.get("deprecated"):
        return ""
    if version.get("deprecationWarning"):
        return str(version["deprecationWarning"])
    group, kind = spec["group"], spec["names"]["kind"]
    text = f"{group}/{version['name']} {kind} is deprecated"
    good = [item["name"] for item in spec["versions"] if item.get("served") and not item.get("deprecated")]
    return f"{text}; use {group}/{good[0]} {kind}" if good else text


def definition_status(definition: JsonObject, registry: Registry) -> JsonObject:
    """Return the status of a definition: its names are accepted and it is established, or they conflict."""
    status = {**object_at(definition, "status")}
    problem = _name_conflict(definition, registry)
    if problem is None:
        names_accepted = _condition("NamesAccepted", "True", "NoConflicts", "no conflicts found")
        established = _condition("Established", "True", "InitialNamesAccepted", "the initial names have been accepted")
        status["acceptedNames"] = definition["spec"]["names"]
    else:
        names_accepted = _condition("NamesAccepted", "False", *problem)
        established = _condition("Established", "False", "NotAccepted", "not all names are accepted")
    conditions: dict[str, Any] = {item["type"]: item for item in array_at(definition, "status", "conditions")}
    for condition in (names_accepted, established):
        current = conditions.get(condition["type"])
        if current is None or current["status"] != condition["status"]:
            conditions[condition["type"]] = condition
    status["conditions"] = list(conditions.values())
    stored = list(array_at(definition, "status", "storedVersions"))
    storage = _storage_version(definition["spec"])
    status["storedVersions"] = stored if storage in stored else [*stored, storage]
    return status


def is_established(definition: JsonObject) -> bool:
    """Return whether the resources of this definition are served."""
    conditions = array_at(definition, "status", "conditions")
    return any(item["type"] == "Established" and item["status"] == "True" for item in conditions)


def _name_conflict(definition: JsonObject, registry: Registry) -> tuple[str, str] | None:
    """Return the reason and message if another resource of the group already uses a name."""
    spec, names = definition["spec"], definition["spec"]["names"]
    for other in registry:
        is_own = other.custom is not None and other.custom.definition == definition["metadata"]["name"]
        if other.group != spec["group"] or is_own:
            continue
        if other.plural == names["plural"]:
            return "PluralConflict", f'"{names["plural"]}" is already in use'
        if other.kind == names["kind"]:
            return "KindConflict", f'"{names["kind"]}" is already in use'
        conflicting = {other.singular, *other.short_names} & {names.get("singular"), *(names.get("shortNames") or ())}
        if conflicting:
            return "ShortNamesConflict", f'"{min(filter(None, conflicting), default="")}" is already in use'
    return None


def _condition(type: str, status: str, reason: str, message: str) -> JsonObject:
    return {"type": type, "status": status, "lastTransitionTime": now(), "reason": reason, "message": message}
