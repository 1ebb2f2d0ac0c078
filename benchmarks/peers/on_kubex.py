"""Kubex on aiohttp, with the generated models."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from benchmarks.peers.base import LARGE, NAME, SMALL, characters, names, walker, whole
from kubex import Api, Client, ClientChoise, ClientConfiguration, create_client
from kubex.core.params import DecodeMode
from kubex_k8s.v1_37.core.v1 import Pod

WALK = walker(lambda kind: tuple(getattr(kind, "model_fields", ())))


class Kubex:
    """`Api[Pod]`."""

    def __init__(self, client: Client) -> None:
        self._pods = Api(Pod, client, namespace=LARGE)
        self._small = Api(Pod, client, namespace=SMALL)

    async def get(self) -> int:
        whole(await self._pods.get(NAME))
        return 1

    async def list(self) -> int:
        return await self._list(whole)

    async def list_names(self) -> int:
        return await self._list(names)

    async def list_full(self) -> int:
        return await self._list(WALK, "eager")

    async def _list(self, read: Callable[[Pod], None], decode: DecodeMode = "lazy") -> int:
        listed = await self._small.list(decode=decode)
        for item in listed:
            read(item)
        return len(listed)

    async def watch(self) -> int:
        return await self._watch(whole)

    async def watch_names(self) -> int:
        return await self._watch(names)

    async def watch_full(self) -> int:
        return await self._watch(WALK, "eager")

    async def _watch(self, read: Callable[[Pod], None], decode: DecodeMode = "lazy") -> int:
        count = 0
        async with self._pods.watch(decode=decode) as events:
            async for event in events:
                read(event.object)
                count += 1
        return count

    async def log(self) -> int:
        async with self._pods.logs.stream(NAME) as lines:
            return await characters(aiter(lines))


@asynccontextmanager
async def open_peer(url: str, _: int) -> AsyncIterator[Kubex]:
    """Connect."""
    async with create_client(ClientConfiguration(url=url), client_class=ClientChoise.AIOHTTP) as client:
        yield Kubex(client)
