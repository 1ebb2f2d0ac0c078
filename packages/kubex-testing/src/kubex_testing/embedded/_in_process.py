"""Read and change objects without HTTP."""

import json
from collections.abc import Mapping
from typing import Any

from kubex_testing._objects.json_types import JsonObject
from kubex_testing._objects.prepare_create import set_template_generation

from ._cluster import Cluster, new_uid, now
from ._crd import CRD_BUCKET, definition_status
from ._registry import ResourceType
from ._store import StoredObject
from ._strategy import prepare_create, with_defaults


def find_resource(cluster: Cluster, name: str) -> ResourceType:
    """Return a stored resource by its plural, with or without the group. Raises ValueError."""
    plural, _, group = name.partition(".")
    for resource in cluster.registry.storage_types():
        if resource.plural == plural and group in ("", resource.group):
            return resource
    raise ValueError(
        f"the server does not have a resource {name!r}; use a plural with or without its group, such as `pods` or "
        "`deployments.apps`, and create CustomResourceDefinitions first"
    )


def load_object(cluster: Cluster, document: Mapping[str, Any], *, complete: bool = False) -> StoredObject:
    """Create or replace an object as it is, without defaults and validation. Raises ValueError.

    With `complete`, set its defaults, and if it has no status, the fields that the server sets when it creates objects.
    """
    resource = _resource_of(cluster, document)
    # Copying through JSON is faster than json_copy() for large objects.
    copy: JsonObject = json.loads(json.dumps(document))
    metadata = copy.setdefault("metadata", {})
    if not metadata.get("name"):
        raise ValueError(f"a {resource.kind} without metadata.name cannot be loaded; set a name")
    if resource.namespaced:
        metadata.setdefault("namespace", "default")
    else:
        metadata.pop("namespace", None)
    key = resource.key(metadata.get("namespace", ""), metadata["name"])
    existing = cluster.store.get(resource.bucket, key)
    old: JsonObject = existing.object["metadata"] if existing is not None else {}
    if not metadata.get("uid"):
        metadata["uid"] = old.get("uid") or new_uid()
    metadata.setdefault("creationTimestamp", old.get("creationTimestamp") or now())
    if complete:
        has_status = "status" in copy
        copy = with_defaults(resource, copy)
        if not has_status:
            copy = prepare_create(cluster, resource, copy)
        elif resource.bucket == "daemonsets.apps":
            set_template_generation(copy)
    if resource.bucket == CRD_BUCKET:
        # Serve the custom resource at once, so that its objects can be loaded next.
        copy["status"] = definition_status(copy, cluster.registry)
    copy = resource.to_storage(copy)
    return cluster.store.put(resource.bucket, key, copy)


def remove_object(cluster: Cluster, resource: ResourceType, namespace: str, name: str) -> StoredObject:
    """Remove an object at once, even if it has finalizers. Raises KeyError."""
    key = resource.key(namespace, name)
    if cluster.store.get(resource.bucket, key) is None:
        raise KeyError(f"{resource.kind} {key} does not exist")
    return cluster.store.delete(resource.bucket, key)


def read_objects(cluster: Cluster, resource: ResourceType, namespace: str | None) -> list[JsonObject]:
    """Return copies of the objects of a resource, sorted by namespace and name."""
    bucket = cluster.store.bucket(resource.bucket)
    keys = bucket.keys_with_prefix(f"{namespace}/" if namespace else "")
    head = {"apiVersion": resource.api_version, "kind": resource.kind}
    return [{**head, **json.loads(json.dumps(bucket.objects[key].object))} for key in keys]


def _resource_of(cluster: Cluster, document: Mapping[str, Any]) -> ResourceType:
    api_version, kind = document.get("apiVersion"), document.get("kind")
    group, _, version = str(api_version).rpartition("/")
    for resource in cluster.registry.resources(group, version):
        if resource.is_stored and resource.kind == kind:
            return resource
    raise ValueError(
        f"the server does not have a kind {kind!r} in apiVersion {api_version!r}; set both fields, and create "
        "CustomResourceDefinitions first"
    )
