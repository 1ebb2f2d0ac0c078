"""The requests that a reflector needs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListStep:
    """Request a page of a list.

    A `resource_version` is sent with the match `NotOlderThan`; None requests the latest state.
    """

    resource_version: str | None = None
    limit: int | None = None
    continue_token: str | None = None


@dataclass(frozen=True, slots=True)
class WatchStep:
    """Open a watch. With `initial_events`, the server sends the existing objects first."""

    resource_version: str | None
    initial_events: bool
    timeout_seconds: int


Step = ListStep | WatchStep
