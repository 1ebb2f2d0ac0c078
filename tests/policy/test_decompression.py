"""Bodies are decompressed in steps of limited size, and incomplete bodies raise errors."""

import gzip
import random
import re
import zlib
from collections.abc import Iterable, Iterator

import pytest

from kubex.errors import ConnectionLost, TransportError
from kubex.transport import PreparedRequest
from kubex.transport._decompression import Decompressor, decompressor_for

REQUEST = PreparedRequest("GET", "https://cluster.test/api/v1/pods?limit=500")
MIB = 2**20
TEXT = b'{"kind":"PodList","items":[' + b'{"metadata":{"name":"a"}},' * 20 + b"]}"


def compress_raw(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def create_decompressor(encoding: str = "gzip", *, max_ratio: float | None = 200.0) -> Decompressor:
    decompressor = decompressor_for(encoding, REQUEST, max_ratio=max_ratio)
    assert decompressor is not None
    return decompressor


def decompress_chunks(decompressor: Decompressor, chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        decompressor.feed(chunk)
        while output := decompressor.step():
            assert len(output) <= MIB
            yield output
    decompressor.finish()


def decompress(body: bytes, encoding: str = "gzip", *, size: int | None = None) -> bytes:
    size = size or len(body) or 1
    return b"".join(
        decompress_chunks(create_decompressor(encoding), (body[at : at + size] for at in range(0, len(body), size)))
    )


BODIES = {
    "gzip": ("gzip", gzip.compress(TEXT, mtime=0), TEXT),
    "x-gzip": ("x-gzip", gzip.compress(TEXT, mtime=0), TEXT),
    "upper case": (" GZIP ", gzip.compress(TEXT, mtime=0), TEXT),
    "zlib": ("deflate", zlib.compress(TEXT), TEXT),
    "raw deflate": ("deflate", compress_raw(TEXT), TEXT),
    "two members": (
        "gzip",
        gzip.compress(b"line 1\n", mtime=0) + gzip.compress(b"line 2\n", mtime=0),
        b"line 1\nline 2\n",
    ),
    "empty members": (
        "gzip",
        gzip.compress(b"", mtime=0) * 3 + gzip.compress(b"a", mtime=0) + gzip.compress(b"", mtime=0),
        b"a",
    ),
    "zeros after the end": ("gzip", gzip.compress(TEXT, mtime=0) + bytes(20), TEXT),
    "zeros between members": ("gzip", gzip.compress(b"a", mtime=0) + bytes(5) + gzip.compress(b"b", mtime=0), b"ab"),
    "zeros after zlib": ("deflate", zlib.compress(TEXT) + bytes(3), TEXT),
    "empty content": ("gzip", gzip.compress(b"", mtime=0), b""),
    "no body": ("gzip", b"", b""),
    "no body in deflate": ("deflate", b"", b""),
}


@pytest.mark.parametrize("name", BODIES)
def test_any_chunking_gives_the_same_content(name: str) -> None:
    encoding, body, content = BODIES[name]
    for size in range(1, len(body) + 1):
        assert decompress(body, encoding, size=size) == content
    assert decompress(body, encoding) == content


@pytest.mark.parametrize("encoding", [None, "", "identity", " Identity "])
def test_a_body_that_is_not_compressed_does_not_have_a_decompressor(encoding: str | None) -> None:
    assert decompressor_for(encoding, REQUEST, max_ratio=None) is None


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_an_unknown_encoding_raises_and_is_in_the_message(encoding: str) -> None:
    with pytest.raises(TransportError, match=re.escape(repr(encoding))) as caught:
        decompressor_for(encoding, REQUEST, max_ratio=None)
    assert (caught.value.method, caught.value.url) == ("GET", "https://cluster.test/api/v1/pods")


@pytest.mark.parametrize("name", ["gzip", "zlib", "raw deflate", "two members"])
def test_an_incomplete_body_raises(name: str) -> None:
    encoding, body, content = BODIES[name]
    complete = {0, len(gzip.compress(b"line 1\n", mtime=0))} if name == "two members" else {0}
    for end in range(len(body)):
        if end in complete:
            assert content.startswith(decompress(body[:end], encoding))
            continue
        with pytest.raises(ConnectionLost, match="ended early") as caught:
            decompress(body[:end], encoding)
        assert caught.value.url == "https://cluster.test/api/v1/pods"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(TEXT, mtime=0) + b"garbage"),
        ("gzip", gzip.compress(TEXT, mtime=0) + bytes(4) + b"garbage"),
        ("gzip", bytes(4) + gzip.compress(TEXT, mtime=0)),
        ("gzip", TEXT),
        ("gzip", zlib.compress(TEXT)),
        ("deflate", zlib.compress(TEXT) + zlib.compress(TEXT)),
        ("deflate", zlib.compress(TEXT) + bytes(4) + b"garbage"),
        ("deflate", b"\xff" + TEXT),
    ],
)
@pytest.mark.parametrize("size", [1, 7, None])
def test_invalid_data_raises(encoding: str, body: bytes, size: int | None) -> None:
    with pytest.raises(TransportError, match="the compressed body is damaged"):
        decompress(body, encoding, size=size)


@pytest.mark.parametrize("changed", [-1, -8])
def test_the_checksum_and_the_length_are_checked(changed: int) -> None:
    body = bytearray(gzip.compress(TEXT))
    body[changed] ^= 1
    with pytest.raises(TransportError, match=r"damaged: .*incorrect (data|length) check"):
        decompress(bytes(body))


@pytest.mark.parametrize("length", [MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB + 7])
def test_output_of_about_the_size_of_a_step_is_complete(length: int) -> None:
    body = gzip.compress(bytes(length), 9)
    for cut in range(1, 12):
        outputs = list(decompress_chunks(create_decompressor(), (body[:-cut], body[-cut:])))
        assert sum(map(len, outputs)) == length


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_decompression_bomb_raises_after_64_mib(encoding: str) -> None:
    packer = zlib.compressobj(9, wbits=31 if encoding == "gzip" else 15)
    body = b"".join([packer.compress(bytes(MIB)) for _ in range(96)]) + packer.flush()
    received: list[int] = []
    with pytest.raises(TransportError, match=r"more than 200 times.*ClientOptions\.max_compression_ratio") as caught:
        received.extend(map(len, decompress_chunks(create_decompressor(encoding), [body])))
    assert 63 * MIB <= sum(received) <= 64 * MIB
    assert caught.value.url == "https://cluster.test/api/v1/pods"
    assert sum(map(len, decompress_chunks(create_decompressor(encoding, max_ratio=None), [body]))) == 96 * MIB


def test_the_ratio_is_limited_only_above_64_mib() -> None:
    assert sum(map(len, decompress_chunks(create_decompressor(), [gzip.compress(bytes(64 * MIB))]))) == 64 * MIB
    above = gzip.compress(bytes(64 * MIB + 1))
    with pytest.raises(TransportError, match="more than 200 times"):
        list(decompress_chunks(create_decompressor(), [above]))
    ratio = (64 * MIB + 1) / len(above)
    assert sum(map(len, decompress_chunks(create_decompressor(max_ratio=ratio * 1.01), [above]))) == 64 * MIB + 1
    with pytest.raises(TransportError, match="times its size"):
        list(decompress_chunks(create_decompressor(max_ratio=ratio * 0.99), [above]))


def test_the_ratio_is_calculated_for_all_members() -> None:
    with pytest.raises(TransportError, match="more than 200 times"):
        list(decompress_chunks(create_decompressor(), [gzip.compress(bytes(MIB))] * 80))


def test_a_list_of_700_mb_is_decompressed() -> None:
    generator = random.Random(0)  # noqa: S311 - repeatable content
    item = generator.randbytes(33_000) + bytes(MIB - 33_000)
    packer = zlib.compressobj(1, wbits=-15)
    block = packer.compress(item) + packer.flush(zlib.Z_FULL_FLUSH)
    assert 24 < MIB / len(block) < 33
    chunks = (block for _ in range(700))
    last = zlib.compressobj(wbits=-15).flush()
    assert sum(map(len, decompress_chunks(create_decompressor("deflate"), chain(chunks, last)))) == 700 * MIB


def chain(chunks: Iterable[bytes], last: bytes) -> Iterator[bytes]:
    yield from chunks
    yield last
