"""Requests as the server receives them, and responses as the caller receives them."""

import gzip
import zlib

import pytest

from kubex.errors import ConnectionLost, TransportError
from kubex.transport import PreparedRequest
from kubex_testing.compliance.servers import OpenTransport, ServerConnection, StartServer

pytestmark = pytest.mark.anyio


@pytest.mark.covers("pitfall-20")
@pytest.mark.parametrize(
    "target",
    [
        "/k8s/clusters/c-1/api/v1/namespaces/default/pods",
        "/api/v1/namespaces/a%2Fb/pods/c%3Fd%20e",
        "/api/v1/nodes/ip:10.0.0.1@zone,a;b=c!$&'()*+~_.-",
        "/api/v1/pods?labelSelector=a%3Db%2Cc%21%3D%C3%A9&fieldSelector=x+y&limit=5&empty=&flag",
        "/api/v1/pods?command=%22%27%3C%3E%23&command=a:b/c?d",
        "/api/v1/%C3%A9%F0%9F%98%80?continue=eyJ2IjoibWV0YSJ9==",
        "/",
    ],
)
async def test_url_is_sent_unchanged(open_transport: OpenTransport, start_server: StartServer, target: str) -> None:
    server = start_server()
    async with open_transport() as transport:
        await transport.request(PreparedRequest("GET", server.url + target))
    assert server.requests[0].target == target


async def test_only_required_headers_are_added(open_transport: OpenTransport, start_server: StartServer) -> None:
    server = start_server()
    headers = (("Accept", "application/json"), ("X-Twice", "1"), ("X-Twice", "2"), ("Authorization", "Bearer abc"))
    async with open_transport() as transport:
        await transport.request(PreparedRequest("GET", server.url + "/", headers))
        await transport.request(PreparedRequest("POST", server.url + "/", body=b"{}"))
    first, second = server.requests
    assert [field for field in first.headers if field[0].lower() not in ("host", "connection")] == list(headers)
    assert first.header("host") == server.netloc
    assert {name.lower() for name, _ in second.headers} - {"connection"} == {"host", "content-length"}
    assert second.body == b"{}"


async def test_header_value_is_sent_as_utf8(open_transport: OpenTransport, start_server: StartServer) -> None:
    server = start_server()
    async with open_transport() as transport:
        await transport.request(PreparedRequest("GET", server.url + "/", (("Impersonate-User", "zoë"),)))
    assert (server.requests[0].header("impersonate-user") or "").encode("latin-1").decode() == "zoë"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_request_without_body_has_content_length_zero(
    open_transport: OpenTransport, start_server: StartServer, method: str
) -> None:
    server = start_server()
    async with open_transport() as transport:
        await transport.request(PreparedRequest(method, server.url + "/"))
    assert server.requests[0].header("content-length") == "0"


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_large_body_is_sent_completely_without_a_warning(
    open_transport: OpenTransport, start_server: StartServer, method: str
) -> None:
    server = start_server()
    body = bytes(range(256)) * 2**13
    async with open_transport() as transport:
        response = await transport.request(PreparedRequest(method, server.url + "/", body=body))
    assert response.body == b"ok"
    assert server.requests[0].body == body


@pytest.mark.covers("pitfall-24")
@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
async def test_redirects_are_not_followed(
    open_transport: OpenTransport, start_server: StartServer, status: str
) -> None:
    def redirect_to_login(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.respond(b"", status=status, headers="Location: /login\r\n")

    server = start_server(redirect_to_login)
    async with open_transport() as transport:
        response = await transport.request(PreparedRequest("GET", server.url + "/"))
    assert response.status == int(status[:3])
    assert response.headers.get("location") == "/login"
    assert len(server.requests) == 1


async def test_cookies_are_not_stored(open_transport: OpenTransport, start_server: StartServer) -> None:
    def set_cookie(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.respond(headers="Set-Cookie: session=1; Path=/\r\n")

    server = start_server(set_cookie)
    async with open_transport() as transport:
        for _ in range(2):
            await transport.request(PreparedRequest("GET", server.url + "/"))
    assert [request.header("cookie") for request in server.requests] == [None, None]


async def test_environment_variables_are_ignored(
    open_transport: OpenTransport, start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, proxy = start_server(), start_server()
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    monkeypatch.setenv("no_proxy", "")
    async with open_transport() as transport:
        await transport.request(PreparedRequest("GET", server.url + "/"))
    assert len(server.requests) == 1
    assert proxy.connections == 0


@pytest.mark.parametrize(
    ("encoding", "compressed"),
    [("gzip", gzip.compress(b"abc" * 10000)), ("deflate", zlib.compress(b"abc" * 10000))],
    ids=["gzip", "deflate"],
)
async def test_compressed_body_is_decompressed(
    open_transport: OpenTransport, start_server: StartServer, encoding: str, compressed: bytes
) -> None:
    def respond_compressed(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.respond(compressed, headers=f"Content-Encoding: {encoding}\r\n")

    server = start_server(respond_compressed)
    async with open_transport() as transport:
        response = await transport.request(PreparedRequest("GET", server.url + "/", (("Accept-Encoding", encoding),)))
    assert response.body == b"abc" * 10000
    assert server.requests[0].header("accept-encoding") == encoding


async def test_response_without_body_may_have_content_encoding(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    def respond_no_content(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.send("HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n")

    async with open_transport() as transport:
        response = await transport.request(PreparedRequest("GET", start_server(respond_no_content).url + "/"))
    assert (response.status, response.body) == (204, b"")


async def test_damaged_gzip_body_raises_transport_error(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    def respond_damaged(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.respond(b"this is not gzip", headers="Content-Encoding: gzip\r\n")

    async with open_transport() as transport:
        with pytest.raises(TransportError, match="the compressed body is damaged"):
            await transport.request(PreparedRequest("GET", start_server(respond_damaged).url + "/"))


@pytest.mark.covers("pitfall-12")
@pytest.mark.parametrize("status", ["418 ", "499 Client Closed Request", "529 Site is overloaded", "799"])
async def test_nonstandard_status_is_returned(
    open_transport: OpenTransport, start_server: StartServer, status: str
) -> None:
    def respond_with_status(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.respond(b"why", status=status)

    async with open_transport() as transport:
        response = await transport.request(PreparedRequest("GET", start_server(respond_with_status).url + "/"))
    assert (response.status, response.body) == (int(status[:3]), b"why")


async def test_response_headers_are_returned_unchanged(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    warning = '299 - "' + "x" * 30000 + '"'

    def respond_with_warnings(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.respond(headers=f'Warning: {warning}\r\nWarning: 299 - "é"\r\nX-Empty:\r\n')

    async with open_transport() as transport:
        response = await transport.request(PreparedRequest("GET", start_server(respond_with_warnings).url + "/"))
    assert response.headers.get_all("warning") == [warning, '299 - "é"']
    assert response.headers.get("x-empty") == ""


async def test_response_header_that_is_not_utf8_is_returned_with_surrogates(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    def respond_latin1(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Name: zo\xeb\r\n\r\n")

    async with open_transport() as transport:
        response = await transport.request(PreparedRequest("GET", start_server(respond_latin1).url + "/"))
    assert (response.headers.get("x-name") or "").encode("utf-8", "surrogateescape") == b"zo\xeb"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"])
async def test_failed_request_is_not_sent_again(
    open_transport: OpenTransport, start_server: StartServer, method: str
) -> None:
    def close_after_second_request(connection: ServerConnection) -> None:
        connection.read_request()
        connection.respond(b"" if method == "HEAD" else b"ok")
        connection.read_request()

    server = start_server(close_after_second_request)
    async with open_transport() as transport:
        request = PreparedRequest(method, server.url + "/")
        await transport.request(request)
        with pytest.raises(ConnectionLost):
            await transport.request(request)
        assert server.connections == 1
    assert len(server.requests) == 2


async def test_response_may_have_1000_headers(open_transport: OpenTransport, start_server: StartServer) -> None:
    fields = [(f"X-Field-{number}", "v" * 40) for number in range(1000)]

    def respond_with_headers(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.respond(b"ok", headers="".join(f"{name}: {value}\r\n" for name, value in fields))

    server = start_server(respond_with_headers)
    async with open_transport() as transport:
        for _ in range(2):
            response = await transport.request(PreparedRequest("GET", f"{server.url}/"))
            assert [field for field in response.headers.fields if field[0].startswith("X-Field")] == fields
    assert server.connections == 1


@pytest.mark.parametrize(("count", "size"), [(1600, 100), (1, 200_000)], ids=["too-many", "too-long"])
async def test_too_large_response_headers_raise_connection_lost(
    open_transport: OpenTransport, start_server: StartServer, count: int, size: int
) -> None:
    def respond_with_headers(connection: ServerConnection) -> None:
        assert connection.read_request()
        connection.respond(b"ok", headers="".join(f"X-Field-{number}: {'v' * size}\r\n" for number in range(count)))
        connection.wait_until_closed()

    server = start_server(respond_with_headers)
    async with open_transport() as transport:
        with pytest.raises(ConnectionLost, match="the headers of the response are too large") as caught:
            await transport.request(PreparedRequest("GET", f"{server.url}/"))
    assert len(str(caught.value)) < 300
    assert server.connections == 1
