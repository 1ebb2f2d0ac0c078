"""Reading the head of an object in one pass: its metadata typed, every other field raw.

What does not fit here, such as an unknown field, is left to the slow way, which keeps it or says what is wrong with it.
"""

from typing import Any, Generic, TypeVar

import msgspec
from msgspec import UNSET, Raw, UnsetType
from pydantic import ValidationError

from kubex.models._habit import Habit
from kubex.models._lazy import LazyObject, build, construct
from kubex.models._meta import ObjectMeta
from kubex.models._names import wire_name
from kubex.models._parts import Parts, Validate, metadata_of, parts_of, validator
from kubex.models._undecoded import Json, Root, Undecoded

L = TypeVar("L", bound=LazyObject)

# After an object that needs the slow way, so many more are read in it without a try: they are likely to be alike.
_ALSO = 15

# Fields of the metadata that msgspec reads as Pydantic would; the others are validated from their raw JSON.
_ALIKE = (str, int, dict[str, str], list[str])


class NoHeadError(ValueError):
    """What was given is to be read in the slow way."""


class Heads(Generic[L]):
    """Reads objects of one kind, alone or inside of an event."""

    __slots__ = ("_event", "_item", "_model", "_parts", "_slowly", "_validators", "_wires")

    def __init__(self, model: type[L], parts: Parts) -> None:
        self._model = model
        self._parts = parts
        self._wires = [(name, part.wire) for name, part in parts.items() if name != "metadata"]
        self._slowly = 0
        self._validators: dict[str, Validate] = {}
        fields: list[tuple[str, Any, Any]] = [(name, Raw | UnsetType, UNSET) for name, _ in self._wires]
        item = msgspec.defstruct(
            "Item",
            [("metadata", self._metadata_type()), *fields],
            rename=dict(self._wires),
            forbid_unknown_fields=True,
            gc=False,
        )
        event = msgspec.defstruct("Event", [("type", str), ("object", item)], gc=False)
        self._item = msgspec.json.Decoder(item)
        self._event: msgspec.json.Decoder[Any] = msgspec.json.Decoder(event)

    def _metadata_type(self) -> type[msgspec.Struct]:
        fields: list[tuple[str, Any, Any]] = []
        for name, field in ObjectMeta.__pydantic_fields__.items():
            kind: Any = next((kind for kind in _ALIKE if field.annotation == kind | None and not field.metadata), None)
            fields.append((name, Raw | UnsetType if kind is None else kind | None | UnsetType, UNSET))
            if kind is None:
                self._validators[name] = validator(field)
        names = {name: wire_name(name) for name in ObjectMeta.__pydantic_fields__}
        return msgspec.defstruct("Metadata", fields, rename=names, gc=False)

    def item(self, body: bytes, habit: Habit) -> L:
        """Read an object; raises NoHeadError."""
        return self._build(self._read(self._item, body), habit)

    def event(self, line: bytes, habit: Habit) -> tuple[str, L]:
        """Read an event and its object; raises NoHeadError."""
        event = self._read(self._event, line)
        return event.type, self._build(event.object, habit)

    def _read(self, decoder: msgspec.json.Decoder[Any], body: bytes) -> Any:
        if self._slowly:
            self._slowly -= 1
            raise NoHeadError
        try:
            return decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            self._slowly = _ALSO
            raise NoHeadError from error

    def _build(self, head: Any, habit: Habit) -> L:
        try:
            metadata = self._metadata(head.metadata)
        except ValidationError as error:
            raise NoHeadError from error
        raws: dict[str, Json] = {"metadata": b""}
        for name, wire in self._wires:
            raw = getattr(head, name)
            if raw is not UNSET:
                raws[wire] = bytes(raw)  # a copy: a view would keep the whole answer alive
        root = Root(self._model.__name__, metadata, habit)
        made: L = build(self._model, {"metadata": metadata}, Undecoded(self._parts, root, "", raws=raws))
        return made

    def _metadata(self, head: Any) -> ObjectMeta:
        fields = msgspec.structs.asdict(head)
        fields_set: set[str] = set()
        for name, value in fields.items():
            if value is UNSET:
                fields[name] = None
            else:
                fields_set.add(name)
        for name, validate in self._validators.items():
            if name in fields_set:
                fields[name] = validate(bytes(fields[name]))
        return construct(ObjectMeta, fields, fields_set)


_HEADS: dict[type[LazyObject], Heads[Any] | None] = {}


def heads_of(model: type[L]) -> Heads[L] | None:
    """Return what reads the heads of a kind; None where another metadata, or a class with validators, forbids that."""
    try:
        return _HEADS[model]
    except KeyError:
        pass
    parts = parts_of(model)
    made = None
    if parts is not None and metadata_of(parts) is ObjectMeta:
        made = Heads(model, parts)
    _HEADS[model] = made
    return made
