"""The cells of pods."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kubex_testing._objects.json_types import JsonObject, array_at, is_object, object_at

from .formats import Cell, find_condition, format_since, is_true, read_text


class _Summary(NamedTuple):
    ready: int
    total: int
    status: str
    restarts: int
    last_restart: str
    """The time of the last restart, or an empty string."""


def _summarize(pod: Mapping[str, Any]) -> _Summary:
    """Return the state of a pod. The states of its containers are more exact than its phase."""
    spec, status = object_at(pod, "spec"), object_at(pod, "status")
    sidecars = {item.get("name") for item in array_at(spec, "initContainers") if item.get("restartPolicy") == "Always"}
    init_statuses, statuses = array_at(status, "initContainerStatuses"), array_at(status, "containerStatuses")
    reason = status.get("reason") or status.get("phase") or ""
    conditions = array_at(status, "conditions")
    if find_condition(conditions, "PodScheduled").get("reason") == "SchedulingGated":
        reason = "SchedulingGated"
    ready, init_reason = _init_state(init_statuses, sidecars, len(array_at(spec, "initContainers")))
    if init_reason and not is_true(pod, "Initialized"):
        counted, reason = init_statuses, init_reason
    else:
        counted = [*(item for item in init_statuses if item.get("name") in sidecars), *statuses]
        ready += sum(1 for item in statuses if item.get("ready") and _state(item, "running") is not None)
        reason = _container_reason(statuses, init_reason or reason, is_ready=is_true(pod, "Ready"))
    if "deletionTimestamp" in pod["metadata"]:
        if status.get("reason") == "NodeLost":
            reason = "Unknown"
        elif status.get("phase") not in ("Succeeded", "Failed"):
            reason = "Terminating"
    ends = [object_at(item, "lastState", "terminated").get("finishedAt") or "" for item in counted]
    return _Summary(
        ready,
        len(array_at(spec, "containers")) + len(sidecars),
        reason,
        sum(item.get("restartCount") or 0 for item in counted),
        max(ends, default=""),
    )


def _state(status: JsonObject, name: str) -> JsonObject | None:
    state = object_at(status, "state").get(name)
    return state if is_object(state) else None


def _init_state(statuses: list[JsonObject], sidecars: set[Any], total: int) -> tuple[int, str]:
    """Return the number of ready sidecars, and the reason if an init container has not completed."""
    ready = 0
    for index, status in enumerate(statuses):
        terminated = _state(status, "terminated")
        waiting = _state(status, "waiting") or {}
        if terminated is not None and not terminated.get("exitCode"):
            continue
        if status.get("name") in sidecars and status.get("started"):
            ready += bool(status.get("ready"))
            continue
        if terminated is not None:
            return ready, f"Init:{_end_reason(terminated)}"
        if waiting.get("reason") not in (None, "", "PodInitializing"):
            return ready, f"Init:{waiting['reason']}"
        return ready, f"Init:{index}/{total}"
    return ready, ""


def _end_reason(terminated: JsonObject) -> str:
    if reason := terminated.get("reason"):
        return str(reason)
    if signal := terminated.get("signal"):
        return f"Signal:{signal}"
    return f"ExitCode:{terminated.get('exitCode', 0)}"


def _container_reason(statuses: list[JsonObject], reason: str, *, is_ready: bool) -> str:
    running, error = False, ""
    for state_reason, is_running, is_error in _reasons(statuses):
        running = running or is_running
        reason = state_reason or reason
        error = state_reason if is_error else error
    if reason == "Completed":
        if running:
            return "Running" if is_ready else error or "NotReady"
        return error or reason
    return reason


def _reasons(statuses: list[JsonObject]) -> Iterator[tuple[str, bool, bool]]:
    """Yield the reason of each container, and whether it runs or has failed, from the last to the first."""
    for status in reversed(statuses):
        waiting, terminated = _state(status, "waiting") or {}, _state(status, "terminated")
        if waiting.get("reason"):
            yield waiting["reason"], False, False
        elif terminated is not None:
            yield _end_reason(terminated), False, bool(terminated.get("exitCode"))
        else:
            yield "", bool(status.get("ready") and _state(status, "running") is not None), False


def _ready(pod: Mapping[str, Any]) -> str:
    summary = _summarize(pod)
    return f"{summary.ready}/{summary.total}"


def _restarts(pod: Mapping[str, Any]) -> str:
    summary = _summarize(pod)
    if not summary.restarts or not summary.last_restart:
        return str(summary.restarts)
    return f"{summary.restarts} ({format_since(summary.last_restart)} ago)"


def _address(pod: Mapping[str, Any]) -> str:
    addresses = array_at(pod, "status", "podIPs")
    return (addresses[0].get("ip") if addresses else "") or "<none>"


def _readiness_gates(pod: Mapping[str, Any]) -> str:
    gates = array_at(pod, "spec", "readinessGates")
    passed = sum(1 for gate in gates if is_true(pod, gate.get("conditionType", "")))
    return f"{passed}/{len(gates)}" if gates else "<none>"


PODS: dict[str, dict[str, Cell]] = {
    "pods.": {
        "Ready": _ready,
        "Status": lambda pod: _summarize(pod).status,
        "Restarts": _restarts,
        "IP": _address,
        "Node": read_text("spec", "nodeName"),
        "Nominated Node": read_text("status", "nominatedNodeName"),
        "Readiness Gates": _readiness_gates,
    },
}
