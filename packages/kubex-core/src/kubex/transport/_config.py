"""What a transport is made of: concrete values, no `...`."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from kubex.core._proxy import Proxy


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportConfig:
    """The settings of one HTTP session, all of them resolved.

    Times are in seconds, sizes in bytes. Of a limit None means there is none. `ssl_context` holds everything about
    TLS, server name included; None is for plain HTTP. `proxies` maps the scheme of a request (`http`, `https`)
    to its proxy; `proxy_ssl_context` is for proxies that are themselves reached by https. With `http2` requests may
    share a connection by HTTP/2, WebSockets never do. A transport takes nothing from the environment, keeps no cookies
    and follows no redirects.
    """

    ssl_context: ssl.SSLContext | None = None
    proxies: Mapping[str, Proxy] = field(default_factory=dict[str, Proxy])
    proxy_ssl_context: ssl.SSLContext | None = None
    keep_alive: bool = True
    keep_alive_timeout: float | None = None
    buffer_size: int = 2**21
    ws_max_message_size: int | None = 2**21
    pool_size: int | None = 100
    pool_size_per_host: int | None = None
    http2: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """The time limits of one request by phase, in seconds; None is no limit."""

    connect: float | None = None
    read: float | None = None
    write: float | None = None
    pool: float | None = None


@dataclass(frozen=True, slots=True)
class PreparedRequest:
    """A request with nothing left to decide: send the URL and the headers as they are, and nothing besides.

    What HTTP itself needs (`Host`, `Content-Length`, `Connection`) is the library's; no other header is added.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)
    limits: Limits = Limits()
