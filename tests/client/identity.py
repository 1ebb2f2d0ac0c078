"""An OpenID Connect provider for one client, over raw sockets."""

import base64
import hashlib
import hmac
import json
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote_plus

import trustme

from kubex.configuration import OpenIDConnect
from transport.servers import Peer, Seen, Serve

SECRET = "marked-secret-client"

Answer = Callable[[Peer], None]


def jwt(**claims: Any) -> str:
    """Make a signed token."""
    head, body = (_base64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    signature = hmac.new(b"key of the provider", f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{_base64(signature)}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Provider:
    """Issues `token(1)`, `token(2)`, ... in turn, for the refresh token that is valid.

    `secret` is the client's, `accepts` how it may show it, `tells` what of that the configuration says. With `rotates`
    each refresh token is good for one use. `discovery` and `answer` replace what the provider answers, `sign` is how it
    makes its tokens, `keys` what those who check them get.
    """

    def __init__(self, serve: Serve, *, tls: Any = None, host: str = "127.0.0.1") -> None:
        self.server = serve(self._script, tls=tls)
        self.url = f"{'https' if tls else 'http'}://{host}:{self.server.port}/realm"
        self.client_id = "kubex"
        self.secret: str | None = None
        self.accepts = ["client_secret_basic"]
        self.tells: list[str] | None = None
        self.rotates = False
        self.refresh_token = "marked-secret-refresh-0"
        self.issued = 0
        self.discovery: Answer | None = None
        self.answer: Answer | None = None
        self.sign: Callable[..., str] = jwt
        self.keys = b""
        self.ended = threading.Semaphore(0)
        self._now = int(time.time())
        self._lock = threading.Lock()

    def token(self, number: int, seconds: float = 3600) -> str:
        """Return an ID token of this provider."""
        return self.sign(iss=self.url, aud="kubex", sub="jane", jti=number, exp=self._now + seconds)

    @property
    def expired(self) -> str:
        """An ID token that was good once."""
        return self.token(0, -60)

    def settings(self, **fields: Any) -> OpenIDConnect:
        """Return what the client is told: an expired ID token, unless it says otherwise."""
        values: dict[str, Any] = {"issuer_url": self.url, "client_id": self.client_id, "client_secret": self.secret}
        values |= {"id_token": self.expired, "refresh_token": self.refresh_token}
        return OpenIDConnect(**values | fields)

    @property
    def refreshes(self) -> list[Seen]:
        """The requests to the token endpoint."""
        return [seen for seen in self.server.seen if seen.target == "/realm/token"]

    def configuration(self, **fields: Any) -> bytes:
        """Return what stands in `.well-known/openid-configuration`."""
        document: dict[str, Any] = {"issuer": self.url, "token_endpoint": f"{self.url}/token"}
        if self.tells is not None:
            document["token_endpoint_auth_methods_supported"] = self.tells
        return json.dumps({**document, **fields}).encode()

    def grant(self, **fields: Any) -> bytes:
        """Return new tokens."""
        self.issued += 1
        document = {"access_token": "marked-secret-access", "token_type": "Bearer", "id_token": self.token(self.issued)}
        if self.rotates:
            document["refresh_token"] = self.refresh_token = f"marked-secret-refresh-{self.issued}"
        return json.dumps({**document, **fields}).encode()

    def _script(self, peer: Peer) -> None:
        try:
            while seen := peer.request():
                if seen.target == "/realm/.well-known/openid-configuration":
                    (self.discovery or self._describe)(peer)
                elif seen.target == "/realm/keys":
                    peer.answer(self.keys, headers="Connection: close\r\n")
                elif self.answer is not None:
                    self.answer(peer)
                else:
                    self._refresh(peer, seen)
        finally:
            self.ended.release()

    def _describe(self, peer: Peer) -> None:
        peer.answer(self.configuration())

    def _refresh(self, peer: Peer, seen: Seen) -> None:
        form = {name: values[0] for name, values in parse_qs(seen.body.decode()).items()}
        with self._lock:
            if (seen.method, seen.header("content-type")) != ("POST", "application/x-www-form-urlencoded"):
                refuse(peer, "invalid_request")
            elif not self._knows(form, seen.header("authorization")):
                refuse(peer, "invalid_client", status="401 Unauthorized")
            elif form.get("grant_type") != "refresh_token":
                refuse(peer, "unsupported_grant_type")
            elif form.get("refresh_token") != self.refresh_token:
                refuse(peer, "invalid_grant", f"{form.get('refresh_token')} is not active")
            else:
                peer.answer(self.grant(), headers="Content-Type: application/json\r\n")

    def _knows(self, form: dict[str, str], authorization: str | None) -> bool:
        shown = form.get("client_id"), form.get("client_secret")
        method = "client_secret_post"
        if authorization is not None:
            name, _, password = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
            shown, method = (unquote_plus(name), unquote_plus(password)), "client_secret_basic"
        if self.secret is None:
            return shown == (self.client_id, None)
        return method in self.accepts and shown == (self.client_id, self.secret)


def server_context(authority: trustme.CA, host: str) -> ssl.SSLContext:
    """Make the TLS side of a provider."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


def pem(authority: trustme.CA) -> str:
    """Return the certificate of an authority."""
    return authority.cert_pem.bytes().decode()


def refuse(peer: Peer, error: str, description: str | None = None, *, status: str = "400 Bad Request") -> None:
    """Answer with an error as OAuth 2.0 writes it."""
    document = {"error": error} | ({"error_description": description} if description else {})
    peer.answer(json.dumps(document).encode(), status=status, headers="Content-Type: application/json\r\n")
