"""Client certificates that a server refuses in the TLS handshake, and what has replaced them by then."""

import ssl
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import trustme

from client.conftest import MakeClient
from client.scripted_server import ResponseSequence, respond_with
from kubex.errors import ConfigurationError, ServerCertificateError, TLSError
from support.exec_plugins import PluginScript
from transport.socket_server import Server, StartServer

pytestmark = pytest.mark.anyio


class BackendPair(NamedTuple):
    """A client certificate and its key."""

    cert: str
    key: str

    @property
    def printed(self) -> str:
        """The code by which a plugin prints it."""
        return f"print_credential(clientCertificateData={self.cert!r}, clientKeyData={self.key!r})"


class Gateway:
    """A server that takes the client certificates of one authority alone: `good`, not `bad`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = trustme.CA()
        self.good, self.bad = pair(self.authority), pair(trustme.CA())
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert("127.0.0.1").configure_cert(self.tls)
        self.authority.configure_trust(self.tls)
        self.tls.verify_mode = ssl.CERT_REQUIRED

    def trusted(self, **fields: Any) -> dict[str, Any]:
        """Return the configuration of a client."""
        return {"server_ca_data": self.authority.cert_pem.bytes().decode(), **fields}

    def files(self, pair: BackendPair) -> dict[str, Any]:
        """Write a pair to files, and return the configuration of a client that uses them."""
        (self.folder / "cert.pem").write_text(pair.cert)
        (self.folder / "key.pem").write_text(pair.key)
        return self.trusted(client_cert_file=self.folder / "cert.pem", client_key_file=self.folder / "key.pem")


def pair(authority: trustme.CA) -> BackendPair:
    """Let an authority sign a client certificate."""
    made = authority.issue_cert("client@example.com")
    return BackendPair(made.cert_chain_pems[0].bytes().decode(), made.private_key_pem.bytes().decode())


@pytest.fixture(params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def gateway(request: pytest.FixtureRequest, tmp_path: Path) -> Gateway:
    """Make a gateway that speaks one version of TLS: in the newer one the refusal comes with the first read."""
    made = Gateway(tmp_path)
    made.tls.minimum_version = made.tls.maximum_version = request.param
    return made


def start(start_server: StartServer, gateway: Gateway) -> Server:
    return start_server(ResponseSequence(respond_with(b"done")), tls=gateway.tls)


@pytest.mark.parametrize("streamed", [False, True])
async def test_rejected_certificate_files_are_reloaded_and_the_call_is_repeated(
    make_client: MakeClient, start_server: StartServer, gateway: Gateway, streamed: bool
) -> None:
    server = start(start_server, gateway)
    configuration = gateway.files(gateway.bad)
    async with make_client(server, configuration=configuration, retry=None, verify_x509_strict=False) as client:
        with pytest.raises(TLSError):
            await client.request("GET", "/")
        gateway.files(gateway.good)
        if streamed:
            async with client.stream("POST", "/", body=b"{}") as opened:
                assert await opened.receive() == b"done"
        else:
            assert (await client.request("POST", "/", body=b"{}")).body == b"done"
    assert [(request.method, request.body) for request in server.requests] == [("POST", b"{}")]
    assert server.connections == 3


async def test_plugin_runs_again_after_rejection_and_the_call_is_repeated(
    make_client: MakeClient, start_server: StartServer, gateway: Gateway, tmp_path: Path
) -> None:
    server = start(start_server, gateway)
    body = f"{gateway.bad.printed} if run == 1 else {gateway.good.printed}"
    script = PluginScript(tmp_path / "plugin", body)
    configuration = gateway.trusted(exec=script.plugin())
    async with make_client(server, configuration=configuration, retry=None, verify_x509_strict=False) as client:
        assert (await client.request("POST", "/", body=b"{}")).body == b"done"
    assert script.runs == 2
    assert len(server.requests) == 1


@pytest.mark.parametrize("fails", [False, True])
async def test_plugin_runs_once_for_each_rejection(
    make_client: MakeClient, start_server: StartServer, gateway: Gateway, tmp_path: Path, fails: bool
) -> None:
    server = start(start_server, gateway)
    body = f"run == 2 and {fails} and sys.exit('log in'); {gateway.bad.printed}"
    script = PluginScript(tmp_path / "plugin", body)
    configuration = gateway.trusted(exec=script.plugin())
    async with make_client(server, configuration=configuration, verify_x509_strict=False) as client:
        with pytest.raises(ConfigurationError if fails else TLSError) as caught:
            await client.request("GET", "/")
    assert f"GET {server.url}/: " in str(caught.value), "also where it is the plugin that failed"
    assert (script.runs, server.connections, server.requests) == (2, 1, [])


async def test_untrusted_server_does_not_run_the_plugin_again(
    make_client: MakeClient, start_server: StartServer, gateway: Gateway, tmp_path: Path
) -> None:
    server = start(start_server, gateway)
    script = PluginScript(tmp_path / "plugin", gateway.good.printed)
    configuration = {"server_ca_data": trustme.CA().cert_pem.bytes().decode(), "exec": script.plugin()}
    async with make_client(server, configuration=configuration, verify_x509_strict=False) as client:
        with pytest.raises(ServerCertificateError):
            await client.request("GET", "/")
    assert script.runs == 1
