"""A threaded socket server: the handlers of the tests read and write each byte of a connection."""

import contextlib
import select
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import TypeAlias

import anyio.to_thread
from typing_extensions import Self

from kubex.transport import Transport
from kubex_testing.compliance.servers._transcript import Transcript

WAIT_TIMEOUT = 40.0
"""The maximum duration of each wait, in seconds. It is long because a busy machine is slow; only failing tests need it.
"""

# In seconds. The operating system does not notify a sender about received data.
_POLL_INTERVAL = 0.002

_TCP_FIN_WAIT1 = 4  # the state of a socket that has sent its end, which the other side has not acknowledged yet


@dataclass(frozen=True)
class ReceivedRequest:
    """A request as the server received it."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first header with this name."""
        return next((value for field, value in self.headers if field.lower() == name.lower()), None)


class ServerConnection:
    """The server's end of a connection. Its methods block."""

    def __init__(self, server: "Server", connection: socket.socket) -> None:
        self.server = server
        self.socket = connection
        self.buffer = bytearray()
        self.last_request: ReceivedRequest | None = None
        self._transcript = server.new_transcript()
        self._held: bytes | None = None

    def read_request(self) -> ReceivedRequest | None:
        """Read a request and add it to `server.requests`. Return None if the client has closed the connection."""
        while b"\r\n\r\n" not in self.buffer:
            if not self.read_more():
                return None
        head = self.read_exactly(self.buffer.index(b"\r\n\r\n") + 4)[:-4]
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
        request = ReceivedRequest(method, target, headers, b"")
        length = int(request.header("content-length") or 0)
        request = ReceivedRequest(method, target, headers, self.read_exactly(length))
        self.server.requests.append(request)
        self.last_request = request
        return request

    def read_more(self) -> bool:
        """Wait for data and add it to `buffer`. Return False if the client has closed the connection."""
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            return False
        self.buffer += data
        if data:
            self._transcript.add("transport", data)
        return bool(data)

    def read_exactly(self, length: int) -> bytes:
        """Read this number of bytes."""
        while len(self.buffer) < length:
            if not self.read_more():
                raise ConnectionError("the client closed the connection before it had sent all data")
        data = bytes(self.buffer[:length])
        del self.buffer[:length]
        return data

    def send(self, data: bytes | str) -> None:
        """Send data without changes."""
        data = data.encode() if isinstance(data, str) else data
        if self._held is not None:
            self._held += data
            return
        self._transcript.add("server", data)
        self.socket.sendall(data)

    @contextlib.contextmanager
    def send_together(self) -> Generator[None, None, None]:
        """Send all data of the block at its end, in one call."""
        self._held = b""
        yield
        data, self._held = self._held, None
        self.send(data)

    def respond(self, body: bytes = b"", *, status: str = "200 OK", headers: str = "") -> None:
        """Send a complete response with Content-Length."""
        self.send(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body)

    def start_chunked(self, *, headers: str = "") -> None:
        """Send the headers of a chunked response."""
        self.send(f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n{headers}\r\n")

    def send_chunk(self, data: bytes) -> None:
        """Send one chunk; an empty chunk ends the response."""
        self.send(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def reset_on_close(self) -> None:
        """Make `close()` reset the connection."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def wait_for(self, event: threading.Event) -> None:
        """Wait until the test sets this event. The end of the test ends this wait, too."""
        self.server.wait_for(event)

    def wait_until_received(self) -> None:
        """Wait until the operating system of the client has received all data. Only Linux supports this.

        On a busy machine, data can arrive after `send()` has returned, also on loopback.
        """
        if sys.platform == "linux":
            from fcntl import ioctl  # Windows does not have these modules
            from termios import TIOCOUTQ

            deadline = time.monotonic() + WAIT_TIMEOUT  # real time: a guard
            while ioctl(self.socket, TIOCOUTQ, bytes(4)) != bytes(4):
                assert time.monotonic() < deadline  # real time: a guard
                select.select([], [], [], _POLL_INTERVAL)

    def end_sending(self) -> None:
        """Close the sending direction, and wait until the operating system of the client has received this (on Linux).

        Otherwise a client on a busy machine can use the connection again after `close()` has returned.
        """
        with contextlib.suppress(OSError):  # the client has reset the connection
            self.socket.shutdown(socket.SHUT_WR)
        if sys.platform == "linux":
            deadline = time.monotonic() + WAIT_TIMEOUT  # real time: a guard
            while self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _TCP_FIN_WAIT1:
                assert time.monotonic() < deadline  # real time: a guard
                select.select([], [], [], _POLL_INTERVAL)

    def wait_until_closed(self) -> None:
        """Wait until the client has closed the connection, then set `server.connection_closed`."""
        with contextlib.suppress(ssl.SSLError):  # raised if the client does not send a close_notify alert
            while self.read_more():
                pass
        self.server.connection_closed.set()


ConnectionHandler: TypeAlias = Callable[[ServerConnection], None]
"""A function that handles one connection of a `Server`. The connection is closed when it returns."""


def respond_ok(connection: ServerConnection) -> None:
    """Respond to each request with 200."""
    while connection.read_request():
        connection.respond(b"ok")


class Server:
    """Runs a handler for each connection, in a separate thread.

    `requests` contains the requests that the handlers have read, and `connections` counts the accepted connections.
    """

    def __init__(
        self, handler: ConnectionHandler = respond_ok, *, tls: ssl.SSLContext | None = None, backlog: int = 50
    ) -> None:
        self.requests: list[ReceivedRequest] = []
        self.connection_closed = threading.Event()
        self.connections = 0
        self.open_connections = 0
        self._open_connections_changed = threading.Condition()
        self.errors: list[BaseException] = []
        self.transcripts: list[Transcript] = []
        self._handler = handler
        self._tls = tls
        self._open_sockets: set[socket.socket] = set()
        self._is_stopping = False
        self._awaited_events: set[threading.Event] = set()
        self._abandoned_events: set[threading.Event] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=backlog)
        self.port: int = self._listener.getsockname()[1]
        self.netloc = f"127.0.0.1:{self.port}"
        self.url = f"{'https' if tls else 'http'}://{self.netloc}"

    def __enter__(self) -> Self:
        self._start_thread(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join(WAIT_TIMEOUT)
        self._end_waits()
        for connection in tuple(self._open_sockets):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(WAIT_TIMEOUT)
        assert not any(thread.is_alive() for thread in self._threads)
        if error is None and self.errors:
            raise self.errors[0]

    def new_transcript(self) -> Transcript:
        """Add the transcript of a new connection, which reports of failed tests contain."""
        self.transcripts.append(Transcript())
        return self.transcripts[-1]

    def wait_for(self, event: threading.Event) -> None:
        """Wait until the test sets this event. Raise ConnectionError if the test ends before; it has failed."""
        self._awaited_events.add(event)
        if self._is_stopping:
            self._end_waits()
        assert event.wait(WAIT_TIMEOUT)
        if event in self._abandoned_events:
            raise ConnectionError("the test has ended")

    def _end_waits(self) -> None:
        self._is_stopping = True
        for event in tuple(self._awaited_events):
            if not event.is_set():
                self._abandoned_events.add(event)
                event.set()

    def wait_for_open_connections(self, count: int) -> bool:
        """Wait until this number of connections is open. Return False after the timeout."""
        with self._open_connections_changed:
            return self._open_connections_changed.wait_for(lambda: self.open_connections == count, WAIT_TIMEOUT)

    def _add_open_connections(self, change: int) -> None:
        with self._open_connections_changed:
            self.open_connections += change
            self._open_connections_changed.notify_all()

    def _start_thread(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(WAIT_TIMEOUT)
            self.connections += 1
            self._add_open_connections(1)
            self._open_sockets.add(connection)
            self._start_thread(self._handle, connection)

    def _handle(self, connection: socket.socket) -> None:
        tcp_socket = connection.dup()
        self._open_sockets.add(tcp_socket)
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open_sockets.add(connection)
            self._handler(ServerConnection(self, connection))
        except (ConnectionError, ssl.SSLError):
            # The client closed the connection. Closing a socket with unread data resets the connection, and the client
            # may then not receive a TLS alert. So read all data first.
            with contextlib.suppress(OSError):
                while self._tls is not None and tcp_socket.recv(65536):
                    pass
        except BaseException as error:  # noqa: BLE001 - __exit__() raises it in the thread of the test
            self.errors.append(error)
        finally:
            self._open_sockets -= {tcp_socket, connection}
            connection.close()
            tcp_socket.close()
            self._add_open_connections(-1)


async def wait_for_event(event: threading.Event) -> bool:
    """Wait for the event in a thread, so that the event loop continues. Return False after the timeout."""
    return await anyio.to_thread.run_sync(event.wait, WAIT_TIMEOUT)


StartServer: TypeAlias = Callable[..., Server]
"""The type of the fixture `start_server`."""

OpenTransport: TypeAlias = Callable[..., AbstractAsyncContextManager[Transport]]
"""The type of the fixture `open_transport`. Its arguments are the fields of TransportConfig."""
