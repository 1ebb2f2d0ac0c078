"""The maps of sparse files in tar archives: which parts of a file are stored; the others are zeros.

See https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from kubex.core._exec_errors import FileTransferError

# The map in the header of the GNU format, and in the blocks after it.
_HEADER_MAP, _HEADER_ENTRIES, _REAL_SIZE = 386, 4, 483
_BLOCK_ENTRIES = 21
_NUMBER = 12


class Segment(NamedTuple):
    """A part of a file that is stored."""

    offset: int
    length: int


def decode_old_sparse(block: bytes, *, is_header: bool) -> tuple[int, list[Segment], bool]:
    """Decode a map in the GNU format: the size of the file (only in a header), and whether another block follows."""
    start, count = (_HEADER_MAP, _HEADER_ENTRIES) if is_header else (0, _BLOCK_ENTRIES)
    end = start + count * 2 * _NUMBER
    numbers = [block[position : position + _NUMBER] for position in range(start, end, _NUMBER)]
    used = [_number(number) for number in numbers if number[0]]
    size = _number(block[_REAL_SIZE : _REAL_SIZE + _NUMBER]) if is_header else 0
    return size, _pair(used), bool(block[end])


def parse_sparse_map(numbers: Sequence[str]) -> list[Segment]:
    """Parse offsets and lengths in decimal digits."""
    if not all(number.isascii() and number.isdecimal() and len(number) < 20 for number in numbers):
        raise _damaged()
    return _pair([int(number) for number in numbers])


def check_segments(segments: list[Segment], *, size: int, stored: int) -> None:
    """Check that the segments are in order, inside the file, and as long as the stored content."""
    ends = [Segment(0, 0), *segments, Segment(size, 0)]
    in_order = all(left.offset + left.length <= right.offset for left, right in pairwise(ends))
    if not in_order or sum(segment.length for segment in segments) != stored:
        raise _damaged()


def _pair(numbers: list[int]) -> list[Segment]:
    if len(numbers) % 2:
        raise _damaged()
    return [Segment(*pair) for pair in zip(numbers[::2], numbers[1::2], strict=True)]


def _number(field: bytes) -> int:
    if field[0] & 0x80:  # binary, for large numbers
        return int.from_bytes(bytes((field[0] & 0x7F,)) + field[1:], "big")
    digits = field.strip(b"\0 ")
    try:
        return int(digits or b"0", 8)
    except ValueError:
        raise _damaged() from None


def _damaged() -> FileTransferError:
    return FileTransferError("the tar archive is damaged: the map of a sparse file is not valid")
