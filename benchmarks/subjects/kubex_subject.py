"""Kubex on an HTTP library, used as documented."""

import gc
import time
from importlib import import_module
from types import TracebackType
from typing import ClassVar

from typing_extensions import Self, override

from benchmarks.pods import Pod
from benchmarks.subjects.base import Subject, require_present
from kubex import Api, Client, ClientConfiguration
from kubex.transport import Backend, ConnectGuard, PreparedRequest, Response, StreamResponse, Transport, wrapped

_POD = "checkout-7d9f6c5b8d-00000"


class KubexSubject(Subject):
    """`Api[Pod]` with a client."""

    def __init__(self, library: str, url: str) -> None:
        self._configuration = ClientConfiguration(url=url)
        self._backend = find_backend(library)

    @override
    async def __aenter__(self) -> Self:
        self._client = Client(self._configuration, backend=self._backend)
        self._api = Api(Pod, self._client, namespace="default")
        self._small = Api(Pod, self._client, namespace="small")
        return self

    @override
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._client.aclose()

    @override
    async def get(self) -> None:
        read_pod(await self._api.get(_POD))

    async def get_names(self) -> int:
        """Get a Pod and read only its name and labels."""
        metadata = (await self._api.get(_POD)).metadata
        require_present(metadata.name, metadata.labels)
        return 1

    @override
    async def list_small(self) -> int:
        items = (await self._small.list()).items
        for item in items:
            read_pod(item)
        return len(items)

    async def list_small_frozen(self) -> int:
        """Do the same with garbage collection paused, and freeze the objects afterwards."""
        gc.disable()
        try:
            return await self.list_small()
        finally:
            gc.freeze()
            gc.enable()

    async def list_small_names(self) -> int:
        """List 500 Pods and read only their names and labels."""
        items = (await self._small.list()).items
        for item in items:
            require_present(item.metadata.name, item.metadata.labels)
        return len(items)

    async def list_small_raw(self) -> int:
        """List 500 Pods as JSON and read only their names."""
        items = (await self._small.raw.list()).items
        for item in items:
            require_present(item.name)
        return len(items)

    @override
    async def list_large(self) -> tuple[int, float]:
        client = Client(self._configuration, backend=wrapped(self._backend, _LastByteTimer))
        async with client:
            items = (await Api(Pod, client, namespace="default").list()).items
            read_pod(items[0])
            return len(items), time.process_time() - _LastByteTimer.last_byte

    async def pages(self) -> int:
        """Read 5000 Pods in pages of 500, without keeping them."""
        count = 0
        async for page in self._api.pages(page_size=500):
            for item in page.items:
                read_pod(item)
            count += len(page.items)
        return count

    @override
    async def watch(self) -> int:
        count = 0
        async with self._api.watch() as events:
            async for event in events:
                require_present(event.type)
                read_pod(event.object)
                count += 1
        return count

    async def watch_names(self) -> int:
        """Watch complete objects and read only their names and labels."""
        count = 0
        async with self._api.watch() as events:
            async for event in events:
                require_present(event.type, event.object.metadata.name, event.object.metadata.labels)
                count += 1
        return count

    async def watch_raw(self) -> int:
        """Watch complete objects as JSON and read only their names."""
        count = 0
        async with self._api.raw.watch() as events:
            async for event in events:
                require_present(event.type, event.object.name)
                count += 1
        return count

    async def watch_metadata(self) -> int:
        """Watch only the metadata: the server omits the other fields."""
        count = 0
        async with self._api.metadata.watch() as events:
            async for event in events:
                require_present(event.type, event.object.metadata.name, event.object.metadata.labels)
                count += 1
        return count

    @override
    async def log(self, limit: int | None = None) -> int:
        size = 0
        async with self._api.logs.stream(_POD, limit_bytes=limit) as log:
            async for line in log:
                size += len(line) + 1
        return size

    async def log_batches(self) -> int:
        """Read a log as lists of lines, and use each line."""
        size = 0
        async with self._api.logs.stream(_POD) as log:
            async for lines in log.batches():
                size += sum(map(len, lines)) + len(lines)
        return size

    async def log_bytes(self) -> int:
        """Read a log as lines of bytes."""
        size = 0
        async with self._api.logs.stream(_POD) as log:
            async for line in log.bytes.lines():
                size += len(line) + 1
        return size

    async def log_chunks(self) -> int:
        """Read a log as chunks, like the limit."""
        size = 0
        async with self._api.logs.stream(_POD) as log:
            async for chunk in log.bytes.chunks():
                size += len(chunk)
        return size


def read_pod(pod: Pod) -> None:
    """Read metadata, spec and status."""
    spec = pod.spec
    require_present(pod.metadata.name, spec.node_name, spec.containers[0].image, pod.status and pod.status.phase)


def find_backend(library: str) -> Backend:
    backend: Backend = import_module(f"kubex_{library}").BACKEND
    return backend


class _LastByteTimer(Transport):
    """A transport that records when the complete response was received."""

    last_byte: ClassVar[float]

    def __init__(self, inner: Transport) -> None:
        super().__init__(inner.config)
        self.errors = inner.errors
        self._inner = inner

    @override
    async def request(self, request: PreparedRequest) -> Response:
        response = await self._inner.request(request)
        _LastByteTimer.last_byte = time.process_time()
        return response

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        return await self._inner.open(request, guard)

    @override
    async def close_connections(self) -> None:
        await self._inner.aclose()
