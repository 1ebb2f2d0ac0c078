"""A stream is split into lines only at newlines, for any size of chunks."""

import random

import pytest

from kubex.core._lines import LineSplitter, TextSplitter

TEXTS = [
    b"",
    b"\n",
    b"one",
    b"one\n",
    b"one\ntwo",
    b"one\n\n\ntwo\n",
    b"\r\nwindows\r\n",
    "next\u0085line\u2028separator\u2029paragraph\n".encode(),
    b"form\x0cfeed\x0bvertical\x1cfile\x1dgroup\n\x1e",
    "Ünïcode, 日本語\nand 🎉\n日本".encode(),
    b"not utf-8 \xff\xfe\n\xc3",
    b"\x00\n\x00",
    b"long" * 50_000 + b"\n" + b"long" * 50_000,
]


def split(chunks: list[bytes]) -> tuple[list[bytes], bytes | None]:
    splitter = LineSplitter()
    lines = [line for chunk in chunks for line in splitter.feed(chunk)]
    return lines, splitter.finish()


def split_text(chunks: list[bytes]) -> tuple[list[str], str | None]:
    splitter = TextSplitter()
    lines = [line for chunk in chunks for line in splitter.feed(chunk)]
    return lines, splitter.finish()


def expected_text(text: bytes) -> tuple[list[str], str | None]:
    *lines, rest = text.decode("utf-8", "replace").split("\n")
    return lines, rest or None


def expected(text: bytes) -> tuple[list[bytes], bytes | None]:
    *lines, rest = text.split(b"\n")
    return lines, rest or None


@pytest.mark.covers("pitfall-18")
@pytest.mark.parametrize("text", TEXTS)
def test_chunks_do_not_change_the_lines(text: bytes) -> None:
    generator = random.Random(text[:64])  # noqa: S311 - repeatable cuts
    for max_size in (1, 2, 7, 100, 70_000):
        if len(text) > 10_000 and max_size < 100:
            continue
        chunks: list[bytes] = []
        position = 0
        while position < len(text):
            size = generator.randint(0, max_size)
            chunks.append(text[position : position + size])
            position += size
        assert b"".join(chunks) == text
        assert split(chunks) == expected(text)
        assert split_text(chunks) == expected_text(text)


def test_a_line_is_returned_as_soon_as_it_is_complete() -> None:
    splitter = LineSplitter()
    assert splitter.feed(b"a") == []
    assert splitter.feed(b"b\nc") == [b"ab"]
    assert splitter.feed(b"\n\n") == [b"c", b""]
    assert splitter.finish() is None


def test_the_last_line_is_returned_once() -> None:
    splitter = LineSplitter()
    splitter.feed(b"rest")
    assert splitter.finish() == b"rest"
    assert splitter.finish() is None


def test_a_long_line_in_small_chunks_takes_linear_time() -> None:
    splitter = LineSplitter()
    for _ in range(100_000):
        assert splitter.feed(b"0123456789") == []
    assert len(splitter.feed(b"\n")[0]) == 1_000_000


def test_pending_size_of_text_counts_bytes() -> None:
    splitter = TextSplitter()
    for chunk, size in ((b"ab", 2), ("ü".encode(), 4), ("ü".encode()[:1], 5), ("ü".encode()[1:], 6), (b"\n", 0)):
        splitter.feed(chunk)
        assert splitter.pending_size == size
    splitter.feed("line\nü".encode())
    assert splitter.pending_size == 2
