"""Credentials, and authorities, that are read from files which something else rotates."""

import logging
import os
from abc import abstractmethod
from typing import ClassVar, TypeVar

import anyio.to_thread
from typing_extensions import override

from kubex.credentials._authentication import Authentication
from kubex.credentials._renewable import Renewable, RenewableCredentials
from kubex.credentials._static import bearer
from kubex.credentials._tokens import read_token
from kubex.errors import ConfigurationError

logger = logging.getLogger(__name__)

TOKEN_MAX_AGE = 60.0
"""Seconds for which a token is used before its file is read again, as client-go does."""

RETRY_AFTER = 10.0
"""Seconds until the next attempt when a file could not be read (or `max_age`, if that is less)."""


V = TypeVar("V")


class RenewableFile(Renewable[V]):
    """What files hold: read in a worker thread, at most every `max_age` seconds.

    When reading fails the last good value stays in use, and a warning is logged.
    """

    LABEL: ClassVar[str]
    """What the value is called in the log."""

    def __init__(self, *, max_age: float, fallback: V | None = None) -> None:
        super().__init__(fallback)
        self._max_age = max_age

    @abstractmethod
    def read(self) -> V:
        """Read the files, in a worker thread; a `ConfigurationError` names the one that is no good."""

    @override
    async def renew(self) -> tuple[V, float, float]:
        """Read the files again."""
        try:
            return await anyio.to_thread.run_sync(self.read), self._max_age, 0.0
        except ConfigurationError as error:
            if self.current is None:
                raise
            logger.warning("going on with the last good %s: %s", self.LABEL, error)
            return self.current, min(self._max_age, RETRY_AFTER), 0.0


class FileCredentials(RenewableFile[Authentication], RenewableCredentials):
    """Authentication from files."""

    LABEL = "credentials"


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
