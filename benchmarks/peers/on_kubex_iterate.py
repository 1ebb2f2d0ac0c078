"""The lists of kubex by `iterate()`, with the generated models."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from benchmarks.peers.base import SMALL, names, whole
from benchmarks.peers.on_kubex import WALK
from kubex import Api, Client, ClientChoise, ClientConfiguration, create_client
from kubex.core.params import DecodeMode
from kubex_k8s.v1_37.core.v1 import Pod


class Iterating:
    """`Api[Pod].iterate()`."""

    def __init__(self, client: Client) -> None:
        self._small = Api(Pod, client, namespace=SMALL)

    async def list(self) -> int:
        return await self._read(whole)

    async def list_names(self) -> int:
        return await self._read(names)

    async def list_full(self) -> int:
        return await self._read(WALK, "eager")

    async def _read(self, read: Callable[[Pod], None], decode: DecodeMode = "lazy") -> int:
        count = 0
        async for item in self._small.iterate(decode=decode):
            read(item)
            count += 1
        return count


@asynccontextmanager
async def open_peer(url: str, _: int) -> AsyncIterator[Iterating]:
    """Connect."""
    async with create_client(ClientConfiguration(url=url), client_class=ClientChoise.AIOHTTP) as client:
        yield Iterating(client)
