"""The floor of a server with many watches: asyncio tasks that write the same bytes, without a server around them."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

EVENT = b'{"type":"MODIFIED"}'.ljust(560)
"""A line with the size of the events of the benchmark."""


class BareServer:
    """One task for each connection, which writes a line after each change. There are no requests and no objects."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._clock = time.pthread_getcpuclockid(self._thread.ident or 0)
        self._wakes: set[asyncio.Event] = set()
        starting = asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1024)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result()

    @property
    def open_watches(self) -> int:
        """The number of open connections."""
        return len(self._wakes)

    def cpu(self) -> float:
        """Return the CPU seconds of the thread of the server."""
        return time.clock_gettime(self._clock)

    def watch(self) -> socket.socket:
        """Open a connection."""
        return socket.create_connection(self._server.sockets[0].getsockname())

    def change(self, _number: int) -> None:
        """Let each task write the line."""
        self._loop.call_soon_threadsafe(self._wake_all)

    def stop(self) -> None:
        """End the thread, after the clients have closed all connections."""
        self._loop.call_soon_threadsafe(self._server.close)
        while self._wakes:
            time.sleep(0.01)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wake_all(self) -> None:
        for wake in self._wakes:
            wake.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wake = asyncio.Event()
        self._wakes.add(wake)
        sender = asyncio.create_task(_send(wake, writer))
        await reader.read()  # until the client disconnects
        sender.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await sender
        writer.close()
        self._wakes.discard(wake)


async def _send(wake: asyncio.Event, writer: asyncio.StreamWriter) -> None:
    while True:
        await wake.wait()
        wake.clear()
        writer.write(EVENT)
        await writer.drain()


@contextmanager
def run_bare_server() -> Generator[BareServer, None, None]:
    """Run a server that does nothing else."""
    server = BareServer()
    try:
        yield server
    finally:
        server.stop()
