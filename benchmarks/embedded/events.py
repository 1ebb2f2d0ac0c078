"""Events that a server sends to many connections."""

import selectors
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Protocol


class Watched(Protocol):
    """A server that sends its changes to each connection."""

    @property
    def open_watches(self) -> int: ...

    def cpu(self) -> float: ...

    def watch(self) -> socket.socket: ...

    def change(self, number: int, /) -> None: ...


def send_events(server: Watched, count: int, events: int) -> float:
    """Return the CPU seconds of one event for one watch."""
    with ExitStack() as stack, selectors.DefaultSelector() as selector:
        for _ in range(count):
            selector.register(stack.enter_context(server.watch()), selectors.EVENT_READ)
        while server.open_watches < count:
            time.sleep(0.01)
        _wait_for(selector, b'"MODIFIED"', lambda: server.change(0), count)
        before = server.cpu()
        for number in range(events):
            _wait_for(selector, b'"MODIFIED"', partial(server.change, number + 1), count)
        return (server.cpu() - before) / events / count


def _wait_for(selector: selectors.BaseSelector, word: bytes, change: Callable[[], object], count: int) -> None:
    """Change an object, and wait until each connection has received a line with a word."""
    change()
    waiting = count
    while waiting:
        for key, _ in selector.select():
            connection = key.fileobj
            assert not isinstance(connection, int)
            waiting -= connection.recv(65536).count(word)  # type: ignore[attr-defined]
