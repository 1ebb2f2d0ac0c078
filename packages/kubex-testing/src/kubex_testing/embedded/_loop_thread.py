"""An asyncio event loop in a separate thread, so that asyncio, trio and synchronous tests can use the server."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from ._clock import ServerClock, ServerLoop

T = TypeVar("T")
STOP_TIMEOUT = 10.0


class LoopThread:
    """Run coroutines for other threads."""

    def __init__(self, name: str, clock: ServerClock) -> None:
        self._name = name
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        return self._thread is not None

    def start(self) -> None:
        """Start the thread, and return when its event loop runs."""
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), name=self._name, daemon=True)
        self._thread.start()
        started.wait()

    def stop(self) -> None:
        """Stop the event loop and wait for the thread. Does nothing if it is not running."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        loop.call_soon_threadsafe(loop.stop)
        thread.join(STOP_TIMEOUT)
        self._loop = self._thread = None

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the event loop and return its result.

        Raises:
            RuntimeError: the thread is not running.
        """
        if self._loop is None:
            # Otherwise Python warns about a coroutine that was never awaited.
            coroutine.close()
            raise RuntimeError("the server is not running; start it with `with`, `async with` or start()")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def call(self, function: Callable[[], T]) -> T:
        """Call a function in the thread of the event loop and return its result."""

        async def run() -> T:
            return function()

        return self.run(run())

    def _run(self, started: threading.Event) -> None:
        loop = ServerLoop(self._clock)
        self._loop = loop
        loop.call_soon(started.set)
        try:
            loop.run_forever()
            # Response streams are async generators, which must be closed while the loop exists.
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            loop.close()
