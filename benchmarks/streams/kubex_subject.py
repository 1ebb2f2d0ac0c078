"""Kubex on an HTTP library."""

from types import TracebackType

import anyio
from typing_extensions import Self, override

from benchmarks.streams.cases import INPUT, StreamSubject
from benchmarks.streams.programs import SINK, SOURCE, encode_size
from benchmarks.subjects.kubex_subject import find_backend
from kubex import Api, Client, ClientConfiguration
from kubex_k8s.v1_37.core.v1 import Pod


class KubexStreams(StreamSubject):
    """`api.exec`, `api.portforward` and `api.files`."""

    def __init__(self, library: str, url: str) -> None:
        self._configuration = ClientConfiguration(url=url)
        self._backend = find_backend(library)

    @override
    async def __aenter__(self) -> Self:
        self._client = Client(self._configuration, backend=self._backend)
        self._pods = Api(Pod, self._client, namespace="default")
        return self

    @override
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._client.aclose()

    @override
    async def exec_output(self, size: int) -> int:
        total = 0
        async with self._pods.exec.stream("web-0", ["source", str(size)]) as process:
            async for _, data in process:
                total += len(data)
            assert await process.wait() == 0
        return total

    @override
    async def exec_input(self, size: int) -> int:
        async with self._pods.exec.stream("web-0", ["sink"], stdin=True) as process:
            stdin = process.stdin
            for _ in range(size // len(INPUT)):
                await stdin.send(INPUT)
            await stdin.aclose()
            return int(b"".join([data async for _, data in process]))

    @override
    async def port_output(self, size: int) -> int:
        total = 0
        async with self._pods.portforward.forward("web-0", SOURCE) as stream:
            await stream.send(encode_size(size))
            async for data in stream:
                total += len(data)
        return total

    @override
    async def port_input(self, size: int) -> int:
        async with self._pods.portforward.forward("web-0", SINK) as stream:
            await stream.send(encode_size(size))
            for _ in range(size // len(INPUT)):
                await stream.send(INPUT)
            return int(b"".join([data async for data in stream]))

    @override
    async def file_download(self, size: int) -> int:
        await self._pods.files.download("web-0", f"/data/{size}", self.target)
        return (await anyio.Path(self.target).stat()).st_size

    @override
    async def file_upload(self, size: int) -> int:
        await self._pods.files.upload("web-0", self.source, "/data/copy")
        return size

    @override
    async def file_read(self, size: int) -> int:
        return len(await self._pods.files.read("web-0", f"/data/{size}"))

    @override
    async def file_write(self, size: int) -> int:
        await self._pods.files.write("web-0", "/data/copy", self.content)
        return size

    @override
    async def exec_true(self, count: int) -> int:
        for _ in range(count):
            result = await self._pods.exec.run("web-0", "true")
            assert result.exit_code == 0
        return count
