"""What takes work to get, credentials above all: got by one caller at a time, kept until it is stale."""

import copy
import time
from abc import ABC, abstractmethod
from typing import Generic, TypeVar

import anyio
from typing_extensions import override

from kubex.core.exceptions import ConfigurationError
from kubex.credentials._authentication import Authentication, Credentials

V = TypeVar("V")


class Cached(ABC, Generic[V]):
    """A value that is renewed when it is stale or refused, by one caller for all that wait."""

    def __init__(self, current: V | None = None) -> None:
        self.current = current
        """What is in use; None as long as there is nothing."""
        self._stale_at = float("-inf")
        self._attempts = 0
        self._failure: ConfigurationError | None = None
        self._lock = anyio.Lock()

    @abstractmethod
    async def renew(self) -> tuple[V, float]:
        """Get the value, and for how many seconds it may be used; raises `ConfigurationError`."""

    async def get(self, *, refused: V | None = None) -> V:
        """Answer what is in use, renewed if it is stale or if it is what was refused."""
        current = self.current
        if current is not None and time.monotonic() < self._stale_at and (refused is None or refused != current):
            return current
        attempts = self._attempts
        async with self._lock:
            if self._attempts == attempts:
                return await self._attempt()
            if self._failure is not None:  # of the attempt that this caller waited for
                raise copy.copy(self._failure) from self._failure
            return self.current or await self._attempt()

    async def _attempt(self) -> V:
        try:
            latest, lifetime = await self.renew()
        except ConfigurationError as error:
            self._failure = error
            self._attempts += 1
            raise
        self._failure = None
        self._attempts += 1
        self._stale_at = time.monotonic() + lifetime
        if self.current is None or latest != self.current:  # else the same object: cheap to compare
            self.current = latest
        return self.current


class CachedCredentials(Cached[Authentication], Credentials):
    """Authentication that is renewed when it is stale or refused, by one caller for all that wait."""

    @override
    async def authenticate(self, *, refused: Authentication | None = None) -> Authentication:
        """Answer what is in use, renewed if it is stale or if it is what was refused."""
        return await self.get(refused=refused)
