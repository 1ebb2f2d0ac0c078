"""The JSON form of empty objects.

Go always encodes some fields, even if they were not set. The manager that creates an object does not own these fields.
"""

from typing import Any

from .json_types import JsonObject, json_copy

_POD_TEMPLATE: JsonObject = {"metadata": {}, "spec": {"containers": None}}
_WORKLOAD_SPEC: JsonObject = {"selector": None, "template": _POD_TEMPLATE}
_CRD_NAMES: JsonObject = {"plural": "", "kind": ""}
_NODE_INFO = (
    "machineID", "systemUUID", "bootID", "kernelVersion", "osImage", "containerRuntimeVersion", "kubeletVersion",
    "kubeProxyVersion", "operatingSystem", "architecture",
)  # fmt: skip
_DAEMON_STATUS = ("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady")
_BUDGET_STATUS = ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")

_EMPTY_OBJECTS: dict[tuple[str, str], dict[str, Any]] = {
    ("v1", "Pod"): {"spec": {"containers": None}, "status": {}},
    ("v1", "Service"): {"spec": {}, "status": {"loadBalancer": {}}},
    ("v1", "Namespace"): {"spec": {}, "status": {}},
    ("v1", "Node"): {
        "spec": {},
        "status": {"daemonEndpoints": {"kubeletEndpoint": {"Port": 0}}, "nodeInfo": dict.fromkeys(_NODE_INFO, "")},
    },
    ("v1", "Event"): {
        "involvedObject": {},
        "source": {},
        **dict.fromkeys(("firstTimestamp", "lastTimestamp", "eventTime")),
        **dict.fromkeys(("reportingComponent", "reportingInstance"), ""),
    },
    ("apps/v1", "Deployment"): {"spec": {**_WORKLOAD_SPEC, "strategy": {}}, "status": {}},
    ("apps/v1", "ReplicaSet"): {"spec": _WORKLOAD_SPEC, "status": {"replicas": 0}},
    ("apps/v1", "StatefulSet"): {
        "spec": {**_WORKLOAD_SPEC, "serviceName": "", "updateStrategy": {}},
        "status": {"replicas": 0, "availableReplicas": 0},
    },
    ("apps/v1", "DaemonSet"): {
        "spec": {**_WORKLOAD_SPEC, "updateStrategy": {}},
        "status": dict.fromkeys(_DAEMON_STATUS, 0),
    },
    ("batch/v1", "Job"): {"spec": {"template": _POD_TEMPLATE}, "status": {}},
    ("certificates.k8s.io/v1", "CertificateSigningRequest"): {
        "spec": {"request": None, "signerName": ""},
        "status": {},
    },
    ("coordination.k8s.io/v1", "Lease"): {"spec": {}},
    ("policy/v1", "PodDisruptionBudget"): {"spec": {}, "status": dict.fromkeys(_BUDGET_STATUS, 0)},
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"): {
        "spec": {"group": "", "names": _CRD_NAMES, "scope": "", "versions": None},
        "status": {"conditions": None, "acceptedNames": _CRD_NAMES, "storedVersions": None},
    },
}
_METADATA_ONLY = frozenset({"ConfigMap", "Secret", "ServiceAccount", "Endpoints"})


def empty_object(api_version: str, kind: str) -> JsonObject:
    """Return the fields that Go encodes for an empty object. The result is empty for custom resources."""
    body = _EMPTY_OBJECTS.get((api_version, kind))
    if body is None:
        return {"metadata": {}} if api_version == "v1" and kind in _METADATA_ONLY else {}
    return {"metadata": {}, **json_copy(body)}
