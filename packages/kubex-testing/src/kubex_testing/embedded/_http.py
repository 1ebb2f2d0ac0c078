"""HTTP/1.1 on one connection: h11 over asyncio streams, keep-alive, chunked bodies both ways."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from http import HTTPStatus
from typing import Any

import h11

from ._messages import Identity, Pairs, RecordedRequest, Response

MAX_BODY = 3 * 1024 * 1024
READ_SIZE = 64 * 1024

# As Go writes them; newer versions of Python have the names of RFC 9110.
_PHRASES = {status.value: status.phrase for status in HTTPStatus} | {
    413: "Request Entity Too Large",
    422: "Unprocessable Entity",
}

Handler = Callable[[RecordedRequest], Awaitable[Response]]
HeadHook = Callable[[RecordedRequest], bool]


class HangupError(Exception):
    """Close the connection at once; raised by a handler that simulates a lost connection."""


class Connection:
    """Serves the requests of one client, one after the other."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        number: int,
        handler: Handler,
        refuse_head: HeadHook,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._number = number
        self._handler = handler
        self._refuse_head = refuse_head
        self._protocol = h11.Connection(h11.SERVER, max_incomplete_event_size=256 * 1024)
        self._peer = _peer(writer)
        self._certificate = _certificate(writer)

    def abort(self) -> None:
        """Drop the connection without the courtesies of HTTP or TLS."""
        self._writer.transport.abort()

    async def run(self) -> None:
        """Serve until the client goes, the protocol breaks or a handler hangs up."""
        try:
            while await self._serve_one():
                self._protocol.start_next_cycle()
        except h11.RemoteProtocolError as error:
            await self._complain(error)
        except HangupError:
            self.abort()
        except (ConnectionError, ssl.SSLError, TimeoutError):
            self.abort()
        except asyncio.CancelledError:  # a client that does not read would make the end of TLS last half a minute
            self.abort()
            raise
        finally:
            # In Python 3.11.2 a second close() of a TLS transport makes abort() raise AttributeError.
            if not self._writer.is_closing():
                self._writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError, TimeoutError):
                await self._writer.wait_closed()

    async def _serve_one(self) -> bool:
        request = await self._read_request()
        if request is None:
            return False
        response = await self._handler(request)
        if request.method == "HEAD":
            response.body = b""
        if response.chunks is not None:
            await self._send_stream(response, response.chunks)
        else:
            await self._send_whole(response)
        return self._protocol.our_state is h11.DONE and self._protocol.their_state is h11.DONE

    async def _event(self) -> Any:
        while True:
            event = self._protocol.next_event()
            if event is not h11.NEED_DATA:
                return event
            if self._protocol.they_are_waiting_for_100_continue:
                await self._send(h11.InformationalResponse(status_code=100, headers=[], reason=_reason(100)))
            self._protocol.receive_data(await self._reader.read(READ_SIZE))

    async def _read_request(self) -> RecordedRequest | None:
        event = await self._event()
        if not isinstance(event, h11.Request):
            return None
        method, target = event.method.decode("ascii"), event.target.decode("latin-1")
        headers: Pairs = tuple((name.decode("ascii"), value.decode("latin-1")) for name, value in event.headers)
        head = RecordedRequest(
            method, target, headers, peer=self._peer, connection=self._number, certificate=self._certificate
        )
        if self._refuse_head(head):
            raise HangupError
        parts: list[bytes] = []
        size = 0
        while isinstance(event := await self._event(), h11.Data):
            size += len(event.data)
            if size <= MAX_BODY:
                parts.append(bytes(event.data))
        if isinstance(event, h11.ConnectionClosed):
            return None
        if size == 0:
            return head
        return RecordedRequest(
            method,
            target,
            headers,
            body=b"".join(parts),
            peer=self._peer,
            connection=self._number,
            certificate=self._certificate,
            oversized=size > MAX_BODY,
        )

    async def _send(self, *events: h11.Event) -> None:
        data = b"".join(part for event in events if (part := self._protocol.send(event)))
        self._writer.write(data)
        await self._writer.drain()

    async def _send_whole(self, response: Response) -> None:
        headers = list(response.headers)
        if response.status not in (204, 304):
            headers.append(("Content-Length", str(len(response.body))))
        head = _head(response.status, headers)
        if response.cut_at is not None:
            await self._send(head, h11.Data(data=response.body[: response.cut_at]))
            raise HangupError
        if response.body:
            await self._send(head, h11.Data(data=response.body), h11.EndOfMessage())
        else:
            await self._send(head, h11.EndOfMessage())

    async def _send_stream(self, response: Response, chunks: AsyncGenerator[bytes, None]) -> None:
        """Stream the chunks; stop producing them as soon as the client is gone."""
        headers = [*response.headers, ("Transfer-Encoding", "chunked")]
        await self._send(_head(response.status, headers))
        producer = asyncio.ensure_future(self._produce(chunks))
        monitor = asyncio.ensure_future(self._reader.read(READ_SIZE))
        try:
            await asyncio.wait({producer, monitor}, return_when=asyncio.FIRST_COMPLETED)
            if monitor.done():
                early = monitor.result()
                if not early:
                    raise HangupError
                self._protocol.receive_data(early)
            await producer
        finally:
            await _cancel(producer)
            await _cancel(monitor)
        await self._send(h11.EndOfMessage())

    async def _produce(self, source: AsyncGenerator[bytes, None]) -> None:
        async with contextlib.aclosing(source) as chunks:
            async for chunk in chunks:
                if chunk:
                    await self._send(h11.Data(data=chunk))

    async def _complain(self, error: h11.RemoteProtocolError) -> None:
        if self._protocol.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            body = f"{error.error_status_hint} Bad Request".encode()
            response = Response(
                error.error_status_hint, [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close")], body
            )
            with contextlib.suppress(ConnectionError):
                await self._send_whole(response)


def _head(status: int, headers: list[tuple[str, str]]) -> h11.Response:
    return h11.Response(status_code=status, headers=headers, reason=_reason(status))


def _reason(status: int) -> bytes:
    return _PHRASES.get(status, f"status code {status}").encode("ascii")


async def _cancel(task: "asyncio.Future[Any]") -> None:
    if not task.done():
        task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()


def _peer(writer: asyncio.StreamWriter) -> tuple[str, int]:
    name = writer.get_extra_info("peername") or ("", 0)
    return str(name[0]), int(name[1])


def _certificate(writer: asyncio.StreamWriter) -> Identity | None:
    """Read the identity of a verified client certificate: CN is the user, each O a group."""
    certificate = writer.get_extra_info("peercert")
    if not certificate:
        return None
    pairs = [pair for part in certificate.get("subject", ()) for pair in part]
    name = next((value for key, value in pairs if key == "commonName"), "")
    return Identity(name, tuple(value for key, value in pairs if key == "organizationName"))
