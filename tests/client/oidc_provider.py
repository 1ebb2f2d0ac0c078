"""An OpenID Connect provider with one client, on a raw socket server."""

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
from kubex_testing.compliance.servers import ReceivedRequest, ServerConnection, StartServer

SECRET = "marked-secret-client"

ProviderScript = Callable[[ServerConnection], None]
"""Sends the response to one request."""


def jwt(**claims: Any) -> str:
    """Create a signed token."""
    head, body = (_base64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    signature = hmac.new(b"key of the provider", f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{_base64(signature)}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Provider:
    """Issues `token(1)`, `token(2)` and so on for the current refresh token.

    `secret` is the client secret, `accepted_auth_methods` are the ways to send it that the provider accepts, and
    `auth_methods` those that it lists. With `rotates_refresh_tokens` each refresh token can be used once.
    `discovery_script` and `token_script` replace the responses of the two endpoints. `sign` creates tokens, and `jwks`
    contains the keys that verify them.
    """

    def __init__(self, start_server: StartServer, *, tls: Any = None, host: str = "127.0.0.1") -> None:
        self.server = start_server(self._script, tls=tls)
        self.url = f"{'https' if tls else 'http'}://{host}:{self.server.port}/realm"
        self.client_id = "kubex"
        self.secret: str | None = None
        self.accepted_auth_methods = ["client_secret_basic"]
        self.auth_methods: list[str] | None = None
        self.rotates_refresh_tokens = False
        self.refresh_token = "marked-secret-refresh-0"
        self.issued = 0
        self.discovery_script: ProviderScript | None = None
        self.token_script: ProviderScript | None = None
        self.sign: Callable[..., str] = jwt
        self.jwks = b""
        self.closed_connections = threading.Semaphore(0)
        self._now = int(time.time())
        self._lock = threading.Lock()

    def token(self, number: int, seconds: float = 3600) -> str:
        """Return an ID token of this provider."""
        return self.sign(iss=self.url, aud="kubex", sub="jane", jti=number, exp=self._now + seconds)

    @property
    def expired_token(self) -> str:
        """An expired ID token."""
        return self.token(0, -60)

    def settings(self, **fields: Any) -> OpenIDConnect:
        """Return the settings of the client; the default ID token has expired."""
        values: dict[str, Any] = {"issuer_url": self.url, "client_id": self.client_id, "client_secret": self.secret}
        values |= {"id_token": self.expired_token, "refresh_token": self.refresh_token}
        return OpenIDConnect(**values | fields)

    @property
    def refresh_requests(self) -> list[ReceivedRequest]:
        """The requests to the token endpoint."""
        return [request for request in self.server.requests if request.target == "/realm/token"]

    def discovery_document(self, **fields: Any) -> bytes:
        """Return the content of `.well-known/openid-configuration`."""
        document: dict[str, Any] = {"issuer": self.url, "token_endpoint": f"{self.url}/token"}
        if self.auth_methods is not None:
            document["token_endpoint_auth_methods_supported"] = self.auth_methods
        return json.dumps({**document, **fields}).encode()

    def issue_tokens(self, **fields: Any) -> bytes:
        """Return the body of a successful refresh, with new tokens."""
        self.issued += 1
        document = {"access_token": "marked-secret-access", "token_type": "Bearer", "id_token": self.token(self.issued)}
        if self.rotates_refresh_tokens:
            document["refresh_token"] = self.refresh_token = f"marked-secret-refresh-{self.issued}"
        return json.dumps({**document, **fields}).encode()

    def _script(self, connection: ServerConnection) -> None:
        try:
            while request := connection.read_request():
                if request.target == "/realm/.well-known/openid-configuration":
                    (self.discovery_script or self._send_discovery_document)(connection)
                elif request.target == "/realm/keys":
                    connection.respond(self.jwks, headers="Connection: close\r\n")
                elif self.token_script is not None:
                    self.token_script(connection)
                else:
                    self._refresh(connection, request)
        finally:
            self.closed_connections.release()

    def _send_discovery_document(self, connection: ServerConnection) -> None:
        connection.respond(self.discovery_document())

    def _refresh(self, connection: ServerConnection, request: ReceivedRequest) -> None:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        with self._lock:
            if (request.method, request.header("content-type")) != ("POST", "application/x-www-form-urlencoded"):
                send_oauth_error(connection, "invalid_request")
            elif not self._accepts_client(form, request.header("authorization")):
                send_oauth_error(connection, "invalid_client", status="401 Unauthorized")
            elif form.get("grant_type") != "refresh_token":
                send_oauth_error(connection, "unsupported_grant_type")
            elif form.get("refresh_token") != self.refresh_token:
                send_oauth_error(connection, "invalid_grant", f"{form.get('refresh_token')} is not active")
            else:
                connection.respond(self.issue_tokens(), headers="Content-Type: application/json\r\n")

    def _accepts_client(self, form: dict[str, str], authorization: str | None) -> bool:
        credentials = form.get("client_id"), form.get("client_secret")
        method = "client_secret_post"
        if authorization is not None:
            name, _, password = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
            credentials, method = (unquote_plus(name), unquote_plus(password)), "client_secret_basic"
        if self.secret is None:
            return credentials == (self.client_id, None)
        return method in self.accepted_auth_methods and credentials == (self.client_id, self.secret)


def server_context(ca: trustme.CA, host: str) -> ssl.SSLContext:
    """Create the SSL context of a provider."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(host).configure_cert(context)
    return context


def pem(ca: trustme.CA) -> str:
    """Return the certificate of a CA in PEM."""
    return ca.cert_pem.bytes().decode()


def send_oauth_error(
    connection: ServerConnection, error: str, description: str | None = None, *, status: str = "400 Bad Request"
) -> None:
    """Send an error response in the format of OAuth 2.0."""
    document = {"error": error} | ({"error_description": description} if description else {})
    connection.respond(json.dumps(document).encode(), status=status, headers="Content-Type: application/json\r\n")
