"""The addresses of Services: EndpointSlices, and the older Endpoints.

See https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/.
"""

from collections.abc import Iterable
from typing import Any

from kubex_testing._objects.json_types import JsonObject, array_at, object_at
from kubex_testing._objects.label_selectors import match_label_selector

from .context import Context
from .pods import PODS, controller_reference, is_finished, is_ready, is_terminating

SERVICES = "services."
SLICES = "endpointslices.discovery.k8s.io"
ENDPOINTS = "endpoints."
_SERVICE_NAME = "kubernetes.io/service-name"
_MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
_SLICE_CONTROLLER = "endpointslice-controller.k8s.io"
_HEADLESS = "service.kubernetes.io/headless"
Ports = tuple[tuple[str, int, str], ...]
"""The name, the number and the protocol of each port."""


def selector_of(service: JsonObject) -> JsonObject | None:
    """Return the selector of a Service as a LabelSelector, or None if others maintain its endpoints."""
    labels = object_at(service, "spec", "selector")
    if not labels or service["spec"].get("type") == "ExternalName":
        return None
    return {"matchLabels": labels}


class EndpointsController:
    """Write the addresses of the pods of a Service. A slice may contain all of them, however many they are."""

    def __init__(self, context: Context) -> None:
        self._context, self._writer = context, context.writer

    def reconcile(self, key: str) -> None:
        """Write the EndpointSlices and the Endpoints of a Service."""
        stored = self._context.get(SERVICES, key)
        if stored is None or is_terminating(stored.object):
            return
        selector = selector_of(stored.object)
        if selector is None:
            return
        pods = self._pods(stored.object, selector)
        self._write_slices(stored.object, pods)
        self._write_endpoints(key, stored.object, [pod for pod in pods if not is_terminating(pod)])

    def delete(self, key: str) -> None:
        """Delete the Endpoints of a missing Service. The garbage collector deletes the slices."""
        stored = self._context.get(ENDPOINTS, key)
        if stored is not None and self._context.get(SERVICES, key) is None:
            self._writer.delete(ENDPOINTS, stored)

    def _pods(self, service: JsonObject, selector: JsonObject) -> list[JsonObject]:
        namespace, objects = service["metadata"]["namespace"], self._context.cluster.store.bucket(PODS).objects
        keys = self._context.children.labels[PODS].candidates(namespace, selector)
        return [
            pod
            for pod in (objects[key].object for key in keys)
            if match_label_selector(selector, object_at(pod, "metadata", "labels"))
            if object_at(pod, "status").get("podIP") and not is_finished(pod)
        ]

    def _write_slices(self, service: JsonObject, pods: Iterable[JsonObject]) -> None:
        groups: dict[Ports, list[JsonObject]] = {}
        for pod in pods:
            groups.setdefault(_ports(service, pod), []).append(_endpoint(service, pod))
        # A Service without pods has one empty slice.
        wanted: list[tuple[Any, Any]] = [(_slice_ports(ports), items) for ports, items in sorted(groups.items())]
        existing = self._context.children.of(service, SLICES)
        labels = {**_labels(service), _SERVICE_NAME: service["metadata"]["name"], _MANAGED_BY: _SLICE_CONTROLLER}
        for ports, endpoints in wanted or [(None, None)]:
            match = next((item for item in existing if item.object.get("ports") == ports), None) or next(
                iter(existing), None
            )
            content = {"addressType": "IPv4", "endpoints": endpoints, "ports": ports}
            if match is not None:
                existing.remove(match)
                metadata = {**match.object["metadata"], "labels": labels}
                document = {**match.object, **content, "metadata": metadata}
                if document != match.object:
                    self._writer.update(SLICES, document)
                continue
            metadata = {
                "generateName": f"{service['metadata']['name']}-",
                "labels": labels,
                "ownerReferences": [controller_reference(service)],
            }
            self._writer.create(SLICES, service["metadata"]["namespace"], {"metadata": metadata, **content})
        for stored in existing:
            self._writer.delete(SLICES, stored)

    def _write_endpoints(self, key: str, service: JsonObject, pods: list[JsonObject]) -> None:
        labels = {**_labels(service), "endpoints.kubernetes.io/managed-by": "endpoint-controller"}
        subsets = _subsets(service, pods)
        stored = self._context.get(ENDPOINTS, key)
        metadata = service["metadata"]
        if stored is None:
            document: JsonObject = {"metadata": {"name": metadata["name"], "labels": labels}}
        else:
            document = {**stored.object, "metadata": {**stored.object["metadata"], "labels": labels}}
        document.pop("subsets", None)
        if subsets:
            document["subsets"] = subsets
        if stored is None:
            self._writer.create(ENDPOINTS, metadata["namespace"], document)
        elif document != stored.object:
            self._writer.update(ENDPOINTS, document)


def _labels(service: JsonObject) -> JsonObject:
    labels = object_at(service, "metadata", "labels")
    return {**labels, _HEADLESS: ""} if service["spec"].get("clusterIP") == "None" else {**labels}


def _ports(service: JsonObject, pod: JsonObject) -> Ports:
    """Return the ports of a Service on a pod, without named ports that the pod does not have."""
    containers = [*array_at(pod, "spec", "containers"), *array_at(pod, "spec", "initContainers")]
    named = {
        (port.get("name"), port.get("protocol", "TCP")): port["containerPort"]
        for container in reversed(containers)
        for port in array_at(container, "ports")
    }
    found: list[tuple[str, int, str]] = []
    for port in array_at(service, "spec", "ports"):
        protocol, target = port.get("protocol", "TCP"), port.get("targetPort", port["port"])
        number = named.get((target, protocol)) if isinstance(target, str) else target
        if number is not None:
            found.append((port.get("name", ""), number, protocol))
    return tuple(found)


def _slice_ports(ports: Ports) -> list[JsonObject]:
    return [{"name": name, "port": number, "protocol": protocol} for name, number, protocol in ports]


def _endpoint(service: JsonObject, pod: JsonObject) -> JsonObject:
    serving = is_ready(pod) or bool(service["spec"].get("publishNotReadyAddresses"))
    terminating = is_terminating(pod)
    conditions = {"ready": serving and not terminating, "serving": serving, "terminating": terminating}
    return {"addresses": [pod["status"]["podIP"]], "conditions": conditions, **_target(service, pod)}


def _target(service: JsonObject, pod: JsonObject) -> JsonObject:
    metadata, spec = pod["metadata"], pod["spec"]
    reference = {key: metadata[key] for key in ("name", "namespace", "uid")}
    result: JsonObject = {"nodeName": spec["nodeName"], "targetRef": {"kind": "Pod", **reference}}
    if spec.get("hostname") and spec.get("subdomain") == service["metadata"]["name"]:
        result["hostname"] = spec["hostname"]
    return result


def _subsets(service: JsonObject, pods: list[JsonObject]) -> list[JsonObject]:
    """Return the subsets of the Endpoints. Ports with the same addresses share a subset."""
    addresses: dict[tuple[str, int, str], tuple[list[JsonObject], list[JsonObject]]] = {}
    for pod in sorted(pods, key=lambda item: str(item["status"]["podIP"])):
        serving = is_ready(pod) or bool(service["spec"].get("publishNotReadyAddresses"))
        for port in _ports(service, pod):
            ready, unready = addresses.setdefault(port, ([], []))
            (ready if serving else unready).append({"ip": pod["status"]["podIP"], **_target(service, pod)})
    subsets: list[JsonObject] = []
    for (name, number, protocol), (ready, unready) in sorted(addresses.items()):
        lists = {"addresses": ready, "notReadyAddresses": unready}
        content = {key: items for key, items in lists.items() if items}
        entry: JsonObject = {**({"name": name} if name else {}), "port": number, "protocol": protocol}
        same = next((item for item in subsets if {**item, "ports": None} == {**content, "ports": None}), None)
        if same is not None:
            same["ports"].append(entry)
        else:
            subsets.append({**content, "ports": [entry]})
    return subsets
