"""The asynchronous client of lightkube."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
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
config: Any = import_module("lightkube.config.models")
lightkube: Any = import_module("lightkube")
Pod: Any = import_module("lightkube.resources.core_v1").Pod

read_all = field_walker(lambda kind: getattr(kind, "__struct_fields__", ()))


class Lightkube:
    """`AsyncClient`. Its objects are msgspec structs."""

    def __init__(self, client: Any, events: int) -> None:
        self._client = client
        self._events = events

    async def get(self) -> int:
        read_pod_camel_case(await self._client.get(Pod, NAME, namespace=LARGE))
        return 1

    async def list(self) -> int:
        return await self._list(read_pod_camel_case)

    async def list_names(self) -> int:
        return await self._list(read_names)

    async def list_full(self) -> int:
        return await self._list(read_all)

    async def _list(self, read: Callable[[Any], None]) -> int:
        count = 0
        async for pod in self._client.list(Pod, namespace=SMALL):
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
        async with aclosing(self._client.watch(Pod, namespace=LARGE)) as events:
            async for _, pod in events:
                read(pod)
                count += 1
                if count == self._events:
                    break  # otherwise lightkube starts a new watch
        return count

    async def log(self) -> int:
        return await count_characters(self._client.log(NAME, namespace=LARGE, follow=True))


@asynccontextmanager
async def open_client(url: str, events: int) -> AsyncIterator[Lightkube]:
    """Connect."""
    server = lightkube.KubeConfig.from_one(cluster=config.Cluster(server=url), user=config.User())
    client = lightkube.AsyncClient(config=server, trust_env=False)
    async with client:
        yield Lightkube(client, events)
