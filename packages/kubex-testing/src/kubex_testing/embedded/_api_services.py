"""APIServices: groups that a server behind this one provides. Such a server is never available here.

See https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/.
"""

from kubex_testing._objects.json_types import JsonObject, array_at, object_at

from ._cluster import Cluster, now
from ._store import Store

API_SERVICE_BUCKET = "apiservices.apiregistration.k8s.io"


def remote_versions(store: Store) -> dict[str, list[str]]:
    """Return the groups that other servers provide, with their versions, in the order of discovery."""
    specs: list[JsonObject] = [item.object["spec"] for item in store.bucket(API_SERVICE_BUCKET).objects.values()]
    remote = [spec for spec in specs if spec.get("service")]
    remote.sort(key=lambda spec: (-spec.get("groupPriorityMinimum", 0), spec["group"], -spec.get("versionPriority", 0)))
    found: dict[str, list[str]] = {}
    for spec in remote:
        found.setdefault(spec["group"], []).append(spec["version"])
    return found


class ApiServiceController:
    """Set the condition `Available`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def reconcile(self, name: str) -> None:
        """Update the status of an APIService."""
        store = self._cluster.store
        stored = store.get(API_SERVICE_BUCKET, name)
        if stored is None:
            return
        status, reason, message = self._availability(object_at(stored.object, "spec", "service"))
        conditions: list[JsonObject] = array_at(stored.object, "status", "conditions")
        if [(item["status"], item["reason"]) for item in conditions] != [(status, reason)]:
            condition = {
                "lastTransitionTime": now(), "message": message, "reason": reason, "status": status,
                "type": "Available",
            }  # fmt: skip
            store.put(API_SERVICE_BUCKET, name, {**stored.object, "status": {"conditions": [condition]}})

    def _availability(self, service: JsonObject) -> tuple[str, str, str]:
        if not service:
            return "True", "Local", "Local APIServices are always available"
        namespace, name = service.get("namespace", ""), service.get("name", "")
        if self._cluster.store.get("services.", f"{namespace}/{name}") is None:
            return "False", "ServiceNotFound", f'service/{name} in "{namespace}" is not present'
        message = f'cannot find endpointslices for service/{name} in "{namespace}"'
        return "False", "EndpointsNotFound", message
