"""What goes over the wire for a request, and what comes back for an answer."""

import gzip
import zlib

import pytest

from kubex.errors import ConnectionLost, TransportError
from kubex.transport import PreparedRequest
from transport.socket_server import Open, Peer, Serve

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
async def test_the_url_is_sent_as_it_is(open_transport: Open, serve: Serve, target: str) -> None:
    server = serve()
    async with open_transport() as transport:
        await transport.request(PreparedRequest("GET", server.url + target))
    assert server.seen[0].target == target


async def test_no_header_is_added_but_what_http_needs(open_transport: Open, serve: Serve) -> None:
    server = serve()
    given = (("Accept", "application/json"), ("X-Twice", "1"), ("X-Twice", "2"), ("Authorization", "Bearer abc"))
    async with open_transport() as transport:
        await transport.request(PreparedRequest("GET", server.url + "/", given))
        await transport.request(PreparedRequest("POST", server.url + "/", body=b"{}"))
    first, second = server.seen
    assert [field for field in first.headers if field[0].lower() not in ("host", "connection")] == list(given)
    assert first.header("host") == server.host
    assert {name.lower() for name, _ in second.headers} - {"connection"} == {"host", "content-length"}
    assert second.body == b"{}"


async def test_a_header_may_be_any_text(open_transport: Open, serve: Serve) -> None:
    server = serve()
    async with open_transport() as transport:
        await transport.request(PreparedRequest("GET", server.url + "/", (("Impersonate-User", "zoë"),)))
    assert (server.seen[0].header("impersonate-user") or "").encode("latin-1").decode() == "zoë"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_an_empty_body_has_a_length(open_transport: Open, serve: Serve, method: str) -> None:
    server = serve()
    async with open_transport() as transport:
        await transport.request(PreparedRequest(method, server.url + "/"))
    assert server.seen[0].header("content-length") == "0"


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_a_large_body_is_sent_whole_and_without_a_warning(
    open_transport: Open, serve: Serve, method: str
) -> None:
    server = serve()
    body = bytes(range(256)) * 2**13
    async with open_transport() as transport:
        answer = await transport.request(PreparedRequest(method, server.url + "/", body=body))
    assert answer.body == b"ok"
    assert server.seen[0].body == body


@pytest.mark.covers("pitfall-24")
@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
async def test_redirects_are_answers(open_transport: Open, serve: Serve, status: str) -> None:
    def login(peer: Peer) -> None:
        while peer.request():
            peer.answer(b"", status=status, headers="Location: /login\r\n")

    server = serve(login)
    async with open_transport() as transport:
        answer = await transport.request(PreparedRequest("GET", server.url + "/"))
    assert answer.status == int(status[:3])
    assert answer.headers.get("location") == "/login"
    assert len(server.seen) == 1


async def test_cookies_are_not_kept(open_transport: Open, serve: Serve) -> None:
    def cookies(peer: Peer) -> None:
        while peer.request():
            peer.answer(headers="Set-Cookie: session=1; Path=/\r\n")

    server = serve(cookies)
    async with open_transport() as transport:
        for _ in range(2):
            await transport.request(PreparedRequest("GET", server.url + "/"))
    assert [seen.header("cookie") for seen in server.seen] == [None, None]


async def test_the_environment_has_no_say(open_transport: Open, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server, proxy = serve(), serve()
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    monkeypatch.setenv("no_proxy", "")
    async with open_transport() as transport:
        await transport.request(PreparedRequest("GET", server.url + "/"))
    assert len(server.seen) == 1
    assert proxy.connections == 0


@pytest.mark.parametrize(
    ("encoding", "compressed"),
    [("gzip", gzip.compress(b"abc" * 10000)), ("deflate", zlib.compress(b"abc" * 10000))],
    ids=["gzip", "deflate"],
)
async def test_a_compressed_body_is_decompressed(
    open_transport: Open, serve: Serve, encoding: str, compressed: bytes
) -> None:
    def squeeze(peer: Peer) -> None:
        while peer.request():
            peer.answer(compressed, headers=f"Content-Encoding: {encoding}\r\n")

    server = serve(squeeze)
    async with open_transport() as transport:
        answer = await transport.request(PreparedRequest("GET", server.url + "/", (("Accept-Encoding", encoding),)))
    assert answer.body == b"abc" * 10000
    assert server.seen[0].header("accept-encoding") == encoding


async def test_an_answer_without_a_body_may_name_a_compression(open_transport: Open, serve: Serve) -> None:
    def nothing(peer: Peer) -> None:
        while peer.request():
            peer.send("HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n")

    async with open_transport() as transport:
        answer = await transport.request(PreparedRequest("GET", serve(nothing).url + "/"))
    assert (answer.status, answer.body) == (204, b"")


async def test_a_body_that_cannot_be_decompressed_is_an_error(open_transport: Open, serve: Serve) -> None:
    def squeeze(peer: Peer) -> None:
        while peer.request():
            peer.answer(b"this is not gzip", headers="Content-Encoding: gzip\r\n")

    async with open_transport() as transport:
        with pytest.raises(TransportError, match="the compressed body is damaged"):
            await transport.request(PreparedRequest("GET", serve(squeeze).url + "/"))


@pytest.mark.covers("pitfall-12")
@pytest.mark.parametrize("status", ["418 ", "499 Client Closed Request", "529 Site is overloaded", "799"])
async def test_a_status_need_not_be_standard(open_transport: Open, serve: Serve, status: str) -> None:
    def odd(peer: Peer) -> None:
        while peer.request():
            peer.answer(b"why", status=status)

    async with open_transport() as transport:
        answer = await transport.request(PreparedRequest("GET", serve(odd).url + "/"))
    assert (answer.status, answer.body) == (int(status[:3]), b"why")


async def test_header_fields_come_as_they_are(open_transport: Open, serve: Serve) -> None:
    warning = '299 - "' + "x" * 30000 + '"'

    def warn(peer: Peer) -> None:
        while peer.request():
            peer.answer(headers=f'Warning: {warning}\r\nWarning: 299 - "é"\r\nX-Empty:\r\n')

    async with open_transport() as transport:
        answer = await transport.request(PreparedRequest("GET", serve(warn).url + "/"))
    assert answer.headers.get_all("warning") == [warning, '299 - "é"']
    assert answer.headers.get("x-empty") == ""


async def test_a_header_that_is_not_utf8_does_no_harm(open_transport: Open, serve: Serve) -> None:
    def latin(peer: Peer) -> None:
        while peer.request():
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Name: zo\xeb\r\n\r\n")

    async with open_transport() as transport:
        answer = await transport.request(PreparedRequest("GET", serve(latin).url + "/"))
    assert (answer.headers.get("x-name") or "").encode("utf-8", "surrogateescape") == b"zo\xeb"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"])
async def test_a_request_is_never_sent_twice(open_transport: Open, serve: Serve, method: str) -> None:
    def second_is_cut(peer: Peer) -> None:
        peer.request()
        peer.answer(b"" if method == "HEAD" else b"ok")
        peer.request()

    server = serve(second_is_cut)
    async with open_transport() as transport:
        request = PreparedRequest(method, server.url + "/")
        await transport.request(request)
        with pytest.raises(ConnectionLost):
            await transport.request(request)
        assert server.connections == 1
    assert len(server.seen) == 2


async def test_a_response_may_have_many_header_fields(open_transport: Open, serve: Serve) -> None:
    fields = [(f"X-Field-{number}", "v" * 40) for number in range(1000)]

    def answer(peer: Peer) -> None:
        while peer.request():
            peer.answer(b"ok", headers="".join(f"{name}: {value}\r\n" for name, value in fields))

    server = serve(answer)
    async with open_transport() as transport:
        for _ in range(2):
            response = await transport.request(PreparedRequest("GET", f"{server.url}/"))
            assert [field for field in response.headers.fields if field[0].startswith("X-Field")] == fields
    assert server.connections == 1


@pytest.mark.parametrize(("count", "size"), [(1600, 100), (1, 200_000)], ids=["too-many", "too-long"])
async def test_the_error_for_larger_headers_says_so(open_transport: Open, serve: Serve, count: int, size: int) -> None:
    def answer(peer: Peer) -> None:
        assert peer.request()
        peer.answer(b"ok", headers="".join(f"X-Field-{number}: {'v' * size}\r\n" for number in range(count)))
        peer.wait_until_closed()

    server = serve(answer)
    async with open_transport() as transport:
        with pytest.raises(ConnectionLost, match="the headers of the response are too large") as caught:
            await transport.request(PreparedRequest("GET", f"{server.url}/"))
    assert len(str(caught.value)) < 300
    assert server.connections == 1
