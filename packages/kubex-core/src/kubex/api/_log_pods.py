"""Select and watch the pods for a stream of several logs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import EllipsisType
from typing import Any

import anyio

from kubex.api._endpoint import Endpoint
from kubex.api._log_containers import container_states, regular_containers
from kubex.api._options import SelectOptions
from kubex.api._read_api import ReadApi
from kubex.api._watch import Watch
from kubex.client import RetryPolicy
from kubex.core._selectors import FieldSelectorTypes, LabelSelectorTypes
from kubex.core.params import NamespaceTypes, Timeout
from kubex.errors import (
    BadRequest,
    ContainerNameRequired,
    Expired,
    GatewayTimeout,
    InternalError,
    ServiceUnavailable,
    TooManyRequests,
    TransportError,
)
from kubex.models import DynamicNamespacedResource, EventType, Status, WatchEvent
from kubex.models.markers import HasLogs

logger = logging.getLogger("kubex.api")

_BACKOFF = RetryPolicy(initial_delay=1.0, max_delay=30.0)
_TEMPORARY = (TransportError, GatewayTimeout, InternalError, ServiceUnavailable, TooManyRequests)


class LogPods:
    """One pod, or the pods that match selectors."""

    def __init__(
        self,
        endpoint: Endpoint[HasLogs],
        *,
        namespace: NamespaceTypes,
        timeout: Timeout | EllipsisType | None,
        name: str | None = None,
        label_selector: LabelSelectorTypes = None,
        field_selector: FieldSelectorTypes = None,
    ) -> None:
        # Fields are JSON values, because the class of the pods may have any fields.
        model = DynamicNamespacedResource
        self._api = ReadApi(Endpoint(endpoint.resource, model, endpoint.client, endpoint.resolve(namespace)))
        self._name = name
        self._label_selector = label_selector
        self._field_selector = {"metadata.name": name} if name is not None else field_selector
        self._timeout = timeout
        self.path = (
            endpoint.collection_path(namespace) if name is None else endpoint.object_path(name, namespace, "logs")
        )
        SelectOptions(label_selector=label_selector, field_selector=field_selector).query()  # raises invalid ones now
        self._version: str | None = None
        self._uids: set[str] = set()

    @property
    def is_single(self) -> bool:
        """Whether this is one pod."""
        return self._name is not None

    async def select(self) -> list[Any]:
        """Return the pods. Raises NotFound if the one pod does not exist."""
        if self._name is not None:
            pods: list[Any] = [await self._api.get(self._name, request_timeout=self._timeout)]
            self._version = pods[0].metadata.resource_version
        else:
            pods = await self._list()
        self._uids = {pod_key(pod) for pod in pods}
        return pods

    async def follow(self, update: Callable[[Any], None], delete: Callable[[str], None]) -> None:
        """Watch the pods, and call `update` for new and changed ones, and `delete` with the UID of deleted ones.

        Continues after temporary errors, and raises others.
        """
        failures = 0
        while True:
            failures += 1
            try:
                if self._version is None:
                    await self._list_again(update, delete)
                async with self._watch(self._version) as events:
                    async for event in events:
                        failures = 0
                        self._apply(event, update, delete)
                        self._version = event.resource_version or self._version
                    self._version = events.resource_version
            except Expired:
                self._version = None
            except _TEMPORARY as error:
                logger.warning("the watch of the pods at %s failed, and is started again: %s", self.path, error)
            if failures:
                await anyio.sleep(_BACKOFF.backoff(failures))

    def _watch(self, version: str | None) -> Watch[DynamicNamespacedResource]:
        timeout = self._timeout
        if isinstance(timeout, Timeout):
            # The read limit is for logs. A watch has its own.
            timeout = Timeout(connect=timeout.connect, write=timeout.write, pool=timeout.pool)
        return self._api.watch(
            label_selector=self._label_selector,
            field_selector=self._field_selector,
            resource_version=version,
            request_timeout=timeout,
        )

    def _apply(
        self,
        event: WatchEvent[DynamicNamespacedResource],
        update: Callable[[Any], None],
        delete: Callable[[str], None],
    ) -> None:
        uid = pod_key(event.object)
        if event.type is EventType.DELETED:
            self._uids.discard(uid)
            delete(uid)
        else:
            self._uids.add(uid)
            update(event.object)

    async def _list(self) -> list[Any]:
        pods = await self._api.list(
            label_selector=self._label_selector, field_selector=self._field_selector, request_timeout=self._timeout
        )
        self._version = pods.resource_version
        return sorted(pods, key=lambda pod: (pod.metadata.namespace or "", pod.metadata.name or ""))

    async def _list_again(self, update: Callable[[Any], None], delete: Callable[[str], None]) -> None:
        pods = await self._list()
        current = {pod_key(pod) for pod in pods}
        for uid in self._uids - current:
            delete(uid)
        for pod in pods:
            update(pod)
        self._uids = current


def pod_key(pod: Any) -> str:
    """Return the UID of a pod, which differs from that of another pod with the same name."""
    return pod.metadata.uid or f"{pod.metadata.namespace}/{pod.metadata.name}"


def require_container(pod: Any, container: str | None, *, path: str) -> str:
    """Return the name of the container, which may be omitted if the pod has only one."""
    names = regular_containers(pod)
    if container is None and len(names) == 1:
        return names[0]
    name = pod.metadata.name
    if container is None:
        message = f"a container name must be specified for pod {name}, choose one of: [{' '.join(names)}]"
        raise ContainerNameRequired(400, Status(message=message, reason="BadRequest"), "GET", path)
    if container not in container_states(pod):
        message = f"container {container} is not valid for pod {name}"
        raise BadRequest(400, Status(message=message, reason="BadRequest"), "GET", path)
    return container
