"""`wait_for()`: wait until an object fulfils a condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, overload

import anyio

from kubex.api import ReadApi
from kubex.core.params import NamespaceTypes
from kubex.errors import ConfigurationError
from kubex.models import Resource
from kubex_runtime._conditions.condition import Condition, Function, OptionalCondition, as_condition
from kubex_runtime._object_states import ObjectStates, namespace_of
from kubex_runtime._wait_progress import WaitProgress

T = TypeVar("T", bound=Resource)


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
    home = namespace_of(source, name, namespace)
    failure = None if fails is None else as_condition(fails)
    progress = WaitProgress(source.resource.__name__, name, as_condition(condition), failure, on_progress)
    states = ObjectStates(source, name, namespace)
    with anyio.move_on_after(timeout):
        await states.read(progress.is_fulfilled_by)
    # If the time limit expires while the watch is closed, the result is not lost.
    if progress.is_fulfilled:
        return progress.result
    raise progress.timeout_error(timeout or 0, home) from states.failure
