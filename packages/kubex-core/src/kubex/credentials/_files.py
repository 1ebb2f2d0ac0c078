"""Credentials that are read from files which something else rotates."""

import logging
import os
import time
from abc import abstractmethod

import anyio
import anyio.to_thread
from typing_extensions import override

from kubex.core.exceptions import ConfigurationError
from kubex.credentials._authentication import Authentication, Credentials
from kubex.credentials._read import read_token
from kubex.credentials._static import bearer

logger = logging.getLogger(__name__)

TOKEN_MAX_AGE = 60.0
"""Seconds for which a token is used before its file is read again, as client-go does."""

RETRY_AFTER = 10.0
"""Seconds until the next attempt when a file could not be read (or `max_age`, if that is less)."""


class FileCredentials(Credentials):
    """Authentication from files: read in a worker thread, at most every `max_age` seconds, by one caller at a time.

    When reading fails the last good authentication stays in use, and a warning is logged.
    """

    def __init__(self, *, max_age: float, fallback: Authentication | None = None) -> None:
        self._max_age = max_age
        self._current: Authentication | None = fallback
        self._stale_at = float("-inf")
        self._reads = 0
        self._lock = anyio.Lock()

    @abstractmethod
    def read(self) -> Authentication:
        """Read the files, in a worker thread; a `ConfigurationError` names the one that is no good."""

    @override
    async def authenticate(self, *, refresh: bool = False) -> Authentication:
        """Answer what the files said at most `max_age` seconds ago; with `refresh`, what they say now."""
        if self._current is not None and not refresh and time.monotonic() < self._stale_at:
            return self._current
        reads = self._reads
        async with self._lock:
            if self._current is not None and self._reads != reads:  # somebody read while this caller waited
                return self._current
            return await self._read_again()

    async def _read_again(self) -> Authentication:
        lifetime = self._max_age
        try:
            latest = await anyio.to_thread.run_sync(self.read)
        except ConfigurationError as error:
            if self._current is None:
                raise
            logger.warning("going on with the last good credentials: %s", error)
            latest, lifetime = self._current, min(lifetime, RETRY_AFTER)
        if self._current is None or latest != self._current:  # else the same object: cheap to compare
            self._current = latest
        self._stale_at = time.monotonic() + lifetime
        self._reads += 1
        return self._current


class TokenFile(FileCredentials):
    """A bearer token that is read again from its file every `max_age` seconds.

    `fallback` is the token to use as long as the file has never been readable.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, fallback: str | None = None, max_age: float = TOKEN_MAX_AGE
    ) -> None:
        super().__init__(max_age=max_age, fallback=None if fallback is None else bearer(fallback))
        self._path = path

    @override
    def read(self) -> Authentication:
        """Read the token; white space around it is not part of it."""
        return bearer(read_token(self._path))
