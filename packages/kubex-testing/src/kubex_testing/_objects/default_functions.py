"""The defaults that depend on other fields, by the name of the type. Each function changes a struct in place."""

import base64
from collections.abc import Callable
from datetime import datetime, timezone

from .default_workloads import WORKLOAD_FUNCTIONS
from .json_types import JsonObject, array_at, is_object, object_at
from .pod_defaults import default_pod, default_pod_spec, set_default
from .validate_service import ALLOCATED_SERVICE_TYPES, is_externally_accessible


def _default_pod(obj: JsonObject) -> None:
    default_pod(obj["spec"])


def _default_pod_status(status: JsonObject) -> None:
    """Keep the address and the first one of the list equal. The address has precedence."""
    addresses = array_at(status, "podIPs")
    if address := status.get("podIP"):
        if not addresses or addresses[0].get("ip") != address:
            status["podIPs"] = [{"ip": address}]
    elif addresses:
        status["podIP"] = addresses[0].get("ip")


def _default_service(obj: JsonObject) -> None:
    spec = obj["spec"]
    set_default(spec, "sessionAffinity", "None")
    if spec["sessionAffinity"] == "ClientIP":
        set_default(spec, "sessionAffinityConfig", {"clientIP": {"timeoutSeconds": 10800}})
    set_default(spec, "type", "ClusterIP")
    for port in array_at(spec, "ports"):
        set_default(port, "protocol", "TCP")
        port["targetPort"] = port.get("targetPort") or port.get("port")
    if is_externally_accessible(spec):
        set_default(spec, "externalTrafficPolicy", "Cluster")
    if spec["type"] in ALLOCATED_SERVICE_TYPES:
        set_default(spec, "internalTrafficPolicy", "Cluster")
    if spec["type"] == "LoadBalancer":
        set_default(spec, "allocateLoadBalancerNodePorts", True)


def _default_secret(obj: JsonObject) -> None:
    set_default(obj, "type", "Opaque")
    # stringData is write-only, and its values override those in data.
    texts = obj.pop("stringData", None)
    if texts:
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in texts.items()}
        obj["data"] = {**object_at(obj, "data"), **encoded}


def _default_namespace(obj: JsonObject) -> None:
    metadata = obj["metadata"]
    if name := metadata.get("name"):
        metadata["labels"] = {**object_at(metadata, "labels"), "kubernetes.io/metadata.name": name}


def _default_namespace_status(status: JsonObject) -> None:
    status["phase"] = status.get("phase") or "Active"


def _default_volume_status(status: JsonObject) -> None:
    status["phase"] = status.get("phase") or "Pending"


def _default_host_path(source: JsonObject) -> None:
    source["type"] = source.get("type") or ""


def _default_node_spec(spec: JsonObject) -> None:
    if spec.get("podCIDR"):
        set_default(spec, "podCIDRs", [spec["podCIDR"]])


def _default_node_status(status: JsonObject) -> None:
    if capacity := object_at(status, "capacity"):
        set_default(status, "allocatable", dict(capacity))


def _default_limit_range_item(item: JsonObject) -> None:
    """Set the default limits and requests of containers from the other limits."""
    if item.get("type") != "Container":
        return
    limits = {**object_at(item, "max"), **object_at(item, "default")}
    requests = {**object_at(item, "min"), **limits, **object_at(item, "defaultRequest")}
    for key, value in (("default", limits), ("defaultRequest", requests)):
        if value:
            item[key] = value


def _default_custom_resource_names(names: JsonObject) -> None:
    set_default(names, "singular", (names.get("kind") or "").lower())
    if kind := names.get("kind"):
        set_default(names, "listKind", f"{kind}List")


def _default_network_policy(spec: JsonObject) -> None:
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", *(["Egress"] if spec.get("egress") else [])]


def _default_subject(subject: JsonObject) -> None:
    if subject.get("kind") in {"User", "Group"}:
        set_default(subject, "apiGroup", "rbac.authorization.k8s.io")


def _default_device_request(request: JsonObject) -> None:
    set_default(request, "allocationMode", "ExactCount")
    if request["allocationMode"] == "ExactCount":
        request["count"] = request.get("count") or 1


def _default_device_taint(taint: JsonObject) -> None:
    set_default(taint, "timeAdded", datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"))


def _default_flow_schema(spec: JsonObject) -> None:
    spec["matchingPrecedence"] = spec.get("matchingPrecedence") or 1000


def _default_queuing(configuration: JsonObject) -> None:
    for key, value in (("handSize", 8), ("queues", 64), ("queueLengthLimit", 50)):
        configuration[key] = configuration.get(key) or value


def _default_autoscaler_v1(obj: JsonObject) -> None:
    """Set the average utilization of the CPU, unless an annotation contains other metrics."""
    if not object_at(obj, "metadata", "annotations").get("autoscaling.alpha.kubernetes.io/metrics"):
        set_default(obj["spec"], "targetCPUUtilizationPercentage", 80)


def _default_autoscaler(spec: JsonObject) -> None:
    if not spec.get("metrics"):
        target = {"type": "Utilization", "averageUtilization": 80}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    if is_object(behavior := spec.get("behavior")):
        percent = {"type": "Percent", "value": 100, "periodSeconds": 15}
        pods = {"type": "Pods", "value": 4, "periodSeconds": 15}
        up = {"stabilizationWindowSeconds": 0, "selectPolicy": "Max", "policies": [pods, percent]}
        down = {"selectPolicy": "Max", "policies": [percent]}
        behavior["scaleUp"] = {**up, **_without_nulls(object_at(behavior, "scaleUp"))}
        behavior["scaleDown"] = {**down, **_without_nulls(object_at(behavior, "scaleDown"))}


def _without_nulls(value: JsonObject) -> JsonObject:
    return {key: item for key, item in value.items() if item is not None}


DEFAULT_FUNCTIONS: dict[str, Callable[[JsonObject], None]] = {
    **WORKLOAD_FUNCTIONS,
    "apiextensions.v1.CustomResourceDefinitionNames": _default_custom_resource_names,
    "autoscaling.v1.HorizontalPodAutoscaler": _default_autoscaler_v1,
    "autoscaling.v2.HorizontalPodAutoscalerSpec": _default_autoscaler,
    "core.v1.HostPathVolumeSource": _default_host_path,
    "core.v1.LimitRangeItem": _default_limit_range_item,
    "core.v1.Namespace": _default_namespace,
    "core.v1.NamespaceStatus": _default_namespace_status,
    "core.v1.NodeSpec": _default_node_spec,
    "core.v1.NodeStatus": _default_node_status,
    "core.v1.PersistentVolumeClaimStatus": _default_volume_status,
    "core.v1.PersistentVolumeStatus": _default_volume_status,
    "core.v1.Pod": _default_pod,
    "core.v1.PodSpec": default_pod_spec,
    "core.v1.PodStatus": _default_pod_status,
    "core.v1.Secret": _default_secret,
    "core.v1.Service": _default_service,
    "flowcontrol.v1.FlowSchemaSpec": _default_flow_schema,
    "flowcontrol.v1.QueuingConfiguration": _default_queuing,
    "networking.v1.NetworkPolicySpec": _default_network_policy,
    "rbac.v1.Subject": _default_subject,
    "resource.v1.DeviceSubRequest": _default_device_request,
    "resource.v1.DeviceTaint": _default_device_taint,
    "resource.v1.ExactDeviceRequest": _default_device_request,
}
