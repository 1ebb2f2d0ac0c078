"""The running event loop, and the check that a client stays on one."""

from collections.abc import Iterable

import sniffio
from anyio.lowlevel import current_token

from kubex.errors import BackendError, ClientLoopError


def runtime() -> str:
    """Return the name of the running async library: `asyncio` or `trio`. Raise ClientLoopError if none is running."""
    try:
        return sniffio.current_async_library()
    except sniffio.AsyncLibraryNotFoundError as error:
        raise ClientLoopError(
            "no event loop is running: await create_client() in an async function that asyncio.run(), trio.run() or "
            "anyio.run() calls"
        ) from error


class EventLoopGuard:
    """Raises an error if a client is used on a different event loop than at first, where its connections would hang."""

    __slots__ = ("_backend", "_runtimes", "_token")

    def __init__(self, backend: str, runtimes: Iterable[str]) -> None:
        self._backend = backend
        self._runtimes = frozenset(runtimes)
        self._token: object = None

    def check(self) -> None:
        """Raise ClientLoopError on another loop, BackendError on an async library that the backend does not support."""
        token = current_token()  # AnyIO creates a new object each time; they are equal, not identical
        if self._token is not None:
            if self._token != token:
                raise ClientLoopError
            return
        name = runtime()
        if name not in self._runtimes:
            raise BackendError(
                self._backend, f"runs on {', '.join(sorted(self._runtimes))}, not on {name}; choose another backend"
            )
        self._token = token

    def check_close(self) -> None:
        """Raise ClientLoopError on another loop. A client that was not used can be closed on any loop."""
        if self._token is not None and self._token != current_token():
            raise ClientLoopError
