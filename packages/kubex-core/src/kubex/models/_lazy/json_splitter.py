"""Splitting JSON into its parts without decoding them.

msgspec does it, but goes down recursively and stops at the recursion limit. Objects that nest deeper are split by a
slower scanner that does not recurse.
"""

import re
from collections.abc import Iterator

import msgspec
from pydantic_core import from_json

Json = bytes | msgspec.Raw

_decode_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_items = msgspec.json.Decoder(list[msgspec.Raw]).decode

_STRING = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_TOKEN = re.compile(_STRING + rb"|[\[\]{},]", re.DOTALL)
_FIELD = re.compile(rb"\s*(" + _STRING + rb")\s*:\s*(.*\S)\s*", re.DOTALL)


def split_object(body: Json) -> dict[str, Json]:
    """Return the fields of an object as JSON; raises ValueError."""
    try:
        return {**_decode_fields(body)}
    except (msgspec.DecodeError, RecursionError):
        return scan_object(bytes(body))


def split_array(body: Json) -> list[Json]:
    """Return the items of an array as JSON; raises ValueError."""
    try:
        return [*_decode_items(body)]
    except (msgspec.DecodeError, RecursionError):
        return scan_array(bytes(body))


def scan_object(body: bytes) -> dict[str, Json]:
    """Return the fields of an object that may nest to any depth; raises ValueError."""
    fields: dict[str, Json] = {}
    for element in _elements(body, b"{}"):
        found = _FIELD.fullmatch(element)
        if found is None:
            raise ValueError("a field has no name or no value")
        fields[from_json(found[1])] = found[2]
    return fields


def scan_array(body: bytes) -> list[Json]:
    """Return the items of an array that may nest to any depth; raises ValueError."""
    return [element.strip() for element in _elements(body, b"[]")]


def _elements(body: bytes, brackets: bytes) -> Iterator[bytes]:
    """Iterate over the parts between the outermost commas."""
    text = body.strip()
    if text[:1] + text[-1:] != brackets:
        raise ValueError("is not an object" if brackets == b"{}" else "is not an array")
    depth, start = 0, 1
    for token in _TOKEN.finditer(text):
        character = token[0]
        if character in (b"{", b"["):
            depth += 1
        elif character in (b"}", b"]"):
            depth -= 1
        elif character == b"," and depth == 1:
            yield text[start : token.start()]
            start = token.end()
        if depth == 0 and token.end() != len(text):
            raise ValueError("does not end where its brackets end")
    if depth:
        raise ValueError("has brackets that are not closed")
    if start > 1 or text[1:-1].strip():
        yield text[start:-1]
