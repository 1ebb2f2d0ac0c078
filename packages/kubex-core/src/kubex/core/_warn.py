"""Issue warnings at the user's line."""

from __future__ import annotations

import inspect
import re
import warnings
from types import FrameType

# Modules that can be on the stack between the user's line and a warning: Kubex and context managers.
_OURS = re.compile(r"(kubex|kubex_aiohttp|kubex_httpx|contextlib)(\.|$)")


def stacklevel() -> int:
    """Return the `stacklevel` that makes `warnings.warn()` in the calling function point at the user's line."""
    level = 0
    frame = inspect.currentframe()
    while frame is not None and frame.f_back is not None and _is_ours(frame):
        frame = frame.f_back
        level += 1
    return level


def _is_ours(frame: FrameType) -> bool:
    return _OURS.match(frame.f_globals.get("__name__", "")) is not None


def warn_caller(message: str | Warning, category: type[Warning] | None = None) -> None:
    """Issue a warning at the user's line."""
    warnings.warn(message, category, stacklevel=stacklevel())
