"""A client for tests of workloads: objects by kind and name, on a server that runs them."""

import http.client
import itertools
import json
from typing import Any
from urllib.parse import urlsplit

from kubex_testing import ServerHandle
from kubex_testing._pki import Identity, client_context
from kubex_testing.embedded import EmbeddedServer
from support.polling import wait_until

RUN = {"kubex.example/run": "true"}
"""The label of pods that kubex-kubelet runs."""
TIMEOUT = 20
_PREFIXES = {
    "apps/v1": ("deployments", "replicasets", "statefulsets", "daemonsets", "controllerrevisions"),
    "batch/v1": ("jobs", "cronjobs"),
    "discovery.k8s.io/v1": ("endpointslices",),
}
_numbers = itertools.count()


class WorkloadClient:
    """Requests in a separate namespace of one server."""

    def __init__(self, server: EmbeddedServer | ServerHandle) -> None:
        self.server = server if isinstance(server, EmbeddedServer) else None
        """The embedded server, for its hooks; None for a real control plane."""
        handle = server.handle if isinstance(server, EmbeddedServer) else server
        self.namespace = f"workloads-{next(_numbers)}"
        identity = None
        if handle.client_cert_pem is not None and handle.client_key_pem is not None:
            identity = Identity(handle.client_cert_pem, handle.client_key_pem)
        self._connection = http.client.HTTPSConnection(
            urlsplit(handle.url).netloc, context=client_context(handle.ca_pem, identity), timeout=TIMEOUT
        )
        self._token = handle.token
        self.send("POST", "/api/v1/namespaces", {"metadata": {"name": self.namespace}})

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def create(self, plural: str, name: str, spec: dict[str, Any], **metadata: Any) -> Any:
        """Create an object and return it."""
        return self.send("POST", self.path(plural), {"metadata": {"name": name, **metadata}, "spec": spec})

    def get(self, plural: str, name: str) -> Any:
        """Return an object, or None."""
        return self.send("GET", self.path(plural, name), missing=None)

    def items(self, plural: str, selector: str = "") -> list[Any]:
        """Return the objects, sorted by name."""
        items: list[Any] = self.send("GET", f"{self.path(plural)}?labelSelector={selector}")["items"]
        return items

    def names(self, plural: str, selector: str = "") -> list[str]:
        """Return the names of the objects, sorted."""
        return [item["metadata"]["name"] for item in self.items(plural, selector)]

    def patch(self, plural: str, name: str, change: Any, subresource: str = "") -> Any:
        """Change an object with a merge patch, and return it."""
        return self.send("PATCH", self.path(plural, name, subresource), change)

    def delete(self, plural: str, name: str, policy: str = "Background") -> None:
        """Delete an object."""
        self.send("DELETE", self.path(plural, name), {"propagationPolicy": policy})

    def wait(self, plural: str, name: str, condition: Any) -> Any:
        """Wait until an object fulfils a condition, and return it."""

        def check() -> Any:
            found = self.get(plural, name)
            return found if found is not None and condition(found) else None

        return wait_until(check, f"the condition of {plural} {name}")

    def wait_until_deleted(self, plural: str, name: str) -> None:
        """Wait until an object does not exist."""
        wait_until(lambda: self.get(plural, name) is None, f"the deletion of {plural} {name}")

    def path(self, plural: str, *rest: str) -> str:
        """Return the path of a resource, an object or a subresource."""
        group = next((group for group, plurals in _PREFIXES.items() if plural in plurals), None)
        prefix = f"/apis/{group}" if group else "/api/v1"
        return "/".join((f"{prefix}/namespaces/{self.namespace}/{plural}", *filter(None, rest)))

    def send(self, method: str, path: str, body: Any = None, **missing: Any) -> Any:
        """Send a request and return its body. A 404 returns `missing`, if it is set."""
        content_type = "application/merge-patch+json" if method == "PATCH" else "application/json"
        headers = {"Content-Type": content_type, "User-Agent": "probe/1.0"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            self._connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            response = self._connection.getresponse()
            document = json.loads(response.read())
        except BaseException:
            self._connection.close()  # an unfinished response would break the next request
            raise
        if response.status == 404 and "missing" in missing:
            return missing["missing"]
        assert response.status < 300, document
        return document


def template(command: str = "exec sleep 3600", labels: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    """Return a pod template. A real control plane runs the command; the embedded server does not."""
    container = {"name": "main", "image": "none", "command": ["sh", "-c", command]}
    return {
        "metadata": {"labels": {**RUN, **(labels or {"app": "web"})}},
        "spec": {"containers": [container], "terminationGracePeriodSeconds": 0, **spec},
    }


def replicated(replicas: int = 2, **spec: Any) -> dict[str, Any]:
    """Return the spec of a Deployment, a ReplicaSet or a StatefulSet."""
    return {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template(), **spec}


def status_fields(document: Any) -> dict[str, Any]:
    """Return the status without times, and with the conditions by type."""
    status = {key: value for key, value in document["status"].items() if not key.endswith("Time")}
    conditions = status.pop("conditions", None)
    if conditions is not None:
        status["conditions"] = [(item["type"], item["status"], item.get("reason")) for item in conditions]
    return status


def managers(document: Any) -> set[tuple[str, str | None]]:
    """Return the managers of an object, with their subresources."""
    return {(item["manager"], item.get("subresource")) for item in document["metadata"]["managedFields"]}
