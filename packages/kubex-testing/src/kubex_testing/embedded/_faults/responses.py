"""Faults that apply to any request: other responses, delays and lost connections."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import Future
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

from kubex_testing.embedded import _errors as errors
from kubex_testing.embedded._encode import dumps
from kubex_testing.embedded._http import DropConnectionError
from kubex_testing.embedded._messages import RecordedRequest, Response, plain_text_response
from kubex_testing.embedded._negotiation import JSON

from .base import FaultAction

_THROTTLED = "Too many requests, please try again later.\n"


@dataclass(frozen=True)
class Answer(FaultAction):
    """Send this response instead of handling the request.

    Example:
        server.inject("GET /readyz", Answer(503, b"not ready"))
        with pytest.raises(ServiceUnavailable):
            await client.request("GET", "/readyz")
    """

    status: int
    body: bytes = b""
    headers: Sequence[tuple[str, str]] = (("Content-Type", "text/plain; charset=utf-8"),)

    async def intercept(self, request: RecordedRequest) -> Response:
        return Response(self.status, list(self.headers), self.body)


@dataclass(frozen=True)
class Throttle(FaultAction):
    """Reject the request with 429, as a server does that receives too many requests.

    `body` is `text` for the plain text of API Priority and Fairness, or `status` for the Status "storage is
    (re)initializing" of a kind whose cache is not ready. `retry_after` is in seconds.

    Example:
        with server.inject("list configmaps", Throttle(retry_after=0), times=2) as fault:
            await config_maps.list()  # the client repeats the request
        assert fault.hits == 2
    """

    retry_after: int = 1
    body: Literal["text", "status"] = "text"

    async def intercept(self, request: RecordedRequest) -> Response:
        header = ("Retry-After", str(self.retry_after))
        if self.body == "text":
            return plain_text_response(429, _THROTTLED, [header, ("X-Content-Type-Options", "nosniff")])
        document = errors.storage_initializing(self.retry_after).status()
        return Response(429, [("Content-Type", JSON), header], dumps(document) + b"\n")


@dataclass(frozen=True)
class AddHeaders(FaultAction):
    """Handle the request, then add these headers to the response.

    Example:
        server.inject("get configmaps", AddHeaders([("Warning", '299 - "v1 ConfigMap is too old"')]))
        with pytest.warns(ApiWarning, match="too old"):
            await config_maps.get("settings")
    """

    headers: Sequence[tuple[str, str]]

    async def change_response(self, request: RecordedRequest, response: Response) -> Response:
        response.headers.extend(self.headers)
        return response


@dataclass(frozen=True)
class Drop(FaultAction):
    """Close the connection instead of sending a complete response.

    `when` is `head` (after the request headers), `request` (after the complete request, without handling it),
    `response` (after handling the request, so that its effects remain but the response is lost) or `body` (after
    `after_bytes` bytes of the response body).

    Example:
        server.inject("create configmaps", Drop("response"))
        with pytest.raises(ConnectionLost):
            await config_maps.create(ConfigMap(metadata=ObjectMeta(name="colors")))
        assert (await config_maps.get("colors")).metadata.name == "colors"
    """

    when: Literal["head", "request", "response", "body"] = "request"
    after_bytes: int = 0

    @property
    def at_head(self) -> bool:
        """Whether the connection is dropped after the request headers."""
        return self.when == "head"

    async def intercept(self, request: RecordedRequest) -> None:
        if self.when == "request":
            raise DropConnectionError

    async def change_response(self, request: RecordedRequest, response: Response) -> Response:
        if self.when == "response":
            raise DropConnectionError
        if self.when == "body":
            # The HTTP connection truncates complete bodies. Streams are truncated here.
            response.cut_at = self.after_bytes
            if response.chunks is not None:
                response.chunks = _truncate(response.chunks, self.after_bytes)
        return response


@dataclass(frozen=True)
class Slow(FaultAction):
    """Send the response body at this rate, in bytes per second of the server's clock.

    It applies in addition to other faults.

    Example:
        server.inject("list configmaps", Slow(bytes_per_second=100_000))
        page = await config_maps.list()
    """

    combines = True

    bytes_per_second: int

    def __post_init__(self) -> None:
        if self.bytes_per_second < 1:
            raise ValueError(f"bytes_per_second={self.bytes_per_second!r} is not a positive number")

    async def change_response(self, request: RecordedRequest, response: Response) -> Response:
        if response.chunks is not None:
            response.chunks = self._pace(response.chunks)
        elif response.body:
            body, response.body = response.body, b""
            response.chunks = self._pace(_single_chunk(body))
        return response

    async def _pace(self, chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        size = max(self.bytes_per_second // 10, 1)
        async with aclosing(chunks):
            async for chunk in chunks:
                for start in range(0, len(chunk), size):
                    part = chunk[start : start + size]
                    yield part
                    await asyncio.sleep(len(part) / self.bytes_per_second)


class Gate(FaultAction):
    """The base of faults that wait until the test releases them."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        """Set when the first request waits."""
        self._lock = threading.Lock()
        self._released = False
        self._waiting: list[Future[None]] = []

    def release(self) -> None:
        """Release all waiting and future requests."""
        with self._lock:
            self._released = True
            waiting, self._waiting = self._waiting, []
        for future in waiting:
            # This returns False if the waiting request was cancelled.
            if future.set_running_or_notify_cancel():
                future.set_result(None)

    async def wait(self) -> None:
        """Wait until `release()`. The server calls this method."""
        future: Future[None] = Future()
        with self._lock:
            if self._released:
                return
            self._waiting.append(future)
        self.arrived.set()
        await asyncio.wrap_future(future)


class Delay(Gate):
    """Hold matching requests until `release()`. `arrived` is set when the first request waits.

    Example:
        delay = Delay()
        server.inject("list configmaps", delay)
        with anyio.move_on_after(0.1) as scope:
            await config_maps.list()
        assert scope.cancelled_caught
        delay.release()
    """

    async def intercept(self, request: RecordedRequest) -> None:
        await self.wait()


async def _single_chunk(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body


async def _truncate(chunks: AsyncGenerator[bytes, None], limit: int) -> AsyncGenerator[bytes, None]:
    async with aclosing(chunks):
        async for chunk in chunks:
            yield chunk[:limit]
            limit -= len(chunk)
            if limit <= 0:
                raise DropConnectionError


@dataclass(frozen=True)
class Run(FaultAction):
    """Run a function of the request: before it is handled (`request`), or before its response is sent (`response`).

    The function runs in a separate thread while the request waits, so it can use the server and send other requests. It
    runs in addition to other faults.

    Example:
        created = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "late"}}
        server.inject("list configmaps", Run(lambda request: server.load([created])))
        objects = await config_maps.list()
        async with config_maps.watch(resource_version=objects.resource_version) as events:
            assert (await anext(events)).object.metadata.name == "late"
    """

    combines = True

    function: Callable[[RecordedRequest], object]
    when: Literal["request", "response"] = "response"

    async def intercept(self, request: RecordedRequest) -> None:
        if self.when == "request":
            await asyncio.to_thread(self.function, request)

    async def change_response(self, request: RecordedRequest, response: Response) -> Response:
        if self.when == "response":
            await asyncio.to_thread(self.function, request)
        return response
