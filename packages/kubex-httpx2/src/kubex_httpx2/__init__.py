# Generated from kubex-httpx by packages/kubex-httpx2/tools/generate.py. Change it there.
"""The httpx2 transport of Kubex, for asyncio and trio."""

from typing import TYPE_CHECKING

from kubex_httpx2._backend import BACKEND

if TYPE_CHECKING:
    from kubex_httpx2._client import Httpx2Client
else:
    # The discovery of backends imports this module to read BACKEND. Do not load httpx2 and the client then.
    def __getattr__(name: str) -> object:
        if name == "Httpx2Client":
            from kubex_httpx2._client import Httpx2Client

            return Httpx2Client
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["BACKEND", "Httpx2Client"]
