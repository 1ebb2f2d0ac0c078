"""The descriptor of this backend; importing it does not import aiohttp."""

import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import cast

from kubex.transport import Backend, IgnoredOption, LibraryDefaults, Timeout, Transport, TransportConfig


def _load() -> Callable[[TransportConfig], Transport]:
    from kubex_aiohttp._transport import AioHttpTransport

    return AioHttpTransport


def _check_proxy(proxy: str, server: str) -> str | None:
    if proxy == "https" and server == "https" and sys.version_info < (3, 11):
        return "asyncio supports TLS inside of TLS since Python 3.11; use httpx2, or a proxy at http"
    if proxy.startswith("socks") and find_spec("python_socks") is None:
        return 'it needs another package: pip install "kubex-aiohttp[socks]"'
    return None


def _has_another_scheme(value: object, scheme: str) -> bool:
    return isinstance(value, Mapping) and not cast("Mapping[str, object]", value).keys() <= {scheme}


def _is_unlimited(value: object, _scheme: str) -> bool:
    return value is None


def _has_write_or_pool(value: object, _scheme: str) -> bool:
    return isinstance(value, Timeout) and any(limit not in (..., None) for limit in (value.write, value.pool))


BACKEND = Backend(
    name="aiohttp",
    load=_load,
    api_version=2,
    priority=200,
    defaults=LibraryDefaults(timeout=Timeout(total=300, connect=30), keep_alive_timeout=15),
    ignores=(
        IgnoredOption("keep_alive_timeout", _is_unlimited, "aiohttp cannot keep idle connections indefinitely"),
        IgnoredOption("proxy", _has_another_scheme, "aiohttp uses only the entry for the scheme of the server's URL"),
        IgnoredOption(
            "timeout", _has_write_or_pool, "Timeout.write and Timeout.pool have an effect with httpx and httpx2 only"
        ),
    ),
    websocket=lambda: None,
    proxy=_check_proxy,
    http2=lambda: 'aiohttp does not support HTTP/2; use httpx2: pip install "kubex-httpx2[http2]"',
)
"""The backend on aiohttp, for asyncio."""
