"""Decoding the metadata of an object, which is never lazy.

msgspec reads it in one pass and skips `managedFields`, which are large and which `ObjectMeta` does not keep. Metadata
that does not fit or has unknown fields is left to Pydantic, which is more tolerant and has the better errors.
"""

from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType
from pydantic import ValidationError
from pydantic_core import to_json

from kubex.models._errors import decode_error
from kubex.models._json_aliases import json_alias
from kubex.models._lazy.base import construct
from kubex.models._lazy.field_decoders import JsonValidator, build_schema, json_validator
from kubex.models._lazy.json_splitter import Json, scan_object
from kubex.models._object_meta import MANAGED_FIELDS, ObjectMeta

# Types that msgspec reads as Pydantic does; fields of other types are validated from their JSON.
_ALIKE = (str, int, dict[str, str], list[str])

_WIRES = {name: json_alias(name) for name in ObjectMeta.model_fields}
_validators: dict[str, JsonValidator] = {}


def _make_struct() -> type[msgspec.Struct]:
    fields: list[tuple[str, Any, Any]] = []
    for name, field in ObjectMeta.model_fields.items():
        kind: Any = next((kind for kind in _ALIKE if field.annotation == kind | None and not field.metadata), None)
        fields.append((name, Raw | UnsetType if kind is None else kind | None | UnsetType, UNSET))
        if kind is None:
            _validators[name] = json_validator(field)
    skipped = ("managed_fields", Raw | UnsetType, UNSET)
    names = {**_WIRES, "managed_fields": MANAGED_FIELDS}
    return msgspec.defstruct("Metadata", [*fields, skipped], rename=names, forbid_unknown_fields=True, gc=False)


METADATA = _make_struct()
"""The struct into which msgspec reads metadata."""

_decode = msgspec.json.Decoder(METADATA).decode


def from_struct(struct: msgspec.Struct) -> ObjectMeta:
    """Make metadata from its struct; raises ValidationError."""
    fields = msgspec.structs.asdict(struct)
    del fields["managed_fields"]
    fields_set: set[str] = set()
    for name, value in fields.items():
        if value is UNSET:
            fields[name] = None
        else:
            fields_set.add(name)
    for name, validate in _validators.items():
        if name in fields_set:
            fields[name] = validate(bytes(fields[name]))
    return construct(ObjectMeta, fields, fields_set)


def decode_metadata(kind: type[ObjectMeta], body: Json, what: str) -> ObjectMeta:
    """Decode the JSON of metadata; raises DecodeError."""
    raw = bytes(body)
    if kind is ObjectMeta:
        try:
            return from_struct(_decode(raw))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValidationError):
            raw = _without_managed_fields(raw)
    try:
        return build_schema(kind).model_validate_json(raw)
    except ValidationError as error:
        raise decode_error(error, f"the metadata of {what}{name_in(raw)}") from error


def _without_managed_fields(raw: bytes) -> bytes:
    """Return the fields that ObjectMeta keeps: `managedFields` may nest deeper than Pydantic reads."""
    try:
        fields = scan_object(raw)
    except ValueError:
        return raw
    fields.pop(MANAGED_FIELDS, None)
    return b"{%s}" % b",".join(b"%s:%s" % (to_json(name), bytes(value)) for name, value in fields.items())


class _Name(msgspec.Struct):
    name: str = ""
    namespace: str = ""


_decode_name = msgspec.json.Decoder(_Name).decode


def name_in(raw: Json) -> str:
    """Return the namespace and name in metadata that may not fit otherwise, with a space before them."""
    try:
        found = _decode_name(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    return f" {found.namespace}/{found.name}" if found.namespace else f" {found.name}".rstrip()
