"""The logs of pods."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from types import TracebackType

from typing_extensions import Self

from kubex.api._endpoint import Endpoint
from kubex.api._options import LogOptions
from kubex.client import ByteStream
from kubex.client._client import open_byte_stream, send_request
from kubex.client._stream import Lines
from kubex.core._http import Request, Response
from kubex.core._lines import TextSplitter
from kubex.core._wrong_content import check_text
from kubex.core.params import NamespaceTypes, TimeoutTypes
from kubex.errors import ConfigurationError
from kubex.models.markers import HasLogs


class Logs:
    """The logs of pods: `pods.logs`.

    See https://kubernetes.io/docs/concepts/cluster-administration/logging/.
    """

    def __init__(self, endpoint: Endpoint[HasLogs]) -> None:
        self._endpoint = endpoint

    async def get(
        self,
        name: str,
        *,
        container: str | None = None,
        previous: bool = False,
        since_seconds: int | None = None,
        since_time: datetime | None = None,
        tail_lines: int | None = None,
        limit_bytes: int | None = None,
        timestamps: bool = False,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> str:
        """Return the log of a container as text. Bytes that are not UTF-8 are replaced by U+FFFD.

        Args:
            name: the name of the pod.
            container: the name of the container. It is required if the pod has several containers.
            previous: return the log of the previous run of the container.
            since_seconds: return only lines of the last seconds.
            since_time: return only lines after this time, a datetime with a time zone.
            tail_lines: return only this number of lines from the end.
            limit_bytes: return at most this number of bytes.
            timestamps: start each line with its time, in RFC 3339 format.

        Raises:
            BadRequest: the container is not specified, does not exist or has not started.
            NotFound: the pod does not exist.
            ConfigurationError: both `since_seconds` and `since_time` are set, or `since_time` does not have a time
                zone.

        Example:
            print(await pods.logs.get("web-0", container="app", tail_lines=20))
        """
        options = LogOptions(
            container=container,
            previous=previous or None,
            since_seconds=since_seconds,
            since_time=_format_since_time(since_time, since_seconds),
            tail_lines=tail_lines,
            limit_bytes=limit_bytes,
            timestamps=timestamps or None,
        )
        request = self._request(name, options, namespace, request_timeout)
        return await send_request(self._endpoint.client, request, lambda response: _decode_text(response, request.path))

    def stream(
        self,
        name: str,
        *,
        container: str | None = None,
        follow: bool = True,
        previous: bool = False,
        since_seconds: int | None = None,
        since_time: datetime | None = None,
        tail_lines: int | None = None,
        limit_bytes: int | None = None,
        timestamps: bool = False,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> LogStream:
        """Read a log line by line while it is written: `async with pods.logs.stream(name) as log`.

        The iteration ends when the container ends. Leaving the block closes the connection. The other arguments and the
        errors are those of `get()`; errors of the server are raised when the block is entered.

        Args:
            follow: with False, the iteration ends at the current end of the log.
            request_timeout: by default there is no time limit for the stream, only for the response headers.

        Example:
            async with pods.logs.stream("web-0", tail_lines=10) as log:
                async for line in log:
                    print(line)
        """
        options = LogOptions(
            container=container,
            follow=follow or None,
            previous=previous or None,
            since_seconds=since_seconds,
            since_time=_format_since_time(since_time, since_seconds),
            tail_lines=tail_lines,
            limit_bytes=limit_bytes,
            timestamps=timestamps or None,
        )
        request = self._request(name, options, namespace, request_timeout)
        stream = open_byte_stream(self._endpoint.client, request, block="api.logs.stream(name) as log")
        return LogStream(stream, path=request.path)

    def _request(
        self, name: str, options: LogOptions, namespace: NamespaceTypes, request_timeout: TimeoutTypes
    ) -> Request:
        path = self._endpoint.object_path(name, namespace, "logs", "log")
        return self._endpoint.request("GET", path, request_timeout, query=options.query(), accept="*/*")


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


def _decode_text(response: Response, path: str) -> str:
    check_text(response.headers, "the log", path=path)
    return response.body.decode("utf-8", "replace")


def _format_since_time(since_time: datetime | None, since_seconds: int | None) -> str | None:
    if since_time is None:
        return None
    if since_seconds is not None:
        raise ConfigurationError("pass since_seconds or since_time, not both", field="since_time")
    if not isinstance(since_time, datetime):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"since_time must be a datetime with a time zone, not {type(since_time).__name__}")
    if since_time.tzinfo is None:
        raise ConfigurationError("must have a time zone, such as datetime.now(timezone.utc)", field="since_time")
    return since_time.isoformat()
