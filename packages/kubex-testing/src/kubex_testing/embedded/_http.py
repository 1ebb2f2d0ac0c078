"""HTTP/1.1 on one connection, with h11 and asyncio streams: keep-alive, pipelining and chunked bodies."""

import asyncio
import contextlib
import hashlib
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from http import HTTPStatus
from typing import Any

import h11

from ._messages import HeaderPairs, Identity, RecordedRequest, Response, Upgrade

MAX_BODY_BYTES = 3 * 1024 * 1024
READ_SIZE = 64 * 1024
CREDENTIAL_KEY = "authentication.kubernetes.io/credential-id"

# The reason phrases of Go. Newer versions of Python use the names of RFC 9110.
_REASON_PHRASES = {status.value: status.phrase for status in HTTPStatus} | {
    413: "Request Entity Too Large",
    422: "Unprocessable Entity",
}

Handler = Callable[[RecordedRequest], Awaitable[Response]]
HeadFilter = Callable[[RecordedRequest], bool]


class DropConnectionError(Exception):
    """Raised by a handler to drop the connection, which simulates a lost connection."""


class Connection:
    """Serve the requests of one connection in sequence."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        number: int,
        handler: Handler,
        drops_at_head: HeadFilter,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._number = number
        self._handler = handler
        self._drops_at_head = drops_at_head
        self._protocol = h11.Connection(h11.SERVER, max_incomplete_event_size=256 * 1024)
        self._peer_address = _peer_address(writer)
        self._certificate_identity = _certificate_identity(writer)

    def abort(self) -> None:
        """Close the connection at once, without an end of the response or of TLS."""
        self._writer.transport.abort()

    async def run(self) -> None:
        """Serve requests until the client disconnects, violates the protocol, or a handler drops the connection."""
        try:
            while await self._serve_request():
                self._protocol.start_next_cycle()
        except h11.RemoteProtocolError as error:
            await self._send_protocol_error(error)
        except DropConnectionError:
            self.abort()
        except (ConnectionError, ssl.SSLError, TimeoutError):
            self.abort()
        except asyncio.CancelledError:
            # Closing TLS would wait 30 seconds for a client that does not read.
            self.abort()
            raise
        finally:
            # In Python 3.11.2, abort() raises AttributeError after a second close() of a TLS transport.
            if not self._writer.is_closing():
                self._writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError, TimeoutError):
                await self._writer.wait_closed()

    async def _serve_request(self) -> bool:
        request = await self._read_request()
        if request is None:
            return False
        response = await self._handler(request)
        if response.upgrade is not None:
            await self._switch_protocols(response, response.upgrade)
            return False
        if response.chunks is not None:
            await self._send_stream(response, response.chunks)
        else:
            await self._send_response(response, has_body=request.method != "HEAD")
        return self._protocol.our_state is h11.DONE and self._protocol.their_state is h11.DONE

    async def _next_event(self) -> Any:
        while True:
            event = self._protocol.next_event()
            if event is not h11.NEED_DATA:
                return event
            if self._protocol.they_are_waiting_for_100_continue:
                await self._send(h11.InformationalResponse(status_code=100, headers=[], reason=_reason_phrase(100)))
            self._protocol.receive_data(await self._reader.read(READ_SIZE))

    async def _read_request(self) -> RecordedRequest | None:
        event = await self._next_event()
        if not isinstance(event, h11.Request):
            return None
        method, target = event.method.decode("ascii"), event.target.decode("latin-1")
        headers: HeaderPairs = tuple((name.decode("ascii"), value.decode("latin-1")) for name, value in event.headers)
        head = RecordedRequest(
            method,
            target,
            headers,
            peer=self._peer_address,
            connection=self._number,
            certificate=self._certificate_identity,
        )
        if self._drops_at_head(head):
            raise DropConnectionError
        chunks: list[bytes] = []
        size = 0
        while isinstance(event := await self._next_event(), h11.Data):
            # Read a body that is too large to its end, without keeping it, so that the client receives the error.
            size += len(event.data)
            if size <= MAX_BODY_BYTES:
                chunks.append(bytes(event.data))
        if isinstance(event, h11.ConnectionClosed):
            return None
        if size == 0:
            return head
        return RecordedRequest(
            method,
            target,
            headers,
            body=b"".join(chunks),
            peer=self._peer_address,
            connection=self._number,
            certificate=self._certificate_identity,
            oversized=size > MAX_BODY_BYTES,
        )

    async def _send(self, *events: h11.Event) -> None:
        data = b"".join(part for event in events if (part := self._protocol.send(event)))
        self._writer.write(data)
        await self._writer.drain()

    async def _send_response(self, response: Response, *, has_body: bool = True) -> None:
        headers = list(response.headers)
        if response.status not in (204, 304):
            headers.append(("Content-Length", str(len(response.body))))
        head = _response_head(response.status, headers)
        if response.cut_at is not None:
            await self._send(head, h11.Data(data=response.body[: response.cut_at]))
            raise DropConnectionError
        if response.body and has_body:
            await self._send(head, h11.Data(data=response.body), h11.EndOfMessage())
        else:
            await self._send(head, h11.EndOfMessage())

    async def _switch_protocols(self, response: Response, upgrade: Upgrade) -> None:
        reason = _reason_phrase(response.status)
        await self._send(
            h11.InformationalResponse(status_code=response.status, headers=response.headers, reason=reason)
        )
        if response.cut_at is not None:
            raise DropConnectionError
        received, _ = self._protocol.trailing_data
        await upgrade(self._reader, self._writer, received)

    async def _send_stream(self, response: Response, chunks: AsyncGenerator[bytes, None]) -> None:
        """Send the chunks, and stop when the client disconnects."""
        headers = [*response.headers, ("Transfer-Encoding", "chunked")]
        await self._send(_response_head(response.status, headers))
        producer = asyncio.ensure_future(self._send_chunks(chunks))
        monitor = asyncio.ensure_future(self._reader.read(READ_SIZE))
        try:
            await asyncio.wait({producer, monitor}, return_when=asyncio.FIRST_COMPLETED)
            if monitor.done():
                # An empty result means that the client has disconnected. Other data is a pipelined request.
                pipelined = monitor.result()
                if not pipelined:
                    raise DropConnectionError
                self._protocol.receive_data(pipelined)
            await producer
        finally:
            await _cancel(producer)
            await _cancel(monitor)
        await self._send(h11.EndOfMessage())

    async def _send_chunks(self, source: AsyncGenerator[bytes, None]) -> None:
        # Frame the chunks without h11, because its checks need a quarter of the time of an event. HTTP/1.0 does not
        # have frames.
        framed = self._protocol.their_http_version != b"1.0"
        writer = self._writer
        async with contextlib.aclosing(source) as chunks:
            async for chunk in chunks:
                if chunk:
                    writer.write(b"%x\r\n%b\r\n" % (len(chunk), chunk) if framed else chunk)
                    await writer.drain()

    async def _send_protocol_error(self, error: h11.RemoteProtocolError) -> None:
        if self._protocol.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            body = f"{error.error_status_hint} Bad Request".encode()
            response = Response(
                error.error_status_hint, [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close")], body
            )
            with contextlib.suppress(ConnectionError):
                await self._send_response(response)


def _response_head(status: int, headers: list[tuple[str, str]]) -> h11.Response:
    return h11.Response(status_code=status, headers=headers, reason=_reason_phrase(status))


def _reason_phrase(status: int) -> bytes:
    return _REASON_PHRASES.get(status, f"status code {status}").encode("ascii")


async def _cancel(task: "asyncio.Future[Any]") -> None:
    if not task.done():
        task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()


def _peer_address(writer: asyncio.StreamWriter) -> tuple[str, int]:
    name = writer.get_extra_info("peername") or ("", 0)
    return str(name[0]), int(name[1])


def _certificate_identity(writer: asyncio.StreamWriter) -> Identity | None:
    """Return the user of a verified client certificate: the name is the CN, and the groups are the Os."""
    certificate = writer.get_extra_info("peercert")
    if not certificate:
        return None
    pairs = [pair for part in certificate.get("subject", ()) for pair in part]
    name = next((value for key, value in pairs if key == "commonName"), "")
    encoded = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    fingerprint = f"X509SHA256={hashlib.sha256(encoded).hexdigest()}"
    groups = tuple(value for key, value in pairs if key == "organizationName")
    return Identity(name, groups, extra=((CREDENTIAL_KEY, (fingerprint,)),))
