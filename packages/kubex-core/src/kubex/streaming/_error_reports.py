"""Report errors that do not end the work, to a callback of the user or to a logger."""

from __future__ import annotations

import logging
from collections.abc import Callable


def report_error(
    logger: logging.Logger, on_error: Callable[..., object] | None, problem: str, *arguments: object
) -> None:
    """Call `on_error` with the arguments, of which the last is the error. Without a callback, log the problem.

    An exception of the callback is logged.
    """
    if on_error is None:
        logger.warning("%s: %s", problem, arguments[-1])
        return
    try:
        on_error(*arguments)
    except Exception:
        logger.exception("the callback on_error raised an exception")
