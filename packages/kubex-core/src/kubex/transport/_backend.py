"""What a distribution says of its transport, without importing its HTTP library."""

from collections.abc import Callable
from dataclasses import dataclass, field

from kubex.core._proxy import SOCKS_SCHEMES
from kubex.core.params import Timeout
from kubex.transport._transport import Transport

API_VERSION = 1
"""The version of the contract between kubex and its backends."""


@dataclass(frozen=True, slots=True)
class IgnoredOption:
    """A value of a client option that has no effect on a backend.

    `applies` is given the option's value and the scheme of the server's URL.
    """

    option: str
    applies: Callable[[object, str], bool]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryDefaults:
    """What the HTTP library does when it is told nothing; `...` in a client option resolves to these.

    Times are in seconds, sizes in bytes; None is no limit.
    """

    timeout: Timeout
    keep_alive_timeout: float | None
    buffer_size: int = 2**16
    pool_size: int | None = 100
    pool_size_per_host: int | None = None


def _no_hint() -> str | None:
    return "this backend has no WebSocket support"


def _no_socks(proxy: str, _server: str) -> str | None:
    return "this backend has no SOCKS support" if proxy in SOCKS_SCHEMES else None


def _no_http2() -> str | None:
    return "this backend has no HTTP/2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """An HTTP backend, as the entry-point group `kubex.backends` names it.

    Of the backends that run on the current async library the highest `priority` wins; 50 leaves the choice to others.
    `load` imports the HTTP library and returns the Transport class. `websocket` returns None where WebSockets work,
    else what to install; `http2` the same of HTTP/2, and `proxy` of a proxy, given its scheme (`http`, `https`,
    `socks5`, `socks5h`) and that of the server's URL.
    """

    name: str
    load: Callable[[], type[Transport]] = field(repr=False)
    defaults: LibraryDefaults = field(repr=False)
    priority: int = 50
    runtimes: frozenset[str] = field(default=frozenset({"asyncio"}), repr=False)
    ignores: tuple[IgnoredOption, ...] = field(default=(), repr=False)
    websocket: Callable[[], str | None] = field(default=_no_hint, repr=False)
    proxy: Callable[[str, str], str | None] = field(default=_no_socks, repr=False)
    http2: Callable[[], str | None] = field(default=_no_http2, repr=False)
    api_version: int = API_VERSION
