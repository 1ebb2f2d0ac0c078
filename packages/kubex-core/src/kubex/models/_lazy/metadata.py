"""Decodes the metadata of an object, immediately and completely.

msgspec decodes it in one pass and skips `managedFields`, which are large and which `ObjectMeta` omits. Pydantic decodes
metadata that has an unexpected form or unknown fields: it is more tolerant and has better error messages.
"""

from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType
from pydantic import ValidationError

from kubex.models._errors import decode_error
from kubex.models._json_aliases import json_alias
from kubex.models._lazy.base import construct_complete
from kubex.models._lazy.field_decoders import JsonValidator, build_schema, json_validator
from kubex.models._lazy.json_splitter import RawJson, join_object, scan_object
from kubex.models._object_meta import MANAGED_FIELDS, ObjectMeta

# msgspec decodes values of these types like Pydantic. Fields of other types, such as times, are kept as JSON, which
# Pydantic validates.
_MSGSPEC_TYPES = (str, int, dict[str, str], list[str])

_JSON_NAMES = {name: json_alias(name) for name in ObjectMeta.model_fields}
_validators: dict[str, JsonValidator] = {}


def _make_struct() -> type[msgspec.Struct]:
    """Create the struct from the fields of `ObjectMeta`, and fill `_validators` for the fields that stay JSON."""
    fields: list[tuple[str, Any, Any]] = []
    for name, field in ObjectMeta.model_fields.items():
        field_type: Any = next(
            (candidate for candidate in _MSGSPEC_TYPES if field.annotation == candidate | None and not field.metadata),
            None,
        )
        fields.append((name, Raw | UnsetType if field_type is None else field_type | None | UnsetType, UNSET))
        if field_type is None:
            _validators[name] = json_validator(field)
    managed_fields = ("managed_fields", Raw | UnsetType, UNSET)
    json_names = {**_JSON_NAMES, "managed_fields": MANAGED_FIELDS}
    # forbid_unknown_fields: Pydantic decodes metadata with unknown fields, because msgspec would drop them.
    return msgspec.defstruct(
        "Metadata", [*fields, managed_fields], rename=json_names, forbid_unknown_fields=True, gc=False
    )


MetadataStruct = _make_struct()
"""The struct into which msgspec decodes metadata."""

_decode_struct = msgspec.json.Decoder(MetadataStruct).decode


def metadata_from_struct(struct: msgspec.Struct) -> ObjectMeta:
    """Create metadata from its struct; raise ValidationError for an invalid field."""
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
    return construct_complete(ObjectMeta, fields, fields_set)


def decode_metadata(metadata_class: type[ObjectMeta], body: RawJson, description: str) -> ObjectMeta:
    """Decode the metadata of an object; raise DecodeError. `description` identifies the object."""
    raw = bytes(body)
    if metadata_class is ObjectMeta:
        try:
            return metadata_from_struct(_decode_struct(raw))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValidationError):
            raw = _without_managed_fields(raw)
    try:
        return build_schema(metadata_class).model_validate_json(raw)
    except ValidationError as error:
        raise decode_error(error, f"the metadata of {description}{object_name(raw)}") from error


def _without_managed_fields(raw: bytes) -> bytes:
    """Return metadata without `managedFields`, which can have more levels than Pydantic accepts."""
    try:
        fields = scan_object(raw)
    except ValueError:
        return raw
    fields.pop(MANAGED_FIELDS, None)
    return join_object(fields)


class _NameStruct(msgspec.Struct):
    name: str = ""
    namespace: str = ""


_decode_name = msgspec.json.Decoder(_NameStruct).decode


def object_name(raw: RawJson) -> str:
    """Return ` namespace/name` or ` name` for metadata that can be malformed; an empty string without a name."""
    try:
        found = _decode_name(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    return f" {found.namespace}/{found.name}" if found.namespace else f" {found.name}".rstrip()
