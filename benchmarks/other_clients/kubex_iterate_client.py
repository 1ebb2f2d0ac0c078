"""Lists with `Api.iterate()` on aiohttp, with the generated models."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from benchmarks.other_clients.base import SMALL, read_names, read_pod
from benchmarks.other_clients.kubex_client import read_all
from kubex import Api, Client, ClientChoise, ClientConfiguration, create_client
from kubex.core.params import DecodeMode
from kubex_k8s.v1_37.core.v1 import Pod


class KubexIterate:
    """`Api[Pod].iterate()`."""

    def __init__(self, client: Client) -> None:
        self._small = Api(Pod, client, namespace=SMALL)

    async def list(self) -> int:
        return await self._read(read_pod)

    async def list_names(self) -> int:
        return await self._read(read_names)

    async def list_full(self) -> int:
        return await self._read(read_all, "eager")

    async def _read(self, read: Callable[[Pod], None], decode: DecodeMode = "lazy") -> int:
        count = 0
        async for item in self._small.iterate(decode=decode):
            read(item)
            count += 1
        return count


@asynccontextmanager
async def open_client(url: str, _: int) -> AsyncIterator[KubexIterate]:
    """Connect."""
    async with create_client(ClientConfiguration(url=url), client_class=ClientChoise.AIOHTTP) as client:
        yield KubexIterate(client)
