"""Encode an OpenAPI v2 document as the protobuf message `openapi.v2.Document`, which kubectl requests.

See https://github.com/google/gnostic-models/blob/main/openapiv2/OpenAPIv2.proto for the messages.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kubex_testing._objects.json_types import JsonObject, is_array, is_object

Encoder = Callable[[Any], bytes]
Fields = Mapping[str, tuple[int, Encoder]]
"""The fields of a message by their JSON key: the field number and the encoder of a value."""
_METHODS = {"get": 2, "put": 3, "post": 4, "delete": 5, "options": 6, "head": 7, "patch": 8}


def encode_document(document: JsonObject) -> bytes:
    """Return the message of a complete document."""
    return _message(_DOCUMENT, document)


def _message(fields: Fields, values: JsonObject, extensions: int = 0) -> bytes:
    """Encode an object. `extensions` is the number of the field for its `x-` keys."""
    parts: list[bytes] = []
    for key, (number, encode) in fields.items():
        value = values.get(key)
        if is_array(value):
            parts += [_field(number, encode(item)) for item in value]
        elif value is True:
            parts.append(_varint(number << 3) + b"\x01")
        elif value is not None and value is not False:
            parts.append(_field(number, encode(value)))
    if extensions:
        # The value of an extension is YAML, which includes JSON.
        parts += [
            _named(extensions, key, _field(2, json.dumps(value).encode()))
            for key, value in values.items()
            if key.startswith("x-")
        ]
    return b"".join(parts)


def _field(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _text(value: str) -> bytes:
    return value.encode("utf-8", "replace")


def _named(number: int, name: str, value: bytes) -> bytes:
    """Encode an entry of a map: a name and a message."""
    return _field(number, _field(1, _text(name)) + _field(2, value))


def _map(number: int, encode: Encoder) -> Encoder:
    """Return an encoder for objects with arbitrary keys, as a message of named values."""

    def encode_map(values: JsonObject) -> bytes:
        return b"".join(_named(number, name, encode(value)) for name, value in values.items())

    return encode_map


def _yaml(value: Any) -> bytes:
    return _field(2, json.dumps(value).encode())


def _wrapped(encode: Encoder) -> Encoder:
    """Return an encoder for messages with a single field, number 1."""
    return lambda value: _field(1, encode(value))


def _schema(node: JsonObject) -> bytes:
    return _message(_SCHEMA, node, extensions=31)


def _additional_properties(value: Any) -> bytes:
    return _field(1, _schema(value)) if is_object(value) else b"\x10" + bytes([value])


def _parameter(item: JsonObject) -> bytes:
    if item["in"] == "body":
        return _field(1, _field(1, _message(_BODY_PARAMETER, item)))
    kind, fields = (3, _QUERY_PARAMETER) if item["in"] == "query" else (4, _PATH_PARAMETER)
    return _field(1, _field(2, _field(kind, _message(fields, item))))


def _operation(operation: JsonObject) -> bytes:
    return _message(_OPERATION, operation, extensions=13)


def _path_item(item: JsonObject) -> bytes:
    return _message(_PATH_ITEM, item)


def _texts(names: Iterable[tuple[str, int]]) -> dict[str, tuple[int, Encoder]]:
    return {name: (number, _text) for name, number in names}


_SCHEMA: Fields = {
    **_texts([("$ref", 1), ("format", 2), ("title", 3), ("description", 4), ("pattern", 13), ("required", 19)]),
    "uniqueItems": (16, bytes),
    "enum": (20, _yaml),
    "additionalProperties": (21, _additional_properties),
    "type": (22, _wrapped(_text)),
    "items": (23, _wrapped(_schema)),
    "properties": (25, _map(1, _schema)),
}
_BODY_PARAMETER: Fields = {**_texts([("name", 2), ("in", 3)]), "required": (4, bytes), "schema": (5, _schema)}
_QUERY_PARAMETER: Fields = {**_texts([("in", 2), ("name", 4), ("type", 6)]), "uniqueItems": (20, bytes)}
_PATH_PARAMETER: Fields = {
    "required": (1, bytes), **_texts([("in", 2), ("name", 4), ("type", 5)]), "uniqueItems": (19, bytes),
}  # fmt: skip
_RESPONSE: Fields = {"description": (1, _text), "schema": (2, _wrapped(_schema))}
_OPERATION: Fields = {
    **_texts([("produces", 6), ("consumes", 7)]),
    "parameters": (8, _parameter),
    "responses": (9, _map(1, _wrapped(lambda response: _message(_RESPONSE, response)))),
}
_PATH_ITEM: Fields = {
    **{method: (number, _operation) for method, number in _METHODS.items()},
    "parameters": (9, _parameter),
}
_DOCUMENT: Fields = {
    "swagger": (1, _text),
    "info": (2, lambda info: _message(_texts([("title", 1), ("version", 2)]), info)),
    "paths": (8, _map(2, _path_item)),
    "definitions": (9, _map(1, _schema)),
}
