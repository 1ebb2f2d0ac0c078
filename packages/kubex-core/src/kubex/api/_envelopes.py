"""Split lists and watch events into the JSON of their objects. msgspec does this without decoding the objects."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from pydantic_core import from_json

from kubex.api._expected_kinds import JSON_ERRORS, ExpectedKinds, read_header
from kubex.core._api_errors import error_from_status
from kubex.core._errors import UnknownWatchEventError
from kubex.models import EventType, ListMeta, Status
from kubex.models._api_resource import ANY_KIND
from kubex.models._errors import DecodeError, decode
from kubex.models._lazy.json_splitter import scan_array, scan_object
from kubex.models._watch_event import INITIAL_EVENTS_END

CHANGES = {text: EventType(text) for text in ("ADDED", "MODIFIED", "DELETED")}
"""The types of events with an object, by their text."""


class ListEnvelope(msgspec.Struct, rename={"api_version": "apiVersion"}):
    """A list with the JSON of its items."""

    api_version: Any = UNSET
    kind: Any = UNSET
    metadata: msgspec.Raw | UnsetType = UNSET
    items: list[msgspec.Raw] | UnsetType | None = UNSET

    def decode_metadata(self, description: str) -> ListMeta | None:
        """Return the metadata of the list, or None if it does not have any."""
        if self.metadata is UNSET or bytes(self.metadata) == b"null":
            return None
        return decode(ListMeta, bytes(self.metadata), description)


class _Event(msgspec.Struct):
    type: str
    object: msgspec.Raw


class _BookmarkMetadata(msgspec.Struct):
    annotations: dict[str, str] | None = None


class _Bookmark(msgspec.Struct):
    metadata: _BookmarkMetadata


_LIST = msgspec.json.Decoder(ListEnvelope)
_EVENT = msgspec.json.Decoder(_Event)
_BOOKMARK = msgspec.json.Decoder(_Bookmark)


def split_list(body: bytes, description: str, kinds: ExpectedKinds) -> ListEnvelope:
    """Split a list into its items; raises DecodeError if it is not a list of the expected kind."""
    parts = _split_list(body, description)
    kinds.check(parts.api_version, parts.kind, description)
    if parts.items is UNSET and not parts.kind:
        raise DecodeError(description, "the response has neither a kind nor items")
    if parts.items is UNSET and kinds.kinds[0].kind == ANY_KIND:
        raise DecodeError(description, "the response does not have items")
    return parts


def _split_list(body: bytes, description: str) -> ListEnvelope:
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
        return ListEnvelope(
            api_version=type_meta.get("apiVersion", UNSET),
            kind=type_meta.get("kind", UNSET),
            metadata=msgspec.Raw(fields["metadata"]) if "metadata" in fields else UNSET,
            items=[msgspec.Raw(raw) for raw in raws] if "items" in fields else UNSET,
        )


def split_event(line: bytes, description: str, *, path: str) -> tuple[EventType, bytes]:
    """Return the type and the object of an event. `description` names the kind, and `path` is the path of the watch.

    Raises an ApiError for an `ERROR` event, UnknownWatchEventError for an unknown type, and DecodeError.
    """
    event_type, body = _split_event(line, f"an event of {description}")
    if event_type in CHANGES:
        return CHANGES[event_type], body
    if event_type == "BOOKMARK":
        return EventType.INITIAL_EVENTS_END if _ends_initial_events(body) else EventType.BOOKMARK, body
    if event_type == "ERROR":
        raise error_from_status(_decode_error_event(body), method="GET", path=path)
    raise UnknownWatchEventError(description, event_type)


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


def _ends_initial_events(bookmark: bytes) -> bool:
    try:
        annotations = _BOOKMARK.decode(bookmark).metadata.annotations
    except JSON_ERRORS:  # decoding the bookmark raises a better error
        return False
    return (annotations or {}).get(INITIAL_EVENTS_END) == "true"


def _decode_error_event(body: bytes) -> Status:
    description = "an ERROR event"
    header = read_header(body, description)
    status = decode(Status, body, description)
    if header.kind == "Status" or (not header.kind and (status.message or status.reason or status.code)):
        return status
    raise DecodeError(description, "its object is not a Status")
