"""kubernetes_asyncio."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from benchmarks.other_clients.base import LARGE, NAME, SMALL, count_characters, field_walker, read_names, read_pod

# Type checkers run in an environment without this client, so it is imported by name.
k8s: Any = import_module("kubernetes_asyncio.client")
Watch: Any = import_module("kubernetes_asyncio.watch").Watch

read_all = field_walker(lambda kind: tuple(getattr(kind, "openapi_types", ())))


class KubernetesAsyncio:
    """`CoreV1Api` and `Watch`."""

    def __init__(self, core: Any) -> None:
        self._core = core

    async def get(self) -> int:
        read_pod(await self._core.read_namespaced_pod(NAME, LARGE))
        return 1

    async def list(self) -> int:
        return await self._list(read_pod)

    async def list_names(self) -> int:
        return await self._list(read_names)

    async def list_full(self) -> int:
        return await self._list(read_all)

    async def _list(self, read: Callable[[Any], None]) -> int:
        items = (await self._core.list_namespaced_pod(SMALL)).items
        for item in items:
            read(item)
        return len(items)

    async def watch(self) -> int:
        return await self._watch(read_pod)

    async def watch_names(self) -> int:
        return await self._watch(read_names)

    async def watch_full(self) -> int:
        return await self._watch(read_all)

    async def _watch(self, read: Callable[[Any], None]) -> int:
        count = 0
        async with Watch() as watch:
            async for event in watch.stream(self._core.list_namespaced_pod, LARGE, timeout_seconds=290):
                read(event["object"])
                count += 1
        return count

    async def log(self) -> int:
        async with Watch() as watch:
            return await count_characters(watch.stream(self._core.read_namespaced_pod_log, NAME, LARGE))


@asynccontextmanager
async def open_client(url: str, _: int) -> AsyncIterator[KubernetesAsyncio]:
    """Connect."""
    async with k8s.ApiClient(k8s.Configuration(host=url)) as client:
        yield KubernetesAsyncio(k8s.CoreV1Api(client))
