"""Hide secrets in tracebacks, and keep the exception of an `async with` block while it is closed."""

import functools
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TypeVar

C = TypeVar("C", bound=type)


def clear_tracebacks(error: BaseException) -> None:
    """Remove the tracebacks of an exception and its causes, except those of exceptions that a caller is handling.

    Some error reporters show the local variables of each frame. Use this function if an exception leaves a function
    with tokens or keys in local variables, and raise the exception again.
    """
    # A set of frames would contain this frame, and this cycle would keep the local variables of all callers in memory.
    callers = {id(frame) for frame, _ in traceback.walk_stack(None)}
    pending, seen = [error], set[int]()
    while pending:
        each = pending.pop()
        frames = each.__traceback__
        if id(each) in seen or (each is not error and frames is not None and id(frames.tb_frame) in callers):
            continue
        seen.add(id(each))
        each.__traceback__ = None
        members: tuple[BaseException, ...] = getattr(each, "exceptions", ())  # of an exception group
        pending += [other for other in (each.__cause__, each.__context__, *members) if other is not None]


def hide_arguments(kind: C) -> C:
    """Remove the arguments of a dataclass from the traceback if its constructor raises; use it as a class decorator."""
    create: Callable[..., None] = vars(kind)["__init__"]

    @functools.wraps(create)
    def __init__(self: object, *args: object, **kwargs: object) -> None:  # noqa: N807 - it replaces the generated one
        try:
            create(self, *args, **kwargs)
        except Exception as error:
            del self, args, kwargs
            clear_tracebacks(error)
            raise error  # `raise` alone restores the traceback on Python 3.10

    kind.__init__ = __init__  # type: ignore[misc]
    return kind


def keep_error(error: BaseException | None) -> AbstractContextManager[object]:
    """Suppress exceptions that would replace `error`, the exception of the user's block; None suppresses nothing."""
    return nullcontext() if error is None else suppress(Exception)
