"""Fixtures with kubeconfigs, certificates and servers for the tests of configuration and credentials."""

import socket
import socketserver
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import trustme
import yaml
from typing_extensions import override

WriteKubeconfig = Callable[..., Path]


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Run async tests on each async library; these tests do not use an HTTP backend."""
    return str(request.param)


@pytest.fixture(autouse=True)
def isolate_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hide the kubeconfig, the pod and the proxies of this machine from the tests."""
    names = ["KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "POD_NAMESPACE", "USERPROFILE"]
    names += [f"{scheme}_proxy" for scheme in ("http", "https", "all", "no")]
    for name in names:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))


@pytest.fixture
def write_kubeconfig(tmp_path: Path) -> WriteKubeconfig:
    """Write a kubeconfig with one context `here` of the given cluster and user fields, and return its path."""

    def write(
        cluster: dict[str, Any] | None = None,
        user: dict[str, Any] | None = None,
        context: dict[str, Any] | None = None,
        *,
        path: Path | None = None,
        **top: Any,
    ) -> Path:
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "here",
            "contexts": [{"name": "here", "context": {"cluster": "c", "user": "admin", **(context or {})}}],
            "clusters": [{"name": "c", "cluster": {"server": "https://192.0.2.1:6443", **(cluster or {})}}],
            "users": [{"name": "admin", "user": user or {}}],
            **top,
        }
        path = tmp_path / "kubeconfig" if path is None else path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(document))
        return path

    return write


@pytest.fixture(scope="session")
def ca() -> trustme.CA:
    """Create the CA that signs the certificates of the tests."""
    return trustme.CA()


class ClientPair(NamedTuple):
    """A client certificate and its key."""

    cert_pem: str
    key_pem: str


@pytest.fixture(scope="session")
def new_client_pair(ca: trustme.CA) -> Callable[[str], ClientPair]:
    """Return a function that creates client certificates."""

    def make(name: str) -> ClientPair:
        leaf = ca.issue_cert(f"{name}@example.com", common_name=name)
        cert = "".join(blob.bytes().decode() for blob in leaf.cert_chain_pems)
        return ClientPair(cert, leaf.private_key_pem.bytes().decode())

    return make


@pytest.fixture(scope="session")
def client_pair(new_client_pair: Callable[[str], ClientPair]) -> ClientPair:
    """Create one client certificate."""
    return new_client_pair("alice")


class ReceivedRequest(NamedTuple):
    """The request and the certificate that a server received on one connection."""

    server_name: str | None
    client: str | None
    request: str


class RecordingServer(socketserver.ThreadingTCPServer):
    """Responds to every request with 200 and `ok`, and records the requests."""

    daemon_threads = True
    context: ssl.SSLContext

    def __init__(self, handler: type[socketserver.BaseRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.received: list[Any] = []
        self.failures: list[BaseException | None] = []
        self.port: int = self.server_address[1]

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Record the error of a failed handshake instead of printing it."""
        self.failures.append(sys.exc_info()[1])


def read_head(stream: socket.socket) -> str:
    """Read a request without a body."""
    head = b""
    while b"\r\n\r\n" not in head:
        chunk = stream.recv(65536)
        if not chunk:
            break
        head += chunk
    return head.decode()


class TLSHandler(socketserver.BaseRequestHandler):
    """One TLS connection with one request."""

    server: RecordingServer

    @override
    def handle(self) -> None:
        """Do the TLS handshake, read a request and respond."""
        names: list[str | None] = []
        with self.server.context.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False) as stream:
            self.server.context.sni_callback = lambda _socket, name, _context: names.append(name)
            stream.do_handshake()
            peer: Any = stream.getpeercert() or {}
            subject = {name: value for part in peer.get("subject", ()) for name, value in part}
            request = read_head(stream)
            self.server.received.append(
                ReceivedRequest(names[-1] if names else None, subject.get("commonName"), request)
            )
            stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")


class ConnectHandler(socketserver.BaseRequestHandler):
    """One tunnel through a proxy, always to the same target, independent of the requested host."""

    server: "ProxyServer"

    @override
    def handle(self) -> None:
        """Open the tunnel and copy bytes in both directions."""
        head = read_head(self.request)
        self.server.received.append(head)
        with socket.create_connection(("127.0.0.1", self.server.target)) as target:
            self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            response_thread = threading.Thread(target=copy_bytes, args=(target, self.request))
            response_thread.start()
            copy_bytes(self.request, target)
            response_thread.join()


class ProxyServer(RecordingServer):
    """A proxy that opens tunnels for CONNECT requests."""

    target: int


def copy_bytes(source: socket.socket, sink: socket.socket) -> None:
    """Copy bytes until one side closes the connection."""
    try:
        while chunk := source.recv(65536):
            sink.sendall(chunk)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return  # the other direction has closed the sockets


@contextmanager
def running(server: RecordingServer) -> Iterator[RecordingServer]:
    """Run the server in a thread."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


StartTLSServer = Callable[..., RecordingServer]


@pytest.fixture
def start_tls_server(ca: trustme.CA) -> Iterator[StartTLSServer]:
    """Return a function that starts a TLS server with a certificate for names; it requests client certificates."""
    with ExitStack() as stack:

        def start(*names: str, issuer: trustme.CA = ca) -> RecordingServer:
            server = RecordingServer(TLSHandler)
            server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            server.context.verify_mode = ssl.CERT_OPTIONAL
            ca.configure_trust(server.context)
            issuer.issue_cert(*names).configure_cert(server.context)
            return stack.enter_context(running(server))

        yield start


@pytest.fixture
def start_proxy() -> Iterator[Callable[[int], ProxyServer]]:
    """Return a function that starts a proxy which connects to a local port."""
    with ExitStack() as stack:

        def start(target: int) -> ProxyServer:
            server = ProxyServer(ConnectHandler)
            server.target = target
            stack.enter_context(running(server))
            return server

        yield start
