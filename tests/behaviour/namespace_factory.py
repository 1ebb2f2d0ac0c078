"""Creates namespaces for tests with `http.client`, so that no code under test is used."""

import http.client
import json
import os
import time
from typing import Any
from urllib.parse import urlsplit

from kubex_testing import ServerHandle
from kubex_testing._pki import Identity, client_context
from kubex_testing.controlplane._assets import uses_existing_cluster

NAMESPACES_PATH = "/api/v1/namespaces"

# In seconds. Servers close connections that are idle for longer, so a new connection is opened after this time.
MAX_IDLE_TIME = 20.0


class NamespaceFactory:
    """Creates namespaces on one server over one connection, and deletes them when it is closed."""

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
        self._created: list[str] = []
        self._last_used = time.monotonic()  # real time: of the server

    def create(self) -> str:
        """Create a namespace with a generated name and return the name."""
        created = self._send("POST", NAMESPACES_PATH, {"metadata": {"generateName": "behaviour-"}})
        name: str = created["metadata"]["name"]
        self._created.append(name)
        return name

    def close(self) -> None:
        """Delete the namespaces of an existing cluster; other servers are removed with their data.

        Hundreds of deletions would keep the namespace controller busy for longer than its own tests wait.
        """
        if uses_existing_cluster(os.environ):
            for name in self._created:
                self._send("DELETE", f"{NAMESPACES_PATH}/{name}")
        self._connection.close()

    def _send(self, method: str, path: str, body: object = None) -> Any:
        if time.monotonic() - self._last_used > MAX_IDLE_TIME:  # real time: of the server
            self._connection.close()  # the next request opens a new one
        try:
            self._connection.request(method, path, json.dumps(body), self._headers)
            response = self._connection.getresponse()
            document = json.loads(response.read())
        except BaseException:
            self._connection.close()  # an unfinished response would break the next request
            raise
        self._last_used = time.monotonic()  # real time: of the server
        assert response.status < 300, document
        return document
