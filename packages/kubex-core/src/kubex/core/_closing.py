"""Errors while something is closed at the end of an `async with` block."""

from contextlib import AbstractContextManager, nullcontext, suppress


def keep_error(error: BaseException | None) -> AbstractContextManager[object]:
    """Suppress exceptions that would replace `error`, the exception of the user's block; without it they are raised."""
    return nullcontext() if error is None else suppress(Exception)
