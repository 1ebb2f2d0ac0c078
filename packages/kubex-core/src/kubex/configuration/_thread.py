"""Work that blocks: files of kubeconfigs."""

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread

from kubex.core._tracebacks import forget_frames
from kubex.errors import ConfigurationError

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """Run work in a worker thread. Its errors have no frames, whose variables contain tokens and keys."""
    try:
        return await anyio.to_thread.run_sync(work)
    except ConfigurationError as error:
        forget_frames(error)
        raise error
