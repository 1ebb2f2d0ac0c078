"""The limit: aiohttp and `pydantic_core.from_json`. It always decodes complete objects, and does not split logs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic_core import from_json

from benchmarks.other_clients.base import field_walker
from benchmarks.subjects.aiohttp_subject import AiohttpSubject
from benchmarks.subjects.base import SMALL_LIST, WATCH
from benchmarks.subjects.dict_readers import read_events

read_all = field_walker(lambda _: ())


class Limit(AiohttpSubject):
    """The limit of `python -m benchmarks`, with the methods of a `BenchmarkClient`."""

    async def list(self) -> int:
        """List 500 Pods as dicts."""
        return await self.list_small()

    async def list_full(self) -> int:
        """List 500 Pods as dicts and read every field."""
        items = from_json(await self.body(SMALL_LIST))["items"]
        for item in items:
            read_all(item)
        return len(items)

    async def watch_full(self) -> int:
        """Read every field of the dicts of a watch."""
        async with self.open(WATCH) as chunks:
            return await read_events(chunks, read_all)


@asynccontextmanager
async def open_client(url: str, _: int) -> AsyncIterator[Limit]:
    """Connect."""
    async with Limit(url) as limit:
        yield limit
