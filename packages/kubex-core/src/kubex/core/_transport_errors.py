"""Errors between this process and the server. Backends raise only these exceptions."""

from __future__ import annotations

from dataclasses import dataclass

from kubex.models._errors import KubexError


# These classes do not derive from OSError: handlers for file errors would catch a lost connection.
@dataclass(eq=False, repr=False)
class TransportError(KubexError):
    """The server did not return a usable response. The exception of the HTTP library is chained."""

    problem: str
    method: str | None = None
    url: str | None = None

    def __str__(self) -> str:
        where = f"{self.method} {self.url}: " if self.method else ""
        return f"{where}{self.problem or 'unknown reason'}"


class ConnectError(TransportError):
    """A connection could not be opened. The request was not sent."""


class ConnectTimeout(ConnectError, TimeoutError):
    """A connection was not opened, or did not become free in the pool, in time. The request was not sent."""


class TLSError(ConnectError):
    """The TLS handshake failed, for example because of a certificate or a protocol version."""


@dataclass(eq=False, repr=False)
class ServerCertificateError(TLSError):
    """The certificate of the server is not valid: its authority, names or dates. The request was not sent."""


class ProxyError(ConnectError):
    """The proxy could not be used, or rejected the request."""


class ConnectionLost(TransportError):
    """The connection was lost after the request may have been sent. The server may have processed it."""


class ReadTimeout(ConnectionLost, TimeoutError):
    """No data was received or sent within the read or write timeout."""


class DeadlineExceeded(TransportError, TimeoutError):
    """The total timeout of a call was exceeded. The server may have processed the request."""


@dataclass(eq=False, repr=False)
class WebSocketError(TransportError):
    """A WebSocket was not opened, or violated the protocol. `status` is the HTTP status of a rejected upgrade."""

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
