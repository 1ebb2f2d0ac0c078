"""A reflector at a time, with short forms of its methods, for tests."""

from collections.abc import Sequence

from kubex.errors import (
    ConnectionLost,
    KubexError,
    ServiceUnavailable,
    TooManyRequests,
)
from kubex.models import EventType, Status
from kubex_runtime._machine.entries import ObjectTable, RawChange
from kubex_runtime._machine.reflector import Initial, Reflector
from kubex_runtime._machine.steps import Step, WatchStep
from runtime.machine.server_model import (
    State,
    api_error,
    seeded,
)

LOST = ConnectionLost("lost")
THROTTLED = TooManyRequests(429, Status(), retry_after=7)
UNAVAILABLE = api_error(ServiceUnavailable, 503, "ServiceUnavailable")
DAY = 86400.0


class Scene:
    """A reflector at time 0, and short forms of its methods."""

    def __init__(self, initial: Initial = "list", *, page_size: int = 500, optional: bool = False) -> None:
        self.table = ObjectTable(keep_json=False)
        self.reflector = Reflector(
            self.table, initial=initial, page_size=page_size, optional=optional, random=seeded(1)
        )
        self.now = 0.0

    def next(self) -> Step:
        """Return the next request, and move the time to it."""
        self.now = max(self.now, self.reflector.attempts.next_at)
        return self.reflector.next_step()

    def delay(self) -> float:
        """Return the time until the next request."""
        return max(0.0, self.reflector.attempts.next_at - self.now)

    def page(self, version: int, *items: State, token: str | None = None) -> list[str]:
        """Receive a page."""
        if not self.reflector.page(str(version), token, self.now):
            return []
        changes = [change for item in items for change in self.reflector.item(item)]
        return texts([*changes, *self.reflector.end_page(self.now)])

    def open(self) -> None:
        """Open the next watch."""
        assert isinstance(self.next(), WatchStep)
        self.reflector.opened(self.now)

    def event(self, event_type: str, item: State) -> list[str]:
        """Receive an event."""
        return texts(self.reflector.event(EventType(event_type), item, self.now))

    def bookmark(self, version: int, *, end: bool = False) -> list[str]:
        """Receive a bookmark."""
        return self.event("INITIAL_EVENTS_END" if end else "BOOKMARK", State("", None, str(version)))

    def fail(self, error: KubexError, *, from_event: bool = False) -> list[str]:
        """Receive an error."""
        return texts(self.reflector.failed(error, self.now, from_event=from_event))

    def end(self, after: float) -> None:
        """Receive the end of the watch."""
        self.now += after
        self.reflector.ended(self.now)


def texts(changes: Sequence[RawChange]) -> list[str]:
    return [f"{each.type} {each.uid}{'' if each.json else ' unseen'}" if each.key else each.type for each in changes]


def state(name: str, version: int, uid: str | None = None) -> State:
    return State(name, uid or f"uid-{name}", str(version))


def listed(*items: State, version: int = 100, optional: bool = False) -> Scene:
    """Return a scene after a first list."""
    scene = Scene(optional=optional)
    scene.next()
    scene.page(version, *items)
    return scene


def watching(*items: State, version: int = 100) -> Scene:
    """Return a scene with an open watch."""
    scene = listed(*items, version=version)
    scene.open()
    return scene
