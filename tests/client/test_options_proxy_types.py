"""Proxy passwords in netrc files, and SOCKS and HTTPS proxies."""

import base64
import dataclasses
import ssl
import sys
from pathlib import Path
from typing import Any

import pytest
import trustme

from client.conftest import MakeClient
from client.scripted_server import ResponseSequence, respond_error, respond_with
from kubex.client import Client, ClientOptions, create_client
from kubex.configuration import ClientConfiguration
from kubex.errors import BackendError, ProxyError, TLSError
from kubex.transport import API_VERSION, Backend
from kubex_testing.compliance.servers import Server, SocksProxy, StartServer, TunnelProxy
from support.backend_pairs import BACKENDS, BackendPair

REMOTE_URL = "https://203.0.113.1:6443"


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
    return {"server_ca_data": authority.cert_pem.bytes().decode()}


def write_netrc(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (folder / "netrc").write_text(text)
    monkeypatch.setenv("NETRC", str(folder / "netrc"))


@pytest.mark.anyio
@pytest.mark.covers("options-trust_env-netrc")
async def test_netrc_password_is_sent_to_the_proxy_and_not_to_the_server(
    make_client: MakeClient,
    start_server: StartServer,
    https_server: Server,
    authority: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_netrc(tmp_path, monkeypatch, "machine 127.0.0.1 login user password p#ss\n")
    proxy = start_server(TunnelProxy(("user", "p#ss")))
    async with make_client(
        https_server, trust_env=True, proxy=proxy.url, configuration=ca_settings(authority)
    ) as client:
        await client.request("GET", "/")
    (connect_request,) = proxy.requests
    assert connect_request.header("proxy-authorization") == "Basic " + base64.b64encode(b"user:p#ss").decode()
    (request,) = https_server.requests
    assert (request.header("authorization"), request.header("proxy-authorization")) == (None, None)


@pytest.mark.anyio
async def test_netrc_file_is_ignored_without_trust_env(
    make_client: MakeClient, start_server: StartServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_netrc(tmp_path, monkeypatch, "machine 127.0.0.1 login user password word\n")
    proxy, server = start_server(ResponseSequence(respond_with())), start_server(ResponseSequence(respond_with()))
    async with make_client(server, proxy=proxy.url) as client:
        await client.request("GET", "/")
    async with make_client(server, trust_env=True) as client:  # without a proxy, the password is not sent
        await client.request("GET", "/")
    assert proxy.requests[0].header("proxy-authorization") is None
    assert server.requests[0].header("authorization") is None


@pytest.mark.anyio
@pytest.mark.covers("pitfall-26")
@pytest.mark.parametrize("source", ["option", "proxy-url", "environment"])
async def test_socks_proxy_is_accepted_from_each_source(
    make_client: MakeClient,
    start_server: StartServer,
    authority: trustme.CA,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("kubernetes.test").configure_cert(context)
    server = start_server(ResponseSequence(respond_with()), tls=context)
    socks = SocksProxy(("user", "p@ss"))
    url = f"socks5://user:p%40ss@127.0.0.1:{start_server(socks).port}"
    options: dict[str, Any] = {"configuration": ca_settings(authority)}
    if source == "option":
        options["proxy"] = url
    elif source == "proxy-url":
        options["configuration"]["proxy_url"] = url
    else:
        monkeypatch.setenv("ALL_PROXY", url)
        options["trust_env"] = True
    async with make_client(f"https://kubernetes.test:{server.port}", **options) as client:
        await client.request("GET", "/")
        async with client.stream("GET", "/") as stream:
            assert await stream.receive() == b"{}"
    assert set(socks.targets) == {("name kubernetes.test", server.port)}


@pytest.mark.anyio
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
async def test_status_407_of_a_plain_request_raises_proxy_error(
    make_client: MakeClient, start_server: StartServer, stream: bool
) -> None:
    proxy = start_server(ResponseSequence(respond_error("407 Proxy Authentication Required", b"who?")))
    async with make_client("http://203.0.113.1", proxy=f"http://user:swordfish@{proxy.netloc}") as client:
        with pytest.raises(ProxyError, match=f"proxy {proxy.url}: it refused with 407; it requires a user") as caught:
            await (client.stream("GET", "/api").__aenter__() if stream else client.request("GET", "/api"))
    assert len(proxy.requests) == 1
    assert "swordfish" not in str(caught.value)


@pytest.mark.anyio
@pytest.mark.parametrize("trusted_by", ["system", "cluster", "unknown authority"])
async def test_https_proxy_is_verified_with_system_or_cluster_ca(
    make_client: MakeClient,
    backend: Backend,
    start_server: StartServer,
    https_server: Server,
    authority: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trusted_by: str,
) -> None:
    if backend.proxy("https", "https") is not None:
        pytest.skip("this Python does not support TLS inside of TLS")
    proxy_authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (authority if trusted_by == "cluster" else proxy_authority).issue_cert("localhost").configure_cert(context)
    proxy = start_server(TunnelProxy(("user", "word")), tls=context)
    if trusted_by == "system":
        proxy_authority.cert_pem.write_to_path(tmp_path / "system.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "system.pem"))
    options = {"proxy": f"https://user:word@localhost:{proxy.port}", "configuration": ca_settings(authority)}
    async with make_client(https_server, **options) as client:
        if trusted_by == "unknown authority":
            with pytest.raises(TLSError, match=f"proxy https://localhost:{proxy.port}: .*certificate was rejected"):
                await client.request("GET", "/")
        else:
            await client.request("GET", "/")
    assert len(https_server.requests) == (trusted_by != "unknown authority")


@pytest.mark.anyio
@pytest.mark.filterwarnings("ignore::kubex.errors.InsecureServerWarning")
async def test_https_proxy_is_verified_with_insecure_skip_tls_verify(
    make_client: MakeClient, backend: Backend, start_server: StartServer, https_server: Server
) -> None:
    if backend.proxy("https", "https") is not None:
        pytest.skip("this Python does not support TLS inside of TLS")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    proxy = start_server(TunnelProxy(), tls=context)
    options = {"proxy": f"https://localhost:{proxy.port}", "configuration": {"insecure_skip_tls_verify": True}}
    async with make_client(https_server, **options) as client:
        with pytest.raises(TLSError, match=f"proxy https://localhost:{proxy.port}: "):
            await client.request("GET", "/")
    assert proxy.requests == []


@pytest.mark.anyio
@pytest.mark.covers("pitfall-26")
@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
async def test_missing_socks_extra_raises_when_the_client_is_created(
    pair: BackendPair, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setitem(sys.modules, "python_socks", None)
    proxy = f"{scheme}://user:swordfish@proxy:1"
    hint = rf"the proxy {scheme}://proxy:1 cannot be used: .*pip install \"kubex-{pair.backend}\[socks\]\""
    for configuration, options in (
        (ClientConfiguration(url=REMOTE_URL), ClientOptions(proxy=proxy)),
        (ClientConfiguration(url=REMOTE_URL, proxy_url=proxy), ClientOptions()),
    ):
        with pytest.raises(BackendError, match=hint):
            await create_client(configuration, client_class=pair.backend, options=options)
    Client(
        ClientConfiguration(url="http://a"),
        ClientOptions(proxy={"https": proxy}),
        backend=without_ignored_options(pair),
    )


def without_ignored_options(pair: BackendPair) -> Backend:
    return dataclasses.replace(BACKENDS[pair.backend], ignores=())


def test_tls_inside_of_tls_raises_if_asyncio_does_not_support_it() -> None:
    for name, raises in (("aiohttp", sys.version_info < (3, 11)), ("httpx", False), ("httpx2", False)):
        configuration = ClientConfiguration(url=REMOTE_URL, proxy_url="https://proxy:1")
        if raises:
            with pytest.raises(BackendError, match=r"https://proxy:1 cannot be used: .* Python 3.11; .* httpx"):
                Client(configuration, backend=BACKENDS[name])
        else:
            Client(configuration, backend=BACKENDS[name])
        Client(ClientConfiguration(url="http://a", proxy_url="https://proxy:1"), backend=BACKENDS[name])


def test_backend_without_declarations_supports_neither_socks_nor_http2(pair: BackendPair) -> None:
    known = BACKENDS[pair.backend]
    other = Backend(name="other", load=known.load, defaults=known.defaults, api_version=API_VERSION)
    with pytest.raises(BackendError, match="this backend does not support SOCKS proxies"):
        Client(ClientConfiguration(url=REMOTE_URL), ClientOptions(proxy="socks5://a"), backend=other)
    with pytest.raises(BackendError, match="this backend does not support HTTP/2"):
        Client(ClientConfiguration(url=REMOTE_URL), ClientOptions(http2=True), backend=other)
    Client(ClientConfiguration(url=REMOTE_URL), ClientOptions(proxy="https://a"), backend=other)
