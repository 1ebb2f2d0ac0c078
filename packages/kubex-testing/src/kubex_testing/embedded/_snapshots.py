"""Snapshots of the objects of a server, and the return to them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ._clock import ServerClock
from ._cluster import Cluster
from ._crd import CRD_BUCKET
from ._fault_methods import FaultMethods
from ._loop_thread import LoopThread
from ._request_log import RequestLog
from ._stored_object import StoredObject
from ._write_log import current_user


@dataclass(frozen=True, repr=False)
class Snapshot:
    """The objects of a server at one revision. Create it with `EmbeddedServer.snapshot()`."""

    revision: int
    _server: object
    _objects: Mapping[str, Mapping[str, StoredObject]]

    def __repr__(self) -> str:
        return f"Snapshot(revision={self.revision}, objects={sum(map(len, self._objects.values()))})"

    def write_to(self, cluster: Cluster) -> None:
        """Write the differences to a cluster. `EmbeddedServer.restore()` calls this method in the server's thread.

        Raises:
            ValueError: it is a snapshot of another server.
        """
        if self._server is not cluster:
            raise ValueError("the snapshot is of another server; restore a snapshot of this server")
        current_user.set("")
        store = cluster.store
        names = {name for name, _ in store.buckets()} | self._objects.keys()
        # The server must know the custom resources as long as their objects change.
        ordered = sorted(names, key=lambda name: name != CRD_BUCKET)
        for name in ordered:
            for key, item in _changed(store.bucket(name).objects, self._objects.get(name, {})):
                store.put(name, key, item.object)
        for name in reversed(ordered):
            for key in [key for key in store.bucket(name).objects if key not in self._objects.get(name, {})]:
                store.delete(name, key)


def take_snapshot(cluster: Cluster) -> Snapshot:
    """Return the objects of a cluster. Objects are not copied, because the store does not modify them."""
    buckets = {name: dict(bucket.objects) for name, bucket in cluster.store.buckets() if bucket.objects}
    return Snapshot(cluster.store.revision, cluster, buckets)


def _changed(
    present: Mapping[str, StoredObject], past: Mapping[str, StoredObject]
) -> Iterator[tuple[str, StoredObject]]:
    for key, item in past.items():
        found = present.get(key)
        if found is not item and (found is None or not item.equals(found)):
            yield key, item


class SnapshotMethods(FaultMethods):
    """A base class of `EmbeddedServer`."""

    _cluster: Cluster
    _thread: LoopThread
    _clock: ServerClock
    _request_log: RequestLog
    _initial: Snapshot | None
    _reset_pods: Callable[[], None]

    def snapshot(self) -> Snapshot:
        """Return the current objects, for `restore()`. It needs a few bytes for each object.

        Example:
            before = server.snapshot()
            await config_maps.delete("settings")
            server.restore(before)
            assert await config_maps.get_or_none("settings") is not None
        """
        return self._thread.call(lambda: take_snapshot(self._cluster))

    def restore(self, snapshot: Snapshot) -> None:
        """Return to the objects of a snapshot.

        The differences are new changes: the revision increases, restored objects keep their UID and get a new
        resourceVersion, and open watches receive the changes. Unchanged objects are not written. Finalizers do not
        delay the removal of objects. Use `rewind()` to simulate a restore of etcd, whose revision goes back.

        Raises:
            ValueError: the snapshot is of another server.
        """
        self._thread.call(lambda: snapshot.write_to(self._cluster))

    def reset(self) -> None:
        """Return to the state after the first start, so that tests can share a server.

        Objects are restored as by `restore()`, with those of the arguments `crds` and `objects`. Everything else that
        tests change is undone, too:

        * Faults are removed, held events are sent, the clock runs at the normal rate, and the port is open.
        * The logs of requests, writes and failures are empty.
        * Logs and files of containers, held pods, and handlers that were set after the start are removed.
        * Pods and workloads run only if they did after the start.

        Sessions of exec, attach and port-forward end. Other connections and watches stay open.

        Raises:
            RuntimeError: the server was not started.
        """
        if self._initial is None:
            raise RuntimeError("the server was not started; call start() first")
        self.clear_faults()
        self._thread.call(self._reset)
        self._request_log.clear()

    def _reset(self) -> None:
        cluster = self._cluster
        for bucket in tuple(cluster.held):
            cluster.release(bucket)
        self._clock.set_rate(1.0)
        self._listener.listen()
        self._reset_pods()
        if self._initial is not None:
            self._initial.write_to(cluster)
        cluster.failures.clear()
        cluster.writes.clear()
