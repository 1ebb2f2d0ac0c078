"""The transport: HTTP/1.1 with h11, on sockets of AnyIO."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import anyio
import h11
from anyio.abc import ByteStream, SocketAttribute
from anyio.streams.tls import TLSStream

from kubex import transport as contract
from kubex.errors import ConnectError, ConnectionLost, TLSError, TransportError
from kubex.transport import ConnectGuard, IdleConnections, Phase, PreparedRequest, RequestLimiter, TransportConfig

PART = 2**16  # the size of one read and one write
MAXIMUM_HEAD = 2**16  # h11 accepts 16 KiB by default, and a backend must accept 64 KiB
TOO_LARGE = "the headers of the response are too large"
BROKEN = (OSError, anyio.BrokenResourceError, anyio.ClosedResourceError)


class ConnectFailed(Exception):
    """No connection was opened. The cause is the reason."""


class LimitExceeded(Exception):
    """A time limit was exceeded. The argument is its phase."""


@contextmanager
def limit(phase: Phase, seconds: float | None) -> Iterator[None]:
    with anyio.move_on_after(seconds) as scope:
        yield
    if scope.cancelled_caught:
        raise LimitExceeded(phase)


ERRORS: contract.ExceptionTable = (
    (lambda error: error.args == (Phase.CONNECT,), Phase.CONNECT),
    (lambda error: error.args == (Phase.WRITE,), Phase.WRITE),
    (LimitExceeded, Phase.READ),
    (lambda error: isinstance(error, ConnectFailed) and contract.caused_by_tls(error), TLSError),
    (ConnectFailed, ConnectError),
    (contract.refused_by_tls_alert, TLSError),
    ((*BROKEN, h11.RemoteProtocolError), ConnectionLost),
    (Exception, TransportError),
)


class Connection:
    """One connection to the server."""

    def __init__(self, stream: ByteStream) -> None:
        self.stream = stream
        self.socket = stream.extra(SocketAttribute.raw_socket)
        self.parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAXIMUM_HEAD)

    async def exchange(self, request: PreparedRequest) -> h11.Response:
        """Send a request, and return the head of its response."""
        self.request_is_complete = False
        headers = [(b"Host", request.url.split("/")[2].encode()), *request.raw_headers]
        if request.body is not None or request.method in ("POST", "PUT", "PATCH"):
            headers.append((b"Content-Length", b"%d" % len(request.body or b"")))
        head = h11.Request(method=request.method, target=request.target, headers=headers)
        events = (head, h11.Data(request.body or b""), h11.EndOfMessage())
        data = b"".join(self.parser.send(event) or b"" for event in events)
        if len(data) > PART:
            return await self.send_and_receive(data, request)
        await self.send(data, request)
        return await self.receive_head(request, request.limits.read)

    async def send(self, data: bytes, request: PreparedRequest) -> None:
        """Send a request in parts, because `Limits.write` limits each wait."""
        for start in range(0, len(data), PART):
            with limit(Phase.WRITE, request.limits.write):
                await self.stream.send(data[start : start + PART])
        self.request_is_complete = True

    async def send_and_receive(self, data: bytes, request: PreparedRequest) -> h11.Response:
        """Send a large request. The response can arrive before the server has received all of it."""
        early: list[h11.Response] = []
        failure: Exception | None = None

        async def receive_early() -> None:
            with suppress(*BROKEN, h11.RemoteProtocolError, ConnectionLost):  # sending fails, too
                early.append(await self.receive_head(request, None))
                tasks.cancel_scope.cancel()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(receive_early)
            try:
                await self.send(data, request)
                tasks.cancel_scope.cancel()
            except (*BROKEN, LimitExceeded) as error:
                failure = error  # raised after the task group, which would wrap it into an ExceptionGroup
                tasks.cancel_scope.deadline = anyio.current_time() + 1  # for a response that is arriving
        if failure and not early:
            raise failure
        return early[0] if early else await self.receive_head(request, request.limits.read)

    async def receive_head(self, request: PreparedRequest, seconds: float | None) -> h11.Response:
        """Return the head of the response, after informational responses such as 100 Continue."""
        try:
            while not isinstance(event := await self.receive(seconds), h11.Response):
                pass
        except h11.RemoteProtocolError as error:
            if error.error_status_hint == 431:
                raise ConnectionLost(TOO_LARGE, request.method, request.shown_url) from error
            raise
        return event

    async def receive(self, seconds: float | None) -> object:
        while (event := self.parser.next_event()) is h11.NEED_DATA:
            data = b""
            with limit(Phase.READ, seconds), suppress(anyio.EndOfStream):
                data = await self.stream.receive(PART)
            self.parser.receive_data(data)
        return event

    def is_reusable(self) -> bool:
        if not self.request_is_complete or self.parser.trailing_data[0]:
            return False
        with suppress(h11.LocalProtocolError):  # one side closes the connection after this response
            self.parser.start_next_cycle()
        return self.parser.our_state is h11.IDLE

    async def aclose(self) -> None:
        contract.shut_down(self.socket)  # synchronous: a second cancellation cannot prevent it
        await anyio.aclose_forcefully(self.stream)


class H11Response(contract.StreamResponse):
    def __init__(
        self, pool: "H11Transport", request: PreparedRequest, connection: Connection, head: h11.Response
    ) -> None:
        super().__init__(request, head.status_code, contract.Headers.from_raw(head.headers.raw_items()))
        self.pool, self.request, self.connection = pool, request, connection

    async def next_chunk(self) -> bytes:
        event = await self.connection.receive(self.request.limits.read)
        return bytes(event.data) if isinstance(event, h11.Data) else b""

    async def aclose(self, *, ended: bool) -> None:
        await self.pool.release(self.connection, self.request, reusable=ended)


class H11Transport(contract.Transport):
    errors = ERRORS

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(config)
        self.limiter = RequestLimiter(config.pool_size)
        self.idle: IdleConnections[Connection] = IdleConnections(config, maximum=20)
        self.used: set[Connection] = set()
        self.connecting: set[anyio.CancelScope] = set()

    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> H11Response:
        if not request.dedicated:
            await self.limiter.acquire(request)
        connection = None
        try:
            self.idle.find_stale()
            connection = self.idle.take() or await self.connect(request)
            self.used.add(connection)
            return H11Response(self, request, connection, await connection.exchange(request))
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self.release(connection, request, reusable=False)
            raise

    async def connect(self, request: PreparedRequest) -> Connection:
        """Open a connection. `close_connections()` ends this."""
        with anyio.CancelScope() as scope:
            self.connecting.add(scope)
            try:
                with limit(Phase.CONNECT, request.limits.connect):
                    return Connection(await self.open_stream(request))
            except (OSError, anyio.BrokenResourceError, anyio.EndOfStream) as error:
                raise ConnectFailed from error
            finally:
                self.connecting.discard(scope)
        raise ConnectError("the transport was closed", request.method, request.shown_url)

    async def open_stream(self, request: PreparedRequest) -> ByteStream:
        stream = await anyio.connect_tcp(request.host, request.port)
        try:
            for option in contract.TCP_KEEP_ALIVE:
                stream.extra(SocketAttribute.raw_socket).setsockopt(*option)
            if (context := self.config.ssl_context) is None:
                return stream
            return await TLSStream.wrap(stream, hostname=request.host, ssl_context=context, standard_compatible=False)
        except BaseException:
            await anyio.aclose_forcefully(stream)
            raise

    async def release(self, connection: Connection | None, request: PreparedRequest, *, reusable: bool) -> None:
        """Keep or close the connection of a request, and free its place in the queue."""
        try:
            if connection is not None:
                self.used.discard(connection)
                if reusable and connection.is_reusable():
                    self.idle.add(connection, connection.socket)
                else:
                    await connection.aclose()
                await self.idle.close_stale()
        finally:
            if not request.dedicated:
                self.limiter.release()

    async def close_connections(self) -> None:
        """Close all connections, and end requests that wait, connect or run."""
        self.limiter.close()
        for scope in tuple(self.connecting):
            scope.cancel()
        await self.idle.aclose()
        for connection in tuple(self.used):
            await connection.aclose()
