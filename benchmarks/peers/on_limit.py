"""The limit: aiohttp and `pydantic_core.from_json`, which knows no names-only reading and no lines."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic_core import from_json

from benchmarks.peers.base import walker
from benchmarks.subjects.base import SMALL_LIST, WATCH
from benchmarks.subjects.on_aiohttp import AiohttpSubject
from benchmarks.subjects.on_dicts import each_event

WALK = walker(lambda _: ())


class Limit(AiohttpSubject):
    """What `benchmarks` measures too, under the names of a peer."""

    async def list(self) -> int:
        """List 500 Pods as dicts."""
        return await self.list_small()

    async def list_full(self) -> int:
        """List 500 Pods as dicts and walk through them."""
        items = from_json(await self.body(SMALL_LIST))["items"]
        for item in items:
            WALK(item)
        return len(items)

    async def watch_full(self) -> int:
        """Walk through the dicts of a watch."""
        async with self.open(WATCH) as chunks:
            return await each_event(chunks, WALK)


@asynccontextmanager
async def open_peer(url: str, _: int) -> AsyncIterator[Limit]:
    """Connect."""
    async with Limit(url) as limit:
        yield limit
