"""The httpx transport of Kubex, for asyncio and trio."""

from typing import TYPE_CHECKING

from kubex_httpx._backend import BACKEND

if TYPE_CHECKING:
    from kubex_httpx._client import HttpxClient
else:
    # Discovery imports this module for BACKEND alone: neither httpx nor the client comes with it.
    def __getattr__(name: str) -> object:
        if name == "HttpxClient":
            from kubex_httpx._client import HttpxClient

            return HttpxClient
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["BACKEND", "HttpxClient"]
