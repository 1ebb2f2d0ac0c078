"""TLS errors have the same messages on each backend, and contain the remedy."""

import ssl
import sys
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from client.conftest import MakeClient
from client.scripted_server import ResponseSequence, respond_error, respond_with
from kubex.client import Client, ClientOptions
from kubex.configuration import ClientConfiguration
from kubex.errors import (
    BadRequest,
    ConnectError,
    ConnectionLost,
    InsecureServerWarning,
    ServerCertificateError,
    TLSError,
    TransportError,
    is_transient,
)
from kubex.transport import Backend
from kubex_testing.compliance.servers import ServerConnection, StartServer
from support.certificates import CA_EXTENSIONS, SERVER_EXTENSIONS, CertificateAuthority

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def authority() -> CertificateAuthority:
    return CertificateAuthority()


async def assert_fails(client: Client, kind: type[ConnectError], *parts: str) -> str:
    """Check that a plain call and a stream raise the same error, and return its message."""
    messages: list[str] = []
    async with client:
        with pytest.raises(kind) as caught:
            await client.request("GET", "/version", query={"q": "1"})
        messages.append(caught.value.problem)
        with pytest.raises(kind) as caught:
            async with client.stream("GET", "/version"):
                pytest.fail("the stream was opened")
        messages.append(caught.value.problem)
        assert type(caught.value) is kind
        assert caught.value.url is not None
    assert messages[0] == messages[1]
    for part in parts:
        assert part in messages[0]
    return messages[0]


async def test_unknown_authority_raises_with_remedy(
    make_client: MakeClient, start_server: StartServer, authority: CertificateAuthority
) -> None:
    server = start_server(tls=authority.server_context())
    async with make_client(server) as client:
        with pytest.raises(ServerCertificateError) as caught:
            await client.version()
    assert not is_transient(caught.value)
    for ca in (
        {},
        {"server_ca_data": CertificateAuthority(common_name="another").pem},
        {"server_ca_data": CertificateAuthority().pem},
    ):
        await assert_fails(
            make_client(server, configuration=ca),
            ServerCertificateError,
            "pass the CA certificate as server_ca_file",
        )
    assert server.requests == []


async def test_wrong_host_name_raises_with_remedy(
    make_client: MakeClient, start_server: StartServer, authority: CertificateAuthority
) -> None:
    server = start_server(tls=authority.server_context())
    client = make_client(f"https://localhost:{server.port}", configuration={"server_ca_data": authority.pem})
    await assert_fails(
        client, ServerCertificateError, "Hostname mismatch", "'localhost'", "pass one of these names as tls_server_name"
    )
    client = make_client(server, configuration={"server_ca_data": authority.pem, "tls_server_name": "127.0.0.2"})
    await assert_fails(client, ServerCertificateError, "IP address mismatch", "'127.0.0.2'")
    client = make_client(server, configuration={"server_ca_data": authority.pem, "tls_server_name": "kubernetes.test"})
    async with client:
        assert (await client.request("GET", "/")).body == b"ok"


@pytest.mark.parametrize(("days", "problem"), [((-2, -1), "has expired"), ((1, 2), "is not yet valid")])
async def test_expired_or_future_certificate_raises_with_remedy(
    make_client: MakeClient,
    start_server: StartServer,
    authority: CertificateAuthority,
    days: tuple[int, int],
    problem: str,
) -> None:
    client = make_client(
        start_server(tls=authority.server_context(days=days)), configuration={"server_ca_data": authority.pem}
    )
    await assert_fails(client, ServerCertificateError, problem, "unless the clock of this machine is wrong")


async def test_https_url_of_plain_server_raises_with_remedy(make_client: MakeClient, start_server: StartServer) -> None:
    def respond_bad_request(connection: ServerConnection) -> None:
        connection.read_more()
        connection.respond(b"Bad Request", status="400 Bad Request")

    await assert_fails(
        make_client(f"https://{start_server(respond_bad_request).netloc}"),
        TLSError,
        "the server does not use TLS",
        "use a URL with http://",
    )


async def test_interrupted_tls_handshake_is_transient(make_client: MakeClient, start_server: StartServer) -> None:
    def close_in_handshake(connection: ServerConnection) -> None:
        connection.read_more()

    async with make_client(f"https://{start_server(close_in_handshake).netloc}", retry=None) as client:
        with pytest.raises(TransportError) as caught:
            await client.version()
    assert is_transient(caught.value), repr(caught.value)


@pytest.mark.parametrize("version", [b"\x01", b"\x03"])
async def test_http_url_of_tls_server_raises_with_remedy(
    make_client: MakeClient, start_server: StartServer, version: bytes
) -> None:
    def send_alert(connection: ServerConnection) -> None:
        connection.read_request()
        connection.send(b"\x15\x03" + version + b"\x00\x02\x02\x16")

    server = start_server(send_alert)
    await assert_fails(make_client(server), TLSError, "the server uses TLS", "use a URL with https://")
    assert server.connections == 2, "the call and the stream are not retried"


@pytest.mark.parametrize(
    "garbage", [b"\x00\x01\x02\r\n\r\n", b"\x15 banana\r\n\r\n", b"\x16\x03\x01", b"banana\r\n\r\n"]
)
async def test_malformed_response_over_plain_http_is_not_reported_as_tls(
    make_client: MakeClient, start_server: StartServer, garbage: bytes
) -> None:
    def send_garbage(connection: ServerConnection) -> None:
        connection.read_request()
        connection.send(garbage)

    server = start_server(send_garbage)
    async with make_client(server, retry=None) as client:
        with pytest.raises(ConnectionLost) as caught:
            await client.request("POST", "/", body=b"{}")
    assert "TLS" not in str(caught.value), "the server may have processed the request"
    assert [request.method for request in server.requests] == ["POST"]


async def test_http_url_of_go_tls_server_raises_with_remedy(make_client: MakeClient, start_server: StartServer) -> None:
    go_message = b"Client sent an HTTP request to an HTTPS server.\n"
    server = start_server(ResponseSequence(respond_error("400 Bad Request", go_message)))
    await assert_fails(make_client(server), TLSError, "the server uses TLS", "use a URL with https://")
    async with make_client(
        start_server(ResponseSequence(respond_error("400 Bad Request", b"no such thing")))
    ) as client:
        with pytest.raises(BadRequest, match="no such thing"):
            await client.request("GET", "/")


NOT_STRICT: list[tuple[str, Any, Any]] = [
    ("Missing Subject Key Identifier", CA_EXTENSIONS - {"subject-key"}, SERVER_EXTENSIONS),
    ("Missing Authority Key Identifier", CA_EXTENSIONS, SERVER_EXTENSIONS - {"authority-key"}),
    ("CA cert does not include key usage extension", CA_EXTENSIONS - {"usage"}, SERVER_EXTENSIONS),
    ("not marked critical", CA_EXTENSIONS - {"constraints"} | {"noncritical-constraints"}, SERVER_EXTENSIONS),
    ("invalid CA certificate", CA_EXTENSIONS - {"constraints"}, SERVER_EXTENSIONS),
]


@pytest.mark.covers("pitfall-25", "options-verify_x509_strict-true", "options-verify_x509_strict-false")
@pytest.mark.parametrize(
    ("problem", "ca_extensions", "server_extensions"), NOT_STRICT, ids=[problem for problem, *_ in NOT_STRICT]
)
async def test_certificate_rejected_by_strict_checks_is_accepted_with_the_option_in_the_error(
    make_client: MakeClient, start_server: StartServer, problem: str, ca_extensions: Any, server_extensions: Any
) -> None:
    not_strict = CertificateAuthority(ca_extensions)
    server = start_server(tls=not_strict.server_context(server_extensions))
    ca = {"server_ca_data": not_strict.pem}
    strict = make_client(server, configuration=ca, verify_x509_strict=True)
    await assert_fails(strict, ServerCertificateError, problem, "ClientOptions(verify_x509_strict=False)")
    async with make_client(server, configuration=ca, verify_x509_strict=False) as client:
        assert (await client.request("GET", "/")).body == b"ok"


async def test_signer_that_is_not_a_ca_raises_with_remedy(make_client: MakeClient, start_server: StartServer) -> None:
    signer = CertificateAuthority(CA_EXTENSIONS - {"constraints"} | {"not-an-authority"})
    server = start_server(tls=signer.server_context())
    for strict in (True, False):
        client = make_client(server, configuration={"server_ca_data": signer.pem}, verify_x509_strict=strict)
        message = await assert_fails(
            client, ServerCertificateError, "issue the server's certificate with a CA certificate"
        )
        assert "renew the certificates of the cluster" not in message


async def test_old_ca_with_the_same_name_raises_with_remedy(make_client: MakeClient, start_server: StartServer) -> None:
    old, new = (CertificateAuthority(CA_EXTENSIONS - {"subject-key"}, common_name="kubernetes") for _ in range(2))
    server = start_server(tls=new.server_context(SERVER_EXTENSIONS - {"authority-key"}))
    for bundle in (old.pem, old.pem + new.pem):
        client = make_client(server, configuration={"server_ca_data": bundle}, verify_x509_strict=False)
        await assert_fails(
            client,
            ServerCertificateError,
            "if several CA certificates without key identifiers have the same name, OpenSSL tries only one",
            "remove the old ones from the bundle",
        )


@pytest.mark.covers("pitfall-25", "options-verify_x509_strict-default")
async def test_default_strictness_equals_the_default_of_python(
    make_client: MakeClient, start_server: StartServer
) -> None:
    not_strict = CertificateAuthority(CA_EXTENSIONS - {"subject-key"})
    server = start_server(tls=not_strict.server_context())
    python = ssl.create_default_context().verify_flags & ssl.VERIFY_X509_STRICT
    assert bool(python) is (sys.version_info >= (3, 13))
    client = make_client(server, configuration={"server_ca_data": not_strict.pem})
    if python:
        await assert_fails(client, ServerCertificateError, "verify_x509_strict=False")
    else:
        async with client:
            assert (await client.request("GET", "/")).body == b"ok"


async def test_valid_certificates_pass_strict_checks(
    make_client: MakeClient, start_server: StartServer, authority: CertificateAuthority
) -> None:
    ca = {"server_ca_data": authority.pem}
    async with make_client(
        start_server(tls=authority.server_context()), configuration=ca, verify_x509_strict=True
    ) as client:
        assert (await client.request("GET", "/")).body == b"ok"


@pytest.fixture
def insecure(backend: Backend) -> Callable[[str], Client]:
    def create(url: str) -> Client:
        return Client(ClientConfiguration(url=url, insecure_skip_tls_verify=True), ClientOptions(), backend=backend)

    return create


async def test_insecure_skip_tls_verify_causes_one_warning_at_the_line_of_the_caller(
    insecure: Callable[[str], Client], start_server: StartServer, authority: CertificateAuthority
) -> None:
    server = start_server(ResponseSequence(respond_with(b"ok")), tls=authority.server_context(days=(-2, -1)))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        async with insecure(server.url) as client:
            for _ in range(2):
                assert (await client.request("GET", "/")).body == b"ok"
        insecure(f"http://{server.netloc}")
    [warning] = caught
    assert warning.category is InsecureServerWarning
    assert warning.filename == __file__
    assert "server_ca_file or server_ca_data" in str(warning.message)
