"""`wait_for()`: wait until an object fulfils a condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, overload

import anyio

from kubex.api import ReadApi
from kubex.core.params import NamespaceTypes
from kubex.errors import (
    ConfigurationError,
    Forbidden,
    InvalidNameError,
    KubexError,
    MethodNotAllowed,
    NamespaceError,
    UnsupportedVerbError,
    is_transient,
)
from kubex.models import NamespacedResource, Resource
from kubex_runtime._conditions.condition import Condition, Function, OptionalCondition, as_condition
from kubex_runtime._follow import follow
from kubex_runtime._machine.changes import Change, Deleted, Synced
from kubex_runtime.errors import WaitFailed, WaitTimeout

T = TypeVar("T", bound=Resource)

# The time between requests if the collection cannot be followed.
POLL_SECONDS = 2.0

# Errors of lists and watches after which `get` can still succeed.
_GET_CAN_SUCCEED = (Forbidden, MethodNotAllowed, UnsupportedVerbError)


@overload
async def wait_for(
    source: ReadApi[T],
    name: str,
    condition: Condition[T],
    *,
    timeout: float | None,
    fails: OptionalCondition[T] | Function[T] | None = None,
    namespace: NamespaceTypes = ...,
    on_progress: Callable[[str], object] | None = None,
) -> T: ...
@overload
async def wait_for(  # type: ignore[overload-overlap]  # a condition is also a function
    source: ReadApi[T],
    name: str,
    condition: OptionalCondition[T],
    *,
    timeout: float | None,
    fails: OptionalCondition[T] | Function[T] | None = None,
    namespace: NamespaceTypes = ...,
    on_progress: Callable[[str], object] | None = None,
) -> T | None: ...
@overload
async def wait_for(
    source: ReadApi[T],
    name: str,
    condition: Function[T],
    *,
    timeout: float | None,
    fails: OptionalCondition[T] | Function[T] | None = None,
    namespace: NamespaceTypes = ...,
    on_progress: Callable[[str], object] | None = None,
) -> T: ...
async def wait_for(
    source: ReadApi[T],
    name: str,
    condition: OptionalCondition[T] | Function[T],
    *,
    timeout: float | None,
    fails: OptionalCondition[T] | Function[T] | None = None,
    namespace: NamespaceTypes = ...,
    on_progress: Callable[[str], object] | None = None,
) -> T | None:
    """Wait until an object fulfils a condition, and return the object. It does not need to exist yet.

    The object is watched with `follow()`, which recovers from all failures that can pass. Without the permission to
    list and watch, the object is requested every 2 seconds instead.

    Args:
        source: an `Api`, or `api.metadata` if the condition reads only the metadata.
        name: the name of the object.
        condition: a condition of `kubex_runtime.conditions`, or a function that returns whether an existing object
            fulfils the condition.
        timeout: the time limit in seconds for the complete call, or None for no limit.
        fails: raise WaitFailed if the object fulfils this condition.
        namespace: the namespace of the object; by default that of `source`.
        on_progress: called with a text that states what is missing, each time that it changes.

    Returns:
        The object, or None if it does not exist, which only conditions such as `deleted()` accept.

    Raises:
        WaitTimeout: the object did not fulfil the condition in time. It is a TimeoutError.
        WaitFailed: the object can no longer fulfil the condition, such as a failed Job; or it fulfils `fails`.
        Forbidden: the user may neither watch nor get the object.
        NotFound: the server does not have this kind.
        ConfigurationError: `timeout` is 0 or negative.

    Example:
        deployment = await wait_for(deployments, "web", exists(), timeout=60, on_progress=print)
        print(deployment.metadata.uid)
    """
    if timeout is not None and not timeout > 0:
        raise ConfigurationError(
            f"must be greater than 0, or None for no limit, not {timeout!r}: to check the condition once, call it with "
            "the result of get_or_none()",
            field="timeout",
        )
    check_name(source, name, namespace)
    failure = None if fails is None else as_condition(fails)
    wait = Wait(source, name, namespace, as_condition(condition), failure, on_progress)
    with anyio.move_on_after(timeout):
        await wait.run()
    # If the time limit expires while the watch is closed, the result is not lost.
    if wait.is_fulfilled:
        return wait.result
    raise wait.timeout_error(timeout or 0) from wait.failure


def check_name(source: ReadApi[T], name: str, namespace: NamespaceTypes) -> None:
    """Raise an error if a name and a namespace do not identify one object."""
    if not name or "/" in name:
        raise InvalidNameError("name", name, "is not the name of an object")
    resolved = source.raw.namespace if namespace is ... else namespace
    if resolved is None and issubclass(source.resource, NamespacedResource):
        problem = "wait_for needs one namespace: pass namespace= to the call or the Api"
        raise NamespaceError(source.resource.__name__, problem)


class Wait(Generic[T]):
    """The state of one call of `wait_for()`."""

    def __init__(
        self,
        source: ReadApi[T],
        name: str,
        namespace: NamespaceTypes,
        condition: OptionalCondition[T],
        fails: OptionalCondition[T] | None,
        on_progress: Callable[[str], object] | None,
    ) -> None:
        self.is_fulfilled = False
        self.result: T | None = None
        self.failure: BaseException | None = None
        """The error of the last request, if it has failed."""
        self._source = source
        self._name = name
        self._namespace = namespace
        self._condition = condition
        self._fails = fails
        self._on_progress = on_progress
        self._last: T | None = None
        self._first_uid: str | None = None
        self._text: str | None = None

    async def run(self) -> None:
        """Wait until the condition is fulfilled, and set the result."""
        try:
            await self._follow()
        except _GET_CAN_SUCCEED:
            await self._poll()

    def timeout_error(self, timeout: float) -> WaitTimeout:
        """Return the exception for a condition that was not fulfilled in time."""
        reason = self._text or "no response was received"
        return WaitTimeout(
            self._source.resource.__name__, self._name, repr(self._condition), reason, self._last, timeout=timeout
        )

    async def _follow(self) -> None:
        selector = {"metadata.name": self._name}
        async with follow(self._source, namespace=self._namespace, field_selector=selector) as changes:
            current: T | None = None
            try:
                async for change in changes:
                    current = _object_after(change, current)
                    # Before `Synced`, it is not known whether the object exists.
                    if (changes.synced or current is not None) and self._check(current):
                        return
            finally:
                self.failure = changes.failure.error if changes.failure is not None else None

    async def _poll(self) -> None:
        while True:
            try:
                current = await self._source.get_or_none(self._name, namespace=self._namespace)
            except KubexError as error:
                if not is_transient(error):
                    raise
                self.failure = error
            else:
                self.failure = None
                if self._check(current):
                    return
            await anyio.sleep(POLL_SECONDS)

    def _check(self, current: T | None) -> bool:
        """Return whether the condition is fulfilled; raise WaitFailed if it cannot be."""
        if current is not None:
            self._last = current
            self._first_uid = self._first_uid or current.metadata.uid
        verdict = self._condition.evaluate(current, first_uid=self._first_uid)
        self._report(verdict.text)
        if verdict.holds:
            self.is_fulfilled, self.result = True, current
            return True
        if verdict.final:
            raise self._failed(verdict.text, None)
        if self._fails is not None:
            failed = self._fails.evaluate(current, first_uid=self._first_uid)
            if failed.holds:
                raise self._failed(failed.text, repr(self._fails))
        return False

    def _report(self, text: str) -> None:
        if text != self._text and self._on_progress is not None:
            self._on_progress(text)
        self._text = text

    def _failed(self, reason: str, fails: str | None) -> WaitFailed:
        kind = self._source.resource.__name__
        return WaitFailed(kind, self._name, repr(self._condition), reason, self._last, fails=fails)


def _object_after(change: Change[T], current: T | None) -> T | None:
    """Return the object after a change, or None if it does not exist."""
    if isinstance(change, Synced):
        return current
    return None if isinstance(change, Deleted) else change.object
