"""The limit on httpx or httpx2, which have the same API: the library and `pydantic_core.from_json`."""

import time
from importlib import import_module
from types import TracebackType

from pydantic_core import from_json
from typing_extensions import Self, override

from benchmarks.subjects.base import LARGE_LIST, LOG, POD, SMALL_LIST, WATCH, Subject
from benchmarks.subjects.dict_readers import read_events, read_log, read_pod


class HttpxSubject(Subject):
    """A client of the library with default settings."""

    def __init__(self, library: str, url: str) -> None:
        self._library = import_module(library)
        self._url = url

    @override
    async def __aenter__(self) -> Self:
        self._client = self._library.AsyncClient()
        return self

    @override
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def _body(self, path: str) -> bytes:
        response = await self._client.get(self._url + path)
        content: bytes = response.raise_for_status().content
        return content

    @override
    async def get(self) -> None:
        read_pod(from_json(await self._body(POD)))

    @override
    async def list_small(self) -> int:
        items = from_json(await self._body(SMALL_LIST))["items"]
        for item in items:
            read_pod(item)
        return len(items)

    @override
    async def list_large(self) -> tuple[int, float]:
        body = await self._body(LARGE_LIST)
        start = time.process_time()
        items = from_json(body)["items"]
        read_pod(items[0])
        return len(items), time.process_time() - start

    @override
    async def watch(self) -> int:
        async with self._client.stream("GET", self._url + WATCH, timeout=None) as response:
            response.raise_for_status()
            return await read_events(response.aiter_raw())

    @override
    async def log(self, limit: int | None = None) -> int:
        path = LOG if limit is None else f"{LOG}&limitBytes={limit}"
        async with self._client.stream("GET", self._url + path, timeout=None) as response:
            response.raise_for_status()
            return await read_log(response.aiter_raw())
