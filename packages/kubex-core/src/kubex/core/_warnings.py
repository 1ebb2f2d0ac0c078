"""Issue Python warnings at the user's line, also for the `Warning` headers of API servers."""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Iterable
from types import FrameType
from typing import NoReturn

from kubex.core._errors import ApiWarning
from kubex.models._errors import KubexError

# Modules that can be on the stack between the user's line and a warning: Kubex and context managers. Their number of
# frames differs between verbs and backends, so a constant stacklevel does not work.
_INTERNAL = re.compile(r"(kubex|kubex_aiohttp|kubex_httpx2?|contextlib)(\.|$)")


def stacklevel() -> int:
    """Return the `stacklevel` that makes `warnings.warn()` in the calling function point at the user's line."""
    level = 0
    frame = inspect.currentframe()
    while frame is not None and frame.f_back is not None and _is_internal(frame):
        frame = frame.f_back
        level += 1
    return level


def _is_internal(frame: FrameType) -> bool:
    return _INTERNAL.match(frame.f_globals.get("__name__", "")) is not None


def warn_caller(message: str | Warning, category: type[Warning] | None = None) -> None:
    """Issue a warning at the user's line."""
    warnings.warn(message, category, stacklevel=stacklevel())


def warn_result(texts: Iterable[str], result: object) -> None:
    """Issue a warning for each text at the user's line, with the `result` of the call."""
    for text in texts:
        warning = ApiWarning(text)
        warning.result = result
        warn_caller(warning)


def raise_with_warnings(error: KubexError, texts: Iterable[str]) -> NoReturn:
    """Issue a warning for each text, then raise the error, even if warnings are turned into errors."""
    try:
        warn_result(texts, None)
    except ApiWarning as warning:
        raise error from warning
    raise error
