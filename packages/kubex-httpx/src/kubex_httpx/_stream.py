"""The network stream of httpcore: here it receives while it sends a large body."""

import ssl
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import anyio
import httpcore
from anyio.abc import ByteStream, SocketAttribute
from anyio.streams.tls import TLSAttribute, TLSStream
from typing_extensions import override

LARGE = 2**16  # in bytes; more is sent in parts of this size

_MAX_RECEIVED = 2**20  # in bytes, while a body is sent
_ENDING = 1.0  # in seconds: how long to wait after the response has begun or sending has failed

_CLOSED = (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError, OSError)


class Stream(httpcore.AsyncNetworkStream):
    """A connection, with TLS or without. With `duplex`, which is for HTTP/1.1, it receives while it sends.

    A server may respond to a large body and close the connection before it has received all of it. Sending then fails,
    and what has not been received by then is lost.
    """

    def __init__(self, stream: ByteStream) -> None:
        self.stream = stream
        self.duplex = True
        self.latest = b""  # the data of the last read, for error messages
        self._received = bytearray()  # while a body was sent
        self._end: Exception | None = None

    @override
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._received:
            data = bytes(self._received[:max_bytes])
            del self._received[:max_bytes]
            return data
        with translated(timeout, httpcore.ReadTimeout, httpcore.ReadError):
            try:
                if self._end is not None:
                    raise self._end
                self.latest = await self.stream.receive(max_bytes)
            except anyio.EndOfStream:
                self.latest = b""
        return self.latest

    @override
    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if len(buffer) <= LARGE or not self.duplex:
            await self._send(buffer, timeout)
            return
        failure: Exception | None = httpcore.WriteError("the server did not receive the complete request")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._receive, scope := tasks.cancel_scope)
            try:
                for start in range(0, len(buffer), LARGE):
                    await self._send(buffer[start : start + LARGE], timeout)
            except (httpcore.WriteError, httpcore.WriteTimeout) as error:
                failure = error
                scope.deadline = anyio.current_time() + (_ENDING if isinstance(error, httpcore.WriteError) else 0)
            else:
                failure = None
                scope.cancel()
        if failure is not None:
            raise httpcore.WriteError if self._received else failure  # after a WriteError httpcore reads the response

    async def _send(self, data: bytes, timeout: float | None) -> None:
        with translated(timeout, httpcore.WriteTimeout, httpcore.WriteError):
            await self.stream.send(data)

    async def _receive(self, scope: anyio.CancelScope) -> None:
        """Receive until the server closes the connection; soon after the response has begun, end sending."""
        try:
            while len(self._received) < _MAX_RECEIVED:
                data = await self.stream.receive()
                self._received += data
                if not self._received.startswith(b"HTTP/1.1 1"):  # 100 Continue, for example
                    scope.deadline = min(scope.deadline, anyio.current_time() + _ENDING)
        except _CLOSED as error:
            self._end = error
            scope.cancel()

    @override
    async def aclose(self) -> None:
        await self.stream.aclose()

    @override
    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "Stream":
        try:
            with translated(timeout, httpcore.ConnectTimeout, httpcore.ConnectError):
                tls = await TLSStream.wrap(
                    self.stream, hostname=server_hostname, ssl_context=ssl_context, standard_compatible=False
                )
        except BaseException:  # httpcore would leave the connection open after a cancelled handshake
            await anyio.aclose_forcefully(self.stream)
            raise
        self.stream = tls
        self.duplex = self.get_extra_info("ssl_object").selected_alpn_protocol() != "h2"
        return self

    @override
    def get_extra_info(self, info: str) -> Any:
        attributes: dict[str, Any] = {"socket": SocketAttribute.raw_socket, "ssl_object": TLSAttribute.ssl_object}
        return self.stream.extra(attributes[info], None) if info in attributes else None  # noqa: S610 - not Django

    def has_unread(self) -> bool:
        """Tell whether there is more than what was read; a byte that is read here is lost."""
        if self._received or self._end is not None:
            return True
        tls: ssl.SSLObject | None = self.get_extra_info("ssl_object")
        try:
            if tls is None:
                return False
            tls.read(1)
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError:  # the server has closed the connection
            pass
        return True


@contextmanager
def translated(
    timeout: float | None, exceeded: type[httpcore.TimeoutException], failed: type[httpcore.NetworkError]
) -> Generator[None]:
    """Apply a time limit, and replace the exceptions of sockets and TLS by those of httpcore."""
    try:
        with anyio.fail_after(timeout):
            yield
    except TimeoutError as error:
        raise exceeded from error
    except _CLOSED as error:
        raise failed from error
