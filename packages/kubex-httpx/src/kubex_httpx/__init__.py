"""The httpx transport of Kubex, for asyncio and trio."""

from typing import TYPE_CHECKING

from kubex_httpx._backend import BACKEND

if TYPE_CHECKING:
    from kubex_httpx._client import HttpxClient
else:
    # The discovery of backends imports this module to read BACKEND. Do not load httpx and the client then.
    def __getattr__(name: str) -> object:
        if name == "HttpxClient":
            from kubex_httpx._client import HttpxClient

            return HttpxClient
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["BACKEND", "HttpxClient"]
