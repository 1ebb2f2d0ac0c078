"""A backend of Kubex on h11 and AnyIO. Importing this module imports neither of them."""

from kubex.transport import Backend, IgnoredOption, LibraryDefaults, Timeout, Transport


def load() -> type[Transport]:
    from kubex_h11._transport import H11Transport

    return H11Transport


FIXED = ("buffer_size", "the read buffer has a fixed size"), ("pool_size_per_host", "a client has one pool")
BACKEND = Backend(
    name="h11",
    api_version=2,
    load=load,
    runtimes=frozenset({"asyncio", "trio"}),
    defaults=LibraryDefaults(timeout=Timeout(connect=5, read=5, write=5, pool=5), keep_alive_timeout=5),
    ignores=tuple(IgnoredOption(name, lambda value, scheme: value is not ..., reason) for name, reason in FIXED),
    proxy=lambda proxy, server: "kubex-h11 does not support proxies; use aiohttp or httpx2",
)
