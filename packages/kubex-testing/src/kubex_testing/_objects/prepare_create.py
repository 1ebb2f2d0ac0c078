"""The fields that the server adds when it creates an object of a built-in kind."""

from collections.abc import Callable
from typing import Any

from .default_workloads import TEMPLATE_GENERATION, copy_template_labels
from .empty_objects import empty_object
from .json_types import JsonObject, array_at, json_copy, object_at
from .pod_defaults import apply_admission_defaults, qos_class, set_default
from .service_updates import needs_node_ports, set_address, set_families
from .validate_service import ALLOCATED_SERVICE_TYPES


def prepare_builtin_for_create(
    group: str,
    kind: str,
    obj: JsonObject,
    *,
    allocate_ip: Callable[[], str],
    allocate_node_port: Callable[[], int],
    subresource: str = "",
) -> JsonObject:
    """Return a new object, which has its defaults, with the fields that the server sets and an initial status.

    `metadata.uid` must be set. The callbacks return addresses and node ports for services without them. As in
    kube-apiserver, a service that a request to its status creates has no addresses.
    """
    result: JsonObject = json_copy(obj)
    status = empty_object(obj.get("apiVersion") or f"{group}/v1".lstrip("/"), kind).get("status")
    if status is not None:
        result["status"] = status
    if (group, kind) == ("", "Service"):
        if not subresource:
            _prepare_service(result, allocate_ip, allocate_node_port)
    elif prepare := _PREPARE_FOR_CREATE.get((group, kind)):
        prepare(result)
    return result


def _prepare_pod(obj: JsonObject) -> None:
    apply_admission_defaults(obj["spec"])
    status: JsonObject = {"phase": "Pending", "qosClass": qos_class(obj["spec"])}
    if obj["spec"].get("schedulingGates"):
        condition: JsonObject = {"type": "PodScheduled", "status": "False", "lastProbeTime": None}
        condition.update(lastTransitionTime=obj["metadata"].get("creationTimestamp"), reason="SchedulingGated")
        condition["message"] = "Scheduling is blocked due to non-empty scheduling gates"
        status["conditions"] = [condition]
    obj["status"] = status


def _prepare_namespace(obj: JsonObject) -> None:
    metadata = obj["metadata"]
    # A default value exists only if the request contains the name.
    if name := metadata.get("name"):
        metadata["labels"] = {**object_at(metadata, "labels"), "kubernetes.io/metadata.name": name}
    finalizers = array_at(obj, "spec", "finalizers")
    obj["spec"]["finalizers"] = [*finalizers, *(name for name in ("kubernetes",) if name not in finalizers)]
    obj["status"] = {"phase": "Active"}


def _prepare_node(obj: JsonObject) -> None:
    key = "node.kubernetes.io/not-ready"
    taints = array_at(obj, "spec", "taints")
    if not any(taint.get("key") == key for taint in taints):
        obj["spec"]["taints"] = [*taints, {"key": key, "effect": "NoSchedule"}]


def _prepare_job(obj: JsonObject) -> None:
    """Set the labels of the template and a selector with the UID of the job, unless the selector is manual."""
    spec = obj["spec"]
    if spec.get("manualSelector"):
        return
    uid, name = obj["metadata"]["uid"], obj["metadata"].get("name") or ""
    labels = {
        "batch.kubernetes.io/controller-uid": uid,
        "batch.kubernetes.io/job-name": name,
        "controller-uid": uid,
        "job-name": name,
    }
    metadata = object_at(spec, "template", "metadata")
    spec["template"]["metadata"] = {**metadata, "labels": {**object_at(metadata, "labels"), **labels}}
    spec["selector"] = {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
    copy_template_labels(obj)


def set_template_generation(obj: JsonObject) -> None:
    """Replace the default generation of the template of a DaemonSet by the generation of a new object."""
    annotations = obj["metadata"]["annotations"]
    if annotations[TEMPLATE_GENERATION] == "0":
        annotations[TEMPLATE_GENERATION] = "1"


def _prepare_service(obj: JsonObject, allocate_ip: Callable[[], str], allocate_node_port: Callable[[], int]) -> None:
    spec = obj["spec"]
    if spec["type"] not in ALLOCATED_SERVICE_TYPES:
        if spec.get("clusterIP"):
            set_default(spec, "clusterIPs", [spec["clusterIP"]])
        return
    set_address(spec, allocate_ip)
    set_families(spec)
    if needs_node_ports(spec):
        for port in array_at(spec, "ports"):
            port["nodePort"] = port.get("nodePort") or allocate_node_port()


def _prepare_volume(obj: JsonObject) -> None:
    _add_finalizer(obj, "kubernetes.io/pv-protection")
    obj["status"] = {"phase": "Pending", "lastPhaseTransitionTime": obj["metadata"].get("creationTimestamp")}


def _prepare_claim(obj: JsonObject) -> None:
    _add_finalizer(obj, "kubernetes.io/pvc-protection")
    obj["status"] = {"phase": "Pending"}


def _prepare_attributes_class(obj: JsonObject) -> None:
    _add_finalizer(obj, "kubernetes.io/vac-protection")


def _add_finalizer(obj: JsonObject, name: str) -> None:
    """Add a finalizer, as the admission plugin for the protection of storage objects does."""
    finalizers = array_at(obj, "metadata", "finalizers")
    if name not in finalizers:
        obj["metadata"]["finalizers"] = [*finalizers, name]


def _prepare_crd(obj: JsonObject) -> None:
    stored: list[Any] = [version.get("name") for version in array_at(obj, "spec", "versions") if version.get("storage")]
    obj["status"]["storedVersions"] = stored


_PREPARE_FOR_CREATE: dict[tuple[str, str], Callable[[JsonObject], None]] = {
    ("", "Pod"): _prepare_pod,
    ("", "Namespace"): _prepare_namespace,
    ("", "Node"): _prepare_node,
    ("", "PersistentVolume"): _prepare_volume,
    ("", "PersistentVolumeClaim"): _prepare_claim,
    ("apps", "DaemonSet"): set_template_generation,
    ("batch", "Job"): _prepare_job,
    ("storage.k8s.io", "VolumeAttributesClass"): _prepare_attributes_class,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _prepare_crd,
}
