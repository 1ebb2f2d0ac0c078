"""Namespaces for tests, made over a plain connection that no client under test has a part in."""

import http.client
import json
import os
import time
from typing import Any
from urllib.parse import urlsplit

from kubex_testing import ServerHandle
from kubex_testing._pki import Identity, client_context
from kubex_testing.controlplane._assets import uses_existing_cluster

NAMESPACES = "/api/v1/namespaces"

# In seconds: a server may have closed a connection that was idle for longer.
IDLE = 20.0


class Namespaces:
    """Makes namespaces on one server, over one connection, and deletes them all in the end."""

    def __init__(self, handle: ServerHandle) -> None:
        identity = None
        if handle.client_cert_pem is not None and handle.client_key_pem is not None:
            identity = Identity(handle.client_cert_pem, handle.client_key_pem)
        self._connection = http.client.HTTPSConnection(
            urlsplit(handle.url).netloc, context=client_context(handle.ca_pem, identity), timeout=30
        )
        self._headers = {"Content-Type": "application/json"}
        if handle.token is not None:
            self._headers["Authorization"] = f"Bearer {handle.token}"
        self._made: list[str] = []
        self._used = time.monotonic()  # real time: of the server

    def make(self) -> str:
        """Make a namespace and return its name."""
        made = self._send("POST", NAMESPACES, {"metadata": {"generateName": "behaviour-"}})
        name: str = made["metadata"]["name"]
        self._made.append(name)
        return name

    def close(self) -> None:
        """Delete the namespaces of an existing cluster; other servers are removed with their data.

        Hundreds of deletions would keep the namespace controller busy for longer than its own tests wait.
        """
        if uses_existing_cluster(os.environ):
            for name in self._made:
                self._send("DELETE", f"{NAMESPACES}/{name}")
        self._connection.close()

    def _send(self, method: str, path: str, body: object = None) -> Any:
        if time.monotonic() - self._used > IDLE:  # real time: of the server
            self._connection.close()  # the next request opens another
        try:
            self._connection.request(method, path, json.dumps(body), self._headers)
            response = self._connection.getresponse()
            document = json.loads(response.read())
        except BaseException:
            self._connection.close()  # it is in the middle of something, and the next test needs another
            raise
        self._used = time.monotonic()  # real time: of the server
        assert response.status < 300, document
        return document
