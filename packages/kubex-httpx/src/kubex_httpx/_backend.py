"""The descriptor of this backend; importing it does not import httpcore."""

from importlib.util import find_spec

from kubex.transport import Backend, IgnoredOption, LibraryDefaults, Timeout, Transport


def _load() -> type[Transport]:
    from kubex_httpx._transport import HttpxTransport

    return HttpxTransport


def websocket_hint() -> str | None:
    """Return None if WebSockets work, or else the command that installs the missing package."""
    return None if find_spec("httpx_ws") else 'pip install "kubex-httpx[ws]"'


def _check_proxy(proxy: str, _server: str) -> str | None:
    if proxy.startswith("socks") and find_spec("python_socks") is None:
        return 'it needs one more package: pip install "kubex-httpx[socks]"'
    return None


def _check_http2() -> str | None:
    return None if find_spec("h2") else 'it needs one more package: pip install "kubex-httpx[http2]"'


BACKEND = Backend(
    name="httpx",
    api_version=2,
    load=_load,
    priority=100,
    runtimes=frozenset({"asyncio", "trio"}),
    defaults=LibraryDefaults(timeout=Timeout(connect=5, read=5, write=5, pool=5), keep_alive_timeout=5),
    ignores=(
        IgnoredOption("buffer_size", lambda value, _: value is not ..., "httpx has a read buffer of a fixed size"),
        IgnoredOption("pool_size_per_host", lambda value, _: value is not ..., "a client on httpx has one host"),
    ),
    websocket=websocket_hint,
    proxy=_check_proxy,
    http2=_check_http2,
)
"""httpx for asyncio and trio."""
