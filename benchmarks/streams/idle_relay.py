"""A relay that closes connections without traffic, as load balancers and proxies do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import anyio
from anyio.abc import ByteStream, SocketAttribute, SocketStream


@asynccontextmanager
async def idle_relay(url: str, limit: float) -> AsyncIterator[str]:
    """Relay connections to a server, and close each after `limit` seconds without traffic; yield the URL."""
    port = urlsplit(url).port or 80

    async def forward(client: SocketStream) -> None:
        async with client, await anyio.connect_tcp("127.0.0.1", port) as server:
            await _relay(client, server, limit)

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, forward)
        yield f"http://127.0.0.1:{listener.extra(SocketAttribute.local_port)}"
        tasks.cancel_scope.cancel()


async def _relay(client: ByteStream, server: ByteStream, limit: float) -> None:
    with anyio.CancelScope(deadline=anyio.current_time() + limit) as scope:

        async def copy(source: ByteStream, target: ByteStream) -> None:
            try:
                async for data in source:
                    scope.deadline = anyio.current_time() + limit
                    await target.send(data)
            except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                pass
            scope.cancel()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(copy, client, server)
            tasks.start_soon(copy, server, client)
