"""Transports as a client would make them, without a client."""

import gc
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import pytest
import trustme

import kubex_aiohttp
import kubex_httpx
from kubex.transport import Backend, TLSSettings, Transport, TransportConfig
from support.backend_pairs import BackendPair
from transport.socket_server import Open, Script, Serve, Server, ok


@pytest.fixture(scope="package", autouse=True)
def collections_are_quick() -> Iterator[None]:
    """Keep what was imported out of the collections after each test."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def nothing_is_left_to_the_collector() -> Iterator[None]:
    """Let warnings of what a test left behind come up in that test."""
    yield
    gc.collect()


@pytest.fixture
def backend(pair: BackendPair) -> Backend:
    """Return the backend of the pair."""
    return {"aiohttp": kubex_aiohttp.BACKEND, "httpx": kubex_httpx.BACKEND}[pair.backend]


def as_data(context: ssl.SSLContext | None) -> TLSSettings | None:
    """Return the settings of a context as data, which a client passes too."""
    if context is None:
        return None
    authorities = "".join(map(ssl.DER_cert_to_PEM_cert, context.get_ca_certs(binary_form=True)))
    return TLSSettings(
        authorities=authorities,
        verify=context.verify_mode is not ssl.CERT_NONE,
        strict=bool(context.verify_flags & ssl.VERIFY_X509_STRICT),
    )


@pytest.fixture
def open_transport(backend: Backend) -> Open:
    """Make a transport of the pair's backend, for the length of a block."""

    @asynccontextmanager
    async def opened(**settings: Any) -> AsyncIterator[Transport]:
        tls, proxy_tls = as_data(settings.get("ssl_context")), as_data(settings.get("proxy_ssl_context"))
        transport = backend.load()(TransportConfig(tls=tls, proxy_tls=proxy_tls, **settings))
        try:
            yield transport
        finally:
            await transport.aclose()

    return opened


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers, which end with the test."""
    with ExitStack() as stack:

        def started(script: Script = ok, *, tls: ssl.SSLContext | None = None) -> Server:
            return stack.enter_context(Server(script, tls=tls))

        yield started


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Make a certificate authority."""
    return trustme.CA()


@pytest.fixture(scope="session")
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    """Make the TLS of a server at 127.0.0.1 that is also called kubernetes.test."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "kubernetes.test").configure_cert(context)
    return context


@pytest.fixture
def client_tls(authority: trustme.CA) -> ssl.SSLContext:
    """Make the TLS of a client that trusts the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    return context
