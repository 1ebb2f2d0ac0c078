"""An embedded and a real server for the HTTP tests, and a client that gives access to the complete response."""

import contextlib
import http.client
import itertools
import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from kubex_testing._handle import ServerHandle
from kubex_testing._pki import Identity as TlsIdentity
from kubex_testing._pki import client_context
from kubex_testing.controlplane import ControlPlane, ControlPlaneUnavailable, TokenUser
from kubex_testing.embedded import EmbeddedServer, Identity

JSON = "application/json"
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"
JANE_TOKEN = "token-of-jane"
TIMEOUT = 20
_numbers = itertools.count()


@dataclass
class HttpResponse:
    """A response. `document` is the decoded body if it is JSON."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    reason_phrase: str = ""
    document: Any = field(init=False)

    def __post_init__(self) -> None:
        try:
            self.document = json.loads(self.body)
        except ValueError:
            self.document = None

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def warnings(self) -> list[str]:
        return [value for key, value in self.headers if key.lower() == "warning"]

    @property
    def reason(self) -> str | None:
        reason: str | None = self.document.get("reason")
        return reason

    @property
    def resource_version(self) -> str:
        resource_version: str = self.document["metadata"]["resourceVersion"]
        return resource_version

    @property
    def names(self) -> list[str]:
        return [item["metadata"]["name"] for item in self.document["items"]]

    @property
    def causes(self) -> list[tuple[str, str]]:
        causes = self.document["details"]["causes"]
        return list(dict.fromkeys((cause["reason"], cause["field"]) for cause in causes))


class WatchStream:
    """The events of a watch, which are read line by line."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.getheaders()
        self._response = response

    def next(self) -> dict[str, Any] | None:
        """Return the next event, or None at the end of the stream."""
        line = self._response.readline()
        return json.loads(line) if line else None

    def line(self) -> bytes:
        """Return the next line, or an empty value at the end of the stream."""
        return self._response.readline()

    def take(self, count: int) -> list[dict[str, Any]]:
        events = [self.next() for _ in range(count)]
        assert None not in events, f"the stream ended early: {events}"
        return [event for event in events if event is not None]

    def rest(self) -> list[dict[str, Any]]:
        """Read to the end of the stream."""
        return list(iter(self.next, None))


class RawClient:
    """An HTTP client of one server, with a separate namespace."""

    def __init__(self, handle: ServerHandle) -> None:
        self.handle = handle
        self.namespace = f"t{next(_numbers)}"
        self._url = urlsplit(handle.url)
        self._context = _context(handle)
        self._anonymous = _context(handle.anonymous())

    def path(self, plural: str, *rest: str, group: str = "", **query: str) -> str:
        """Build the path of a resource in this namespace."""
        prefix = f"/apis/{group}" if group else "/api/v1"
        parameters = "&".join(f"{key.rstrip('_')}={quote(value)}" for key, value in query.items())
        path = "/".join((f"{prefix}/namespaces/{self.namespace}/{plural}", *rest))
        return f"{path}?{parameters}" if parameters else path

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content_type: str | None = JSON,
        accept: str | None = JSON,
        token: str | None = None,
        anonymous: bool = False,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> HttpResponse:
        """Send one request on a new connection. Bodies other than strings and bytes are encoded as JSON."""
        with self._connection(anonymous=anonymous or token is not None) as connection:
            sent = self._headers(accept, token, anonymous=anonymous)
            if body is not None and not isinstance(body, (str, bytes)):
                body = json.dumps(body)
            if body is not None and content_type:
                sent["Content-Type"] = content_type
            connection.request(method, path, body=body, headers={**sent, **dict(headers)})
            response = connection.getresponse()
            return HttpResponse(response.status, response.getheaders(), response.read(), response.reason)

    def patch(self, path: str, body: Any, content_type: str = MERGE, **more: Any) -> HttpResponse:
        return self.request("PATCH", path, body, content_type=content_type, **more)

    @contextlib.contextmanager
    def watch(self, path: str, accept: str = JSON) -> Iterator[WatchStream]:
        with self._connection(anonymous=False) as connection:
            connection.request("GET", path, headers=self._headers(accept, None, anonymous=False))
            yield WatchStream(connection.getresponse())

    def config_map(self, name: str, **more: Any) -> dict[str, Any]:
        """Return a ConfigMap. `labels`, `finalizers` and `annotations` are set in its metadata."""
        metadata = {key: more.pop(key) for key in ("labels", "finalizers", "annotations") if key in more}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}, **more}

    def create(self, plural: str, body: dict[str, Any], *, group: str = "") -> HttpResponse:
        answer = self.request("POST", self.path(plural, group=group), body)
        assert answer.status == 201, answer.body
        return answer

    def _headers(self, accept: str | None, token: str | None, *, anonymous: bool) -> dict[str, str]:
        headers = {"User-Agent": "probe/1.0"}
        if accept is not None:
            headers["Accept"] = accept
        token = token or (None if anonymous else self.handle.token)
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return headers

    @contextlib.contextmanager
    def _connection(self, *, anonymous: bool) -> Iterator[http.client.HTTPConnection]:
        context = self._anonymous if anonymous else self._context
        host, port = self._url.hostname or "", self._url.port
        if context is None:
            connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        else:
            connection = http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=context)
        try:
            yield connection
        finally:
            connection.close()


def _context(handle: ServerHandle) -> ssl.SSLContext | None:
    if handle.ca_pem is None:
        return None
    if handle.client_cert_pem is None or handle.client_key_pem is None:
        return client_context(handle.ca_pem)
    return client_context(handle.ca_pem, TlsIdentity(handle.client_cert_pem, handle.client_key_pem))


@pytest.fixture(scope="session", params=["embedded", "real"])
def server_handle(request: pytest.FixtureRequest) -> Iterator[ServerHandle]:
    """A server without controllers, so that only requests change the stored objects."""
    if request.param == "embedded":
        server = EmbeddedServer(
            tokens={JANE_TOKEN: Identity("jane", ("devs",))},
            authorize=lambda user, _: user.name != "jane",
            controllers=(),
        )
        with server as handle:
            yield handle
        assert server.failures == []
        return
    try:
        control_plane = ControlPlane(controller_manager=False, token_users=[TokenUser("jane", ("devs",), JANE_TOKEN)])
        handle = control_plane.start()
    except ControlPlaneUnavailable as error:
        pytest.skip(str(error))
    with contextlib.closing(_Stopper(control_plane)):
        yield handle


class _Stopper:
    def __init__(self, control_plane: ControlPlane) -> None:
        self.close = control_plane.stop


@pytest.fixture
def client(server_handle: ServerHandle) -> RawClient:
    """A client in a new namespace."""
    return _make_client(server_handle)


@pytest.fixture(scope="session")
def make_client() -> Callable[..., RawClient]:
    """A function that creates a client of a server, by default in a new namespace."""
    return _make_client


def _make_client(handle: ServerHandle, *, create: bool = True) -> RawClient:
    client = RawClient(handle)
    if create:
        answer = client.request("POST", "/api/v1/namespaces", {"metadata": {"name": client.namespace}})
        assert answer.status == 201, answer.body
    return client
