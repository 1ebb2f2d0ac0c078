"""The fast path for reading an object: one pass of msgspec decodes its metadata and keeps every other field as JSON.

It supports the JSON that API servers usually send. For other JSON, such as an object with undeclared fields at the top
level, it raises `FastPathMiss`.
"""

from typing import Any, Generic, TypeVar

import msgspec
from msgspec import UNSET, Raw, UnsetType
from pydantic import ValidationError

from kubex.models._lazy.base import LazyModel, construct_lazy
from kubex.models._lazy.field_decoders import FieldDecoders, field_decoders
from kubex.models._lazy.json_splitter import RawJson
from kubex.models._lazy.metadata import MetadataStruct, metadata_from_struct
from kubex.models._lazy.raw_fields import RawFields
from kubex.models._object_meta import ObjectMeta

L = TypeVar("L", bound=LazyModel)

TypeMetaJson = tuple[bytes, bytes]
"""The `apiVersion` and the `kind` of an object, as JSON: `(b'"v1"', b'"Pod"')`."""

_UNSUPPORTED_JSON_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValidationError)


class FastPathMiss(Exception):
    """The fast path does not support the JSON. The caller uses the general path."""


class EnvelopeDecoder(Generic[L]):
    """Decodes objects of one kind, alone or in an event of a watch."""

    def __init__(self, model: type[L], decoders: FieldDecoders) -> None:
        self._model = model
        self._model_name = model.__name__
        self._decoders = decoders
        self._json_names = [(name, decoder.json_name) for name, decoder in decoders.items() if name != "metadata"]
        fields: list[tuple[str, Any, Any]] = [(name, Raw | UnsetType, UNSET) for name, _ in self._json_names]
        # gc=False: the structs exist only during a call, so the garbage collector does not have to track them.
        object_struct = msgspec.defstruct(
            "Object",
            [("metadata", MetadataStruct), *fields],
            rename=dict(self._json_names),
            forbid_unknown_fields=True,
            gc=False,
        )
        event_struct = msgspec.defstruct("Event", [("type", str), ("object", object_struct)], gc=False)
        self._object_decoder = msgspec.json.Decoder(object_struct)
        self._event_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(event_struct)

    def decode_object(self, body: bytes, expected: TypeMetaJson | None = None) -> L:
        """Decode an object. With `expected`, it must have this `apiVersion` and `kind`, and a name.

        Raises FastPathMiss.
        """
        try:
            if not body.isascii():
                body.decode()  # msgspec does not check that text which it skips is UTF-8
            return self._construct(self._object_decoder.decode(body), expected)
        except _UNSUPPORTED_JSON_ERRORS as error:
            raise FastPathMiss from error

    def decode_event(self, line: bytes, expected: TypeMetaJson) -> tuple[str, L]:
        """Decode an event of a watch; return its type and its object.

        The object must have the expected `apiVersion` and `kind`, and a name. Raises FastPathMiss.
        """
        try:
            if not line.isascii():
                line.decode()
            event = self._event_decoder.decode(line)
            return event.type, self._construct(event.object, expected)
        except _UNSUPPORTED_JSON_ERRORS as error:
            raise FastPathMiss from error

    def _construct(self, struct: Any, expected: TypeMetaJson | None) -> L:
        metadata = metadata_from_struct(struct.metadata)
        raw_fields: dict[str, RawJson] = {"metadata": b""}
        for name, json_name in self._json_names:
            raw = getattr(struct, name)
            if raw is not UNSET:
                raw_fields[json_name] = bytes(raw)  # a copy: a view would keep the complete response in memory
        if expected is not None and not (
            metadata.name and expected == (raw_fields.get("apiVersion"), raw_fields.get("kind"))
        ):
            raise FastPathMiss
        undecoded = RawFields(self._decoders, self._model_name, metadata, raw_fields)
        created: L = construct_lazy(self._model, {"metadata": metadata}, undecoded)
        return created


_ENVELOPE_DECODERS: dict[type[LazyModel], EnvelopeDecoder[Any] | None] = {}


def envelope_decoder(model: type[L]) -> EnvelopeDecoder[L] | None:
    """Return the decoder of a kind; None if the fast path does not support its metadata or its fields."""
    try:
        return _ENVELOPE_DECODERS[model]
    except KeyError:
        pass
    decoders = field_decoders(model) if model._declares_all_fields else None  # pyright: ignore[reportPrivateUsage]
    is_supported = decoders is not None and decoders.metadata_class is ObjectMeta
    return _ENVELOPE_DECODERS.setdefault(model, EnvelopeDecoder(model, decoders) if decoders and is_supported else None)
