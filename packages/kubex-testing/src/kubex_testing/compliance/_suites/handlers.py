"""Handlers for connections that several suites use."""

import base64
import socket
import threading
from contextlib import suppress

import anyio
import anyio.to_thread

from kubex.transport import PreparedRequest, Proxy, Transport
from kubex_testing.compliance.servers import WAIT_TIMEOUT, ConnectionHandler, ServerConnection, accept_upgrade

AUTHORIZATION = "Basic " + base64.b64encode("user:p:ä ss".encode()).decode()


class Gate:
    """A handler that responds after `opened` is set. The semaphore `waiting` is released for each request."""

    def __init__(self) -> None:
        self.waiting = threading.Semaphore(0)
        self.opened = threading.Event()

    def __call__(self, connection: ServerConnection) -> None:
        while connection.read_request():
            self.waiting.release()
            connection.wait_for(self.opened)
            connection.respond(b"ok")

    async def wait_for_request(self) -> None:
        assert await anyio.to_thread.run_sync(lambda: self.waiting.acquire(timeout=WAIT_TIMEOUT))


def send_one_chunk(connection: ServerConnection) -> None:
    """Send one chunk, then wait until the client closes the connection."""
    while connection.read_request():
        connection.start_chunked()
        connection.send_chunk(b"first\n")
        connection.wait_until_closed()


def never_send(connection: ServerConnection) -> None:
    """Accept the WebSocket, and read until the client closes the connection."""
    accept_upgrade(connection)
    connection.wait_until_closed()


def proxy_with_credentials(url: str) -> Proxy:
    """Return a proxy with a user name and a password."""
    return Proxy(url=url, username="user", password="p:ä ss")


class Burst:
    """A handler that responds when `count` requests have arrived."""

    def __init__(self, count: int) -> None:
        self._barrier = threading.Barrier(count)
        self._sockets: list[socket.socket] = []

    def __call__(self, connection: ServerConnection) -> None:
        self._sockets.append(connection.socket)
        while request := connection.read_request():
            if request.target != "/later":
                self._barrier.wait(WAIT_TIMEOUT)
            connection.respond(b"ok")

    def shut_down_all(self) -> None:
        """Shut down the sending side of each connection. The connection stays open until the client closes it."""
        for open_socket in self._sockets:
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_WR)


async def send_burst(transport: Transport, url: str, count: int) -> None:
    """Send requests at the same time."""
    async with anyio.create_task_group() as tasks:
        for _ in range(count):
            tasks.start_soon(transport.request, PreparedRequest("GET", url + "/"))


def send_bytes(data: bytes) -> ConnectionHandler:
    """Return a handler that sends these bytes without reading anything."""

    def handle(connection: ServerConnection) -> None:
        connection.send(data)

    return handle
