"""The defaults of pod specs, in pods and in pod templates."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from .json_types import JsonObject, array_at, is_object, object_at
from .quantities import parse_quantity

CONTAINER_LISTS = ("initContainers", "containers", "ephemeralContainers")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_PROBE_DEFAULTS = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
_VOLUMES_WITH_MODE = ("secret", "configMap", "downwardAPI", "projected")
_FILE_MODE = 0o644
_TOLERATION_SECONDS = 300


def set_default(target: JsonObject, key: str, value: Any) -> None:
    """Set a field in place if it is missing, null or an empty string (the Go zero value)."""
    if target.get(key) is None or target[key] == "":
        target[key] = value


def default_pod_spec(spec: JsonObject) -> None:
    """Set the defaults that pods and pod templates have, in place."""
    for name in CONTAINER_LISTS:
        for container in array_at(spec, name):
            _default_container(container)
    for volume in array_at(spec, "volumes"):
        _default_volume(volume)
    set_default(spec, "restartPolicy", "Always")
    set_default(spec, "terminationGracePeriodSeconds", 30)
    set_default(spec, "dnsPolicy", "ClusterFirst")
    set_default(spec, "securityContext", {})
    set_default(spec, "schedulerName", "default-scheduler")
    if account := spec.get("serviceAccountName") or spec.get("serviceAccount"):
        # serviceAccount is the deprecated name of the same field.
        spec["serviceAccountName"] = spec["serviceAccount"] = account


def default_pod(spec: JsonObject) -> None:
    """Set the defaults of a pod in place, including those that a template does not have."""
    default_pod_spec(spec)
    set_default(spec, "enableServiceLinks", True)
    # Negative grace periods are allowed in old pods and mean 1.
    if spec["terminationGracePeriodSeconds"] < 0:
        spec["terminationGracePeriodSeconds"] = 1
    for container in [*array_at(spec, "containers"), *array_at(spec, "initContainers")]:
        if limits := object_at(container, "resources", "limits"):
            requests = object_at(container, "resources", "requests")
            container["resources"] = {**container["resources"], "requests": {**limits, **requests}}
        if spec.get("hostNetwork"):
            for port in array_at(container, "ports"):
                port["hostPort"] = port.get("hostPort") or port.get("containerPort")


def _default_container(container: JsonObject) -> None:
    set_default(container, "resources", {})
    set_default(container, "terminationMessagePath", "/dev/termination-log")
    set_default(container, "terminationMessagePolicy", "File")
    set_default(container, "imagePullPolicy", pull_policy(container.get("image") or ""))
    for port in array_at(container, "ports"):
        set_default(port, "protocol", "TCP")
    for variable in array_at(container, "env"):
        _default_field_ref(object_at(variable, "valueFrom"))
    for name in _PROBES:
        if is_object(probe := container.get(name)):
            for key, value in _PROBE_DEFAULTS.items():
                probe[key] = probe.get(key) or value
            _default_handler(probe)
    for handler in object_at(container, "lifecycle").values():
        _default_handler(object_at(handler))


def _default_handler(handler: JsonObject) -> None:
    if is_object(http := handler.get("httpGet")):
        set_default(http, "path", "/")
        set_default(http, "scheme", "HTTP")
    if is_object(grpc := handler.get("grpc")):
        set_default(grpc, "service", "")


def _default_field_ref(source: JsonObject) -> None:
    if is_object(reference := source.get("fieldRef")):
        set_default(reference, "apiVersion", "v1")


def _default_volume(volume: JsonObject) -> None:
    if not any(value is not None for key, value in volume.items() if key != "name"):
        volume["emptyDir"] = {}
    for kind in _VOLUMES_WITH_MODE:
        if is_object(source := volume.get(kind)):
            set_default(source, "defaultMode", _FILE_MODE)
            for item in _downward_api_items(kind, source):
                _default_field_ref(item)
            for projection in array_at(source, "sources"):
                if is_object(token := projection.get("serviceAccountToken")):
                    set_default(token, "expirationSeconds", 3600)
    if is_object(path := volume.get("hostPath")):
        path.setdefault("type", "")


def _downward_api_items(kind: str, source: JsonObject) -> Iterable[JsonObject]:
    if kind == "downwardAPI":
        return array_at(source, "items")
    return [item for projection in array_at(source, "sources") for item in array_at(projection, "downwardAPI", "items")]


def pull_policy(image: str) -> str:
    """Return the default pull policy: Always for the tag `latest`, and for images without a tag and a digest."""
    if not image:
        return "IfNotPresent"
    name, _, digest = image.partition("@")
    _, colon, tag = name.rpartition("/")[2].partition(":")
    # A digest identifies an immutable image.
    latest = tag == "latest" or (not colon and not digest)
    return "Always" if latest else "IfNotPresent"


def apply_admission_defaults(spec: JsonObject) -> None:
    """Set the fields of the default admission plugins in place: tolerations, priority and preemption policy."""
    tolerations = list(array_at(spec, "tolerations"))
    for condition in ("not-ready", "unreachable"):
        key = f"node.kubernetes.io/{condition}"
        if not any(_tolerates(toleration, key) for toleration in tolerations):
            toleration = {"key": key, "operator": "Exists", "effect": "NoExecute"}
            tolerations.append({**toleration, "tolerationSeconds": _TOLERATION_SECONDS})
    spec["tolerations"] = tolerations
    set_default(spec, "priority", 0)
    set_default(spec, "preemptionPolicy", "PreemptLowerPriority")


def _tolerates(toleration: JsonObject, key: str) -> bool:
    matches_key = toleration.get("key") == key or not toleration.get("key")
    return matches_key and toleration.get("effect") in {"NoExecute", "", None}


def qos_class(spec: JsonObject) -> str:
    """Return the quality-of-service class: Guaranteed, Burstable or BestEffort.

    See https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/.
    """
    containers = [*array_at(spec, "containers"), *array_at(spec, "initContainers")]
    resources = [
        (
            _compute_resources(object_at(container, "resources", "limits")),
            _compute_resources(object_at(container, "resources", "requests")),
        )
        for container in containers
    ]
    if not any(limits or requests for limits, requests in resources):
        return "BestEffort"
    guaranteed = all(len(limits) == 2 and {**limits, **requests} == limits for limits, requests in resources)
    return "Guaranteed" if guaranteed else "Burstable"


def _compute_resources(resources: JsonObject) -> dict[str, Decimal]:
    found = {key: parse_quantity(value) for key, value in resources.items() if key in {"cpu", "memory"}}
    return {key: value for key, value in found.items() if value}
