"""The state of the server, which its event loop owns, and one request on it."""

import asyncio
import itertools
import random
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Protocol, TypeVar

from . import _errors as errors
from ._containers.runtime import ContainerRuntime
from ._faults.base import FaultAction
from ._faults.conditions import cached_revision
from ._messages import Identity, RecordedRequest
from ._registry import Registry, ResourceType
from ._request_info import RequestInfo
from ._store import Event, Store, StoredObject
from ._write_log import WriteLog

if TYPE_CHECKING:
    from ._pod_logs import ContainerLog, LogKey

F = TypeVar("F", bound=FaultAction)
INITIAL_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")
# Limit them, because the traceback of each one keeps its request alive, which may have several megabytes.
MAX_FAILURES = 20
UNDELETABLE_NAMESPACES = ("default", "kube-system", "kube-public")


@dataclass(frozen=True)
class Settings:
    """The settings of a server. The defaults match kube-apiserver. Times are in seconds.

    The server discards its oldest requests, writes and history events beyond the limits. `history_limit` is the number
    of events for each resource; the limits in bytes are totals. The server ends a watch if its client leaves more than
    `watch_buffer_bytes` unread.
    """

    future_wait: float = 3.0
    controller_delay: float = 0.02
    bookmark_interval: float = 60.0
    history_limit: int = 10_000
    history_bytes: int = 64 * 2**20
    watch_buffer_bytes: int = 16 * 2**20
    write_log_limit: int = 100_000
    first_revision: int = 200
    request_log_limit: int = 10_000
    request_log_bytes: int = 32 * 2**20
    compress_above: int | None = 128 * 1024
    """Compress larger responses for clients that accept gzip; None disables compression."""
    aggregated_discovery: bool = True
    """Whether the server supports aggregated discovery. Older servers and some proxies do not."""


class OpenWatch(Protocol):
    """The methods of an open watch that the test hooks use."""

    bucket: str

    def close(self) -> None: ...

    def bookmark(self) -> None: ...

    def wake(self) -> None: ...


class Cluster:
    """The store, the registry and the open watches. Use it only from one event loop."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(
            first_revision=settings.first_revision,
            history_limit=settings.history_limit,
            history_bytes=settings.history_bytes,
        )
        self.registry = Registry()
        self.random = random.Random()  # noqa: S311 - names, not secrets
        self.open_watches: set[OpenWatch] = set()
        self.logs: dict[LogKey, ContainerLog] = {}
        self.failures: deque[BaseException] = deque(maxlen=MAX_FAILURES)
        """The latest internal errors of the server, and errors of handlers of containers."""
        self.containers = ContainerRuntime(self.failures)
        # Real clusters reserve the first addresses, for example for the service kubernetes.
        self._addresses = itertools.count(10)
        self._pod_addresses = itertools.count(2)
        self._node_ports = itertools.count(30_000)
        self._revision_waiters: dict[asyncio.Event, int] = {}
        self.held: dict[str, int] = {}
        """The buckets whose later events are not sent to watches, with the revision of `hold()`."""
        self.writes = WriteLog(settings.write_log_limit)
        self.store.write_listeners.append(self.writes.record)
        self.store.listeners.append(self._notify_revision_waiters)

    def namespace(self, name: str) -> StoredObject | None:
        return self.store.get("namespaces.", name)

    def create_initial_namespaces(self) -> None:
        """Create the namespaces that every cluster has."""
        for name in INITIAL_NAMESPACES:
            if self.namespace(name) is None:
                document = {
                    "kind": "Namespace",
                    "apiVersion": "v1",
                    "metadata": {
                        "name": name,
                        "uid": new_uid(),
                        "creationTimestamp": now(),
                        "labels": {"kubernetes.io/metadata.name": name},
                    },
                    "spec": {"finalizers": ["kubernetes"]},
                    "status": {"phase": "Active"},
                }
                self.store.put("namespaces.", name, document)

    def allocate_address(self) -> str:
        """Return the next cluster IP of the service network 10.0.0.0/16."""
        number = next(self._addresses)
        return f"10.0.{number // 256 % 256}.{number % 256}"

    def allocate_pod_address(self) -> str:
        """Return the next address of the pod network 10.244.0.0/16."""
        number = next(self._pod_addresses)
        return f"10.244.{number // 256 % 256}.{number % 256}"

    def allocate_node_port(self) -> int:
        return next(self._node_ports)

    def close_watches(self, bucket: str = "") -> None:
        """End all open watches, or the watches of one resource, without an error."""
        for watch in tuple(self.open_watches):
            # A closed watch removes itself from the set later, in its own stream.
            if bucket in ("", watch.bucket):
                watch.close()

    def send_bookmarks(self) -> None:
        for watch in tuple(self.open_watches):
            watch.bookmark()

    def hold(self, bucket: str) -> None:
        """Do not send later events of a bucket to watches."""
        self.held.setdefault(bucket, self.store.revision)

    def release(self, bucket: str) -> None:
        """Send the events that `hold()` delayed."""
        self.held.pop(bucket, None)
        for watch in self.open_watches:
            watch.wake()

    def rewind(self, revision: int) -> None:
        """Restore the state at a revision, and end all watches. Raises ValueError."""
        self.store.rewind(revision)
        self.held = {bucket: min(held, revision) for bucket, held in self.held.items()}
        self.close_watches()

    async def wait_for_revision(self, revision: int | None, *, behind: int = 0) -> None:
        """Wait until the store is `behind` changes after a revision. Raises 504 after `Settings.future_wait`."""
        if not revision or revision <= self.store.revision - behind:
            return
        reached = asyncio.Event()
        self._revision_waiters[reached] = revision + behind
        try:
            await asyncio.wait_for(reached.wait(), self.settings.future_wait)
        # This is not the built-in TimeoutError in Python 3.10.
        except asyncio.TimeoutError:
            raise errors.too_large_revision(revision, self.store.revision - behind) from None
        finally:
            del self._revision_waiters[reached]

    def _notify_revision_waiters(self, _bucket: str, _event: Event) -> None:
        for reached, revision in self._revision_waiters.items():
            if revision <= self.store.revision:
                reached.set()


@dataclass(slots=True)
class Call:
    """One authorized request on a resource."""

    cluster: Cluster
    request: RecordedRequest
    info: RequestInfo
    resource: ResourceType
    user: Identity
    warnings: list[str] = field(default_factory=list[str])
    faults: Sequence[FaultAction] = ()

    def faults_of(self, kind: type[F]) -> Iterator[F]:
        """Return the faults of a class that the request must apply."""
        return (fault for fault in self.faults if isinstance(fault, kind))

    @property
    def cached_revision(self) -> int:
        """The revision that the cache of the resource has reached."""
        store = self.cluster.store
        return cached_revision(self.faults, store, store.bucket(self.resource.bucket))

    async def wait_for_cache(self, revision: int | None) -> None:
        """Wait until the cache reaches a revision. Raises 504 after `Settings.future_wait`."""
        if revision:
            behind = self.cluster.store.revision - self.cached_revision
            await self.cluster.wait_for_revision(revision, behind=behind)

    @property
    def key(self) -> str:
        return self.resource.key(self.info.namespace, self.info.name)

    def stored(self) -> StoredObject:
        """Return the object that the path names. Raises 404."""
        found = self.cluster.store.get(self.resource.bucket, self.key)
        if found is None:
            raise errors.not_found(self.resource.plural, self.resource.group, self.info.name)
        return found


def now() -> str:
    """Return the current time as Kubernetes writes it: RFC 3339, UTC, without fractions."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_uid() -> str:
    return str(uuid.uuid4())
