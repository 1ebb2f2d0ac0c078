"""Requests that detect whether a control plane is ready."""

import http.client
import json
import ssl
from typing import Any
from urllib.parse import urlsplit

from kubex_testing._handle import ServerHandle
from kubex_testing._pki import Identity, client_context

TIMEOUT = 5.0


class Probe:
    """A minimal HTTP client for the server of a handle. Each request uses a new connection."""

    def __init__(self, handle: ServerHandle) -> None:
        self._url = urlsplit(handle.url)
        self._headers = {} if handle.token is None else {"Authorization": f"Bearer {handle.token}"}
        self._context = _tls(handle) if self._url.scheme == "https" else None

    def get(self, path: str) -> bytes | None:
        """Return the body of a 200 response. Returns None for other statuses and for connection errors."""
        connection = self._connect()
        try:
            connection.request("GET", self._url.path.rstrip("/") + path, headers=self._headers)
            response = connection.getresponse()
            body = response.read()
        # The server may not listen yet.
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        return body if response.status == http.client.OK else None

    def is_ready(self) -> bool:
        """Return whether the API server is ready and has created its initial namespaces."""
        # /readyz succeeds before the server creates the namespace default.
        return self.get("/readyz") is not None and self.get("/api/v1/namespaces/default") is not None

    def has_controllers(self) -> bool:
        """Return whether a controller manager runs."""
        # The service account controller creates this object.
        return self.get("/api/v1/namespaces/default/serviceaccounts/default") is not None

    def runs_workloads(self) -> bool:
        """Return whether the controllers that run also create Pods. The embedded server can run without them."""
        if b"+kubex-testing" not in (self.get("/version") or b""):
            return True
        # An embedded server creates this Pod only if it runs workloads.
        return self.get("/api/v1/namespaces/kube-system/pods/kube-apiserver") is not None

    def has_ready_node(self) -> bool:
        """Return whether the cluster has a node that is ready to run Pods."""
        body = self.get("/api/v1/nodes")
        nodes: list[dict[str, Any]] = [] if body is None else json.loads(body)["items"]
        conditions = [condition for node in nodes for condition in node.get("status", {}).get("conditions", [])]
        return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        if self._context is None:
            return http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=self._context)


def _tls(handle: ServerHandle) -> ssl.SSLContext:
    identity = None
    if handle.client_cert_pem is not None and handle.client_key_pem is not None:
        identity = Identity(handle.client_cert_pem, handle.client_key_pem)
    return client_context(handle.ca_pem, identity)
