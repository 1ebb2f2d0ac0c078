"""SSL contexts for the API server, for proxies and for identity providers."""

import socket
import ssl
import sys
from types import EllipsisType
from urllib.parse import urlsplit

from typing_extensions import override

from kubex.client._tls_config import TLSConfig
from kubex.configuration import ClientConfiguration
from kubex.core._urls import ascii_host
from kubex.credentials import FetchRequest
from kubex.credentials._ca_certificates import load_ca_certificates
from kubex.credentials._client_certificate import load_identity
from kubex.credentials._file_io import read_pem
from kubex.transport import TLSSettings


class ServerNameContext(ssl.SSLContext):
    """An SSL context that verifies `server_name` instead of the host name (`tls-server-name` of a kubeconfig).

    HTTP libraries differ in how they set a server name, and some ignore it behind a proxy, but all of them call these
    two methods. Connections to other hosts than `host`, such as an HTTPS proxy, are not changed.
    """

    host: str
    server_name: str

    def _name(self, hostname: str | bytes | None) -> str | bytes | None:
        text = hostname.decode("ascii", "replace") if isinstance(hostname, bytes) else hostname
        return self.server_name if text is not None and _normalized(text) == self.host else hostname

    @override
    def wrap_socket(
        self,
        sock: socket.socket,
        server_side: bool = False,
        do_handshake_on_connect: bool = True,
        suppress_ragged_eofs: bool = True,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLSocket:
        """Wrap a socket, and verify the other name."""
        name = self._name(server_hostname)
        return super().wrap_socket(sock, server_side, do_handshake_on_connect, suppress_ragged_eofs, name, session)

    @override
    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        """Wrap a pair of buffers, as asyncio, trio and AnyIO do, and verify the other name."""
        return super().wrap_bio(incoming, outgoing, server_side, self._name(server_hostname), session)


def build_ssl_context(configuration: ClientConfiguration, tls_config: TLSConfig, *, strict: bool) -> ssl.SSLContext:
    """Build the SSL context for connections to the API server; blocks, so run it in a thread.

    Raises `ConfigurationError` for an invalid authority, certificate or key.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if configuration.tls_server_name is not None:
        context = ServerNameContext(ssl.PROTOCOL_TLS_CLIENT)
        context.host = _normalized(urlsplit(configuration.url).hostname or "")
        context.server_name = configuration.tls_server_name
    _set_rules(context, strict=strict)
    if configuration.insecure_skip_tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        _trust(context, tls_config.authorities, source="ClientConfiguration", field="server_ca_data")
    if tls_config.identity is not None:
        load_identity(context, tls_config.identity)
    return context


def tls_settings(configuration: ClientConfiguration, tls_config: TLSConfig, *, strict: bool) -> TLSSettings:
    """Return the settings of `build_ssl_context()` as data, for backends that do not use an `ssl.SSLContext`."""
    verify = not configuration.insecure_skip_tls_verify
    return TLSSettings(
        server_name=configuration.tls_server_name,
        authorities=tls_config.authorities if verify else None,
        certificate=None if tls_config.identity is None else tls_config.identity.cert_pem,
        private_key=None if tls_config.identity is None else tls_config.identity.key_pem,
        verify=verify,
        strict=strict,
    )


def build_fetch_context(request: FetchRequest, *, strict: bool) -> tuple[ssl.SSLContext, TLSSettings]:
    """Build the SSL context for an identity provider; blocks and raises like `build_ssl_context()`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _set_rules(context, strict=strict)
    source, pem = urlsplit(request.url).netloc, request.ca_data
    if request.ca_file is not None:
        source, pem = str(request.ca_file), read_pem(request.ca_file, field="ca_file")
    _trust(context, pem, source=source, field="ca_data" if request.ca_file is None else "ca_file")
    return context, TLSSettings(authorities=pem, strict=strict)


def build_proxy_context(authorities: str | None, *, strict: bool) -> ssl.SSLContext:
    """Build the SSL context for an HTTPS proxy; blocks, so run it in a thread.

    It trusts the authorities of the system and, like kubectl, those of the cluster. It always verifies the proxy's
    certificate, since the proxy may receive a password, and does not send a client certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _set_rules(context, strict=strict)
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    if authorities is not None:
        load_ca_certificates(context, authorities, source="ClientConfiguration", field="server_ca_data")
    return context


def proxy_tls_settings(authorities: str | None, *, strict: bool) -> TLSSettings:
    """Return the settings of `build_proxy_context()` as data."""
    return TLSSettings(authorities=authorities, system_authorities=True, strict=strict)


def is_strict(option: bool | EllipsisType) -> bool:
    """Resolve `verify_x509_strict`: `...` means the default of `ssl.create_default_context()`."""
    return sys.version_info >= (3, 13) if isinstance(option, EllipsisType) else option


def _set_rules(context: ssl.SSLContext, *, strict: bool) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if strict:
        context.verify_flags |= ssl.VERIFY_X509_STRICT
    else:
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    # Users can trust an intermediate authority, as in Go. OpenSSL requires a root authority by default.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN


def _trust(context: ssl.SSLContext, pem: str | None, *, source: str, field: str) -> None:
    if pem is None:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    else:
        load_ca_certificates(context, pem, source=source, field=field)


def _normalized(host: str) -> str:
    return ascii_host(host.lower().rstrip(".").removeprefix("[").removesuffix("]"))
