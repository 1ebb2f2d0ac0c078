"""Retries over real connections; `tests/policy/test_retries.py` tests the rules."""

import ssl

import pytest
import trustme

from client.conftest import MakeClient
from client.scripted_server import (
    ResponseSequence,
    close_without_response,
    respond_error,
    respond_never,
    respond_stream,
    respond_with,
)
from kubex.api import Api
from kubex.core.params import Timeout
from kubex.errors import ConnectionLost, ReadTimeout, TLSError
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing.compliance.servers import StartServer, wait_for_event

WRITES = ("POST", "PUT", "PATCH", "DELETE")


@pytest.mark.anyio
@pytest.mark.parametrize("method", WRITES)
async def test_write_on_a_reused_connection_is_not_retried(
    make_client: MakeClient, start_server: StartServer, method: str
) -> None:
    server = start_server(ResponseSequence(respond_with(), close_without_response))
    async with make_client(server) as client:
        await client.request("GET", "/first")
        with pytest.raises(ConnectionLost):
            await client.request(method, "/second", body=b"{}")
    assert [request.method for request in server.requests] == ["GET", method]


@pytest.mark.anyio
@pytest.mark.covers("pitfall-13")
async def test_throttled_watch_is_retried(make_client: MakeClient, start_server: StartServer) -> None:
    event = b'{"type": "ADDED", "object": {"metadata": {"name": "a"}}}\n'
    throttled = respond_error("429 Too Many Requests", b"initialising", Content_Type="text/plain", Retry_After="0")
    server = start_server(ResponseSequence(throttled, throttled, respond_stream(event)))
    async with make_client(server) as client, Api(ConfigMap, client).watch() as events:
        assert (await events.__anext__()).object.metadata.name == "a"
    assert len(server.requests) == 3


@pytest.mark.anyio
async def test_untrusted_server_is_not_retried(make_client: MakeClient, start_server: StartServer) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    trusted = trustme.CA().cert_pem.bytes().decode()
    server = start_server(ResponseSequence(respond_with()), tls=context)
    async with make_client(server, configuration={"server_ca_data": trusted}) as client:
        with pytest.raises(TLSError, match="certificate"):
            await client.request("GET", "/")
    assert (server.connections, server.requests) == (1, [])


@pytest.mark.anyio
async def test_read_timeout_is_not_retried(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_never))
    async with make_client(server) as client:
        with pytest.raises(ReadTimeout):
            await client.request("GET", "/", request_timeout=Timeout(read=0.5))
        assert await wait_for_event(server.connection_closed)
    assert len(server.requests) == 1
