"""The states of one object, with a watch or with repeated requests."""

from collections.abc import Callable
from typing import Generic, TypeVar

import anyio

from kubex.api import ReadApi
from kubex.core.params import NamespaceTypes
from kubex.errors import (
    Forbidden,
    InvalidNameError,
    KubexError,
    MethodNotAllowed,
    NamespaceError,
    UnsupportedVerbError,
    is_transient,
)
from kubex.models import NamespacedResource, Resource
from kubex_runtime._follow import follow
from kubex_runtime._machine.changes import Change, Deleted, Synced

T = TypeVar("T", bound=Resource)

# The time between requests if the collection cannot be followed.
POLL_SECONDS = 2.0

# Errors of lists and watches after which `get` can still succeed.
_GET_CAN_SUCCEED = (Forbidden, MethodNotAllowed, UnsupportedVerbError)


class ObjectStates(Generic[T]):
    """Reads the states of an object until a function returns True for one of them."""

    def __init__(self, source: ReadApi[T], name: str, namespace: NamespaceTypes) -> None:
        self.failure: BaseException | None = None
        """The error of the last request, if it has failed."""
        self._source = source
        self._name = name
        self._namespace = namespace

    async def read(self, is_last: Callable[[T | None], bool]) -> None:
        """Call a function for each state, until it returns True. The state is None if the object does not exist."""
        try:
            await self._follow(is_last)
        except _GET_CAN_SUCCEED:
            await self._poll(is_last)

    async def _follow(self, is_last: Callable[[T | None], bool]) -> None:
        selector = {"metadata.name": self._name}
        async with follow(self._source, namespace=self._namespace, field_selector=selector) as changes:
            current: T | None = None
            try:
                async for change in changes:
                    current = _object_after(change, current)
                    # Before `Synced`, it is not known whether the object exists.
                    if (changes.synced or current is not None) and is_last(current):
                        return
            finally:
                self.failure = changes.failure.error if changes.failure is not None else None

    async def _poll(self, is_last: Callable[[T | None], bool]) -> None:
        while True:
            try:
                current = await self._source.get_or_none(self._name, namespace=self._namespace)
            except KubexError as error:
                if not is_transient(error):
                    raise
                self.failure = error
            else:
                self.failure = None
                if is_last(current):
                    return
            await anyio.sleep(POLL_SECONDS)


def namespace_of(source: ReadApi[T], name: str, namespace: NamespaceTypes) -> str | None:
    """Return the namespace of an object; raise an error if a name and a namespace do not identify one object."""
    if not name or "/" in name:
        raise InvalidNameError("name", name, "is not the name of an object")
    resolved = source.raw.namespace if namespace is ... else namespace
    if resolved is None and issubclass(source.resource, NamespacedResource):
        problem = "wait_for needs one namespace: pass namespace= to the call or the Api"
        raise NamespaceError(source.resource.__name__, problem)
    return resolved


def _object_after(change: Change[T], current: T | None) -> T | None:
    """Return the object after a change, or None if it does not exist."""
    if isinstance(change, Synced):
        return current
    return None if isinstance(change, Deleted) else change.object
