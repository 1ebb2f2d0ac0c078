"""Fixtures that create transports without a client."""

import gc
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import pytest
import trustme

from kubex.transport import Backend, TLSSettings, Transport, TransportConfig
from kubex_testing.compliance.servers import ConnectionHandler, OpenTransport, Server, StartServer, respond_ok
from support.backend_pairs import BACKENDS, BackendPair


@pytest.fixture(scope="package", autouse=True)
def freeze_imported_objects() -> Iterator[None]:
    """Exclude all imported objects from garbage collection, so that collections after each test are fast."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def collect_garbage_after_test() -> Iterator[None]:
    """Collect garbage after each test, so that warnings about unclosed resources appear in the right test."""
    yield
    gc.collect()


@pytest.fixture
def backend(pair: BackendPair) -> Backend:
    """Return the backend of the pair."""
    return BACKENDS[pair.backend]


def tls_settings_of(context: ssl.SSLContext | None) -> TLSSettings | None:
    """Return the settings of a context as data. A client also passes both to a transport."""
    if context is None:
        return None
    authorities = "".join(map(ssl.DER_cert_to_PEM_cert, context.get_ca_certs(binary_form=True)))
    return TLSSettings(
        authorities=authorities,
        verify=context.verify_mode is not ssl.CERT_NONE,
        strict=bool(context.verify_flags & ssl.VERIFY_X509_STRICT),
    )


@pytest.fixture
def open_transport(backend: Backend) -> OpenTransport:
    """Return a context manager that creates a transport of the backend and closes it."""

    @asynccontextmanager
    async def opened(**settings: Any) -> AsyncIterator[Transport]:
        tls = tls_settings_of(settings.get("ssl_context"))
        proxy_tls = tls_settings_of(settings.get("proxy_ssl_context"))
        transport = backend.load()(TransportConfig(tls=tls, proxy_tls=proxy_tls, **settings))
        try:
            yield transport
        finally:
            await transport.aclose()

    return opened


@pytest.fixture
def start_server() -> Iterator[StartServer]:
    """Return a function that starts a server. All servers are stopped at the end of the test."""
    with ExitStack() as stack:

        def start(handler: ConnectionHandler = respond_ok, *, tls: ssl.SSLContext | None = None) -> Server:
            return stack.enter_context(Server(handler, tls=tls))

        yield start


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Create a certificate authority."""
    return trustme.CA()


@pytest.fixture(scope="session")
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    """Create the SSL context of a server. Its certificate is for 127.0.0.1 and kubernetes.test."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "kubernetes.test").configure_cert(context)
    return context


@pytest.fixture
def client_tls(authority: trustme.CA) -> ssl.SSLContext:
    """Create the SSL context of a client that trusts the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    return context
