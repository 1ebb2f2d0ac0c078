"""Answers of verbs: lists are split into raw items, each validated from its own bytes."""

from typing import Generic, TypeVar

import msgspec
from pydantic import ValidationError

from kubex.core._api_errors import error_from_status
from kubex.core._errors import UnknownWatchEventError
from kubex.models import EventType, ListMeta, ObjectMeta, Resource, ResourceList, Status, WatchEvent
from kubex.models._errors import DecodeError, decode
from kubex.models._events import INITIAL_EVENTS_END
from kubex.models._habit import Habit
from kubex.models._heads import NoHeadError, heads_of
from kubex.models._items import Items
from kubex.models._parts import validator
from kubex.models._raw import lazy

T = TypeVar("T", bound=Resource)


class _Kind(msgspec.Struct):
    kind: str | None = None


class _List(msgspec.Struct, rename={"api_version": "apiVersion"}):
    metadata: msgspec.Raw = msgspec.Raw(b"{}")
    items: list[msgspec.Raw] | None = None
    kind: str | None = None
    api_version: str | None = None


class _Event(msgspec.Struct):
    type: str
    object: msgspec.Raw


class _Bookmark(msgspec.Struct, rename={"api_version": "apiVersion"}):
    metadata: msgspec.Raw = msgspec.Raw(b"{}")
    kind: str | None = None
    api_version: str | None = None


_CHANGES = {text: EventType(text) for text in ("ADDED", "MODIFIED", "DELETED")}

_KIND = msgspec.json.Decoder(_Kind)
_LIST = msgspec.json.Decoder(_List)
_EVENT = msgspec.json.Decoder(_Event)
_BOOKMARK = msgspec.json.Decoder(_Bookmark)


class Decoder(Generic[T]):
    """Decodes the answers about one kind."""

    __slots__ = ("_habit", "_list", "_model", "_what")

    def __init__(self, model: type[T], what: str) -> None:
        self._model = model
        self._list: type[ResourceList[T]] | None = None
        self._what = what
        self._habit = Habit()

    def item(self, body: bytes) -> T:
        """Decode one object as far as its metadata; raises DecodeError, which names it."""
        return lazy(self._model, body, self._what, self._habit)

    def list(self, body: bytes) -> "ResourceList[T]":
        """Split a list into its items, which decode when they are reached; raises DecodeError."""
        try:
            raw = _LIST.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DecodeError(f"a list of {self._what}", str(error)) from error
        items = Items[T](raw.items or (), self.item)
        metadata = decode(ListMeta, bytes(raw.metadata), f"a list of {self._what}")
        if self._list is None:  # not before a list comes: the class takes Pydantic a while
            self._list = ResourceList[self._model]  # type: ignore[name-defined]  # a class made at run time
        return self._list.model_construct(api_version=raw.api_version, kind=raw.kind, metadata=metadata, items=items)

    def item_or_status(self, body: bytes) -> T | Status:
        """Decode what a delete answers: the object, or a Status."""
        return decode(Status, body, "Status") if self._kind(body) == "Status" else self.item(body)

    def list_or_status(self, body: bytes) -> "ResourceList[T] | Status":
        """Decode what a delete of a collection answers: the deleted objects, or a Status."""
        return decode(Status, body, "Status") if self._kind(body) == "Status" else self.list(body)

    def event(self, line: bytes, *, path: str) -> WatchEvent[T]:
        """Decode one line of a watch.

        Raises the typed ApiError of an `ERROR` event, UnknownWatchEventError for a type that is not known.
        """
        heads = heads_of(self._model)
        if heads is not None:
            try:
                kind, item = heads.event(line, self._habit)
            except NoHeadError:
                pass  # such as an ERROR event, or an object with unknown fields
            else:
                change = _CHANGES.get(kind)
                if change is not None:
                    return WatchEvent(change, item)
        try:
            event = _EVENT.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DecodeError(f"an event of {self._what}", str(error)) from error
        body = bytes(event.object)
        if event.type in _CHANGES:
            return WatchEvent(_CHANGES[event.type], self.item(body))
        if event.type == "BOOKMARK":
            bookmark = self._bookmark(body)
            ended = (bookmark.metadata.annotations or {}).get(INITIAL_EVENTS_END) == "true"
            return WatchEvent(EventType.INITIAL_EVENTS_END if ended else EventType.BOOKMARK, bookmark)
        if event.type == "ERROR":
            raise error_from_status(decode(Status, body, "Status"), method="GET", path=path)
        raise UnknownWatchEventError(self._what, event.type)

    def _bookmark(self, body: bytes) -> T:
        # A bookmark has metadata alone, so what the kind requires besides is not there to be validated.
        try:
            raw = _BOOKMARK.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DecodeError(f"a bookmark of {self._what}", str(error)) from error
        try:
            metadata = validator(self._model.model_fields["metadata"])(bytes(raw.metadata))
        except ValidationError:  # a class of metadata may require what it does not have either
            metadata = decode(ObjectMeta, bytes(raw.metadata), f"a bookmark of {self._what}")
        return self._model.model_construct(api_version=raw.api_version, kind=raw.kind, metadata=metadata)

    def _kind(self, body: bytes) -> str | None:
        try:
            return _KIND.decode(body).kind
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DecodeError(self._what, str(error)) from error
