"""Warnings that point at the user's line."""

from __future__ import annotations

import inspect
import re
import warnings
from types import FrameType

# Modules between the user's line and ours: our own, a backend's client class, and the plumbing of context managers.
_OURS = re.compile(r"(kubex|kubex_aiohttp|kubex_httpx|contextlib)(\.|$)")


def stacklevel() -> int:
    """Return the stacklevel, for a `warnings.warn` in the function that calls this one, of the first foreign frame."""
    level = 0
    frame = inspect.currentframe()
    while frame is not None and frame.f_back is not None and _is_ours(frame):
        frame = frame.f_back
        level += 1
    return level


def _is_ours(frame: FrameType) -> bool:
    return _OURS.match(frame.f_globals.get("__name__", "")) is not None


def warn_caller(message: str | Warning, category: type[Warning] | None = None) -> None:
    """Warn as if the user's own line had done it."""
    warnings.warn(message, category, stacklevel=stacklevel())
