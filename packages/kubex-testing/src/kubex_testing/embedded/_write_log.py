"""The log of all changes: who wrote which object at which revision."""

import threading
from collections import deque
from contextvars import ContextVar
from dataclasses import dataclass
from sys import intern

from ._store import Event, EventType

CONTROLLERS = "system:controllers"
"""The user of changes by the controllers of the server."""
current_user: ContextVar[str] = ContextVar("current_user", default="")
"""The user of the current request; empty for changes by methods of the server."""


@dataclass(frozen=True, slots=True)
class Write:
    """One change of an object.

    `resource` has the form `deployments.apps`, or `pods` for the core group. `user` is the name of the user, or
    `system:controllers` for the controllers of the server, or empty for `load()` and `remove()`.
    """

    revision: int
    type: EventType
    resource: str
    namespace: str
    name: str
    uid: str
    user: str


class WriteLog:
    """The latest changes, up to a number. Thread-safe, because tests read it from other threads."""

    def __init__(self, limit: int) -> None:
        self._lock = threading.Lock()
        self._writes: deque[Write] = deque(maxlen=limit)

    def record(self, bucket: str, event: Event) -> None:
        """Add a change. The store calls this method."""
        namespace, _, name = event.key.rpartition("/")
        uid = event.current.object["metadata"]["uid"]
        resource = intern(bucket.removesuffix("."))
        write = Write(event.revision, event.type, resource, intern(namespace), name, uid, current_user.get())
        with self._lock:
            self._writes.append(write)

    def all(self) -> list[Write]:
        with self._lock:
            return list(self._writes)

    def clear(self) -> None:
        with self._lock:
            self._writes.clear()
