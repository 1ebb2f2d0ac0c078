"""The connection set-up through a proxy: its time limit, and errors that name the proxy."""

import math
from types import TracebackType

import anyio
from typing_extensions import Self

from kubex.core._proxy import Proxy
from kubex.core._transport_errors import ConnectError, ConnectTimeout, ProxyError, TLSError, TransportError
from kubex.transport._config import PreparedRequest
from kubex.transport._exceptions import Phase, caused_by, tls_cause
from kubex.transport._tls_errors import classify_tls_error

# In characters. A proxy may send a reason phrase of any length.
_MAX_STATUS_LENGTH = 200


def proxy_refusal(status_line: str) -> str:
    """Return the text for a proxy that refused to connect, from its status (`407 Proxy Authentication Required`)."""
    hint = "; it requires a user name and a password, or rejected them" if status_line.startswith("407") else ""
    return f"it refused with {status_line[:_MAX_STATUS_LENGTH]}{hint}"


class ConnectGuard:
    """Backends report to it when they open a connection for a request. It does nothing if there is no proxy.

    Between `started()` and `established()`, `Limits.connect` limits everything, including CONNECT and the TLS handshake
    with the server. Each failure there is a ConnectError, because the request was not sent. After `started()`, each
    ConnectError names the proxy.
    """

    __slots__ = ("_connecting", "_proxy", "_request", "_scope", "_started")

    def __init__(self, proxy: Proxy | None, request: PreparedRequest) -> None:
        self._proxy = proxy
        self._request = request
        self._started = self._connecting = False

    def started(self) -> None:
        """Report that the library starts to open a connection for this request; a second call does nothing."""
        if self._proxy is not None and not self._connecting:
            self._started = self._connecting = True
            if (limit := self._request.limits.connect) is not None:
                self._scope.deadline = anyio.current_time() + limit

    def established(self) -> None:
        """Report that the connection to the server is complete, with TLS if the URL is https."""
        if self._proxy is not None:
            self._connecting = False
            self._scope.deadline = math.inf

    def __enter__(self) -> Self:
        self._scope = anyio.CancelScope()
        self._scope.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._scope.__exit__(kind, error, traceback)
        # The connect limit is the only deadline of the scope.
        if self._scope.cancelled_caught:
            error = ConnectTimeout(Phase.CONNECT.text(self._request.limits) or "")
        elif not (self._connecting or (self._started and isinstance(error, ConnectError))):
            return
        if not isinstance(error, TransportError):
            return
        error_class, problem = self._classify(error)
        prefix = "" if self._proxy is None else f"proxy {self._proxy.url}: "
        raise error_class(f"{prefix}{problem}", self._request.method, self._request.shown_url) from error.__cause__

    def _classify(self, error: TransportError) -> tuple[type[TransportError], str]:
        if isinstance(error, ConnectError) and type(error) is not ConnectError:
            return type(error), error.problem
        if caused_by(error, TimeoutError):
            return ConnectTimeout, error.problem
        cause = tls_cause(error)
        return (
            (ProxyError, error.problem)
            if cause is None
            else classify_tls_error(TLSError, cause, error.problem, self._request.url)
        )
