"""Decode the responses of verbs: objects, lists and events of watches."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from msgspec import UNSET
from pydantic import ValidationError

from kubex.api._envelopes import CHANGES, split_event, split_list
from kubex.api._expected_kinds import ExpectedKinds, decode_success, expected_kinds, is_blank, read_header
from kubex.api._garbage_collection import garbage_collection_paused
from kubex.core.params import DecodeMode
from kubex.errors import ConfigurationError
from kubex.models import ObjectMeta, Resource, ResourceList, Status, WatchEvent, api_resource
from kubex.models._errors import decode
from kubex.models._lazy.decode import decode_eagerly, decode_lazily
from kubex.models._lazy.envelope import FastPathMiss, envelope_decoder
from kubex.models._lazy.field_decoders import build_schema, json_validator
from kubex.models._lazy.lazy_list import LazyList

if TYPE_CHECKING:
    from kubex.api._raw_decode import RawDecoder

T = TypeVar("T", bound=Resource)


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

    def raw(self, *, keep_managed_fields: bool) -> RawDecoder:
        """Return the decoder of raw objects for this kind."""
        from kubex.api._raw_decode import RawDecoder

        kinds = self._kinds, self._list_kinds
        return RawDecoder(self._description, kinds, keep_managed_fields=keep_managed_fields)

    def item(self, body: bytes, *, named: bool = True) -> T:
        """Decode one object; raises DecodeError, which names the object.

        With `named=False`, an object that has a `kind` does not need a name.
        """
        decoded = self._decode_fast(body)
        if decoded is not None:
            return decoded
        self._kinds.check_object(body, self._description, named=named)
        return self.stored_item(body)

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

    def stored_item(self, body: bytes) -> T:
        """Decode an object without a check of its kind, such as an item of a list. Raises DecodeError."""
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
        parts = split_list(body, description, self._list_kinds)
        # Items of a list of the expected kind are not checked: servers omit their kind, and some omit the name.
        decode_item = self.stored_item if parts.kind else self.item
        fields: dict[str, Any] = {"items": LazyList[T](raws=parts.items or (), decode=decode_item)}
        if (metadata := parts.decode_metadata(description)) is not None:
            fields["metadata"] = metadata
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
                type_text, item = envelope.decode_event(line, self._kinds.fast_path_json)
            except FastPathMiss:
                pass  # for example an ERROR event, or an object with undeclared fields
            else:
                change = CHANGES.get(type_text)
                if change is not None:
                    return WatchEvent(change, item)
        event_type, body = split_event(line, self._description, path=path)
        is_change = event_type in CHANGES
        return WatchEvent(event_type, self.item(body) if is_change else self._decode_bookmark(body))

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
