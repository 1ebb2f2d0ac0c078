"""Credentials and CA certificates in files that another program rotates."""

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
"""Seconds before the file of a token is read again, as in client-go."""

RETRY_INTERVAL = 10.0
"""Seconds between attempts to read an unreadable file, unless `max_age` is less."""


V = TypeVar("V")


class RenewableFile(Renewable[V]):
    """The content of files, read again in a worker thread every `max_age` seconds.

    If reading fails, a warning is logged and the previous content is used.
    """

    LABEL: ClassVar[str]
    """The name of the content in log messages."""

    def __init__(self, *, max_age: float, fallback: V | None = None) -> None:
        super().__init__(fallback)
        self._max_age = max_age

    @abstractmethod
    def read(self) -> V:
        """Read the files in a worker thread; `ConfigurationError` names the unusable file."""

    @override
    async def renew(self) -> tuple[V, float, float]:
        """Read the files again."""
        try:
            return await anyio.to_thread.run_sync(self.read), self._max_age, 0.0
        except ConfigurationError as error:
            if self.current is None:
                raise
            # The file may be half-written, or a volume may be unavailable for a moment.
            logger.warning("could not reload %s, using the previous ones: %s", self.LABEL, error)
            return self.current, min(self._max_age, RETRY_INTERVAL), 0.0


class FileCredentials(RenewableFile[Authentication], RenewableCredentials):
    """Authentication from files."""

    LABEL = "credentials"


class TokenFile(FileCredentials):
    """A bearer token in a file that is read again every `max_age` seconds.

    `fallback` is the token to use until the file is readable for the first time.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, fallback: str | None = None, max_age: float = TOKEN_MAX_AGE
    ) -> None:
        super().__init__(max_age=max_age, fallback=None if fallback is None else bearer(fallback))
        self._path = path

    @override
    def read(self) -> Authentication:
        """Read the token."""
        return bearer(read_token(self._path))
