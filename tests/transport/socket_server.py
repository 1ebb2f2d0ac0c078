"""Servers that say over a socket what a test tells them to, byte for byte."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import TypeAlias

from typing_extensions import Self

from kubex.transport import Transport

SECONDS = 40.0
"""The limit of each wait in these tests, which only a failing test reaches: a busy machine is slow."""


@dataclass(frozen=True)
class Seen:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first field of a name."""
        return next((value for field, value in self.headers if field.lower() == name.lower()), None)


class Peer:
    """One connection, from the server's side. Its methods block."""

    def __init__(self, server: "Server", connection: socket.socket) -> None:
        self.server = server
        self.socket = connection
        self.buffer = b""
        self.last: Seen | None = None

    def request(self) -> Seen | None:
        """Read a request and keep it in `server.seen`; None when the client has gone."""
        while b"\r\n\r\n" not in self.buffer:
            if not self.more():
                return None
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
        seen = Seen(method, target, headers, b"")
        length = int(seen.header("content-length") or 0)
        seen = Seen(method, target, headers, self.exactly(length))
        self.server.seen.append(seen)
        self.last = seen
        return seen

    def more(self) -> bool:
        """Wait for more bytes; False when the client has gone."""
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            return False
        self.buffer += data
        return bool(data)

    def exactly(self, length: int) -> bytes:
        """Read so many bytes."""
        while len(self.buffer) < length:
            if not self.more():
                raise ConnectionError("the client has gone in the middle of something")
        data, self.buffer = self.buffer[:length], self.buffer[length:]
        return data

    def send(self, data: bytes | str) -> None:
        """Send bytes as they are."""
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def answer(self, body: bytes = b"", *, status: str = "200 OK", headers: str = "") -> None:
        """Send a whole answer."""
        self.send(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body)

    def chunked(self, *, headers: str = "") -> None:
        """Start an answer of chunks."""
        self.send(f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n{headers}\r\n")

    def chunk(self, data: bytes) -> None:
        """Send one chunk; an empty one ends the answer."""
        self.send(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def reset(self) -> None:
        """Make the end of the connection a reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def wait_until_closed(self) -> None:
        """Wait until the client has closed the connection, and note that in `server.closed`."""
        with contextlib.suppress(ssl.SSLError):  # a client that leaves early sends no alert
            while self.more():
                pass
        self.server.closed.set()


Script: TypeAlias = Callable[[Peer], None]


def ok(peer: Peer) -> None:
    """Answer every request on a connection with 200."""
    while peer.request():
        peer.answer(b"ok")


def proxy(peer: Peer) -> None:
    """Forward plain requests, and tunnel what comes after a CONNECT to 127.0.0.1 whatever the host."""
    request = peer.request()
    if request is None:
        return
    port = (request.target if request.method == "CONNECT" else request.target.split("/")[2]).rpartition(":")[2]
    with socket.create_connection(("127.0.0.1", int(port)), SECONDS) as upstream:
        if request.method == "CONNECT":
            peer.send("HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            path = "/" + "/".join(request.target.split("/")[3:])
            own = [field for field in request.headers if not field[0].lower().startswith("proxy-")]
            head = "".join(f"{name}: {value}\r\n" for name, value in own)
            upstream.sendall(f"{request.method} {path} HTTP/1.1\r\n{head}\r\n".encode() + request.body)
        there = threading.Thread(target=pump, args=(peer.socket, upstream), daemon=True)
        there.start()
        pump(upstream, peer.socket)
        there.join(SECONDS)


def pump(source: socket.socket, sink: socket.socket) -> None:
    """Copy bytes until one side has closed."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


class Server:
    """Runs a script for every connection, in a thread each."""

    def __init__(self, script: Script = ok, *, tls: ssl.SSLContext | None = None, backlog: int = 50) -> None:
        self.seen: list[Seen] = []
        self.closed = threading.Event()
        self.connections = 0
        self.open = 0
        self._changed = threading.Condition()
        self.errors: list[BaseException] = []
        self._script = script
        self._tls = tls
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=backlog)
        self.port: int = self._listener.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"{'https' if tls else 'http'}://{self.host}"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join(SECONDS)
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(SECONDS)
        assert not any(thread.is_alive() for thread in self._threads)
        if error is None and self.errors:
            raise self.errors[0]

    def has_open(self, count: int) -> bool:
        """Wait until so many connections are open; False if that does not happen."""
        with self._changed:
            return self._changed.wait_for(lambda: self.open == count, SECONDS)

    def _count(self, by: int) -> None:
        with self._changed:
            self.open += by
            self._changed.notify_all()

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(SECONDS)
            self.connections += 1
            self._count(1)
            self._open.add(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        raw = connection.dup()
        self._open.add(raw)
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.add(connection)
            self._script(Peer(self, connection))
        except (ConnectionError, ssl.SSLError):
            # That is how clients leave. What they have sent is read, or an alert would be lost in a reset.
            with contextlib.suppress(OSError):
                while self._tls is not None and raw.recv(65536):
                    pass
        except BaseException as error:  # noqa: BLE001 - it is raised again where the test can see it
            self.errors.append(error)
        finally:
            self._open -= {raw, connection}
            connection.close()
            raw.close()
            self._count(-1)


Serve: TypeAlias = Callable[..., Server]
"""The fixture `serve`."""

Open: TypeAlias = Callable[..., AbstractAsyncContextManager[Transport]]
"""The fixture `open_transport`: it takes the fields of TransportConfig."""
