"""Reflectors with one wrong rule each. The model of the server must find every one of them."""

from kubex.models import EventType
from kubex_runtime._machine.applier import Applier, ObjectState
from kubex_runtime._machine.entries import Entry, RawChange
from kubex_runtime._machine.keys import Key
from kubex_runtime._machine.reflector import Changes, Phase, Reflector
from kubex_runtime._machine.steps import ListStep, Step

# the names of the classes state the wrong rules


class AppliesRepeatedEvents(Reflector):
    def _move(self, version: str | None) -> bool:
        super()._move(version)
        return True


class ListsOldStates(Reflector):
    def _oldest_allowed(self) -> str | None:
        return "0"


class ConcludesDeletionsFromBrokenStreams(Reflector):
    def failed(self, error: Exception, now: float, *, from_event: bool = False) -> Changes:
        if self._phase is Phase.STREAM and from_event:
            return self._finish(self._objects.floor, now)
        return super().failed(error, now, from_event=from_event)


class ContinuesFromTheLastItem(Reflector):
    def item(self, item: ObjectState) -> Changes:
        self._list_version = item.resource_version
        return super().item(item)


class RepeatsAnExpiredVersion(Reflector):
    def failed(self, error: Exception, now: float, *, from_event: bool = False) -> Changes:
        phase = self._phase
        changes = super().failed(error, now, from_event=from_event)
        if phase is Phase.WATCH and self._phase is Phase.START:
            self._phase = Phase.WATCH
        return changes


class ResumesAfterUnreadableObjects(Reflector):
    def failed(self, error: Exception, now: float, *, from_event: bool = False) -> Changes:
        return super().failed(error, now, from_event=from_event and getattr(error, "reason", "") != "StorageReadError")

    def _repeats(self, error: Exception) -> bool:
        return False


class RequestsTooLargeVersionsAgain(Reflector):
    def _restart_soon(self, error: Exception, now: float) -> None:
        self._latest = False
        super()._restart_soon(error, now)


class KeepsObjectsOfMissingKinds(Reflector):
    def _missing(self) -> Changes:
        self._phase = Phase.WATCH if self.synced else Phase.START
        return ()


class NeverProbes(Reflector):
    def ended(self, now: float) -> None:
        super().ended(now)
        if self._phase is Phase.PROBE:
            self._phase = Phase.WATCH


class NeverTrustsOlderLists(Reflector):
    def _on_older_version(self) -> bool:
        self._latest = True
        return False


class PutsALimitBesideAVersion(Reflector):
    def next_step(self) -> Step:
        step = super().next_step()
        return ListStep(step.resource_version, 2) if isinstance(step, ListStep) and step.resource_version else step


class KeepsDeletedObjects(Reflector):
    def _finish(self, version: str | None, now: float) -> Changes:
        self._is_damaged = True
        return super()._finish(version, now)


class ForgetsMalformedEvents(Reflector):
    def malformed_event(self) -> bool:
        super().malformed_event()
        self._is_damaged = False
        return True


class SyncsTwice(Reflector):
    def _finish(self, version: str | None, now: float) -> Changes:
        self.synced = False
        return super()._finish(version, now)


class MovesBeforeTheEndOfAStream(Reflector):
    def event(self, event_type: EventType, item: ObjectState, now: float) -> Changes:
        if self._phase is Phase.STREAM and event_type is EventType.ADDED:
            changes = super().event(event_type, item, now)
            return [*changes, *self._finish(item.resource_version, now)]
        return super().event(event_type, item, now)


class _WithApplier(Reflector):
    """A reflector with another applier. Subclasses name it."""

    applier: type[Applier] = Applier

    def opened(self, now: float) -> None:
        self._replace_applier()
        super().opened(now)

    def page(self, version: str | None, token: str | None, now: float) -> bool:
        self._replace_applier()
        return super().page(version, token, now)

    def _replace_applier(self) -> None:
        self._objects.__class__ = self.applier


class _ModifiesReplacedObjects(Applier):
    def put(self, item: ObjectState) -> Changes:
        key = Key(item.namespace, item.name)
        old = self._table.get(key)
        if old is not None and old.uid != item.uid:
            self._table.put(key, self._entry(item))
            return (RawChange("modified", key, item.uid, item.json, old),)
        return super().put(item)


class ModifiesReplacedObjects(_WithApplier):
    applier = _ModifiesReplacedObjects


class _TakesOlderStates(Applier):
    def _is_new(self, item: ObjectState, old: Entry) -> bool:
        return item.resource_version != old.resource_version


class TakesOlderStates(_WithApplier):
    applier = _TakesOlderStates


class _RepeatsUnchangedObjects(Applier):
    def _is_new(self, item: ObjectState, old: Entry) -> bool:
        return True


class RepeatsUnchangedObjects(_WithApplier):
    applier = _RepeatsUnchangedObjects


class _LosesUnchangedObjects(Applier):
    def put(self, item: ObjectState) -> Changes:
        old = self._table.get(Key(item.namespace, item.name))
        epoch = None if old is None else old.epoch
        changes = super().put(item)
        if old is not None and epoch is not None and not changes:
            old.epoch = epoch
        return changes


class LosesUnchangedObjects(_WithApplier):
    applier = _LosesUnchangedObjects


class _DoesNotRaiseTheFloor(Applier):
    def _raise_floor(self, version: str | None) -> None:
        pass


class AllowsListsOlderThanTheInitialEvents(_WithApplier):
    applier = _DoesNotRaiseTheFloor


class _DoesNotRaiseTheFloorByDeletions(Applier):
    def delete(self, item: ObjectState) -> Changes:
        floor = self.floor
        changes = super().delete(item)
        self.floor = floor
        return changes


class AllowsListsOlderThanADeletion(_WithApplier):
    applier = _DoesNotRaiseTheFloorByDeletions


class _DeletesNewerObjects(Applier):
    def delete(self, item: ObjectState) -> Changes:
        key = Key(item.namespace, item.name)
        self._raise_floor(item.resource_version)
        return () if self._table.get(key) is None else (self._removed(key),)


class DeletesNewerObjects(_WithApplier):
    applier = _DeletesNewerObjects


FAULTY: list[type[Reflector]] = [
    each
    for each in list(globals().values())
    if isinstance(each, type) and issubclass(each, Reflector) and each not in (Reflector, _WithApplier)
]
