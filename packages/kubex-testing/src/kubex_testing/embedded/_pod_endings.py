"""The status that a kubelet writes after containers of a running pod have ended.

See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy.
"""

import hashlib
from collections.abc import Callable

from kubex_testing._objects.json_types import JsonObject, array_at, object_at

from ._cluster import now
from ._pod_status import ended, is_running

Change = Callable[[JsonObject], JsonObject]
Predicate = Callable[[JsonObject], bool]
_FIRST_BACKOFF, _LONGEST_BACKOFF = 10, 300


def finished_status(pod: JsonObject, container: str | None, exit_code: int) -> JsonObject:
    """Return the status after a container, or all of them, ended. The restart policy decides what follows."""
    policy, moment = pod["spec"].get("restartPolicy", "Always"), now()
    restarts = policy == "Always" or (policy == "OnFailure" and exit_code != 0)

    def end(item: JsonObject) -> JsonObject:
        result = _terminated(item, exit_code, moment)
        return _started(_restarted(item, result, {}), moment) if restarts else result

    return _with_conditions(_change(pod, container, end, when=is_running), moment)


def crashed_status(pod: JsonObject, container: str | None, exit_code: int) -> JsonObject:
    """Return the status after a container, or all of them, crashed and wait for their restart (CrashLoopBackOff)."""
    moment, name, namespace = now(), pod["metadata"]["name"], pod["metadata"]["namespace"]

    def crash(item: JsonObject) -> JsonObject:
        seconds = min(_FIRST_BACKOFF * 2 ** min(item["restartCount"], 5), _LONGEST_BACKOFF)
        subject = f"container={item['name']} pod={name}_{namespace}({pod['metadata']['uid']})"
        message = f"back-off {seconds}s restarting failed {subject}"
        waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": message}}
        return _restarted(item, _terminated(item, exit_code, moment), waiting)

    return _with_conditions(_change(pod, container, crash, when=is_started), moment)


def recovered_status(pod: JsonObject, container: str | None) -> JsonObject:
    """Return the status after the crashed containers have started again."""
    moment = now()
    return _with_conditions(_change(pod, container, lambda item: _started(item, moment), when=is_waiting), moment)


def _change(pod: JsonObject, container: str | None, change: Change, *, when: Predicate) -> JsonObject:
    status = object_at(pod, "status")
    statuses = [
        change(item) if item["name"] == (container or item["name"]) and when(item) else item
        for item in array_at(status, "containerStatuses")
    ]
    return {**status, "containerStatuses": statuses}


def is_waiting(container_status: JsonObject) -> bool:
    """Return whether a container waits for its restart."""
    return "waiting" in object_at(container_status, "state")


def is_started(container_status: JsonObject) -> bool:
    """Return whether a container runs, or waits for its restart."""
    return is_running(container_status) or is_waiting(container_status)


def _terminated(container_status: JsonObject, exit_code: int, moment: str) -> JsonObject:
    result = ended(container_status, moment)
    if exit_code:
        result["state"]["terminated"].update(exitCode=exit_code, reason="Error")
    return result


def _restarted(before: JsonObject, terminated: JsonObject, state: JsonObject) -> JsonObject:
    """Return the status of the next container, with the end of the previous one."""
    # A container that waits for its restart has already ended, and its next end needs a start.
    count = before["restartCount"] + 1
    identity = hashlib.sha256(f"{before.get('containerID')}/{count}".encode()).hexdigest()
    changes = {"restartCount": count, "lastState": terminated["state"], "state": state}
    return {**terminated, **changes, "containerID": f"containerd://{identity}"}


def _started(container_status: JsonObject, moment: str) -> JsonObject:
    return {**container_status, "ready": True, "started": True, "state": {"running": {"startedAt": moment}}}


def _with_conditions(status: JsonObject, moment: str) -> JsonObject:
    """Return the status with the phase and the conditions that follow from the containers."""
    containers = array_at(status, "containerStatuses")
    codes = [object_at(item, "state", "terminated").get("exitCode") for item in containers]
    if any(code is None for code in codes):
        unready = " ".join(item["name"] for item in containers if not item["ready"])
        reason = {"reason": "ContainersNotReady", "message": f"containers with unready status: [{unready}]"}
        change = {"status": "False", **reason} if unready else _TRUE
        changes = {"Ready": change, "ContainersReady": change}
    else:
        status["phase"] = "Failed" if any(codes) else "Succeeded"
        reason = {"reason": "PodFailed" if any(codes) else "PodCompleted"}
        changes = {
            "Ready": {"status": "False", **reason},
            "ContainersReady": {"status": "False", **reason},
            "PodReadyToStartContainers": {"status": "False"},
            "Initialized": _TRUE if any(codes) else {"status": "True", **reason},
        }
        # Sidecars end after the other containers.
        for key in ("initContainerStatuses", "ephemeralContainerStatuses"):
            if items := array_at(status, key):
                status[key] = [ended(item, moment) if is_running(item) else item for item in items]
    conditions = array_at(status, "conditions")
    status["conditions"] = [_condition(item, changes.get(item["type"]), moment) for item in conditions]
    return status


_TRUE = {"status": "True"}


def _condition(before: JsonObject, change: JsonObject | None, moment: str) -> JsonObject:
    if change is None:
        return before
    kept = {key: value for key, value in before.items() if key not in ("reason", "message")}
    same = before["status"] == change["status"]
    return {**kept, **change, "lastTransitionTime": before["lastTransitionTime"] if same else moment}
