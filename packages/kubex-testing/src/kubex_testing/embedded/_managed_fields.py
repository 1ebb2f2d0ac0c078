"""Update `metadata.managedFields` after create, update and patch requests."""

from kubex_testing._objects.field_sets import from_fields_v1, to_fields_v1
from kubex_testing._objects.json_types import JsonArray, JsonObject, array_at, object_at
from kubex_testing._objects.managed_fields import update_managed_fields

from ._certificate_signing_requests import CSR_BUCKET
from ._cluster import Call, now
from ._options import WriteOptions
from ._registry import ResourceType
from ._strategy import STATUS_KEEPS_METADATA

FieldPath = tuple[str, ...]
_CSR_RESET: dict[str, FieldPath] = {
    "approval": ("f:status", "f:certificate"),
    "status": ("f:status", "f:conditions"),
}
_STATUS_RESET: dict[str, FieldPath] = {
    "deployments.apps": ("f:metadata", "f:labels"),
    "pods.": ("f:metadata", "f:ownerReferences"),
    "apiservices.apiregistration.k8s.io": ("f:metadata",),
    "flowschemas.flowcontrol.apiserver.k8s.io": ("f:metadata",),
    "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": ("f:metadata",),
    **dict.fromkeys(STATUS_KEEPS_METADATA, ("f:metadata",)),
}
"""Fields other than the spec that a request to the status of a resource cannot change."""


def record_managed_fields(
    call: Call, new: JsonObject, old: JsonObject | None, options: WriteOptions, resource: ResourceType | None = None
) -> None:
    """Record the fields that this request has set in `new`, an object of the resource of the call by default."""
    resource = resource or call.resource
    # kube-apiserver does not set the time after a request to the scale subresource.
    has_time = call.info.subresource != "scale"
    entries = update_managed_fields(
        old,
        new,
        manager=options.field_manager,
        schema=resource.schema,
        api_version=resource.api_version,
        now=now() if has_time else "",
        subresource=call.info.subresource or None,
        ignore=reset_fields(call),
    )
    if call.info.subresource == "scale":
        entries = _scale_entries(entries, old or {}, new, replicas_path(resource))
    if entries:
        new["metadata"]["managedFields"] = entries
    else:
        new["metadata"].pop("managedFields", None)


def reset_fields(call: Call) -> tuple[FieldPath, ...]:
    """Return the fields that a request to this path cannot change and therefore cannot own."""
    # In the API server, the strategy of each resource returns these fields (GetResetFields).
    subresource = call.info.subresource
    if call.resource.bucket == CSR_BUCKET:
        return (("f:spec",), _CSR_RESET.get(subresource, ("f:status",)))
    if subresource == "status":
        own = ("f:metadata",) if call.resource.custom else _STATUS_RESET.get(call.resource.bucket)
        return (("f:spec",), own) if own else (("f:spec",),)
    return (("f:status",),) if call.resource.has_subresource("status") else ()


def replicas_path(resource: ResourceType) -> str:
    """Return the path of the replicas that the scale subresource sets: `.spec.replicas`."""
    custom = resource.custom
    path: str = custom.scale["specReplicasPath"] if custom and custom.scale else ".spec.replicas"
    return path


def _scale_entries(entries: JsonArray, old: JsonObject, new: JsonObject, path: str) -> JsonArray:
    """Return the entries after an update of a scale.

    As in kube-apiserver, nobody owns zero replicas, because a Scale omits them. After that, and if nobody owned the
    replicas before, the entries do not change.
    """
    *parents, last = path.strip(".").split(".")
    replicas = tuple(f"f:{key}" for key in (*parents, last))
    split = split_scale_owners(entries, path)
    was_owned = any(replicas in from_fields_v1(item["fieldsV1"]) for item in array_at(old, "metadata", "managedFields"))
    if was_owned and object_at(new, *parents).get(last):
        return split
    return [item for item in split if from_fields_v1(item["fieldsV1"]) != frozenset({replicas})]


def split_scale_owners(entries: JsonArray, path: str) -> JsonArray:
    """Move the replicas of updaters to entries without a time, as kube-apiserver does in each update of a scale."""
    replicas = tuple(f"f:{key}" for key in path.strip(".").split("."))
    result: JsonArray = []
    for entry in entries:
        fields = from_fields_v1(entry["fieldsV1"])
        if entry["operation"] != "Update" or replicas not in fields:
            result.append(entry)
            continue
        if rest := fields - {replicas}:
            result.append({**entry, "fieldsV1": to_fields_v1(rest)})
        moved = {key: value for key, value in entry.items() if key != "time"}
        result.append({**moved, "fieldsV1": to_fields_v1({replicas})})
    return sorted(result, key=lambda item: (item["operation"], item.get("time", "")))
