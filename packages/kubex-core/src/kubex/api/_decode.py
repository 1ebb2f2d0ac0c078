"""Decode the responses of verbs: objects, lists and events of watches."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, Generic, TypeVar, cast

import msgspec
from msgspec import UNSET, UnsetType
from pydantic import ValidationError
from pydantic_core import from_json

from kubex.api._expected_kinds import JSON_ERRORS, ExpectedKinds, decode_success, expected_kinds, is_blank, read_header
from kubex.api._garbage_collection import garbage_collection_paused
from kubex.core._api_errors import error_from_status
from kubex.core._errors import UnknownWatchEventError
from kubex.core.params import DecodeMode
from kubex.errors import ConfigurationError
from kubex.models import EventType, ListMeta, ObjectMeta, Resource, ResourceList, Status, WatchEvent, api_resource
from kubex.models._errors import DecodeError, decode
from kubex.models._lazy.decode import decode_eagerly, decode_lazily
from kubex.models._lazy.envelope import FastPathMiss, envelope_decoder
from kubex.models._lazy.field_decoders import build_schema, json_validator
from kubex.models._lazy.json_splitter import scan_array, scan_object
from kubex.models._lazy.lazy_list import LazyList
from kubex.models._watch_event import INITIAL_EVENTS_END

T = TypeVar("T", bound=Resource)


# msgspec finds the boundaries of items and events without decoding them; Pydantic cannot do this.
class _List(msgspec.Struct, rename={"api_version": "apiVersion"}):
    api_version: Any = UNSET
    kind: Any = UNSET
    metadata: msgspec.Raw | UnsetType = UNSET
    items: list[msgspec.Raw] | UnsetType | None = UNSET


class _Event(msgspec.Struct):
    type: str
    object: msgspec.Raw


_CHANGE_TYPES = {text: EventType(text) for text in ("ADDED", "MODIFIED", "DELETED")}

_LIST = msgspec.json.Decoder(_List)
_EVENT = msgspec.json.Decoder(_Event)


class Decoder(Generic[T]):
    """Decodes the responses for one kind; raises DecodeError for responses of other kinds.

    `description` names the kind in errors. `kinds` are the expected kinds of objects and of lists; by default those of
    the model. `pause_gc` pauses the garbage collector while a list is decoded eagerly.
    """

    __slots__ = ("_description", "_kinds", "_list", "_list_kinds", "_model", "_pause_gc", "mode")

    def __init__(
        self,
        model: type[T],
        description: str,
        mode: DecodeMode = "lazy",
        *,
        kinds: tuple[ExpectedKinds, ExpectedKinds] | None = None,
        pause_gc: bool = True,
    ) -> None:
        if mode not in ("lazy", "eager"):
            raise ConfigurationError(f'must be "lazy" or "eager", not {mode!r}', field="decode")
        self._model = model
        self._list: type[ResourceList[T]] | None = None
        self._description = description
        self._kinds, self._list_kinds = kinds or expected_kinds(api_resource(model))
        self.mode = mode
        self._pause_gc = pause_gc

    def using(self, mode: DecodeMode | None) -> Decoder[T]:
        """Return a decoder with this mode; None keeps the current mode."""
        if mode is None or mode == self.mode:
            return self
        kinds = self._kinds, self._list_kinds
        return Decoder(self._model, self._description, mode, kinds=kinds, pause_gc=self._pause_gc)

    def item(self, body: bytes, *, named: bool = True) -> T:
        """Decode one object; raises DecodeError, which names the object.

        With `named=False`, an object that has a `kind` does not need a name.
        """
        decoded = self._decode_fast(body)
        if decoded is not None:
            return decoded
        self._kinds.check_object(body, self._description, named=named)
        return self._decode_unchecked(body)

    def _decode_fast(self, body: bytes) -> T | None:
        """Decode an object that has the expected kind and a name; return None if the kind must be checked."""
        if self.mode == "lazy":
            try:
                return decode_lazily(self._model, body, self._description, self._kinds.fast_path_json)
            except FastPathMiss:
                return None
        try:
            decoded = build_schema(self._model).model_validate_json(body)
        except ValidationError:
            return None
        expected = self._kinds.kinds[0]
        is_expected = (decoded.api_version, decoded.kind) == (expected.api_version, expected.kind)
        return decoded if is_expected and getattr(decoded.metadata, "name", None) else None

    def _decode_unchecked(self, body: bytes) -> T:
        decode_object = decode_eagerly if self.mode == "eager" else decode_lazily
        return decode_object(self._model, body, self._description)

    def list(self, body: bytes) -> ResourceList[T]:
        """Decode a list; in the lazy mode, each item is decoded when it is read. Raises DecodeError."""
        decoded = self.split(body)
        if self.mode == "eager":
            with garbage_collection_paused() if self._pause_gc else nullcontext():
                cast("LazyList[T]", decoded.items).decode_all()
        return decoded

    def split(self, body: bytes) -> ResourceList[T]:
        """Split a list into its items, which are decoded when they are read; raises DecodeError."""
        description = f"a list of {self._description}"
        parts = _split_list(body, description)
        self._list_kinds.check(parts.api_version, parts.kind, description)
        if not parts.kind and parts.items is UNSET:
            raise DecodeError(description, "the response has neither a kind nor items")
        # Items of a list of the expected kind are not checked: servers omit their kind, and some omit the name.
        decode_item = self._decode_unchecked if parts.kind else self.item
        fields: dict[str, Any] = {"items": LazyList[T](raws=parts.items or (), decode=decode_item)}
        if parts.metadata is not UNSET and bytes(parts.metadata) != b"null":
            fields["metadata"] = decode(ListMeta, bytes(parts.metadata), description)
        fields |= {name: getattr(parts, name) for name in ("api_version", "kind") if getattr(parts, name) is not UNSET}
        if self._list is None:  # created on first use, because Pydantic needs time to create the class
            self._list = ResourceList[self._model]  # type: ignore[name-defined]  # a class that is created at run time
        return self._list.model_construct(**fields)

    def item_or_status(self, body: bytes) -> T | Status:
        """Decode the response to a delete: the object or a Status."""
        return self._decode_success(body) or self.item(body)

    def list_or_status(self, body: bytes) -> ResourceList[T] | Status:
        """Decode the response to a delete of a collection: the deleted objects or a Status."""
        return self._decode_success(body) or self.list(body)

    def _decode_success(self, body: bytes) -> Status | None:
        is_status = is_blank(body) or self._kinds.is_status(read_header(body, self._description))
        return decode_success(body) if is_status else None

    def event(self, line: bytes, *, path: str) -> WatchEvent[T]:
        """Decode one line of a watch.

        Raises an ApiError for an `ERROR` event, and UnknownWatchEventError for an unknown type of event.
        """
        envelope = envelope_decoder(self._model) if self.mode == "lazy" else None
        if envelope is not None:
            try:
                event_type, item = envelope.decode_event(line, self._kinds.fast_path_json)
            except FastPathMiss:
                pass  # for example an ERROR event, or an object with undeclared fields
            else:
                change = _CHANGE_TYPES.get(event_type)
                if change is not None:
                    return WatchEvent(change, item)
        event_type, body = _split_event(line, f"an event of {self._description}")
        if event_type in _CHANGE_TYPES:
            return WatchEvent(_CHANGE_TYPES[event_type], self.item(body))
        if event_type == "BOOKMARK":
            bookmark = self._decode_bookmark(body)
            is_end = (bookmark.metadata.annotations or {}).get(INITIAL_EVENTS_END) == "true"
            return WatchEvent(EventType.INITIAL_EVENTS_END if is_end else EventType.BOOKMARK, bookmark)
        if event_type == "ERROR":
            raise error_from_status(self._decode_error_event(body), method="GET", path=path)
        raise UnknownWatchEventError(self._description, event_type)

    def _decode_error_event(self, body: bytes) -> Status:
        description = "an ERROR event"
        header = read_header(body, description)
        status = decode(Status, body, description)
        if header.kind == "Status" or (not header.kind and (status.message or status.reason or status.code)):
            return status
        raise DecodeError(description, "its object is not a Status")

    def _decode_bookmark(self, body: bytes) -> T:
        # A bookmark contains only metadata, so validation would fail for kinds with other required fields.
        description = f"a bookmark of {self._description}"
        header = read_header(body, description)
        self._kinds.check(header.api_version, header.kind, description)
        try:
            metadata = json_validator(self._model.model_fields["metadata"])(bytes(header.metadata))
        except ValidationError:  # a custom class of metadata can require fields that a bookmark does not have
            metadata = decode(ObjectMeta, bytes(header.metadata), description)
        return self._model.model_construct(api_version=header.api_version, kind=header.kind, metadata=metadata)


def _split_list(body: bytes, description: str) -> _List:
    try:
        return _LIST.decode(body)
    except JSON_ERRORS as error:  # an item that msgspec rejects, for example with a NaN, must not affect the others
        try:
            fields = scan_object(body)
            type_meta = {name: from_json(bytes(fields[name])) for name in ("apiVersion", "kind") if name in fields}
            items = bytes(fields.get("items", b"null"))
            raws = [] if items == b"null" else scan_array(items)
        except ValueError:
            raise DecodeError(description, str(error)) from error
        return _List(
            api_version=type_meta.get("apiVersion", UNSET),
            kind=type_meta.get("kind", UNSET),
            metadata=msgspec.Raw(fields["metadata"]) if "metadata" in fields else UNSET,
            items=[msgspec.Raw(raw) for raw in raws] if "items" in fields else UNSET,
        )


def _split_event(line: bytes, description: str) -> tuple[str, bytes]:
    try:
        event = _EVENT.decode(line)
    except JSON_ERRORS as error:
        try:
            fields = scan_object(line)
            event_type, body = from_json(bytes(fields["type"])), bytes(fields["object"])
        except (ValueError, KeyError):
            raise DecodeError(description, str(error)) from error
        if not isinstance(event_type, str):
            raise DecodeError(description, str(error)) from error
        return event_type, body
    return event.type, bytes(event.object)
