"""The objects that result from the changes of a follower or an informer."""

from collections.abc import Mapping

from kubex.models import Resource
from kubex_runtime import Added, Change, Deleted, Modified, Synced

State = tuple[str | None, int]
"""The UID and the resource version of an object."""


def state_of(item: Resource) -> State:
    """Return the state of an object."""
    return item.metadata.uid, int(item.metadata.resource_version or 0)


class ObjectView:
    """The states of the objects by name. `errors` contains each repeated, old or contradictory change."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.states: Mapping[str, State] = {}
        self.synced = False
        self.errors: list[str] = []
        self.history_went_back = False
        """Whether older states are correct, because the storage of the server was restored."""
        self._deleted: set[str | None] = set()

    def apply(self, change: Change[Resource]) -> None:
        """Check a change, and apply it."""
        if isinstance(change, Synced):
            self._check(not self.synced, change)
            self.synced = True
            return
        name, state = change.object.metadata.name or "", state_of(change.object)
        known = self.states.get(name)
        match change:
            case Added():
                self._check(known is None and state[0] not in self._deleted, change)
            case Modified():
                newer = known is not None and state[0] == known[0] and state[1] > known[1]
                self._check(newer or (self.history_went_back and state != known), change)
            case Deleted():
                self._check(known is not None and known[0] == state[0], change)
                if not self.history_went_back:
                    self._deleted.add(state[0])
        others = {key: value for key, value in self.states.items() if key != name}
        # A new dict, because another thread reads this one.
        self.states = others if isinstance(change, Deleted) else {**others, name: state}

    def forget_history(self) -> None:
        """Allow older states, and objects that were deleted."""
        self.history_went_back = True
        self._deleted.clear()

    def _check(self, correct: bool, change: Change[Resource]) -> None:
        if not correct:
            self.errors.append(f"{self.name}: {change} after {self.states}")
