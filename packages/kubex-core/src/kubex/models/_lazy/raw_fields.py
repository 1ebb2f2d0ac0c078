"""The JSON of the fields of one object that are not decoded yet."""

from collections.abc import Iterable
from typing import Any, cast

from pydantic import VERSION, ValidationError
from pydantic_core import from_json

from kubex.models._errors import DecodeError, decode_error
from kubex.models._lazy.base import LazyModel, build
from kubex.models._lazy.field_decoders import FieldDecoder, FieldDecoders, build_schema, field_decoders
from kubex.models._lazy.json_splitter import Json, split_array, split_object
from kubex.models._model import NOT_SHOWN, Model
from kubex.models._object_meta import ObjectMeta

# Shorter JSON is decoded completely: that costs less than splitting it.
_MIN_LAZY_SIZE = 300

_OBJECT, _ARRAY = b"{["

_NONE: frozenset[str] = frozenset()

# Keys in a dict in which all other keys are names of JSON fields.
_FIELDS_SET, _EXTRA, _COMPLETE = object(), object(), object()


class RawFields:
    """The JSON of the fields that are not decoded, which is split when the first of them is read.

    There is no lock. Threads may decode a field twice; the value that is stored first is the one that all of them get.
    `kind` and `metadata` are those of the object that the fields belong to, for errors.
    """

    __slots__ = ("_deleted", "_json", "_kind", "_metadata", "_path", "_results", "names")

    def __init__(
        self, decoders: FieldDecoders, kind: str, metadata: ObjectMeta, json: Json | dict[str, Json], path: str = ""
    ) -> None:
        self.names = decoders
        self._kind = kind
        self._metadata = metadata
        self._json = json
        self._path = path
        self._deleted: frozenset[str] = _NONE
        # Results that are computed once. An object at the top uses the dict of its fields, to have one dict less.
        self._results: dict[Any, Any] = json if isinstance(json, dict) else {}

    @property
    def assignable(self) -> bool:
        """Whether a field can be assigned and deleted without looking at the others."""
        return self.names.assignable

    def is_declared(self, name: str) -> bool:
        """Return whether the class declares a field that was not deleted from this object."""
        return name in self.names and name not in self._deleted

    def is_unknown(self, name: str) -> bool:
        """Return whether the JSON has a field that the class does not declare and keeps."""
        return self.names.keeps_unknown and name in self._unknown()

    def delete(self, name: str) -> None:
        """Forget a declared field."""
        self._deleted |= {name}

    def shown_unknown(self) -> Iterable[tuple[str, object]]:
        """Return the undeclared fields for the `repr`; decodes nothing."""
        if not self.names.keeps_unknown:
            return ()
        found: dict[str, object] | None = self._results.get(_EXTRA)
        return found.items() if found is not None else [(name, NOT_SHOWN) for name in self._unknown()]

    def fields_set(self) -> set[str]:
        """Return the set of the fields that are set, the same object each time."""
        found: set[str] | None = self._results.get(_FIELDS_SET)
        if found is not None:
            return found
        raws = self._split()
        names = {name for name, decoder in self.names.items() if decoder.wire in raws or name in raws}
        if self.names.keeps_unknown:
            names.update(self._unknown())
        first: set[str] = self._results.setdefault(_FIELDS_SET, names)
        return first

    def extra(self) -> dict[str, Any] | None:
        """Return the undeclared fields, the same object each time; raises DecodeError."""
        if not self.names.keeps_unknown:
            return None
        found: dict[str, Any] | None = self._results.get(_EXTRA)
        if found is not None:
            return found
        values = {name: self._decode_unknown(name, bytes(raw)) for name, raw in self._unknown().items()}
        first: dict[str, Any] = self._results.setdefault(_EXTRA, values)
        return first

    def decode(self, name: str, fields: dict[str, Any], *, lazily: bool = True) -> Any:
        """Return the value of a declared field, which is stored in `fields`; raises DecodeError.

        With `lazily`, large parts of it are not decoded yet.
        """
        decoder, raws = self.names[name], self._split()
        wire = decoder.wire if decoder.wire in raws else name
        raw = raws.get(wire)
        if raw is None:
            return fields.setdefault(name, self._default(decoder))
        body = bytes(raw)
        if not body:  # another thread was faster
            return fields[name]
        parts = self._parts(decoder, raw, body) if lazily else None
        value = fields.setdefault(name, self._validated(decoder, body) if parts is None else parts)
        raws[wire] = b""
        return value

    def decode_all(self, model: type[Model], fields: dict[str, Any]) -> None:
        """Store every declared field that is missing in `fields`; raises DecodeError."""
        json = self._json
        if isinstance(json, dict) or self._deleted:
            for name in self.names:
                if name not in fields and name not in self._deleted:
                    self.decode(name, fields, lazily=False)
            return
        whole = self._whole(model, bytes(json), self._path)
        self._results.setdefault(_FIELDS_SET, whole.model_fields_set)
        self._results.setdefault(_EXTRA, whole.model_extra)
        for name, value in cast("dict[str, Any]", vars(whole)).items():
            fields.setdefault(name, value)

    @property
    def _what(self) -> str:
        namespace, name = self._metadata.namespace, self._metadata.name
        return f"{self._kind} {namespace}/{name}" if namespace else f"{self._kind} {name}"

    def complete(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return the complete instance dict that was stored first: this one, or that of another thread."""
        first: dict[str, Any] = self._results.setdefault(_COMPLETE, fields)
        return first

    def _split(self) -> dict[str, Json]:
        json = self._json
        if isinstance(json, dict):
            return json
        try:
            fields = split_object(json)
        except ValueError as error:
            raise DecodeError(self._what, f"{self._path.removesuffix('.')}: {error}") from error
        self._json = fields
        return fields

    def _unknown(self) -> dict[str, Json]:
        raws = self._split()
        known: set[object] = {decoder.wire if decoder.wire in raws else name for name, decoder in self.names.items()}
        known |= {_FIELDS_SET, _EXTRA, _COMPLETE}
        return {name: raw for name, raw in list(raws.items()) if name not in known}

    def _parts(self, decoder: FieldDecoder, raw: Json, body: bytes) -> Any:
        """Return an object, or a list of objects, that are decoded lazily; None for what is decoded completely."""
        if decoder.model is None or len(body) < _MIN_LAZY_SIZE:
            return None
        path = f"{self._path}{decoder.wire}."
        if body[0] == _OBJECT and not decoder.many:
            return self._part(decoder.model, raw, path)
        if body[0] != _ARRAY or not decoder.many:
            return None
        try:
            items = split_array(raw)
        except ValueError as error:
            raise DecodeError(self._what, f"{path.removesuffix('.')}: {error}") from error
        return [self._part(decoder.model, item, f"{path}{index}.") for index, item in enumerate(items)]

    def _part(self, model: type[LazyModel], raw: Json, path: str) -> Any:
        body = bytes(raw)
        if len(body) >= _MIN_LAZY_SIZE and body[0] == _OBJECT:
            decoders = field_decoders(model)
            if decoders is not None:
                return build(model, {}, RawFields(decoders, self._kind, self._metadata, raw, path))
        return self._whole(model, body, path)

    def _whole(self, model: type[Model], body: bytes, path: str) -> Any:
        try:
            return build_schema(model).__pydantic_validator__.validate_json(body)
        except ValidationError as error:
            raise decode_error(error, self._what, path) from error

    def _validated(self, decoder: FieldDecoder, body: bytes) -> Any:
        try:
            return decoder.validate(body)
        except ValidationError as error:
            raise decode_error(error, self._what, f"{self._path}{decoder.wire}.") from error

    def _decode_unknown(self, name: str, body: bytes) -> Any:
        try:
            return from_json(body)
        except ValueError as error:  # such as a lone surrogate, or too many levels
            raise DecodeError(self._what, f"{self._path}{name}: {error}") from error

    def _default(self, decoder: FieldDecoder) -> Any:
        if decoder.required:
            raise DecodeError(self._what, f"{self._path}{decoder.wire}: Field required")
        return decoder.default()


class _Probe(LazyModel):
    value: int = 0


def _check_pydantic() -> None:
    """Check that Pydantic reads the state of an object by attributes, so that `LazyModel` can decode it first."""
    decoders = FieldDecoders(_Probe)

    def probe() -> _Probe:
        made: _Probe = build(_Probe, {}, RawFields(decoders, "Probe", ObjectMeta(), b'{"value":1}'))
        return made

    if probe().model_dump_json(exclude_unset=True) != '{"value":1}' or probe() != _Probe(value=1):
        raise ImportError(
            f"pydantic {VERSION} reads fields in a way that lazy decoding does not support: "
            "install an older pydantic, or a newer kubex-core"
        )


_check_pydantic()
