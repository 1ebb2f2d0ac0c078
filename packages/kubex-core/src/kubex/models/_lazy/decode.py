"""Entry points: decode one object lazily or eagerly."""

from typing import TypeVar

from pydantic import ValidationError

from kubex.models._errors import decode_error
from kubex.models._lazy.base import LazyModel, construct_lazy
from kubex.models._lazy.envelope import FastPathMiss, TypeMetaJson, envelope_decoder
from kubex.models._lazy.field_decoders import build_schema, field_decoders
from kubex.models._lazy.json_splitter import RawJson, split_object
from kubex.models._lazy.metadata import decode_metadata, object_name
from kubex.models._lazy.raw_fields import RawFields

L = TypeVar("L", bound=LazyModel)


def decode_lazily(model: type[L], body: bytes, description: str, expected: TypeMetaJson | None = None) -> L:
    """Decode the metadata of an object and keep its other fields as JSON; raise DecodeError for malformed metadata.

    A malformed field raises DecodeError each time it is read. An object of a class that does not support lazy decoding
    is decoded completely. `description` identifies the object in errors. With `expected`, raises FastPathMiss if the
    object has another `apiVersion` or `kind`, if it does not have a name, or if the class is not lazy.
    """
    envelope = envelope_decoder(model)
    if envelope is not None:
        try:
            return envelope.decode_object(body, expected)
        except FastPathMiss:
            pass
    decoders = field_decoders(model)
    metadata_class = None if decoders is None else decoders.metadata_class
    if decoders is None or metadata_class is None:
        if expected is not None:
            raise FastPathMiss
        return _decode_completely(model, body, description)
    try:
        body.decode()  # msgspec does not check that text which it skips is UTF-8
        fields = split_object(body)
    except ValueError:
        return _decode_completely(model, body, description)  # raises an error with the message of Pydantic
    # The copies do not keep the complete response in memory. Empty bytes mark a field that is decoded.
    raw_fields: dict[str, RawJson] = {name: b"" if name == "metadata" else bytes(raw) for name, raw in fields.items()}
    if expected is not None and expected != (raw_fields.get("apiVersion"), raw_fields.get("kind")):
        raise FastPathMiss
    metadata = decode_metadata(metadata_class, fields.get("metadata", b"{}"), description)
    if expected is not None and not metadata.name:
        raise FastPathMiss
    undecoded = RawFields(decoders, model.__name__, metadata, raw_fields)
    created: L = construct_lazy(model, {"metadata": metadata}, undecoded)
    return created


def decode_eagerly(model: type[L], body: bytes, description: str) -> L:
    """Decode an object completely. An object with a malformed field is decoded lazily, so its other fields can be read.

    Raises DecodeError as `decode_lazily()` does.
    """
    try:
        return build_schema(model).model_validate_json(body)
    except ValidationError:
        return decode_lazily(model, body, description)


def _decode_completely(model: type[L], body: bytes, description: str) -> L:
    try:
        return build_schema(model).model_validate_json(body)
    except ValidationError as error:
        raise decode_error(error, description + _object_name_in(body)) from error


def _object_name_in(body: bytes) -> str:
    try:
        return object_name(split_object(body).get("metadata", b"{}"))
    except ValueError:
        return ""
