"""The create and update strategies of kinds: defaults, validation, generation and status."""

from collections.abc import Callable, Iterator
from itertools import count

from kubex_testing._objects.custom_resources import apply_defaults, validate_custom, validate_custom_status
from kubex_testing._objects.default_workloads import TEMPLATE_GENERATION
from kubex_testing._objects.defaults import default_builtin
from kubex_testing._objects.json_types import (
    JsonObject,
    is_array,
    is_integer,
    is_object,
    json_copy,
    json_equal,
    object_at,
)
from kubex_testing._objects.names import dns1123_subdomain_problems
from kubex_testing._objects.pod_defaults import apply_admission_defaults, set_default
from kubex_testing._objects.prepare_create import prepare_builtin_for_create
from kubex_testing._objects.service_updates import prepare_service_update
from kubex_testing._objects.status_causes import StatusCause, format_go, invalid
from kubex_testing._objects.validate import validate_builtin
from kubex_testing._objects.validate_core import validate_namespace_status
from kubex_testing._objects.validate_meta import validate_custom_metadata

from . import _errors as errors
from ._certificate_signing_requests import CSR_BUCKET, apply_csr_update
from ._cluster import Cluster, now
from ._crd import CRD_BUCKET
from ._priorities import set_priority
from ._registry import CustomResourceInfo, ResourceType

_FIRST_DRY_RUN_PORT = 32769
_GO_MAP = "map[string]interface{}"
STATUS_KEEPS_METADATA = frozenset(
    {
        CRD_BUCKET,
        "csinodes.storage.k8s.io",
        "devicetaintrules.resource.k8s.io",
        "podcertificaterequests.certificates.k8s.io",
        "resourceclaims.resource.k8s.io",
        "servicecidrs.networking.k8s.io",
        "storageversionmigrations.storagemigration.k8s.io",
        "validatingadmissionpolicies.admissionregistration.k8s.io",
        "volumeattachments.storage.k8s.io",
    }
)
"""The resources whose status subresource cannot change labels and annotations."""
_SYSTEM_FIELDS = ("kind", "apiVersion", "metadata", "status")


def with_defaults(resource: ResourceType, document: JsonObject) -> JsonObject:
    """Return the object with its defaults, which the field manager of the request owns."""
    if resource.custom is not None:
        return apply_defaults(resource.schema, document)
    return default_builtin(resource.group, resource.kind, document)


def prepare_create(
    cluster: Cluster, resource: ResourceType, document: JsonObject, subresource: str = "", *, dry_run: bool = False
) -> JsonObject:
    """Return a new object with the fields that the server sets, and without the status of the request."""
    if resource.bucket == "pods.":
        set_priority(cluster, document)
    if resource.custom is None:
        document = prepare_builtin_for_create(
            resource.group,
            resource.kind,
            document,
            allocate_ip=cluster.allocate_address,
            allocate_node_port=_node_port_allocator(cluster, dry_run=dry_run),
            subresource=subresource,
        )
    elif resource.has_subresource("status"):
        document = {key: value for key, value in document.items() if key != "status"}
    if resource.tracks_generation:
        document["metadata"]["generation"] = 1
    return document


def validate(resource: ResourceType, new: JsonObject, old: JsonObject | None, subresource: str = "") -> None:
    """Validate an object. Raises 422."""
    if resource.custom is not None:
        causes = validate_custom_metadata(new, old, dns1123_subdomain_problems)
        if subresource == "status":
            causes += validate_custom_status(resource.schema, new)
        else:
            causes += [*validate_custom(resource.schema, new), *_validate_scale(resource.custom, new)]
    else:
        causes = validate_builtin(resource.group, resource.kind, new, old)
        if resource.bucket == "namespaces." and subresource == "status":
            causes += validate_namespace_status(new)
    if causes:
        name = new["metadata"].get("name") or ""
        raise errors.invalid(resource.kind, resource.error_group, name, [item.to_dict() for item in causes])


def _validate_scale(custom: CustomResourceInfo, document: JsonObject) -> Iterator[StatusCause]:
    """Validate the replicas of a custom resource with a scale subresource."""
    path = (custom.scale or {}).get("specReplicasPath")
    if path is None:
        return
    value: object = document
    for key in path.strip(".").split("."):
        if not is_object(value):
            text = f"{path} accessor error: {format_go(value)} is of the type {_go_type(value)}, expected {_GO_MAP}"
            yield invalid(path, 0, text)
            return
        value = value.get(key)
        if value is None:
            return
    if is_integer(value) and value < 0:
        yield invalid(path, value, "should be a non-negative integer")


def _go_type(value: object) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "string"
    if is_array(value):
        return "[]interface {}"
    return "int64" if is_integer(value) else "float64"


def _node_port_allocator(cluster: Cluster, *, dry_run: bool) -> Callable[[], int]:
    """Return a function that allocates node ports. As in kube-apiserver, a dry run returns ports outside the range."""
    return count(_FIRST_DRY_RUN_PORT).__next__ if dry_run else cluster.allocate_node_port


def prepare_update(
    cluster: Cluster,
    resource: ResourceType,
    new: JsonObject,
    old: JsonObject,
    subresource: str,
    *,
    dry_run: bool = False,
) -> JsonObject:
    """Restore the fields that this request cannot change, update the generation, and return the object to store."""
    if resource.bucket == CSR_BUCKET:
        return apply_csr_update(new, old, subresource)
    if subresource == "status":
        return _status_update(resource, new, old)
    if resource.bucket == "services.":
        allocate_node_port = _node_port_allocator(cluster, dry_run=dry_run)
        prepare_service_update(new, old, cluster.allocate_address, allocate_node_port)
    if resource.bucket == "daemonsets.apps":
        _update_template_generation(new, old)
    if resource.bucket == "pods.":
        for key in ("priority", "preemptionPolicy"):
            set_default(new["spec"], key, old["spec"].get(key))
        apply_admission_defaults(new["spec"])
    if resource.bucket == "namespaces.":
        # Only the finalize subresource can change the finalizers of the spec.
        if subresource != "finalize":
            _copy_field(new["spec"], old["spec"], "finalizers")
        elif not new["spec"].get("finalizers"):
            new["spec"].pop("finalizers", None)
    if resource.has_subresource("status"):
        _copy_field(new, old, "status")
    # As in kube-apiserver, no change of a PriorityClass increases its generation.
    if resource.tracks_generation and resource.bucket != "priorityclasses.scheduling.k8s.io":
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
    if resource.custom is not None or resource.bucket in STATUS_KEEPS_METADATA:
        metadata = {**old["metadata"]}
        for key in ("managedFields", "resourceVersion"):
            _copy_field(metadata, new["metadata"], key)
    elif resource.bucket == "deployments.apps":
        # As in kube-apiserver, the status update of a deployment cannot change labels.
        _copy_field(metadata, old["metadata"], "labels")
    elif resource.bucket == "daemonsets.apps":
        generation = object_at(old, "metadata", "annotations").get(TEMPLATE_GENERATION) or "1"
        metadata["annotations"] = {**object_at(metadata, "annotations"), TEMPLATE_GENERATION: generation}
    elif resource.bucket == "persistentvolumes.":
        _set_transition_time(result["status"], old["status"])
    elif resource.bucket == "pods.":
        _copy_field(metadata, old["metadata"], "ownerReferences")
        # The server computes the quality-of-service class, so a status update cannot change it.
        result["status"] = {**result.get("status", {}), "qosClass": old["status"].get("qosClass")}
    _copy_field(metadata, old["metadata"], "generation")
    result["metadata"] = metadata
    return result


def _set_transition_time(status: JsonObject, before: JsonObject) -> None:
    """Set the time of the last change of the phase of a volume, unless the request sets another time."""
    key = "lastPhaseTransitionTime"
    if status.get("phase") == before.get("phase"):
        if not status.get(key):
            _copy_field(status, before, key)
    elif status.get(key) in (None, before.get(key)):
        status[key] = now()


def _update_template_generation(new: JsonObject, old: JsonObject) -> None:
    """Set the annotation with the generation of the template, which kube-apiserver stores as a field of the spec."""
    value = int(object_at(old, "metadata", "annotations").get(TEMPLATE_GENERATION) or 1)
    changed = not json_equal(object_at(new, "spec").get("template"), object_at(old, "spec").get("template"))
    annotations = object_at(new, "metadata", "annotations")
    new["metadata"]["annotations"] = {**annotations, TEMPLATE_GENERATION: str(value + changed)}


def _desired_state(resource: ResourceType, document: JsonObject) -> JsonObject:
    """Return the fields of an object that increase the generation when they change."""
    skipped = ("kind", "apiVersion", "metadata") if not resource.has_subresource("status") else _SYSTEM_FIELDS
    desired = {key: value for key, value in document.items() if key not in skipped}
    if resource.kind == "Deployment" and resource.custom is None:
        desired["annotations"] = document["metadata"].get("annotations") or {}
    if resource.bucket == "endpointslices.discovery.k8s.io":
        desired["labels"] = document["metadata"].get("labels") or {}
    return desired


def _copy_field(target: JsonObject, source: JsonObject, key: str) -> None:
    if key in source:
        target[key] = json_copy(source[key])
    else:
        target.pop(key, None)
