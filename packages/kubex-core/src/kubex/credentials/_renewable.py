"""Cached values that expire, such as credentials: one caller renews the value, and the others wait for it."""

import copy
import logging
import time
from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

import anyio
from typing_extensions import override

from kubex.core._error_handling import clear_tracebacks
from kubex.credentials._authentication import Authentication, Credentials
from kubex.errors import ConfigurationError

logger = logging.getLogger("kubex.credentials")

V = TypeVar("V")

RETRY_INTERVAL = 1.0
"""Seconds between attempts to renew a value that is still valid."""


class Renewable(ABC, Generic[V]):
    """A value that is renewed when it is stale or was rejected; concurrent callers share one renewal.

    If the renewal fails, the current value is used until it expires, unless it was rejected.
    """

    MIN_RENEWAL_INTERVAL: ClassVar[float] = 0.0
    """Seconds before a value that replaced a rejected one can be replaced again."""

    def __init__(self, current: V | None = None) -> None:
        self.current = current
        """The value in use; None before the first renewal."""
        self._stale_at = self._expires_at = self._no_renewal_before = float("-inf")
        self._attempts = self._waiting = 0
        self._failure: ConfigurationError | None = None
        self._lock = anyio.Lock()

    @abstractmethod
    async def renew(self) -> tuple[V, float, float]:
        """Return a new value, the seconds until it expires, and how many seconds before that it becomes stale.

        Raises `ConfigurationError`.
        """

    async def abandon(self) -> None:
        """Stop work that a cancelled `renew()` left running. Called when the last waiting caller is gone."""

    async def get(self, *, rejected: V | None = None) -> V:
        """Return the value, renewed if it is stale or equal to `rejected`."""
        current = self.current
        now = time.monotonic()
        # Without _no_renewal_before, a server that rejects every value would cause a renewal for every call.
        if current is not None and now < self._stale_at and (rejected != current or now < self._no_renewal_before):
            return current
        attempts = self._attempts
        self._waiting += 1
        try:
            async with self._lock:
                if self._attempts == attempts:
                    return await self._attempt(rejected)
                # Another caller has made an attempt in the meantime: share its result.
                if self._failure is not None and not self._is_usable(rejected):
                    raise copy.copy(self._failure) from self._failure
                return self.current or await self._attempt(rejected)
        finally:
            self._waiting -= 1
            if not self._waiting:
                await self.abandon()

    def store(self, value: V, *, seconds: float, margin: float) -> V:
        """Use a value that expires after `seconds` and becomes stale `margin` seconds before that."""
        self._expires_at = time.monotonic() + seconds
        self._stale_at = self._expires_at - margin
        # An equal value does not replace the object, so that callers can compare by identity.
        if self.current is None or value != self.current:
            self.current = value
        return self.current

    def _is_usable(self, rejected: V | None) -> bool:
        return self.current is not None and time.monotonic() < self._expires_at and rejected != self.current

    async def _renew(self) -> tuple[V, float, float]:
        try:
            return await self.renew()
        except BaseException as error:
            # The frames of the renewal have credentials in their variables, which some tools print.
            clear_tracebacks(error)
            raise error

    async def _attempt(self, rejected: V | None) -> V:
        try:
            value, seconds, margin = await self._renew()
        except ConfigurationError as error:
            self._failure = error
            self._attempts += 1
            if self.current is None or not self._is_usable(rejected):
                # A rejected value must not be used by later callers either.
                self._expires_at = float("-inf")
                raise
            now = time.monotonic()
            self._stale_at = min(now + RETRY_INTERVAL, self._expires_at)
            logger.warning(
                "renewing credentials failed, using the current ones for another %.0f s: %s",
                self._expires_at - now,
                error,
            )
            return self.current
        self._failure = None
        self._attempts += 1
        self._no_renewal_before = float("-inf") if rejected is None else time.monotonic() + self.MIN_RENEWAL_INTERVAL
        return self.store(value, seconds=seconds, margin=margin)


class RenewableCredentials(Renewable[Authentication], Credentials):
    """Authentication that is renewed when it is stale or was rejected."""

    @override
    async def authenticate(self, *, rejected: Authentication | None = None) -> Authentication:
        """Return the current authentication, renewed if it is stale or was rejected."""
        return await self.get(rejected=rejected)
