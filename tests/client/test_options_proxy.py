"""Proxies: which requests go through them, and with which credentials."""

import base64
import socket
import ssl
import threading
import traceback

import pytest
import trustme

from client.conftest import Connect
from client.scripted_server import Turns, answer, stream
from kubex.errors import ProxyError
from support.ports import free_port
from transport.socket_server import SECONDS, Peer, Serve, Server

pytestmark = pytest.mark.anyio

CREDENTIALS = "Basic " + base64.b64encode(b"user:p@ss").decode()


def tunnel(peer: Peer) -> None:
    """Be a proxy for one connection: CONNECT makes a tunnel, anything else is answered as a server would."""
    asked = peer.request()
    if asked is None:
        return
    if asked.method != "CONNECT":
        peer.answer(b'{"by": "proxy"}')
        return
    host, _, port = asked.target.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=SECONDS) as far:
        peer.send("HTTP/1.1 200 Connected\r\n\r\n")
        back = threading.Thread(target=pump, args=(far, peer.socket), daemon=True)
        back.start()
        pump(peer.socket, far)
        back.join(SECONDS)


def pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return  # one side has gone, which the other learns from its own socket


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(serve: Serve, authority: trustme.CA) -> Server:
    """Start an HTTPS server at localhost."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return serve(Turns(answer(b'{"by": "server"}')), tls=context)


def trusting(authority: trustme.CA) -> dict[str, str]:
    return {"server_ca_data": authority.cert_pem.bytes().decode(), "token": "for-the-server"}


@pytest.mark.covers("options-proxy-none")
async def test_without_a_proxy_nobody_is_between(
    connect: Connect, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, server = serve(tunnel), serve(Turns(answer(b'{"by": "server"}')))
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.setenv("ALL_PROXY", proxy.url)
    async with connect(server) as client:
        assert (await client.request("GET", "/")).body == b'{"by": "server"}'
    assert proxy.connections == 0


@pytest.mark.covers("options-proxy-str", "options-asymmetry-proxy_str")
async def test_one_proxy_takes_plain_requests(connect: Connect, serve: Serve) -> None:
    proxy, server = serve(tunnel), serve(Turns(answer()))
    async with connect(server, proxy=f"http://user:p%40ss@{proxy.host}") as client:
        assert (await client.request("GET", "/api", query={"a": "b"})).body == b'{"by": "proxy"}'
    assert (proxy.seen[0].method, proxy.seen[0].target) == ("GET", f"{server.url}/api?a=b")
    assert proxy.seen[0].header("proxy-authorization") == CREDENTIALS
    assert server.connections == 0


@pytest.mark.covers("options-proxy-str", "options-asymmetry-proxy_str", "pitfall-26")
async def test_one_proxy_tunnels_to_a_secure_server(
    connect: Connect, serve: Serve, secure: Server, authority: trustme.CA
) -> None:
    proxy = serve(tunnel)
    options = {"proxy": f"http://user:p%40ss@{proxy.host}", "configuration": trusting(authority)}
    async with connect(secure, **options) as client:
        assert (await client.request("GET", "/")).body == b'{"by": "server"}'
        async with client.stream("GET", "/") as opened:
            assert await opened.receive()
    assert {(asked.method, asked.target) for asked in proxy.seen} == {("CONNECT", secure.host)}
    assert {asked.header("proxy-authorization") for asked in proxy.seen} == {CREDENTIALS}
    assert {asked.header("authorization") for asked in proxy.seen} == {None}
    assert {asked.header("proxy-authorization") for asked in secure.seen} == {None}
    assert {asked.header("authorization") for asked in secure.seen} == {"Bearer for-the-server"}


@pytest.mark.covers("options-proxy-dict", "options-asymmetry-proxy_dict")
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_map_names_the_proxy_of_the_servers_scheme(
    connect: Connect, serve: Serve, secure: Server, authority: trustme.CA, scheme: str
) -> None:
    proxy = serve(tunnel)
    server = secure if scheme == "https" else serve(Turns(answer()))
    options = {"proxy": {scheme: proxy.url}, "configuration": trusting(authority) if scheme == "https" else {}}
    async with connect(server, **options) as client:
        await client.request("GET", "/")
    assert [asked.method for asked in proxy.seen] == [{"http": "GET", "https": "CONNECT"}[scheme]]


@pytest.mark.covers("options-proxy-dict", "options-asymmetry-proxy_dict")
@pytest.mark.filterwarnings("ignore:ClientOptions.proxy:UserWarning")
async def test_a_proxy_for_the_other_scheme_is_not_used(connect: Connect, serve: Serve) -> None:
    proxy, server = serve(tunnel), serve(Turns(stream(b"x")))
    async with connect(server, proxy={"https": proxy.url}) as client, client.stream("GET", "/") as opened:
        assert await opened.receive() == b"x"
    assert (proxy.connections, server.connections) == (0, 1)


@pytest.mark.filterwarnings("ignore:ClientOptions.proxy is the proxy:UserWarning")
async def test_the_option_goes_before_the_kubeconfigs_and_that_before_the_environments(
    connect: Connect, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = "http://203.0.113.1:1"  # no loopback address, which the environment's proxy would not be asked for
    first, second, third = serve(tunnel), serve(tunnel), serve(tunnel)
    monkeypatch.setenv("HTTP_PROXY", third.url)
    for options in (
        {"proxy": first.url, "configuration": {"proxy_url": second.url}},
        {"configuration": {"proxy_url": second.url}},
        {},
    ):
        async with connect(server, trust_env=True, **options) as client:
            await client.request("GET", "/")
    assert [len(proxy.seen) for proxy in (first, second, third)] == [1, 1, 1]


async def test_a_proxy_that_refuses_is_a_proxy_error_and_asked_once(
    connect: Connect, serve: Serve, authority: trustme.CA
) -> None:
    def refusing(peer: Peer) -> None:
        while peer.request():
            peer.answer(b"who are you?", status="407 Proxy Authentication Required")

    proxy = serve(refusing)
    options = {"proxy": f"http://user:marked-password@{proxy.host}", "configuration": trusting(authority)}
    async with connect("https://203.0.113.1:6443", **options) as client:
        with pytest.raises(ProxyError) as caught:
            await client.request("GET", "/")
    assert len(proxy.seen) == 1
    assert "marked-password" not in "".join(traceback.format_exception(caught.value))


async def test_a_proxy_that_is_not_there_is_a_proxy_error(connect: Connect, authority: trustme.CA) -> None:
    options = {"proxy": f"http://127.0.0.1:{free_port()}", "configuration": trusting(authority)}
    async with connect("https://203.0.113.1:6443", **options) as client:
        with pytest.raises(ProxyError):
            await client.request("GET", "/")
