"""Servers and client certificates that are not trusted."""

from pathlib import Path

import pytest
import trustme

from kubex.configuration import ClientConfiguration
from kubex.errors import ServerCertificateError, TLSError
from kubex.transport import PreparedRequest
from kubex_testing import MockResponse
from policy.conftest import scripted
from support.certificates import CertificateAuthority

pytestmark = pytest.mark.anyio

URL = "https://cluster.test"
UNTRUSTED = ServerCertificateError("self-signed certificate")


@pytest.fixture
def authorities(tmp_path: Path) -> Path:
    path = tmp_path / "ca.crt"
    path.write_text(CertificateAuthority(common_name="first").pem)
    return path


def configured(authorities: Path) -> ClientConfiguration:
    return ClientConfiguration(url=URL, server_ca_file=authorities)


@pytest.mark.parametrize("streamed", [False, True])
async def test_an_authority_that_changes_each_time_is_tried_twice(authorities: Path, streamed: bool) -> None:
    def untrusted(_: PreparedRequest) -> MockResponse:
        authorities.write_text(CertificateAuthority(common_name="another").pem)
        raise UNTRUSTED

    async with scripted(untrusted, untrusted, configuration=configured(authorities)) as (client, _):
        with pytest.raises(ServerCertificateError, match=r"https://cluster\.test/: self-signed"):
            await (client.stream("GET", "/").__aenter__() if streamed else client.request("GET", "/"))


async def test_a_server_is_tried_once_with_the_same_authorities(authorities: Path) -> None:
    async with scripted(UNTRUSTED, configuration=configured(authorities)) as (client, _):
        with pytest.raises(ServerCertificateError):
            await client.request("GET", "/")


async def test_a_client_certificate_that_changes_each_time_is_shown_twice(tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"

    def issue() -> None:
        made = trustme.CA().issue_cert("client@example.com")
        cert.write_bytes(made.cert_chain_pems[0].bytes())
        key.write_bytes(made.private_key_pem.bytes())

    def refuse(_: PreparedRequest) -> MockResponse:
        issue()
        raise TLSError("the server refused the client certificate")

    issue()
    configuration = ClientConfiguration(
        url=URL, client_cert_file=cert, client_key_file=key, server_ca_data=CertificateAuthority().pem
    )
    async with scripted(refuse, refuse, configuration=configuration) as (client, _):
        with pytest.raises(TLSError, match="refused the client certificate"):
            await client.request("GET", "/")
