"""Which event loop is running."""

from collections.abc import Iterable

import sniffio
from anyio.lowlevel import current_token

from kubex.errors import BackendError, ClientLoopError


def runtime() -> str:
    """Return the name of the running async library: `asyncio` or `trio`."""
    try:
        return sniffio.current_async_library()
    except sniffio.AsyncLibraryNotFoundError as error:
        raise ClientLoopError from error


class HomeLoop:
    """Remembers the event loop of the first use and refuses others, on which a connection would hang."""

    __slots__ = ("_backend", "_runtimes", "_token")

    def __init__(self, backend: str, runtimes: Iterable[str]) -> None:
        self._backend = backend
        self._runtimes = frozenset(runtimes)
        self._token: object = None

    def check(self) -> None:
        """Raise ClientLoopError on another loop than the first, BackendError on an async library that does not fit."""
        token = current_token()  # AnyIO makes a new one each time: equal, not the same
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

    def check_end(self) -> None:
        """Raise ClientLoopError on another loop than the first; without a first use any loop will do."""
        if self._token is not None and self._token != current_token():
            raise ClientLoopError
