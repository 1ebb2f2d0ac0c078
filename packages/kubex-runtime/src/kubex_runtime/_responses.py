"""Pass responses to a reflector, keep its changes, and log its failures."""

from collections import deque

from kubex.api import RawEvent, RawList, RawObject
from kubex.errors import DecodeError, KubexError, StreamNotOpenError, UnknownWatchEventError
from kubex_runtime._machine.entries import RawChange
from kubex_runtime._machine.reflector import Reflector
from kubex_runtime._reflector_log import ReflectorLog


class Responses:
    """Passes responses to a reflector, and keeps its changes until they are read. Times are in seconds."""

    def __init__(self, kind: str, reflector: Reflector) -> None:
        self.reflector = reflector
        self.is_open = False
        """Whether the block in which the changes are read was entered, and not left."""
        self._kind = kind
        self.log = ReflectorLog(kind, reflector)
        self.changes: deque[RawChange] = deque()
        self.items: list[RawObject] | None = None
        """The items of a page that are not applied yet, in reverse order."""
        self.last_at: float | None = None
        """The time of the last response, event or bookmark."""

    def check_open(self) -> None:
        """Raise an error outside of the block, which another task can leave while this one waits."""
        if not self.is_open:
            raise StreamNotOpenError("following", self._kind, "follow(...) as changes")

    def page(self, page: RawList, now: float) -> None:
        """Take a page of a list."""
        self.last_at = now
        if self.reflector.page(page.resource_version, page.continue_token, now):
            self.items = page.items[::-1]
            if page.errors:
                self.reflector.incomplete()
                self.log.skipped(page.errors[0])

    def apply_item(self, item: RawObject) -> None:
        """Apply an item of the page."""
        self.changes += self.reflector.item(item)

    def end_page(self, now: float) -> None:
        """End the page after its last item."""
        self.items = None
        self.changes += self.reflector.end_page(now)

    def opened(self, now: float) -> None:
        """Note that a watch was opened."""
        self.last_at = now
        self.reflector.opened(now)

    def event(self, event: RawEvent, now: float) -> bool:
        """Take an event. Return whether the watch must be read further."""
        self.last_at = now
        self.changes += self.reflector.event(event.type, event.object, now)
        return self.reflector.continues

    def silent(self) -> None:
        """Note that the server does not continue with the initial events."""
        self.log.silent()
        self.reflector.silent()

    def ended(self, now: float) -> None:
        """Note that the server has ended a watch without an error."""
        self.reflector.ended(now)
        self.log.failure()

    def event_failed(self, error: KubexError, now: float) -> bool:
        """Take the error of an open watch. Return whether the watch can be read further."""
        if isinstance(error, UnknownWatchEventError):
            self.reflector.incomplete()
            can_skip = True
        else:
            is_event = isinstance(error, DecodeError) and not error.not_from_server
            can_skip = is_event and self.reflector.malformed_event()
        if can_skip:
            self.log.skipped(error)
        else:
            self.failed(error, now, from_event=True)
        return can_skip

    def failed(self, error: KubexError, now: float, *, from_event: bool = False) -> None:
        """Take the error of a request. Raises it if waiting does not help."""
        self.changes += self.reflector.failed(error, now, from_event=from_event)
        self.log.failure()
