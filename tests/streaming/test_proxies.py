"""exec and port-forward through HTTP, HTTPS and SOCKS proxies."""

import ssl
import struct
from typing import Any

import pytest
import trustme

from kubex.client import ClientOptions
from kubex.errors import ApiError, ConnectError, ProxyError
from kubex.transport import Backend
from kubex_testing.compliance._ports import free_port
from kubex_testing.compliance.servers import (
    ConnectionHandler,
    Server,
    ServerConnection,
    SocksProxy,
    StartServer,
    TunnelProxy,
    http_proxy,
)
from streaming.channel_server import SUCCESS, V4, ChannelConnection, OpenPods, run_cat, run_command

pytestmark = [pytest.mark.anyio, pytest.mark.covers("pitfall-26")]

USER, PASSWORD = "user", "p@ss word"
LOGIN = "user:p%40ss%20word"
INPUT = bytes(range(256)) * 2000

# The scheme of the proxy and the scheme of the server.
SCHEMES = [("http", "http"), ("http", "https"), ("https", "https"), ("socks5", "http"), ("socks5", "https")]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Create the certificate authority of servers and proxies."""
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    """Create the SSL context of servers and proxies."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trust(authority: trustme.CA) -> dict[str, Any]:
    """Return the setting of a client that trusts the authority."""
    return {"server_ca_data": authority.cert_pem.bytes().decode()}


@pytest.fixture(params=SCHEMES, ids=["-proxy-".join(schemes) for schemes in SCHEMES])
def schemes(request: pytest.FixtureRequest, backend: Backend) -> tuple[str, str]:
    """Return the schemes of the proxy and the server. Skip pairs that the backend does not support on this Python."""
    proxy, server = request.param
    if backend.proxy(proxy, server) is not None:
        pytest.skip("this Python does not support TLS inside of TLS")
    return proxy, server


class ProxiedServer:
    """A server and a proxy in front of it, which requires a user name and a password."""

    def __init__(
        self, start_server: StartServer, schemes: tuple[str, str], tls: ssl.SSLContext, handler: ConnectionHandler
    ) -> None:
        proxy_scheme, server_scheme = schemes
        self.server: Server = start_server(handler, tls=tls if server_scheme == "https" else None)
        self.socks = SocksProxy((USER, PASSWORD))
        proxy: ConnectionHandler = TunnelProxy((USER, PASSWORD))
        if proxy_scheme == "socks5":
            proxy = self.socks
        elif server_scheme == "http":
            proxy = http_proxy
        self.proxy: Server = start_server(proxy, tls=tls if proxy_scheme == "https" else None)
        self.proxy_url = f"{proxy_scheme}://{LOGIN}@{self.proxy.netloc}"

    def check(self) -> None:
        """Check that all connections used the proxy, and that the server did not receive the password."""
        assert self.proxy.connections == self.server.connections > 0
        for request in self.server.requests:
            assert request.header("proxy-authorization") is None
        for request in self.proxy.requests:
            assert request.header("proxy-authorization") is not None
        if self.socks.targets:
            assert set(self.socks.received_credentials) == {(USER, PASSWORD)}


async def test_exec_uses_the_proxy(
    open_pods: OpenPods,
    start_server: StartServer,
    schemes: tuple[str, str],
    tls: ssl.SSLContext,
    trust: dict[str, Any],
) -> None:
    proxied = ProxiedServer(start_server, schemes, tls, run_cat)
    url = f"{proxied.server.url}/k8s/clusters/c-1"
    async with open_pods(url, proxy_url=proxied.proxy_url, token="swordfish", **trust) as pods:
        result = await pods.exec.run("a", ["cat"], stdin=INPUT)
        assert result.stdout == INPUT
        async with pods.exec.stream("a", ["cat"], stdin=True) as process:
            await process.stdin.send(b"hello")
            assert await process.stdout.receive() == b"hello"
    proxied.check()
    for request in proxied.server.requests:
        assert request.target.startswith("/k8s/clusters/c-1/api/v1/namespaces/default/pods/a/exec?command=cat&")
        assert request.header("authorization") == "Bearer swordfish"


async def test_proxy_of_the_options_is_used(
    open_pods: OpenPods,
    start_server: StartServer,
    schemes: tuple[str, str],
    tls: ssl.SSLContext,
    trust: dict[str, Any],
) -> None:
    proxied = ProxiedServer(start_server, schemes, tls, run_command(b"\x01ok", SUCCESS))
    options = ClientOptions(proxy=proxied.proxy_url)
    async with open_pods(proxied.server.url, options=options, **trust) as pods:
        assert (await pods.exec.run("a", ["true"])).stdout == b"ok"
    proxied.check()


async def test_port_forward_uses_the_proxy(
    open_pods: OpenPods,
    start_server: StartServer,
    schemes: tuple[str, str],
    tls: ssl.SSLContext,
    trust: dict[str, Any],
) -> None:
    def echo(connection: ServerConnection) -> None:
        channels = ChannelConnection(connection, subprotocol=V4)
        confirmation = struct.pack("<H", 80)
        channels.send(b"\x00" + confirmation, b"\x01" + confirmation)
        while (message := channels.receive()) is not None:
            channels.send(message)

    proxied = ProxiedServer(start_server, schemes, tls, echo)
    async with (
        open_pods(proxied.server.url, proxy_url=proxied.proxy_url, **trust) as pods,
        pods.portforward.forward("a", 80) as stream,
    ):
        await stream.send(b"hello")
        assert await stream.receive() == b"hello"
    proxied.check()


def respond_with(status: str) -> ConnectionHandler:
    """Return a handler that responds to each request with an error status."""

    def handle(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.respond(b"<html>not allowed</html>", status=status, headers="Content-Type: text/html\r\n")

    return handle


@pytest.mark.covers("pitfall-39")
@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "502 Bad Gateway"])
async def test_refused_tunnel_raises_proxy_error(
    open_pods: OpenPods, start_server: StartServer, trust: dict[str, Any], status: str
) -> None:
    proxy = start_server(respond_with(status))
    url = f"https://127.0.0.1:{free_port()}"
    async with open_pods(url, proxy_url=f"http://{LOGIN}@{proxy.netloc}", token="swordfish", **trust) as pods:
        with pytest.raises(ProxyError, match=status[:3]) as caught:
            await pods.exec.run("a", ["login", "--password=secret"])
        with pytest.raises(ProxyError, match=status[:3]):
            await pods.portforward.forward("a", 80)
    for secret in ("secret", "swordfish", PASSWORD, LOGIN):
        assert secret not in str(caught.value)
    assert {request.method for request in proxy.requests} == {"CONNECT"}


@pytest.mark.covers("pitfall-39")
@pytest.mark.parametrize(
    ("status", "kind"), [("407 Proxy Authentication Required", ProxyError), ("502 Bad Gateway", ApiError)]
)
async def test_proxy_that_forwards_plain_http_raises_the_error_of_its_status(
    open_pods: OpenPods, start_server: StartServer, status: str, kind: type[Exception]
) -> None:
    proxy = start_server(respond_with(status))
    async with open_pods(f"http://127.0.0.1:{free_port()}", proxy_url=proxy.url) as pods:
        with pytest.raises(kind, match=status[:3]):
            await pods.exec.run("a", ["true"])


async def test_refused_socks_connection_raises_proxy_error(
    open_pods: OpenPods, start_server: StartServer, trust: dict[str, Any]
) -> None:
    proxy = start_server(SocksProxy(reply=5))
    async with open_pods(f"https://127.0.0.1:{free_port()}", proxy_url=f"socks5://{proxy.netloc}", **trust) as pods:
        with pytest.raises(ProxyError):
            await pods.exec.run("a", ["true"])


async def test_proxy_that_does_not_listen_raises_connect_error(open_pods: OpenPods, trust: dict[str, Any]) -> None:
    address = f"127.0.0.1:{free_port()}"
    async with open_pods("https://127.0.0.1:1", proxy_url=f"http://{address}", **trust) as pods:
        with pytest.raises(ConnectError, match=address):
            await pods.exec.run("a", ["true"])
