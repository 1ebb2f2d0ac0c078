"""The limit: the WebSocket of an HTTP library, with the channel protocol written out."""

from abc import abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from importlib import import_module
from types import TracebackType
from typing import Any, Protocol
from urllib.parse import urlencode

import aiohttp
from pydantic_core import from_json
from typing_extensions import Self, override

from benchmarks.streams.cases import INPUT, StreamSubject
from benchmarks.streams.programs import SINK, SOURCE, encode_size
from benchmarks.streams.server import V4, V5

_POD = "/api/v1/namespaces/default/pods/web-0"
_NO_TIMEOUT = aiohttp.ClientTimeout(total=None)
_MESSAGE = b"\x00" + INPUT
_CONFIRMATION = 3
"""The size of the first message of each channel of a port."""


class RawSocket(Protocol):
    """A WebSocket of a library."""

    async def send_bytes(self, data: bytes) -> object:
        """Send a binary message."""

    def messages(self) -> AsyncIterator[bytes]:
        """Yield messages until the WebSocket is closed."""
        ...


class RawStreams(StreamSubject):
    """The same work with a raw WebSocket."""

    @abstractmethod
    def open(self, path: str, subprotocol: str) -> AbstractAsyncContextManager[RawSocket]:
        """Open a WebSocket."""

    def _exec(self, *command: str, stdin: str = "false") -> AbstractAsyncContextManager[RawSocket]:
        query = urlencode({"command": command, "stdin": stdin, "stdout": "true", "stderr": "true"}, doseq=True)
        return self.open(f"{_POD}/exec?{query}", V5)

    @override
    async def exec_output(self, size: int) -> int:
        total = 0
        async with self._exec("source", str(size)) as socket:
            async for message in socket.messages():
                if message[0] == 1:
                    total += len(message) - 1
        return total

    @override
    async def exec_input(self, size: int) -> int:
        async with self._exec("sink", stdin="true") as socket:
            for _ in range(size // len(INPUT)):
                await socket.send_bytes(_MESSAGE)
            return await _end_input(socket)

    @override
    async def port_output(self, size: int) -> int:
        total = 0
        async with self.open(f"{_POD}/portforward?ports={SOURCE}", V4) as socket:
            await socket.send_bytes(b"\x00" + encode_size(size))
            async for message in socket.messages():
                if message[0] == 0:
                    total += len(message) - 1
        return total - (_CONFIRMATION - 1)

    @override
    async def port_input(self, size: int) -> int:
        async with self.open(f"{_POD}/portforward?ports={SINK}", V4) as socket:
            await socket.send_bytes(b"\x00" + encode_size(size))
            for _ in range(size // len(INPUT)):
                await socket.send_bytes(_MESSAGE)
            received = [message[1:] async for message in socket.messages() if message[0] == 0]
            return int(b"".join(received[1:]))

    @override
    async def file_download(self, size: int) -> int:
        # The fastest simple program: no archive, and each write blocks the event loop.
        with self.target.open("xb", buffering=0) as file:
            async with self._exec("source", str(size)) as socket:
                async for message in socket.messages():
                    if message[0] == 1:
                        file.write(memoryview(message)[1:])
            return file.tell()

    @override
    async def file_upload(self, size: int) -> int:
        with self.source.open("rb", buffering=0) as file:
            async with self._exec("sink", stdin="true") as socket:
                while data := file.read(len(INPUT)):
                    await socket.send_bytes(b"\x00" + data)
                return await _end_input(socket)

    @override
    async def file_read(self, size: int) -> int:
        async with self._exec("source", str(size)) as socket:
            return len(b"".join([message[1:] async for message in socket.messages() if message[0] == 1]))

    @override
    async def file_write(self, size: int) -> int:
        view = memoryview(self.content)
        async with self._exec("sink", stdin="true") as socket:
            for start in range(0, size, len(INPUT)):
                await socket.send_bytes(b"".join((b"\x00", view[start : start + len(INPUT)])))
            return await _end_input(socket)

    @override
    async def exec_true(self, count: int) -> int:
        for _ in range(count):
            async with self._exec("true") as socket:
                async for message in socket.messages():
                    if message[0] == 3:
                        assert from_json(message[1:])["status"] == "Success"
        return count


async def _end_input(socket: RawSocket) -> int:
    """Close the standard input; return the number of bytes that the command has received."""
    await socket.send_bytes(b"\xff\x00")
    return int(b"".join([message[1:] async for message in socket.messages() if message[0] == 1]))


class _AiohttpSocket:
    def __init__(self, socket: "aiohttp.ClientWebSocketResponse[bool]") -> None:
        self.send_bytes = socket.send_bytes
        self._socket = socket

    async def messages(self) -> AsyncIterator[bytes]:
        async for message in self._socket:
            yield message.data


class AiohttpStreams(RawStreams):
    """`ws_connect` of aiohttp with default settings."""

    def __init__(self, url: str) -> None:
        self._url = url

    @override
    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=_NO_TIMEOUT)
        return self

    @override
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._session.close()

    @override
    @asynccontextmanager
    async def open(self, path: str, subprotocol: str) -> AsyncIterator[RawSocket]:
        async with self._session.ws_connect(self._url + path, protocols=(subprotocol,)) as socket:
            yield _AiohttpSocket(socket)


class _HttpxSocket:
    def __init__(self, socket: Any, disconnect: type[Exception]) -> None:
        self.send_bytes = socket.send_bytes
        self._socket = socket
        self._disconnect = disconnect

    async def messages(self) -> AsyncIterator[bytes]:
        with suppress(self._disconnect):
            while True:
                yield await self._socket.receive_bytes()


class HttpxStreams(RawStreams):
    """A WebSocket of httpx-ws or httpx2, which have the same API, with default settings and without a limit of time."""

    def __init__(self, library: str, url: str) -> None:
        self._library = import_module(library)
        self._websockets = import_module("httpx_ws" if library == "httpx" else "httpx2.websockets")
        self._url = url

    @override
    async def __aenter__(self) -> Self:
        self._client = self._library.AsyncClient(timeout=None)
        self._connect = self._websockets.AsyncWebSocketClient(self._client).connect
        return self

    @override
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._client.aclose()

    @override
    @asynccontextmanager
    async def open(self, path: str, subprotocol: str) -> AsyncIterator[RawSocket]:
        async with self._connect(self._url + path, subprotocols=[subprotocol]) as socket:
            yield _HttpxSocket(socket, self._websockets.WebSocketDisconnect)
