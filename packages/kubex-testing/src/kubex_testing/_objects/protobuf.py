"""Decode objects in the protobuf format of Kubernetes into their JSON form.

The fields come from the table of schemas; the module `schema_table` describes its format.
See https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, TypeAlias

from .json_types import JsonObject
from .protobuf_values import DECODERS, Decode, decode_text
from .protobuf_wire import LENGTH, VARINT, Data, ProtobufError, join, split, split_parts, split_varints, tag
from .schema import builtin_table, parse_words

__all__ = ["Envelope", "ProtobufError", "decode_message", "message_name", "read_envelope"]

MAGIC = b"k8s\x00"
MAX_DEPTH = 100
# kube-apiserver also accepts this version, which old clients send.
_SAME_FIELDS = {("policy/v1beta1", "Eviction"): "policy/v1"}
_GO_NAMES = {"metadata": "ObjectMeta", "uid": "UID"}

Read: TypeAlias = Callable[[list[Any], JsonObject, int], None]
"""Decode the values of one field, and set it in the JSON object. The last argument is the depth of the values."""
Entry: TypeAlias = tuple[list[str], str, Any]
"""One field of a type: its numbers from the outer to the inner message, its name in JSON, its node in the table."""


@dataclass(frozen=True)
class Envelope:
    """The message around an object. `api_version` and `kind` may be empty."""

    api_version: str
    kind: str
    raw: Data


def read_envelope(body: bytes) -> Envelope:
    """Read the message around an object. Raises ProtobufError."""
    if not body:
        raise ProtobufError("empty data")
    if not body.startswith(MAGIC):
        prefix = " ".join(map(str, MAGIC))
        raise ProtobufError(f"provided data does not appear to be a protobuf message, expected prefix [{prefix}]")
    if body == MAGIC:
        raise ProtobufError("empty body")
    first, second, third, fourth = (tag(number, LENGTH) for number in (1, 2, 3, 4))
    message = memoryview(body)[len(MAGIC) :]
    parts = split_parts(message, TypeMeta=first, Raw=second, ContentEncoding=third, ContentType=fourth)
    type_meta = split_parts(parts.get("TypeMeta", b""), APIVersion=first, Kind=second)
    api_version, kind = (decode_text(type_meta.get(name, b"")) for name in ("APIVersion", "Kind"))
    return Envelope(api_version, kind, parts.get("Raw", b""))


def message_name(api_version: str, kind: str) -> str | None:
    """Return the name of the type of a kind, for `decode_message()`, or None if the kind is unknown."""
    kinds: dict[str, str] = builtin_table()["kinds"]
    group, _, version = _SAME_FIELDS.get((api_version, kind), api_version).rpartition("/")
    # DeleteOptions belong to all groups.
    return kinds["/v1/DeleteOptions"] if kind == "DeleteOptions" else kinds.get(f"{group}/{version}/{kind}")


def decode_message(name: str, data: Data) -> JsonObject:
    """Return the JSON form of a message. `name` is a type in the table, such as `core.v1.Pod`.

    Fields that the table does not contain are skipped. Raises ProtobufError.
    """
    decoded: JsonObject = _message(name).decode(data, 0)
    return decoded


class _Message:
    """A type of messages. Its fields are read from the table on first use."""

    def __init__(self, name: str) -> None:
        definition = builtin_table()["types"][name]
        self._name = name.rpartition(".")[2]
        self._definitions: JsonObject = definition["fields"]
        self._is_choice = "alternatives" in definition

    @cached_property
    def _fields(self) -> "_Fields":
        entries = ((_numbers(node), name, node) for name, node in self._definitions.items())
        return _Fields(self._name, [entry for entry in entries if entry[0]])

    def decode(self, data: Data, depth: int) -> Any:
        """Return the JSON form. `depth` is the number of messages around this one."""
        target: JsonObject = {}
        self._fields.read(data, target, depth)
        return self._chosen(target) if self._is_choice else target

    def _chosen(self, parts: JsonObject) -> Any:
        """Return what JSON shows of JSONSchemaPropsOrArray, OrBool and OrStringArray."""
        chosen = parts.get("JSONSchemas") or parts.get("Property") or parts.get("Schema")
        return parts.get("Allows", False) if chosen is None and "Allows" in self._definitions else chosen


_message = cache(_Message)


class _Fields:
    """The fields of a message, including those of messages that JSON shows inline."""

    def __init__(self, owner: str, entries: list[Entry]) -> None:
        self._owner = owner
        self._readers: dict[int, Read] = {}
        self._names: dict[int, str] = {}
        inline: dict[int, list[Entry]] = {}
        for (first, *rest), name, node in entries:
            number = int(first.rstrip("?"))
            self._names[number] = name
            if rest:
                inline.setdefault(number, []).append((rest, name, node))
            else:
                self._readers |= _readers(number, name, node, optional=first.endswith("?"))
        for number, inner in inline.items():
            self._readers[tag(number, LENGTH)] = _inline_reader(_Fields(owner, inner))

    def read(self, data: Data, target: JsonObject, depth: int) -> None:
        """Decode a message, and set its fields in a JSON object."""
        if depth > MAX_DEPTH:
            raise ProtobufError("exceeded max depth")
        found: dict[Read, list[Any]] = {}
        for each, value in split(data, self._owner):
            reader = self._readers.get(each)
            if reader is not None:
                found.setdefault(reader, []).append(value)
            elif each >> 3 in self._names:
                raise ProtobufError(f"proto: wrong wireType = {each & 7} for field {_go_name(self._names[each >> 3])}")
        for reader, values in found.items():
            reader(values, target, depth + 1)


def _go_name(name: str) -> str:
    """Return the name of a field in Go, for messages. The table does not contain it, so this is a guess."""
    return _GO_NAMES.get(name) or name[:1].upper() + name[1:]


def _numbers(node: Any) -> list[str]:
    wire = parse_words(node).wire if isinstance(node, str) else node["wire"]
    return wire.split(".") if wire else []


def _readers(number: int, name: str, node: Any, *, optional: bool) -> dict[int, Read]:
    """Return the functions that decode a field, by tag."""
    if isinstance(node, str) or "ref" in node:
        wire_type, decode = _decoder(node)
        return {tag(number, wire_type): _value_reader(name, decode, optional=optional, merges=_is_message(node))}
    if "map" in node:
        return {tag(number, LENGTH): _map_reader(name, _decoder(node["map"])[1])}
    wire_type, decode = _decoder(node["list"])
    if wire_type != VARINT:
        return {tag(number, wire_type): _list_reader(name, decode)}
    # Numbers can be packed: a field contains several of them.
    reader = _list_reader(name, decode, packed=True)
    return {tag(number, VARINT): reader, tag(number, LENGTH): reader}


def _is_message(node: Any) -> bool:
    return not isinstance(node, str) or bool(parse_words(node).message)


def _decoder(node: Any) -> tuple[int, Decode]:
    """Return the wire type of a value, and the function that decodes it."""
    if not isinstance(node, str):
        if "ref" in node:
            return LENGTH, _message(node["ref"]).decode
        return LENGTH, _wrapped_list(_decoder(node["list"])[1])
    words = parse_words(node)
    return (LENGTH, _message(words.message).decode) if words.message else DECODERS[words.kind]


def _value_reader(name: str, decode: Decode, *, optional: bool, merges: bool) -> Read:
    def read(values: list[Any], target: JsonObject, depth: int) -> None:
        value = decode(join(values) if merges else values[-1], depth)
        if value is not None and not (optional and not value):
            target[name] = value

    return read


def _list_reader(name: str, decode: Decode, *, packed: bool = False) -> Read:
    def read(values: list[Any], target: JsonObject, depth: int) -> None:
        if packed:
            values = [
                item for value in values for item in ([value] if isinstance(value, int) else split_varints(value))
            ]
        target[name] = [decode(value, depth) for value in values]

    return read


def _map_reader(name: str, decode: Decode) -> Read:
    """Return the function for a map: a list of messages with a key and a value. A missing value is empty."""
    key, item = tag(1, LENGTH), tag(2, LENGTH)

    def read(values: list[Any], target: JsonObject, depth: int) -> None:
        entries = (split_parts(value, key=key, value=item) for value in values)
        target[name] = {decode_text(entry.get("key", b"")): decode(entry.get("value", b""), depth) for entry in entries}

    return read


def _inline_reader(fields: _Fields) -> Read:
    def read(values: list[Any], target: JsonObject, depth: int) -> None:
        fields.read(join(values), target, depth)

    return read


def _wrapped_list(decode: Decode) -> Decode:
    """Return the function for a message that JSON shows as the list in its field 1."""

    def decode_list(data: Data, depth: int) -> list[Any]:
        return [decode(value, depth) for each, value in split(data) if each == tag(1, LENGTH)]

    return decode_list
