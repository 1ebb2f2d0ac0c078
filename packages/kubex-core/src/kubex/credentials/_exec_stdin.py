"""Decide whether an exec plugin can use standard input, and reserve it for one plugin at a time."""

import os
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager

from kubex.credentials._exec_config import InteractiveMode
from kubex.errors import ConfigurationError

# One lock for all event loops and clusters: two plugins that prompt at the same time would get each other's input.
_in_use = threading.Lock()


@contextmanager
def reserve_stdin(mode: InteractiveMode, *, source: str) -> Generator[bool, None, None]:
    """Reserve standard input for one run; returns whether the plugin can use it.

    Raises `ConfigurationError` if the plugin requires it and it is not available.
    """
    problem = _stdin_problem()
    reserved = mode != "Never" and problem is None and _in_use.acquire(blocking=False)
    try:
        if mode == "Always" and not reserved:
            reason = problem or "it is used by another plugin"
            raise ConfigurationError(
                f"requires standard input (interactive_mode 'Always'), which is not available: {reason}", source=source
            )
        yield reserved
    finally:
        if reserved:
            _in_use.release()


def _stdin_problem() -> str | None:
    # sys.stdin is None in a process without a console, such as pythonw on Windows.
    if getattr(sys.stdin, "closed", True):
        return "it is closed"
    return None if os.isatty(0) else "it is not a terminal"
