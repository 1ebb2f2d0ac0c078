"""Proxy options: the requests that use the proxy, and their credentials."""

import base64
import socket
import ssl
import threading
import traceback

import pytest
import trustme

from client.conftest import MakeClient
from client.scripted_server import ResponseSequence, respond_stream, respond_with
from kubex.errors import ProxyError
from kubex_testing.compliance._ports import free_port
from kubex_testing.compliance.servers import WAIT_TIMEOUT, Server, ServerConnection, StartServer

pytestmark = pytest.mark.anyio

CREDENTIALS = "Basic " + base64.b64encode(b"user:p@ss").decode()


def local_proxy(connection: ServerConnection) -> None:
    """Open a tunnel for CONNECT, and respond to other requests without forwarding them."""
    request = connection.read_request()
    if request is None:
        return
    if request.method != "CONNECT":
        connection.respond(b'{"by": "proxy"}')
        return
    host, _, port = request.target.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=WAIT_TIMEOUT) as upstream:
        connection.send("HTTP/1.1 200 Connected\r\n\r\n")
        to_client = threading.Thread(target=copy_data, args=(upstream, connection.socket), daemon=True)
        to_client.start()
        copy_data(connection.socket, upstream)
        to_client.join(WAIT_TIMEOUT)


def copy_data(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return  # one side is closed


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def https_server(start_server: StartServer, authority: trustme.CA) -> Server:
    """Start an HTTPS server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return start_server(ResponseSequence(respond_with(b'{"by": "server"}')), tls=context)


def ca_settings(authority: trustme.CA) -> dict[str, str]:
    return {"server_ca_data": authority.cert_pem.bytes().decode(), "token": "for-the-server"}


@pytest.mark.covers("options-proxy-none")
async def test_proxy_of_the_environment_is_not_used_by_default(
    make_client: MakeClient, start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, server = start_server(local_proxy), start_server(ResponseSequence(respond_with(b'{"by": "server"}')))
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.setenv("ALL_PROXY", proxy.url)
    async with make_client(server) as client:
        assert (await client.request("GET", "/")).body == b'{"by": "server"}'
    assert proxy.connections == 0


@pytest.mark.covers("options-proxy-str", "options-asymmetry-proxy_str")
async def test_proxy_url_receives_plain_requests(make_client: MakeClient, start_server: StartServer) -> None:
    proxy, server = start_server(local_proxy), start_server(ResponseSequence(respond_with()))
    async with make_client(server, proxy=f"http://user:p%40ss@{proxy.netloc}") as client:
        assert (await client.request("GET", "/api", query={"a": "b"})).body == b'{"by": "proxy"}'
    assert (proxy.requests[0].method, proxy.requests[0].target) == ("GET", f"{server.url}/api?a=b")
    assert proxy.requests[0].header("proxy-authorization") == CREDENTIALS
    assert server.connections == 0


@pytest.mark.covers("options-proxy-str", "options-asymmetry-proxy_str", "pitfall-26")
async def test_proxy_url_tunnels_to_an_https_server(
    make_client: MakeClient, start_server: StartServer, https_server: Server, authority: trustme.CA
) -> None:
    proxy = start_server(local_proxy)
    options = {"proxy": f"http://user:p%40ss@{proxy.netloc}", "configuration": ca_settings(authority)}
    async with make_client(https_server, **options) as client:
        assert (await client.request("GET", "/")).body == b'{"by": "server"}'
        async with client.stream("GET", "/") as stream:
            assert await stream.receive()
    assert {(request.method, request.target) for request in proxy.requests} == {("CONNECT", https_server.netloc)}
    assert {request.header("proxy-authorization") for request in proxy.requests} == {CREDENTIALS}
    assert {request.header("authorization") for request in proxy.requests} == {None}
    assert {request.header("proxy-authorization") for request in https_server.requests} == {None}
    assert {request.header("authorization") for request in https_server.requests} == {"Bearer for-the-server"}


@pytest.mark.covers("options-proxy-dict", "options-asymmetry-proxy_dict")
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_proxy_dict_is_selected_by_the_scheme_of_the_server(
    make_client: MakeClient, start_server: StartServer, https_server: Server, authority: trustme.CA, scheme: str
) -> None:
    proxy = start_server(local_proxy)
    server = https_server if scheme == "https" else start_server(ResponseSequence(respond_with()))
    options = {"proxy": {scheme: proxy.url}, "configuration": ca_settings(authority) if scheme == "https" else {}}
    async with make_client(server, **options) as client:
        await client.request("GET", "/")
    assert [request.method for request in proxy.requests] == [{"http": "GET", "https": "CONNECT"}[scheme]]


@pytest.mark.covers("options-proxy-dict", "options-asymmetry-proxy_dict")
@pytest.mark.filterwarnings("ignore:ClientOptions.proxy:UserWarning")
async def test_proxy_for_the_other_scheme_is_not_used(make_client: MakeClient, start_server: StartServer) -> None:
    proxy, server = start_server(local_proxy), start_server(ResponseSequence(respond_stream(b"x")))
    async with make_client(server, proxy={"https": proxy.url}) as client, client.stream("GET", "/") as stream:
        assert await stream.receive() == b"x"
    assert (proxy.connections, server.connections) == (0, 1)


@pytest.mark.filterwarnings("ignore:ClientOptions.proxy is the proxy:UserWarning")
async def test_proxy_option_precedes_kubeconfig_and_environment(
    make_client: MakeClient, start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = "http://203.0.113.1:1"  # not a loopback address, because these do not use the proxy of the environment
    first, second, third = start_server(local_proxy), start_server(local_proxy), start_server(local_proxy)
    monkeypatch.setenv("HTTP_PROXY", third.url)
    for options in (
        {"proxy": first.url, "configuration": {"proxy_url": second.url}},
        {"configuration": {"proxy_url": second.url}},
        {},
    ):
        async with make_client(server, trust_env=True, **options) as client:
            await client.request("GET", "/")
    assert [len(proxy.requests) for proxy in (first, second, third)] == [1, 1, 1]


async def test_refused_proxy_connection_raises_and_is_not_retried(
    make_client: MakeClient, start_server: StartServer, authority: trustme.CA
) -> None:
    def refuse(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.respond(b"who are you?", status="407 Proxy Authentication Required")

    proxy = start_server(refuse)
    options = {"proxy": f"http://user:secret-password@{proxy.netloc}", "configuration": ca_settings(authority)}
    async with make_client("https://203.0.113.1:6443", **options) as client:
        with pytest.raises(ProxyError) as caught:
            await client.request("GET", "/")
    assert len(proxy.requests) == 1
    assert "secret-password" not in "".join(traceback.format_exception(caught.value))


async def test_unreachable_proxy_raises_proxy_error(make_client: MakeClient, authority: trustme.CA) -> None:
    options = {"proxy": f"http://127.0.0.1:{free_port()}", "configuration": ca_settings(authority)}
    async with make_client("https://203.0.113.1:6443", **options) as client:
        with pytest.raises(ProxyError):
            await client.request("GET", "/")
