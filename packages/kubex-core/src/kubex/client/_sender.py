"""Send a request, and send it again if the retry policy allows it or the credentials were renewed."""

import dataclasses
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from time import perf_counter
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import anyio

from kubex.client._request_builder import RequestBuilder
from kubex.client._retry import RetryPolicy
from kubex.client._stream import OpenStream
from kubex.client._tls_config import TLSConfig, TLSConfigLoader
from kubex.client._transport_pool import PooledTransport, TransportPool
from kubex.core._headers import Headers
from kubex.core._http import Request, Response
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

if TYPE_CHECKING:  # only clients with observers or a write hook need it
    from kubex.client._hooks import RequestHooks

logger = logging.getLogger(__name__)

R = TypeVar("R")
UNAUTHORIZED = 401
PROXY_AUTHENTICATION_REQUIRED = 407


class ResponseHead(Protocol):
    """A complete response, or a stream after its headers have arrived."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Headers: ...


A = TypeVar("A", bound=ResponseHead)


class RequestSender(Generic[A]):
    """Sends plain requests or opens streams, which use a dedicated connection."""

    def __init__(
        self,
        pool: TransportPool,
        tls: TLSConfigLoader,
        builder: RequestBuilder,
        credentials: Credentials,
        policy: RetryPolicy | None,
        *,
        send: Callable[[PooledTransport, PreparedRequest], Awaitable[A]],
        discard: Callable[[A], Awaitable[None]],
        compressed: bool,
        dedicated: bool,
        forwarding_proxy: Proxy | None = None,
        hooks: "RequestHooks | None" = None,
    ) -> None:
        self._pool = pool
        self._tls = tls
        self._builder = builder
        self._credentials = credentials
        self._policy = policy
        self._send = send
        self._discard = discard
        self._compressed = compressed
        self._dedicated = dedicated
        self._forwarding_proxy = forwarding_proxy
        self._hooks = hooks

    async def run(self, request: Request, limits: Limits) -> A:
        """Send the request, again if the policy allows it, and return the last response with any status."""
        authentication = await self._credentials.authenticate()
        refreshed = authorities_reloaded = False
        attempt = 0
        delay: float | None = None
        while True:
            attempt += 1
            waited, delay = delay or 0.0, None
            tls_config = await self._tls.load(authentication.tls)
            prepared = self._builder.prepare(
                request, authentication, limits, compressed=self._compressed, dedicated=self._dedicated
            )
            try:
                if self._hooks is None:
                    response = await self._send_once(request, prepared, tls_config)
                else:
                    response = await self._send_with_hooks(
                        self._hooks, request, prepared, tls_config, number=attempt, waited=waited
                    )
            except ServerCertificateError:  # the authority may have been replaced a moment ago
                if authorities_reloaded or not await self._tls.has_changed(tls_config):
                    raise
                authorities_reloaded = True
                continue
            except TLSError as error:  # the server did not process the request, so it can be sent again
                if refreshed or authentication.tls is None:
                    raise
                refreshed = True
                renewed = await self._renew(authentication, reason=str(error))
                if renewed == authentication:
                    raise
                authentication = renewed
                continue
            except (ConnectError, ConnectionLost) as error:
                delay = self._policy.delay_after_error(request, error, attempt) if self._policy is not None else None
                if delay is None:
                    raise
                logger.debug("%s %s: attempt %d failed, next in %.2f s", request.method, request.path, attempt, delay)
            else:
                if response.status < 300:
                    return response
                if response.status == PROXY_AUTHENTICATION_REQUIRED and self._forwarding_proxy is not None:
                    await self._discard(response)
                    problem = f"proxy {self._forwarding_proxy.url}: {proxy_refusal('407')}"
                    raise ProxyError(problem, request.method, request.path)
                if response.status == UNAUTHORIZED and not refreshed:
                    refreshed = True
                    renewed = await self._renew_after_unauthorized(response, request, authentication)
                    if renewed != authentication:
                        authentication = renewed
                        await self._discard(response)
                        continue
                delay = self._retry_delay(request, response, attempt)
                if delay is None:
                    return response
                await self._discard(response)
            await anyio.sleep(delay)
            # The credentials can expire during the delay.
            authentication = await self._credentials.authenticate()

    async def _renew_after_unauthorized(
        self, response: A, request: Request, rejected: Authentication
    ) -> Authentication:
        try:
            reason = f"the response to {request.method} {request.path} had status {response.status}"
            return await self._renew(rejected, reason=reason)
        except BaseException:
            await self._discard(response)
            raise

    async def _renew(self, rejected: Authentication, *, reason: str) -> Authentication:
        try:
            return await self._credentials.authenticate(rejected=rejected)
        except ConfigurationError as error:
            raise dataclasses.replace(error, problem=f"{error.problem}\n({reason})") from error

    def _retry_delay(self, request: Request, response: A, attempt: int) -> float | None:
        if self._policy is None:
            return None
        return self._policy.delay_after_response(request, response.status, response.headers, attempt)

    async def _send_with_hooks(
        self,
        hooks: "RequestHooks",
        request: Request,
        prepared: PreparedRequest,
        tls_config: TLSConfig,
        *,
        number: int,
        waited: float,
    ) -> A:
        hooks.before_write(request)
        attempt = hooks.attempt(request, number=number, waited=waited, streaming=self._dedicated)
        if attempt is None:
            return await self._send_once(request, prepared, tls_config)
        try:
            with hooks.observe(attempt):
                response = await self._send_once(request, hooks.add_headers(prepared, attempt), tls_config)
                body = response.body if isinstance(response, Response) else None
                attempt.set_response(response.status, response.headers, body)
                return response
        finally:
            del attempt  # its error has a traceback that contains this frame

    async def _send_once(self, request: Request, prepared: PreparedRequest, tls_config: TLSConfig) -> A:
        pooled = await self._pool.acquire(tls_config)
        if not logger.isEnabledFor(logging.DEBUG):
            return await self._send(pooled, prepared)
        start = perf_counter()
        try:
            response = await self._send(pooled, prepared)
        except BaseException as error:
            elapsed = perf_counter() - start
            logger.debug("%s %s: %s after %.3f s", request.method, request.path, type(error).__name__, elapsed)
            raise
        logger.debug("%s %s: %d in %.3f s", request.method, request.path, response.status, perf_counter() - start)
        return response


async def send_plain(pooled: PooledTransport, prepared: PreparedRequest) -> Response:
    """Send a request, and release the transport."""
    try:
        return await pooled.transport.request(prepared)
    finally:
        await pooled.release()


async def discard_nothing(_: Response) -> None:
    """Do nothing: a complete response does not hold a connection."""


async def open_stream(pooled: PooledTransport, prepared: PreparedRequest) -> OpenStream:
    """Open a stream, which releases the transport when it is closed."""
    try:
        context: AbstractAsyncContextManager[StreamResponse] = pooled.transport.stream(prepared)
        response = await context.__aenter__()
    except BaseException:
        await pooled.release()
        raise
    return OpenStream(response, context, pooled)


async def discard_stream(opened: OpenStream) -> None:
    """Close a stream before its request is sent again."""
    await opened.close()


async def with_deadline(total: float | None, request: Request, call: Awaitable[R]) -> R:
    """Await a call for at most `total` seconds; raises DeadlineExceeded."""
    if total is None:
        return await call
    # This does the same as `anyio.fail_after`, but takes only two thirds of its time, on every call.
    with anyio.CancelScope(deadline=anyio.current_time() + total):
        return await call
    # Only a cancelled scope leaves the block without a return.
    text = f"no response within the total timeout of {total:g} s"
    raise DeadlineExceeded(text, request.method, request.path)
