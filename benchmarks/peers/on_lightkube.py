"""lightkube's asynchronous client."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from importlib import import_module
from typing import Any

from benchmarks.peers.base import LARGE, NAME, SMALL, characters, names, walker, whole_camel

# Peers are not installed where types are checked, so they are imported by name.
config: Any = import_module("lightkube.config.models")
lightkube: Any = import_module("lightkube")
Pod: Any = import_module("lightkube.resources.core_v1").Pod

WALK = walker(lambda kind: getattr(kind, "__struct_fields__", ()))


class Lightkube:
    """`AsyncClient`, whose objects are structs of msgspec."""

    def __init__(self, client: Any, events: int) -> None:
        self._client = client
        self._events = events

    async def get(self) -> int:
        whole_camel(await self._client.get(Pod, NAME, namespace=LARGE))
        return 1

    async def list(self) -> int:
        return await self._list(whole_camel)

    async def list_names(self) -> int:
        return await self._list(names)

    async def list_full(self) -> int:
        return await self._list(WALK)

    async def _list(self, read: Callable[[Any], None]) -> int:
        count = 0
        async for pod in self._client.list(Pod, namespace=SMALL):
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
        async with aclosing(self._client.watch(Pod, namespace=LARGE)) as events:
            async for _, pod in events:
                read(pod)
                count += 1
                if count == self._events:
                    break  # it would watch again
        return count

    async def log(self) -> int:
        return await characters(self._client.log(NAME, namespace=LARGE, follow=True))


@asynccontextmanager
async def open_peer(url: str, events: int) -> AsyncIterator[Lightkube]:
    """Connect."""
    server = lightkube.KubeConfig.from_one(cluster=config.Cluster(server=url), user=config.User())
    client = lightkube.AsyncClient(config=server, trust_env=False)
    async with client:
        yield Lightkube(client, events)
