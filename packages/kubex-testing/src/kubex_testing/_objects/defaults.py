"""The defaults of the built-in kinds."""

import base64
from collections.abc import Callable

from .empty_objects import empty_object
from .json_types import JsonObject, array_at, is_object, json_copy, object_at
from .pod_defaults import default_pod, default_pod_spec, set_default

_ROLLING_UPDATE = {"maxUnavailable": "25%", "maxSurge": "25%"}
ALLOCATED_SERVICE_TYPES = frozenset({"ClusterIP", "NodePort", "LoadBalancer"})


def default_builtin(group: str, kind: str, obj: JsonObject) -> JsonObject:
    """Return the object with the defaults of its kind. Objects of unknown kinds are unchanged.

    The field manager of the request owns the defaults. Therefore call `update_managed_fields()` after this function and
    before `prepare_builtin_for_create()`.
    """
    result: JsonObject = json_copy(obj)
    _fill_empty_fields(result, empty_object(f"{group}/v1".lstrip("/"), kind))
    if apply_defaults := _DEFAULTS.get((group, kind)):
        apply_defaults(result)
    return result


def _fill_empty_fields(target: JsonObject, empty: JsonObject) -> None:
    for key, value in empty.items():
        if target.get(key) is None:
            target[key] = value
        elif is_object(value) and is_object(target[key]):
            _fill_empty_fields(target[key], value)


def _default_pod(obj: JsonObject) -> None:
    default_pod(obj["spec"])


def _default_template(obj: JsonObject) -> None:
    if is_object(template := obj["spec"].get("template")):
        spec = template["spec"] = object_at(template, "spec")
        default_pod_spec(spec)


def _default_deployment(obj: JsonObject) -> None:
    spec = obj["spec"]
    set_default(spec, "replicas", 1)
    _default_strategy(spec, "strategy", _ROLLING_UPDATE)
    set_default(spec, "revisionHistoryLimit", 10)
    set_default(spec, "progressDeadlineSeconds", 600)
    _default_template(obj)


def _default_strategy(spec: JsonObject, field: str, rolling: JsonObject) -> None:
    strategy = spec[field]
    set_default(strategy, "type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        strategy["rollingUpdate"] = {**rolling, **object_at(strategy, "rollingUpdate")}


def _default_replica_set(obj: JsonObject) -> None:
    set_default(obj["spec"], "replicas", 1)
    _default_template(obj)


def _default_stateful_set(obj: JsonObject) -> None:
    spec = obj["spec"]
    set_default(spec, "podManagementPolicy", "OrderedReady")
    _default_strategy(spec, "updateStrategy", {"partition": 0, "maxUnavailable": 1})
    set_default(spec, "persistentVolumeClaimRetentionPolicy", {"whenDeleted": "Retain", "whenScaled": "Retain"})
    set_default(spec, "replicas", 1)
    set_default(spec, "revisionHistoryLimit", 10)
    _default_template(obj)


def _default_daemon_set(obj: JsonObject) -> None:
    _default_strategy(obj["spec"], "updateStrategy", {"maxUnavailable": 1, "maxSurge": 0})
    set_default(obj["spec"], "revisionHistoryLimit", 10)
    annotations = obj["metadata"]["annotations"] = object_at(obj, "metadata", "annotations")
    # kube-apiserver still sets this annotation for old clients.
    set_default(annotations, "deprecated.daemonset.template.generation", "1")
    _default_template(obj)


def copy_template_labels(obj: JsonObject) -> None:
    labels = object_at(obj, "spec", "template", "metadata", "labels")
    if labels and not object_at(obj, "metadata", "labels"):
        obj["metadata"]["labels"] = dict(labels)


def _default_job(obj: JsonObject) -> None:
    spec = obj["spec"]
    copy_template_labels(obj)
    set_default(spec, "manualSelector", False)
    # A job that sets only parallelism is a work queue, where completions stay unset.
    if spec.get("completions") is None and spec.get("parallelism") is None:
        spec["completions"] = 1
    set_default(spec, "parallelism", 1)
    set_default(spec, "backoffLimit", 6)
    set_default(spec, "completionMode", "NonIndexed")
    set_default(spec, "suspend", False)
    set_default(spec, "podReplacementPolicy", "Failed" if spec.get("podFailurePolicy") else "TerminatingOrFailed")
    _default_template(obj)


def _default_service(obj: JsonObject) -> None:
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


def _default_endpoints(obj: JsonObject) -> None:
    for subset in array_at(obj, "subsets"):
        for port in array_at(subset, "ports"):
            set_default(port, "protocol", "TCP")


def _default_custom_resource_definition(obj: JsonObject) -> None:
    spec, names = obj["spec"], obj["spec"]["names"]
    set_default(names, "singular", (names.get("kind") or "").lower())
    if kind := names.get("kind"):
        set_default(names, "listKind", f"{kind}List")
    set_default(spec, "conversion", {"strategy": "None"})


_DEFAULTS: dict[tuple[str, str], Callable[[JsonObject], None]] = {
    ("", "Pod"): _default_pod,
    ("", "Service"): _default_service,
    ("", "Secret"): _default_secret,
    ("", "Namespace"): _default_namespace,
    ("", "Endpoints"): _default_endpoints,
    ("apps", "Deployment"): _default_deployment,
    ("apps", "ReplicaSet"): _default_replica_set,
    ("apps", "StatefulSet"): _default_stateful_set,
    ("apps", "DaemonSet"): _default_daemon_set,
    ("batch", "Job"): _default_job,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _default_custom_resource_definition,
}
