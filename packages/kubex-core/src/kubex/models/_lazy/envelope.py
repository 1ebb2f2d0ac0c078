"""The fast way to read an object: one pass that types its metadata and leaves every other field as JSON.

It reads what API servers send. Anything else, such as an undeclared field at the top, is a `FastPathMiss`.
"""

from typing import Any, Generic, TypeVar

import msgspec
from msgspec import UNSET, Raw, UnsetType
from pydantic import ValidationError

from kubex.models._lazy.base import LazyModel, build
from kubex.models._lazy.field_decoders import FieldDecoders, field_decoders
from kubex.models._lazy.json_splitter import Json
from kubex.models._lazy.metadata import METADATA, from_struct
from kubex.models._lazy.raw_fields import RawFields
from kubex.models._object_meta import ObjectMeta

L = TypeVar("L", bound=LazyModel)

KindJson = tuple[bytes, bytes]
"""The JSON of an `apiVersion` and a `kind`."""

_MISSES = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValidationError)


class FastPathMiss(Exception):
    """The JSON is to be read in the general way."""


class EnvelopeDecoder(Generic[L]):
    """Reads objects of one kind, alone or inside of a watch event."""

    def __init__(self, model: type[L], decoders: FieldDecoders) -> None:
        self._model = model
        self._kind = model.__name__
        self._decoders = decoders
        self._wires = [(name, decoder.wire) for name, decoder in decoders.items() if name != "metadata"]
        fields: list[tuple[str, Any, Any]] = [(name, Raw | UnsetType, UNSET) for name, _ in self._wires]
        item = msgspec.defstruct(
            "Item", [("metadata", METADATA), *fields], rename=dict(self._wires), forbid_unknown_fields=True, gc=False
        )
        event = msgspec.defstruct("Event", [("type", str), ("object", item)], gc=False)
        self._item = msgspec.json.Decoder(item)
        self._event: msgspec.json.Decoder[Any] = msgspec.json.Decoder(event)

    def decode_object(self, body: bytes, kind: KindJson | None = None) -> L:
        """Read an object; raises FastPathMiss. With `kind` it must be of that kind and have a name."""
        try:
            if not body.isascii():
                body.decode()  # msgspec does not look at the text that it skips
            return self._build(self._item.decode(body), kind)
        except _MISSES as error:
            raise FastPathMiss from error

    def decode_event(self, line: bytes, kind: KindJson) -> tuple[str, L]:
        """Read an event and its object, which must be of this kind and have a name; raises FastPathMiss."""
        try:
            if not line.isascii():
                line.decode()
            event = self._event.decode(line)
            return event.type, self._build(event.object, kind)
        except _MISSES as error:
            raise FastPathMiss from error

    def _build(self, item: Any, kind: KindJson | None) -> L:
        metadata = from_struct(item.metadata)
        raws: dict[str, Json] = {"metadata": b""}
        for name, wire in self._wires:
            raw = getattr(item, name)
            if raw is not UNSET:
                raws[wire] = bytes(raw)  # a copy: a view would keep the complete response in memory
        if kind is not None and not (metadata.name and kind == (raws.get("apiVersion"), raws.get("kind"))):
            raise FastPathMiss
        undecoded = RawFields(self._decoders, self._kind, metadata, raws)
        made: L = build(self._model, {"metadata": metadata}, undecoded)
        return made


_ENVELOPES: dict[type[LazyModel], EnvelopeDecoder[Any] | None] = {}


def envelope_decoder(model: type[L]) -> EnvelopeDecoder[L] | None:
    """Return the decoder of a kind; None if its metadata or its fields do not allow the fast way."""
    try:
        return _ENVELOPES[model]
    except KeyError:
        pass
    decoders = field_decoders(model) if model._declares_all_fields else None  # pyright: ignore[reportPrivateUsage]
    allowed = decoders is not None and decoders.metadata is ObjectMeta
    return _ENVELOPES.setdefault(model, EnvelopeDecoder(model, decoders) if decoders and allowed else None)
