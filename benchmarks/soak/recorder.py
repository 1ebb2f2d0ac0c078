"""Check the changes that one follower reports, and remember the state that follows from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kubex.models import Resource
from kubex_runtime import Added, Change, Deleted, Modified, Synced


@dataclass(frozen=True)
class State:
    """One state of an object."""

    uid: str
    revision: int
    number: str
    """The value that the writer has changed."""

    @classmethod
    def of_json(cls, document: Mapping[str, Any]) -> "State":
        """Return the state of an object of the server."""
        metadata = document["metadata"]
        number = metadata.get("annotations", {}).get("number", "")
        return cls(metadata["uid"], int(metadata["resourceVersion"]), number)

    @classmethod
    def of(cls, item: Resource) -> "State":
        """Return the state of an object."""
        metadata = item.metadata
        number = (metadata.annotations or {}).get("number", "")
        return cls(metadata.uid or "", int(metadata.resource_version or 0), number)


@dataclass
class Recorder:
    """The state of a follower. `errors` contains each violation of the guarantees."""

    name: str
    kind: str
    states: dict[str, State] = field(default_factory=dict[str, State])
    changes: int = 0
    synced: int = 0
    errors: list[str] = field(default_factory=list[str])
    history_went_back: bool = False
    """Whether older states are correct, because the storage of the server was restored from a backup."""
    _deleted: set[str] = field(default_factory=set[str])

    def record(self, change: Change[Resource]) -> None:
        """Check one change, and apply it."""
        self.changes += 1
        if isinstance(change, Synced):
            self.synced += 1
            if self.synced > 1:
                self.errors.append(f"{self.name}: synced twice")
            return
        item = change.object
        name, uid = item.metadata.name or "", item.metadata.uid or ""
        known = self.states.get(name)
        if isinstance(change, Deleted):
            self._delete(name, uid, known)
            return
        state = State.of(item)
        if isinstance(change, Added):
            self._check_added(name, state, known)
        elif isinstance(change, Modified):
            self._check_modified(name, state, known)
        self.states[name] = state

    def check_cache(self, item: Resource, cached: Resource | None) -> None:
        """Check that a cache is not older than the change that its informer has just reported."""
        if self.history_went_back or cached is None:
            return
        reported, state = State.of(item), State.of(cached)
        if state.revision < reported.revision:
            self.errors.append(f"{self.name}: the cache has {state}, but {reported} was reported")

    def forget_history(self) -> None:
        """Allow states that are older than those before, and objects that were deleted."""
        self.history_went_back = True
        self.forget_deleted()

    def forget_deleted(self) -> None:
        """Forget which objects were deleted."""
        self._deleted.clear()

    def _delete(self, name: str, uid: str, known: State | None) -> None:
        if known is None or known.uid != uid:
            self.errors.append(f"{self.name}: {name} {uid} was deleted, but {known} is known")
        self.states.pop(name, None)
        if not self.history_went_back:
            self._deleted.add(uid)

    def _check_added(self, name: str, state: State, known: State | None) -> None:
        if known is not None:
            self.errors.append(f"{self.name}: {name} was added as {state}, but {known} is known")
        if state.uid in self._deleted:
            self.errors.append(f"{self.name}: {name} was added as {state} after its deletion")

    def _check_modified(self, name: str, state: State, known: State | None) -> None:
        if known is None or known.uid != state.uid:
            self.errors.append(f"{self.name}: {name} was modified to {state}, but {known} is known")
        elif known.revision == state.revision or (known.revision > state.revision and not self.history_went_back):
            self.errors.append(f"{self.name}: {name} was modified from {known} to {state}")
