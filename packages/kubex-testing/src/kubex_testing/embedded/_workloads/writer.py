"""Writes of the controllers, with the defaults, the validation and the managed fields of requests."""

from kubex_testing._objects.json_types import JsonObject
from kubex_testing.embedded._cluster import Call, Cluster
from kubex_testing.embedded._deletes import delete_object
from kubex_testing.embedded._messages import Identity, RecordedRequest
from kubex_testing.embedded._options import DeleteOptions, WriteOptions
from kubex_testing.embedded._registry import ResourceType
from kubex_testing.embedded._request_info import RequestInfo
from kubex_testing.embedded._store import StoredObject
from kubex_testing.embedded._writes import create_object, update_object

_NO_REQUEST = RecordedRequest("", "", ())


class Writer:
    """Create, update and delete objects as one component of the control plane.

    Args:
        manager: the name of the component in `managedFields`.
    """

    def __init__(self, cluster: Cluster, manager: str = "kube-controller-manager") -> None:
        self._cluster = cluster
        self._options = WriteOptions(field_manager=manager)
        self._user = Identity(f"system:{manager}")

    def create(self, bucket: str, namespace: str, document: JsonObject) -> StoredObject:
        """Create an object. Raises ApiError, for example if its namespace is terminating."""
        resource = self.resource(bucket)
        document = {**document, "apiVersion": resource.api_version, "kind": resource.kind}
        info = RequestInfo("", "create", namespace=namespace)
        return create_object(self._call(resource, info), document, self._options)

    def update(self, bucket: str, document: JsonObject, subresource: str = "") -> StoredObject:
        """Write a new version of an object, unless it is unchanged. Raises ApiError."""
        metadata, resource = document["metadata"], self.resource(bucket)
        namespace, name = metadata.get("namespace", ""), metadata["name"]
        current = self._cluster.store.bucket(bucket).objects[resource.key(namespace, name)]
        info = RequestInfo("", "update", namespace=namespace, name=name, subresource=subresource)
        return update_object(self._call(resource, info), document, current, self._options)

    def update_status(self, bucket: str, stored: StoredObject, status: JsonObject) -> StoredObject:
        """Write a new status, unless it is unchanged. Raises ApiError."""
        if status == stored.object.get("status"):
            return stored
        return self.update(bucket, {**stored.object, "status": status}, "status")

    def delete(self, bucket: str, stored: StoredObject) -> None:
        """Delete an object; its dependents are deleted by the garbage collector."""
        delete_object(self._cluster, self.resource(bucket), stored, DeleteOptions(policy="Background"))

    def resource(self, bucket: str) -> ResourceType:
        """Return the resource of a bucket."""
        plural, _, group = bucket.partition(".")
        resource = self._cluster.registry.find(group, "v1", plural)
        assert resource is not None, bucket  # noqa: S101  # a built-in kind
        return resource

    def _call(self, resource: ResourceType, info: RequestInfo) -> Call:
        return Call(self._cluster, _NO_REQUEST, info, resource, self._user)
