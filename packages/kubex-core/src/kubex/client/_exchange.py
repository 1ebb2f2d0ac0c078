"""Sending one request until there is an answer to keep: credentials, refusals, retries."""

import dataclasses
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from time import perf_counter
from typing import Generic, Protocol, TypeVar

import anyio

from kubex.client._prepare import Preparer
from kubex.client._retry import RetryPolicy
from kubex.client._stream import OpenStream
from kubex.client._transport_pool import PooledTransport, TransportPool
from kubex.client._trust import TLSMaterial, TLSSource
from kubex.core._headers import Headers
from kubex.core._request import Request
from kubex.core._response import Response
from kubex.credentials import Authentication, Credentials
from kubex.errors import (
    ConfigurationError,
    ConnectError,
    ConnectionLost,
    DeadlineExceeded,
    ProxyError,
    ServerCertificateError,
    TLSError,
)
from kubex.transport import Limits, PreparedRequest, Proxy, StreamResponse, proxy_refusal

logger = logging.getLogger(__name__)

R = TypeVar("R")
UNAUTHORIZED = 401
PROXY_UNAUTHORIZED = 407


class Answer(Protocol):
    """What an attempt brings: at least a status and headers."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Headers: ...


A = TypeVar("A", bound=Answer)


class Exchange(Generic[A]):
    """Sends plain requests, or streams, which may each need a dedicated connection."""

    def __init__(
        self,
        pool: TransportPool,
        tls: TLSSource,
        preparer: Preparer,
        credentials: Credentials,
        policy: RetryPolicy | None,
        *,
        send: Callable[[PooledTransport, PreparedRequest], Awaitable[A]],
        discard: Callable[[A], Awaitable[None]],
        compressed: bool,
        dedicated: bool,
        forwarded_by: Proxy | None = None,
    ) -> None:
        self._pool = pool
        self._tls = tls
        self._preparer = preparer
        self._credentials = credentials
        self._policy = policy
        self._send = send
        self._discard = discard
        self._compressed = compressed
        self._dedicated = dedicated
        self._forwarded_by = forwarded_by

    async def run(self, request: Request, limits: Limits) -> A:
        """Send the request, again where the policy allows, and return the answer whatever its status is."""
        authentication = await self._credentials.authenticate()
        refreshed = distrusted = False
        attempt = 0
        while True:
            attempt += 1
            material = await self._tls.material(authentication.tls)
            try:
                answer = await self._once(request, authentication, material, limits)
            except ServerCertificateError:  # its authority may have been replaced just now
                if distrusted or not await self._tls.has_changed(material):
                    raise
                distrusted = True
                continue
            except TLSError as error:  # nothing of the request was processed
                if refreshed or authentication.tls is None:
                    raise
                refreshed = True
                renewed = await self._renewed(authentication, because=str(error))
                if renewed == authentication:
                    raise
                authentication = renewed
                continue
            except (ConnectError, ConnectionLost) as error:
                delay = self._policy.after_error(request, error, attempt) if self._policy is not None else None
                if delay is None:
                    raise
                logger.debug("%s %s: attempt %d failed, next in %.2f s", request.method, request.path, attempt, delay)
            else:
                if answer.status < 300:
                    return answer
                if answer.status == PROXY_UNAUTHORIZED and self._forwarded_by is not None:
                    await self._discard(answer)
                    problem = f"proxy {self._forwarded_by.url}: {proxy_refusal('407')}"
                    raise ProxyError(problem, request.method, request.path)
                if answer.status == UNAUTHORIZED and not refreshed:
                    refreshed = True
                    renewed = await self._renewed_after(answer, request, authentication)
                    if renewed != authentication:
                        authentication = renewed
                        await self._discard(answer)
                        continue
                delay = self._after(request, answer, attempt)
                if delay is None:
                    return answer
                await self._discard(answer)
            await anyio.sleep(delay)
            authentication = await self._credentials.authenticate()

    async def _renewed_after(self, answer: A, request: Request, refused: Authentication) -> Authentication:
        try:
            because = f"the server had answered {answer.status} to {request.method} {request.path}"
            return await self._renewed(refused, because=because)
        except BaseException:
            await self._discard(answer)
            raise

    async def _renewed(self, refused: Authentication, *, because: str) -> Authentication:
        try:
            return await self._credentials.authenticate(rejected=refused)
        except ConfigurationError as error:
            raise dataclasses.replace(error, problem=f"{error.problem}\n({because})") from error

    def _after(self, request: Request, answer: A, attempt: int) -> float | None:
        if self._policy is None:
            return None
        return self._policy.after_answer(request, answer.status, answer.headers, attempt)

    async def _once(self, request: Request, authentication: Authentication, material: TLSMaterial, limits: Limits) -> A:
        prepared = self._preparer.prepare(
            request, authentication, limits, compressed=self._compressed, dedicated=self._dedicated
        )
        pooled = await self._pool.acquire(material)
        if not logger.isEnabledFor(logging.DEBUG):
            return await self._send(pooled, prepared)
        start = perf_counter()
        try:
            answer = await self._send(pooled, prepared)
        except BaseException as error:
            taken = perf_counter() - start
            logger.debug("%s %s: %s after %.3f s", request.method, request.path, type(error).__name__, taken)
            raise
        logger.debug("%s %s: %d in %.3f s", request.method, request.path, answer.status, perf_counter() - start)
        return answer


async def send_plain(pooled: PooledTransport, prepared: PreparedRequest) -> Response:
    """Send a request and end the use of the transport."""
    try:
        return await pooled.transport.request(prepared)
    finally:
        await pooled.release()


async def nothing_to_discard(_: Response) -> None:
    """A whole answer holds nothing open."""


async def open_stream(pooled: PooledTransport, prepared: PreparedRequest) -> OpenStream:
    """Open a stream, which uses the transport until it is closed."""
    try:
        context: AbstractAsyncContextManager[StreamResponse] = pooled.transport.stream(prepared)
        response = await context.__aenter__()
    except BaseException:
        await pooled.release()
        raise
    return OpenStream(response, context, pooled)


async def discard_stream(opened: OpenStream) -> None:
    """Close a stream whose answer is not kept."""
    await opened.close()


async def within(total: float | None, request: Request, call: Awaitable[R]) -> R:
    """Await a call for at most `total` seconds; raises DeadlineExceeded."""
    if total is None:
        return await call
    # What `anyio.fail_after` does, at two thirds of its cost on every call.
    with anyio.CancelScope(deadline=anyio.current_time() + total):
        return await call
    text = f"no answer within the total timeout of {total:g} s"
    raise DeadlineExceeded(text, request.method, request.path)
