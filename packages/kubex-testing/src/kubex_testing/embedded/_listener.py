"""The listening socket and its connections."""

import asyncio
import contextlib
import socket
import ssl

from ._http import READ_SIZE, Connection, Handler, HeadFilter

HOST = "127.0.0.1"
BACKLOG = 512
CLOSE_TIMEOUT = 0.2
# The clock of the server may be moved, which must not end a TLS handshake.
HANDSHAKE_TIMEOUT = 1e9

# Like servers written in Go, detect plain HTTP on a TLS port by its first bytes, and send the same response.
PEEK_BYTES = 5
HTTP_PREFIXES = tuple(method[:PEEK_BYTES] for method in (b"GET /", b"HEAD ", b"POST ", b"PUT /", b"OPTIONS "))
HTTP_TO_HTTPS_RESPONSE = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"


class Listener:
    """Accept connections on the loopback interface. Use it only from one event loop.

    Each accepted connection is a task, so `finish_connections()` can also end a connection during its TLS handshake.
    `asyncio.start_server` supports that only since Python 3.12.
    """

    def __init__(self, port: int, context: ssl.SSLContext | None, handler: Handler, drops_at_head: HeadFilter) -> None:
        self.port = port
        self.accepted = 0
        self._context = context
        self._handler = handler
        self._drops_at_head = drops_at_head
        self._listening: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: set[Connection] = set()

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def open(self) -> int:
        """The number of open connections."""
        return len(self._open)

    def listen(self) -> None:
        """Open the port, unless it is open. Port 0 selects a free port, which later calls reuse."""
        if self._listening is not None:
            return
        # Pass the protocol explicitly: asyncio disables Nagle's algorithm only if it is set, and responses take 40 ms
        # with the algorithm.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setblocking(False)
        # restart() and a second start() listen on the same port again, while old connections may be in TIME_WAIT.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, self.port))
            listening.listen(BACKLOG)
        except OSError:
            listening.close()
            raise
        self.port = listening.getsockname()[1]
        self._listening = listening
        asyncio.get_running_loop().add_reader(listening, self._accept, listening)

    def close(self) -> None:
        """Stop accepting connections."""
        if self._listening is not None:
            asyncio.get_running_loop().remove_reader(self._listening)
            self._listening.close()
            self._listening = None

    def abort_connections(self) -> None:
        """Abort all open connections."""
        for connection in tuple(self._open):
            connection.abort()

    async def finish_connections(self) -> None:
        """Wait a short time for responses in progress, then end all connections."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_TIMEOUT)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _accept(self, listening: socket.socket) -> None:
        """Accept one connection. The event loop calls this method again if more connections wait."""
        try:
            accepted, _ = listening.accept()
        except OSError:  # the client has already disconnected
            return
        accepted.setblocking(False)
        self.accepted += 1
        task = asyncio.get_running_loop().create_task(self._serve(accepted, self.accepted))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # A task that is cancelled before its first step cannot close its socket.
        task.add_done_callback(lambda _: accepted.close())

    async def _serve(self, accepted: socket.socket, number: int) -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=READ_SIZE, loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        timeout = None if self._context is None else HANDSHAKE_TIMEOUT
        try:
            if self._context is not None and await _is_plain_http(accepted):
                await loop.sock_recv(accepted, READ_SIZE)  # unread data would reset the connection at close
                await loop.sock_sendall(accepted, HTTP_TO_HTTPS_RESPONSE)
                return
            transport, _ = await loop.connect_accepted_socket(
                lambda: protocol, accepted, ssl=self._context, ssl_handshake_timeout=timeout
            )
        except OSError:  # the handshake failed, or the client disconnected
            return
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        connection = Connection(reader, writer, number=number, handler=self._handler, drops_at_head=self._drops_at_head)
        self._open.add(connection)
        with contextlib.suppress(asyncio.CancelledError):
            try:
                await connection.run()
            finally:
                connection.abort()
                self._open.discard(connection)


async def _is_plain_http(accepted: socket.socket) -> bool:
    """Wait for the first bytes, and return whether they start an HTTP request. They remain unread."""
    loop, arrived = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(accepted, arrived.set)
    try:
        await arrived.wait()
    finally:
        loop.remove_reader(accepted)
    return accepted.recv(PEEK_BYTES, socket.MSG_PEEK) in HTTP_PREFIXES
