# Generated from kubex-httpx by packages/kubex-httpx2/tools/generate.py. Change it there.
"""The descriptor of this backend; importing it does not import httpcore2."""

from importlib.util import find_spec

from kubex.transport import Backend, IgnoredOption, LibraryDefaults, Timeout, Transport


def _load() -> type[Transport]:
    from kubex_httpx2._transport import Httpx2Transport

    return Httpx2Transport


def websocket_hint() -> str | None:
    """Return None if WebSockets work, or else the command that installs the missing package."""
    return None if find_spec("wsproto") else 'pip install "kubex-httpx2[ws]"'


def _check_proxy(proxy: str, _server: str) -> str | None:
    if proxy.startswith("socks") and find_spec("python_socks") is None:
        return 'it needs one more package: pip install "kubex-httpx2[socks]"'
    return None


def _check_http2() -> str | None:
    return None if find_spec("h2") else 'it needs one more package: pip install "kubex-httpx2[http2]"'


BACKEND = Backend(
    name="httpx2",
    api_version=2,
    load=_load,
    priority=150,
    runtimes=frozenset({"asyncio", "trio"}),
    defaults=LibraryDefaults(timeout=Timeout(connect=5, read=5, write=5, pool=5), keep_alive_timeout=5),
    ignores=(
        IgnoredOption("buffer_size", lambda value, _: value is not ..., "httpx2 has a read buffer of a fixed size"),
        IgnoredOption("pool_size_per_host", lambda value, _: value is not ..., "a client on httpx2 has one host"),
    ),
    websocket=websocket_hint,
    proxy=_check_proxy,
    http2=_check_http2,
)
"""httpx2 for asyncio and trio."""
