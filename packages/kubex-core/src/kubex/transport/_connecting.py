"""A connection that is being made by way of a proxy."""

import math
from types import TracebackType

from typing_extensions import Self

from kubex.core._proxy import Proxy
from kubex.core._transport_errors import ConnectError, ConnectTimeout, ProxyError, TLSError, TransportError
from kubex.transport._config import PreparedRequest
from kubex.transport._exceptions import Phase, caused_by, tls_cause
from kubex.transport._tls_problems import explain

# Of what a proxy gives as its reason, in characters.
_LONGEST = 200


def proxy_refusal(answer: str) -> str:
    """Say what a proxy means that answered so (`407 Proxy Authentication Required`) instead of connecting."""
    hint = "; it wants a user name and a password, or others than it was given" if answer.startswith("407") else ""
    return f"it refused with {answer[:_LONGEST]}{hint}"


class Connecting:
    """Watches one request that goes by way of a proxy; stands around `map_exceptions`.

    The HTTP library tells when it begins to make a connection and when that is done. What goes wrong in between is a
    `ConnectError`, since nothing of the request was sent, and `Limits.connect` bounds it: libraries do not apply their
    own limit to what a proxy is asked. Every `ConnectError` names the proxy.
    """

    __slots__ = ("_begun", "_proxy", "_request", "_scope")

    def __init__(self, proxy: Proxy, request: PreparedRequest) -> None:
        self._proxy = proxy
        self._request = request
        self._begun = False
        from anyio import CancelScope  # not at the top: backends are looked at without being used

        self._scope = CancelScope()

    def begin(self, *, limited: bool = True) -> None:
        """Take note that a connection is being made; a second call does nothing."""
        if not self._begun:
            self._begun = True
            if limited and (limit := self._request.limits.connect) is not None:
                from anyio import current_time

                self._scope.deadline = current_time() + limit

    def done(self) -> None:
        """Take note that it is there."""
        self._begun = False
        self._scope.deadline = math.inf

    def __enter__(self) -> Self:
        self._scope.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._scope.__exit__(kind, error, traceback)
        if self._scope.cancelled_caught:
            error = ConnectTimeout(Phase.CONNECT.text(self._request.limits) or "")
        elif not isinstance(error, TransportError) or not (self._begun or isinstance(error, ConnectError)):
            return
        url = self._request.url.partition("?")[0]
        ours, problem = (type(error), error.problem) if isinstance(error, ConnectError) else _explain(error, url)
        raise ours(f"proxy {self._proxy.url}: {problem}", self._request.method, url) from error.__cause__


def _explain(error: TransportError, url: str) -> tuple[type[TransportError], str]:
    """Say what an error is that came before the connection was there."""
    if caused_by(error, TimeoutError):
        return ConnectTimeout, error.problem
    tls = tls_cause(error)
    return (ProxyError, error.problem) if tls is None else explain(TLSError, tls, error.problem, url)
