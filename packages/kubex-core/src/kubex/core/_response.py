"""A whole answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from kubex.core._headers import Headers


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to a plain request: status code, headers and the whole body."""

    status: int
    headers: Headers
    body: bytes = field(repr=False)
