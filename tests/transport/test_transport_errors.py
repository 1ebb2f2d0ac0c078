"""What goes wrong comes as one family of exceptions, whatever the HTTP library."""

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
from support.backend_pairs import PAIRS
from support.ports import free_port
from transport.socket_server import SECONDS, Open, Peer, Script, Serve, Server

pytestmark = [pytest.mark.anyio, pytest.mark.covers("pitfall-22")]


@pytest.fixture
def deaf() -> Iterator[str]:
    """Listen at a port whose queue is full, so that connecting to it takes for ever."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def hang_up(peer: Peer) -> None:
    """Take a request and go."""
    peer.request()


def reset(peer: Peer) -> None:
    """Take a request and break the connection."""
    peer.request()
    peer.reset()


def silent(peer: Peer) -> None:
    """Take whatever comes."""
    peer.wait_until_closed()


def say(answer: bytes) -> Script:
    """Answer a request with just these bytes."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(answer)

    return script


async def test_a_refused_connection(open_transport: Open) -> None:
    port = free_port()
    async with open_transport() as transport:
        with pytest.raises(ConnectError, match=f"GET http://127.0.0.1:{port}/x: ") as raised:
            await transport.request(PreparedRequest("GET", f"http://127.0.0.1:{port}/x?token=secret"))
    assert type(raised.value) is ConnectError
    assert raised.value.__cause__ is not None


@pytest.mark.parametrize("host", ["a" * 70 + ".test", "nowhere.test"])
async def test_a_host_that_has_no_address(open_transport: Open, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    def no_address(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_address)
    async with open_transport() as transport:
        with pytest.raises(TransportError):
            await transport.request(PreparedRequest("GET", f"http://{host}/"))


async def test_connecting_takes_too_long(open_transport: Open, deaf: str) -> None:
    async with open_transport() as transport:
        with pytest.raises(ConnectTimeout) as raised:
            await transport.request(PreparedRequest("GET", f"{deaf}/?token=secret", limits=Limits(connect=0.05)))
    assert isinstance(raised.value, TimeoutError)
    assert str(raised.value) == f"GET {deaf}/: no connection within 0.05 s (connect timeout)"


async def test_the_handshake_takes_too_long(open_transport: Open, serve: Serve, client_tls: ssl.SSLContext) -> None:
    server = serve(silent)
    async with open_transport(ssl_context=client_tls) as transport:
        with pytest.raises(ConnectTimeout, match=r"no connection within 0\.05 s \(connect timeout\)"):
            await transport.request(PreparedRequest("GET", f"https://{server.host}/", limits=Limits(connect=0.05)))


@pytest.mark.parametrize("script", [hang_up, reset])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_no_answer(open_transport: Open, serve: Serve, script: Script, method: str) -> None:
    server = serve(script)
    async with open_transport() as transport:
        with pytest.raises(ConnectionLost) as raised:
            await transport.request(PreparedRequest(method, server.url + "/"))
    assert type(raised.value) is ConnectionLost
    assert len(server.seen) == 1


async def test_the_answer_takes_too_long(open_transport: Open, serve: Serve) -> None:
    server = serve(silent)
    async with open_transport() as transport:
        with pytest.raises(ReadTimeout) as raised:
            await transport.request(PreparedRequest("GET", server.url + "/", limits=Limits(read=0.05)))
    assert isinstance(raised.value, TimeoutError)
    assert str(raised.value) == f"GET {server.url}/: no data from the server for 0.05 s (read timeout)"


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.backend == "httpx"], ids=str)
async def test_the_server_takes_nothing_for_too_long(open_transport: Open, serve: Serve) -> None:
    over = threading.Event()

    def deaf_to_the_body(peer: Peer) -> None:
        peer.more()
        assert over.wait(SECONDS)

    server = serve(deaf_to_the_body)
    async with open_transport() as transport:
        request = PreparedRequest("POST", server.url + "/", body=bytes(2**26), limits=Limits(write=0.2))
        with pytest.raises(ReadTimeout, match=r"the server did not accept data for 0\.2 s \(write timeout\)$"):
            await transport.request(request)
        over.set()


@pytest.mark.parametrize(
    "answer",
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
    ids=["garbage", "long-header", "bad-header", "bad-chunk", "bad-length", "cut-off", "short", "short-chunk"],
)
async def test_an_answer_that_is_not_http(open_transport: Open, serve: Serve, answer: bytes) -> None:
    async with open_transport() as transport:
        with pytest.raises(ConnectionLost) as raised:
            await transport.request(PreparedRequest("GET", serve(say(answer)).url + "/"))
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
async def test_a_request_that_cannot_be_sent(open_transport: Open, request_: PreparedRequest) -> None:
    async with open_transport() as transport:
        with pytest.raises(TransportError) as raised:
            await transport.request(request_)
    assert not isinstance(raised.value, ConnectionLost)


async def test_an_authority_that_is_not_trusted(open_transport: Open, serve: Serve, server_tls: ssl.SSLContext) -> None:
    server = serve(tls=server_tls)
    async with open_transport(ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)) as transport:
        with pytest.raises(ServerCertificateError, match="certificate was rejected: unable to get local issuer"):
            await transport.request(PreparedRequest("GET", server.url + "/"))
    assert not server.seen


async def test_a_certificate_of_another_name(
    open_transport: Open, serve: Serve, client_tls: ssl.SSLContext, authority: trustme.CA
) -> None:
    other = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("other.test").configure_cert(other)
    async with open_transport(ssl_context=client_tls) as transport:
        with pytest.raises(TLSError, match=r"127\.0\.0\.1"):
            await transport.request(PreparedRequest("GET", serve(tls=other).url + "/"))


async def test_a_server_without_tls(open_transport: Open, serve: Serve, client_tls: ssl.SSLContext) -> None:
    def plain(peer: Peer) -> None:
        peer.more()
        peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    async with open_transport(ssl_context=client_tls) as transport:
        with pytest.raises(TLSError):
            await transport.request(PreparedRequest("GET", f"https://{serve(plain).host}/"))


async def test_a_server_that_hangs_up_in_the_handshake(
    open_transport: Open, serve: Serve, client_tls: ssl.SSLContext
) -> None:
    def leave(peer: Peer) -> None:
        peer.more()

    async with open_transport(ssl_context=client_tls) as transport:
        with pytest.raises(ConnectError):
            await transport.request(PreparedRequest("GET", f"https://{serve(leave).host}/"))


@pytest.mark.filterwarnings("ignore:unclosed transport:ResourceWarning")  # asyncio of Python 3.10, after an alert
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_client_certificate_is_missing(
    open_transport: Open, serve: Serve, client_tls: ssl.SSLContext, authority: trustme.CA, version: ssl.TLSVersion
) -> None:
    strict = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    strict.maximum_version = version
    strict.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(strict)
    authority.issue_cert("127.0.0.1").configure_cert(strict)
    server: Server = serve(tls=strict)
    async with open_transport(ssl_context=client_tls) as transport:
        with pytest.raises(TLSError, match=r"(?i)alert"):
            await transport.request(PreparedRequest("GET", server.url + "/"))
    assert not server.seen


@pytest.mark.parametrize("value", ["Bearer swordfish", "Bearer swordfish\n", "Bearer sword\0fish"])
async def test_headers_stay_out_of_the_error(open_transport: Open, serve: Serve, value: str) -> None:
    server = serve(hang_up)
    request = PreparedRequest("GET", server.url + "/?token=abc", (("Authorization", value),))
    async with open_transport() as transport:
        with pytest.raises(TransportError) as raised:
            await transport.request(request)
    shown = "".join(traceback.format_exception(raised.value))
    assert "sword" not in shown
    assert "token=abc" not in str(raised.value)
