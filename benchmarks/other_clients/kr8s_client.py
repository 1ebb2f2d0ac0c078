"""kr8s. Its objects are dicts with attributes. It gets an object with a list request that has a field selector."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from benchmarks.other_clients.base import (
    LARGE,
    NAME,
    SMALL,
    count_characters,
    field_walker,
    read_names,
    read_pod_camel_case,
)

# Type checkers run in an environment without this client, so it is imported by name.
kr8s: Any = import_module("kr8s.asyncio")
Pod: Any = import_module("kr8s.asyncio.objects").Pod

read_all = field_walker(lambda kind: ("raw",) if hasattr(kind, "raw") else ())


class Kr8s:
    """The asynchronous API of kr8s."""

    def __init__(self, api: Any) -> None:
        self._api = api

    async def get(self) -> int:
        read_pod_camel_case(await Pod.get(NAME, namespace=LARGE, api=self._api))
        return 1

    async def list(self) -> int:
        return await self._list(read_pod_camel_case)

    async def list_names(self) -> int:
        return await self._list(read_names)

    async def list_full(self) -> int:
        return await self._list(read_all)

    async def _list(self, read: Callable[[Any], None]) -> int:
        count = 0
        async for pod in self._api.get(Pod, namespace=SMALL):
            read(pod)
            count += 1
        return count

    async def watch(self) -> int:
        return await self._watch(read_pod_camel_case)

    async def watch_names(self) -> int:
        return await self._watch(read_names)

    async def watch_full(self) -> int:
        return await self._watch(read_all)

    async def _watch(self, read: Callable[[Any], None]) -> int:
        count = 0
        async for _, pod in self._api.watch(Pod, namespace=LARGE):
            read(pod)
            count += 1
        return count

    async def log(self) -> int:
        pod = Pod({"metadata": {"name": NAME, "namespace": LARGE}}, api=self._api)
        return await count_characters(pod.logs(follow=True))


@asynccontextmanager
async def open_client(url: str, _: int) -> AsyncIterator[Kr8s]:
    """Connect; kr8s requests the version of the server."""
    yield Kr8s(await kr8s.api(url=url, kubeconfig={}, namespace=LARGE))
