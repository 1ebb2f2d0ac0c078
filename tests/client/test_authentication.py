"""Refusals by 401, tokens and certificates that change, and transports that drain."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import anyio
import pytest

from client.conftest import SOON, Connect, Handed
from client.turns import Turn, Turns, answer, refuse
from kubex.api import Api
from kubex.client import Client, ClientOptions
from kubex.client._exchange import Exchange, discard_stream, nothing_to_discard, open_stream, send_plain
from kubex.client._lease import Leases
from kubex.client._prepare import Preparer
from kubex.client._tls import build_ssl_context
from kubex.client._trust import TLSMaterial, TLSSource
from kubex.configuration import ClientConfiguration
from kubex.core._request import Request
from kubex.core.exceptions import ConfigurationError, Unauthorized
from kubex.credentials import Authentication, Credentials, TLSIdentity
from kubex.transport import Backend, Limits, Transport, TransportConfig
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import ServerHandle
from kubex_testing.embedded import Answer, EmbeddedServer
from transport.servers import Peer, Serve

pytestmark = pytest.mark.anyio


def rotate(path: Path, token: str) -> None:
    """Replace a token as a kubelet does it: at no time is the file half written."""
    fresh = path.with_name(f"{token}-{threading.get_ident()}")
    fresh.write_text(token)
    fresh.replace(path)


def then(turn: Turn, action: Callable[[], object]) -> Turn:
    """Do something before a turn."""

    def both(peer: Peer) -> None:
        action()
        turn(peer)

    return both


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text("old")
    return path


REFUSED = refuse("401 Unauthorized", b"who are you?")


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_401_is_sent_again_once_with_renewed_credentials(
    connect: Connect, serve: Serve, token_file: Path, streamed: bool
) -> None:
    server = serve(Turns(then(REFUSED, lambda: rotate(token_file, "new")), answer(b"done")))
    async with connect(server, configuration={"token_file": token_file}, retry=None) as client:
        if streamed:
            async with client.stream("GET", "/") as opened:
                assert await opened.receive() == b"done"
        else:
            assert (await client.request("POST", "/", body=b"{}")).body == b"done"
    assert [request.header("authorization") for request in server.seen] == ["Bearer old", "Bearer new"]


async def test_renewed_credentials_that_are_refused_too_are_an_error(
    connect: Connect, serve: Serve, token_file: Path
) -> None:
    server = serve(Turns(then(REFUSED, lambda: rotate(token_file, "new")), REFUSED))
    async with connect(server, configuration={"token_file": token_file}) as client:
        with pytest.raises(Unauthorized, match="who are you"):
            await client.request("GET", "/")
    assert [request.header("authorization") for request in server.seen] == ["Bearer old", "Bearer new"]


@pytest.mark.parametrize("configuration", [{}, {"token": "static"}, {"username": "u", "password": "p"}])
async def test_credentials_that_cannot_change_are_not_tried_again(
    connect: Connect, serve: Serve, configuration: dict[str, str]
) -> None:
    server = serve(Turns(REFUSED))
    async with connect(server, configuration=configuration) as client:
        with pytest.raises(Unauthorized):
            await client.request("GET", "/")
    assert len(server.seen) == 1


async def test_a_token_that_did_not_change_is_not_tried_again(connect: Connect, serve: Serve, token_file: Path) -> None:
    server = serve(Turns(REFUSED))
    async with connect(server, configuration={"token_file": token_file}) as client:
        with pytest.raises(Unauthorized):
            await client.request("GET", "/")
    assert len(server.seen) == 1


async def test_many_refused_calls_are_each_sent_again_once(connect: Connect, serve: Serve, token_file: Path) -> None:
    def by_token(peer: Peer) -> None:
        rotate(token_file, "new")
        accepted = peer.server.seen[-1].header("authorization") == "Bearer new"
        (answer() if accepted else REFUSED)(peer)

    # One turn at a time, so that the last request seen is the peer's own.
    server = serve(Turns(by_token))
    async with (
        connect(server, configuration={"token_file": token_file}, pool_size=1) as client,
        anyio.create_task_group() as group,
    ):
        for _ in range(5):
            group.start_soon(client.request, "GET", "/")
    sent = [request.header("authorization") for request in server.seen]
    assert sent.count("Bearer new") == 5
    assert sent.count("Bearer old") <= 5


async def test_credentials_that_cannot_be_read_send_nothing(connect: Connect, serve: Serve, tmp_path: Path) -> None:
    server = serve(Turns(answer()))
    async with connect(server, configuration={"token_file": tmp_path / "missing"}) as client:
        with pytest.raises(ConfigurationError, match="token_file: cannot be read"):
            await client.request("GET", "/")
        with pytest.raises(ConfigurationError, match="token_file: cannot be read"):
            async with client.stream("GET", "/"):
                pass
    assert server.connections == 0


class Certificates:
    """A client certificate in files, which can be replaced."""

    def __init__(self, server: EmbeddedServer, folder: Path) -> None:
        self._handle = server.handle
        self.cert, self.key = folder / "cert.pem", folder / "key.pem"
        self.become("alice")

    def become(self, user: str) -> None:
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


async def test_another_certificate_needs_another_connection_and_streams_keep_the_old_one(
    kubex_server: EmbeddedServer, certificates: Certificates, backend: Backend, handed: Handed
) -> None:
    options = ClientOptions(retry=SOON)
    async with Client(certificates.configuration(), options, backend=backend) as client:
        api = Api(ConfigMap, client)
        async with api.watch(resource_version="0") as first:
            await api.create(ConfigMap.model_validate({"metadata": {"name": "before"}}))
            certificates.become("bob")
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
                # The old stream has a transport of its own now: its end is no end for the new one.
                await first.__aexit__(None, None, None)
                await api.create(ConfigMap.model_validate({"metadata": {"name": "last"}}))
                async for event in second:
                    if event.object.metadata.name == "last":
                        break
    # Watch, create; the refused one; the same again, watch and creates.
    assert users(kubex_server) == ["alice", "alice", "alice", "bob", "bob", "bob", "bob"]
    assert len(handed.transports) == 4  # for requests and for streams, of alice and of bob


async def test_replaced_transports_are_closed_when_their_last_call_ends(
    kubex_server: EmbeddedServer, certificates: Certificates, backend: Backend
) -> None:
    async with Client(certificates.configuration(), ClientOptions(retry=SOON), backend=backend) as client:
        await client.version()
        for user in ("bob", "carol"):
            certificates.become(user)
            kubex_server.inject("GET /version", Answer(401, b"who are you?"))
            await client.version()
        before = kubex_server.connections
        await client.version()
        assert kubex_server.connections == before
    assert users(kubex_server) == ["alice", "alice", "bob", "bob", "carol", "carol"]


async def test_a_refused_stream_whose_renewal_fails_leaves_nothing_open(serve: Serve, backend: Backend) -> None:
    class Failing(Credentials):
        async def authenticate(self, *, refused: Authentication | None = None) -> Authentication:
            if refused is not None:
                raise ConfigurationError("the plugin is gone")
            return Authentication()

    def endless(peer: Peer) -> None:
        peer.send("HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n")
        peer.wait_until_closed()

    server = serve(Turns(endless))

    async def make(_: object) -> Transport:
        return backend.load()(TransportConfig())

    leases = Leases(make)
    exchange = Exchange(
        leases,
        TLSSource(ClientConfiguration(url=server.url)),
        Preparer(server.url, "test"),
        Failing(),
        None,
        send=open_stream,
        discard=discard_stream,
        compressed=False,
    )
    with pytest.raises(ConfigurationError, match="the plugin is gone"):
        await exchange.run(Request(method="GET", path="/"), Limits())
    await anyio.to_thread.run_sync(server.closed.wait, 5)
    assert server.closed.is_set()
    await leases.aclose()


class Issued(Credentials):
    """Answers whatever certificate was issued last, as a plugin does, without anything having been refused."""

    def __init__(self, server: EmbeddedServer) -> None:
        self._handle = server.handle
        self.become("alice")

    def become(self, user: str) -> None:
        """Issue a certificate for another user."""
        handle = self._handle.as_user(user, ["system:masters"])
        identity = TLSIdentity(cert_pem=handle.client_cert_pem or "", key_pem=handle.client_key_pem or "")
        self._current = Authentication(tls=identity)

    async def authenticate(self, *, refused: Authentication | None = None) -> Authentication:
        """Answer the latest."""
        assert refused is None
        return self._current


async def test_a_certificate_that_was_issued_anew_is_shown_by_the_next_call_and_streams_go_on(
    kubex_server: EmbeddedServer, backend: Backend
) -> None:
    configuration = kubex_server.handle.anonymous().configuration()
    credentials, tls = Issued(kubex_server), TLSSource(configuration)

    async def make(material: TLSMaterial) -> Transport:
        build = partial(build_ssl_context, configuration, material, strict=True)
        return backend.load()(TransportConfig(ssl_context=await anyio.to_thread.run_sync(build)))

    leases, preparer = Leases(make), Preparer(configuration.url, "test")
    plain = Exchange(
        leases, tls, preparer, credentials, None, send=send_plain, discard=nothing_to_discard, compressed=True
    )
    streams = Exchange(
        leases, tls, preparer, credentials, None, send=open_stream, discard=discard_stream, compressed=False
    )
    maps = "/api/v1/namespaces/default/configmaps"
    watch = await streams.run(Request(method="GET", path=maps, query={"watch": "1", "resourceVersion": "0"}), Limits())
    credentials.become("bob")
    body = b'{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "seen"}}'
    created = await plain.run(Request(method="POST", path=maps, body=body), Limits())
    assert created.status == 201
    assert b'"seen"' in await watch.response.receive()
    await watch.close()
    await plain.run(Request(method="GET", path=maps), Limits())
    await leases.aclose()
    assert users(kubex_server) == ["alice", "bob", "bob"]
    assert kubex_server.connections == 2
