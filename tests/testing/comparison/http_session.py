"""A small HTTP client of one server, which keeps its connection."""

import contextlib
import http.client
import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import yaml

from kubex_testing._handle import ServerHandle
from kubex_testing._pki import Identity, client_context

TIMEOUT = 60


@dataclass(frozen=True)
class Exchange:
    """A response: its status, the headers that are compared, and its body."""

    status: int
    content_type: str = ""
    warnings: tuple[str, ...] = ()
    body: bytes = b""
    document: Any = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "document", _decoded(self.content_type, self.body))

    def events(self) -> list[Any]:
        """Return the events of a watch."""
        return [json.loads(line) for line in self.body.splitlines() if line]


def _decoded(content_type: str, body: bytes) -> Any:
    with contextlib.suppress(ValueError, yaml.YAMLError):
        if content_type.startswith("application/json"):
            return json.loads(body)
        if content_type.startswith("application/yaml"):
            # Without the implicit types of YAML, times stay strings.
            return yaml.load(body, Loader=_JsonTypesLoader)  # noqa: S506  # a subclass of SafeLoader
    return None


class _JsonTypesLoader(yaml.SafeLoader):
    """Decode times as strings, as in JSON."""


_JsonTypesLoader.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for key, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Server:
    """The connections to one server. Each thread has one."""

    def __init__(self, name: str, handle: ServerHandle) -> None:
        self.name = name
        self._url = urlsplit(handle.url)
        self._context = _context(handle)
        self._local = threading.local()
        self._connections: list[http.client.HTTPConnection] = []

    def send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Exchange:
        """Send a request and read the response, on the connection of this thread."""
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect()
            self._connections.append(connection)
        try:
            return _exchange(_start(connection, method, path, body, headers))
        except (http.client.HTTPException, ConnectionError):
            # The server may close an idle connection at any time.
            connection.close()
            return _exchange(_start(connection, method, path, body, headers))

    @contextlib.contextmanager
    def open_stream(self, path: str, headers: Mapping[str, str]) -> Iterator[http.client.HTTPResponse]:
        """Send a GET request on a new connection, and wait for the headers of the response."""
        connection = self._connect()
        try:
            yield _start(connection, "GET", path, None, headers)
        finally:
            connection.close()

    def close(self) -> None:
        """Close the connections of all threads."""
        for connection in self._connections:
            connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        if self._context is None:
            return http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=self._context)


def _start(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
) -> http.client.HTTPResponse:
    # Without these, http.client adds headers that the step does not contain.
    connection.putrequest(method, quote(path, safe="/?&=%:,;*!@~()'+"), skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    return connection.getresponse()


def _exchange(response: http.client.HTTPResponse) -> Exchange:
    return finish(response, response.read())


def read_to_end(response: http.client.HTTPResponse) -> Exchange:
    """Read a stream to its end, and return the exchange. A broken stream contains the text `broken` at its end."""
    try:
        return finish(response, response.read())
    except http.client.IncompleteRead as error:
        return finish(response, error.partial + b'{"type":"BROKEN"}\n')


def finish(response: http.client.HTTPResponse, body: bytes) -> Exchange:
    """Return the exchange of a response whose body was read."""
    warnings = response.headers.get_all("Warning") or []
    return Exchange(response.status, response.headers.get("Content-Type", ""), tuple(warnings), body)


def _context(handle: ServerHandle) -> ssl.SSLContext | None:
    if handle.ca_pem is None:
        return None
    if handle.client_cert_pem is None or handle.client_key_pem is None:
        return client_context(handle.ca_pem)
    return client_context(handle.ca_pem, Identity(handle.client_cert_pem, handle.client_key_pem))
