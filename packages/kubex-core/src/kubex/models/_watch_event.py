"""One event of a watch."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from kubex.models._resource import Resource
from kubex.models._types import TextEnum

T_co = TypeVar("T_co", bound=Resource, covariant=True)

INITIAL_EVENTS_END = "k8s.io/initial-events-end"
"""The annotation of the bookmark that ends the initial events."""


class EventType(TextEnum):
    """The type of a watch event; `event.type == "ADDED"` works, too.

    An `ERROR` event of the server is raised as an exception.
    """

    ADDED = "ADDED"
    MODIFIED = "MODIFIED"
    DELETED = "DELETED"
    BOOKMARK = "BOOKMARK"
    """A newer revision and no object; a watch yields it only with `bookmarks=True`."""
    INITIAL_EVENTS_END = "INITIAL_EVENTS_END"
    """All objects that existed when the watch began have been sent (`send_initial_events=True`).

    The server sends it as a bookmark with the annotation `k8s.io/initial-events-end`.
    """


@dataclass(frozen=True, slots=True)
class WatchEvent(Generic[T_co]):
    """What happened to an object.

    With `BOOKMARK` and `INITIAL_EVENTS_END`, `object` has only `metadata.resource_version`.
    See https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes.
    """

    type: EventType
    object: T_co

    @property
    def resource_version(self) -> str | None:
        """The revision of the event; a watch that starts from it continues after the event."""
        return self.object.metadata.resource_version
