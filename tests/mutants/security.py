"""Mutants that ignore TLS settings or the proxy, or raise exceptions of the library."""

import os
import ssl
from dataclasses import replace
from typing import Any

from typing_extensions import override

from kubex.transport import ConnectGuard, PreparedRequest, StreamResponse, TransportConfig
from kubex_aiohttp._transport import AioHttpTransport
from kubex_httpx._transport import HttpxTransport
from kubex_testing.compliance import ErrorSuite, HTTP2Suite, ProxySuite, TLSSuite, WebSocketSuite
from mutants.registry import breaks


@breaks(TLSSuite.test_untrusted_server_certificate_raises_server_certificate_error)
class IgnoresTheAuthority(AioHttpTransport):
    """The certificate of the server is verified."""

    def __init__(self, config: TransportConfig) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        super().__init__(replace(config, ssl_context=context))


@breaks(TLSSuite.test_certificate_for_another_host_raises_tls_error)
class IgnoresTheHostName(AioHttpTransport):
    """The host name of the certificate is verified."""

    def __init__(self, config: TransportConfig) -> None:
        if config.ssl_context is not None:
            config.ssl_context.check_hostname = False
        super().__init__(config)


@breaks(TLSSuite.test_client_certificate_is_sent)
class SendsNoClientCertificate(AioHttpTransport):
    """The client certificate is sent."""

    def __init__(self, config: TransportConfig) -> None:
        if config.tls is not None and config.tls.certificate is not None:
            context = ssl.create_default_context(cadata=config.tls.authorities)
            config = replace(config, ssl_context=context)
        super().__init__(config)


@breaks(TLSSuite.test_authorities_of_the_environment_are_not_trusted)
class TrustsAuthoritiesOfTheEnvironment(AioHttpTransport):
    """Authorities that environment variables name are not trusted."""

    def __init__(self, config: TransportConfig) -> None:
        if config.ssl_context is not None and "SSL_CERT_FILE" in os.environ:
            config.ssl_context.load_verify_locations(os.environ["SSL_CERT_FILE"])
        super().__init__(config)


@breaks(ProxySuite.test_plain_requests_are_forwarded_by_the_proxy)
class IgnoresTheProxy(AioHttpTransport):
    """The proxy is used."""

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(replace(config, proxy=None))


@breaks(ProxySuite.test_proxy_certificate_is_verified_with_the_proxy_ssl_context)
class UsesOneContextForProxyAndServer(HttpxTransport):  # with aiohttp, TLS in TLS needs Python 3.11
    """`proxy_ssl_context` verifies the proxy."""

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(replace(config, proxy_ssl_context=config.ssl_context))


@breaks(WebSocketSuite.test_messages_are_sent_through_an_http_proxy)
class SendsTheProxyPasswordToTheServer(AioHttpTransport):
    """The server does not receive the password of the proxy."""

    @override
    def _request_arguments(self, request: PreparedRequest) -> dict[str, Any]:
        arguments = super()._request_arguments(request)
        if self.config.proxy is not None and self.config.proxy.authorization is not None:
            arguments["headers"]["Proxy-Authorization"] = self.config.proxy.authorization
        return arguments


@breaks(
    ErrorSuite.test_refused_connection_raises_connect_error,
    widespread="each test of an error fails, because no exception of the library is translated",
)
class LeaksExceptionsOfTheLibrary(AioHttpTransport):
    """The exceptions of the library are translated."""

    errors = ()


@breaks(HTTP2Suite.test_request_is_sent_over_http2)
class IgnoresHTTP2(HttpxTransport):
    """With `http2`, requests use HTTP/2."""

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(replace(config, http2=False))


@breaks(HTTP2Suite.test_http2_is_not_offered_unless_enabled)
class AlwaysUsesHTTP2(HttpxTransport):
    """Without `http2`, HTTP/2 is not offered."""

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(replace(config, http2=True))


@breaks(TLSSuite.test_server_without_tls_raises_tls_error)
class FallsBackToPlainHTTP(AioHttpTransport):
    """A server without TLS raises TLSError."""

    @override
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        try:
            return await super().open(request, guard)
        except ssl.SSLError:
            return await super().open(replace(request, url=request.url.replace("https:", "http:")), guard)
