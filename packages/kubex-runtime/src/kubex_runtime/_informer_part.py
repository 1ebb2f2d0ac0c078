"""The part of an informer that reads one namespace, or all."""

from collections.abc import Callable
from typing import Generic, TypeVar

from kubex.models import Resource
from kubex_runtime._machine.backoff import Failure
from kubex_runtime._machine.cache import Cache, CacheTable
from kubex_runtime._reflect import Reflection

T = TypeVar("T", bound=Resource)


class InformerPart(Generic[T]):
    """Keeps one table of a cache up to date."""

    def __init__(self, cache: Cache[T], table: CacheTable[T], reflection: Reflection[T]) -> None:
        self.reflector = reflection.reflector
        self._cache = cache
        self._table = table
        self._reflection = reflection

    @property
    def failure(self) -> Failure | None:
        """Why this part cannot reach the server now; None if it can."""
        return self.reflector.attempts.failure

    @property
    def has_response(self) -> bool:
        """Whether a response was received."""
        return self._reflection.quiet_for is not None

    async def run(self, on_synced: Callable[[], object]) -> None:
        """Follow the changes until it is cancelled. `on_synced` is called if it completes the cache."""
        async with self._reflection as changes:
            async for change in changes:  # the reflector has already changed the table
                if change.type == "synced":
                    self._cache.mark_synced(self._table)
                    if self._cache.synced:
                        on_synced()
