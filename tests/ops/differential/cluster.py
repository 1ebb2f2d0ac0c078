"""Read, change and delete the objects of sets on one server, without kubectl and Kubex."""

import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

from kubex_testing import ServerHandle
from ops.differential.sets import NAMESPACE, Item
from testing.comparison.http_session import Exchange, Server

LIMIT = 240
"""In seconds. The namespace controller starts five seconds after a namespace was deleted."""

UID = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z")
# kube-apiserver writes the status of these at its own pace.
STATUS_BY_SERVER = {"FlowSchema", "PriorityLevelConfiguration", "APIService"}
# If kubectl repeats an apply, the server notes the owner of an object without managedFields, and the atomic list of
# taints loses what the server added.
OF_REPEATED_APPLY = ("before-first-apply", "node.kubernetes.io/not-ready")
ALLOCATED = {"clusterIP", "clusterIPs", "nodePort", "healthCheckNodePort"}

Objects = dict[str, Any]
"""The normalized objects by their paths. A missing object is the status of the response."""


class Cluster:
    """The requests for the objects of sets."""

    def __init__(self, name: str, handle: ServerHandle) -> None:
        self.name = name
        self._server = Server(name, handle)

    def close(self) -> None:
        """Close the connection."""
        self._server.close()

    def read(self, items: Sequence[Item]) -> Objects:
        """Return the objects, after their CustomResourceDefinitions are established."""
        self.wait_for_definitions()
        return {item.path: self._normalized(self.get(item.path)) for item in items}

    def get(self, path: str) -> Exchange:
        """Send a GET request."""
        return self._send("GET", path)

    def apply(self, item: Item, document: Mapping[str, Any], manager: str, *, dry_run: bool = False) -> Exchange:
        """Apply a document to an object, with force."""
        query = {"fieldManager": manager, "force": "true", **({"dryRun": "All"} if dry_run else {})}
        return self._send("PATCH", f"{item.path}?{urlencode(query)}", document, "application/apply-patch+yaml")

    def merge(self, item: Item, document: Mapping[str, Any], manager: str) -> Exchange:
        """Send a merge patch."""
        return self._send("PATCH", f"{item.path}?fieldManager={manager}", document, "application/merge-patch+json")

    def delete(self, items: Iterable[Item]) -> None:
        """Delete objects, and wait until they are gone."""
        ordered = sorted(items, key=_deletion_order)
        for item in ordered:
            self._delete(item.path)
        for item in ordered:
            self._wait_until_gone(item.path)

    def resource(self, api_version: str, kind: str) -> tuple[str, str, bool]:
        """Return the path of the API, the plural and whether objects have a namespace."""
        api = f"apis/{api_version}" if "/" in api_version else f"api/{api_version}"
        resources = self.get(f"/{api}").document["resources"]
        found = next(each for each in resources if each["kind"] == kind and "/" not in each["name"])
        return api, found["name"], found["namespaced"]

    def _delete(self, path: str) -> None:
        self._send("DELETE", path, {"gracePeriodSeconds": 0, "propagationPolicy": "Background"})
        # The controllers that remove the finalizers of volumes and claims do not run.
        found = self.get(path)
        if found.status == 200 and found.document["metadata"].get("finalizers") and "customresource" not in path:
            self._send("PATCH", path, {"metadata": {"finalizers": None}}, "application/merge-patch+json")

    def _wait_until_gone(self, path: str) -> None:
        self._wait(path, lambda found: found.status == 404)

    def wait_for_definitions(self) -> None:
        """Wait until all CustomResourceDefinitions are established, and their groups are served."""
        definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        self._wait(definitions, lambda found: all(map(_is_established, found.document["items"])))
        specs = [each["spec"] for each in self.get(definitions).document["items"]]
        groups = {spec["group"] for spec in specs}
        self._wait("/apis", lambda found: groups <= {group["name"] for group in found.document["groups"]})
        for spec in specs:
            version = next(version["name"] for version in spec["versions"] if version["storage"])
            # The first request of a kind creates its storage. If that is the deletion of the definition, the deletion
            # fails, and kube-apiserver repeats it minutes later.
            path = f"/apis/{spec['group']}/{version}/{spec['names']['plural']}?resourceVersion=0"
            self._wait(path, lambda found: found.status == 200)

    def _wait(self, path: str, done: Any) -> None:
        end = time.monotonic() + LIMIT  # real time: a guard
        while not done(found := self.get(path)):
            if time.monotonic() > end:  # real time: a guard
                raise RuntimeError(f"{self.name}: {path} after {LIMIT} s: {found.body.decode()[:2000]}")
            time.sleep(0.1)  # real time: the interval between two requests

    def _send(self, method: str, path: str, body: Any = None, content_type: str = "application/json") -> Exchange:
        headers = {"Accept": "application/json", "Content-Type": content_type}
        return self._server.send(method, path, None if body is None else json.dumps(body).encode(), headers)

    def _normalized(self, found: Exchange) -> Any:
        return normalized(found.document) if found.status == 200 else found.status


def with_namespace(item: Item) -> dict[str, Any]:
    """Return the document with the namespace to which both programs add it."""
    metadata = dict(item.document["metadata"])
    if item.namespaced:
        metadata.setdefault("namespace", NAMESPACE)
    return {**item.document, "metadata": metadata}


def normalized(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object without what differs between two runs."""
    result = {key: _value(value, key) for key, value in document.items()}
    metadata = result["metadata"]
    entries = metadata.get("managedFields", [])
    if document["kind"] in STATUS_BY_SERVER:
        result.pop("status", None)
        entries = [entry for entry in entries if entry.get("subresource") != "status"]
    metadata = {key: value for key, value in metadata.items() if key not in ("uid", "resourceVersion")}
    kept = [{**entry, "time": ""} for entry in entries if entry["manager"] not in OF_REPEATED_APPLY]
    metadata["managedFields"] = sorted(kept, key=_entry_key)
    return {**result, "metadata": metadata}


def _value(value: Any, key: str) -> Any:
    if key in ALLOCATED and value != "None":
        return "<allocated>"
    if isinstance(value, dict):
        return {name: _value(item, name) for name, item in value.items()}
    if isinstance(value, list):
        items = [_value(item, "") for item in value]
        if key == "taints":
            items = [item for item in items if item["key"] not in OF_REPEATED_APPLY]
        return sorted(items, key=_condition_key) if key == "conditions" else items
    if isinstance(value, str):
        return "<time>" if _is_recent(value) else UID.sub("<uid>", value)
    return value


def _is_recent(value: str) -> bool:
    """Return whether a text is a time of this run. Older times come from the documents."""
    match = TIME.fullmatch(value)
    if match is None:
        return False
    moment = datetime.fromisoformat(match[1]).replace(tzinfo=timezone.utc)
    return abs(moment - datetime.now(timezone.utc)) < timedelta(days=1)


def _entry_key(entry: Mapping[str, Any]) -> str:
    return json.dumps([entry.get(key, "") for key in ("manager", "operation", "subresource", "apiVersion")])


def _condition_key(condition: Any) -> str:
    return str(condition.get("type")) if isinstance(condition, dict) else ""


def _is_established(document: Any) -> bool:
    conditions = document.get("status", {}).get("conditions", [])
    return any(condition["type"] == "Established" and condition["status"] == "True" for condition in conditions)


def _deletion_order(item: Item) -> int:
    """Return a number that is larger for objects on which others depend."""
    return {"APIService": -1, "CustomResourceDefinition": 1, "Namespace": 2}.get(item.kind, 0)
