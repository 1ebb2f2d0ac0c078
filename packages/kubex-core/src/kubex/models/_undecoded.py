"""What of an object is not decoded yet."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec
from pydantic import ValidationError
from pydantic_core import from_json

from kubex.models._errors import DecodeError, decode_error
from kubex.models._habit import Habit
from kubex.models._lazy import RAW, build
from kubex.models._meta import ObjectMeta
from kubex.models._model import Model
from kubex.models._parts import Part, Parts, complete, parts_of

T = TypeVar("T")

Json = bytes | msgspec.Raw

# What is shorter than so many bytes is decoded whole: laziness would cost more.
_WORTHWHILE = 300

# An object of which so many fields were decoded one by one had better been decoded whole.
_MANY = 32

decode_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode

_OBJECT, _ARRAY = b"{["


class State(NamedTuple):
    """What Pydantic keeps of an object."""

    fields: dict[str, Any]
    fields_set: set[str]
    extra: dict[str, Any] | None


class Root:
    """The object that all its parts belong to."""

    __slots__ = ("_habit", "_kind", "_metadata", "_reads", "_whole")

    def __init__(self, kind: str, metadata: ObjectMeta, habit: Habit) -> None:
        self._kind = kind
        self._metadata = metadata
        self._habit = habit
        self._reads = 0
        self._whole: bool | None = None

    @property
    def what(self) -> str:
        """The kind, the namespace and the name."""
        namespace, name = self._metadata.namespace, self._metadata.name
        return f"{self._kind} {namespace}/{name}" if namespace else f"{self._kind} {name}"

    @property
    def lazily(self) -> bool:
        """Whether large parts of this object shall decode on touch."""
        if self._whole is None:
            self._whole = self._habit.expects_reading()
        return not self._whole

    def was_read(self, fields: int) -> None:
        """Note how many fields were decoded one by one."""
        before = self._reads
        self._reads = before + fields
        if before < _MANY <= self._reads and self._whole is False:
            self._habit.was_read()


class Undecoded:
    """The raw fields of an object or of a part of one, which is split into them when the first is touched.

    The JSON of a field goes when the field is decoded. Its name stays, since it is one of those that were set.
    """

    __slots__ = ("_body", "_path", "_raws", "_root", "parts")

    def __init__(
        self, parts: Parts, root: Root, path: str, body: Json = b"", raws: dict[str, Json] | None = None
    ) -> None:
        self.parts = parts
        self._root = root
        self._path = path
        self._body = body
        self._raws = raws

    def has(self, name: str) -> bool:
        """Whether the JSON has such a field; raises DecodeError if it cannot be split into fields."""
        return name in self._fields()

    def decode(self, name: str) -> Any:
        """Decode a field, of which the large parts stay raw; raises DecodeError."""
        raws, part = self._fields(), self.parts[name]
        wire = part.wire
        if wire not in raws:
            if name not in raws:
                return self._default(part)
            wire = name
        body = bytes(raws[wire])
        if part.holds is None or len(body) < _WORTHWHILE or not self._root.lazily:
            value = self._validated(part, body)
        elif part.many and body[0] == _ARRAY:
            items = self._split(_decode_list, raws[wire])
            value = [self._item(part.holds, item, f"{self._path}{wire}.{index}.") for index, item in enumerate(items)]
        elif not part.many and body[0] == _OBJECT:
            value = self._item(part.holds, raws[wire], f"{self._path}{wire}.")
        else:
            value = self._validated(part, body)
        raws[wire] = b""
        self._root.was_read(1)
        return value

    def decode_rest(self, model: type[Model], known: Mapping[str, Any]) -> State:
        """Decode all that is left, and add it to what is known; raises DecodeError."""
        raws = self._raws
        if raws is None:
            whole = self._whole(model, bytes(self._body), self._path)
            self._root.was_read(len(whole.__pydantic_fields_set__))
            return State(vars(whole), whole.__pydantic_fields_set__, whole.__pydantic_extra__)
        fields: dict[str, Any] = {}
        unknown = dict(raws)
        fields_set: set[str] = set()
        for name, part in self.parts.items():
            wire = part.wire if part.wire in raws else name
            raw = unknown.pop(wire, None)
            if raw is not None:
                fields_set.add(name)
            if name in known:
                fields[name] = known[name]
            else:
                fields[name] = self._default(part) if raw is None else self._validated(part, bytes(raw))
        fields.update((name, value) for name, value in known.items() if name not in fields and name != RAW)
        extra = None
        if model.model_config.get("extra") == "allow":
            extra = {name: self._unknown(name, bytes(raw)) for name, raw in unknown.items()}
            fields_set.update(extra)
        self._root.was_read(len(fields_set))
        return State(fields, fields_set, extra)

    def _fields(self) -> dict[str, Json]:
        raws = self._raws
        if raws is None:
            split: dict[str, Json] = {**self._split(decode_fields, self._body)}
            self._body, self._raws, raws = b"", split, split
        return raws

    def _split(self, decode: Callable[[Json], T], raw: Json) -> T:
        try:
            return decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DecodeError(self._root.what, f"{self._path.removesuffix('.')}: {error}") from error

    def _item(self, model: type[Model], raw: Json, path: str) -> Any:
        body = bytes(raw)
        if len(body) >= _WORTHWHILE and body[0] == _OBJECT:
            parts = parts_of(model)
            if parts is not None:
                return build(model, {}, Undecoded(parts, self._root, path, raw))
        return self._whole(model, body, path)

    def _whole(self, model: type[Model], body: bytes, path: str) -> Any:
        try:
            return complete(model).__pydantic_validator__.validate_json(body)
        except ValidationError as error:
            raise decode_error(error, self._root.what, path) from error

    def _validated(self, part: Part, body: bytes) -> Any:
        try:
            return part.validate(body)
        except ValidationError as error:
            raise decode_error(error, self._root.what, f"{self._path}{part.wire}.") from error

    def _unknown(self, name: str, body: bytes) -> Any:
        try:
            return from_json(body)
        except ValueError as error:  # such as bytes that are no text, or too many levels
            raise DecodeError(self._root.what, f"{self._path}{name}: {error}") from error

    def _default(self, part: Part) -> Any:
        if part.required:
            raise DecodeError(self._root.what, f"{self._path}{part.wire}: Field required")
        return part.default()
