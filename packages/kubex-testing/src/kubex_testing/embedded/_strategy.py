"""The create and update strategies of kinds: defaults, validation, generation and status."""

from kubex_testing._objects.custom_resources import apply_defaults, validate_custom
from kubex_testing._objects.defaults import default_builtin
from kubex_testing._objects.json_types import JsonObject, array_at, json_copy, object_at
from kubex_testing._objects.names import dns1123_subdomain_problems
from kubex_testing._objects.pod_defaults import apply_admission_defaults
from kubex_testing._objects.prepare_create import prepare_builtin_for_create
from kubex_testing._objects.validate import validate_builtin
from kubex_testing._objects.validate_meta import validate_metadata

from . import _errors as errors
from ._certificate_signing_requests import CSR_BUCKET, apply_csr_update
from ._cluster import Cluster
from ._crd import CRD_BUCKET
from ._registry import ResourceType

_ALLOCATED_FIELDS = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")
_SYSTEM_FIELDS = ("kind", "apiVersion", "metadata", "status")


def with_defaults(resource: ResourceType, document: JsonObject) -> JsonObject:
    """Return the object with its defaults, which the field manager of the request owns."""
    if resource.custom is not None:
        return apply_defaults(resource.schema, document)
    return default_builtin(resource.group, resource.kind, document)


def prepare_create(cluster: Cluster, resource: ResourceType, document: JsonObject) -> JsonObject:
    """Return a new object with the fields that the server sets, and without the status of the request."""
    if resource.custom is None:
        document = prepare_builtin_for_create(
            resource.group,
            resource.kind,
            document,
            allocate_ip=cluster.allocate_address,
            allocate_node_port=cluster.allocate_node_port,
        )
    elif resource.has_subresource("status"):
        document = {key: value for key, value in document.items() if key != "status"}
    if resource.tracks_generation:
        document["metadata"]["generation"] = 1
    return document


def validate(resource: ResourceType, new: JsonObject, old: JsonObject | None) -> None:
    """Validate an object. Raises 422."""
    if resource.custom is not None:
        causes = validate_metadata(new, old, dns1123_subdomain_problems) + validate_custom(resource.schema, new)
    else:
        causes = validate_builtin(resource.group, resource.kind, new, old)
    if causes:
        name = new["metadata"].get("name") or ""
        raise errors.invalid(resource.kind, resource.group, name, [item.to_dict() for item in causes])


def prepare_update(resource: ResourceType, new: JsonObject, old: JsonObject, subresource: str) -> JsonObject:
    """Restore the fields that this request cannot change, update the generation, and return the object to store."""
    if resource.bucket == CSR_BUCKET:
        return apply_csr_update(new, old, subresource)
    if subresource == "status":
        return _status_update(resource, new, old)
    if resource.bucket == "services.":
        _keep_allocations(new, old)
    if resource.bucket == "pods.":
        apply_admission_defaults(new["spec"])
    if resource.bucket == "namespaces.":
        # Only the finalize subresource can change the finalizers of the spec.
        if subresource != "finalize":
            _copy_field(new["spec"], old["spec"], "finalizers")
        elif not new["spec"].get("finalizers"):
            new["spec"].pop("finalizers", None)
    if resource.has_subresource("status"):
        _copy_field(new, old, "status")
    if resource.tracks_generation:
        generation = old["metadata"].get("generation", 1)
        new["metadata"]["generation"] = generation + (
            1 if _desired_state(resource, new) != _desired_state(resource, old) else 0
        )
    return new


def _status_update(resource: ResourceType, new: JsonObject, old: JsonObject) -> JsonObject:
    """Return the old object with the new status, and the metadata that the status subresource may change."""
    result = {key: value for key, value in old.items() if key != "status"}
    if "status" in new:
        result["status"] = new["status"]
    metadata = new["metadata"]
    if resource.custom is not None or resource.bucket == CRD_BUCKET:
        metadata = {**old["metadata"]}
        for key in ("managedFields", "resourceVersion"):
            _copy_field(metadata, new["metadata"], key)
    elif resource.bucket == "deployments.apps":
        # As in kube-apiserver, the status update of a deployment cannot change labels.
        _copy_field(metadata, old["metadata"], "labels")
    elif resource.bucket == "pods.":
        _copy_field(metadata, old["metadata"], "ownerReferences")
        # The server computes the quality-of-service class, so a status update cannot change it.
        result["status"] = {**result.get("status", {}), "qosClass": old["status"].get("qosClass")}
    _copy_field(metadata, old["metadata"], "generation")
    result["metadata"] = metadata
    return result


def _keep_allocations(new: JsonObject, old: JsonObject) -> None:
    """Keep the addresses and ports of a service if an update omits them."""
    spec, before = object_at(new, "spec"), object_at(old, "spec")
    if spec.get("type") == "ExternalName":
        if before.get("type") != "ExternalName":
            for key in (*_ALLOCATED_FIELDS, "internalTrafficPolicy"):
                spec.pop(key, None)
        return
    for key in _ALLOCATED_FIELDS:
        if not spec.get(key) and key in before:
            spec[key] = before[key]
    ports = {port.get("port"): port for port in array_at(old, "spec", "ports")}
    for port in array_at(new, "spec", "ports"):
        # Ports are matched by number, because their order may change.
        old_port = ports.get(port.get("port"), {})
        if not port.get("nodePort") and old_port.get("nodePort") and spec.get("type") == before.get("type"):
            port["nodePort"] = old_port["nodePort"]


def _desired_state(resource: ResourceType, document: JsonObject) -> JsonObject:
    """Return the fields of an object that increase the generation when they change."""
    skipped = ("kind", "apiVersion", "metadata") if not resource.has_subresource("status") else _SYSTEM_FIELDS
    desired = {key: value for key, value in document.items() if key not in skipped}
    if resource.kind == "Deployment" and resource.custom is None:
        desired["annotations"] = document["metadata"].get("annotations") or {}
    return desired


def _copy_field(target: JsonObject, source: JsonObject, key: str) -> None:
    if key in source:
        target[key] = json_copy(source[key])
    else:
        target.pop(key, None)
