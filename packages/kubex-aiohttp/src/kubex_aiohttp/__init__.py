"""The aiohttp transport of Kubex, for asyncio."""

from typing import TYPE_CHECKING

from kubex_aiohttp._backend import BACKEND

if TYPE_CHECKING:
    from kubex_aiohttp._client import AioHttpClient
else:
    # Discovery imports this module for BACKEND alone: neither aiohttp nor the client comes with it.
    def __getattr__(name: str) -> object:
        if name == "AioHttpClient":
            from kubex_aiohttp._client import AioHttpClient

            return AioHttpClient
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["BACKEND", "AioHttpClient"]
