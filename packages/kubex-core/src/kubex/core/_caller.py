"""Warnings that point at the user's line."""

import sys
import warnings

# Modules between the user's line and ours: our own and the plumbing of context managers.
_OURS = ("kubex", "contextlib")


def stacklevel() -> int:
    """Return the stacklevel, for a `warnings.warn` in the function that calls this one, of the first foreign frame."""
    level = 1
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in _OURS:
        frame = frame.f_back
        level += 1
    return level


def warn_caller(message: str | Warning, category: type[Warning] | None = None) -> None:
    """Warn as if the user's own line had done it."""
    warnings.warn(message, category, stacklevel=stacklevel())
