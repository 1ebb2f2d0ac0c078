"""Splits JSON into fields or items without decoding them.

msgspec does this recursively and stops at the recursion limit. For JSON with deeper nesting there is a slower scanner
without recursion. It also accepts JSON that only Pydantic accepts, such as `NaN`.
"""

import re
from collections.abc import Iterator, Mapping

import msgspec
from pydantic_core import from_json, to_json

RawJson = bytes | msgspec.Raw
"""JSON that is not decoded. A `Raw` can be a view, which keeps the complete response in memory."""

_decode_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_items = msgspec.json.Decoder(list[msgspec.Raw]).decode

_STRING = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
# A string is one token, so brackets and commas inside of it are not counted.
_TOKEN_PATTERN = re.compile(_STRING + rb"|[\[\]{},]", re.DOTALL)
_FIELD_PATTERN = re.compile(rb"\s*(" + _STRING + rb")\s*:\s*(.*\S)\s*", re.DOTALL)


def split_object(body: RawJson) -> dict[str, RawJson]:
    """Return the fields of an object as JSON; raise ValueError if it is not an object."""
    try:
        return {**_decode_fields(body)}
    except (msgspec.DecodeError, RecursionError):
        return scan_object(bytes(body))


def split_array(body: RawJson) -> list[RawJson]:
    """Return the items of an array as JSON; raise ValueError if it is not an array."""
    try:
        return [*_decode_items(body)]
    except (msgspec.DecodeError, RecursionError):
        return scan_array(bytes(body))


def scan_object(body: bytes) -> dict[str, RawJson]:
    """Return the fields of an object with any depth of nesting; raise ValueError if it is not an object."""
    fields: dict[str, RawJson] = {}
    for element in _elements(body, b"{}"):
        match = _FIELD_PATTERN.fullmatch(element)
        if match is None:
            raise ValueError("a field does not have a name or a value")
        fields[from_json(match[1])] = match[2]
    return fields


def scan_array(body: bytes) -> list[RawJson]:
    """Return the items of an array with any depth of nesting; raise ValueError if it is not an array."""
    return [element.strip() for element in _elements(body, b"[]")]


def join_object(fields: Mapping[str, RawJson]) -> bytes:
    """Return the object with these fields; the inverse of `split_object()`."""
    return b"{%s}" % b",".join(b"%s:%s" % (to_json(name), bytes(value)) for name, value in fields.items())


def _elements(body: bytes, brackets: bytes) -> Iterator[bytes]:
    """Yield the parts between the commas of the outermost level."""
    text = body.strip()
    if text[:1] + text[-1:] != brackets:
        raise ValueError("is not an object" if brackets == b"{}" else "is not an array")
    depth, start = 0, 1
    for match in _TOKEN_PATTERN.finditer(text):
        token = match[0]
        if token in (b"{", b"["):
            depth += 1
        elif token in (b"}", b"]"):
            depth -= 1
        elif token == b"," and depth == 1:
            yield text[start : match.start()]
            start = match.end()
        if depth == 0 and match.end() != len(text):
            raise ValueError("contains text after its closing bracket")
    if depth:
        raise ValueError("contains a bracket that is not closed")
    # An empty object or array does not have elements.
    if start > 1 or text[1:-1].strip():
        yield text[start:-1]
