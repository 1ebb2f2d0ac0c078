"""What is sent again and what is not, counted by the server; `tests/policy/test_retries.py` has the rules."""

import ssl

import anyio
import pytest
import trustme

from client.conftest import Connect
from client.scripted_server import Turns, answer, hang_up, refuse, silence, stream
from kubex.api import Api
from kubex.core.params import Timeout
from kubex.errors import ConnectionLost, ReadTimeout, TLSError
from kubex_k8s.v1_37.core.v1 import ConfigMap
from transport.socket_server import SECONDS, Serve

WRITES = ("POST", "PUT", "PATCH", "DELETE")


@pytest.mark.anyio
@pytest.mark.parametrize("method", WRITES)
async def test_a_write_on_a_connection_used_before_is_sent_once(connect: Connect, serve: Serve, method: str) -> None:
    server = serve(Turns(answer(), hang_up))
    async with connect(server) as client:
        await client.request("GET", "/first")
        with pytest.raises(ConnectionLost):
            await client.request(method, "/second", body=b"{}")
    assert [request.method for request in server.seen] == ["GET", method]


@pytest.mark.anyio
@pytest.mark.covers("pitfall-13")
async def test_a_throttled_watch_is_opened_again(connect: Connect, serve: Serve) -> None:
    event = b'{"type": "ADDED", "object": {"metadata": {"name": "a"}}}\n'
    throttled = refuse("429 Too Many Requests", b"initialising", Content_Type="text/plain", Retry_After="0")
    server = serve(Turns(throttled, throttled, stream(event)))
    async with connect(server) as client, Api(ConfigMap, client).watch() as events:
        assert (await events.__anext__()).object.metadata.name == "a"
    assert len(server.seen) == 3


@pytest.mark.anyio
async def test_a_server_that_is_not_trusted_is_asked_once(connect: Connect, serve: Serve) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    trusted = trustme.CA().cert_pem.bytes().decode()
    server = serve(Turns(answer()), tls=context)
    async with connect(server, configuration={"server_ca_data": trusted}) as client:
        with pytest.raises(TLSError, match="certificate"):
            await client.request("GET", "/")
    assert (server.connections, server.seen) == (1, [])


@pytest.mark.anyio
async def test_a_silence_is_not_tried_again(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(silence))
    async with connect(server) as client:
        with pytest.raises(ReadTimeout):
            await client.request("GET", "/", request_timeout=Timeout(read=0.5))
        assert await anyio.to_thread.run_sync(server.closed.wait, SECONDS)
    assert len(server.seen) == 1
