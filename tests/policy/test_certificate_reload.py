"""Retries after a certificate error, if the CA file or the client certificate has changed."""

from pathlib import Path

import pytest
import trustme

from kubex.configuration import ClientConfiguration
from kubex.errors import ServerCertificateError, TLSError
from kubex.transport import PreparedRequest
from kubex_testing import MockResponse
from policy.conftest import scripted_client
from support.certificates import CertificateAuthority

pytestmark = pytest.mark.anyio

URL = "https://cluster.test"
UNTRUSTED = ServerCertificateError("self-signed certificate")


@pytest.fixture
def ca_file(tmp_path: Path) -> Path:
    path = tmp_path / "ca.crt"
    path.write_text(CertificateAuthority(common_name="first").pem)
    return path


def ca_file_configuration(ca_file: Path) -> ClientConfiguration:
    return ClientConfiguration(url=URL, server_ca_file=ca_file)


@pytest.mark.parametrize("streamed", [False, True])
async def test_request_is_retried_once_if_the_ca_file_changed(ca_file: Path, streamed: bool) -> None:
    def replace_ca_file_and_fail(_: PreparedRequest) -> MockResponse:
        ca_file.write_text(CertificateAuthority(common_name="another").pem)
        raise UNTRUSTED

    async with scripted_client(
        replace_ca_file_and_fail, replace_ca_file_and_fail, configuration=ca_file_configuration(ca_file)
    ) as (client, _):
        with pytest.raises(ServerCertificateError, match=r"https://cluster\.test/: self-signed"):
            await (client.stream("GET", "/").__aenter__() if streamed else client.request("GET", "/"))


async def test_request_is_not_retried_if_the_ca_file_is_unchanged(ca_file: Path) -> None:
    async with scripted_client(UNTRUSTED, configuration=ca_file_configuration(ca_file)) as (client, _):
        with pytest.raises(ServerCertificateError):
            await client.request("GET", "/")


async def test_request_is_retried_once_if_the_client_certificate_changed(tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"

    def issue() -> None:
        issued = trustme.CA().issue_cert("client@example.com")
        cert.write_bytes(issued.cert_chain_pems[0].bytes())
        key.write_bytes(issued.private_key_pem.bytes())

    def replace_certificate_and_fail(_: PreparedRequest) -> MockResponse:
        issue()
        raise TLSError("the server refused the client certificate")

    issue()
    configuration = ClientConfiguration(
        url=URL, client_cert_file=cert, client_key_file=key, server_ca_data=CertificateAuthority().pem
    )
    async with scripted_client(
        replace_certificate_and_fail, replace_certificate_and_fail, configuration=configuration
    ) as (client, _):
        with pytest.raises(TLSError, match="refused the client certificate"):
            await client.request("GET", "/")
