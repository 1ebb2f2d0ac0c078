"""The open log of one container."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import TracebackType

from typing_extensions import Self

from kubex.api._endpoint import Endpoint
from kubex.api._options import LogOptions
from kubex.client import ByteStream
from kubex.client._client import open_byte_stream
from kubex.client._stream import Lines
from kubex.core._http import Request
from kubex.core._lines import TextSplitter
from kubex.core._wrong_content import check_text
from kubex.core.params import NamespaceTypes, TimeoutTypes
from kubex.models.markers import HasLogs


def log_request(
    endpoint: Endpoint[HasLogs], name: str, options: LogOptions, namespace: NamespaceTypes, timeout: TimeoutTypes
) -> Request:
    """Build the request of a log."""
    path = endpoint.object_path(name, namespace, "logs", "log")
    return endpoint.request("GET", path, timeout, query=options.query(), accept="*/*")


def open_log(
    endpoint: Endpoint[HasLogs], name: str, options: LogOptions, namespace: NamespaceTypes, timeout: TimeoutTypes
) -> LogStream:
    """Return the stream of a log."""
    request = log_request(endpoint, name, options, namespace, timeout)
    stream = open_byte_stream(endpoint.client, request, block="api.logs.stream(name) as log")
    return LogStream(stream, path=request.path)


class LogStream:
    """An open log: iterate over it to read lines of text. `bytes` gives access to the bytes.

    A line of more than 64 MiB raises DecodeError.
    """

    __slots__ = ("_lines", "_path", "_stream")

    def __init__(self, stream: ByteStream, *, path: str) -> None:
        self._stream = stream
        self._path = path
        self._lines = Lines(
            stream, TextSplitter(), description="a line of the log", remedy="; read the log with log.bytes.chunks()"
        )

    async def __aenter__(self) -> Self:
        await self._stream.__aenter__()
        try:
            check_text(self._stream.headers, "the log", path=self._path)  # gateways can send a web page with status 200
        except BaseException:
            await self._stream.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stream.__aexit__(kind, error, traceback)

    def __aiter__(self) -> AsyncIterator[str]:
        return self._lines  # not self, so that each line needs only one coroutine

    async def __anext__(self) -> str:
        return await self._lines.__anext__()

    async def next_batch(self) -> list[str]:
        """Return the lines that have arrived, at least one, and an empty list at the end."""
        return await self._lines.next_batch()

    def batches(self) -> LogBatches:
        """Iterate over lists of lines: the lines that have arrived, at least one.

        This is faster than one step for each line if the log is large. Both ways can be combined.

        Example:
            async with pods.logs.stream("web-0", follow=False) as log:
                async for lines in log.batches():
                    print(len(lines), "lines")
        """
        return LogBatches(self._lines)

    @property
    def bytes(self) -> ByteStream:
        """The log as bytes: `log.bytes.lines()`, `log.bytes.chunks()`. Do not combine it with reading lines of text."""
        return self._stream


class LogBatches:
    """Iterates over the lines of a log in lists."""

    __slots__ = ("_lines",)

    def __init__(self, lines: Lines[str]) -> None:
        self._lines = lines

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[str]:
        batch = await self._lines.next_batch()
        if not batch:
            raise StopAsyncIteration
        return batch
