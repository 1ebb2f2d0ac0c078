"""The objects that each cluster and each namespace have from the start.

The real ones are created by kube-apiserver and by controllers of kube-controller-manager.
"""

from collections.abc import Iterable

from kubex_testing._objects.json_types import JsonObject, object_at

from ._cluster import Cluster
from ._errors import ApiError
from ._store import Event
from ._workloads.writer import Writer

_NAMESPACES, _ACCOUNTS, _CONFIG_MAPS = "namespaces.", "serviceaccounts.", "configmaps."
_SERVICES, _PODS = "services.", "pods."
_ACCOUNT, _ROOT_CA = "default", "kube-root-ca.crt"
_API_ADDRESS = "10.0.0.1"
"""The first address of the service network, which is the address of the API server in a cluster."""


class Bootstrap:
    """Create the default ServiceAccount and the root certificate in each namespace, and the Service of the API server.

    Args:
        certificate: the certificate of the authority of the server, as PEM.
        runs_workloads: whether to create a pod in `kube-system`, as the components of a real cluster do.
    """

    def __init__(self, cluster: Cluster, certificate: str, *, runs_workloads: bool) -> None:
        self._cluster = cluster
        self._certificate = certificate
        self._runs_workloads = runs_workloads
        self._writer = Writer(cluster)

    def start(self) -> None:
        """Create the objects of the existing namespaces and of the cluster."""
        for namespace in tuple(self._cluster.store.bucket(_NAMESPACES).keys):
            self.reconcile(namespace)
        api_server = Writer(self._cluster, "kube-apiserver")
        if not self._exists(_SERVICES, "default/kubernetes"):
            api_server.create(_SERVICES, "default", _api_service())
        if self._runs_workloads and not self._exists(_PODS, "kube-system/kube-apiserver"):
            Writer(self._cluster, "kubelet").create(_PODS, "kube-system", _api_pod())

    def index(self, bucket: str, event: Event) -> Iterable[str]:
        """Return the namespaces to reconcile after a change."""
        if bucket == _NAMESPACES and event.type == "ADDED":
            return [event.key]
        namespace, _, name = event.key.partition("/")
        is_account = (bucket, name, event.type) == (_ACCOUNTS, _ACCOUNT, "DELETED")
        is_certificate = (bucket, name) == (_CONFIG_MAPS, _ROOT_CA)
        return [namespace] if is_account or is_certificate else []

    def reconcile(self, namespace: str) -> None:
        """Create the missing objects of a namespace, and restore its certificate."""
        found = self._cluster.namespace(namespace)
        if found is None or "deletionTimestamp" in found.object["metadata"]:
            return
        try:
            if not self._exists(_ACCOUNTS, f"{namespace}/{_ACCOUNT}"):
                self._writer.create(_ACCOUNTS, namespace, {"metadata": {"name": _ACCOUNT}})
            self._reconcile_certificate(namespace)
        except ApiError:
            return  # a test has made the ConfigMap immutable, for example

    def _reconcile_certificate(self, namespace: str) -> None:
        data = {"ca.crt": self._certificate}
        current = self._cluster.store.get(_CONFIG_MAPS, f"{namespace}/{_ROOT_CA}")
        if current is None:
            self._writer.create(_CONFIG_MAPS, namespace, {"metadata": {"name": _ROOT_CA}, "data": data})
        elif object_at(current.object, "data") != data and "deletionTimestamp" not in current.object["metadata"]:
            self._writer.update(_CONFIG_MAPS, {**current.object, "data": data})

    def _exists(self, bucket: str, key: str) -> bool:
        return self._cluster.store.get(bucket, key) is not None


def _api_service() -> JsonObject:
    """Return the Service with which pods find the API server."""
    return {
        "metadata": {"name": "kubernetes", "labels": {"component": "apiserver", "provider": "kubernetes"}},
        "spec": {
            "clusterIP": _API_ADDRESS,
            "ports": [{"name": "https", "port": 443, "targetPort": 6443}],
        },
    }


def _api_pod() -> JsonObject:
    return {
        "metadata": {"name": "kube-apiserver", "labels": {"component": "kube-apiserver", "tier": "control-plane"}},
        "spec": {
            "containers": [{"name": "kube-apiserver", "image": "kube-apiserver:v1.37.2"}],
            "hostNetwork": True,
            "priorityClassName": "system-node-critical",
        },
    }
