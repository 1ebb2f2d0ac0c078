"""The limit on aiohttp: aiohttp and `pydantic_core.from_json`."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType

import aiohttp
from pydantic_core import from_json
from typing_extensions import Self, override

from benchmarks.subjects.base import BUFFER, LARGE_LIST, LOG, POD, SMALL_LIST, WATCH, Subject
from benchmarks.subjects.dict_readers import read_events, read_log, read_pod

_NO_TIMEOUT = aiohttp.ClientTimeout(total=None)


class AiohttpSubject(Subject):
    """An aiohttp session with default settings, except for its read buffer."""

    def __init__(self, url: str) -> None:
        self._url = url

    @override
    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(read_bufsize=BUFFER)
        return self

    @override
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._session.close()

    async def body(self, path: str) -> bytes:
        """Return the body of a response."""
        async with self._session.get(self._url + path) as response:
            response.raise_for_status()
            return await response.read()

    @override
    async def get(self) -> None:
        read_pod(from_json(await self.body(POD)))

    @override
    async def list_small(self) -> int:
        items = from_json(await self.body(SMALL_LIST))["items"]
        for item in items:
            read_pod(item)
        return len(items)

    @override
    async def list_large(self) -> tuple[int, float]:
        body = await self.body(LARGE_LIST)
        start = time.process_time()
        items = from_json(body)["items"]
        read_pod(items[0])
        return len(items), time.process_time() - start

    @asynccontextmanager
    async def open(self, path: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open a stream and yield its chunks as they arrive."""
        async with self._session.get(self._url + path, timeout=_NO_TIMEOUT) as response:
            response.raise_for_status()
            yield response.content.iter_any()

    @override
    async def watch(self) -> int:
        async with self.open(WATCH) as chunks:
            return await read_events(chunks)

    @override
    async def log(self, limit: int | None = None) -> int:
        path = LOG if limit is None else f"{LOG}&limitBytes={limit}"
        async with self._session.get(self._url + path, timeout=_NO_TIMEOUT) as response:
            response.raise_for_status()
            return await read_log(response.content.iter_any())
