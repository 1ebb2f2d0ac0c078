"""Kubex on aiohttp with the generated models."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from benchmarks.other_clients.base import LARGE, NAME, SMALL, count_characters, field_walker, read_names, read_pod
from kubex import Api, Client, ClientChoise, ClientConfiguration, create_client
from kubex.core.params import DecodeMode
from kubex_k8s.v1_37.core.v1 import Pod

read_all = field_walker(lambda kind: tuple(getattr(kind, "model_fields", ())))


class Kubex:
    """`Api[Pod]`."""

    def __init__(self, client: Client) -> None:
        self._pods = Api(Pod, client, namespace=LARGE)
        self._small = Api(Pod, client, namespace=SMALL)

    async def get(self) -> int:
        read_pod(await self._pods.get(NAME))
        return 1

    async def list(self) -> int:
        return await self._list(read_pod)

    async def list_names(self) -> int:
        return await self._list(read_names)

    async def list_full(self) -> int:
        return await self._list(read_all, "eager")

    async def _list(self, read: Callable[[Pod], None], decode: DecodeMode = "lazy") -> int:
        listed = await self._small.list(decode=decode)
        for item in listed:
            read(item)
        return len(listed)

    async def watch(self) -> int:
        return await self._watch(read_pod)

    async def watch_names(self) -> int:
        return await self._watch(read_names)

    async def watch_full(self) -> int:
        return await self._watch(read_all, "eager")

    async def _watch(self, read: Callable[[Pod], None], decode: DecodeMode = "lazy") -> int:
        count = 0
        async with self._pods.watch(decode=decode) as events:
            async for event in events:
                read(event.object)
                count += 1
        return count

    async def log(self) -> int:
        async with self._pods.logs.stream(NAME) as lines:
            return await count_characters(aiter(lines))


@asynccontextmanager
async def open_client(url: str, _: int) -> AsyncIterator[Kubex]:
    """Connect."""
    async with create_client(ClientConfiguration(url=url), client_class=ClientChoise.AIOHTTP) as client:
        yield Kubex(client)
