"""The settings of a transport and of a request: concrete values, without `...`."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from kubex.core._proxy import Proxy

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class TLSSettings:
    """The TLS of a connection as data, for HTTP libraries that do not use Python's `ssl` module.

    `server_name` is the expected name if it differs from the host of the URL. `authorities`, `certificate` (the
    complete chain) and `private_key` are PEM text. The authorities of the system are trusted without `authorities`, or
    with `system_authorities`. `verify` is False if the certificate of the server is not checked, and `strict` is True
    for `ssl.VERIFY_X509_STRICT`.
    """

    server_name: str | None = None
    authorities: str | None = field(default=None, repr=False)
    system_authorities: bool = False
    certificate: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)
    verify: bool = True
    strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportConfig:
    """The settings of one transport, which connects to one server.

    Times are in seconds, sizes in bytes; None means no limit. `ssl_context` holds all TLS settings, including the
    server name, and `tls` has the same settings as data; both are None for plain HTTP. `proxy` is the proxy for all
    connections; `proxy_ssl_context` and `proxy_tls` are set if its scheme is `https`. With `http2`, requests may share
    a connection by HTTP/2; WebSockets never do. A compressed body that expands to more than 64 MiB may be at most
    `max_compression_ratio` times as long as the data that the server sent. A transport reads nothing from the
    environment, keeps no cookies and follows no redirects.
    """

    ssl_context: ssl.SSLContext | None = None
    tls: TLSSettings | None = None
    proxy: Proxy | None = None
    proxy_ssl_context: ssl.SSLContext | None = None
    proxy_tls: TLSSettings | None = None
    keep_alive: bool = True
    keep_alive_timeout: float | None = None
    buffer_size: int = 2**21
    ws_max_message_size: int | None = 2**21
    pool_size: int | None = 100
    pool_size_per_host: int | None = None
    http2: bool = False
    max_compression_ratio: float | None = 200.0


@dataclass(frozen=True, slots=True)
class Limits:
    """The time limits of one request by phase, in seconds; None means no limit."""

    connect: float | None = None
    read: float | None = None
    write: float | None = None
    pool: float | None = None


@dataclass(frozen=True, slots=True)
class PreparedRequest:
    """A complete request: send the URL and the headers unchanged.

    The HTTP library adds what HTTP itself needs (`Host`, `Content-Length`, `Connection`), and no other header.
    `dedicated` marks a stream or a WebSocket: it does not count for `pool_size`, and the backend decides whether it
    gets a separate connection. `extensions` carries optional data between wrappers and backends; a backend ignores
    keys that it does not know.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)
    limits: Limits = Limits()
    dedicated: bool = False
    extensions: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)

    @property
    def shown_url(self) -> str:
        """The URL without its query, which may contain secrets: the form for error messages."""
        return self.url.partition("?")[0]

    @property
    def scheme(self) -> str:
        """`http` or `https`."""
        return self.url.partition(":")[0]

    @property
    def host(self) -> str:
        """The host in lower case; an IPv6 address does not have brackets."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The port; the default of the scheme if the URL does not contain a port."""
        return urlsplit(self.url).port or _DEFAULT_PORTS[self.scheme]

    @property
    def target(self) -> str:
        """The path with the query, as in the request line."""
        rest = self.url.partition("://")[2]
        start = min((position for position in (rest.find("/"), rest.find("?")) if position >= 0), default=len(rest))
        return rest[start:] if rest[start : start + 1] == "/" else f"/{rest[start:]}"

    @property
    def raw_headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """The headers as bytes: names in ASCII, values in UTF-8."""
        return tuple([(name.encode("ascii"), value.encode()) for name, value in self.headers])
