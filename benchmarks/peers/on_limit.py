"""The limit: aiohttp and `pydantic_core.from_json`, which knows no names-only reading and no lines."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.subjects.on_aiohttp import AiohttpSubject


class Limit(AiohttpSubject):
    """What `benchmarks` measures too, under the names of a peer."""

    async def list(self) -> int:
        """List 500 Pods as dicts."""
        return await self.list_small()


@asynccontextmanager
async def open_peer(url: str, _: int) -> AsyncIterator[Limit]:
    """Connect."""
    async with Limit(url) as limit:
        yield limit
