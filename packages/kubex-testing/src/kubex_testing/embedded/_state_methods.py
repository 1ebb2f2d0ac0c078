"""The methods of the embedded server for its state: objects, revisions and the log of changes."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import islice
from typing import Any

from ._cluster import Cluster
from ._in_process import find_resource, load_object, read_objects, remove_object
from ._loop_thread import LoopThread
from ._write_log import Write, current_user

LOAD_BATCH = 200


class StateMethods:
    """A base class of `EmbeddedServer`."""

    _cluster: Cluster
    _thread: LoopThread

    @property
    def revision(self) -> int:
        """The latest revision of the store."""
        return self._cluster.store.revision

    @property
    def writes(self) -> list[Write]:
        """The latest changes of objects, oldest first, up to `Settings.write_log_limit`.

        Example:
            await config_maps.edit("settings", lambda settings: settings.data.update(color="red"))
            write = server.writes[-1]
            assert (write.type, write.resource, write.name) == ("MODIFIED", "configmaps", "settings")
            assert write.user == "admin"
        """
        return self._cluster.writes.all()

    def clear_writes(self) -> None:
        """Clear the list of changes."""
        self._cluster.writes.clear()

    def state(self, resource: str, *, namespace: str | None = None) -> list[dict[str, Any]]:
        """Return the current objects of a resource, sorted by namespace and name.

        `resource` is a plural with or without its group, such as `pods` or `deployments.apps`. The objects are copies.

        Example:
            (settings,) = server.state("configmaps", namespace="default")
            assert settings["data"] == {"color": "blue", "size": "large"}
        """
        return self._thread.call(lambda: read_objects(self._cluster, find_resource(self._cluster, resource), namespace))

    def load(self, objects: Iterable[Mapping[str, Any]]) -> int:
        """Create or replace objects without HTTP, and return the revision of the last one.

        The objects are stored as they are, with their status, and without defaults and validation. Each needs
        `apiVersion`, `kind` and `metadata.name`; the namespace is `default` if it is not set. Watches receive the
        changes. The time and the memory grow with the number of objects; other requests are handled in between.

        Raises:
            ValueError: an object has no name, or the server does not have its kind. The objects before it are stored.
            TypeError: `objects` is one object instead of a list.

        Example:
            names = [f"pod-{number}" for number in range(1000)]
            server.load({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}} for name in names)
            assert len(await pods.list()) == 1001
        """
        if isinstance(objects, Mapping):
            raise TypeError("load() requires a list of objects, not one object; use load([object])")
        iterator = iter(objects)
        while batch := list(islice(iterator, LOAD_BATCH)):
            self._change(partial(self._load, batch))
        return self.revision

    def remove(self, resource: str, name: str, *, namespace: str = "default") -> None:
        """Remove an object without HTTP, at once and without its finalizers.

        Raises:
            KeyError: the object does not exist.
            ValueError: the server does not have the resource.
        """
        self._change(lambda: remove_object(self._cluster, find_resource(self._cluster, resource), namespace, name))

    def compact(self) -> None:
        """Discard the history, so that older resource versions and continue tokens return 410 Expired."""
        self._thread.call(self._cluster.store.compact)

    def rewind(self, revision: int) -> None:
        """Restore the state at a revision and continue with it, as after a restore of etcd from a backup.

        All watches end. Later changes are lost, and new ones use their revisions again. A watch from a lost revision is
        accepted, and sends nothing until the server reaches it.

        Raises:
            ValueError: the revision is in the future, or the history does not reach back to it.

        Example:
            revision = server.revision
            await config_maps.delete("settings")
            server.rewind(revision)
            assert await config_maps.get_or_none("settings") is not None
        """
        self._thread.call(lambda: self._cluster.rewind(revision))

    def _load(self, objects: Iterable[Mapping[str, Any]]) -> None:
        for item in objects:
            load_object(self._cluster, item)

    def _change(self, change: Callable[[], object]) -> None:
        """Change the state in the thread of the event loop, without a user."""

        def run() -> None:
            current_user.set("")
            change()

        self._thread.call(run)
