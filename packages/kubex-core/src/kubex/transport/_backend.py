"""The descriptor of a backend; importing it does not import the HTTP library."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from kubex.core._proxy import SOCKS_SCHEMES
from kubex.core.params import Timeout
from kubex.transport._config import TransportConfig
from kubex.transport._transport import Transport

API_VERSION = 2
"""The version of this contract between Kubex and its backends. Additions increase only this number."""

MINIMUM_API_VERSION = 2
"""The oldest version that Kubex accepts. Changes that break backends increase this number too."""

TransportFactory: TypeAlias = Callable[[TransportConfig], Transport]


@dataclass(frozen=True, slots=True)
class IgnoredOption:
    """A client option that a backend ignores.

    `applies(value, scheme)` returns whether the backend ignores this value for `http` or `https` servers.
    """

    option: str
    applies: Callable[[object, str], bool]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryDefaults:
    """The defaults of the HTTP library; `...` in a client option resolves to these.

    Times are in seconds, sizes in bytes; None is no limit.
    """

    timeout: Timeout
    keep_alive_timeout: float | None
    buffer_size: int = 2**16
    pool_size: int | None = 100
    pool_size_per_host: int | None = None


def _no_websockets() -> str | None:
    return "this backend does not support WebSockets"


def _no_socks(proxy: str, _server: str) -> str | None:
    return "this backend does not support SOCKS proxies" if proxy in SOCKS_SCHEMES else None


def _no_http2() -> str | None:
    return "this backend does not support HTTP/2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """An HTTP backend; the entry-point group `kubex.backends` names it.

    * `load` imports the HTTP library and returns the transport class, or any function that creates a transport.
    * `api_version` is the version of the contract that the backend implements, as a number. Do not pass `API_VERSION`,
      which changes with kubex-core.
    * `priority`: among the backends that support the current async library, the highest one is selected.
    * `websocket` returns None if WebSockets work, or else the remedy, such as a package to install. `http2` does the
      same for HTTP/2, and `proxy(proxy_scheme, server_scheme)` for a proxy (`http`, `https`, `socks5`, `socks5h`).
    """

    name: str
    load: Callable[[], TransportFactory] = field(repr=False)
    defaults: LibraryDefaults = field(repr=False)
    api_version: int
    priority: int = 50
    runtimes: frozenset[str] = field(default=frozenset({"asyncio"}), repr=False)
    ignores: tuple[IgnoredOption, ...] = field(default=(), repr=False)
    websocket: Callable[[], str | None] = field(default=_no_websockets, repr=False)
    proxy: Callable[[str, str], str | None] = field(default=_no_socks, repr=False)
    http2: Callable[[], str | None] = field(default=_no_http2, repr=False)


def wrapped(backend: Backend, wrapper: Callable[[Transport], Transport]) -> Backend:
    """Return a backend with wrapped transports: `wrapper` receives each new transport and returns another one.

    Pass it to `create_client(client_class=...)`, for example to measure or to trace requests.
    """

    def load() -> TransportFactory:
        create = backend.load()
        return lambda config: wrapper(create(config))

    return dataclasses.replace(backend, load=load)
