"""The pairs of HTTP backend and async library that every behaviour must hold on."""

from typing import NamedTuple


class Pair(NamedTuple):
    """A backend by name, and the async library it runs on."""

    backend: str
    runtime: str

    def __str__(self) -> str:
        return f"{self.backend}-{self.runtime}"


PAIRS = [Pair("aiohttp", "asyncio"), Pair("httpx", "asyncio"), Pair("httpx", "trio")]

RUNTIMES = ["asyncio", "trio"]
"""The async libraries, for tests that need no HTTP library."""
