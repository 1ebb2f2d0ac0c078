"""The handshakes of WebSockets and of SPDY: the headers of the upgrade, and the selection of the subprotocol."""

import base64
import hashlib
from collections.abc import Sequence

from kubex_testing.embedded._errors import PlainError
from kubex_testing.embedded._messages import RecordedRequest

from .channels import PORT_FORWARD_TUNNEL, V5, Subprotocol

TOKEN_PREFIX = "base64url.bearer.authorization.k8s.io."  # noqa: S105  # not a secret
# The server appends this to the key of the client and returns the hash (RFC 6455, 1.3).
_ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_VERSION = "13"
_SPDY = "SPDY/3.1"
_SPDY_PROTOCOL = "X-Stream-Protocol-Version"
_CLOSE = (("Connection", "close"),)


def is_websocket_upgrade(request: RecordedRequest) -> bool:
    """Return whether a request opens a WebSocket."""
    return (
        request.header("upgrade").lower() == "websocket"
        and "upgrade" in request.header("connection").lower()
        and request.method == "GET"
    )


def is_spdy_upgrade(request: RecordedRequest) -> bool:
    """Return whether a request changes the connection to SPDY."""
    return request.header("upgrade").lower() == _SPDY.lower() and "upgrade" in request.header("connection").lower()


def offers_tunnel(request: RecordedRequest) -> bool:
    """Return whether the client offers to send SPDY inside of the WebSocket."""
    return PORT_FORWARD_TUNNEL.name in _offered(request)


def select_spdy_protocol(request: RecordedRequest, supported: Sequence[Subprotocol]) -> Subprotocol:
    """Return the first supported protocol that the client offers. Raises 403."""
    values = (value for name, value in request.headers if name == _SPDY_PROTOCOL.lower())
    offered = [item.strip() for value in values for item in value.split(",")]
    by_name = {item.name: item for item in supported}
    for name in offered:
        if name in by_name:
            return by_name[name]
    known = [("X-Accepted-Stream-Protocol-Versions", item.name) for item in supported]
    names = " ".join(item.name for item in supported)
    problem = f"client supports [{' '.join(offered)}], server accepts [{names}]"
    raise PlainError(403, f"unable to upgrade: unable to negotiate protocol: {problem}", headers=known)


def spdy_upgrade_headers(protocol: Subprotocol) -> list[tuple[str, str]]:
    """Return the headers of the response to the upgrade."""
    return [("Connection", "Upgrade"), ("Upgrade", _SPDY), (_SPDY_PROTOCOL, protocol.name)]


def offers_half_close(request: RecordedRequest) -> bool:
    """Return whether the client offers v5, which the server prefers in any order of the offers."""
    return V5.name in _offered(request)


def select_subprotocol(request: RecordedRequest, supported: Sequence[Subprotocol]) -> Subprotocol:
    """Return the first supported protocol that the client offers. Raises 400, and 403 without a body."""
    if not request.header("sec-websocket-key"):
        raise PlainError(400, "mismatch challenge/response", headers=_CLOSE)
    if request.header("sec-websocket-version") != _VERSION:
        raise PlainError(
            400, "missing or bad WebSocket Version", headers=(("Sec-WebSocket-Version", _VERSION), *_CLOSE)
        )
    by_name = {item.name: item for item in supported}
    for name in _offered(request):
        if name in by_name:
            return by_name[name]
    raise PlainError(403, "", headers=_CLOSE)


def upgrade_headers(request: RecordedRequest, subprotocol: Subprotocol) -> list[tuple[str, str]]:
    """Return the headers of the response to the upgrade."""
    key = request.header("sec-websocket-key") + _ACCEPT_SUFFIX
    accept = base64.b64encode(hashlib.sha1(key.encode(), usedforsecurity=False).digest())
    return [
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", accept.decode()),
        # As with kube-apiserver, the header is empty if the client offers nothing.
        ("Sec-WebSocket-Protocol", subprotocol.name),
    ]


def bearer_token(request: RecordedRequest) -> str:
    """Return the token that the client sends as a subprotocol, or an empty string. Raises ValueError.

    Browsers cannot send an Authorization header with a WebSocket.
    """
    if not is_websocket_upgrade(request):
        return ""
    offers = _all_offers(request)
    tokens = [item.removeprefix(TOKEN_PREFIX) for item in offers if item.startswith(TOKEN_PREFIX)]
    if not tokens:
        return ""
    if len(tokens) > 1 or len(tokens) == len(offers):
        raise ValueError("one token and at least one other subprotocol are required")
    if "=" in tokens[0]:
        raise ValueError("the token is padded")
    padded = tokens[0] + "=" * (-len(tokens[0]) % 4)
    return base64.b64decode(padded, altchars=b"-_", validate=True).decode()


def _offered(request: RecordedRequest) -> list[str]:
    """Return the offered protocols without a token. Without an offer, this is the empty name."""
    offers = _all_offers(request)
    others = [item for item in offers if not item.startswith(TOKEN_PREFIX)]
    return others or [""]


def _all_offers(request: RecordedRequest) -> list[str]:
    values = (value for name, value in request.headers if name == "sec-websocket-protocol")
    return [item.strip() for value in values for item in value.split(",") if item.strip()]
