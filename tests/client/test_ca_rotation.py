"""CA files that are replaced while a client is open."""

import logging
import ssl
import threading
from pathlib import Path

import anyio
import pytest

from client.conftest import FAST_RETRIES, MakeClient, TransportRecorder
from client.scripted_server import Responder, ResponseSequence, respond_error, respond_stream, respond_with
from kubex.client import Client, ClientOptions
from kubex.client._tls_config import TLSConfig, TLSConfigLoader
from kubex.configuration import ClientConfiguration
from kubex.configuration._pod import pod_configuration
from kubex.credentials._ca_certificates import CAFile
from kubex.errors import ConfigurationError, ServerCertificateError
from kubex.transport import Backend
from kubex_testing.compliance.servers import ReceivedRequest, ServerConnection, StartServer
from support.certificates import CertificateAuthority

pytestmark = pytest.mark.anyio


class Cluster:
    """The TLS of a server, and the CA file of its clients."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "ca.crt"
        authority = CertificateAuthority(common_name="first")
        self.tls: ssl.SSLContext = authority.server_context()
        self.write_ca_file(authority)

    def write_ca_file(self, authority: CertificateAuthority) -> None:
        new_file = self.file.with_suffix(".new")
        new_file.write_text(authority.pem)
        new_file.replace(self.file)

    def switch_to(self, authority: CertificateAuthority) -> None:
        """Use a certificate of another authority for new connections, and write this authority to the CA file."""
        authority.load_new_certificate(self.tls)
        self.write_ca_file(authority)


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    return Cluster(tmp_path)


async def open_connection(client: Client) -> None:
    """Open a new connection, which is closed afterwards."""
    async with client.stream("GET", "/open") as stream:
        assert stream.status == 200


def stream_or(responder: Responder) -> ResponseSequence:
    """Respond to `open_connection()` with a stream, and to other requests with the responder."""
    return ResponseSequence(
        lambda connection: (respond_stream() if connection.server.requests[-1].target == "/open" else responder)(
            connection
        )
    )


def respond_in_two_parts(proceed: threading.Event) -> ResponseSequence:
    """Respond to a watch in two parts, and to other requests immediately."""

    def responder(connection: ServerConnection) -> None:
        if connection.server.requests[-1].target != "/watch":
            return connection.respond(b"ok")
        connection.start_chunked()
        connection.send_chunk(b"before")
        assert proceed.wait(10)
        connection.send_chunk(b"after")
        return connection.send_chunk(b"")

    return ResponseSequence(responder)


async def test_replaced_ca_is_trusted_by_the_next_call_and_streams_continue(
    make_client: MakeClient, start_server: StartServer, cluster: Cluster, recorder: TransportRecorder
) -> None:
    proceed = threading.Event()
    server = start_server(respond_in_two_parts(proceed), tls=cluster.tls)
    configuration = {"server_ca_file": cluster.file}
    async with (
        make_client(server, configuration=configuration, retry=None) as client,
        client.stream("GET", "/watch") as watch,
    ):
        assert await watch.receive() == b"before"
        cluster.switch_to(CertificateAuthority(common_name="second"))
        assert (await client.request("POST", "/", body=b"{}")).body == b"ok"
        proceed.set()
        async with client.stream("GET", "/watch") as other:
            assert (await other.receive()).startswith(b"before")
        assert await watch.receive() == b"after"
    assert [request.method for request in server.requests] == ["GET", "POST", "GET"]
    assert len(recorder.transports) == 2  # one for each authority


async def test_ca_file_may_contain_two_authorities(
    make_client: MakeClient, start_server: StartServer, cluster: Cluster
) -> None:
    first, second = CertificateAuthority(common_name="first"), CertificateAuthority(common_name="second")
    tls = first.server_context()
    server = start_server(stream_or(respond_with(b"ok")), tls=tls)
    cluster.file.write_text(f"# both\n{first.pem}\n{second.pem}")
    async with make_client(server, configuration={"server_ca_file": cluster.file}) as client:
        await open_connection(client)
        second.load_new_certificate(tls)
        await open_connection(client)
    assert server.connections == 2


async def test_untrusted_server_is_retried_only_after_the_ca_file_changed(
    make_client: MakeClient, start_server: StartServer, cluster: Cluster
) -> None:
    server = start_server(tls=CertificateAuthority(common_name="unknown").server_context())
    async with make_client(server, configuration={"server_ca_file": cluster.file}) as client:
        with pytest.raises(ServerCertificateError):
            await client.request("GET", "/")
        assert server.connections == 1
        cluster.write_ca_file(CertificateAuthority(common_name="second"))
        with pytest.raises(ServerCertificateError):
            await client.request("GET", "/")
        assert server.connections == 3
        with pytest.raises(ServerCertificateError):
            async with client.stream("GET", "/"):
                pytest.fail("the stream was opened")
        assert server.connections == 4
    assert server.requests == []


async def test_concurrent_calls_trust_the_replaced_ca(
    make_client: MakeClient, start_server: StartServer, cluster: Cluster, recorder: TransportRecorder
) -> None:
    server = start_server(stream_or(respond_with(b"ok")), tls=cluster.tls)
    async with make_client(server, configuration={"server_ca_file": cluster.file}, retry=None) as client:
        await open_connection(client)
        cluster.switch_to(CertificateAuthority(common_name="second"))
        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(client.request, "GET", "/")
    assert len(server.requests) == 21
    assert len(recorder.transports) == 2  # one for each authority


@pytest.mark.parametrize("content", [None, "", "no certificate", "-----BEGIN CERTIFICATE-----\nYQ=="])
async def test_last_valid_ca_file_is_used_while_the_file_is_invalid(
    make_client: MakeClient,
    start_server: StartServer,
    cluster: Cluster,
    caplog: pytest.LogCaptureFixture,
    content: str | None,
) -> None:
    server = start_server(stream_or(respond_with(b"ok")), tls=cluster.tls)
    async with make_client(server, configuration={"server_ca_file": cluster.file}) as client:
        await open_connection(client)
        if content is None:
            cluster.file.unlink()
        else:
            cluster.file.write_text(content)
        loader = CAFile(cluster.file, max_age=0)
        with pytest.raises(ConfigurationError, match="server_ca_file: "):
            await loader.get()
        loader.current = "previous"
        with caplog.at_level(logging.WARNING):
            assert await loader.get() == "previous"
        await open_connection(client)
    assert [record.name for record in caplog.records] == ["kubex.credentials._file_credentials"]
    assert f"could not reload CA certificates, using the previous ones: {cluster.file}" in caplog.text


async def test_ca_file_is_reloaded_when_it_is_old_or_rejected(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path)
    cached, uncached = CAFile(cluster.file), CAFile(cluster.file, max_age=0)
    first = await cached.get()
    assert await uncached.get() == first
    assert await uncached.get() is await uncached.get(), "unchanged content is the same object"
    cluster.write_ca_file(CertificateAuthority(common_name="second"))
    assert await cached.get() is first
    assert await uncached.get() != first
    assert await cached.get(rejected=first) == await uncached.get()


async def test_tls_config_is_the_same_object_until_the_file_changes(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path)
    loader = TLSConfigLoader(ClientConfiguration(url="https://127.0.0.1:1", server_ca_file=cluster.file))
    first = await loader.load(None)
    assert await loader.load(None) is first
    assert not await loader.has_changed(first)
    cluster.write_ca_file(CertificateAuthority(common_name="second"))
    assert await loader.has_changed(first)
    assert await loader.load(None) != first
    assert "BEGIN CERTIFICATE" not in repr(first)


@pytest.mark.parametrize("fields", [{}, {"server_ca_data": "PEM"}, {"insecure_skip_tls_verify": True}])
async def test_tls_config_without_files_does_not_change(fields: dict[str, str]) -> None:
    loader = TLSConfigLoader(ClientConfiguration(url="https://127.0.0.1:1", **fields))  # type: ignore[arg-type]  # the fields have the right types
    tls_config = await loader.load(None)
    assert tls_config == TLSConfig(None, fields.get("server_ca_data"))
    assert not await loader.has_changed(tls_config)


class Pod:
    """The folder of a service account. The kubelet replaces all files at once with a symbolic link."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._generation = 0
        for name in ("token", "ca.crt", "namespace"):
            (folder / name).symlink_to(Path("..data", name))

    def mount(self, token: str, ca: str) -> None:
        """Replace all files."""
        self._generation += 1
        generation = self.folder / f"..{self._generation}"
        generation.mkdir()
        for name, text in {"token": token, "ca.crt": ca, "namespace": "pods"}.items():
            (generation / name).write_text(text)
        link = self.folder / "..data_tmp"
        link.symlink_to(generation.name)
        link.replace(self.folder / "..data")


@pytest.mark.covers("pitfall-31")
async def test_token_and_ca_of_a_pod_rotate_together(
    start_server: StartServer, tmp_path: Path, backend: Backend
) -> None:
    first, second = CertificateAuthority(common_name="first"), CertificateAuthority(common_name="second")
    pod, tls = Pod(tmp_path), first.server_context()

    def by_token(connection: ServerConnection) -> None:
        current = connection.server.requests[-1].header("authorization") == f"Bearer {token}"
        (respond_with(b"ok") if current else respond_error("401 Unauthorized"))(connection)

    token = "old"
    pod.mount(token, first.pem)
    server = start_server(stream_or(by_token), tls=tls)
    environ = {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(server.port)}
    configuration = pod_configuration(environ, tmp_path)
    options = ClientOptions(retry=FAST_RETRIES)
    async with Client(configuration, options, backend=backend) as client:
        await open_connection(client)
        token = "new"
        second.load_new_certificate(tls)
        pod.mount(token, second.pem)
        await client.request("GET", "/next")
    assert [target_and_token(request) for request in server.requests] == [
        ("/open", "Bearer old"),
        ("/next", "Bearer old"),
        ("/next", "Bearer new"),
    ]


def target_and_token(request: ReceivedRequest) -> tuple[str, str | None]:
    return request.target, request.header("authorization")
