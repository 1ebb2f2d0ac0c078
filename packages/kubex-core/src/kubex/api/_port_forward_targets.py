"""Select the pod and the port number of a port-forward, as kubectl does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kubex.api._endpoint import Endpoint
from kubex.api._read_api import ReadApi
from kubex.core._selectors import label_selector
from kubex.core.params import NamespaceTypes
from kubex.errors import ConfigurationError, NoReadyPodError
from kubex.models import Resource, dynamic_resource
from kubex.models.markers import HasPortForward

_KINDS = {
    "pod": ("v1", "Pod", "pods"),
    "service": ("v1", "Service", "services"),
    "deployment": ("apps/v1", "Deployment", "deployments"),
    "statefulset": ("apps/v1", "StatefulSet", "statefulsets"),
}
_ALIASES = {
    "po": "pod", "pods": "pod", "svc": "service", "services": "service", "deploy": "deployment",
    "deployments": "deployment", "sts": "statefulset", "statefulsets": "statefulset",
}  # fmt: skip


class PortForwardTarget:
    """The target of a port-forward: a pod, or a service, Deployment or StatefulSet that selects pods."""

    def __init__(self, endpoint: Endpoint[HasPortForward], target: str, namespace: NamespaceTypes) -> None:
        kind, separator, name = target.partition("/")
        self._kind = _ALIASES.get(kind, kind) if separator else "pod"
        self._name = name if separator else target
        if self._kind not in _KINDS or not self._name:
            problem = f"{target!r} is not the name of a pod, svc/NAME, deploy/NAME or sts/NAME"
            raise ConfigurationError(problem, field="name")
        self._target = target
        self._endpoint = endpoint
        self._namespace = namespace

    async def select(self, port: int | str) -> tuple[str, int]:
        """Return the name of a pod and the number of its port."""
        if self._kind == "pod":
            if isinstance(port, int):
                return self._name, port
            pod = await self._api("pod").get(self._name)
            return self._name, _container_port(pod, port, self._target)
        owner = await self._api(self._kind).get(self._name)
        spec: dict[str, Any] = owner["spec"]
        pod_port = _target_port(spec, port, self._target) if self._kind == "service" else port
        selector: dict[str, Any] = spec.get("selector") or {}
        text = label_selector(selector)  # the selector of a service is a mapping, others are a LabelSelector
        if not text:
            raise NoReadyPodError(self._target, "it does not have a selector; pass the name of a pod")
        pods = list(await self._api("pod").list(label_selector=text))
        ready = [pod for pod in pods if _is_ready(pod)]
        if not ready:
            raise NoReadyPodError(self._target, f"none of its {len(pods)} pods is ready ({text})")
        pod = min(ready, key=lambda candidate: candidate.metadata.name or "")
        number = pod_port if isinstance(pod_port, int) else _container_port(pod, pod_port, self._target)
        return pod.metadata.name or "", number

    def _api(self, kind: str) -> ReadApi[Any]:
        api_version, name, plural = _KINDS[kind]
        model: type[Resource] = dynamic_resource(api_version, name, plural=plural)
        namespace = self._endpoint.resolve(self._namespace)
        return ReadApi(Endpoint(model, model, self._endpoint.client, namespace))


def _is_ready(pod: Any) -> bool:
    status: dict[str, Any] = pod.get("status") or {}
    conditions: Iterable[dict[str, Any]] = status.get("conditions") or ()
    is_ready = any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)
    return is_ready and status.get("phase") == "Running" and pod.metadata.deletion_timestamp is None


def _container_port(pod: Any, port: str, target: str) -> int:
    spec: dict[str, Any] = pod["spec"]
    # Native sidecars are init containers with ports.
    containers: list[dict[str, Any]] = [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]
    ports: list[dict[str, Any]] = [item for container in containers for item in container.get("ports") or ()]
    for item in ports:
        if item.get("name") == port:
            return int(item["containerPort"])
    raise _unknown_port(port, target, (item["name"] for item in ports if item.get("name")))


def _target_port(spec: Mapping[str, Any], port: int | str, target: str) -> int | str:
    ports: list[dict[str, Any]] = spec.get("ports") or []
    for item in ports:
        if port in (item["port"], item.get("name")):
            number: int = item["port"]
            # Like kubectl: a headless service does not translate ports.
            return number if spec.get("clusterIP") == "None" else item.get("targetPort") or number
    raise _unknown_port(port, target, (f"{item['port']} {item.get('name', '')}".strip() for item in ports))


def _unknown_port(port: int | str, target: str, available: Iterable[str]) -> ConfigurationError:
    names = ", ".join(available) or "none"
    return ConfigurationError(f"{target} does not have the port {port!r}; its ports are: {names}", field="port")
