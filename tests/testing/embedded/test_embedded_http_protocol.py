"""HTTP/1.1 with raw sockets."""

import socket
from collections.abc import Iterator

import pytest

from kubex_testing._pki import client_context
from kubex_testing.embedded import Answer, EmbeddedServer

PATH = "/api/v1/namespaces/default/configmaps"


class RawSocket:
    """A socket that sends raw bytes."""

    def __init__(self, server: EmbeddedServer) -> None:
        host, port = server.handle.url.removeprefix("http://").split(":")
        self.server = server
        self.token = server.handle.token
        self.socket = socket.create_connection((host, int(port)), timeout=5)

    def send(self, method: str, path: str, *headers: str, body: bytes = b"") -> None:
        lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {self.token}", *headers, "", ""]
        self.socket.sendall("\r\n".join(lines).encode() + body)

    def receive(self, until: bytes) -> bytes:
        data = b""
        while until not in data:
            chunk = self.socket.recv(65536)
            assert chunk, data
            data += chunk
        return data


@pytest.fixture
def raw_socket() -> Iterator[RawSocket]:
    server = EmbeddedServer(tls=False)
    with server:
        client = RawSocket(server)
        yield client
        client.socket.close()


def test_connection_serves_several_requests(raw_socket: RawSocket) -> None:
    for _ in range(3):
        raw_socket.send("GET", "/healthz")
        assert raw_socket.receive(b"\r\n\r\nok").startswith(b"HTTP/1.1 200 OK\r\n")


def test_responses_to_pipelined_requests_are_in_order(raw_socket: RawSocket) -> None:
    raw_socket.send("GET", "/healthz")
    raw_socket.send("GET", "/version")
    answers = raw_socket.receive(b'"platform"')
    assert answers.index(b"\r\n\r\nok") < answers.index(b'"gitVersion"')


def test_chunked_request_body_is_accepted(raw_socket: RawSocket) -> None:
    raw_socket.send("POST", PATH, "Transfer-Encoding: chunked", "Content-Type: application/json")
    for part in (b'{"metadata":', b'{"name":"a"}}'):
        raw_socket.socket.sendall(b"%x\r\n%s\r\n" % (len(part), part))
    raw_socket.socket.sendall(b"0\r\n\r\n")
    assert raw_socket.receive(b'"uid"').startswith(b"HTTP/1.1 201 ")


def test_expect_100_continue_gets_a_100_response(raw_socket: RawSocket) -> None:
    body = b'{"metadata":{"name":"a"}}'
    raw_socket.send("POST", PATH, f"Content-Length: {len(body)}", "Expect: 100-continue")
    assert raw_socket.receive(b"\r\n\r\n").startswith(b"HTTP/1.1 100 Continue\r\n")
    raw_socket.socket.sendall(body)
    assert raw_socket.receive(b'"uid"').startswith(b"HTTP/1.1 201 ")


def test_connection_close_header_closes_the_connection(raw_socket: RawSocket) -> None:
    raw_socket.send("GET", "/healthz", "Connection: close")
    assert raw_socket.receive(b"\r\n\r\nok")
    assert raw_socket.socket.recv(1) == b""


def test_invalid_http_gets_a_400_response(raw_socket: RawSocket) -> None:
    raw_socket.socket.sendall(b"what?\r\n\r\n")
    assert raw_socket.receive(b"\r\n\r\n").startswith(b"HTTP/1.1 400 Bad Request\r\n")
    while raw_socket.socket.recv(65536):
        pass


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS"])
def test_plain_http_on_a_tls_port_returns_the_message_of_go_servers(method: str) -> None:
    with EmbeddedServer() as handle:
        host, port = handle.url.removeprefix("https://").split(":")
        with socket.create_connection((host, int(port)), timeout=5) as plain:
            plain.sendall(f"{method} /api HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            answer = b"".join(iter(lambda: plain.recv(65536), b""))
    assert answer == b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"


def test_tls_server_stops_while_a_client_sends_nothing() -> None:
    server = EmbeddedServer()
    handle = server.start()
    host, port = handle.url.removeprefix("https://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as silent:
        with socket.create_connection(
            (host, int(port)), timeout=5
        ) as later:  # its response shows that the server has accepted both connections
            client_context(handle.ca_pem).wrap_socket(later, server_hostname=host).close()
        server.stop()
        assert silent.recv(1) == b""


def test_watch_sends_its_headers_before_the_first_event(raw_socket: RawSocket) -> None:
    raw_socket.send("GET", f"{PATH}?watch=1&resourceVersion=1")
    head = raw_socket.receive(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nTransfer-Encoding: chunked" in head
    assert b"\r\nContent-Type: application/json\r\n" in head


def test_watch_of_a_client_with_http_1_0_is_not_chunked(raw_socket: RawSocket) -> None:
    lines = [f"GET {PATH}?watch=1&resourceVersion=0 HTTP/1.0", f"Authorization: Bearer {raw_socket.token}", "", ""]
    raw_socket.socket.sendall("\r\n".join(lines).encode())
    head = raw_socket.receive(b"\r\n\r\n")
    raw_socket.server.load([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}])
    assert raw_socket.receive(b"}\n").startswith(b'{"type":"ADDED","object":{')
    assert b"chunked" not in head


def test_connection_is_reused_after_a_watch(raw_socket: RawSocket) -> None:
    raw_socket.send("GET", f"{PATH}?watch=1&timeoutSeconds=1")
    raw_socket.receive(b"0\r\n\r\n")
    raw_socket.send("GET", "/healthz")
    assert raw_socket.receive(b"\r\n\r\nok")


def test_percent_encoded_path_segments_are_decoded(raw_socket: RawSocket) -> None:
    raw_socket.send("GET", f"{PATH}/a%2Fb")
    assert b'configmaps \\"a/b\\" not found' in raw_socket.receive(b'"code":404}')


def test_unknown_status_code_has_a_reason_phrase(raw_socket: RawSocket) -> None:
    raw_socket.server.inject("/healthz", Answer(599, b""))
    raw_socket.send("GET", "/healthz")
    assert raw_socket.receive(b"\r\n\r\n").startswith(b"HTTP/1.1 599 status code 599\r\n")
