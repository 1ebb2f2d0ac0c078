"""Whether a plugin may ask on standard input."""

import os
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager

from kubex.credentials._exec_config import InteractiveMode
from kubex.errors import ConfigurationError

_taken = threading.Lock()  # by a plugin, in any loop and for any cluster: two that ask at once would mix up answers


@contextmanager
def reserve_stdin(mode: InteractiveMode, *, source: str) -> Generator[bool, None, None]:
    """Take standard input for one run, and say whether the plugin has it.

    Raises `ConfigurationError` if it must have it and cannot.
    """
    problem = _why_not()
    free = mode != "Never" and problem is None and _taken.acquire(blocking=False)
    try:
        if mode == "Always" and not free:
            because = problem or "another plugin has it"
            raise ConfigurationError(
                f"must ask on standard input (interactive_mode 'Always'), which cannot be had: {because}", source=source
            )
        yield free
    finally:
        if free:
            _taken.release()


def _why_not() -> str | None:
    if getattr(sys.stdin, "closed", True):  # there is none without a console
        return "it is closed"
    return None if os.isatty(0) else "it is not a terminal"
