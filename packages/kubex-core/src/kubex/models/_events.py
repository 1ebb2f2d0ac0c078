"""One event of a watch."""

from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias, TypeVar

from kubex.models._resource import Resource

T_co = TypeVar("T_co", bound=Resource, covariant=True)

EventType: TypeAlias = Literal["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]
"""What an event tells; an error is no event but an exception."""

INITIAL_EVENTS_END = "k8s.io/initial-events-end"


@dataclass(frozen=True, slots=True)
class WatchEvent(Generic[T_co]):
    """What happened to an object.

    Of a `BOOKMARK` only `object.metadata` is there, and in it `resource_version`.
    See https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes.
    """

    type: EventType
    object: T_co

    @property
    def resource_version(self) -> str | None:
        """The revision of the event; a watch resumed from here goes on after it."""
        return self.object.metadata.resource_version

    @property
    def ends_initial_events(self) -> bool:
        """Whether this is the bookmark that closes the initial events of `send_initial_events`."""
        return self.type == "BOOKMARK" and (self.object.metadata.annotations or {}).get(INITIAL_EVENTS_END) == "true"
