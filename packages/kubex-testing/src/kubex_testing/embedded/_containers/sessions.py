"""The life of a session: its work ends it, or the client, the end of the container, or the server."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, Protocol, TypeVar

from .runtime import ContainerRuntime

R = TypeVar("R")
CLOSE_SECONDS = 5.0
"""How long the server waits for the close frame of a client."""


class Closable(Protocol):
    """The connection of a session."""

    async def close(self) -> None: ...


class Session(Generic[R]):
    """One open connection with a task that works and a task that receives."""

    def __init__(self, runtime: ContainerRuntime, pod_uid: str, container: str | None) -> None:
        self.pod_uid = pod_uid
        self.container = container
        self._runtime = runtime
        self._killed = False
        self._interrupted = asyncio.Event()

    def kill(self) -> None:
        """End the session, because its container ended."""
        self._killed = True
        self._interrupted.set()

    def shut_down(self) -> None:
        """End the session without a status, because the server stops."""
        self._interrupted.set()

    async def run(
        self,
        connection: Closable,
        work: Coroutine[Any, Any, R],
        receive: Coroutine[Any, Any, None],
        finish: Callable[[R | None], Coroutine[Any, Any, None]],
    ) -> None:
        """Work and receive, and call `finish` at the end of the work, or with None if the container ended first.

        If the client disconnects or closes the connection, the work is cancelled.
        """
        worker, receiver = asyncio.ensure_future(work), asyncio.ensure_future(receive)
        interrupted = asyncio.ensure_future(self._interrupted.wait())
        self._runtime.sessions.add(self)
        try:
            await asyncio.wait({worker, receiver, interrupted}, return_when=asyncio.FIRST_COMPLETED)
            if worker.done():
                await self._close(connection, receiver, finish(worker.result()))
            elif self._killed:
                await cancel(worker)
                await self._close(connection, receiver, finish(None))
            elif receiver.done():
                await self.disconnected(worker)
                await connection.close()
        finally:
            self._runtime.sessions.discard(self)
            await cancel(worker, receiver, interrupted)

    async def disconnected(self, worker: "asyncio.Task[R]") -> None:
        """End the work after the client has disconnected."""
        await cancel(worker)

    async def _close(
        self, connection: Closable, receiver: "asyncio.Task[None]", finish: Coroutine[Any, Any, None]
    ) -> None:
        try:
            await finish
        except ConnectionError:
            return
        await connection.close()
        # Unread data of the client would reset the connection, and the client could lose the status.
        await asyncio.wait({receiver}, timeout=CLOSE_SECONDS)


async def cancel(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel tasks and wait for their end. Their exceptions are ignored."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled():
            task.exception()
