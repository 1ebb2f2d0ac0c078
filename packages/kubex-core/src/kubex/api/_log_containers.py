"""The containers of a pod, as far as their logs are concerned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_LISTS = (
    ("initContainers", "initContainerStatuses"),
    ("containers", "containerStatuses"),
    ("ephemeralContainers", "ephemeralContainerStatuses"),
)


@dataclass(frozen=True, slots=True)
class ContainerState:
    """The state of a container.

    `has_log` is True after its first start, `has_previous` after its first restart. `ended` is True if it has ended and
    will not be started again.
    """

    name: str
    has_log: bool = False
    has_previous: bool = False
    running: bool = False
    ended: bool = False
    restarts: int = 0


def container_states(pod: Any) -> dict[str, ContainerState]:
    """Return the states of all containers: init containers, containers and ephemeral containers, in this order."""
    return {state.name: state for state in _states(pod)}


def has_ended(pod: Any) -> bool:
    """Return whether no container of a pod will run again."""
    return _mapping(pod, "status").get("phase") in ("Succeeded", "Failed")


def regular_containers(pod: Any) -> list[str]:
    """Return the names of the containers, without init containers and ephemeral containers."""
    return [container["name"] for container in _items(_mapping(pod, "spec"), "containers")]


def _mapping(parent: Any, key: str) -> Mapping[str, Any]:
    return parent.get(key) or {}


def _items(parent: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    return parent.get(key) or ()


def _states(pod: Any) -> Iterator[ContainerState]:
    spec, status = _mapping(pod, "spec"), _mapping(pod, "status")
    pod_ended, deleting = has_ended(pod), pod.metadata.deletion_timestamp is not None
    for containers, statuses in _LISTS:
        known = {item["name"]: item for item in _items(status, statuses)}
        for container in _items(spec, containers):
            state = _mapping(known, container["name"])
            stops = deleting or not _may_restart(spec, containers, container, state)
            yield _state(container, state, pod_ended=pod_ended, stops=stops)


def _state(container: Mapping[str, Any], status: Mapping[str, Any], *, pod_ended: bool, stops: bool) -> ContainerState:
    now, last = _mapping(status, "state"), _mapping(status, "lastState")
    running, terminated, had_run = "running" in now, "terminated" in now, "terminated" in last
    return ContainerState(
        name=container["name"],
        has_log=running or terminated or had_run,
        has_previous=had_run,
        running=running,
        ended=pod_ended or (stops and not running),
        restarts=status.get("restartCount") or 0,
    )


def _may_restart(spec: Mapping[str, Any], kind: str, container: Mapping[str, Any], status: Mapping[str, Any]) -> bool:
    terminated: Mapping[str, Any] | None = _mapping(status, "state").get("terminated")
    if terminated is None:
        return True
    if kind == "ephemeralContainers":
        return False
    policy: str | None = container.get("restartPolicy")
    if policy is None:
        policy = spec.get("restartPolicy") or "Always"
        if kind == "initContainers" and policy == "Always":
            policy = "OnFailure"  # of an init container that is not a sidecar
    failed = terminated.get("exitCode") != 0
    return policy == "Always" or (failed and (policy == "OnFailure" or bool(container.get("restartPolicyRules"))))
