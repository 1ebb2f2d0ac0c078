"""The fixtures for tests of HTTP/2."""

import ssl
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from kubex.transport import Limits, PreparedRequest
from kubex_testing._pki import CertificateAuthority
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._tls import server_context
from kubex_testing.compliance.servers import OpenTransport, Server, StartServer

if TYPE_CHECKING:
    from kubex_testing.compliance.servers._http2_server import Http2Handler


def get(server: Server, path: str, **limits: Any) -> PreparedRequest:
    """Return a request with two headers."""
    headers = (("X-Test", "a"), ("Accept-Encoding", "identity"))
    return PreparedRequest("GET", server.url + path, headers, limits=Limits(**limits))


class HTTP2Fixtures(BackendTests):
    """Tests with a server that prefers HTTP/2."""

    @pytest.fixture
    def http2_tls(self, authority: CertificateAuthority) -> ssl.SSLContext:
        """Create the SSL context of a server that prefers HTTP/2."""
        context = server_context(authority, "127.0.0.1")
        context.set_alpn_protocols(["h2", "http/1.1"])
        return context

    @pytest.fixture
    def handler(self) -> "Http2Handler":
        """Return the handler of a server with HTTP/2."""
        try:
            from kubex_testing.compliance.servers._http2_server import Http2Handler
        except ImportError:
            pytest.fail('the tests of HTTP/2 need a package: pip install "kubex-testing[http2]"')
        return Http2Handler()

    @pytest.fixture
    def http2_server(self, start_server: StartServer, handler: "Http2Handler", http2_tls: ssl.SSLContext) -> Server:
        """Start a server with HTTP/2."""
        return start_server(handler, tls=http2_tls)

    @pytest.fixture
    def open_http2(self, open_transport: OpenTransport, client_tls: ssl.SSLContext) -> OpenTransport:
        """Return `open_transport` with HTTP/2."""
        return partial(open_transport, http2=True, ssl_context=client_tls)
