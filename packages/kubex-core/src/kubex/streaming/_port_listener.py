"""Forward local ports to a pod."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from types import TracebackType
from typing import Generic, TypeAlias, TypeVar

import anyio
from anyio.abc import Listener, SocketAttribute, SocketStream, TaskGroup
from anyio.streams.stapled import MultiListener
from typing_extensions import Self

from kubex.core._exec_errors import CommandEndedError
from kubex.errors import AlreadyOpenError, ConnectionLost
from kubex.streaming._background import BackgroundTask
from kubex.streaming._error_reports import report_error
from kubex.streaming._exec import run_both
from kubex.streaming._port_stream import PortStream

logger = logging.getLogger("kubex.streaming")

P = TypeVar("P", bound=int | str)

ErrorCallback: TypeAlias = Callable[[Exception], object]
"""A function that receives the error of one connection."""

_LOOPBACK = "127.0.0.1"

# In seconds. After an error of accept(), for example if this process has too many open files.
_ACCEPT_PAUSE = 1.0


class PortListener(Generic[P]):
    """Listens on local ports and forwards each connection: `async with api.portforward.listen(name, ports)`.

    The error of one connection is passed to `on_error`, or logged by the logger `kubex.streaming`; it closes only that
    connection. If a connection cannot be accepted, for example because this process has too many open files, the
    listener reports the error and tries again after a second. Leaving the block closes all connections.

    Example:
        async with pods.portforward.listen("web-0", {80: 0}) as listener:
            async with await anyio.connect_tcp("127.0.0.1", listener.ports[80]) as stream:
                await stream.send(b"GET / HTTP/1.0\\r\\n\\r\\n")
                print(await stream.receive())
    """

    def __init__(
        self, ports: Mapping[P, int], connect: Callable[[P], Awaitable[PortStream]], on_error: ErrorCallback | None
    ) -> None:
        self._requested = dict(ports)
        self._connect = connect
        self._on_error = on_error
        self._listeners: dict[P, MultiListener[SocketStream]] = {}
        self._ports: dict[P, int] = {}
        self._accepting: BackgroundTask | None = None

    @property
    def ports(self) -> dict[P, int]:
        """The local port for each remote port, with the selected ports in place of 0."""
        return dict(self._ports)

    async def __aenter__(self) -> Self:
        if self._accepting is not None:
            raise AlreadyOpenError("the listener of forwarded ports")
        try:
            for remote, local in self._requested.items():
                listener = await anyio.create_tcp_listener(local_host=_LOOPBACK, local_port=local)
                self._listeners[remote] = listener
                self._ports[remote] = listener.extra(SocketAttribute.local_port)  # noqa: S610 - not Django
        except BaseException:
            await self._close_listeners()
            raise
        self._accepting = BackgroundTask(self._serve)
        self._accepting.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        accepting, self._accepting = self._accepting, None
        try:
            if accepting is not None:
                await accepting.stop()
        finally:
            await self._close_listeners()

    async def _close_listeners(self) -> None:
        listeners, self._listeners = self._listeners, {}
        with anyio.CancelScope(shield=True):
            for listener in listeners.values():
                await listener.aclose()

    async def _serve(self) -> None:
        async with anyio.create_task_group() as tasks:
            for remote, listener in self._listeners.items():
                for each in listener.listeners:
                    tasks.start_soon(self._accept, remote, each, tasks)

    async def _accept(self, remote: P, listener: Listener[SocketStream], tasks: TaskGroup) -> None:
        while True:
            try:
                await listener.serve(partial(self._forward, remote), tasks)
            except (OSError, anyio.BrokenResourceError) as error:  # noqa: PERF203 - only after an error of accept()
                cause = error.__cause__  # of anyio on trio
                self._report(remote, cause if isinstance(cause, OSError) else error)
                await anyio.sleep(_ACCEPT_PAUSE)

    async def _forward(self, remote: P, local: SocketStream) -> None:
        try:
            async with local, await self._connect(remote) as stream:
                await _copy_both(local, stream)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            return  # the local program closed its connection
        except Exception as error:  # noqa: BLE001 - one connection must not affect the others
            self._report(remote, error)

    def _report(self, remote: P, error: Exception) -> None:
        report_error(logger, self._on_error, f"the connection to port {remote} ended with an error", error)


async def _copy_both(local: SocketStream, stream: PortStream) -> None:
    """Copy data in both directions until the pod closes the connection, or until the grace period ends."""

    async def send() -> None:
        try:
            async for data in local:
                await stream.send(data)
            await stream.send_eof()
        except (CommandEndedError, ConnectionLost):
            return  # the data that has arrived is still delivered; then receive() raises the error

    async def receive() -> None:
        async for data in stream:
            await local.send(data)

    await run_both(receive, send)
