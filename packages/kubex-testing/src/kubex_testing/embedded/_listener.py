"""The listening socket and the connections that came in through it."""

import asyncio
import contextlib
import socket
import ssl

from ._http import READ_SIZE, Connection, Handler, HeadHook

HOST = "127.0.0.1"
BACKLOG = 512
CLOSE_TIMEOUT = 0.2

# By so many bytes servers written in Go, as kube-apiserver is, know plain HTTP on a port for TLS, and this they say.
PEEK_BYTES = 5
HTTP_PREFIXES = tuple(method[:PEEK_BYTES] for method in (b"GET /", b"HEAD ", b"POST ", b"PUT /", b"OPTIONS "))
HTTP_TO_HTTPS_RESPONSE = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"


class Listener:
    """Accepts connections on loopback. Used from one event loop only.

    Every connection is a task from the moment it is accepted, so that stopping leaves none behind, not even one in the
    middle of its TLS handshake; `asyncio.start_server` knows those only since Python 3.12.
    """

    def __init__(self, port: int, context: ssl.SSLContext | None, handler: Handler, refuse_head: HeadHook) -> None:
        self.port = port
        self.accepted = 0
        self._context = context
        self._handler = handler
        self._refuse_head = refuse_head
        self._listening: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: set[Connection] = set()

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def open(self) -> int:
        """How many connections are open."""
        return len(self._open)

    def listen(self) -> None:
        """Open the port; a port of 0 becomes the one that was free, and stays."""
        # asyncio switches Nagle's algorithm off only for sockets that say they are TCP; else answers take 40 ms.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setblocking(False)
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
        """Accept no more connections."""
        if self._listening is not None:
            asyncio.get_running_loop().remove_reader(self._listening)
            self._listening.close()
            self._listening = None

    def abort_connections(self) -> None:
        """Cut every open connection."""
        for connection in tuple(self._open):
            connection.abort()

    async def finish_connections(self) -> None:
        """Give answers that are on their way a moment, then end all connections."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_TIMEOUT)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _accept(self, listening: socket.socket) -> None:
        """Take one connection that waits; the loop calls again while there are more."""
        try:
            accepted, _ = listening.accept()
        except OSError:  # the client is gone already
            return
        accepted.setblocking(False)
        self.accepted += 1
        task = asyncio.get_running_loop().create_task(self._serve(accepted, self.accepted))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # A task that is cancelled before its first step never sees its socket.
        task.add_done_callback(lambda _: accepted.close())

    async def _serve(self, accepted: socket.socket, number: int) -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=READ_SIZE, loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        try:
            if self._context is not None and await _is_plain_http(accepted):
                await loop.sock_recv(accepted, READ_SIZE)  # what is left unread would reset the connection
                await loop.sock_sendall(accepted, HTTP_TO_HTTPS_RESPONSE)
                return
            transport, _ = await loop.connect_accepted_socket(lambda: protocol, accepted, ssl=self._context)
        except OSError:  # a handshake that failed, or a client that went away in it
            return
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        connection = Connection(reader, writer, number=number, handler=self._handler, refuse_head=self._refuse_head)
        self._open.add(connection)
        with contextlib.suppress(asyncio.CancelledError):
            try:
                await connection.run()
            finally:
                connection.abort()
                self._open.discard(connection)


async def _is_plain_http(accepted: socket.socket) -> bool:
    """Wait for the first bytes and look at them; they stay to be read."""
    loop, arrived = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(accepted, arrived.set)
    try:
        await arrived.wait()
    finally:
        loop.remove_reader(accepted)
    return accepted.recv(PEEK_BYTES, socket.MSG_PEEK) in HTTP_PREFIXES
