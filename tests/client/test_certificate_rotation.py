"""Tests of rotated client certificates and of replaced transports; see also `tests/policy/test_authentication.py`."""

from functools import partial
from pathlib import Path

import anyio
import pytest

from client.conftest import FAST_RETRIES, TransportRecorder
from kubex.api import Api
from kubex.client import Client, ClientOptions
from kubex.client._request_builder import RequestBuilder
from kubex.client._sender import RequestSender, discard_nothing, discard_stream, open_stream, send_plain
from kubex.client._tls import build_ssl_context
from kubex.client._tls_config import TLSConfig, TLSConfigLoader
from kubex.client._transport_pool import TransportPool
from kubex.configuration import ClientConfiguration
from kubex.core._http import Request
from kubex.credentials import Authentication, Credentials, TLSIdentity
from kubex.transport import Backend, Limits, Transport, TransportConfig
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import ServerHandle
from kubex_testing.embedded import Answer, EmbeddedServer

pytestmark = pytest.mark.anyio


class Certificates:
    """A client certificate in files that the test can rotate."""

    def __init__(self, server: EmbeddedServer, folder: Path) -> None:
        self._handle = server.handle
        self.cert, self.key = folder / "cert.pem", folder / "key.pem"
        self.switch_to_user("alice")

    def switch_to_user(self, user: str) -> None:
        """Write the certificate of another user."""
        handle: ServerHandle = self._handle.as_user(user, ["system:masters"])
        self.cert.write_text(handle.client_cert_pem or "")
        self.key.write_text(handle.client_key_pem or "")

    def configuration(self) -> ClientConfiguration:
        return ClientConfiguration(
            url=self._handle.url,
            server_ca_data=self._handle.ca_pem,
            client_cert_file=self.cert,
            client_key_file=self.key,
        )


@pytest.fixture
def certificates(kubex_server: EmbeddedServer, tmp_path: Path) -> Certificates:
    return Certificates(kubex_server, tmp_path)


def users(server: EmbeddedServer) -> list[str]:
    return [request.certificate.name for request in server.requests if request.certificate is not None]


async def test_new_certificate_is_used_by_new_connections_and_streams_keep_the_old_one(
    kubex_server: EmbeddedServer, certificates: Certificates, backend: Backend, recorder: TransportRecorder
) -> None:
    options = ClientOptions(retry=FAST_RETRIES)
    async with Client(certificates.configuration(), options, backend=backend) as client:
        api = Api(ConfigMap, client)
        async with api.watch(resource_version="0") as first:
            await api.create(ConfigMap.model_validate({"metadata": {"name": "before"}}))
            certificates.switch_to_user("bob")
            kubex_server.inject("GET /version", Answer(401, b"who are you?"))
            await client.version()
            async with api.watch(resource_version="0") as second:
                await api.create(ConfigMap.model_validate({"metadata": {"name": "after"}}))
                async for event in first:
                    if event.object.metadata.name == "after":
                        break
                async for event in second:
                    if event.object.metadata.name == "after":
                        break
                # The old stream has a separate transport, so closing it does not affect the new stream.
                await first.__aexit__(None, None, None)
                await api.create(ConfigMap.model_validate({"metadata": {"name": "last"}}))
                async for event in second:
                    if event.object.metadata.name == "last":
                        break
    # Watch and create; the rejected call; its repetition, watch and creates.
    assert users(kubex_server) == ["alice", "alice", "alice", "bob", "bob", "bob", "bob"]
    assert len(recorder.transports) == 2  # one for alice, one for bob


async def test_replaced_transports_are_closed_when_their_last_call_ends(
    kubex_server: EmbeddedServer, certificates: Certificates, backend: Backend
) -> None:
    async with Client(certificates.configuration(), ClientOptions(retry=FAST_RETRIES), backend=backend) as client:
        await client.version()
        for user in ("bob", "carol"):
            certificates.switch_to_user(user)
            kubex_server.inject("GET /version", Answer(401, b"who are you?"))
            await client.version()
        before = kubex_server.connections
        await client.version()
        assert kubex_server.connections == before
    assert users(kubex_server) == ["alice", "alice", "bob", "bob", "carol", "carol"]


class IssuedCertificate(Credentials):
    """Returns the latest certificate without a previous 401, like a plugin."""

    def __init__(self, server: EmbeddedServer) -> None:
        self._handle = server.handle
        self.switch_to_user("alice")

    def switch_to_user(self, user: str) -> None:
        """Issue a certificate for another user."""
        handle = self._handle.as_user(user, ["system:masters"])
        identity = TLSIdentity(cert_pem=handle.client_cert_pem or "", key_pem=handle.client_key_pem or "")
        self._current = Authentication(tls=identity)

    async def authenticate(self, *, rejected: Authentication | None = None) -> Authentication:
        """Return the latest certificate."""
        assert rejected is None
        return self._current


async def test_reissued_certificate_is_used_by_the_next_call_and_streams_continue(
    kubex_server: EmbeddedServer, backend: Backend
) -> None:
    configuration = kubex_server.handle.anonymous().configuration()
    credentials, tls = IssuedCertificate(kubex_server), TLSConfigLoader(configuration)

    async def make(tls_config: TLSConfig) -> Transport:
        build = partial(build_ssl_context, configuration, tls_config, strict=True)
        return backend.load()(TransportConfig(ssl_context=await anyio.to_thread.run_sync(build)))

    pool, builder = TransportPool(make), RequestBuilder(configuration.url, "test")
    plain = RequestSender(
        pool,
        tls,
        builder,
        credentials,
        None,
        send=send_plain,
        discard=discard_nothing,
        compressed=True,
        dedicated=False,
    )
    streams = RequestSender(
        pool,
        tls,
        builder,
        credentials,
        None,
        send=open_stream,
        discard=discard_stream,
        compressed=False,
        dedicated=True,
    )
    maps = "/api/v1/namespaces/default/configmaps"
    watch = await streams.run(Request(method="GET", path=maps, query={"watch": "1", "resourceVersion": "0"}), Limits())
    credentials.switch_to_user("bob")
    body = b'{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "seen"}}'
    created = await plain.run(Request(method="POST", path=maps, body=body), Limits())
    assert created.status == 201
    assert b'"seen"' in await watch.response.receive()
    await watch.close()
    await plain.run(Request(method="GET", path=maps), Limits())
    await pool.aclose()
    assert users(kubex_server) == ["alice", "bob", "bob"]
    assert kubex_server.connections == 2
