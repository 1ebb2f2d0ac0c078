"""What a client sends, and what it makes of plain answers."""

import json
import sys
from functools import partial

import pytest

from client.conftest import Connect
from client.scripted_server import Turns, answer, compressed, refuse, stream
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
from support.backend_pairs import BackendPair
from transport.socket_server import Peer, Serve

pytestmark = pytest.mark.anyio

VERSION = {"major": "1", "minor": "37", "gitVersion": "v1.37.2", "platform": "linux/amd64"}


async def test_the_default_headers(connect: Connect, serve: Serve, pair: BackendPair) -> None:
    server = serve(Turns(answer(b"{}")))
    async with connect(server) as client:
        await client.request("GET", "/readyz")
        await client.request("POST", "/things", json={"a": 1})
    first, second = server.seen
    python = ".".join(map(str, sys.version_info[:2]))
    assert first.header("accept") == "application/json"
    assert first.header("accept-encoding") == "gzip"
    assert first.header("user-agent") == f"kubex/{__version__} ({pair.backend}; python {python})"
    assert first.header("content-type") is None
    assert first.header("authorization") is None
    assert second.header("content-type") == "application/json"
    assert second.body == b'{"a":1}'


async def test_a_stream_is_not_compressed_since_that_would_hold_it_up(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(stream(b"a\n")))
    async with connect(server) as client, client.stream("GET", "/log") as opened:
        assert await opened.receive() == b"a\n"
    assert server.seen[0].header("accept-encoding") == "identity"


async def test_the_callers_headers_go_before_the_defaults(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(answer()))
    headers = {"accept": "text/plain", "User-Agent": "mine/1", "X-Other": "1"}
    async with connect(server) as client:
        await client.request("GET", "/metrics", headers=headers)
    sent = [(name.lower(), value) for name, value in server.seen[0].headers]
    assert [value for name, value in sent if name == "accept"] == ["text/plain"]
    assert [value for name, value in sent if name == "user-agent"] == ["mine/1"]
    assert ("x-other", "1") in sent


async def test_a_callers_authorization_goes_before_the_credentials(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(answer()))
    async with connect(server, configuration={"token": "configured"}) as client:
        await client.request("GET", "/", headers={"authorization": "Bearer mine"})
    sent = [value for name, value in server.seen[0].headers if name.lower() == "authorization"]
    assert sent == ["Bearer mine"]


@pytest.mark.parametrize("value", ["marked\r\nX-Injected: 1", "marked\n", "marked\x00", "marked\x7f"])
async def test_a_header_that_would_become_two_is_refused_and_not_shown(
    connect: Connect, serve: Serve, value: str
) -> None:
    server = serve(Turns(answer()))
    async with connect(server) as client:
        with pytest.raises(ConfigurationError, match=r"headers\['X-Token'\]: contains a line break") as caught:
            await client.request("GET", "/", headers={"X-Token": value})
        assert "marked" not in str(caught.value)
        with pytest.raises(ConfigurationError, match="is not a header name"):
            await client.request("GET", "/", headers={value: "x"})
        with pytest.raises(ConfigurationError, match="is not an HTTP method"):
            await client.request(f"GET / HTTP/1.1\r\n{value}", "/")
    assert server.connections == 0


async def test_a_head_request_has_no_body(connect: Connect, serve: Serve) -> None:
    def head(peer: Peer) -> None:
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")

    server = serve(Turns(head, answer(b"next")))
    async with connect(server) as client:
        response = await client.request("HEAD", "/")
        assert (response.status, response.headers.get("content-length"), response.body) == (200, "100", b"")
        assert (await client.request("GET", "/")).body == b"next"


async def test_a_user_agent_of_ones_own(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(answer()))
    async with connect(server, user_agent="operator/2.0 (test)") as client:
        await client.request("GET", "/")
    assert server.seen[0].header("user-agent") == "operator/2.0 (test)"


@pytest.mark.parametrize(
    ("configuration", "header"),
    [
        ({}, None),
        ({"token": "abc"}, "Bearer abc"),
        ({"username": "u", "password": "pä"}, "Basic dTpww6Q="),
    ],
)
async def test_credentials_are_sent(
    connect: Connect, serve: Serve, configuration: dict[str, str], header: str | None
) -> None:
    server = serve(Turns(answer()))
    async with connect(server, configuration=configuration) as client:
        await client.request("GET", "/")
    assert server.seen[0].header("authorization") == header


@pytest.mark.covers("pitfall-20")
@pytest.mark.parametrize("prefix", ["", "/", "/k8s/clusters/c-1", "/k8s/clusters/c-1/", "/a%2Fb/c;d=1"])
async def test_the_path_of_the_server_is_kept(connect: Connect, serve: Serve, prefix: str) -> None:
    server = serve(Turns(answer(json.dumps({"metadata": {"name": "a"}, **VERSION}).encode())))
    async with connect(server.url + prefix) as client:
        await client.version()
        await Api(ConfigMap, client).get("a")
        await client.request("GET", "/api", query={"x": ["1", "2"], "no": None, "yes": True})
        async with client.stream("GET", "/log"):
            pass
    base = prefix.rstrip("/")
    assert [request.target for request in server.seen] == [
        f"{base}/version",
        f"{base}/api/v1/namespaces/default/configmaps/a",
        f"{base}/api?x=1&x=2&yes=true",
        f"{base}/log",
    ]


async def test_the_scheme_of_the_server_may_be_in_capitals(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(answer(json.dumps(VERSION).encode())))
    async with connect(server.url.replace("http", "HTTP")) as client:
        await client.version()
    assert [request.target for request in server.seen] == ["/version"]


async def test_a_host_may_be_a_name(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(answer()))
    async with connect(f"http://LOCALHOST:{server.port}/") as client:
        await client.request("GET", "/readyz")
    assert (server.seen[0].header("host") or "").lower() == f"localhost:{server.port}"


@pytest.mark.covers("pitfall-11")
async def test_a_name_is_encoded_or_refused_before_anything_is_sent(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(answer(b'{"metadata": {"name": "a"}}')))
    async with connect(server) as client:
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
        assert server.seen == []
        await api.get("a?b#c d")
    assert server.seen[0].target == "/api/v1/namespaces/default/configmaps/a%3Fb%23c%20d"


@pytest.mark.parametrize("path", ["readyz", "", "/a?b=c", "/a b", "/a#b", "/../x", "/a/%2e%2E/b", "/a\r\nX: y", "//ä"])
async def test_a_path_that_is_not_clean_is_refused(connect: Connect, serve: Serve, path: str) -> None:
    server = serve(Turns(answer()))
    async with connect(server) as client:
        with pytest.raises(InvalidNameError):
            await client.request("GET", path)
        with pytest.raises(InvalidNameError):
            client.stream("GET", path)
    assert server.connections == 0


@pytest.mark.covers("pitfall-16")
async def test_a_plural_is_sent_as_the_class_says(connect: Connect, serve: Serve) -> None:
    from kubex.models import dynamic_resource

    server = serve(Turns(answer(b'{"items": []}')))
    async with connect(server) as client:
        for api_version, kind, plural in (("v1", "Endpoints", "endpoints"), ("g.io/v1", "Gateway", "gateways")):
            await Api(dynamic_resource(api_version, kind, plural=plural), client).list(namespace=None)
    assert [request.target for request in server.seen] == ["/api/v1/endpoints", "/apis/g.io/v1/gateways"]


async def test_namespaces_fall_back_from_call_to_api_to_configuration(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(answer(b'{"metadata": {"name": "a"}}')))
    async with connect(server, configuration={"namespace": "conf"}) as client:
        await Api(ConfigMap, client).get("a")
        await Api(ConfigMap, client, namespace="api").get("a")
        await Api(ConfigMap, client, namespace="api").get("a", namespace="call")
        with pytest.raises(NamespaceError, match="get needs one namespace"):
            await Api(ConfigMap, client, namespace=None).get("a")
        with pytest.raises(NamespaceError, match="is cluster-scoped"):
            await Api(Namespace, client).get("a", namespace="x")
    assert [request.target.split("/")[4] for request in server.seen] == ["conf", "api", "call"]


@pytest.mark.covers("pitfall-24")
@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "303 See Other", "307 T", "308 P"])
async def test_redirects_are_not_followed(connect: Connect, serve: Serve, status: str) -> None:
    login = serve(Turns(answer(b"<html>please sign in</html>")))
    server = serve(Turns(refuse(status, b"<a>Moved</a>", Location=login.url)))
    async with connect(server, configuration={"token": "t"}) as client:
        with pytest.raises(ApiError, match=r"redirects are not followed.*login page") as caught:
            await Api(ConfigMap, client).get("a")
        with pytest.raises(ApiError, match="redirects are not followed"):
            async with client.stream("GET", "/log"):
                pass
    assert str(caught.value.status) == status[:3]
    assert login.connections == 0
    assert len(server.seen) == 2


async def test_cookies_are_not_sent_back(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(answer(headers=[("Set-Cookie", "session=1; Path=/"), ("Set-Cookie", "b=2")])))
    async with connect(server) as client:
        for _ in range(2):
            await client.request("GET", "/")
        async with client.stream("GET", "/"):
            pass
    assert [request.header("cookie") for request in server.seen] == [None, None, None]


async def test_compressed_answers_are_read(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(compressed(json.dumps(VERSION | {"extra": "x" * 100_000}).encode())))
    async with connect(server) as client:
        version = await client.version()
    assert (version.git_version, version.model_extra) == ("v1.37.2", {"extra": "x" * 100_000})


async def test_any_path_may_be_asked(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(answer(b"ok\n", status="201 Created", headers=[("X-Thing", "1")])))
    async with connect(server) as client:
        response = await client.request("get", "/readyz", accept="text/plain")
        await client.request("PATCH", "/x", body=b"raw", content_type="application/octet-stream")
        await client.request("POST", "/y", json=ConfigMap(metadata=ObjectMeta(name="a")))
        await client.request("POST", "/z", json=None)
        with pytest.raises(ConfigurationError, match="pass json= or body=, not both"):
            await client.request("POST", "/x", json={}, body=b"")
    assert (response.status, response.body, response.headers.get("x-thing")) == (201, b"ok\n", "1")
    assert "ok" not in repr(response)
    plain, raw, model, null = server.seen
    assert (plain.method, plain.header("accept")) == ("GET", "text/plain")
    assert (raw.body, raw.header("content-type")) == (b"raw", "application/octet-stream")
    assert json.loads(model.body)["kind"] == "ConfigMap"
    assert null.body == b"null"


async def test_errors_of_any_path_are_those_of_the_api(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(refuse("404 Not Found", b"404 page not found\n")))
    async with connect(server) as client:
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
async def test_any_error_answer_is_an_api_error(
    connect: Connect, serve: Serve, status: str, body: bytes, streamed: bool
) -> None:
    server = serve(Turns(refuse(status, body)))
    async with connect(server) as client:
        call = client.stream("GET", "/api/v1/pods").__aenter__ if streamed else partial(Api(ConfigMap, client).get, "a")
        with pytest.raises(ApiError) as caught:
            await call()
    assert caught.value.status == int(status[:3])
    assert str(caught.value.status) in str(caught.value)


async def test_an_answer_that_is_no_object_is_a_decode_error(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(answer(b"<html>hello</html>")))
    async with connect(server) as client:
        with pytest.raises(DecodeError, match="cannot decode ConfigMap"):
            await Api(ConfigMap, client).get("a")
        with pytest.raises(DecodeError, match="cannot decode VersionInfo"):
            await client.version()


async def test_a_large_error_body_of_a_stream_is_not_read_whole(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(refuse("500 Internal Server Error", b"x" * 2**22)))
    async with connect(server) as client:
        with pytest.raises(ApiError, match="500"):
            async with client.stream("GET", "/"):
                pass
