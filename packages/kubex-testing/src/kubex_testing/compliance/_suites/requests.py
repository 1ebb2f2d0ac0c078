"""Requests as the server receives them."""

from pathlib import Path

import pytest

from kubex.errors import ConnectionLost
from kubex.transport import PreparedRequest
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance.servers import (
    OpenTransport,
    ServerConnection,
    StartServer,
)


class RequestTests(BackendTests):
    """Requests as the server receives them."""

    @pytest.mark.parametrize("dedicated", [False, True])
    @pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
    async def test_method_is_sent_unchanged(
        self, open_transport: OpenTransport, start_server: StartServer, method: str, dedicated: bool
    ) -> None:
        """Each method is sent unchanged, with and without `dedicated`."""

        def respond_no_content(connection: ServerConnection) -> None:
            while connection.read_request():
                connection.send("HTTP/1.1 204 No Content\r\n\r\n")

        server = start_server(respond_no_content)
        async with open_transport() as transport:
            await transport.request(PreparedRequest(method, server.url + "/", dedicated=dedicated))
        assert [request.method for request in server.requests] == [method]

    @pytest.mark.parametrize(
        "status", ["429 Too Many Requests", "500 Internal", "502 Bad", "503 Unavailable", "504 Late"]
    )
    async def test_request_with_error_status_is_sent_once(
        self, open_transport: OpenTransport, start_server: StartServer, status: str
    ) -> None:
        """A response with an error status is returned.

        The request is sent once, also if the response has Retry-After.
        """

        def refuse(connection: ServerConnection) -> None:
            while connection.read_request():
                connection.respond(b"later", status=status, headers="Retry-After: 0\r\n")

        server = start_server(refuse)
        async with open_transport() as transport:
            response = await transport.request(PreparedRequest("GET", server.url + "/"))
            async with transport.stream(PreparedRequest("PUT", server.url + "/", body=b"{}", dedicated=True)) as stream:
                assert await stream.read() == b"later"
        assert response.status == stream.status == int(status[:3])
        assert [request.method for request in server.requests] == ["GET", "PUT"]

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
    async def test_url_is_sent_unchanged(
        self, open_transport: OpenTransport, start_server: StartServer, target: str
    ) -> None:
        """The path and the query of the URL are sent unchanged, without normalization or encoding."""
        server = start_server()
        async with open_transport() as transport:
            await transport.request(PreparedRequest("GET", server.url + target))
        assert server.requests[0].target == target

    async def test_only_required_headers_are_added(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """The headers are sent unchanged, in their order. Only Host, Connection and Content-Length are added."""
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

    async def test_header_value_is_sent_as_utf8(self, open_transport: OpenTransport, start_server: StartServer) -> None:
        """Values of headers are sent in UTF-8."""
        server = start_server()
        async with open_transport() as transport:
            await transport.request(PreparedRequest("GET", server.url + "/", (("Impersonate-User", "zoë"),)))
        assert (server.requests[0].header("impersonate-user") or "").encode("latin-1").decode() == "zoë"

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
    async def test_request_without_body_has_content_length_zero(
        self, open_transport: OpenTransport, start_server: StartServer, method: str
    ) -> None:
        """POST, PUT and PATCH without a body have the header `Content-Length: 0`."""
        server = start_server()
        async with open_transport() as transport:
            await transport.request(PreparedRequest(method, server.url + "/"))
        assert server.requests[0].header("content-length") == "0"

    @pytest.mark.parametrize("method", ["POST", "DELETE"])
    async def test_large_body_is_sent_completely_without_a_warning(
        self, open_transport: OpenTransport, start_server: StartServer, method: str
    ) -> None:
        """A body of 2 MiB is sent completely, and causes no warning."""
        server = start_server()
        body = bytes(range(256)) * 2**13
        async with open_transport() as transport:
            response = await transport.request(PreparedRequest(method, server.url + "/", body=body))
        assert response.body == b"ok"
        assert server.requests[0].body == body

    @pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
    async def test_redirects_are_not_followed(
        self, open_transport: OpenTransport, start_server: StartServer, status: str
    ) -> None:
        """A redirect is a response. It is returned and not followed."""

        def redirect_to_login(connection: ServerConnection) -> None:
            while connection.read_request():
                connection.respond(b"", status=status, headers="Location: /login\r\n")

        server = start_server(redirect_to_login)
        async with open_transport() as transport:
            response = await transport.request(PreparedRequest("GET", server.url + "/"))
        assert response.status == int(status[:3])
        assert response.headers.get("location") == "/login"
        assert len(server.requests) == 1

    async def test_cookies_are_not_stored(self, open_transport: OpenTransport, start_server: StartServer) -> None:
        """Cookies of a response are not sent with later requests."""

        def set_cookie(connection: ServerConnection) -> None:
            while connection.read_request():
                connection.respond(headers="Set-Cookie: session=1; Path=/\r\n")

        server = start_server(set_cookie)
        async with open_transport() as transport:
            for _ in range(2):
                await transport.request(PreparedRequest("GET", server.url + "/"))
        assert [request.header("cookie") for request in server.requests] == [None, None]

    async def test_environment_variables_are_ignored(
        self, open_transport: OpenTransport, start_server: StartServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The transport does not read proxies from environment variables."""
        server, proxy = start_server(), start_server()
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("no_proxy", "")
        async with open_transport() as transport:
            await transport.request(PreparedRequest("GET", server.url + "/"))
        assert len(server.requests) == 1
        assert proxy.connections == 0

    async def test_netrc_is_ignored(
        self, open_transport: OpenTransport, start_server: StartServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """The transport does not send passwords from a netrc file."""
        for name in (".netrc", "_netrc"):
            (tmp_path / name).write_text("machine 127.0.0.1 login user password word\n")
            (tmp_path / name).chmod(0o600)
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        for name in ("HOME", "USERPROFILE"):
            monkeypatch.setenv(name, str(tmp_path))
        server = start_server()
        async with open_transport() as transport:
            await transport.request(PreparedRequest("GET", server.url + "/"))
        assert server.requests[0].header("authorization") is None

    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"])
    async def test_failed_request_is_not_sent_again(
        self, open_transport: OpenTransport, start_server: StartServer, method: str
    ) -> None:
        """A request is sent once.

        If a reused connection breaks before the response, the request raises ConnectionLost.
        """

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

    async def test_request_headers_keep_their_order_and_case(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Header fields are sent in their order with the case of their names, also 300 fields with repeated names."""
        names = ("X-UPPER", "x-lower", "X-Mixed", "ACCEPT", "user-agent")
        fields = tuple((names[number % len(names)], str(number)) for number in range(300))
        server = start_server()
        async with open_transport() as transport:
            await transport.request(PreparedRequest("GET", server.url + "/", fields))
        assert [field for field in server.requests[0].headers if field[0] in names] == list(fields)

    async def test_header_can_be_repeated_with_another_case(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A header that is repeated with another case of its name is sent twice. The names can have the same case."""
        fields = (("X-TWICE", "1"), ("X-Other", "2"), ("x-twice", "3"))
        server = start_server()
        async with open_transport() as transport:
            await transport.request(PreparedRequest("GET", server.url + "/", fields))
        sent = [(name.lower(), value) for name, value in server.requests[0].headers]
        assert [field for field in sent if field[0].startswith("x-")] == [(name.lower(), v) for name, v in fields]
