"""What takes work to get, credentials above all: got by one caller at a time, kept until it is stale."""

import copy
import logging
import time
from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

import anyio
from typing_extensions import override

from kubex.core._tracebacks import forget_frames
from kubex.credentials._authentication import Authentication, Credentials
from kubex.errors import ConfigurationError

logger = logging.getLogger("kubex.credentials")

V = TypeVar("V")

RETRY_AFTER = 1.0
"""Seconds until the next attempt when a value that still holds could not be renewed."""


class Renewable(ABC, Generic[V]):
    """A value that is renewed when it is stale or rejected, by one caller for all that wait.

    A value that could not be renewed is used to its very end, unless it was rejected.
    """

    MIN_RENEWAL_INTERVAL: ClassVar[float] = 0.0
    """Seconds for which a value that replaced a rejected one is not replaced again: a server that refuses them all must
    not make every call a renewal."""

    def __init__(self, current: V | None = None) -> None:
        self.current = current
        """What is in use; None as long as there is nothing."""
        self._stale_at = self._ends_at = self._no_renewal_before = float("-inf")
        self._attempts = self._waiting = 0
        self._failure: ConfigurationError | None = None
        self._lock = anyio.Lock()

    @abstractmethod
    async def renew(self) -> tuple[V, float, float]:
        """Get the value, for how many seconds it holds, and how many before that it is to be renewed.

        Raises `ConfigurationError`.
        """

    async def abandon(self) -> None:
        """End what a cancelled `renew` has left going on for those who wait: now nobody does."""

    async def get(self, *, rejected: V | None = None) -> V:
        """Answer what is in use, renewed if it is stale or if it is what was rejected."""
        current = self.current
        now = time.monotonic()
        if current is not None and now < self._stale_at and (rejected != current or now < self._no_renewal_before):
            return current
        attempts = self._attempts
        self._waiting += 1
        try:
            async with self._lock:
                if self._attempts == attempts:
                    return await self._attempt(rejected)
                if self._failure is not None and not self._is_usable(rejected):  # of the attempt that was waited for
                    raise copy.copy(self._failure) from self._failure
                return self.current or await self._attempt(rejected)
        finally:
            self._waiting -= 1
            if not self._waiting:
                await self.abandon()

    def store(self, value: V, *, seconds: float, margin: float) -> V:
        """Use a value that holds for some seconds, and is to be renewed a margin before that."""
        self._ends_at = time.monotonic() + seconds
        self._stale_at = self._ends_at - margin
        if self.current is None or value != self.current:  # else the same object: cheap to compare
            self.current = value
        return self.current

    def _is_usable(self, rejected: V | None) -> bool:
        return self.current is not None and time.monotonic() < self._ends_at and rejected != self.current

    async def _renew(self) -> tuple[V, float, float]:
        try:
            return await self.renew()
        except BaseException as error:  # what sends, reads and prints credentials has them in its variables
            forget_frames(error)
            raise error

    async def _attempt(self, rejected: V | None) -> V:
        try:
            latest, seconds, margin = await self._renew()
        except ConfigurationError as error:
            self._failure = error
            self._attempts += 1
            if self.current is None or not self._is_usable(rejected):
                self._ends_at = float("-inf")  # also for those who ask later, and were not rejected
                raise
            now = time.monotonic()
            self._stale_at = min(now + RETRY_AFTER, self._ends_at)
            logger.warning("what could not be renewed is used for another %.0f s: %s", self._ends_at - now, error)
            return self.current
        self._failure = None
        self._attempts += 1
        self._no_renewal_before = float("-inf") if rejected is None else time.monotonic() + self.MIN_RENEWAL_INTERVAL
        return self.store(latest, seconds=seconds, margin=margin)


class RenewableCredentials(Renewable[Authentication], Credentials):
    """Authentication that is renewed when it is stale or rejected, by one caller for all that wait."""

    @override
    async def authenticate(self, *, rejected: Authentication | None = None) -> Authentication:
        """Answer what is in use, renewed if it is stale or if it is what was rejected."""
        return await self.get(rejected=rejected)
