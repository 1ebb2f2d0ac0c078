"""The cells of the other kinds of the core group, of events, and of certificates and devices."""

from collections.abc import Mapping
from typing import Any

from kubex_testing._objects.json_types import JsonObject, array_at, object_at

from .formats import Cell, find_condition, format_duration, format_labels, format_since, is_true, read_path, read_text

_ROLE_PREFIX = "node-role.kubernetes.io/"


def _data_size(document: Mapping[str, Any]) -> int:
    return len(document.get("data") or {}) + len(document.get("binaryData") or {})


def _node_status(node: Mapping[str, Any]) -> str:
    condition = find_condition(array_at(node, "status", "conditions"), "Ready")
    status = "Unknown" if not condition else "Ready" if condition.get("status") == "True" else "NotReady"
    return f"{status},SchedulingDisabled" if object_at(node, "spec").get("unschedulable") else status


def _node_roles(node: Mapping[str, Any]) -> str:
    labels = object_at(node, "metadata", "labels")
    roles = {key.removeprefix(_ROLE_PREFIX) for key in labels if key.startswith(_ROLE_PREFIX)}
    roles.add(labels.get("kubernetes.io/role") or "")
    return ",".join(sorted(roles - {""})) or "<none>"


def _node_address(kind: str) -> Cell:
    def read(node: Mapping[str, Any]) -> str:
        addresses = array_at(node, "status", "addresses")
        return next((item.get("address") or "" for item in addresses if item.get("type") == kind), "<none>")

    return read


def _kernel(node: Mapping[str, Any]) -> str:
    info = object_at(node, "status", "nodeInfo")
    architecture = f" ({info['architecture']})" if info.get("architecture") else ""
    return f"{info.get('kernelVersion') or '<unknown>'}{architecture}"


def _quota(limits: bool) -> Cell:
    """Return the cell of the limits, or of the other resources of a quota."""

    def read(quota: Mapping[str, Any]) -> str:
        hard, used = object_at(quota, "status", "hard"), object_at(quota, "status", "used")
        names = sorted(name for name in hard if name.startswith("limits.") is limits)
        return ", ".join(f"{name}: {used.get(name, '0')}/{hard[name]}" for name in names)

    return read


def _component_health(component: Mapping[str, Any]) -> JsonObject:
    return find_condition(array_at(component, "conditions"), "Healthy")


def _component_status(component: Mapping[str, Any]) -> str:
    condition = _component_health(component)
    return "Unknown" if not condition else "Healthy" if condition.get("status") == "True" else "Unhealthy"


def _first_seen(event: Mapping[str, Any]) -> str:
    return format_since(event.get("firstTimestamp") or event.get("eventTime"))


def _last_seen(event: Mapping[str, Any]) -> str:
    if series := object_at(event, "series"):
        return format_since(series.get("lastObservedTime"))
    return format_since(event["lastTimestamp"]) if event.get("lastTimestamp") else _first_seen(event)


def _event_object(event: Mapping[str, Any]) -> str:
    target = object_at(event, "involvedObject")
    return "/".join(filter(None, ((target.get("kind") or "").lower(), target.get("name"))))


def _event_source(event: Mapping[str, Any]) -> str:
    source = object_at(event, "source")
    component = source.get("component") or event.get("reportingComponent") or ""
    instance = source.get("host") or event.get("reportingInstance")
    return f"{component}, {instance}" if instance else component


def _event_count(event: Mapping[str, Any]) -> int:
    count: int = object_at(event, "series").get("count") or event.get("count") or 1
    return count


def _signing_status(request: Mapping[str, Any]) -> str:
    conditions = {item.get("type") for item in array_at(request, "status", "conditions")}
    status = "Denied" if "Denied" in conditions else "Approved" if "Approved" in conditions else "Pending"
    failed = ",Failed" if "Failed" in conditions else ""
    return f"{status}{failed}{',Issued' if object_at(request, 'status').get('certificate') else ''}"


def _requested_duration(request: Mapping[str, Any]) -> str:
    seconds = object_at(request, "spec").get("expirationSeconds")
    return "<none>" if seconds is None else format_duration(seconds)


def _claim_state(claim: Mapping[str, Any]) -> str:
    deleted, status = "deletionTimestamp" in claim["metadata"], object_at(claim, "status")
    states = ["deleted"] if deleted else []
    if status.get("allocation") is not None:
        states += ["allocated", *(["reserved"] if status.get("reservedFor") else [])]
    elif not deleted:
        states.append("pending")
    return ",".join(states)


def _pod_certificate_state(request: Mapping[str, Any]) -> str:
    kinds = [item.get("type") for item in array_at(request, "status", "conditions")]
    return next((kind for kind in reversed(kinds) if kind in ("Issued", "Denied", "Failed")), "Pending")


def _migration_status(migration: Mapping[str, Any]) -> str:
    return next((kind for kind in ("Succeeded", "Failed", "Running") if is_true(migration, kind)), "Unknown")


def _migrated_resource(migration: Mapping[str, Any]) -> str:
    resource = object_at(migration, "spec", "resource")
    return ".".join(filter(None, (resource.get("resource"), resource.get("group"))))


_EVENT: dict[str, Cell] = {
    "Last Seen": _last_seen,
    "Type": read_text("type", default=""),
    "Reason": read_text("reason", default=""),
    "Object": _event_object,
    "Subobject": read_text("involvedObject", "fieldPath", default=""),
    "Source": _event_source,
    "Message": lambda event: (event.get("message") or "").strip(),
    "First Seen": _first_seen,
    "Count": _event_count,
}
CLUSTER: dict[str, dict[str, Cell]] = {
    "certificatesigningrequests.certificates.k8s.io": {
        "SignerName": read_text("spec", "signerName"),
        "Requestor": read_text("spec", "username", default=""),
        "RequestedDuration": _requested_duration,
        "Condition": _signing_status,
    },
    "clustertrustbundles.certificates.k8s.io": {"SignerName": read_text("spec", "signerName")},
    "componentstatuses.": {
        "Status": _component_status,
        "Message": lambda component: _component_health(component).get("message", ""),
        "Error": lambda component: _component_health(component).get("error", ""),
    },
    "configmaps.": {"Data": _data_size},
    "devicetaintrules.resource.k8s.io": {
        "Key": read_path("spec", "taint", "key", default=""),
        "Value": read_path("spec", "taint", "value", default=""),
        "Effect": read_path("spec", "taint", "effect", default=""),
        "TimeAdded": lambda rule: format_since(object_at(rule, "spec", "taint").get("timeAdded")),
    },
    "events.": _EVENT,
    "namespaces.": {"Status": read_text("status", "phase", default="")},
    "nodes.": {
        "Status": _node_status,
        "Roles": _node_roles,
        "Version": read_text("status", "nodeInfo", "kubeletVersion", default=""),
        "Internal-IP": _node_address("InternalIP"),
        "External-IP": _node_address("ExternalIP"),
        "OS-Image": read_text("status", "nodeInfo", "osImage", default="<unknown>"),
        "Kernel-Version": _kernel,
        "Container-Runtime": read_text("status", "nodeInfo", "containerRuntimeVersion", default="<unknown>"),
    },
    "podcertificaterequests.certificates.k8s.io": {
        "PodName": read_path("spec", "podName", default=""),
        "ServiceAccountName": read_path("spec", "serviceAccountName", default=""),
        "NodeName": read_path("spec", "nodeName", default=""),
        "SignerName": read_path("spec", "signerName", default=""),
        "State": _pod_certificate_state,
        "UnverifiedUserAnnotations": format_labels("spec", "unverifiedUserAnnotations"),
    },
    "resourceclaims.resource.k8s.io": {"State": _claim_state},
    "resourcequotas.": {"Request": _quota(limits=False), "Limit": _quota(limits=True)},
    "resourceslices.resource.k8s.io": {
        "Node": read_path("spec", "nodeName", default=""),
        "Driver": read_path("spec", "driver", default=""),
        "Pool": read_path("spec", "pool", "name", default=""),
    },
    "secrets.": {"Type": read_path("type", default=""), "Data": _data_size},
    "storageversionmigrations.storagemigration.k8s.io": {"Resource": _migrated_resource, "Status": _migration_status},
}
