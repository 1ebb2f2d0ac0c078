"""Check the arguments of operations."""

from __future__ import annotations

from types import EllipsisType

from kubex.errors import ConfigurationError


def check_arguments(
    *,
    concurrency: int,
    wait: object,
    timeout: float | EllipsisType | None,
    field_manager: str | None = None,
) -> float | None:
    """Return the time limit for waiting; raises ConfigurationError for an invalid argument."""
    if field_manager == "":
        raise ConfigurationError("must be the name of this program, not empty", field="field_manager")
    if concurrency < 1:
        raise ConfigurationError(f"must be 1 or more, not {concurrency!r}", field="concurrency")
    if wait and timeout is ...:
        raise ConfigurationError(
            "is required with wait: pass a number of seconds, or None for no limit", field="timeout"
        )
    if timeout is ... or timeout is None:
        return None
    if not wait:
        raise ConfigurationError(
            "limits only the time for waiting: also pass wait=True, or request_timeout=", field="timeout"
        )
    if not timeout > 0:
        raise ConfigurationError(f"must be greater than 0, or None for no limit, not {timeout!r}", field="timeout")
    return timeout
