"""A stream of JSON objects is split at any separator, and for any size of chunks."""

import json
import random

import pytest

from kubex.core._json_objects import ObjectSplitter, split_objects

OBJECTS: list[object] = [
    {},
    {"type": "ADDED", "object": {"metadata": {"name": "a", "labels": {}}, "items": [{}, {"b": [1, {}]}]}},
    {"text": 'a quote " and a backslash \\'},
    {"text": "\\", "more": '\\"', "end": '"}{"'},
    {"braces": "}{", "}\n{": "}} {{", "template": "{{ .Values.a }}{{ .Values.b }}"},
    {"unicode": "\u00e9\u4e2d\U0001f600", "separators": "\u0085\u2028\u2029"},
    {"long": "x}" * 3000},
]
SEPARATORS = ["", "", "", "\n", "\n", "\r\n", "\n\n", " ", "\t", "\r", " \r\n \n", "\n\r\n\r"]


def read_objects(chunks: list[bytes]) -> list[object]:
    """Read the objects like a watch: split a line that is not one object."""
    splitter = ObjectSplitter()
    lines = [line for chunk in chunks for line in splitter.feed(chunk)]
    lines.append(splitter.finish() or b"")
    return [each for line in lines for each in parse_line(line)]


def parse_line(line: bytes) -> list[object]:
    try:
        return [json.loads(line)]
    except ValueError:
        objects, rest = split_objects(line)
        assert rest == b""
        return list(map(json.loads, objects))


def split_randomly(text: bytes, generator: random.Random, max_size: int) -> list[bytes]:
    chunks: list[bytes] = []
    position = 0
    while position < len(text):
        size = generator.randint(0, max_size)
        chunks.append(text[position : position + size])
        position += size
    return chunks


@pytest.mark.parametrize("seed", range(60))
def test_separators_and_chunks_do_not_change_the_objects(seed: int) -> None:
    generator = random.Random(seed)  # noqa: S311 - repeatable
    expected = generator.choices(OBJECTS, k=generator.randint(1, 12))
    text = "".join(
        generator.choice(SEPARATORS) + json.dumps(each, ensure_ascii=generator.random() < 0.5) for each in expected
    ) + generator.choice(SEPARATORS)
    for max_size in (1, 2, 9, 300, 20_000):
        assert read_objects(split_randomly(text.encode(), generator, max_size)) == expected


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\n\n", "", " "])
def test_a_chunk_can_end_at_any_byte(separator: str) -> None:
    expected = OBJECTS[1:-1]
    text = separator.join(json.dumps(each, ensure_ascii=False) for each in expected).encode() + separator.encode()
    for position in range(len(text)):
        assert read_objects([text[:position], text[position:]]) == expected


def test_complete_lines_are_returned_unchanged() -> None:
    assert ObjectSplitter().feed(b'{"a":1}\n{}{}\n<html>\n\n{"b"') == [b'{"a":1}', b"{}{}", b"<html>", b""]


def test_an_object_is_returned_as_soon_as_it_is_complete() -> None:
    splitter = ObjectSplitter()
    assert splitter.feed(b'{"a":{}') == []
    assert splitter.feed(b"}") == [b'{"a":{}}']
    assert splitter.pending_size == 0
    assert splitter.feed(b'{"b":2}{"c":{} ,') == [b'{"b":2}']
    assert splitter.feed(b'"d":"}"') == []
    assert splitter.feed(b"}\n") == [b'{"c":{} ,"d":"}"}']
    assert splitter.finish() is None


def test_an_incomplete_object_is_returned_as_the_rest() -> None:
    assert split_objects(b'{"a":1} {"b":"}') == ([b'{"a":1}'], b'{"b":"}')
    assert split_objects(b" \r") == ([], b"")
    assert split_objects(b"<html>") == ([], b"<html>")
    assert split_objects(b"} {}") == ([b"}", b" {}"], b"")


@pytest.mark.parametrize("chunk", [b"{}", b"{} ", b'{"a":"}{"}', b'{"a":{"b":{}}}'])
def test_objects_without_newlines_are_not_kept_in_memory(chunk: bytes) -> None:
    splitter = ObjectSplitter()
    for _ in range(50_000):
        assert splitter.feed(chunk) == [chunk.strip()] or splitter.pending_size <= 1
        assert splitter.pending_size <= 1


@pytest.mark.parametrize(
    "chunk", [b"{}", b'"}{",', b'{"a":{}},', b"\\\\}", b'"\\"}', b"}  ", b'{"a":{', b"x" * 9 + b"}"]
)
def test_a_long_line_in_small_chunks_takes_linear_time(chunk: bytes) -> None:
    splitter = ObjectSplitter()
    splitter.feed(b'{"a":"')
    splitter.feed(b'",' if chunk in (b'"}{",', b'{"a":{}},') else b"")
    for _ in range(100_000):
        splitter.feed(chunk)
    assert splitter.pending_size <= 100_000 * len(chunk) + 10


def test_a_line_with_many_objects_is_split_in_linear_time() -> None:
    objects, rest = split_objects(b"{}" * 500_000 + b"{")
    assert (len(objects), rest) == (500_000, b"{")
