# Generated from kubex-httpx by packages/kubex-httpx2/tools/generate.py. Change it there.
"""A network stream for httpcore2 that also receives while it sends a large body."""

import ssl
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import anyio
import httpcore2
from anyio.abc import ByteStream, SocketAttribute
from anyio.streams.tls import TLSAttribute, TLSStream
from typing_extensions import override

# In bytes. A larger write is sent in parts of this size.
WRITE_SIZE = 2**16

# In bytes. Limits the memory for a response that arrives while a body is sent.
_MAX_RECEIVED_WHILE_SENDING = 2**20

# In seconds: how long to wait for the rest of the response, after it has started or after sending has failed.
_RESPONSE_TIMEOUT = 1.0

_CLOSED_ERRORS = (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError, OSError)


class Stream(httpcore2.AsyncNetworkStream):
    """A connection with or without TLS. With `duplex`, which is for HTTP/1.1, it receives while it sends.

    A server may respond to a large body and close the connection before it has received the complete body. Sending then
    fails, and the operating system discards data that the client has not received yet.
    """

    def __init__(self, stream: ByteStream) -> None:
        self.stream = stream
        self.duplex = True
        self.last_read = b""  # the data of the last read, for error messages
        self._received = bytearray()  # data that was received while a body was sent
        self._read_error: Exception | None = None

    @override
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._received:
            data = bytes(self._received[:max_bytes])
            del self._received[:max_bytes]
            return data
        with translate_socket_errors(timeout, httpcore2.ReadTimeout, httpcore2.ReadError):
            try:
                if self._read_error is not None:
                    raise self._read_error
                self.last_read = await self.stream.receive(max_bytes)
            except anyio.EndOfStream:
                self.last_read = b""
        return self.last_read

    @override
    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if len(buffer) <= WRITE_SIZE or not self.duplex:
            await self._send(buffer, timeout)
            return
        failure: Exception | None = httpcore2.WriteError("the server did not receive the complete request")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._receive, scope := tasks.cancel_scope)
            try:
                for start in range(0, len(buffer), WRITE_SIZE):
                    await self._send(buffer[start : start + WRITE_SIZE], timeout)
            except (httpcore2.WriteError, httpcore2.WriteTimeout) as error:
                failure = error
                scope.deadline = anyio.current_time() + (
                    _RESPONSE_TIMEOUT if isinstance(error, httpcore2.WriteError) else 0
                )
            else:
                failure = None
                scope.cancel()
        if failure is not None:
            # After a WriteError httpcore2 reads the response, but not after a WriteTimeout.
            raise httpcore2.WriteError if self._received else failure

    async def _send(self, data: bytes, timeout: float | None) -> None:
        with translate_socket_errors(timeout, httpcore2.WriteTimeout, httpcore2.WriteError):
            await self.stream.send(data)

    async def _receive(self, scope: anyio.CancelScope) -> None:
        """Receive until the server closes the connection. Stop sending soon after the response has started."""
        try:
            while len(self._received) < _MAX_RECEIVED_WHILE_SENDING:
                data = await self.stream.receive()
                self._received += data
                # An interim response, such as 100 Continue, does not end the request.
                if not self._received.startswith(b"HTTP/1.1 1"):
                    scope.deadline = min(scope.deadline, anyio.current_time() + _RESPONSE_TIMEOUT)
        except _CLOSED_ERRORS as error:
            self._read_error = error
            scope.cancel()

    @override
    async def aclose(self) -> None:
        await self.stream.aclose()

    @override
    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "Stream":
        try:
            with translate_socket_errors(timeout, httpcore2.ConnectTimeout, httpcore2.ConnectError):
                tls = await TLSStream.wrap(
                    self.stream, hostname=server_hostname, ssl_context=ssl_context, standard_compatible=False
                )
        except BaseException:
            # httpcore2 does not close the connection after a cancelled handshake.
            await anyio.aclose_forcefully(self.stream)
            raise
        self.stream = tls
        # With HTTP/2, httpcore2 itself receives while it sends.
        self.duplex = self.get_extra_info("ssl_object").selected_alpn_protocol() != "h2"
        return self

    @override
    def get_extra_info(self, info: str) -> Any:
        attributes: dict[str, Any] = {"socket": SocketAttribute.raw_socket, "ssl_object": TLSAttribute.ssl_object}
        return self.stream.extra(attributes[info], None) if info in attributes else None  # noqa: S610 - this is not Django

    def has_unread_data(self) -> bool:
        """Return whether there is unread data. The check may discard a byte, so do not reuse the connection then."""
        if self._received or self._read_error is not None:
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
def translate_socket_errors(
    timeout: float | None, timeout_error: type[httpcore2.TimeoutException], network_error: type[httpcore2.NetworkError]
) -> Generator[None]:
    """Apply a time limit, and replace the exceptions of sockets and TLS with exceptions of httpcore2."""
    try:
        with anyio.fail_after(timeout):
            yield
    except TimeoutError as error:
        raise timeout_error from error
    except _CLOSED_ERRORS as error:
        raise network_error from error
