"""What else decides how requests travel: the netrc file, trust in proxies, extras that are missing, compression."""

import base64
import dataclasses
import ssl
import sys
from pathlib import Path
from typing import Any

import pytest
import trustme

from client.conftest import BACKENDS, Connect
from client.scripted_server import Turns, answer, refuse
from kubex.client import Client, ClientOptions, create_client
from kubex.configuration import ClientConfiguration
from kubex.errors import BackendError, ProxyError, TLSError
from kubex.transport import API_VERSION, Backend
from support.backend_pairs import BackendPair
from transport.proxy_server import Socks, Tunnel
from transport.socket_server import Serve, Server

FAR = "https://203.0.113.1:6443"


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(serve: Serve, authority: trustme.CA) -> Server:
    """Start an HTTPS server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return serve(Turns(answer(b'{"by": "server"}')), tls=context)


def trusting(authority: trustme.CA) -> dict[str, str]:
    return {"server_ca_data": authority.cert_pem.bytes().decode()}


def netrc(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (folder / "netrc").write_text(text)
    monkeypatch.setenv("NETRC", str(folder / "netrc"))


@pytest.mark.anyio
@pytest.mark.covers("options-trust_env-netrc")
async def test_the_netrc_file_has_the_proxys_password_and_not_the_servers(
    connect: Connect,
    serve: Serve,
    secure: Server,
    authority: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    netrc(tmp_path, monkeypatch, "machine 127.0.0.1 login user password p#ss\n")
    proxy = serve(Tunnel(("user", "p#ss")))
    async with connect(secure, trust_env=True, proxy=proxy.url, configuration=trusting(authority)) as client:
        await client.request("GET", "/")
    (asked,) = proxy.seen
    assert asked.header("proxy-authorization") == "Basic " + base64.b64encode(b"user:p#ss").decode()
    (seen,) = secure.seen
    assert (seen.header("authorization"), seen.header("proxy-authorization")) == (None, None)


@pytest.mark.anyio
async def test_the_netrc_file_is_not_read_unless_the_environment_is_trusted(
    connect: Connect, serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc(tmp_path, monkeypatch, "machine 127.0.0.1 login user password word\n")
    proxy, server = serve(Turns(answer())), serve(Turns(answer()))
    async with connect(server, proxy=proxy.url) as client:
        await client.request("GET", "/")
    async with connect(server, trust_env=True) as client:  # no proxy, so nobody gets the password
        await client.request("GET", "/")
    assert proxy.seen[0].header("proxy-authorization") is None
    assert server.seen[0].header("authorization") is None


@pytest.mark.anyio
@pytest.mark.covers("pitfall-26")
@pytest.mark.parametrize("way", ["option", "proxy-url", "environment"])
async def test_a_socks_proxy_from_each_source(
    connect: Connect, serve: Serve, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("kubernetes.test").configure_cert(context)
    server = serve(Turns(answer()), tls=context)
    socks = Socks(("user", "p@ss"))
    url = f"socks5://user:p%40ss@127.0.0.1:{serve(socks).port}"
    options: dict[str, Any] = {"configuration": trusting(authority)}
    if way == "option":
        options["proxy"] = url
    elif way == "proxy-url":
        options["configuration"]["proxy_url"] = url
    else:
        monkeypatch.setenv("ALL_PROXY", url)
        options["trust_env"] = True
    async with connect(f"https://kubernetes.test:{server.port}", **options) as client:
        await client.request("GET", "/")
        async with client.stream("GET", "/") as opened:
            assert await opened.receive() == b"{}"
    assert set(socks.asked) == {("name kubernetes.test", server.port)}


@pytest.mark.anyio
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
async def test_a_407_to_a_plain_request_is_the_proxys(connect: Connect, serve: Serve, stream: bool) -> None:
    proxy = serve(Turns(refuse("407 Proxy Authentication Required", b"who?")))
    async with connect("http://203.0.113.1", proxy=f"http://user:swordfish@{proxy.host}") as client:
        with pytest.raises(ProxyError, match=f"proxy {proxy.url}: it refused with 407; it requires a user") as caught:
            await (client.stream("GET", "/api").__aenter__() if stream else client.request("GET", "/api"))
    assert len(proxy.seen) == 1
    assert "swordfish" not in str(caught.value)


@pytest.mark.anyio
@pytest.mark.parametrize("trusted_by", ["system", "cluster", "nobody"])
async def test_a_proxy_by_https_is_trusted_by_the_system_or_as_the_cluster_is(
    connect: Connect,
    backend: Backend,
    serve: Serve,
    secure: Server,
    authority: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trusted_by: str,
) -> None:
    if backend.proxy("https", "https") is not None:
        pytest.skip("this Python has no TLS inside of TLS")
    others = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (authority if trusted_by == "cluster" else others).issue_cert("localhost").configure_cert(context)
    proxy = serve(Tunnel(("user", "word")), tls=context)
    if trusted_by == "system":
        others.cert_pem.write_to_path(tmp_path / "system.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "system.pem"))
    options = {"proxy": f"https://user:word@localhost:{proxy.port}", "configuration": trusting(authority)}
    async with connect(secure, **options) as client:
        if trusted_by == "nobody":
            with pytest.raises(TLSError, match=f"proxy https://localhost:{proxy.port}: .*certificate was rejected"):
                await client.request("GET", "/")
        else:
            await client.request("GET", "/")
    assert len(secure.seen) == (trusted_by != "nobody")


@pytest.mark.anyio
@pytest.mark.filterwarnings("ignore::kubex.errors.InsecureServerWarning")
async def test_a_proxy_by_https_is_verified_also_where_the_server_is_not(
    connect: Connect, backend: Backend, serve: Serve, secure: Server
) -> None:
    if backend.proxy("https", "https") is not None:
        pytest.skip("this Python has no TLS inside of TLS")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    proxy = serve(Tunnel(), tls=context)
    options = {"proxy": f"https://localhost:{proxy.port}", "configuration": {"insecure_skip_tls_verify": True}}
    async with connect(secure, **options) as client:
        with pytest.raises(TLSError, match=f"proxy https://localhost:{proxy.port}: "):
            await client.request("GET", "/")
    assert proxy.seen == []


@pytest.mark.anyio
@pytest.mark.covers("pitfall-26")
@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
async def test_a_missing_extra_is_named_when_the_client_is_made(
    pair: BackendPair, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setitem(sys.modules, "python_socks", None)
    proxy = f"{scheme}://user:swordfish@proxy:1"
    hint = rf"the proxy {scheme}://proxy:1 cannot be used: .*pip install \"kubex-{pair.backend}\[socks\]\""
    for configuration, options in (
        (ClientConfiguration(url=FAR), ClientOptions(proxy=proxy)),
        (ClientConfiguration(url=FAR, proxy_url=proxy), ClientOptions()),
    ):
        with pytest.raises(BackendError, match=hint):
            await create_client(configuration, client_class=pair.backend, options=options)
    Client(ClientConfiguration(url="http://a"), ClientOptions(proxy={"https": proxy}), backend=quiet(pair))


def quiet(pair: BackendPair) -> Backend:
    return dataclasses.replace(BACKENDS[pair.backend], ignores=())


def test_tls_inside_of_tls_is_refused_where_asyncio_cannot_do_it() -> None:
    for name, wanted in (("aiohttp", sys.version_info < (3, 11)), ("httpx", False)):
        made = ClientConfiguration(url=FAR, proxy_url="https://proxy:1")
        if wanted:
            with pytest.raises(BackendError, match=r"https://proxy:1 cannot be used: .* Python 3.11; .* httpx"):
                Client(made, backend=BACKENDS[name])
        else:
            Client(made, backend=BACKENDS[name])
        Client(ClientConfiguration(url="http://a", proxy_url="https://proxy:1"), backend=BACKENDS[name])


def test_a_backend_that_says_nothing_has_neither_socks_nor_http2(pair: BackendPair) -> None:
    known = BACKENDS[pair.backend]
    other = Backend(name="other", load=known.load, defaults=known.defaults, api_version=API_VERSION)
    with pytest.raises(BackendError, match="this backend has no SOCKS support"):
        Client(ClientConfiguration(url=FAR), ClientOptions(proxy="socks5://a"), backend=other)
    with pytest.raises(BackendError, match="this backend has no HTTP/2"):
        Client(ClientConfiguration(url=FAR), ClientOptions(http2=True), backend=other)
    Client(ClientConfiguration(url=FAR), ClientOptions(proxy="https://a"), backend=other)


def test_http2_is_refused_where_it_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration, options = ClientConfiguration(url=FAR), ClientOptions(http2=True)
    with pytest.raises(BackendError, match=r"ClientOptions.http2 cannot be used: aiohttp has no HTTP/2; use httpx"):
        Client(configuration, options, backend=BACKENDS["aiohttp"])
    Client(configuration, options, backend=BACKENDS["httpx"])
    monkeypatch.setitem(sys.modules, "h2", None)
    with pytest.raises(BackendError, match=r'pip install "kubex-httpx\[http2\]"'):
        Client(configuration, options, backend=BACKENDS["httpx"])


@pytest.mark.anyio
async def test_compression_can_be_switched_off(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(answer()))
    for disabled in (False, True):
        async with connect(server, configuration={"disable_compression": disabled}) as client:
            await client.request("GET", "/")
            async with client.stream("GET", "/"):
                pass
    encodings = [seen.header("accept-encoding") for seen in server.seen]
    assert encodings == ["gzip", "identity", "identity", "identity"]
