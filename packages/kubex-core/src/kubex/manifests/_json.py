"""Read JSON values that follow each other."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from kubex.core._yaml_scalars import whole_number
from kubex.manifests._values import ValueProblem, check_size

_SPACE = re.compile(r"[ \t\r\n]*")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_MAX_DIGITS = 309  # a larger integer is infinite for other programs


class JsonProblem(ValueProblem):
    """A JSON value that YAML could not represent. `start` is its position."""

    def __init__(self, problem: str, start: int) -> None:
        super().__init__(problem)
        self.start = start


def read_json(text: str) -> Iterator[tuple[object, int, int]]:
    """Yield each JSON object, its start and its end, until something else follows, or JSON that is not valid.

    An object that repeats a key is not valid.
    """
    end = 0
    while text.startswith("{", start := _space_end(text, end)):
        try:
            value, end = _DECODER.raw_decode(text, start)
            check_size(value)
            if _SURROGATE.search(text, start, end):
                _check_unicode(value)
        except ValueProblem as problem:
            raise JsonProblem(str(problem), start) from None
        except (ValueError, RecursionError):
            return
        yield value, start, end


def _space_end(text: str, start: int) -> int:
    match = _SPACE.match(text, start)
    return match.end() if match else start


def _mapping(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a key is repeated")
    return values


def _float(text: str) -> int | float:
    value = float(text)
    if math.isinf(value):
        raise ValueProblem("a number is too large; add quotes if it is text")
    return whole_number(value)


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ValueProblem("a number is too large; add quotes if it is text")
    return int(text)


def _not_json(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _check_unicode(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise ValueProblem("it contains one half of a surrogate pair; write the complete character") from None


_DECODER = json.JSONDecoder(
    object_pairs_hook=_mapping, parse_float=_float, parse_int=_integer, parse_constant=_not_json
)
