"""The status that a kubelet writes for a running and for a stopped pod.

See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/.
"""

import hashlib

from kubex_testing._objects.json_types import JsonObject, array_at, object_at

from ._cluster import now

HOST_ADDRESS = "127.0.0.1"
_CONDITIONS = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
_STATUS_LISTS = {
    "containers": "containerStatuses",
    "initContainers": "initContainerStatuses",
    "ephemeralContainers": "ephemeralContainerStatuses",
}


def running_status(pod: JsonObject, address: str) -> JsonObject:
    """Return the status of a pod after all its containers have started."""
    moment, generation = now(), pod["metadata"].get("generation", 1)
    known = object_at(pod, "status")
    others = [item for item in array_at(known, "conditions") if item["type"] not in _CONDITIONS]
    status: JsonObject = {
        **known,
        "observedGeneration": generation,
        "phase": "Running",
        "conditions": [*(_condition(name, generation, moment) for name in _CONDITIONS), *others],
        "hostIP": HOST_ADDRESS,
        "hostIPs": [{"ip": HOST_ADDRESS}],
        "podIP": address,
        "podIPs": [{"ip": address}],
        "startTime": moment,
    }
    for containers, statuses in _STATUS_LISTS.items():
        if items := array_at(pod, "spec", containers):
            status[statuses] = [_container_status(pod, item, containers, moment) for item in items]
    return status


def status_with_ephemeral_containers(pod: JsonObject) -> JsonObject:
    """Return the status of a running pod, with the ephemeral containers that were added since its start."""
    status, moment = object_at(pod, "status"), now()
    known = array_at(status, "ephemeralContainerStatuses")
    names = {item["name"] for item in known}
    added = [item for item in array_at(pod, "spec", "ephemeralContainers") if item["name"] not in names]
    if not added:
        return status
    statuses = [*known, *(_container_status(pod, item, "ephemeralContainers", moment) for item in added)]
    return {**status, "ephemeralContainerStatuses": statuses}


def stopped_status(pod: JsonObject) -> JsonObject:
    """Return the status of a pod after all its containers have ended."""
    status, moment = {**object_at(pod, "status")}, now()
    status["conditions"] = [
        {**item, "status": "False", "reason": "PodCompleted", "lastTransitionTime": moment}
        if item["type"] in ("Ready", "ContainersReady") and item.get("status") == "True"
        else item
        for item in array_at(status, "conditions")
    ]
    for key in _STATUS_LISTS.values():
        if items := array_at(status, key):
            status[key] = [ended(item, moment) if is_running(item) else item for item in items]
    return status


def is_running(container_status: JsonObject) -> bool:
    """Return whether a container status shows a running container."""
    return "running" in object_at(container_status, "state")


def running_containers(pod: JsonObject) -> set[str]:
    """Return the names of the running containers of a pod."""
    return {name for name, _ in container_instances(pod)}


def container_instances(pod: JsonObject) -> set[tuple[str, str]]:
    """Return the names and the IDs of the running containers of a pod. A restarted container has a new ID."""
    statuses = (item for key in _STATUS_LISTS.values() for item in array_at(pod, "status", key))
    return {(item["name"], item.get("containerID", "")) for item in statuses if is_running(item)}


def _condition(name: str, generation: int, moment: str) -> JsonObject:
    return {
        "type": name,
        "observedGeneration": generation,
        "status": "True",
        "lastProbeTime": None,
        "lastTransitionTime": moment,
    }


def _container_status(pod: JsonObject, container: JsonObject, kind: str, moment: str) -> JsonObject:
    name, image = container["name"], container.get("image", "")
    identity = hashlib.sha256(f"{pod['metadata']['uid']}/{name}".encode()).hexdigest()
    running: JsonObject = {
        "name": name,
        "state": {"running": {"startedAt": moment}},
        "lastState": {},
        "ready": kind != "ephemeralContainers",
        "restartCount": 0,
        "image": image,
        "imageID": f"sha256:{hashlib.sha256(image.encode()).hexdigest()}",
        "containerID": f"containerd://{identity}",
        "started": kind != "ephemeralContainers",
    }
    # An init container with this policy is a sidecar, which keeps running.
    if kind == "initContainers" and container.get("restartPolicy") != "Always":
        return {**ended(running, moment), "ready": True}
    return running


def ended(container_status: JsonObject, moment: str) -> JsonObject:
    """Return the status of a container after it ended with exit code 0."""
    terminated = {
        "exitCode": 0,
        "reason": "Completed",
        **object_at(container_status, "state", "running"),
        "finishedAt": moment,
        "containerID": container_status.get("containerID", ""),
    }
    return {**container_status, "ready": False, "started": False, "state": {"terminated": terminated}}
