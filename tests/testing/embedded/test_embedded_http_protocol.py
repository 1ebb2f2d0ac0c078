"""HTTP/1.1 as it goes over the socket."""

import socket
from collections.abc import Iterator

import pytest

from kubex_testing._pki import client_context
from kubex_testing.embedded import Answer, EmbeddedServer

PATH = "/api/v1/namespaces/default/configmaps"


class Raw:
    """A socket that speaks as it is told."""

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
def raw() -> Iterator[Raw]:
    server = EmbeddedServer(tls=False)
    with server:
        client = Raw(server)
        yield client
        client.socket.close()


def test_a_connection_serves_many_requests(raw: Raw) -> None:
    for _ in range(3):
        raw.send("GET", "/healthz")
        assert raw.receive(b"\r\n\r\nok").startswith(b"HTTP/1.1 200 OK\r\n")


def test_requests_may_come_before_the_answers_of_others(raw: Raw) -> None:
    raw.send("GET", "/healthz")
    raw.send("GET", "/version")
    answers = raw.receive(b'"platform"')
    assert answers.index(b"\r\n\r\nok") < answers.index(b'"gitVersion"')


def test_a_body_may_come_in_chunks(raw: Raw) -> None:
    raw.send("POST", PATH, "Transfer-Encoding: chunked", "Content-Type: application/json")
    for part in (b'{"metadata":', b'{"name":"a"}}'):
        raw.socket.sendall(b"%x\r\n%s\r\n" % (len(part), part))
    raw.socket.sendall(b"0\r\n\r\n")
    assert raw.receive(b'"uid"').startswith(b"HTTP/1.1 201 ")


def test_who_asks_whether_to_go_on_is_told_so(raw: Raw) -> None:
    body = b'{"metadata":{"name":"a"}}'
    raw.send("POST", PATH, f"Content-Length: {len(body)}", "Expect: 100-continue")
    assert raw.receive(b"\r\n\r\n").startswith(b"HTTP/1.1 100 Continue\r\n")
    raw.socket.sendall(body)
    assert raw.receive(b'"uid"').startswith(b"HTTP/1.1 201 ")


def test_a_connection_closes_when_asked_to(raw: Raw) -> None:
    raw.send("GET", "/healthz", "Connection: close")
    assert raw.receive(b"\r\n\r\nok")
    assert raw.socket.recv(1) == b""


def test_what_is_no_http_is_a_bad_request(raw: Raw) -> None:
    raw.socket.sendall(b"what?\r\n\r\n")
    assert raw.receive(b"\r\n\r\n").startswith(b"HTTP/1.1 400 Bad Request\r\n")
    while raw.socket.recv(65536):
        pass


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS"])
def test_plain_http_on_a_port_for_tls_is_told_so(method: str) -> None:
    with EmbeddedServer() as handle:
        host, port = handle.url.removeprefix("https://").split(":")
        with socket.create_connection((host, int(port)), timeout=5) as plain:
            plain.sendall(f"{method} /api HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            answer = b"".join(iter(lambda: plain.recv(65536), b""))
    assert answer == b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"


def test_a_server_with_tls_stops_while_a_client_says_nothing() -> None:
    server = EmbeddedServer()
    handle = server.start()
    host, port = handle.url.removeprefix("https://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as silent:
        with socket.create_connection((host, int(port)), timeout=5) as later:  # once it is served, both are accepted
            client_context(handle.ca_pem).wrap_socket(later, server_hostname=host).close()
        server.stop()
        assert silent.recv(1) == b""


def test_a_watch_sends_its_head_before_any_event(raw: Raw) -> None:
    raw.send("GET", f"{PATH}?watch=1&resourceVersion=1")
    head = raw.receive(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nTransfer-Encoding: chunked" in head
    assert b"\r\nContent-Type: application/json\r\n" in head


def test_a_connection_goes_on_after_a_watch(raw: Raw) -> None:
    raw.send("GET", f"{PATH}?watch=1&timeoutSeconds=1")
    raw.receive(b"0\r\n\r\n")
    raw.send("GET", "/healthz")
    assert raw.receive(b"\r\n\r\nok")


def test_encoded_path_segments_are_names(raw: Raw) -> None:
    raw.send("GET", f"{PATH}/a%2Fb")
    assert b'configmaps \\"a/b\\" not found' in raw.receive(b'"code":404}')


def test_a_status_without_a_name_has_a_reason_phrase_too(raw: Raw) -> None:
    raw.server.inject("/healthz", Answer(599, b""))
    raw.send("GET", "/healthz")
    assert raw.receive(b"\r\n\r\n").startswith(b"HTTP/1.1 599 status code 599\r\n")
