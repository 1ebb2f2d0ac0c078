"""What goes wrong between this process and the server. Backends raise these, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from kubex.models._errors import KubexError


@dataclass(eq=False, repr=False)
class TransportError(KubexError):
    """No usable answer came from the server. The library's own exception is chained as the cause."""

    problem: str
    method: str | None = None
    url: str | None = None

    def __str__(self) -> str:
        where = f"{self.method} {self.url}: " if self.method else ""
        return f"{where}{self.problem or 'no reason given'}"


class ConnectError(TransportError):
    """No connection could be made: nothing of the request was sent."""


class ConnectTimeout(ConnectError, TimeoutError):
    """No connection was made, or none of the pool came free, within the limit: nothing was sent."""


class TLSError(ConnectError):
    """The TLS handshake failed: certificates or protocol versions do not fit, or one side speaks no TLS."""


@dataclass(eq=False, repr=False)
class ServerCertificateError(TLSError):
    """The server's certificate is not to be trusted: its authority, its names or its dates; nothing was sent."""


class ProxyError(ConnectError):
    """The HTTP proxy could not be used or refused the request."""


class ConnectionLost(TransportError):
    """The connection broke after the request may have been sent: the server may have acted on it."""


class ReadTimeout(ConnectionLost, TimeoutError):
    """The server sent nothing, or took nothing, for longer than the limit of that phase."""


class DeadlineExceeded(TransportError, TimeoutError):
    """The total timeout of a call ran out; the server may have acted on it."""


@dataclass(eq=False, repr=False)
class WebSocketError(TransportError):
    """A WebSocket was not opened, or broke the protocol. `status` is the HTTP status of a refused upgrade."""

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
