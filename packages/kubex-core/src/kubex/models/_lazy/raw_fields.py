"""The fields of one object that are not decoded yet, as JSON."""

from collections.abc import Iterable
from typing import Any, cast

from pydantic import VERSION, ValidationError
from pydantic_core import from_json

from kubex.models._errors import DecodeError, decode_error
from kubex.models._lazy.base import LazyModel, construct_lazy
from kubex.models._lazy.field_decoders import FieldDecoder, FieldDecoders, build_schema, field_decoders
from kubex.models._lazy.json_splitter import RawJson, split_array, split_object
from kubex.models._model import REPR_PLACEHOLDER, Model
from kubex.models._object_meta import ObjectMeta

# The size in bytes below which JSON is decoded completely, because splitting it would take longer.
_MIN_LAZY_SIZE = 300

_OBJECT_START, _ARRAY_START = b"{["

_NO_NAMES: frozenset[str] = frozenset()

# Keys of cached results. They are in the same dict as the JSON of fields, so they must differ from every JSON name.
_FIELDS_SET, _EXTRA, _COMPLETE = object(), object(), object()


class RawFields:
    """The JSON of the fields of an object that are not decoded yet. It is split when the first field is read.

    A lock could block a child of `fork()` indefinitely, so this class does not use one. Several threads can decode the
    same field; all of them get the value that was stored first.

    `json` is the JSON of a nested object, or the fields of an object at the top level. `kind` and `metadata` are those
    of the object at the top level, for error messages. `path` is the prefix of field names and ends with a dot.
    """

    __slots__ = ("_deleted", "_json", "_kind", "_metadata", "_path", "_results", "decoders")

    def __init__(
        self,
        decoders: FieldDecoders,
        kind: str,
        metadata: ObjectMeta,
        json: RawJson | dict[str, RawJson],
        path: str = "",
    ) -> None:
        self.decoders = decoders
        self._kind = kind
        self._metadata = metadata
        self._json = json
        self._path = path
        self._deleted: frozenset[str] = _NO_NAMES
        # Results that are computed once. An object at the top level stores them in the dict of its fields: programs
        # keep many such objects, and this saves one dict for each.
        self._results: dict[Any, Any] = json if isinstance(json, dict) else {}

    @property
    def assignable(self) -> bool:
        """Whether a field can be assigned and deleted without decoding the others."""
        return self.decoders.assignable

    def is_declared(self, name: str) -> bool:
        """Return whether the class declares the field and it was not deleted from this object."""
        return name in self.decoders and name not in self._deleted

    def is_unknown(self, name: str) -> bool:
        """Return whether the JSON contains the field, and the class does not declare but preserves it."""
        return self.decoders.keeps_unknown and name in self._unknown()

    def delete(self, name: str) -> None:
        """Mark a declared field as deleted."""
        self._deleted |= {name}

    def unknown_for_repr(self) -> Iterable[tuple[str, object]]:
        """Return the undeclared fields for a `repr`, without decoding them."""
        if not self.decoders.keeps_unknown:
            return ()
        extra: dict[str, object] | None = self._results.get(_EXTRA)
        return extra.items() if extra is not None else [(name, REPR_PLACEHOLDER) for name in self._unknown()]

    def fields_set(self) -> set[str]:
        """Return the names of the fields that are set; each call returns the same set."""
        cached: set[str] | None = self._results.get(_FIELDS_SET)
        if cached is not None:
            return cached
        raw_fields = self._split()
        names = {
            name for name, decoder in self.decoders.items() if decoder.json_name in raw_fields or name in raw_fields
        }
        if self.decoders.keeps_unknown:
            names.update(self._unknown())
        first: set[str] = self._results.setdefault(_FIELDS_SET, names)
        return first

    def extra(self) -> dict[str, Any] | None:
        """Return the undeclared fields; each call returns the same dict. Raises DecodeError."""
        if not self.decoders.keeps_unknown:
            return None
        cached: dict[str, Any] | None = self._results.get(_EXTRA)
        if cached is not None:
            return cached
        values = {name: self._decode_unknown(name, bytes(raw)) for name, raw in self._unknown().items()}
        first: dict[str, Any] = self._results.setdefault(_EXTRA, values)
        return first

    def decode(self, name: str, fields: dict[str, Any], *, lazily: bool = True) -> Any:
        """Decode a declared field, store it in `fields` and return it; raise DecodeError.

        With `lazily`, large objects in it are decoded lazily.
        """
        decoder, raw_fields = self.decoders[name], self._split()
        json_name = decoder.json_name if decoder.json_name in raw_fields else name
        raw = raw_fields.get(json_name)
        if raw is None:
            return fields.setdefault(name, self._default(decoder))
        body = bytes(raw)
        if not body:  # another thread has decoded it
            return fields[name]
        nested = self._decode_nested(decoder, raw, body) if lazily else None
        value = fields.setdefault(name, self._decode_field(decoder, body) if nested is None else nested)
        # The JSON is not needed any more. The key remains, because it shows that the field is set.
        raw_fields[json_name] = b""
        return value

    def decode_all(self, model: type[Model], fields: dict[str, Any]) -> None:
        """Decode every declared field that is not in `fields`, and store it there; raise DecodeError."""
        json = self._json
        if isinstance(json, dict) or self._deleted:
            for name in self.decoders:
                if name not in fields and name not in self._deleted:
                    self.decode(name, fields, lazily=False)
            return
        # The JSON is not split yet, so one call of Pydantic is faster than one for each field.
        decoded = self._decode_model(model, bytes(json), self._path)
        self._results.setdefault(_FIELDS_SET, decoded.model_fields_set)
        self._results.setdefault(_EXTRA, decoded.model_extra)
        for name, value in cast("dict[str, Any]", vars(decoded)).items():
            fields.setdefault(name, value)

    def store_complete(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Store a complete instance dict, unless another thread has stored one; return the stored dict."""
        first: dict[str, Any] = self._results.setdefault(_COMPLETE, fields)
        return first

    @property
    def _description(self) -> str:
        namespace, name = self._metadata.namespace, self._metadata.name
        return f"{self._kind} {namespace}/{name}" if namespace else f"{self._kind} {name}"

    def _split(self) -> dict[str, RawJson]:
        json = self._json
        if isinstance(json, dict):
            return json
        try:
            fields = split_object(json)
        except ValueError as error:
            raise DecodeError(self._description, f"{self._path.removesuffix('.')}: {error}") from error
        self._json = fields
        return fields

    def _unknown(self) -> dict[str, RawJson]:
        raw_fields = self._split()
        known: set[object] = {
            decoder.json_name if decoder.json_name in raw_fields else name for name, decoder in self.decoders.items()
        }
        known |= {_FIELDS_SET, _EXTRA, _COMPLETE}
        # A copy of the items, because another thread can add a result.
        return {name: raw for name, raw in list(raw_fields.items()) if name not in known}

    def _decode_nested(self, decoder: FieldDecoder, raw: RawJson, body: bytes) -> Any:
        """Return a lazy object or a list of lazy objects; None if the field must be decoded completely."""
        if decoder.model is None or len(body) < _MIN_LAZY_SIZE:
            return None
        path = f"{self._path}{decoder.json_name}."
        if body[0] == _OBJECT_START and not decoder.is_list:
            return self._decode_nested_object(decoder.model, raw, path)
        if body[0] != _ARRAY_START or not decoder.is_list:
            return None
        try:
            items = split_array(raw)
        except ValueError as error:
            raise DecodeError(self._description, f"{path.removesuffix('.')}: {error}") from error
        return [self._decode_nested_object(decoder.model, item, f"{path}{index}.") for index, item in enumerate(items)]

    def _decode_nested_object(self, model: type[LazyModel], raw: RawJson, path: str) -> Any:
        body = bytes(raw)
        if len(body) >= _MIN_LAZY_SIZE and body[0] == _OBJECT_START:
            decoders = field_decoders(model)
            if decoders is not None:
                return construct_lazy(model, {}, RawFields(decoders, self._kind, self._metadata, raw, path))
        return self._decode_model(model, body, path)

    def _decode_model(self, model: type[Model], body: bytes, path: str) -> Any:
        try:
            return build_schema(model).__pydantic_validator__.validate_json(body)
        except ValidationError as error:
            raise decode_error(error, self._description, path) from error

    def _decode_field(self, decoder: FieldDecoder, body: bytes) -> Any:
        try:
            return decoder.validate(body)
        except ValidationError as error:
            raise decode_error(error, self._description, f"{self._path}{decoder.json_name}.") from error

    def _decode_unknown(self, name: str, body: bytes) -> Any:
        try:
            return from_json(body)
        except ValueError as error:  # such as an unpaired surrogate, or too many levels
            raise DecodeError(self._description, f"{self._path}{name}: {error}") from error

    def _default(self, decoder: FieldDecoder) -> Any:
        if decoder.required:
            raise DecodeError(self._description, f"{self._path}{decoder.json_name}: Field required")
        return decoder.default()


class _Probe(LazyModel):
    value: int = 0


def _check_pydantic() -> None:
    """Check that Pydantic reads the state of an object by attribute lookup, so that `LazyModel` can decode fields."""
    decoders = FieldDecoders(_Probe)

    def probe() -> _Probe:
        created: _Probe = construct_lazy(_Probe, {}, RawFields(decoders, "Probe", ObjectMeta(), b'{"value":1}'))
        return created

    if probe().model_dump_json(exclude_unset=True) != '{"value":1}' or probe() != _Probe(value=1):
        raise ImportError(
            f"pydantic {VERSION} reads fields in a way that lazy decoding does not support: "
            "install an older pydantic, or a newer kubex-core"
        )


_check_pydantic()
