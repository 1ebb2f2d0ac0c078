"""Requests of a client: headers, paths, namespaces, and the handling of responses."""

import json
import sys
from functools import partial
from typing import Any

import pytest

from client.conftest import MakeClient
from client.scripted_server import ResponseSequence, respond_error, respond_gzip, respond_stream, respond_with
from kubex._version import __version__
from kubex.api import Api
from kubex.errors import (
    ApiError,
    ConfigurationError,
    DecodeError,
    InvalidNameError,
    NamespaceError,
    NotFound,
)
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace
from kubex_testing.compliance.servers import ServerConnection, StartServer
from support.backend_pairs import BackendPair

pytestmark = pytest.mark.anyio

VERSION = {"major": "1", "minor": "37", "gitVersion": "v1.37.2", "platform": "linux/amd64"}


async def test_requests_have_default_headers(
    make_client: MakeClient, start_server: StartServer, pair: BackendPair
) -> None:
    server = start_server(ResponseSequence(respond_with(b"{}")))
    async with make_client(server) as client:
        await client.request("GET", "/readyz")
        await client.request("POST", "/things", json={"a": 1})
    first, second = server.requests
    python = ".".join(map(str, sys.version_info[:2]))
    assert first.header("accept") == "application/json"
    assert first.header("accept-encoding") == "gzip"
    assert first.header("user-agent") == f"kubex/{__version__} ({pair.backend}; python {python})"
    assert first.header("content-type") is None
    assert first.header("authorization") is None
    assert second.header("content-type") == "application/json"
    assert second.body == b'{"a":1}'


async def test_streams_do_not_request_compression(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_stream(b"a\n")))
    async with make_client(server) as client, client.stream("GET", "/log") as stream:
        assert await stream.receive() == b"a\n"
    assert server.requests[0].header("accept-encoding") == "identity"


async def test_headers_of_the_call_replace_default_headers(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_with()))
    headers = {"accept": "text/plain", "User-Agent": "mine/1", "X-Other": "1"}
    async with make_client(server) as client:
        await client.request("GET", "/metrics", headers=headers)
    sent = [(name.lower(), value) for name, value in server.requests[0].headers]
    assert [value for name, value in sent if name == "accept"] == ["text/plain"]
    assert [value for name, value in sent if name == "user-agent"] == ["mine/1"]
    assert ("x-other", "1") in sent


async def test_authorization_of_the_call_replaces_the_credentials(
    make_client: MakeClient, start_server: StartServer
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    async with make_client(server, configuration={"token": "configured"}) as client:
        await client.request("GET", "/", headers={"authorization": "Bearer mine"})
    sent = [value for name, value in server.requests[0].headers if name.lower() == "authorization"]
    assert sent == ["Bearer mine"]


@pytest.mark.parametrize("value", ["secret\r\nX-Injected: 1", "secret\n", "secret\x00", "secret\x7f"])
async def test_header_with_line_break_raises_and_is_not_shown(
    make_client: MakeClient, start_server: StartServer, value: str
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    async with make_client(server) as client:
        with pytest.raises(ConfigurationError, match=r"headers\['X-Token'\]: contains a line break") as caught:
            await client.request("GET", "/", headers={"X-Token": value})
        assert "secret" not in str(caught.value)
        with pytest.raises(ConfigurationError, match="is not a header name"):
            await client.request("GET", "/", headers={value: "x"})
        with pytest.raises(ConfigurationError, match="is not an HTTP method"):
            await client.request(f"GET / HTTP/1.1\r\n{value}", "/")
    assert server.connections == 0


async def test_head_response_has_no_body(make_client: MakeClient, start_server: StartServer) -> None:
    def respond_without_body(connection: ServerConnection) -> None:
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")

    server = start_server(ResponseSequence(respond_without_body, respond_with(b"next")))
    async with make_client(server) as client:
        response = await client.request("HEAD", "/")
        assert (response.status, response.headers.get("content-length"), response.body) == (200, "100", b"")
        assert (await client.request("GET", "/")).body == b"next"


async def test_user_agent_option_replaces_the_default(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_with()))
    async with make_client(server, user_agent="operator/2.0 (test)") as client:
        await client.request("GET", "/")
    assert server.requests[0].header("user-agent") == "operator/2.0 (test)"


@pytest.mark.parametrize(
    ("configuration", "header"),
    [
        ({}, None),
        ({"token": "abc"}, "Bearer abc"),
        ({"username": "u", "password": "pä"}, "Basic dTpww6Q="),
    ],
)
async def test_credentials_are_sent(
    make_client: MakeClient, start_server: StartServer, configuration: dict[str, str], header: str | None
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    async with make_client(server, configuration=configuration) as client:
        await client.request("GET", "/")
    assert server.requests[0].header("authorization") == header


@pytest.mark.covers("pitfall-20")
@pytest.mark.parametrize("prefix", ["", "/", "/k8s/clusters/c-1", "/k8s/clusters/c-1/", "/a%2Fb/c;d=1"])
async def test_path_of_the_server_url_is_a_prefix(
    make_client: MakeClient, start_server: StartServer, prefix: str
) -> None:
    server = start_server(ResponseSequence(respond_with(json.dumps({"metadata": {"name": "a"}, **VERSION}).encode())))
    async with make_client(server.url + prefix) as client:
        await client.version()
        await Api(ConfigMap, client).get("a")
        await client.request("GET", "/api", query={"x": ["1", "2"], "no": None, "yes": True})
        async with client.stream("GET", "/log"):
            pass
    base = prefix.rstrip("/")
    assert [request.target for request in server.requests] == [
        f"{base}/version",
        f"{base}/api/v1/namespaces/default/configmaps/a",
        f"{base}/api?x=1&x=2&yes=true",
        f"{base}/log",
    ]


async def test_scheme_of_the_server_url_is_case_insensitive(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_with(json.dumps(VERSION).encode())))
    async with make_client(server.url.replace("http", "HTTP")) as client:
        await client.version()
    assert [request.target for request in server.requests] == ["/version"]


async def test_host_of_the_server_url_may_be_a_name(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_with()))
    async with make_client(f"http://LOCALHOST:{server.port}/") as client:
        await client.request("GET", "/readyz")
    assert (server.requests[0].header("host") or "").lower() == f"localhost:{server.port}"


@pytest.mark.covers("pitfall-11")
async def test_object_names_are_encoded_or_rejected_before_sending(
    make_client: MakeClient, start_server: StartServer
) -> None:
    server = start_server(ResponseSequence(respond_with(b'{"metadata": {"name": "a"}}')))
    async with make_client(server) as client:
        api = Api(ConfigMap, client)
        for name in ("../secrets/s?x=1", "..", "", "a/b", "%2e%2e"):
            with pytest.raises(InvalidNameError):
                await api.get(name)
            with pytest.raises(InvalidNameError):
                await api.delete(name, namespace="x")
            with pytest.raises(InvalidNameError):
                await api.get("a", namespace=name)
        with pytest.raises(InvalidNameError):
            Api(ConfigMap, client, namespace="../kube-system")
        assert server.requests == []
        await api.get("a?b#c d")
    assert server.requests[0].target == "/api/v1/namespaces/default/configmaps/a%3Fb%23c%20d"


@pytest.mark.parametrize("path", ["readyz", "", "/a?b=c", "/a b", "/a#b", "/../x", "/a/%2e%2E/b", "/a\r\nX: y", "//ä"])
async def test_invalid_path_raises_before_sending(
    make_client: MakeClient, start_server: StartServer, path: str
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    async with make_client(server) as client:
        with pytest.raises(InvalidNameError):
            await client.request("GET", path)
        with pytest.raises(InvalidNameError):
            client.stream("GET", path)
    assert server.connections == 0


@pytest.mark.covers("pitfall-16")
async def test_plural_of_the_class_is_used_in_the_path(make_client: MakeClient, start_server: StartServer) -> None:
    from kubex.models import dynamic_resource

    server = start_server(ResponseSequence(respond_with(b'{"items": []}')))
    async with make_client(server) as client:
        for api_version, kind, plural in (("v1", "Endpoints", "endpoints"), ("g.io/v1", "Gateway", "gateways")):
            await Api(dynamic_resource(api_version, kind, plural=plural), client).list(namespace=None)
    assert [request.target for request in server.requests] == ["/api/v1/endpoints", "/apis/g.io/v1/gateways"]


async def test_namespace_of_call_precedes_api_and_configuration(
    make_client: MakeClient, start_server: StartServer
) -> None:
    server = start_server(ResponseSequence(respond_with(b'{"metadata": {"name": "a"}}')))
    async with make_client(server, configuration={"namespace": "conf"}) as client:
        await Api(ConfigMap, client).get("a")
        await Api(ConfigMap, client, namespace="api").get("a")
        await Api(ConfigMap, client, namespace="api").get("a", namespace="call")
        with pytest.raises(NamespaceError, match="get needs one namespace"):
            await Api(ConfigMap, client, namespace=None).get("a")
        with pytest.raises(NamespaceError, match="is cluster-scoped"):
            await Api(Namespace, client).get("a", namespace="x")
    assert [request.target.split("/")[4] for request in server.requests] == ["conf", "api", "call"]


@pytest.mark.covers("pitfall-24")
@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "303 See Other", "307 T", "308 P"])
async def test_redirects_raise_api_error(make_client: MakeClient, start_server: StartServer, status: str) -> None:
    login = start_server(ResponseSequence(respond_with(b"<html>please sign in</html>")))
    server = start_server(ResponseSequence(respond_error(status, b"<a>Moved</a>", Location=login.url)))
    async with make_client(server, configuration={"token": "t"}) as client:
        with pytest.raises(ApiError, match=r"redirects are not followed.*login page") as caught:
            await Api(ConfigMap, client).get("a")
        with pytest.raises(ApiError, match="redirects are not followed"):
            async with client.stream("GET", "/log"):
                pass
    assert str(caught.value.status) == status[:3]
    assert login.connections == 0
    assert len(server.requests) == 2


async def test_cookies_are_not_sent_back(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(
        ResponseSequence(respond_with(headers=[("Set-Cookie", "session=1; Path=/"), ("Set-Cookie", "b=2")]))
    )
    async with make_client(server) as client:
        for _ in range(2):
            await client.request("GET", "/")
        async with client.stream("GET", "/"):
            pass
    assert [request.header("cookie") for request in server.requests] == [None, None, None]


async def test_compressed_responses_are_decompressed(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_gzip(json.dumps(VERSION | {"extra": "x" * 100_000}).encode())))
    async with make_client(server) as client:
        version = await client.version()
    assert (version.git_version, version.model_extra) == ("v1.37.2", {"extra": "x" * 100_000})


async def test_request_method_accepts_any_path(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_with(b"ok\n", status="201 Created", headers=[("X-Thing", "1")])))
    async with make_client(server) as client:
        response = await client.request("get", "/readyz", accept="text/plain")
        await client.request("PATCH", "/x", body=b"raw", content_type="application/octet-stream")
        await client.request("POST", "/y", json=ConfigMap(metadata=ObjectMeta(name="a")))
        await client.request("POST", "/z", json=None)
        with pytest.raises(ConfigurationError, match="pass json= or body=, not both"):
            await client.request("POST", "/x", json={}, body=b"")
    assert (response.status, response.body, response.headers.get("x-thing")) == (201, b"ok\n", "1")
    assert "ok" not in repr(response)
    plain, raw, model, null = server.requests
    assert (plain.method, plain.header("accept")) == ("GET", "text/plain")
    assert (raw.body, raw.header("content-type")) == (b"raw", "application/octet-stream")
    assert json.loads(model.body)["kind"] == "ConfigMap"
    assert null.body == b"null"


@pytest.mark.parametrize(
    ("statuses", "error", "message"),
    [
        (304, TypeError, r"accept_status takes several statuses, such as \(304,\), not 304"),
        (None, TypeError, "accept_status takes several statuses"),
        (
            (200, 304),
            ConfigurationError,
            "must contain statuses from 300 to 599, not 200; responses with a status below",
        ),
        ([600], ConfigurationError, "not 600"),
        ([True], ConfigurationError, "not True"),
        ("304", ConfigurationError, "not '3'"),
        (b"304", ConfigurationError, "not 51"),
    ],
)
async def test_invalid_accept_status_raises_before_sending(
    make_client: MakeClient, start_server: StartServer, statuses: Any, error: type[Exception], message: str
) -> None:
    server = start_server(ResponseSequence())
    async with make_client(server) as client:
        with pytest.raises(error, match=message):
            await client.request("GET", "/readyz", accept_status=statuses)
    assert server.requests == []


async def test_request_method_raises_api_errors(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_error("404 Not Found", b"404 page not found\n")))
    async with make_client(server) as client:
        with pytest.raises(NotFound, match=r"404: 404 page not found \(GET /nowhere\)"):
            await client.request("GET", "/nowhere", query={"token": "hidden"})
        with pytest.raises(NotFound, match="404 page not found"):
            async with client.stream("GET", "/nowhere"):
                pass


@pytest.mark.covers("pitfall-12")
@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("404 Not Found", b""),
        ("499 Client Closed Request", b"gone"),
        ("418 I'm a teapot", b"<html>short and stout</html>"),
        ("500 Internal Server Error", b'{"message": "it broke"}'),
        ("403 Forbidden", b'{"kind": "Status", "reason": "Forbidden"}'),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
async def test_each_error_response_raises_api_error(
    make_client: MakeClient, start_server: StartServer, status: str, body: bytes, streamed: bool
) -> None:
    server = start_server(ResponseSequence(respond_error(status, body)))
    async with make_client(server) as client:
        call = client.stream("GET", "/api/v1/pods").__aenter__ if streamed else partial(Api(ConfigMap, client).get, "a")
        with pytest.raises(ApiError) as caught:
            await call()
    assert caught.value.status == int(status[:3])
    assert str(caught.value.status) in str(caught.value)


async def test_response_that_is_not_json_raises_decode_error(
    make_client: MakeClient, start_server: StartServer
) -> None:
    server = start_server(ResponseSequence(respond_with(b"<html>hello</html>")))
    async with make_client(server) as client:
        with pytest.raises(DecodeError, match="cannot decode ConfigMap"):
            await Api(ConfigMap, client).get("a")
        with pytest.raises(DecodeError, match="cannot decode VersionInfo"):
            await client.version()


async def test_large_error_body_of_a_stream_is_not_read_completely(
    make_client: MakeClient, start_server: StartServer
) -> None:
    server = start_server(ResponseSequence(respond_error("500 Internal Server Error", b"x" * 2**22)))
    async with make_client(server) as client:
        with pytest.raises(ApiError, match="500"):
            async with client.stream("GET", "/"):
                pass


async def test_disable_compression_sends_identity_encoding(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_with()))
    for disabled in (False, True):
        async with make_client(server, configuration={"disable_compression": disabled}) as client:
            await client.request("GET", "/")
            async with client.stream("GET", "/"):
                pass
    encodings = [request.header("accept-encoding") for request in server.requests]
    assert encodings == ["gzip", "identity", "identity", "identity"]
