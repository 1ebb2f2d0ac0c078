"""Errors are the same exceptions on each backend."""

import socket
import ssl
import threading
import traceback
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import trustme

from kubex.errors import (
    ConnectError,
    ConnectionLost,
    ConnectTimeout,
    ReadTimeout,
    ServerCertificateError,
    TLSError,
    TransportError,
)
from kubex.transport import Limits, PreparedRequest
from kubex_testing.compliance._ports import free_port
from kubex_testing.compliance.servers import (
    WAIT_TIMEOUT,
    ConnectionHandler,
    OpenTransport,
    Server,
    ServerConnection,
    StartServer,
)
from support.backend_pairs import HTTPX_PAIRS

pytestmark = [pytest.mark.anyio, pytest.mark.covers("pitfall-22")]


@pytest.fixture
def full_listener() -> Iterator[str]:
    """Listen on a port with a full queue, so that connections to it are never established."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def close_after_request(connection: ServerConnection) -> None:
    """Read a request, then close the connection."""
    connection.read_request()


def reset_after_request(connection: ServerConnection) -> None:
    """Read a request, then reset the connection."""
    connection.read_request()
    connection.reset_on_close()


def never_respond(connection: ServerConnection) -> None:
    """Read until the client closes the connection."""
    connection.wait_until_closed()


def send_bytes(data: bytes) -> ConnectionHandler:
    """Return a handler that sends these bytes after the first request."""

    def handle(connection: ServerConnection) -> None:
        connection.read_request()
        connection.send(data)

    return handle


async def test_refused_connection_raises_connect_error(open_transport: OpenTransport) -> None:
    port = free_port()
    async with open_transport() as transport:
        with pytest.raises(ConnectError, match=f"GET http://127.0.0.1:{port}/x: ") as raised:
            await transport.request(PreparedRequest("GET", f"http://127.0.0.1:{port}/x?token=secret"))
    assert type(raised.value) is ConnectError
    assert raised.value.__cause__ is not None


@pytest.mark.parametrize("host", ["a" * 70 + ".test", "nowhere.test"])
async def test_unresolvable_host_raises_transport_error(
    open_transport: OpenTransport, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    def no_address(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_address)
    async with open_transport() as transport:
        with pytest.raises(TransportError):
            await transport.request(PreparedRequest("GET", f"http://{host}/"))


async def test_slow_tcp_connect_raises_connect_timeout(open_transport: OpenTransport, full_listener: str) -> None:
    async with open_transport() as transport:
        with pytest.raises(ConnectTimeout) as raised:
            await transport.request(
                PreparedRequest("GET", f"{full_listener}/?token=secret", limits=Limits(connect=0.05))
            )
    assert isinstance(raised.value, TimeoutError)
    assert str(raised.value) == f"GET {full_listener}/: no connection within 0.05 s (connect timeout)"


async def test_slow_tls_handshake_raises_connect_timeout(
    open_transport: OpenTransport, start_server: StartServer, client_tls: ssl.SSLContext
) -> None:
    server = start_server(never_respond)
    async with open_transport(ssl_context=client_tls) as transport:
        with pytest.raises(ConnectTimeout, match=r"no connection within 0\.05 s \(connect timeout\)"):
            await transport.request(PreparedRequest("GET", f"https://{server.netloc}/", limits=Limits(connect=0.05)))


@pytest.mark.parametrize("script", [close_after_request, reset_after_request])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_connection_closed_before_the_response_raises_connection_lost(
    open_transport: OpenTransport, start_server: StartServer, script: ConnectionHandler, method: str
) -> None:
    server = start_server(script)
    async with open_transport() as transport:
        with pytest.raises(ConnectionLost) as raised:
            await transport.request(PreparedRequest(method, server.url + "/"))
    assert type(raised.value) is ConnectionLost
    assert len(server.requests) == 1


async def test_slow_response_raises_read_timeout(open_transport: OpenTransport, start_server: StartServer) -> None:
    server = start_server(never_respond)
    async with open_transport() as transport:
        with pytest.raises(ReadTimeout) as raised:
            await transport.request(PreparedRequest("GET", server.url + "/", limits=Limits(read=0.05)))
    assert isinstance(raised.value, TimeoutError)
    assert str(raised.value) == f"GET {server.url}/: no data from the server for 0.05 s (read timeout)"


@pytest.mark.parametrize("pair", HTTPX_PAIRS, ids=str)
async def test_slow_body_upload_raises_read_timeout_on_httpx(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    request_failed = threading.Event()

    def read_headers_only(connection: ServerConnection) -> None:
        connection.read_more()
        assert request_failed.wait(WAIT_TIMEOUT)

    server = start_server(read_headers_only)
    async with open_transport() as transport:
        request = PreparedRequest("POST", server.url + "/", body=bytes(2**26), limits=Limits(write=0.2))
        with pytest.raises(ReadTimeout, match=r"the server did not accept data for 0\.2 s \(write timeout\)$"):
            await transport.request(request)
        request_failed.set()


@pytest.mark.parametrize(
    "response",
    [
        b"this is not HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 2**20 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a length\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
    ids=[
        "not-http",
        "long-header",
        "header-without-colon",
        "invalid-chunk-size",
        "invalid-content-length",
        "truncated-headers",
        "truncated-body",
        "truncated-chunk",
    ],
)
async def test_malformed_response_raises_connection_lost(
    open_transport: OpenTransport, start_server: StartServer, response: bytes
) -> None:
    async with open_transport() as transport:
        with pytest.raises(ConnectionLost) as raised:
            await transport.request(PreparedRequest("GET", start_server(send_bytes(response)).url + "/"))
    assert len(str(raised.value)) < 1000
    assert len(str(raised.value).splitlines()) == 1
    assert "message:" not in str(raised.value)


@pytest.mark.parametrize(
    "request_",
    [
        PreparedRequest("GET", "http://127.0.0.1:1/", (("X-Bad", "a\r\nX-Injected: b"),)),
        PreparedRequest("GET", "http://127.0.0.1:99999/"),
        PreparedRequest("GET", "http:///path"),
    ],
    ids=["header", "port", "host"],
)
async def test_invalid_request_raises_transport_error(open_transport: OpenTransport, request_: PreparedRequest) -> None:
    async with open_transport() as transport:
        with pytest.raises(TransportError) as raised:
            await transport.request(request_)
    assert not isinstance(raised.value, ConnectionLost)


async def test_untrusted_server_certificate_raises_server_certificate_error(
    open_transport: OpenTransport, start_server: StartServer, server_tls: ssl.SSLContext
) -> None:
    server = start_server(tls=server_tls)
    async with open_transport(ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)) as transport:
        with pytest.raises(ServerCertificateError, match="certificate was rejected: unable to get local issuer"):
            await transport.request(PreparedRequest("GET", server.url + "/"))
    assert not server.requests


async def test_certificate_for_another_host_raises_tls_error(
    open_transport: OpenTransport, start_server: StartServer, client_tls: ssl.SSLContext, authority: trustme.CA
) -> None:
    other = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("other.test").configure_cert(other)
    async with open_transport(ssl_context=client_tls) as transport:
        with pytest.raises(TLSError, match=r"127\.0\.0\.1"):
            await transport.request(PreparedRequest("GET", start_server(tls=other).url + "/"))


async def test_server_without_tls_raises_tls_error(
    open_transport: OpenTransport, start_server: StartServer, client_tls: ssl.SSLContext
) -> None:
    def respond_without_tls(connection: ServerConnection) -> None:
        connection.read_more()
        connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    async with open_transport(ssl_context=client_tls) as transport:
        with pytest.raises(TLSError):
            await transport.request(PreparedRequest("GET", f"https://{start_server(respond_without_tls).netloc}/"))


async def test_connection_closed_during_tls_handshake_raises_connect_error(
    open_transport: OpenTransport, start_server: StartServer, client_tls: ssl.SSLContext
) -> None:
    def close_after_client_hello(connection: ServerConnection) -> None:
        connection.read_more()

    async with open_transport(ssl_context=client_tls) as transport:
        with pytest.raises(ConnectError):
            await transport.request(PreparedRequest("GET", f"https://{start_server(close_after_client_hello).netloc}/"))


@pytest.mark.filterwarnings("ignore:unclosed transport:ResourceWarning")  # asyncio of Python 3.10, after an alert
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_missing_client_certificate_raises_tls_error(
    open_transport: OpenTransport,
    start_server: StartServer,
    client_tls: ssl.SSLContext,
    authority: trustme.CA,
    version: ssl.TLSVersion,
) -> None:
    strict = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    strict.maximum_version = version
    strict.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(strict)
    authority.issue_cert("127.0.0.1").configure_cert(strict)
    server: Server = start_server(tls=strict)
    async with open_transport(ssl_context=client_tls) as transport:
        with pytest.raises(TLSError, match=r"(?i)alert"):
            await transport.request(PreparedRequest("GET", server.url + "/"))
    assert not server.requests


@pytest.mark.parametrize("value", ["Bearer swordfish", "Bearer swordfish\n", "Bearer sword\0fish"])
async def test_error_does_not_contain_header_values_and_query(
    open_transport: OpenTransport, start_server: StartServer, value: str
) -> None:
    server = start_server(close_after_request)
    request = PreparedRequest("GET", server.url + "/?token=abc", (("Authorization", value),))
    async with open_transport() as transport:
        with pytest.raises(TransportError) as raised:
            await transport.request(request)
    output = "".join(traceback.format_exception(raised.value))
    assert "sword" not in output
    assert "token=abc" not in str(raised.value)
