"""The aiohttp transport of Kubex, for asyncio."""

from typing import TYPE_CHECKING

from kubex_aiohttp._backend import BACKEND

if TYPE_CHECKING:
    from kubex_aiohttp._client import AioHttpClient
else:
    # The discovery of backends imports this module to read BACKEND. Do not load aiohttp and the client then.
    def __getattr__(name: str) -> object:
        if name == "AioHttpClient":
            from kubex_aiohttp._client import AioHttpClient

            return AioHttpClient
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["BACKEND", "AioHttpClient"]
