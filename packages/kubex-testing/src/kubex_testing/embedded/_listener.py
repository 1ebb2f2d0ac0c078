"""The listening socket and the connections that came in through it."""

import asyncio
import socket
import ssl

from ._http import Connection, Handler, HeadHook

HOST = "127.0.0.1"
BACKLOG = 512
GOODBYE = 0.2


class Listener:
    """Accepts connections on loopback. Used from one event loop only."""

    def __init__(self, port: int, context: ssl.SSLContext | None, handler: Handler, refuse_head: HeadHook) -> None:
        self.port = port
        self.accepted = 0
        self._context = context
        self._handler = handler
        self._refuse_head = refuse_head
        self._server: asyncio.Server | None = None
        self._open: dict[Connection, asyncio.Task[None]] = {}

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def open(self) -> int:
        """How many connections are open."""
        return len(self._open)

    async def listen(self) -> None:
        """Open the port; a port of 0 becomes the one that was free, and stays."""
        # asyncio switches Nagle's algorithm off only for sockets that say they are TCP; else answers take 40 ms.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, self.port))
            listening.listen(BACKLOG)
        except OSError:
            listening.close()
            raise
        self.port = listening.getsockname()[1]
        self._server = await asyncio.start_server(self._accept, sock=listening, ssl=self._context)

    def close(self) -> None:
        """Accept no more connections."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def abort_connections(self) -> None:
        """Cut every open connection."""
        for connection in tuple(self._open):
            connection.abort()

    async def finish_connections(self) -> None:
        """Give answers that are on their way a moment, then end all connections."""
        tasks = set(self._open.values())
        if tasks:
            await asyncio.wait(tasks, timeout=GOODBYE)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        connection = Connection(
            reader, writer, number=self.accepted, handler=self._handler, refuse_head=self._refuse_head
        )
        task = asyncio.current_task()
        if task is None:
            return
        self._open[connection] = task
        try:
            await connection.run()
        except asyncio.CancelledError:
            connection.abort()
        finally:
            del self._open[connection]
