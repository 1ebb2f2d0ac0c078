"""Decoding one object, lazily or completely."""

from typing import TypeVar

from pydantic import ValidationError

from kubex.models._errors import decode_error
from kubex.models._lazy.base import LazyModel, build
from kubex.models._lazy.envelope import FastPathMiss, KindJson, envelope_decoder
from kubex.models._lazy.field_decoders import build_schema, field_decoders
from kubex.models._lazy.json_splitter import Json, split_object
from kubex.models._lazy.metadata import decode_metadata, name_in
from kubex.models._lazy.raw_fields import RawFields

L = TypeVar("L", bound=LazyModel)


def decode_lazily(model: type[L], body: bytes, what: str, kind: KindJson | None = None) -> L:
    """Decode the metadata of an object and leave the rest as JSON; raises DecodeError if the metadata does not fit.

    Fields that do not fit raise DecodeError each time they are read. A class that does more than hold fields is
    decoded completely. With `kind`, the object must have this kind and a name, and its class must be lazy; raises
    FastPathMiss.
    """
    envelope = envelope_decoder(model)
    if envelope is not None:
        try:
            return envelope.decode_object(body, kind)
        except FastPathMiss:
            pass
    decoders = field_decoders(model)
    metadata_kind = None if decoders is None else decoders.metadata
    if decoders is None or metadata_kind is None:
        if kind is not None:
            raise FastPathMiss
        return _decode_completely(model, body, what)
    try:
        body.decode()  # the parts are not decoded here, and must be text nevertheless
        fields = split_object(body)
    except ValueError:
        return _decode_completely(model, body, what)  # which raises Pydantic's error
    raws: dict[str, Json] = {name: b"" if name == "metadata" else bytes(raw) for name, raw in fields.items()}
    if kind is not None and kind != (raws.get("apiVersion"), raws.get("kind")):
        raise FastPathMiss
    metadata = decode_metadata(metadata_kind, fields.get("metadata", b"{}"), what)
    if kind is not None and not metadata.name:
        raise FastPathMiss
    made: L = build(model, {"metadata": metadata}, RawFields(decoders, model.__name__, metadata, raws))
    return made


def decode_eagerly(model: type[L], body: bytes, what: str) -> L:
    """Decode an object completely; one with a field that does not fit is decoded lazily, so that the rest is readable.

    Raises DecodeError as `decode_lazily` does.
    """
    try:
        return build_schema(model).model_validate_json(body)
    except ValidationError:
        return decode_lazily(model, body, what)


def _decode_completely(model: type[L], body: bytes, what: str) -> L:
    try:
        return build_schema(model).model_validate_json(body)
    except ValidationError as error:
        raise decode_error(error, what + _name_of(body)) from error


def _name_of(body: bytes) -> str:
    try:
        return name_in(split_object(body).get("metadata", b"{}"))
    except ValueError:
        return ""
