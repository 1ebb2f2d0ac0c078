"""Read the metadata that identifies an object, and copy its JSON without `managedFields`, without decoding the rest."""

from __future__ import annotations

import sys

import msgspec
from msgspec import UNSET, Raw, UnsetType

from kubex.api._envelopes import CHANGES, split_event, split_list
from kubex.api._expected_kinds import JSON_ERRORS, ExpectedKinds, read_header
from kubex.api._raw_objects import RawEvent, RawList, RawObject
from kubex.core._error_handling import clear_tracebacks
from kubex.errors import DecodeError
from kubex.models import ListMeta, ObjectMeta
from kubex.models._lazy.json_splitter import RawJson, join_object, split_object
from kubex.models._lazy.metadata import decode_metadata
from kubex.models._object_meta import MANAGED_FIELDS


class _Metadata(msgspec.Struct, rename="camel", gc=False):
    name: str
    namespace: str | None = None
    uid: str | None = None
    resource_version: str | None = None
    generation: int | None = None
    managed_fields: Raw | UnsetType = UNSET


class _Object(msgspec.Struct, rename="camel", gc=False):
    metadata: _Metadata
    api_version: str | UnsetType = UNSET
    kind: str | UnsetType = UNSET


class _Event(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    type: str
    object: _Object


_decode_object = msgspec.json.Decoder(_Object).decode
_decode_event = msgspec.json.Decoder(_Event).decode

# The text before the object in the events that API servers send.
_PREFIXES = {text: (each, b'{"type":"%s","object":' % text.encode()) for text, each in CHANGES.items()}

_MANAGED_FIELDS_KEY = b'"%s":' % MANAGED_FIELDS.encode()


class RawDecoder:
    """Decodes responses for one kind into raw objects; raises DecodeError for responses of other kinds.

    `description` names the kind in errors, and `kinds` are the expected kinds of objects and of lists.
    """

    __slots__ = ("_description", "_keep_managed_fields", "_kinds", "_list_kinds")

    def __init__(
        self, description: str, kinds: tuple[ExpectedKinds, ExpectedKinds], *, keep_managed_fields: bool
    ) -> None:
        self._description = description
        self._kinds, self._list_kinds = kinds
        self._keep_managed_fields = keep_managed_fields

    def event(self, line: bytes, *, path: str) -> RawEvent:
        """Decode one line of a watch; the errors are those of `Decoder.event()`."""
        try:
            if not line.isascii():
                line.decode()  # msgspec does not check that text which it skips is UTF-8
            event = _decode_event(line)
        except JSON_ERRORS:
            pass  # for example an ERROR event
        else:
            event_type, prefix = _PREFIXES.get(event.type, (None, b""))
            found, expected = event.object, self._kinds.kinds[0]
            if (
                event_type is not None
                and found.kind == expected.kind
                and found.api_version == expected.api_version
                and line.startswith(prefix)
                and line.endswith(b"}")
            ):
                raw = self._fast(found.metadata, line, len(prefix), len(line) - 1)
                if raw is not None:
                    return RawEvent(event_type, raw)
        any_type, body = split_event(line, self._description, path=path)
        return RawEvent(any_type, self._checked(body) if any_type in CHANGES else self._bookmark(body))

    def list(self, body: bytes) -> RawList:
        """Split a list into raw objects; raises DecodeError."""
        description = f"a list of {self._description}"
        parts = split_list(body, description, self._list_kinds)
        # The same rule as for other lists: the kind of the items is only checked if the list does not have one.
        decode = self._item if parts.kind else self._checked
        metadata = parts.decode_metadata(description) or ListMeta()
        items: list[RawObject] = []
        errors: list[DecodeError] = []
        for raw in parts.items or ():
            try:
                items.append(decode(bytes(raw)))  # a copy: a view would keep the complete response in memory
            except DecodeError as error:  # noqa: PERF203 - one malformed item must not affect the others
                clear_tracebacks(error)  # the frames contain the complete response
                errors.append(error)
        return RawList(items, errors, metadata)

    def _item(self, body: bytes) -> RawObject:
        """Decode an object without a check of its kind."""
        try:
            if not body.isascii():
                body.decode()
            raw = self._fast(_decode_object(body).metadata, body, 0, len(body))
        except JSON_ERRORS:
            raw = None
        return self._general(body) if raw is None else raw

    def _checked(self, body: bytes) -> RawObject:
        self._kinds.check_object(body, self._description, named=True)
        return self._item(body)

    def _bookmark(self, body: bytes) -> RawObject:
        description = f"a bookmark of {self._description}"
        header = read_header(body, description)
        self._kinds.check(header.api_version, header.kind, description)
        metadata = decode_metadata(ObjectMeta, header.metadata, description)
        return RawObject("", None, None, metadata.resource_version, None, body)

    def _fast(self, found: _Metadata, text: bytes, start: int, end: int) -> RawObject | None:
        """Create an object from the text between two positions; return None for JSON that needs the general path."""
        if not found.name:
            return None
        managed_fields = UNSET if self._keep_managed_fields else found.managed_fields
        json = _copy_without_managed_fields(text, start, end, managed_fields)
        if json is None:
            return None
        # Many objects have the same namespace. With intern(), they share one string.
        namespace = sys.intern(found.namespace) if found.namespace else None
        return RawObject(found.name, namespace, found.uid, found.resource_version, found.generation, json)

    def _general(self, body: bytes) -> RawObject:
        """Decode JSON of any form, for example with white space or with deep nesting."""
        try:
            body.decode()
            fields = split_object(body)
        except ValueError as error:
            raise DecodeError(self._description, str(error)) from error
        raw_metadata = fields.get("metadata", b"{}")
        found = decode_metadata(ObjectMeta, raw_metadata, self._description)
        if not found.name:
            raise DecodeError(self._description, "the object does not have a metadata.name")
        if not self._keep_managed_fields:
            body = _remove_managed_fields(body, fields, split_object(raw_metadata))
        return RawObject(found.name, found.namespace, found.uid, found.resource_version, found.generation, body)


def _copy_without_managed_fields(text: bytes, start: int, end: int, managed_fields: Raw | UnsetType) -> bytes | None:
    """Copy the JSON of an object between two positions; return None if the form of `managedFields` is unusual."""
    if managed_fields is UNSET:
        return text[start:end]
    key = text.find(_MANAGED_FIELDS_KEY, start, end)
    value = bytes(managed_fields)
    after = key + len(_MANAGED_FIELDS_KEY)
    before = text[key - 1 : key]
    # Another object in the fields can have a key with this name, but not with the same value.
    if key < 0 or before not in (b",", b"{") or not text.startswith(value, after):
        return None
    after += len(value)
    if text[after : after + 1] == b",":
        after += 1
    elif before == b",":
        key -= 1
    return text[start:key] + text[after:end]


def _remove_managed_fields(body: bytes, fields: dict[str, RawJson], metadata: dict[str, RawJson]) -> bytes:
    if metadata.pop(MANAGED_FIELDS, None) is None:
        return body
    return join_object({**fields, "metadata": join_object(metadata)})
