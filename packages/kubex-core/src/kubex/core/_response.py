"""A complete response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kubex.core._headers import Headers


@dataclass(frozen=True, slots=True)
class Response:
    """The response to a plain request: status code, headers and the complete body.

    `extensions` contains additional data of the HTTP backend or of a wrapper.
    """

    status: int
    headers: Headers
    body: bytes = field(repr=False)
    extensions: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
