"""The objects of a stream are the same however they are separated, and however the bytes are cut into chunks."""

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
BETWEEN = ["", "", "", "\n", "\n", "\r\n", "\n\n", " ", "\t", "\r", " \r\n \n", "\n\r\n\r"]


def read(chunks: list[bytes]) -> list[object]:
    """Read the objects as a watch does: a line that is not one object is cut."""
    splitter = ObjectSplitter()
    lines = [line for chunk in chunks for line in splitter.feed(chunk)]
    lines.append(splitter.finish() or b"")
    return [each for line in lines for each in _objects(line)]


def _objects(line: bytes) -> list[object]:
    try:
        return [json.loads(line)]
    except ValueError:
        objects, rest = split_objects(line)
        assert rest == b""
        return list(map(json.loads, objects))


def cut(text: bytes, chance: random.Random, most: int) -> list[bytes]:
    chunks: list[bytes] = []
    at = 0
    while at < len(text):
        size = chance.randint(0, most)
        chunks.append(text[at : at + size])
        at += size
    return chunks


@pytest.mark.parametrize("seed", range(60))
def test_any_separators_and_any_chunks_give_the_same_objects(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable
    wanted = chance.choices(OBJECTS, k=chance.randint(1, 12))
    text = "".join(
        chance.choice(BETWEEN) + json.dumps(each, ensure_ascii=chance.random() < 0.5) for each in wanted
    ) + chance.choice(BETWEEN)
    for most in (1, 2, 9, 300, 20_000):
        assert read(cut(text.encode(), chance, most)) == wanted


@pytest.mark.parametrize("between", ["\n", "\r\n", "\n\n", "", " "])
def test_a_cut_at_any_byte_gives_the_same_objects(between: str) -> None:
    wanted = OBJECTS[1:-1]
    text = between.join(json.dumps(each, ensure_ascii=False) for each in wanted).encode() + between.encode()
    for at in range(len(text)):
        assert read([text[:at], text[at:]]) == wanted


def test_lines_come_as_they_are() -> None:
    assert ObjectSplitter().feed(b'{"a":1}\n{}{}\n<html>\n\n{"b"') == [b'{"a":1}', b"{}{}", b"<html>", b""]


def test_an_object_is_there_as_soon_as_its_end_is() -> None:
    splitter = ObjectSplitter()
    assert splitter.feed(b'{"a":{}') == []
    assert splitter.feed(b"}") == [b'{"a":{}}']
    assert splitter.pending_size == 0
    assert splitter.feed(b'{"b":2}{"c":{} ,') == [b'{"b":2}']
    assert splitter.feed(b'"d":"}"') == []
    assert splitter.feed(b"}\n") == [b'{"c":{} ,"d":"}"}']
    assert splitter.finish() is None


def test_an_object_that_is_not_complete_is_left() -> None:
    assert split_objects(b'{"a":1} {"b":"}') == ([b'{"a":1}'], b'{"b":"}')
    assert split_objects(b" \r") == ([], b"")
    assert split_objects(b"<html>") == ([], b"<html>")
    assert split_objects(b"} {}") == ([b"}", b" {}"], b"")


@pytest.mark.parametrize("chunk", [b"{}", b"{} ", b'{"a":"}{"}', b'{"a":{"b":{}}}'])
def test_many_objects_without_a_newline_need_no_memory(chunk: bytes) -> None:
    splitter = ObjectSplitter()
    for _ in range(50_000):
        assert splitter.feed(chunk) == [chunk.strip()] or splitter.pending_size <= 1
        assert splitter.pending_size <= 1


@pytest.mark.parametrize(
    "chunk", [b"{}", b'"}{",', b'{"a":{}},', b"\\\\}", b'"\\"}', b"}  ", b'{"a":{', b"x" * 9 + b"}"]
)
def test_a_long_line_in_small_pieces_is_not_looked_at_again_and_again(chunk: bytes) -> None:
    splitter = ObjectSplitter()
    splitter.feed(b'{"a":"')
    splitter.feed(b'",' if chunk in (b'"}{",', b'{"a":{}},') else b"")
    for _ in range(100_000):
        splitter.feed(chunk)
    assert splitter.pending_size <= 100_000 * len(chunk) + 10


def test_a_line_of_many_objects_is_cut_at_once() -> None:
    objects, rest = split_objects(b"{}" * 500_000 + b"{")
    assert (len(objects), rest) == (500_000, b"{")
