"""What the server fills in: the defaults of each kind, and what creating an object adds."""

import base64
from collections.abc import Callable
from typing import Any

from .empty_objects import empty_object
from .json_types import JsonObject, array_at, is_object, json_copy, object_at
from .pod_defaults import admit_pod, default_pod, default_pod_spec, qos_class, set_default

_ROLLING = {"maxUnavailable": "25%", "maxSurge": "25%"}
_ALLOCATED = frozenset({"ClusterIP", "NodePort", "LoadBalancer"})


def default_builtin(group: str, kind: str, obj: JsonObject) -> JsonObject:
    """Return the object with its kind's defaults; unknown kinds come back as they are.

    These belong to whoever writes the object, so `update_managed_fields` comes after it and before
    `complete_builtin`, on every write.
    """
    result: JsonObject = json_copy(obj)
    _fill(result, empty_object(f"{group}/v1".lstrip("/"), kind))
    if apply_defaults := _DEFAULTS.get((group, kind)):
        apply_defaults(result)
    return result


def complete_builtin(
    group: str,
    kind: str,
    obj: JsonObject,
    *,
    allocate_ip: Callable[[], str],
    allocate_node_port: Callable[[], int],
) -> JsonObject:
    """Return a new, defaulted object with what the server adds when it creates one, and its status reset.

    `metadata.uid` must be set. The callbacks give addresses and node ports to services that name none.
    """
    result: JsonObject = json_copy(obj)
    status = empty_object(f"{group}/v1".lstrip("/"), kind).get("status")
    if status is not None:
        result["status"] = status
    if (group, kind) == ("", "Service"):
        _complete_service(result, allocate_ip, allocate_node_port)
    elif complete := _COMPLETE.get((group, kind)):
        complete(result)
    return result


def _fill(target: JsonObject, empty: JsonObject) -> None:
    for key, value in empty.items():
        if target.get(key) is None:
            target[key] = value
        elif is_object(value) and is_object(target[key]):
            _fill(target[key], value)


def _default_pod(obj: JsonObject) -> None:
    default_pod(obj["spec"])


def _template(obj: JsonObject) -> None:
    if is_object(template := obj["spec"].get("template")):
        spec = template["spec"] = object_at(template, "spec")
        default_pod_spec(spec)


def _deployment(obj: JsonObject) -> None:
    spec = obj["spec"]
    set_default(spec, "replicas", 1)
    _strategy(spec, "strategy", _ROLLING)
    set_default(spec, "revisionHistoryLimit", 10)
    set_default(spec, "progressDeadlineSeconds", 600)
    _template(obj)


def _strategy(spec: JsonObject, field: str, rolling: JsonObject) -> None:
    strategy = spec[field]
    set_default(strategy, "type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        strategy["rollingUpdate"] = {**rolling, **object_at(strategy, "rollingUpdate")}


def _replica_set(obj: JsonObject) -> None:
    set_default(obj["spec"], "replicas", 1)
    _template(obj)


def _stateful_set(obj: JsonObject) -> None:
    spec = obj["spec"]
    set_default(spec, "podManagementPolicy", "OrderedReady")
    _strategy(spec, "updateStrategy", {"partition": 0, "maxUnavailable": 1})
    set_default(spec, "persistentVolumeClaimRetentionPolicy", {"whenDeleted": "Retain", "whenScaled": "Retain"})
    set_default(spec, "replicas", 1)
    set_default(spec, "revisionHistoryLimit", 10)
    _template(obj)


def _daemon_set(obj: JsonObject) -> None:
    _strategy(obj["spec"], "updateStrategy", {"maxUnavailable": 1, "maxSurge": 0})
    set_default(obj["spec"], "revisionHistoryLimit", 10)
    annotations = obj["metadata"]["annotations"] = object_at(obj, "metadata", "annotations")
    set_default(annotations, "deprecated.daemonset.template.generation", "1")
    _template(obj)


def _labels_of_template(obj: JsonObject) -> None:
    labels = object_at(obj, "spec", "template", "metadata", "labels")
    if labels and not object_at(obj, "metadata", "labels"):
        obj["metadata"]["labels"] = dict(labels)


def _job(obj: JsonObject) -> None:
    spec = obj["spec"]
    _labels_of_template(obj)
    set_default(spec, "manualSelector", False)
    if spec.get("completions") is None and spec.get("parallelism") is None:
        spec["completions"] = 1
    set_default(spec, "parallelism", 1)
    set_default(spec, "backoffLimit", 6)
    set_default(spec, "completionMode", "NonIndexed")
    set_default(spec, "suspend", False)
    set_default(spec, "podReplacementPolicy", "Failed" if spec.get("podFailurePolicy") else "TerminatingOrFailed")
    _template(obj)


def _service(obj: JsonObject) -> None:
    spec = obj["spec"]
    set_default(spec, "sessionAffinity", "None")
    if spec["sessionAffinity"] == "ClientIP":
        set_default(spec, "sessionAffinityConfig", {"clientIP": {"timeoutSeconds": 10800}})
    set_default(spec, "type", "ClusterIP")
    for port in array_at(spec, "ports"):
        set_default(port, "protocol", "TCP")
        port["targetPort"] = port.get("targetPort") or port.get("port")
    if spec["type"] in {"NodePort", "LoadBalancer"}:
        set_default(spec, "externalTrafficPolicy", "Cluster")
    if spec["type"] in _ALLOCATED:
        set_default(spec, "internalTrafficPolicy", "Cluster")
    if spec["type"] == "LoadBalancer":
        set_default(spec, "allocateLoadBalancerNodePorts", True)


def _secret(obj: JsonObject) -> None:
    set_default(obj, "type", "Opaque")
    texts = obj.pop("stringData", None)
    if texts:
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in texts.items()}
        obj["data"] = {**object_at(obj, "data"), **encoded}


def _namespace(obj: JsonObject) -> None:
    metadata = obj["metadata"]
    if name := metadata.get("name"):
        metadata["labels"] = {**object_at(metadata, "labels"), "kubernetes.io/metadata.name": name}


def _endpoints(obj: JsonObject) -> None:
    for subset in array_at(obj, "subsets"):
        for port in array_at(subset, "ports"):
            set_default(port, "protocol", "TCP")


def _custom_resource_definition(obj: JsonObject) -> None:
    spec, names = obj["spec"], obj["spec"]["names"]
    set_default(names, "singular", (names.get("kind") or "").lower())
    if kind := names.get("kind"):
        set_default(names, "listKind", f"{kind}List")
    set_default(spec, "conversion", {"strategy": "None"})


def _complete_pod(obj: JsonObject) -> None:
    admit_pod(obj["spec"])
    obj["status"] = {"phase": "Pending", "qosClass": qos_class(obj["spec"])}


def _complete_namespace(obj: JsonObject) -> None:
    finalizers = array_at(obj, "spec", "finalizers")
    obj["spec"]["finalizers"] = [*finalizers, *(name for name in ("kubernetes",) if name not in finalizers)]
    obj["status"] = {"phase": "Active"}


def _complete_node(obj: JsonObject) -> None:
    key = "node.kubernetes.io/not-ready"
    taints = array_at(obj, "spec", "taints")
    if not any(taint.get("key") == key for taint in taints):
        obj["spec"]["taints"] = [*taints, {"key": key, "effect": "NoSchedule"}]


def _complete_job(obj: JsonObject) -> None:
    """Label the template and select by the job's uid, unless the user brings a selector."""
    spec = obj["spec"]
    if spec.get("manualSelector"):
        return
    uid, name = obj["metadata"]["uid"], obj["metadata"].get("name")
    labels = {
        "batch.kubernetes.io/controller-uid": uid,
        "batch.kubernetes.io/job-name": name,
        "controller-uid": uid,
        "job-name": name,
    }
    metadata = object_at(spec, "template", "metadata")
    spec["template"]["metadata"] = {**metadata, "labels": {**object_at(metadata, "labels"), **labels}}
    spec["selector"] = {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
    _labels_of_template(obj)


def _complete_service(obj: JsonObject, allocate_ip: Callable[[], str], allocate_node_port: Callable[[], int]) -> None:
    spec = obj["spec"]
    if spec["type"] not in _ALLOCATED:
        return
    set_default(spec, "clusterIP", next(iter(array_at(spec, "clusterIPs")), None) or allocate_ip())
    set_default(spec, "clusterIPs", [spec["clusterIP"]])
    # A headless service without selector may lead anywhere, so it speaks both protocols.
    both = spec["clusterIP"] == "None" and not spec.get("selector")
    set_default(spec, "ipFamilies", ["IPv4", "IPv6"] if both else ["IPv4"])
    set_default(spec, "ipFamilyPolicy", "RequireDualStack" if both else "SingleStack")
    balanced = spec["type"] == "LoadBalancer" and spec["allocateLoadBalancerNodePorts"]
    if spec["type"] == "NodePort" or balanced:
        for port in array_at(spec, "ports"):
            port["nodePort"] = port.get("nodePort") or allocate_node_port()


def _complete_crd(obj: JsonObject) -> None:
    stored: list[Any] = [version.get("name") for version in array_at(obj, "spec", "versions") if version.get("storage")]
    obj["status"]["storedVersions"] = stored


_DEFAULTS: dict[tuple[str, str], Callable[[JsonObject], None]] = {
    ("", "Pod"): _default_pod,
    ("", "Service"): _service,
    ("", "Secret"): _secret,
    ("", "Namespace"): _namespace,
    ("", "Endpoints"): _endpoints,
    ("apps", "Deployment"): _deployment,
    ("apps", "ReplicaSet"): _replica_set,
    ("apps", "StatefulSet"): _stateful_set,
    ("apps", "DaemonSet"): _daemon_set,
    ("batch", "Job"): _job,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _custom_resource_definition,
}
_COMPLETE: dict[tuple[str, str], Callable[[JsonObject], None]] = {
    ("", "Pod"): _complete_pod,
    ("", "Namespace"): _complete_namespace,
    ("", "Node"): _complete_node,
    ("batch", "Job"): _complete_job,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _complete_crd,
}
