"""The event of a watch."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from kubex.models._resource import Resource
from kubex.models._types import TextEnum

T_co = TypeVar("T_co", bound=Resource, covariant=True)

INITIAL_EVENTS_END = "k8s.io/initial-events-end"
"""The annotation of the bookmark that ends the initial events of a watch with `send_initial_events=True`."""


class EventType(TextEnum):
    """The type of a watch event. A member equals its text: `event.type == "ADDED"`.

    An `ERROR` event is not yielded: the watch raises an exception.
    """

    ADDED = "ADDED"
    MODIFIED = "MODIFIED"
    DELETED = "DELETED"
    BOOKMARK = "BOOKMARK"
    """A newer resource version without a change; only with `bookmarks=True`."""
    INITIAL_EVENTS_END = "INITIAL_EVENTS_END"
    """The end of the objects that existed when the watch began; only with `send_initial_events=True`.

    The server sends a bookmark with the annotation `k8s.io/initial-events-end`.
    """


@dataclass(frozen=True, slots=True)
class WatchEvent(Generic[T_co]):
    """A change of an object. The object has its state after the change, or before it was deleted.

    The `object` of a `BOOKMARK` or `INITIAL_EVENTS_END` event contains only `metadata.resource_version`.
    See https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes.
    """

    type: EventType
    object: T_co

    @property
    def resource_version(self) -> str | None:
        """The resource version of the event. A watch that starts from it continues after the event."""
        return self.object.metadata.resource_version
