"""The cells of workloads, autoscalers and disruption budgets."""

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from kubex_testing._objects.json_types import JsonObject, array_at, object_at

from .formats import (
    Cell,
    container_cells,
    count_items,
    format_duration,
    format_labels,
    format_selector,
    format_since,
    is_true,
    list_with_more,
    parse_time,
    read_path,
    read_text,
)

_TEMPLATE = container_cells("spec", "template", "spec")
_SELECTOR: dict[str, Cell] = {"Selector": format_selector("spec", "selector")}
# A job has the status of the first condition that is true.
_JOB_CONDITIONS = ("Complete", "Failed")
_LATER_JOB_CONDITIONS = ("Suspended", "FailureTarget", "SuccessCriteriaMet")


def _replicas(part: str, key: str) -> Cell:
    return read_path(part, key, default=0)


def _ready_replicas(workload: Mapping[str, Any]) -> str:
    return f"{_replicas('status', 'readyReplicas')(workload)}/{_replicas('spec', 'replicas')(workload)}"


_REPLICA_COUNTS: dict[str, Cell] = {
    "Desired": _replicas("spec", "replicas"),
    "Current": _replicas("status", "replicas"),
    "Ready": _replicas("status", "readyReplicas"),
}


def _job_status(job: Mapping[str, Any]) -> str:
    for condition in _JOB_CONDITIONS:
        if is_true(job, condition):
            return condition
    if "deletionTimestamp" in job["metadata"]:
        return "Terminating"
    return next((condition for condition in _LATER_JOB_CONDITIONS if is_true(job, condition)), "Running")


def _job_completions(job: Mapping[str, Any]) -> str:
    succeeded, spec = _replicas("status", "succeeded")(job), object_at(job, "spec")
    if (completions := spec.get("completions")) is not None:
        return f"{succeeded}/{completions}"
    parallelism = spec.get("parallelism") or 0
    return f"{succeeded}/1 of {parallelism}" if parallelism > 1 else f"{succeeded}/1"


def _job_duration(job: Mapping[str, Any]) -> str:
    status = object_at(job, "status")
    if not (start := status.get("startTime")):
        return ""
    end = parse_time(status["completionTime"]) if status.get("completionTime") else datetime.now(timezone.utc)
    return format_duration((end - parse_time(start)).total_seconds())


def _last_schedule(job: Mapping[str, Any]) -> str:
    return format_since(object_at(job, "status").get("lastScheduleTime"), "<none>")


def _revision_controller(revision: Mapping[str, Any]) -> str:
    for owner in array_at(revision, "metadata", "ownerReferences"):
        if owner.get("controller"):
            group = owner["apiVersion"].rpartition("/")[0]
            return f"{owner['kind'].lower()}{'.' if group else ''}{group}/{owner['name']}"
    return "<none>"


def _metric_targets(autoscaler: Mapping[str, Any]) -> str:
    current = array_at(autoscaler, "status", "currentMetrics")
    shown: list[str] = []
    for index, metric in enumerate(array_at(autoscaler, "spec", "metrics")):
        kind = metric.get("type") or ""
        source = f"{kind[:1].lower()}{kind[1:]}"
        status = object_at(current[index], source, "current") if index < len(current) else {}
        shown.append(_metric_target(source, object_at(metric, source), status))
    return list_with_more(shown, 2, ", ", "<none>")


def _metric_target(source: str, metric: JsonObject, current: JsonObject) -> str:
    target = object_at(metric, "target")
    if source in ("resource", "containerResource"):
        if (average := target.get("averageValue")) is not None:
            return f"{metric.get('name')}: {current.get('averageValue') or '<unknown>'}/{average}"
        return f"{metric.get('name')}: {_percent(current, '<unknown>')}/{_percent(target, '<auto>')}"
    if (average := target.get("averageValue")) is not None:
        suffix = "" if source == "pods" else " (avg)"
        return f"{current.get('averageValue') or '<unknown>'}/{average}{suffix}"
    return f"{current.get('value') or '<unknown>'}/{target.get('value')}"


def _percent(value: JsonObject, default: str) -> str:
    utilization = value.get("averageUtilization")
    return default if utilization is None else f"{utilization}%"


def _amount(key: str) -> Cell:
    read = read_path("spec", key, default="N/A")
    return lambda budget: str(read(budget))


WORKLOADS: dict[str, dict[str, Cell]] = {
    "controllerrevisions.apps": {"Controller": _revision_controller, "Revision": read_path("revision", default=0)},
    "cronjobs.batch": {
        "Schedule": read_path("spec", "schedule", default=""),
        "Timezone": read_path("spec", "timeZone", default="<none>"),
        "Suspend": lambda job: str(read_path("spec", "suspend", default="<unset>")(job)),
        "Active": count_items("status", "active"),
        "Last Schedule": _last_schedule,
        **container_cells("spec", "jobTemplate", "spec", "template", "spec"),
        "Selector": format_selector("spec", "jobTemplate", "spec", "selector"),
    },
    "daemonsets.apps": {
        "Desired": _replicas("status", "desiredNumberScheduled"),
        "Current": _replicas("status", "currentNumberScheduled"),
        "Ready": _replicas("status", "numberReady"),
        "Up-to-date": _replicas("status", "updatedNumberScheduled"),
        "Available": _replicas("status", "numberAvailable"),
        "Node Selector": format_labels("spec", "template", "spec", "nodeSelector"),
        **_TEMPLATE,
        **_SELECTOR,
    },
    "deployments.apps": {
        "Ready": _ready_replicas,
        "Up-to-date": _replicas("status", "updatedReplicas"),
        "Available": _replicas("status", "availableReplicas"),
        **_TEMPLATE,
        "Selector": format_selector("spec", "selector", default=""),
    },
    "horizontalpodautoscalers.autoscaling": {
        "Reference": lambda item: "{kind}/{name}".format_map(object_at(item, "spec", "scaleTargetRef")),
        "Targets": _metric_targets,
        "MinPods": lambda item: str(read_path("spec", "minReplicas", default="<unset>")(item)),
        "MaxPods": _replicas("spec", "maxReplicas"),
        "Replicas": _replicas("status", "currentReplicas"),
    },
    "jobs.batch": {
        "Status": _job_status,
        "Completions": _job_completions,
        "Duration": _job_duration,
        **_TEMPLATE,
        **_SELECTOR,
    },
    "poddisruptionbudgets.policy": {
        "Min Available": _amount("minAvailable"),
        "Max Unavailable": _amount("maxUnavailable"),
        "Allowed Disruptions": _replicas("status", "disruptionsAllowed"),
    },
    "podtemplates.": {
        **container_cells("template", "spec"),
        "Pod Labels": format_labels("template", "metadata", "labels"),
    },
    "replicasets.apps": {**_REPLICA_COUNTS, **_TEMPLATE, **_SELECTOR},
    "replicationcontrollers.": {**_REPLICA_COUNTS, **_TEMPLATE, "Selector": format_labels("spec", "selector")},
    "statefulsets.apps": {"Ready": _ready_replicas, **_TEMPLATE},
    "leases.coordination.k8s.io": {"Holder": read_path("spec", "holderIdentity", default="")},
    "runtimeclasses.node.k8s.io": {"Handler": read_text("handler", default="")},
}
