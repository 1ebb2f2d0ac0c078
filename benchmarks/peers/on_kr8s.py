"""kr8s, whose objects are dicts with attributes, and which gets an object by a list of one."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from benchmarks.peers.base import LARGE, NAME, SMALL, characters, names, walker, whole_camel

# Peers are not installed where types are checked, so they are imported by name.
kr8s: Any = import_module("kr8s.asyncio")
Pod: Any = import_module("kr8s.asyncio.objects").Pod

WALK = walker(lambda kind: ("raw",) if hasattr(kind, "raw") else ())


class Kr8s:
    """Its asynchronous API."""

    def __init__(self, api: Any) -> None:
        self._api = api

    async def get(self) -> int:
        whole_camel(await Pod.get(NAME, namespace=LARGE, api=self._api))
        return 1

    async def list(self) -> int:
        return await self._list(whole_camel)

    async def list_names(self) -> int:
        return await self._list(names)

    async def list_full(self) -> int:
        return await self._list(WALK)

    async def _list(self, read: Callable[[Any], None]) -> int:
        count = 0
        async for pod in self._api.get(Pod, namespace=SMALL):
            read(pod)
            count += 1
        return count

    async def watch(self) -> int:
        return await self._watch(whole_camel)

    async def watch_names(self) -> int:
        return await self._watch(names)

    async def watch_full(self) -> int:
        return await self._watch(WALK)

    async def _watch(self, read: Callable[[Any], None]) -> int:
        count = 0
        async for _, pod in self._api.watch(Pod, namespace=LARGE):
            read(pod)
            count += 1
        return count

    async def log(self) -> int:
        pod = Pod({"metadata": {"name": NAME, "namespace": LARGE}}, api=self._api)
        return await characters(pod.logs(follow=True))


@asynccontextmanager
async def open_peer(url: str, _: int) -> AsyncIterator[Kr8s]:
    """Connect, which asks for the server's version."""
    yield Kr8s(await kr8s.api(url=url, kubeconfig={}, namespace=LARGE))
