"""The connection pools of httpx, one for each way out."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import anyio
import httpx

from kubex.core.exceptions import ConnectError, ConnectionLost, ProxyError, TransportError
from kubex.transport import (
    Connecting,
    ExceptionTable,
    PreparedRequest,
    Proxy,
    TransportConfig,
    map_exceptions,
    proxy_refusal,
)
from kubex_httpx._errors import ERRORS, PROXY_ERRORS
from kubex_httpx._ways import Watch, httpx_request, keep_alive, make_transport

# In seconds: what has not closed by itself after that is left to the operating system.
_CLOSING = 5.0

_UNWATCHED: AbstractContextManager[None] = nullcontext()


@dataclass(slots=True, eq=False)
class Pool:
    """A pool, the exceptions that its way may raise, and how many requests are using it.

    `shared` is whether several of them may have one connection (HTTP/2).
    """

    transport: httpx.AsyncBaseTransport
    errors: ExceptionTable
    proxy: Proxy | None
    shared: bool
    users: int = 0
    retired: bool = False


class Pools:
    """What sends requests: httpx's transports, without the client above them (no cookies, no redirects)."""

    def __init__(self, config: TransportConfig) -> None:
        self.config = config
        self._closed = False
        self._waiting: set[anyio.CancelScope] = set()
        self._pools: dict[tuple[str, bool], Pool] = {}
        self._retired: set[Pool] = set()

    def take(self, request: PreparedRequest, *, alone: bool) -> Pool:
        """Return the pool for a request, which uses it until it is given back; `alone` has a connection to itself."""
        scheme = request.url.partition(":")[0]
        shared = self.config.http2 and not alone
        pool = self._pools.get((scheme, shared))
        if pool is None:
            proxy = self.config.proxies.get(scheme)
            transport = make_transport(self.config, proxy, http2=shared)
            pool = Pool(transport, ERRORS if proxy is None else PROXY_ERRORS, proxy, shared)
            self._pools[scheme, shared] = pool
        pool.users += 1
        return pool

    async def give_back(self, pool: Pool, *, whole: bool) -> None:
        """End the use of a pool; `whole` is whether the answer was read to its end.

        httpx tells the server nothing when it leaves a shared connection in the middle of an answer: the server goes on
        sending, which in the end would hold up all others on it. So that connection is used by no more requests.
        """
        pool.users -= 1
        if pool.shared and not whole and not pool.retired:
            pool.retired = True
            self._retired.add(pool)
            self._pools = {key: kept for key, kept in self._pools.items() if kept is not pool}
        if pool.retired and pool.users == 0:
            self._retired.discard(pool)
            with anyio.move_on_after(_CLOSING, shield=True):
                await pool.transport.aclose()

    async def send(self, request: PreparedRequest, pool: Pool) -> httpx.Response:
        """Send a request and wait for the headers of its answer; the body is still to come."""
        if self._closed:
            raise ConnectError("the transport is closed", request.method, request.url.partition("?")[0])
        connecting = None if pool.proxy is None else Connecting(pool.proxy, request)
        secure = request.url[:6] == "https:"
        watch = Watch(pool.proxy, connecting, secure=secure) if secure or connecting is not None else None
        with connecting or _UNWATCHED, map_exceptions(pool.errors, request), anyio.CancelScope() as waiting:
            self._waiting.add(waiting)
            try:
                response = await pool.transport.handle_async_request(httpx_request(request, watch, pool.proxy))
            except httpx.LocalProtocolError:
                # The original would show the header, which may be a token with a newline at its end.
                problem = "the URL or a header has characters that HTTP does not allow"
                raise TransportError(problem, request.method, request.url.partition("?")[0]) from None
            except httpx.ProxyError as error:
                raise ProxyError(proxy_refusal(str(error))) from None
            except BaseException:
                if watch is not None:
                    await watch.aclose()
                raise
            finally:
                self._waiting.discard(waiting)
            if pool.proxy is not None:
                keep_alive(response)
            if pool.shared:
                pool.shared = response.extensions["http_version"] == b"HTTP/2"
            return response
        raise ConnectionLost("the transport was closed", request.method, request.url.partition("?")[0])

    async def aclose(self) -> None:
        """Close every connection; a request that still waits for its answer ends with ConnectionLost."""
        self._closed = True
        for waiting in tuple(self._waiting):
            waiting.cancel()
        with anyio.move_on_after(_CLOSING, shield=True):
            for pool in (*self._pools.values(), *self._retired):
                await pool.transport.aclose()
