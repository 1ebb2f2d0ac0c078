"""Responses of verbs: a list is split into items, and each is decoded from its own bytes."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, Generic, TypeVar, cast

import msgspec
from msgspec import UNSET, UnsetType
from pydantic import ValidationError
from pydantic_core import from_json

from kubex.api._collector import collector_paused
from kubex.core._api_errors import error_from_status
from kubex.core._errors import UnknownWatchEventError
from kubex.core.params import DecodeMode
from kubex.errors import ConfigurationError
from kubex.models import EventType, ListMeta, ObjectMeta, Resource, ResourceList, Status, WatchEvent
from kubex.models._errors import DecodeError, decode
from kubex.models._events import INITIAL_EVENTS_END
from kubex.models._lazy.decode import decode_eagerly, decode_lazily
from kubex.models._lazy.envelope import FastPathMiss, envelope_decoder
from kubex.models._lazy.fields import validator
from kubex.models._lazy.items import LazyList
from kubex.models._lazy.split import scan_array, scan_object

T = TypeVar("T", bound=Resource)


class _Kind(msgspec.Struct):
    kind: str | None = None


class _List(msgspec.Struct, rename={"api_version": "apiVersion"}):
    api_version: str | UnsetType | None = UNSET
    kind: str | UnsetType | None = UNSET
    metadata: msgspec.Raw | UnsetType = UNSET
    items: list[msgspec.Raw] | None = None


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

_FAILURES = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Decoder(Generic[T]):
    """Decodes the responses about one kind.

    `pause_gc` pauses the garbage collector while a list is decoded eagerly.
    """

    __slots__ = ("_list", "_model", "_pause_gc", "_what", "mode")

    def __init__(self, model: type[T], what: str, mode: DecodeMode = "lazy", *, pause_gc: bool = True) -> None:
        if mode not in ("lazy", "eager"):
            raise ConfigurationError(f'must be "lazy" or "eager", not {mode!r}', field="decode")
        self._model = model
        self._list: type[ResourceList[T]] | None = None
        self._what = what
        self.mode = mode
        self._pause_gc = pause_gc

    def using(self, mode: DecodeMode | None) -> Decoder[T]:
        """Return a decoder with another mode; None keeps the mode."""
        if mode is None or mode == self.mode:
            return self
        return Decoder(self._model, self._what, mode, pause_gc=self._pause_gc)

    def item(self, body: bytes) -> T:
        """Decode one object; raises DecodeError, which names it."""
        decode_object = decode_eagerly if self.mode == "eager" else decode_lazily
        return decode_object(self._model, body, self._what)

    def list(self, body: bytes) -> ResourceList[T]:
        """Decode a list, in the lazy mode as far as its items are read; raises DecodeError."""
        found = self.split(body)
        if self.mode == "eager":
            with collector_paused() if self._pause_gc else nullcontext():
                cast("LazyList[T]", found.items).decode_all()
        return found

    def split(self, body: bytes) -> ResourceList[T]:
        """Split a list into its items, each of which is decoded when it is read; raises DecodeError."""
        what = f"a list of {self._what}"
        found = _split_list(body, what)
        fields: dict[str, Any] = {"items": LazyList[T](raws=found.items or (), decode=self.item)}
        if found.metadata is not UNSET:
            fields["metadata"] = decode(ListMeta, bytes(found.metadata), what)
        fields |= {name: getattr(found, name) for name in ("api_version", "kind") if getattr(found, name) is not UNSET}
        if self._list is None:  # not before a list comes: the class takes Pydantic a while
            self._list = ResourceList[self._model]  # type: ignore[name-defined]  # a class made at run time
        return self._list.model_construct(**fields)

    def item_or_status(self, body: bytes) -> T | Status:
        """Decode the response of a delete: the object, or a Status."""
        return decode(Status, body, "Status") if self._kind(body) == "Status" else self.item(body)

    def list_or_status(self, body: bytes) -> ResourceList[T] | Status:
        """Decode the response of a delete of a collection: the deleted objects, or a Status."""
        return decode(Status, body, "Status") if self._kind(body) == "Status" else self.list(body)

    def event(self, line: bytes, *, path: str) -> WatchEvent[T]:
        """Decode one line of a watch.

        Raises the typed ApiError of an `ERROR` event, UnknownWatchEventError for a type that is not known.
        """
        envelope = envelope_decoder(self._model) if self.mode == "lazy" else None
        if envelope is not None:
            try:
                kind, item = envelope.event(line)
            except FastPathMiss:
                pass  # such as an ERROR event, or an object with undeclared fields
            else:
                change = _CHANGES.get(kind)
                if change is not None:
                    return WatchEvent(change, item)
        kind, body = _split_event(line, f"an event of {self._what}")
        if kind in _CHANGES:
            return WatchEvent(_CHANGES[kind], self.item(body))
        if kind == "BOOKMARK":
            bookmark = self._bookmark(body)
            ended = (bookmark.metadata.annotations or {}).get(INITIAL_EVENTS_END) == "true"
            return WatchEvent(EventType.INITIAL_EVENTS_END if ended else EventType.BOOKMARK, bookmark)
        if kind == "ERROR":
            raise error_from_status(decode(Status, body, "Status"), method="GET", path=path)
        raise UnknownWatchEventError(self._what, kind)

    def _bookmark(self, body: bytes) -> T:
        # A bookmark has only metadata, so fields that the kind requires are not there to be validated.
        try:
            raw = _BOOKMARK.decode(body)
        except _FAILURES as error:
            raise DecodeError(f"a bookmark of {self._what}", str(error)) from error
        try:
            metadata = validator(self._model.model_fields["metadata"])(bytes(raw.metadata))
        except ValidationError:  # a class of metadata may require what it does not have either
            metadata = decode(ObjectMeta, bytes(raw.metadata), f"a bookmark of {self._what}")
        return self._model.model_construct(api_version=raw.api_version, kind=raw.kind, metadata=metadata)

    def _kind(self, body: bytes) -> object:
        try:
            return _KIND.decode(body).kind
        except RecursionError:  # what nests deeper than msgspec reads
            return from_json(bytes(scan_object(body).get("kind", b"null")))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DecodeError(self._what, str(error)) from error


def _split_list(body: bytes, what: str) -> _List:
    try:
        return _LIST.decode(body)
    except _FAILURES as error:  # one item may nest too deep, or have a NaN, and must not affect the others
        try:
            fields = scan_object(body)
            raws = scan_array(bytes(fields.get("items", b"[]")))
            names = [from_json(bytes(fields.get(name, b"null"))) for name in ("apiVersion", "kind")]
        except ValueError:
            raise DecodeError(what, str(error)) from error
        metadata = msgspec.Raw(fields.get("metadata", b"{}"))
        return _List(api_version=names[0], kind=names[1], metadata=metadata, items=[msgspec.Raw(raw) for raw in raws])


def _split_event(line: bytes, what: str) -> tuple[str, bytes]:
    try:
        event = _EVENT.decode(line)
    except _FAILURES as error:
        try:
            fields = scan_object(line)
            kind, body = from_json(bytes(fields["type"])), bytes(fields["object"])
        except (ValueError, KeyError):
            raise DecodeError(what, str(error)) from error
        if not isinstance(kind, str):
            raise DecodeError(what, str(error)) from error
        return kind, body
    return event.type, bytes(event.object)
