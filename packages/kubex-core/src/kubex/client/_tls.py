"""The TLS of a client: whom it trusts, which name it expects, and the certificate that it shows."""

import os
import socket
import ssl
import sys
from urllib.parse import urlsplit

from typing_extensions import override

from kubex.configuration import ClientConfiguration
from kubex.core.exceptions import ConfigurationError
from kubex.credentials import FetchRequest, TLSIdentity
from kubex.credentials._certificate import load_identity
from kubex.credentials._read import read_text


class ServerNameContext(ssl.SSLContext):
    """An SSL context that expects another name than the host it connects to.

    HTTP libraries differ in how a server name is set, and some ignore it behind a proxy; all of them wrap sockets.
    Hosts other than `host` (a proxy that is itself reached by TLS) keep their names.
    """

    host: str
    server_name: str

    def _name(self, hostname: str | bytes | None) -> str | bytes | None:
        asked = hostname.decode("ascii", "replace") if isinstance(hostname, bytes) else hostname
        return self.server_name if asked is not None and _normalized(asked) == self.host else hostname

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
        """Wrap a socket, expecting the other name."""
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
        """Wrap a pair of buffers, which is what asyncio, trio and anyio do, expecting the other name."""
        return super().wrap_bio(incoming, outgoing, server_side, self._name(server_hostname), session)


def build_ssl_context(configuration: ClientConfiguration, identity: TLSIdentity | None) -> ssl.SSLContext:
    """Build the SSL context for connections to the API server; blocks, so run it in a thread.

    Raises `ConfigurationError` for an authority, a certificate or a key that cannot be used.
    """
    context = _strict(_new_context(configuration))
    if configuration.insecure_skip_tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        data, file = configuration.server_ca_data, configuration.server_ca_file
        _trust(context, data, file, source="ClientConfiguration", field="server_ca")
    if identity is not None:
        load_identity(context, identity)
    return context


def build_fetch_context(request: FetchRequest) -> ssl.SSLContext:
    """Build the SSL context for a request of credentials; blocks, and raises, as `build_ssl_context()` does."""
    context = _strict(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    _trust(context, request.ca_data, request.ca_file, source=urlsplit(request.url).netloc, field="ca")
    return context


def _strict(context: ssl.SSLContext) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if sys.version_info >= (3, 13):  # what ssl.create_default_context() does there
        context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # an intermediate authority may be trusted, as in Go
    return context


def _new_context(configuration: ClientConfiguration) -> ssl.SSLContext:
    if configuration.tls_server_name is None:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ServerNameContext(ssl.PROTOCOL_TLS_CLIENT)
    context.host = _normalized(urlsplit(configuration.url).hostname or "")
    context.server_name = configuration.tls_server_name
    return context


def _trust(
    context: ssl.SSLContext, pem: str | None, file: str | os.PathLike[str] | None, *, source: str, field: str
) -> None:
    field = f"{field}_data" if file is None else f"{field}_file"
    if file is not None:
        source = str(file)
        pem = read_text(file, field=field)
    if pem is None:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
        return
    try:  # comments between the certificates may hold anything, cadata may not
        context.load_verify_locations(cadata=pem.encode("ascii", "ignore").decode("ascii"))
    except (ssl.SSLError, ValueError) as error:
        problem = "holds no certificate in PEM that OpenSSL can read (-----BEGIN CERTIFICATE-----)"
        raise ConfigurationError(problem, source=source, field=field) from error


def _normalized(host: str) -> str:
    host = host.lower().rstrip(".").removeprefix("[").removesuffix("]")
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host
