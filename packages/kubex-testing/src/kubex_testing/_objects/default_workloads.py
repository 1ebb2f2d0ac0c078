"""The defaults of the specs of workloads that depend on other fields."""

from collections.abc import Callable

from .json_types import JsonObject, array_at, object_at
from .pod_defaults import set_default

_ROLLING_UPDATE = {"maxUnavailable": "25%", "maxSurge": "25%"}
TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
_MAX_INT32 = 2**31 - 1


def _default_deployment(spec: JsonObject) -> None:
    _default_strategy(spec, "strategy", _ROLLING_UPDATE)


def _default_stateful_set(spec: JsonObject) -> None:
    _default_strategy(spec, "updateStrategy", {"partition": 0, "maxUnavailable": 1})
    for claim in array_at(spec, "volumeClaimTemplates"):
        claim.update(apiVersion="v1", kind="PersistentVolumeClaim")


def _default_daemon_set(obj: JsonObject) -> None:
    _default_strategy(obj["spec"], "updateStrategy", {"maxUnavailable": 1, "maxSurge": 0})
    annotations = obj["metadata"]["annotations"] = object_at(obj, "metadata", "annotations")
    # kube-apiserver still sets this annotation for old clients, and stores it as a number.
    set_default(annotations, TEMPLATE_GENERATION, "0")


def _default_strategy(spec: JsonObject, field: str, rolling: JsonObject) -> None:
    strategy = spec[field]
    set_default(strategy, "type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        strategy["rollingUpdate"] = {**rolling, **object_at(strategy, "rollingUpdate")}


def _default_job(obj: JsonObject) -> None:
    spec = obj["spec"]
    copy_template_labels(obj)
    set_default(spec, "manualSelector", False)
    # A job that sets only parallelism is a work queue, where completions stay unset.
    if spec.get("completions") is None and spec.get("parallelism") is None:
        spec["completions"] = 1
    set_default(spec, "parallelism", 1)
    set_default(spec, "backoffLimit", 6 if spec.get("backoffLimitPerIndex") is None else _MAX_INT32)
    set_default(spec, "completionMode", "NonIndexed")
    set_default(spec, "suspend", False)
    set_default(spec, "podReplacementPolicy", "Failed" if spec.get("podFailurePolicy") else "TerminatingOrFailed")


def _default_replication_controller(obj: JsonObject) -> None:
    copy_template_labels(obj)
    labels = object_at(obj, "spec", "template", "metadata", "labels")
    if labels and not object_at(obj, "spec", "selector"):
        obj["spec"]["selector"] = dict(labels)


def copy_template_labels(obj: JsonObject) -> None:
    """Copy the labels of the template to a workload without labels."""
    labels = object_at(obj, "spec", "template", "metadata", "labels")
    if labels and not object_at(obj, "metadata", "labels"):
        obj["metadata"]["labels"] = dict(labels)


WORKLOAD_FUNCTIONS: dict[str, Callable[[JsonObject], None]] = {
    "apps.v1.DaemonSet": _default_daemon_set,
    "apps.v1.DeploymentSpec": _default_deployment,
    "apps.v1.StatefulSetSpec": _default_stateful_set,
    "batch.v1.Job": _default_job,
    "core.v1.ReplicationController": _default_replication_controller,
}
