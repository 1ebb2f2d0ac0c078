"""What this distribution offers; importing it does not import aiohttp."""

import sys
from collections.abc import Mapping
from importlib.util import find_spec
from typing import cast

from kubex.transport import Backend, IgnoredOption, LibraryDefaults, Timeout, Transport


def _load() -> type[Transport]:
    from kubex_aiohttp._transport import AioHttpTransport

    return AioHttpTransport


def _websocket() -> None:
    """Say that nothing has to be installed: aiohttp speaks WebSocket."""


def _proxy(proxy: str, server: str) -> str | None:
    if proxy == "https" and server == "https" and sys.version_info < (3, 11):
        return "asyncio has TLS inside of TLS from Python 3.11 on; take httpx, or a proxy that is reached by http"
    if proxy.startswith("socks") and find_spec("aiohttp_socks") is None:
        return 'it needs one more package: pip install "kubex-aiohttp[socks]"'
    return None


def _http2() -> str:
    return 'aiohttp has no HTTP/2; take httpx: pip install "kubex-httpx[http2]"'


def _is_none(value: object, _scheme: str) -> bool:
    return value is None


def _names_another_scheme(value: object, scheme: str) -> bool:
    return isinstance(value, Mapping) and not cast("Mapping[str, object]", value).keys() <= {scheme}


def _limits_write_or_pool(value: object, _scheme: str) -> bool:
    return isinstance(value, Timeout) and any(limit not in (..., None) for limit in (value.write, value.pool))


BACKEND = Backend(
    name="aiohttp",
    load=_load,
    priority=200,
    runtimes=frozenset({"asyncio"}),
    defaults=LibraryDefaults(timeout=Timeout(total=300, connect=30), keep_alive_timeout=15),
    ignores=(
        IgnoredOption("keep_alive_timeout", _is_none, "aiohttp cannot keep idle connections indefinitely"),
        IgnoredOption(
            "proxy",
            _names_another_scheme,
            "aiohttp uses the proxy for the scheme of the API server's URL; the other entries have no effect",
        ),
        IgnoredOption(
            "timeout", _limits_write_or_pool, "Timeout.write and Timeout.pool have an effect with httpx only"
        ),
    ),
    websocket=_websocket,
    proxy=_proxy,
    http2=_http2,
)
"""aiohttp for asyncio; the entry point of this distribution names it."""
