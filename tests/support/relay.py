"""A relay between a client and a server, whose connections a test can break."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import anyio
import anyio.abc

from kubex_testing import ServerHandle

_CHUNK = 65536


class Relay:
    """Forwards TCP connections to a server. `handle` is the handle of the server with the port of the relay."""

    def __init__(self, server: ServerHandle, port: int) -> None:
        self.handle = replace(server, url=f"https://127.0.0.1:{port}")
        self.connections: set[anyio.CancelScope] = set()
        self.refuses = False
        """Whether new connections are closed at once."""
        self._target = urlsplit(server.url)

    def cut(self) -> None:
        """Close all connections. Clients can open new ones."""
        for scope in self.connections:
            scope.cancel()

    async def serve(self, client: anyio.abc.SocketStream) -> None:
        """Forward one connection until an end closes it, or until it is cut."""
        assert self._target.hostname is not None
        assert self._target.port is not None
        if self.refuses:
            await client.aclose()
            return
        with anyio.CancelScope() as scope:
            self.connections.add(scope)  # before it connects, so that cut() also ends connections that are new
            try:
                async with (
                    client,
                    await anyio.connect_tcp(self._target.hostname, self._target.port) as server,
                    anyio.create_task_group() as tasks,
                ):
                    tasks.start_soon(_forward, client, server, tasks.cancel_scope)
                    tasks.start_soon(_forward, server, client, tasks.cancel_scope)
            finally:
                self.connections.discard(scope)


@asynccontextmanager
async def relay_to(server: ServerHandle) -> AsyncIterator[Relay]:
    """Start a relay on a free port of the loopback interface."""
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as tasks:
        relay = Relay(server, listener.extra(anyio.abc.SocketAttribute.local_port))  # noqa: S610 - not Django
        tasks.start_soon(listener.serve, relay.serve)
        yield relay
        tasks.cancel_scope.cancel()


async def _forward(source: anyio.abc.SocketStream, target: anyio.abc.SocketStream, end: anyio.CancelScope) -> None:
    try:
        while True:
            await target.send(await source.receive(_CHUNK))
    except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
        end.cancel()
