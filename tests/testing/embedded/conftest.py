"""One server of each kind for the tests of what goes over the wire, and a client that hides nothing."""

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
NOBODY_TOKEN = "token-of-jane"
TIMEOUT = 20
_numbers = itertools.count()


@dataclass
class Answer:
    """A response; `document` is its body if that is JSON."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    phrase: str = ""
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
    def version(self) -> str:
        version: str = self.document["metadata"]["resourceVersion"]
        return version

    @property
    def names(self) -> list[str]:
        return [item["metadata"]["name"] for item in self.document["items"]]

    @property
    def causes(self) -> list[tuple[str, str]]:
        causes = self.document["details"]["causes"]
        return list(dict.fromkeys((cause["reason"], cause["field"]) for cause in causes))


class Events:
    """The events of a watch, read line by line as they come."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.getheaders()
        self._response = response

    def next(self) -> dict[str, Any] | None:
        """Return the next event; None at the end of the stream."""
        line = self._response.readline()
        return json.loads(line) if line else None

    def line(self) -> bytes:
        """Return the next line as it is; empty at the end of the stream."""
        return self._response.readline()

    def take(self, count: int) -> list[dict[str, Any]]:
        events = [self.next() for _ in range(count)]
        assert None not in events, f"the stream ended early: {events}"
        return [event for event in events if event is not None]

    def rest(self) -> list[dict[str, Any]]:
        """Read to the end of the stream."""
        return list(iter(self.next, None))


class Wire:
    """A client of one server, in one namespace of its own."""

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
    ) -> Answer:
        """Send one request on a connection of its own; what is no text is sent as JSON."""
        with self._connection(anonymous=anonymous or token is not None) as connection:
            sent = self._headers(accept, token, anonymous=anonymous)
            if body is not None and not isinstance(body, (str, bytes)):
                body = json.dumps(body)
            if body is not None and content_type:
                sent["Content-Type"] = content_type
            connection.request(method, path, body=body, headers={**sent, **dict(headers)})
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read(), response.reason)

    def patch(self, path: str, body: Any, content_type: str = MERGE, **more: Any) -> Answer:
        return self.request("PATCH", path, body, content_type=content_type, **more)

    @contextlib.contextmanager
    def watch(self, path: str, accept: str = JSON) -> Iterator[Events]:
        with self._connection(anonymous=False) as connection:
            connection.request("GET", path, headers=self._headers(accept, None, anonymous=False))
            yield Events(connection.getresponse())

    def config_map(self, name: str, **more: Any) -> dict[str, Any]:
        """Make a ConfigMap; `labels` and `finalizers` go into its metadata."""
        metadata = {key: more.pop(key) for key in ("labels", "finalizers", "annotations") if key in more}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}, **more}

    def create(self, plural: str, body: dict[str, Any], *, group: str = "") -> Answer:
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
def api_handle(request: pytest.FixtureRequest) -> Iterator[ServerHandle]:
    """A server without controllers: what it stores changes only by requests."""
    if request.param == "embedded":
        server = EmbeddedServer(
            tokens={NOBODY_TOKEN: Identity("jane", ("devs",))},
            authorize=lambda user, _: user.name != "jane",
            controllers=(),
        )
        with server as handle:
            yield handle
        assert server.failures == []
        return
    try:
        control_plane = ControlPlane(controller_manager=False, token_users=[TokenUser("jane", ("devs",), NOBODY_TOKEN)])
        handle = control_plane.start()
    except ControlPlaneUnavailable as error:
        pytest.skip(str(error))
    with contextlib.closing(_Stopper(control_plane)):
        yield handle


class _Stopper:
    def __init__(self, control_plane: ControlPlane) -> None:
        self.close = control_plane.stop


@pytest.fixture
def wire(api_handle: ServerHandle) -> Wire:
    """A client in a fresh namespace."""
    return _wire(api_handle)


@pytest.fixture
def make_wire() -> Callable[..., Wire]:
    """Makes a client of a server, in a fresh namespace unless told not to create one."""
    return _wire


def _wire(handle: ServerHandle, *, create: bool = True) -> Wire:
    client = Wire(handle)
    if create:
        answer = client.request("POST", "/api/v1/namespaces", {"metadata": {"name": client.namespace}})
        assert answer.status == 201, answer.body
    return client
