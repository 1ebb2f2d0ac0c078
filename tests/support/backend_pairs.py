"""The backends, and the pairs of backend and async library on which tests run."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import kubex_aiohttp
import kubex_httpx
import kubex_httpx2
from kubex.client import Client
from kubex.transport import Backend

BACKENDS: Mapping[str, Backend] = {
    backend.name: backend for backend in (kubex_aiohttp.BACKEND, kubex_httpx.BACKEND, kubex_httpx2.BACKEND)
}

CLIENT_CLASSES: Mapping[str, Callable[..., Client]] = {
    "aiohttp": kubex_aiohttp.AioHttpClient,
    "httpx": kubex_httpx.HttpxClient,
    "httpx2": kubex_httpx2.Httpx2Client,
}

FAMILIES = {"aiohttp": "aiohttp", "httpx": "httpx", "httpx2": "httpx"}
"""For each backend, the one with the same features: kubex-httpx2 is generated from kubex-httpx."""


class BackendPair(NamedTuple):
    """The name of a backend, and the async library on which it runs."""

    backend: str
    runtime: str

    def __str__(self) -> str:
        return f"{self.backend}-{self.runtime}"

    @property
    def family(self) -> str:
        """The backend with the same features."""
        return FAMILIES[self.backend]


PAIRS = [
    BackendPair("aiohttp", "asyncio"),
    BackendPair("httpx", "asyncio"),
    BackendPair("httpx", "trio"),
    BackendPair("httpx2", "asyncio"),
    BackendPair("httpx2", "trio"),
]

HTTPX_PAIRS = [pair for pair in PAIRS if pair.family == "httpx"]
"""The pairs of kubex-httpx and kubex-httpx2."""

RUNTIMES = ["asyncio", "trio"]
"""The async libraries, for tests that do not need an HTTP library."""

HTTP2_PAIRS = [pair for pair in PAIRS if BACKENDS[pair.backend].http2() is None]
"""The pairs of backends that support HTTP/2."""


def ignores(pair: BackendPair, option: str, value: object) -> bool:
    """Return whether the backend of a pair ignores a value of an option, and warns about it."""
    return any(entry.option == option and entry.applies(value, "http") for entry in BACKENDS[pair.backend].ignores)
