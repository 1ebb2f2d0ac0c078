"""HTTP basic authentication."""

from __future__ import annotations

import base64


def basic_authorization(username: str, password: str) -> str:
    """Build the value of an `Authorization` or `Proxy-Authorization` header, in UTF-8."""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode("ascii")
