"""The pairs of HTTP backend and async library on which tests run."""

from typing import NamedTuple


class BackendPair(NamedTuple):
    """The name of a backend, and the async library on which it runs."""

    backend: str
    runtime: str

    def __str__(self) -> str:
        return f"{self.backend}-{self.runtime}"


PAIRS = [BackendPair("aiohttp", "asyncio"), BackendPair("httpx", "asyncio"), BackendPair("httpx", "trio")]

RUNTIMES = ["asyncio", "trio"]
"""The async libraries, for tests that do not need an HTTP library."""
