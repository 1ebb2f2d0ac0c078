"""Client certificates that a server rejects in the TLS handshake, and their renewal."""

import ssl
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import trustme

from client.conftest import MakeClient
from client.scripted_server import ResponseSequence, respond_with
from kubex.errors import ConfigurationError, ServerCertificateError, TLSError
from kubex_testing.compliance.servers import Server, StartServer
from support.exec_plugins import PluginScript

pytestmark = pytest.mark.anyio


class ClientCertificate(NamedTuple):
    """A client certificate and its key."""

    cert: str
    key: str

    @property
    def plugin_code(self) -> str:
        """The code of a plugin that prints this certificate."""
        return f"print_credential(clientCertificateData={self.cert!r}, clientKeyData={self.key!r})"


class ServerTLS:
    """The TLS of a server that accepts the client certificate `valid` and rejects `invalid`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = trustme.CA()
        self.valid, self.invalid = issue_certificate(self.authority), issue_certificate(trustme.CA())
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert("127.0.0.1").configure_cert(self.tls)
        self.authority.configure_trust(self.tls)
        self.tls.verify_mode = ssl.CERT_REQUIRED

    def client_settings(self, **fields: Any) -> dict[str, Any]:
        """Return the configuration of a client that trusts the server."""
        return {"server_ca_data": self.authority.cert_pem.bytes().decode(), **fields}

    def write_files(self, certificate: ClientCertificate) -> dict[str, Any]:
        """Write a certificate to files, and return the configuration of a client that uses them."""
        (self.folder / "cert.pem").write_text(certificate.cert)
        (self.folder / "key.pem").write_text(certificate.key)
        return self.client_settings(client_cert_file=self.folder / "cert.pem", client_key_file=self.folder / "key.pem")


def issue_certificate(authority: trustme.CA) -> ClientCertificate:
    """Issue a client certificate."""
    created = authority.issue_cert("client@example.com")
    return ClientCertificate(created.cert_chain_pems[0].bytes().decode(), created.private_key_pem.bytes().decode())


@pytest.fixture(params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def server_tls(request: pytest.FixtureRequest, tmp_path: Path) -> ServerTLS:
    """Return the TLS of a server with one version of TLS. In TLS 1.3 the first read returns the rejection."""
    created = ServerTLS(tmp_path)
    created.tls.minimum_version = created.tls.maximum_version = request.param
    return created


def start_tls_server(start_server: StartServer, server_tls: ServerTLS) -> Server:
    return start_server(ResponseSequence(respond_with(b"done")), tls=server_tls.tls)


@pytest.mark.parametrize("streamed", [False, True])
async def test_rejected_certificate_files_are_reloaded_and_the_call_is_repeated(
    make_client: MakeClient, start_server: StartServer, server_tls: ServerTLS, streamed: bool
) -> None:
    server = start_tls_server(start_server, server_tls)
    configuration = server_tls.write_files(server_tls.invalid)
    async with make_client(server, configuration=configuration, retry=None, verify_x509_strict=False) as client:
        with pytest.raises(TLSError):
            await client.request("GET", "/")
        server_tls.write_files(server_tls.valid)
        if streamed:
            async with client.stream("POST", "/", body=b"{}") as stream:
                assert await stream.receive() == b"done"
        else:
            assert (await client.request("POST", "/", body=b"{}")).body == b"done"
    assert [(request.method, request.body) for request in server.requests] == [("POST", b"{}")]
    assert server.connections == 3


async def test_plugin_runs_again_after_rejection_and_the_call_is_repeated(
    make_client: MakeClient, start_server: StartServer, server_tls: ServerTLS, tmp_path: Path
) -> None:
    server = start_tls_server(start_server, server_tls)
    body = f"{server_tls.invalid.plugin_code} if run == 1 else {server_tls.valid.plugin_code}"
    script = PluginScript(tmp_path / "plugin", body)
    configuration = server_tls.client_settings(exec=script.plugin())
    async with make_client(server, configuration=configuration, retry=None, verify_x509_strict=False) as client:
        assert (await client.request("POST", "/", body=b"{}")).body == b"done"
    assert script.runs == 2
    assert len(server.requests) == 1


@pytest.mark.parametrize("plugin_fails", [False, True])
async def test_plugin_runs_once_for_each_rejection(
    make_client: MakeClient, start_server: StartServer, server_tls: ServerTLS, tmp_path: Path, plugin_fails: bool
) -> None:
    server = start_tls_server(start_server, server_tls)
    body = f"run == 2 and {plugin_fails} and sys.exit('log in'); {server_tls.invalid.plugin_code}"
    script = PluginScript(tmp_path / "plugin", body)
    configuration = server_tls.client_settings(exec=script.plugin())
    async with make_client(server, configuration=configuration, verify_x509_strict=False) as client:
        with pytest.raises(ConfigurationError if plugin_fails else TLSError) as caught:
            await client.request("GET", "/")
    assert f"GET {server.url}/: " in str(caught.value), "the error names the request, also if the plugin failed"
    assert (script.runs, server.connections, server.requests) == (2, 1, [])


async def test_untrusted_server_does_not_run_the_plugin_again(
    make_client: MakeClient, start_server: StartServer, server_tls: ServerTLS, tmp_path: Path
) -> None:
    server = start_tls_server(start_server, server_tls)
    script = PluginScript(tmp_path / "plugin", server_tls.valid.plugin_code)
    configuration = {"server_ca_data": trustme.CA().cert_pem.bytes().decode(), "exec": script.plugin()}
    async with make_client(server, configuration=configuration, verify_x509_strict=False) as client:
        with pytest.raises(ServerCertificateError):
            await client.request("GET", "/")
    assert script.runs == 1
