"""TLS: certificates, and servers without TLS."""

import ssl
from pathlib import Path

import pytest

from kubex.errors import (
    ConnectError,
    ServerCertificateError,
    TLSError,
)
from kubex.transport import PreparedRequest, TLSSettings
from kubex_testing import _pki
from kubex_testing._pki import CertificateAuthority
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._tls import server_context
from kubex_testing.compliance.servers import (
    OpenTransport,
    Server,
    ServerConnection,
    StartServer,
    respond_ok,
)


def _requiring_certificates(authority: CertificateAuthority, version: ssl.TLSVersion) -> ssl.SSLContext:
    """Return the SSL context of a server that requires a client certificate, with this version of TLS."""
    context = _pki.server_context(authority.server_identity(["127.0.0.1"]), client_ca_pem=authority.cert_pem)
    context.minimum_version = context.maximum_version = version
    context.verify_mode = ssl.CERT_REQUIRED
    return context


class TLSTests(BackendTests):
    """TLS: certificates, and servers without TLS."""

    async def test_untrusted_server_certificate_raises_server_certificate_error(
        self, open_transport: OpenTransport, start_server: StartServer, server_tls: ssl.SSLContext
    ) -> None:
        """An untrusted certificate raises ServerCertificateError, and the request is not sent."""
        server = start_server(tls=server_tls)
        async with open_transport(ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)) as transport:
            with pytest.raises(ServerCertificateError, match="certificate was rejected: unable to get local issuer"):
                await transport.request(PreparedRequest("GET", server.url + "/"))
        assert not server.requests

    async def test_authorities_of_the_environment_are_not_trusted(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        server_tls: ssl.SSLContext,
        authority: CertificateAuthority,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        """Authorities that environment variables name are not trusted in addition to those of the config."""
        (tmp_path / "authority.pem").write_text(authority.cert_pem)
        for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.setenv(name, str(tmp_path / "authority.pem"))
        server = start_server(tls=server_tls)
        async with open_transport(ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)) as transport:
            with pytest.raises(ServerCertificateError):
                await transport.request(PreparedRequest("GET", server.url + "/"))
        assert not server.requests

    async def test_certificate_for_another_host_raises_tls_error(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        client_tls: ssl.SSLContext,
        authority: CertificateAuthority,
    ) -> None:
        """A certificate for another host raises TLSError, which names the host."""
        other = server_context(authority, "other.test")
        async with open_transport(ssl_context=client_tls) as transport:
            with pytest.raises(TLSError, match=r"127\.0\.0\.1"):
                await transport.request(PreparedRequest("GET", start_server(tls=other).url + "/"))

    async def test_server_without_tls_raises_tls_error(
        self, open_transport: OpenTransport, start_server: StartServer, client_tls: ssl.SSLContext
    ) -> None:
        """A server without TLS raises TLSError."""

        def respond_without_tls(connection: ServerConnection) -> None:
            connection.read_more()
            connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

        async with open_transport(ssl_context=client_tls) as transport:
            with pytest.raises(TLSError):
                await transport.request(PreparedRequest("GET", f"https://{start_server(respond_without_tls).netloc}/"))

    async def test_connection_closed_during_tls_handshake_raises_connect_error(
        self, open_transport: OpenTransport, start_server: StartServer, client_tls: ssl.SSLContext
    ) -> None:
        """A connection that is closed during the TLS handshake raises ConnectError."""

        def close_after_client_hello(connection: ServerConnection) -> None:
            connection.read_more()

        async with open_transport(ssl_context=client_tls) as transport:
            with pytest.raises(ConnectError):
                await transport.request(
                    PreparedRequest("GET", f"https://{start_server(close_after_client_hello).netloc}/")
                )

    @pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
    async def test_client_certificate_is_sent(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        authority: CertificateAuthority,
        version: ssl.TLSVersion,
    ) -> None:
        """The client certificate of the config is sent to a server that requires one, with TLS 1.2 and with TLS 1.3."""
        users: list[object] = []

        def record_user(connection: ServerConnection) -> None:
            assert isinstance(connection.socket, ssl.SSLSocket)
            users.append((connection.socket.getpeercert() or {}).get("subject"))
            respond_ok(connection)

        identity = authority.client_identity("jane")
        context = _pki.client_context(authority.cert_pem, identity)
        settings = TLSSettings(
            authorities=authority.cert_pem, certificate=identity.cert_pem, private_key=identity.key_pem
        )
        server = start_server(record_user, tls=_requiring_certificates(authority, version))
        async with open_transport(ssl_context=context, tls=settings) as transport:
            assert (await transport.request(PreparedRequest("GET", server.url + "/"))).status == 200
        assert users == [((("commonName", "jane"),),)]

    @pytest.mark.filterwarnings("ignore:unclosed transport:ResourceWarning")  # asyncio of Python 3.10, after an alert
    @pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
    async def test_missing_client_certificate_raises_tls_error(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        client_tls: ssl.SSLContext,
        authority: CertificateAuthority,
        version: ssl.TLSVersion,
    ) -> None:
        """A server that requires a client certificate raises TLSError, with TLS 1.2 and with TLS 1.3."""
        server: Server = start_server(tls=_requiring_certificates(authority, version))
        async with open_transport(ssl_context=client_tls) as transport:
            with pytest.raises(TLSError, match=r"(?i)alert"):
                await transport.request(PreparedRequest("GET", server.url + "/"))
        assert not server.requests
