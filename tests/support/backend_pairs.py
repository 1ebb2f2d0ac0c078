"""The pairs of HTTP backend and async library on which tests run."""

from typing import NamedTuple


class Pair(NamedTuple):
    """The name of a backend, and the async library on which it runs."""

    backend: str
    runtime: str

    def __str__(self) -> str:
        return f"{self.backend}-{self.runtime}"


PAIRS = [Pair("aiohttp", "asyncio"), Pair("httpx", "asyncio"), Pair("httpx", "trio")]

RUNTIMES = ["asyncio", "trio"]
"""The async libraries, for tests that do not need an HTTP library."""
